"""The same model fitted again to the same rows with some columns changed, a thousand times if need be."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from diffuscope.errors import MethodError
from diffuscope.models.firth import LONGEST, penalty_of
from diffuscope.models.newton import climb, evaluate
from diffuscope.models.predict import link_of, rows_for
from diffuscope.models.rows import frame_of, numbers
from diffuscope.models.sample import INTERCEPT, independent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from diffuscope.models.fit import Fit
    from diffuscope.models.newton import Maximum
    from diffuscope.models.types import Codes, Frame, Numbers

FARTHEST = 15.0
"""Spreads of a column by which a coefficient that ran off moves the predictor: nothing finite was found."""


class Complete(NamedTuple):
    """The rows of a fit, of which everything is known.

    Attributes
    ----------
    rows : polars.DataFrame
    x : array of float, shape (n, k)
        Columns of the model.
    y : array of float, shape (n,)
    offset : array of float, shape (n,), or None
    """

    rows: pl.DataFrame
    x: Numbers
    y: Numbers
    offset: Numbers | None


@dataclass(frozen=True)
class Again:
    """A fitted model, ready to be fitted again with other values in some columns.

    Attributes
    ----------
    fit : Fit
    rows : polars.DataFrame
        Rows of the panel that the model may speak of, and `row`, their places in the panel: all that it
        needs is known of them, but for columns that are `free`.
    y : array of float, shape (n,)
    free : tuple of str
        Columns that change. In which rows they are known may change too: who has no ties gets some.
    """

    fit: Fit
    rows: pl.DataFrame = field(repr=False)
    y: Numbers = field(repr=False)
    free: tuple[str, ...] = ()

    @classmethod
    def of(cls, fit: Fit, panel: Frame, free: Sequence[str] = ()) -> Again:
        """A model by `event_history` or `firth`, the panel it was fitted to, and the columns that change."""
        if fit.weights is not None:
            raise MethodError("A weighted model is not fitted again here.")
        link_of(fit)
        known = frame_of(panel)
        own = {name: known[name].cast(pl.Float64).fill_null(np.nan) for name in free}
        filled = known.with_columns(pl.lit(1.0).alias(name) for name in free)
        rows = rows_for(fit, filled, [fit.outcome])
        rows = rows.with_columns(column[rows["row"]].alias(name) for name, column in own.items())
        return cls(fit, rows, numbers(rows, fit.outcome), tuple(free))

    def coefficients(self, columns: Mapping[str, Numbers] | None = None, y: Numbers | None = None) -> Numbers:
        """Coefficients with some columns, or the events, replaced.

        Parameters
        ----------
        columns : mapping of str to array, shape (rows of the panel,)
            By name; rows in which one is not known are left out.
        y : array of float, shape (n,), optional
            Events of `rows`.

        Returns
        -------
        array of float, shape (k,)
            NaN throughout where there is no finite estimate.
        """
        rows, events = self._with(columns or {}, self.y if y is None else y)
        nothing = np.full(len(self.fit.names), np.nan)
        if rows.height <= len(nothing) or np.ptp(events) == 0:
            return nothing
        x = self.fit.design.matrix(rows)
        spread = np.sqrt(np.einsum("rk,rk->k", x, x) / len(x))
        flat = np.ptp(x, axis=0) == 0
        if not np.isfinite(x).all() or (spread == 0).any() or flat.sum() > (INTERCEPT in self.fit.names):
            return nothing
        start = self.fit.coefficients * spread
        found = self._climbed(x / spread, events, self.fit.design.offsets(rows), start)
        return nothing if found is None else found / spread

    @cached_property
    def complete(self) -> Complete:
        """The rows that the model was fitted to, and their columns."""
        rows, y = self._with({}, self.y)
        return Complete(rows, self.fit.design.matrix(rows), y, self.fit.design.offsets(rows))

    def without(self, gone: NDArray[np.bool_]) -> Numbers:
        """Coefficients with some of the rows of the fit left out.

        Parameters
        ----------
        gone : array of bool, shape (n,)
            Rows of `complete` to leave out.

        Returns
        -------
        array of float, shape (k,)
            NaN for columns that the rows left no longer tell from others, such as the effect of a policy that
            is gone; NaN throughout where there is no finite estimate.
        """
        stays = ~gone
        x, y = self.complete.x[stays], self.complete.y[stays]
        found = np.full(len(self.fit.names), np.nan)
        if y.sum() in (0, y.size):
            return found
        spread = np.sqrt(np.einsum("rk,rk->k", x, x) / len(x))
        scaled = x / np.where(spread > 0, spread, 1.0)
        kept, _ = independent(scaled.T @ scaled, np.flatnonzero(spread > 0).tolist())
        if len(y) <= len(kept):
            return found
        offset = None if self.complete.offset is None else self.complete.offset[stays]
        own = self._climbed(scaled[:, kept], y, offset, (self.fit.coefficients * spread)[kept])
        if own is not None:
            found[kept] = own / spread[kept]
        return found

    def highest(self, held: Sequence[int] = ()) -> float:
        """The highest log-likelihood, penalised for Firth, with some coefficients held at zero."""
        x, y, offset = self.complete[1:]
        spread = np.sqrt(np.einsum("rk,rk->k", x, x) / len(x))
        start = self.fit.coefficients * spread
        start[list(held)] = 0.0
        free = np.setdiff1d(np.arange(start.size), np.array(held, dtype=np.int64))
        return self._search(x / spread, y, offset, start, free).loglik

    def _with(self, columns: Mapping[str, Numbers], y: Numbers) -> tuple[pl.DataFrame, Numbers]:
        at = self.rows["row"].to_numpy()
        own = {name: np.asarray(values, dtype=np.float64)[at] for name, values in columns.items()}
        for name in self.free:
            own.setdefault(name, self.rows[name].to_numpy())
        if not own:
            return self.rows, y
        known = np.logical_and.reduce([np.isfinite(values) for values in own.values()])
        rows = self.rows.with_columns(pl.Series(name, own[name]) for name in columns)
        return (rows, y) if known.all() else (rows.filter(pl.Series(known)), y[known])

    def _climbed(self, x: Numbers, y: Numbers, offset: Numbers | None, start: Numbers) -> Numbers | None:
        """Coefficients on columns of unit length, or None where they run off."""
        found = self._search(x, y, offset, start)
        # columns have mean square 1, so this is their standard deviation
        moves = np.abs(found.coefficients) * np.sqrt(np.maximum(1 - x.mean(axis=0) ** 2, 0))
        settled = found.converged and np.isfinite(found.coefficients).all()
        return found.coefficients if settled and moves.max(initial=0.0) < FARTHEST else None

    def _search(
        self, x: Numbers, y: Numbers, offset: Numbers | None, start: Numbers, free: Codes | None = None
    ) -> Maximum:
        if self.fit.model.startswith("Firth"):
            return climb(penalty_of(x, y, offset), start, y.size, free=free, longest=LONGEST)
        x = np.asfortranarray(x)
        return climb(partial(evaluate, link_of(self.fit), x, y, offset=offset), start, y.size, free=free)
