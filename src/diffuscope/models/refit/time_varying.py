"""Time-varying design: the columns of a model while its exposures take other values and all else stays."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from diffuscope.errors import MethodError, PlanError
from diffuscope.models.design.model_frame import INTERCEPT
from diffuscope.models.postestimation.predict import link_of
from diffuscope.models.refit.batched import CACHED, BatchedFit, fit_batch
from diffuscope.models.refit.grouped_rows import Patterns, grouped_rows, patterns_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diffuscope.models.fit import Fit
    from diffuscope.records.arrays import Codes, Flags, Numbers


CLOSE = 1e-9


class _Copies(NamedTuple):
    """Copies of the rows, to each of which the model is fitted; all but the rows as `refit` takes it."""

    values: Mapping[str, Numbers]
    y: Numbers
    own: Flags
    added_column: tuple[str, int, Numbers] | None
    held: int | None

    @property
    def with_added(self) -> Mapping[str, Numbers]:
        """What varies in the further column."""
        assert self.added_column is not None
        name, _, other = self.added_column
        return {**self.values, name: other}

    def place_of_held(self, order: list[int]) -> int | None:
        """Number of the held coefficient among columns in some order."""
        return None if self.held is None else order.index(self.held)


@dataclass(frozen=True)
class TimeVaryingDesign:
    """Rows of a model whose exposures, or other columns, take other values.

    Attributes
    ----------
    fit : Fit
    rows : polars.DataFrame
        All that the model needs but the columns that vary.
    varying : tuple of str
    known : array of bool, shape (n,)
        Rows in which everything else is known, of policies that the model knows.
    offset : array of float, shape (n,), or None
    at_zero : array of float, shape (n, k), or None
        Columns of the model where all varying ones are 0; None where one enters other than in proportion.
    slopes : tuple of array, shape (n, k)
        What one more of each varying column adds to them.
    """

    fit: Fit
    rows: pl.DataFrame = field(repr=False)
    varying: tuple[str, ...]
    known: Flags = field(repr=False)
    offset: Numbers | None = field(repr=False)
    at_zero: Numbers | None = field(repr=False)
    slopes: tuple[Numbers, ...] = field(repr=False)

    @classmethod
    def of(cls, fit: Fit, rows: pl.DataFrame, varying: Iterable[str]) -> TimeVaryingDesign:
        """Of rows that have every column of the model but the varying ones.

        Raises
        ------
        MethodError
            If the model is weighted, or is none of discrete time.
        """
        if fit.weights is not None:
            raise MethodError("A weighted model cannot be refitted here.")
        link_of(fit)
        own = tuple(dict.fromkeys(varying))
        needs = [name for name in fit.design.needs() if name not in own]
        known = np.ones(rows.height, dtype=bool)
        for name in needs:
            column = rows[name]
            known &= ~column.is_null().to_numpy()
            if column.dtype.is_float():
                known &= np.isfinite(column.fill_null(0.0).to_numpy())
        if fit.design.policies:
            known &= rows["policy"].is_in(list(fit.design.policies)).to_numpy()
        if fit.design.basis is not None and fit.design.basis.form == "dummies":
            known &= fit.design.basis.knows(rows["duration"].cast(pl.Float64).fill_null(np.nan).to_numpy())
        offset = None
        if fit.design.offset is not None:
            offset = np.full(rows.height, np.nan)
            offset[known] = fit.design.offsets(rows.filter(pl.Series(known)))
        keys = [name for name in ("unit", "policy", "time") if name in rows.columns]
        kept = rows.select(list(dict.fromkeys([*keys, *needs])))
        bare = cls(fit, kept, own, known, offset, None, ())
        at_zero, slopes = bare._proportions()
        return cls(fit, kept, own, known, offset, at_zero, slopes)

    def matrix(self, at: Codes, values: Mapping[str, Numbers]) -> Numbers:
        """Columns of the model for some rows, shape (m, k); NaN throughout where a value is not known.

        Parameters
        ----------
        at : array of int, shape (m,)
        values : mapping of str to array, shape (m,)
            The varying columns of these rows.
        """
        if self.at_zero is None:
            return self._made(at, values)
        matrix = self.at_zero[at]
        for name, slope in zip(self.varying, self.slopes, strict=True):
            matrix += slope[at] * values[name][:, None]
        return matrix

    def certain(self, at: Codes) -> Numbers:
        """Hazard of rows at durations of an infinite level, shape (m,): 0 or 1; NaN of others."""
        basis = self.fit.design.basis
        if basis is None or basis.form != "dummies":
            return np.full(at.size, np.nan)
        return basis.certain(self.rows["duration"].cast(pl.Float64).fill_null(np.nan).to_numpy()[at])

    def predictors(self, at: Codes, values: Mapping[str, Numbers], coefficients: Numbers) -> Numbers:
        """Linear predictor of some rows in many copies, shape (B, m); NaN where a value is not known.

        Parameters
        ----------
        at : array of int, shape (m,)
        values : mapping of str to array, shape (B, m)
        coefficients : array of float, shape (k,)
        """
        if self.at_zero is None:
            eta = np.array(
                [self._made(at, dict(zip(values, own, strict=True))) @ coefficients for own in _each(values)]
            )
        else:
            eta = self.at_zero[at] @ coefficients
            for name, slope in zip(self.varying, self.slopes, strict=True):
                eta = eta + (slope[at] @ coefficients) * values[name]
        return eta if self.offset is None else eta + self.offset[at]

    def refit(
        self,
        values: Mapping[str, Numbers],
        y: Numbers,
        *,
        mask: Flags | None = None,
        added_column: tuple[str, int, Numbers] | None = None,
        held: int | None = None,
    ) -> BatchedFit:
        """The same model fitted to many copies of these rows.

        Parameters
        ----------
        values : mapping of str to array, shape (B, n)
            The varying columns; rows in which one is not known are left out.
        y : array of float, shape (n,) or (B, n)
        mask : array of bool, shape (B, n), optional
            Rows of each copy.
        added_column : (str, int, array of float of shape (B, n)), optional
            A further column: what term number i is where a varying column takes other values.
        held : int, optional
            Number of the term whose coefficient is held at zero, as for `fit_batch`.

        Returns
        -------
        BatchedFit
            Coefficients in the order of the model, that of the further column last. Where policies have
            effects, the intercept is the effect of the first policy, and each other effect is its own level:
            a policy without events in a copy is left out of it with its rows, and the first one may be it.
        """
        copies = len(next(iter(values.values()))) if values else (len(y) if y.ndim == 2 else 1)
        own = np.broadcast_to(
            self.known & np.isfinite(0.0 if self.offset is None else self.offset), (copies, len(self.known))
        ).copy()
        own &= np.isfinite(y)
        for one in (*values.values(), *(() if added_column is None else (added_column[2],))):
            own &= np.isfinite(one)
        if mask is not None:
            own &= mask
        if self.fit.design.policies:
            own &= self._of_policies_with_events(np.where(own, y, 0.0))
        many = self.at_zero is not None and len(self.known) > CACHED
        refitted = self._refit_grouped if many else self._refit_rows
        fits, order = refitted(_Copies(values, y, own, added_column, held))
        sorted_back = np.empty_like(fits.coefficients)
        sorted_back[:, order] = fits.coefficients
        return BatchedFit(sorted_back, fits.loglik)

    def _refit_rows(self, copies: _Copies) -> tuple[BatchedFit, list[int]]:
        """All copies side by side, row by row; and which of the model's columns each coefficient is of."""
        y, own = copies.y, copies.own
        fixed, changed, order = self._columns(copies.values, own)
        if copies.added_column is not None:
            changed.append(self._in_copies(copies.added_column[1], copies.with_added, own))
            order.append(len(order))
        fits = fit_batch(
            fixed, changed, np.where(own, y, 0.0) if y.ndim == 2 else y, link=link_of(self.fit),
            firth=self._firth, mask=own, offset=None if self.offset is None else np.nan_to_num(self.offset),
            start=self._start(order), held=copies.place_of_held(order),
        )  # fmt: skip
        return fits, order

    def _refit_grouped(self, copies: _Copies) -> tuple[BatchedFit, list[int]]:
        """Copy by copy, equal rows grouped: as `_refit_rows`, but for rounding.

        The likelihood of a discrete-time hazard is a sum over rows, so equal rows are one row that counts as
        often (grouped binary data: McCullagh & Nelder 1989, section 4.1). Hundreds of thousands of rows have
        a few thousand different durations, exposures and outcomes.
        """
        y, added = copies.y, copies.added_column
        stays, moves, patterns = self._patterns
        order = [*stays, *moves, *([] if added is None else [len(self.fit.coefficients)])]
        wanted = [(place, copies.values) for place in moves]
        wanted += [] if added is None else [(added[1], copies.with_added)]
        found = []
        for copy, belongs in enumerate(copies.own):
            at = np.flatnonzero(belongs)
            changed = [
                self._column(place, {name: one[copy, at] for name, one in values.items()}, at)
                for place, values in wanted
            ]
            rows = grouped_rows([*changed, (y[copy] if y.ndim == 2 else y)[at]], patterns.of_row[at])
            first = patterns.first[rows.pattern]
            fits = fit_batch(
                self._at_zero[first][:, stays], [one[None] for one in rows.columns[:-1]],
                rows.columns[-1][None], link=link_of(self.fit), firth=self._firth, mask=rows.times[None],
                offset=None if self.offset is None else self.offset[first], start=self._start(order),
                held=copies.place_of_held(order),
            )  # fmt: skip
            found.append(fits)
        return BatchedFit(*(np.concatenate(one) for one in zip(*found, strict=True))), order

    @property
    def _firth(self) -> bool:
        return self.fit.model.startswith("Firth")

    def _start(self, order: list[int]) -> Numbers:
        """Where a search begins: at the estimates, and at 0 for a further column."""
        start = np.zeros(len(order))
        start[: len(self.fit.coefficients)] = self.fit.coefficients
        return start[order]

    def _columns(self, values: Mapping[str, Numbers], own: Flags) -> tuple[Numbers, list[Numbers], list[int]]:
        """Unchanged columns, changed ones, and which of the model's each is."""
        k = len(self.fit.names)
        if self.at_zero is None:
            every = np.arange(len(self.known))
            made = np.array([self._made(every, dict(zip(values, one, strict=True))) for one in _each(values)])
            made = np.where(own[:, :, None], made, 0.0)
            return np.empty((len(every), 0)), [made[:, :, at] for at in range(k)], list(range(k))
        stays, moves = self._stays_and_moves
        fixed = np.where(self.known[:, None], self._at_zero[:, stays], 0.0)
        return fixed, [self._in_copies(at, values, own) for at in moves], [*stays, *moves]

    @cached_property
    def _at_zero(self) -> Numbers:
        """Columns with nothing in the varying ones; the intercept is that of the first policy, if effects."""
        assert self.at_zero is not None
        names, policies = self.fit.names, self.fit.design.policies
        if not policies or INTERCEPT not in names:
            return self.at_zero
        matrix = self.at_zero.copy()
        matrix[:, names.index(INTERCEPT)] = self.rows["policy"].to_numpy() == policies[0]
        return matrix

    @cached_property
    def _policy(self) -> Codes:
        """Number of each row's policy among those of the model, shape (n,); past them if none of these."""
        policies = list(self.fit.design.policies)
        code = self.rows["policy"].replace_strict(policies, range(len(policies)), default=len(policies))
        return code.to_numpy().astype(np.int64)

    def _of_policies_with_events(self, events: Numbers) -> Flags:
        """Rows of policies that anybody adopts in a copy: the effect of another one runs off."""
        many = len(self.fit.design.policies)
        adopted = np.array([np.bincount(self._policy, one, many + 1) > 0 for one in events])
        adopted[:, many] = False
        return np.asarray(adopted[:, self._policy])

    @cached_property
    def _stays_and_moves(self) -> tuple[list[int], list[int]]:
        """Columns that no varying one enters, and those that one does."""
        moves = [
            at for at in range(len(self.fit.names)) if any((slope[:, at] != 0).any() for slope in self.slopes)
        ]
        return [at for at in range(len(self.fit.names)) if at not in moves], moves

    @cached_property
    def _patterns(self) -> tuple[list[int], list[int], Patterns]:
        """Columns that stay, those that move, and the different rows of the former."""
        stays, moves = self._stays_and_moves
        # a model may lack a column that stays: then all rows have one pattern
        offset = np.zeros(len(self.known)) if self.offset is None else self.offset
        return stays, moves, patterns_of([*(self._at_zero[:, at] for at in stays), offset])

    def _column(self, place: int, values: Mapping[str, Numbers], at: Codes | slice) -> Numbers:
        """One column of the model in some rows, shape (..., m), from the varying ones there, of one shape."""
        column: Numbers = self._at_zero[at, place]
        for name, slope in zip(self.varying, self.slopes, strict=True):
            if (slope[:, place] != 0).any():
                column = column + slope[at, place] * values[name]
        return column

    def _in_copies(self, place: int, values: Mapping[str, Numbers], own: Flags) -> Numbers:
        """One column of the model in every copy, shape (B, n); 0 where it is not known."""
        if self.at_zero is not None:
            return np.where(own, self._column(place, values, slice(None)), 0.0)
        every = np.arange(len(self.known))
        made = [self._made(every, dict(zip(values, one, strict=True)))[:, place] for one in _each(values)]
        return np.where(own, np.array(made), 0.0)

    def _made(self, at: Codes, values: Mapping[str, Numbers]) -> Numbers:
        known = self.known[at]
        for name in self.varying:
            known = known & np.isfinite(values[name])
        matrix = np.full((at.size, len(self.fit.names)), np.nan)
        if known.any():
            rows = self.rows[at[known]]
            given = [pl.Series(name, values[name][known]) for name in self.varying]
            matrix[known] = self.fit.design.matrix(rows.with_columns(given))
        return matrix

    def _proportions(self) -> tuple[Numbers | None, tuple[Numbers, ...]]:
        """Columns with no exposure and the slope of each, if they predict the columns at other exposures."""
        every = np.arange(len(self.known))
        none: dict[str, Numbers] = {name: np.zeros(every.size) for name in self.varying}
        steps: dict[str, Numbers] = {
            # values that differ between rows and columns: squares or products of exposures show up as a
            # misfit
            name: np.mod(0.3 * every + 0.2 * at, 0.7).astype(np.float64)
            for at, name in enumerate(self.varying)
        }
        try:
            # where an exposure stands in a logarithm, there is no column at none: it is made anew each time
            with np.errstate(all="ignore"):
                still = self._made(every, none)
                slopes = tuple(
                    self._made(every, {**none, name: np.ones(every.size)}) - still for name in self.varying
                )
                made = self._made(every, steps)
                predicted = still + sum(
                    slope * steps[name][:, None] for name, slope in zip(self.varying, slopes, strict=True)
                )
        except (MethodError, PlanError):
            # a term that knows no such exposures: that is so only of the values tried here
            return None, ()
        if not np.allclose(predicted[self.known], made[self.known], rtol=CLOSE, atol=CLOSE):
            return None, ()
        return still, tuple(np.nan_to_num(slope) for slope in slopes)


def _each(values: Mapping[str, Numbers]) -> Iterable[tuple[Numbers, ...]]:
    return zip(*values.values(), strict=True)
