"""The covariates of a model, looked up as if each unit stood in another one's place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diffuscope.panel.covariates import joined

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from diffuscope.panel.record import History
    from diffuscope.safeguards.question import Question

    Numbers = NDArray[np.float64]

KEYS = ("unit", "policy", "period", "time", "duration", "event", "gap", "spell")


@dataclass(frozen=True)
class Covariates:
    """The covariates of a model, ready to be looked up for other units.

    Attributes
    ----------
    columns : tuple of str
        Of the model; exposures, time at risk and policies are none.
    keys : polars.DataFrame
        Unit, policy, period and time of every row of the panel.
    history : History or None
    """

    columns: tuple[str, ...]
    keys: pl.DataFrame
    history: History | None

    @classmethod
    def of(cls, question: Question) -> Covariates:
        """The covariates of a question's model."""
        known = {one.column for one in question.channels} | set(KEYS)
        rows, history = question.panel.table(), question.panel.history
        joined = {name for extra, _, _ in ((history.covariates) if history else ()) for name in extra.columns}
        wanted = question.fit.design.columns.formula.variables
        columns = tuple(name for name in wanted if name not in known and name in joined)
        return cls(columns, rows.select(name for name in KEYS if name in rows.columns), history)

    def exchanged(self, takes: Mapping[str, str]) -> dict[str, Numbers]:
        """Values of every row where each unit has those of the unit it takes the place of."""
        import polars as pl

        rows = self.keys.with_columns(pl.col("unit").replace(dict(takes)))
        for extra, lag, carry in self.history.covariates if self.history else ():
            rows, _ = joined(rows, extra, self.history.calendar, lag=lag, carry=carry)  # type: ignore[union-attr]
        return {name: rows[name].cast(pl.Float64).to_numpy() for name in self.columns}
