"""The covariates of a model, looked up as if each unit stood in another one's place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.errors import MethodError
from diffuscope.panel.covariates import joined
from diffuscope.records.work_bounds import EXCHANGED_COVARIATES, refuse_beyond

if TYPE_CHECKING:
    from diffuscope.records.arrays import Codes, Numbers
    from diffuscope.safeguards.tested_model import TestedModel


KEYS = ("unit", "policy", "period", "time", "duration", "event", "gap", "spell")


@dataclass(frozen=True)
class ExchangedCovariates:
    """The covariates of a model for every unit in every period.

    Attributes
    ----------
    columns : tuple of str
        Of the model; exposures, time at risk and policies are none.
    values : array of float, shape (columns, units, K)
        What each unit has in each policy and period.
    unit, key : array of int, shape (n,)
        Of every row of the panel: its unit, and its policy and period.
    """

    columns: tuple[str, ...]
    values: Numbers = field(repr=False)
    unit: Codes = field(repr=False)
    key: Codes = field(repr=False)

    @classmethod
    def of(cls, tested: TestedModel, units: tuple[str, ...]) -> ExchangedCovariates:
        """The covariates of a tested model for some units.

        Raises
        ------
        MethodError
            If there are too many values, or one is not a number: categories are not exchanged here.
        """
        rows, columns = tested.panel.table(), _covariates(tested)
        words = [
            name for name in columns if not (rows[name].dtype.is_numeric() or rows[name].dtype == pl.Boolean)
        ]
        if words:
            raise MethodError(
                f"`{words[0]}` is a category, and this test cannot exchange categories between units."
            )
        names = [
            name
            for name in KEYS
            if name in rows.columns and name not in ("unit", "event", "spell", "duration")
        ]
        keys = rows.select(names).unique(maintain_order=True).with_row_index("_key")
        refuse_beyond(EXCHANGED_COVARIATES, keys.height * len(units) * max(len(columns), 1))
        # every unit in every period, also when it was not at risk: another one that takes its place may be
        every = pl.DataFrame({"unit": list(units)}, schema={"unit": pl.String}).join(keys, how="cross")
        history = tested.panel.history
        for extra, lag, carry in history.covariates if history else ():
            every, _ = joined(every, extra, history.calendar, lag=lag, carry=carry)  # type: ignore[union-attr]
        place = {unit: at for at, unit in enumerate(units)}
        values = [
            every[name].cast(pl.Float64).fill_null(np.nan).to_numpy().reshape(len(units), keys.height)
            for name in columns
        ]
        own = rows.join(keys, on=names, how="left", maintain_order="left")["_key"]
        return cls(
            columns=columns,
            values=np.array(values),
            unit=rows["unit"].replace_strict(place, default=-1, return_dtype=pl.Int64).to_numpy(),
            key=own.to_numpy().astype(np.int64),
        )

    def exchanged(self, orders: Codes) -> dict[str, Numbers]:
        """Values of every row where each unit has those of the unit it takes the place of; shape (B, n)."""
        # -1: a unit that is not in the layer, so that nobody's place is known for it
        takes = np.where(self.unit < 0, -1, orders[:, np.maximum(self.unit, 0)])
        values_of = {name: own[takes, self.key] for name, own in zip(self.columns, self.values, strict=True)}
        for own in values_of.values():
            own[takes < 0] = np.nan
        return values_of


def _covariates(tested: TestedModel) -> tuple[str, ...]:
    """Columns of the model that were joined to the panel by unit."""
    history = tested.panel.history
    exposures = {one.column for one in tested.channels}
    added = {
        name
        for extra, _, _ in (history.covariates if history else ())
        if "unit" in extra.columns
        for name in extra.columns
    }
    wanted = tested.fit.design.columns.formula.variables
    return tuple(name for name in wanted if name in added and name not in (*exposures, *KEYS))
