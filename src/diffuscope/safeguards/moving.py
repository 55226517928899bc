"""The columns of a model while its exposures take other values, and everything else stays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.errors import MethodError, PlanError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from diffuscope.models import Fit

    Codes = NDArray[np.int64]
    Numbers = NDArray[np.float64]

CLOSE = 1e-9


@dataclass(frozen=True)
class Moving:
    """Rows of a model whose exposures move.

    Attributes
    ----------
    fit : Fit
    rows : polars.DataFrame
        All that the model needs but exposures.
    exposures : tuple of str
    known : array of bool, shape (n,)
        Rows in which everything but exposures is known, of policies that the model knows.
    offset : array of float, shape (n,), or None
    still : array of float, shape (n, k), or None
        Columns of the model where all exposures are 0; None where exposures enter other than in proportion.
    moved : tuple of array, shape (n, k)
        What one more of each exposure adds to them.
    """

    fit: Fit
    rows: pl.DataFrame = field(repr=False)
    exposures: tuple[str, ...]
    known: NDArray[np.bool_] = field(repr=False)
    offset: Numbers | None = field(repr=False)
    still: Numbers | None = field(repr=False)
    moved: tuple[Numbers, ...] = field(repr=False)

    @classmethod
    def of(cls, fit: Fit, rows: pl.DataFrame, exposures: Iterable[str]) -> Moving:
        """Of rows that have every column of the model but the exposures."""
        own = tuple(dict.fromkeys(exposures))
        needs = [name for name in fit.design.needs() if name not in own]
        known = np.ones(rows.height, dtype=bool)
        for name in needs:
            column = rows[name]
            known &= ~column.is_null().to_numpy()
            if column.dtype.is_float():
                known &= np.isfinite(column.fill_null(0.0).to_numpy())
        if fit.design.policies:
            known &= rows["policy"].is_in(list(fit.design.policies)).to_numpy()
        offset = None
        if fit.design.offset is not None:
            offset = np.full(rows.height, np.nan)
            offset[known] = fit.design.offsets(rows.filter(pl.Series(known)))
        bare = cls(fit, rows.select(list(dict.fromkeys(["unit", *needs]))), own, known, offset, None, ())
        still, moved = bare._proportions()
        return cls(fit, bare.rows, own, known, offset, still, moved)

    def matrix(self, at: Codes, values: Mapping[str, Numbers]) -> Numbers:
        """Columns of the model for some rows, shape (m, k); NaN throughout where a value is not known.

        Parameters
        ----------
        at : array of int, shape (m,)
        values : mapping of str to array, shape (m,)
            The exposures of these rows.
        """
        if self.still is None:
            return self._made(at, values)
        found = self.still[at]
        for name, one_more in zip(self.exposures, self.moved, strict=True):
            found += one_more[at] * values[name][:, None]
        return found

    def _made(self, at: Codes, values: Mapping[str, Numbers]) -> Numbers:
        known = self.known[at]
        for name in self.exposures:
            known = known & np.isfinite(values[name])
        found = np.full((at.size, len(self.fit.names)), np.nan)
        if known.any():
            rows = self.rows[at[known]]
            given = [pl.Series(name, values[name][known]) for name in self.exposures]
            found[known] = self.fit.design.matrix(rows.with_columns(given))
        return found

    def _proportions(self) -> tuple[Numbers | None, tuple[Numbers, ...]]:
        """Columns at no exposure and what each adds, if they foretell the columns at other exposures."""
        every = np.arange(len(self.known))
        none: dict[str, Numbers] = {name: np.zeros(every.size) for name in self.exposures}
        steps: dict[str, Numbers] = {
            name: np.mod(0.3 * every + 0.2 * at, 0.7).astype(np.float64)
            for at, name in enumerate(self.exposures)
        }
        try:
            # where an exposure stands in a logarithm, there is no column at none: it is made anew each time
            with np.errstate(all="ignore"):
                still = self._made(every, none)
                moved = tuple(
                    self._made(every, {**none, name: np.ones(every.size)}) - still for name in self.exposures
                )
                made = self._made(every, steps)
                foretold = still + sum(
                    one_more * steps[name][:, None]
                    for name, one_more in zip(self.exposures, moved, strict=True)
                )
        except (MethodError, PlanError):
            # a term that knows no such exposures: that is so only of the values tried here
            return None, ()
        if not np.allclose(foretold[self.known], made[self.known], rtol=CLOSE, atol=CLOSE):
            return None, ()
        return still, moved
