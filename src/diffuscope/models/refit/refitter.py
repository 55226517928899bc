"""Refits of a fitted model: other values in its exposures, fewer rows, terms held at zero."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from diffuscope.models.design.complete_cases import frame_of, numbers
from diffuscope.models.estimators.firth import LONGEST, penalty_of
from diffuscope.models.inference.diagnostics import refuse_unconverged
from diffuscope.models.likelihood.newton_raphson import evaluate, newton_raphson
from diffuscope.models.postestimation.predict import link_of
from diffuscope.models.refit.batched import fit_batch
from diffuscope.models.refit.time_varying import TimeVaryingDesign

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diffuscope.models.fit import Fit
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Flags, Numbers


class Complete(NamedTuple):
    """The rows of a fit, of which everything is known.

    Attributes
    ----------
    rows : polars.DataFrame
        With `row`, their places in the panel.
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
class Refitter:
    """A fitted model, ready to be fitted again many times.

    Attributes
    ----------
    fit : Fit
    panel : polars.DataFrame
        All rows of the panel, those that the fit left out among them.
    design : TimeVaryingDesign
        Of all rows of the panel, with the columns that change. In which rows these are known may change too:
        who has no ties gets some.
    y : array of float, shape (rows,)
        Events; NaN where they are not known.
    """

    fit: Fit
    panel: pl.DataFrame = field(repr=False)
    design: TimeVaryingDesign = field(repr=False)
    y: Numbers = field(repr=False)

    @classmethod
    def of(cls, fit: Fit, panel: Frame, varying: Sequence[str] = ()) -> Refitter:
        """A model by `event_history` or `firth`, the panel it was fitted to, and the columns that change.

        Raises
        ------
        MethodError
            If the model is weighted, or is none of discrete time.
        """
        rows = frame_of(panel)
        used = [name for name in varying if name in fit.design.needs()]
        design = TimeVaryingDesign.of(fit, rows, used)
        return cls(fit, rows, design, numbers(rows, fit.outcome))

    @cached_property
    def values(self) -> dict[str, Numbers]:
        """The columns that change, as they are, each of shape (1, rows)."""
        return {
            name: self.panel[name].cast(pl.Float64).fill_null(np.nan).to_numpy()[None]
            for name in self.design.varying
        }

    def coefficients(self, columns: Mapping[str, Numbers], y: Numbers | None = None) -> Numbers:
        """Coefficients with some columns, or the events, replaced, for many replacements at once.

        Parameters
        ----------
        columns : mapping of str to array, shape (B, rows)
            By name, among those that change; rows in which one is not known are left out. Those not given
            stay as they are.
        y : array of float, shape (rows,) or (B, rows), optional
            Other events.

        Returns
        -------
        array of float, shape (B, k)
            NaN throughout where there is no finite estimate.
        """
        many = max((len(one) for one in columns.values()), default=1 if y is None or y.ndim == 1 else len(y))
        values = {
            name: np.broadcast_to(columns.get(name, own), (many, own.shape[1]))
            for name, own in self.values.items()
        }
        return self.design.refit(values, self.y if y is None else y).coefficients

    @cached_property
    def complete(self) -> Complete:
        """The rows that the model was fitted to, and their columns."""
        known = self.design.known & np.isfinite(self.y)
        for own in self.values.values():
            known &= np.isfinite(own[0])
        at = np.flatnonzero(known)
        x = self.design.matrix(at, {name: own[0, at] for name, own in self.values.items()})
        rows = self.panel.with_row_index("row").filter(pl.Series(known))
        offset = None if self.design.offset is None else self.design.offset[at]
        return Complete(rows, x, self.y[at], offset)

    def drop_rows(self, gone: Flags) -> Numbers:
        """Coefficients with some of the rows of the fit left out, for many such sets at once.

        Parameters
        ----------
        gone : array of bool, shape (B, n)
            Rows of `complete` to leave out.

        Returns
        -------
        array of float, shape (B, k)
            NaN for columns that are zero in all rows left; NaN throughout where there is no finite estimate,
            or where columns repeat each other in the rows left.
        """
        own = self.complete
        fits = fit_batch(
            own.x, (), own.y, link=link_of(self.fit), firth=self.fit.model.startswith("Firth"), mask=~gone,
            offset=own.offset, start=self.fit.coefficients,
        )  # fmt: skip
        return fits.coefficients

    def max_loglik(self, held: Sequence[int] = ()) -> float:
        """The highest log-likelihood, penalised for Firth, with some coefficients held at zero.

        Raises
        ------
        ConvergenceError
            If the search ended before its maximum.
        """
        _, x, y, offset = self.complete
        # Firth's penalty depends on the units of columns, by one constant whichever coefficients are held:
        # columns of one length are as good as any, and the search is better conditioned
        length = np.sqrt(np.einsum("rk,rk->k", x, x) / len(x))
        start = self.fit.coefficients * length
        start[list(held)] = 0.0
        free = np.setdiff1d(np.arange(start.size), np.array(held, dtype=np.int64))
        x = x / length
        if self.fit.model.startswith("Firth"):
            likelihood = penalty_of(x, y, offset)
            optimum = newton_raphson(likelihood, start, y.size, free=free, longest=LONGEST, scoring=True)
        else:
            plain = partial(evaluate, link_of(self.fit), np.asfortranarray(x), y, offset=offset)
            optimum = newton_raphson(plain, start, y.size, free=free)
        refuse_unconverged(optimum, "highest likelihood")
        return optimum.loglik
