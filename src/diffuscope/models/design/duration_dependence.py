"""Duration dependence: how the hazard moves with time at risk (cubic, natural spline, level per duration).

Carter & Signorino 2010 (doi:10.1093/pan/mpq013) for the cubic, Beck, Katz & Tucker 1998
(doi:10.2307/2991857) for splines and dummies. Powers of raw time are nearly collinear; the cubic here stands
on Legendre polynomials over the observed range, which span the same curves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.errors import MethodError, PlanError

if TYPE_CHECKING:
    from diffuscope.models.types import DurationForm
    from diffuscope.records.arrays import Flags, Numbers

# default knots of Harrell 2001, Regression Modeling Strategies, for a restricted cubic spline with four knots
SHARES = {"spline": (0.05, 0.35, 0.65, 0.95)}
"""Where the knots of the spline stand, as shares of the events."""


@dataclass(frozen=True)
class Basis:
    """Columns that stand for time at risk.

    Attributes
    ----------
    form : {"cubic", "spline", "dummies"}
    low, high : float
        Shortest and longest duration seen.
    knots : tuple of float
        Of the spline; or the durations that have a dummy, the first of which the others are measured against.
    never, always : tuple of float
        Of dummies: durations at which nobody had the event, or everybody, so that the hazard is 0 or 1.
    """

    form: DurationForm
    low: float
    high: float
    knots: tuple[float, ...] = ()
    never: tuple[float, ...] = ()
    always: tuple[float, ...] = ()

    def certain(self, duration: Numbers) -> Numbers:
        """Hazard at durations of an infinite level: 0 or 1; NaN at all others."""
        hazards = np.where(np.isin(duration, self.never), 0.0, np.nan)
        return np.asarray(np.where(np.isin(duration, self.always), 1.0, hazards))

    def names(self) -> list[str]:
        """Name of each column; dummies are measured against the first level."""
        if self.form == "cubic":
            # the two outermost knots carry the terms that cancel the cube and the square beyond the last
            # knot, so that the curve is straight there, where few durations inform it
            return [f"duration P{degree}" for degree in (1, 2, 3)]
        if self.form == "spline":
            return [f"duration s{at}" for at in range(1, len(self.knots))]
        return [f"duration {one:g}" for one in self.knots[1:]]

    def knows(self, duration: Numbers) -> Flags:
        """Whether the model says something of a duration: dummies, of those they stand for alone."""
        if self.form != "dummies":
            return np.ones(duration.size, dtype=bool)
        return np.asarray(np.isin(duration, self.knots))

    def columns(self, duration: Numbers) -> list[Numbers]:
        """Values of each column at some durations."""
        if self.form == "cubic":
            middle, half = (self.low + self.high) / 2, (self.high - self.low) / 2
            z = (duration - middle) / half
            # Legendre polynomials P1 to P3 on [-1, 1]: orthogonal there, so that the information stays well
            # conditioned
            return [z, (3 * z**2 - 1) / 2, (5 * z**3 - 3 * z) / 2]
        if self.form == "spline":
            return [duration * 1.0, *self._bends(duration)]
        return [(duration == one).astype(float) for one in self.knots[1:]]

    def _bends(self, duration: Numbers) -> list[Numbers]:
        """Truncated cubes that are straight beyond the outer knots, scaled by the knots' range squared."""
        last, before = self.knots[-1], self.knots[-2]
        # division by the squared range gives the bends the unit of time itself, as the linear column has
        # (Harrell 2001)
        width = (last - self.knots[0]) ** 2

        def cube(knot: float) -> Numbers:
            return np.maximum(duration - knot, 0.0) ** 3 / width

        gap = last - before
        return [
            cube(knot) - cube(before) * (last - knot) / gap + cube(last) * (before - knot) / gap
            for knot in self.knots[:-2]
        ]

    def expressions(self) -> list[str]:
        """Each column as an expression of `duration` that R and Stata both read."""
        if self.form == "cubic":
            middle, half = (self.low + self.high) / 2, (self.high - self.low) / 2
            z = f"((duration - {middle!r})/{half!r})"
            return [z, f"(3*{z}^2 - 1)/2", f"(5*{z}^3 - 3*{z})/2"]
        if self.form == "dummies":
            return [f"(duration == {one!r})" for one in self.knots[1:]]
        last, before = self.knots[-1], self.knots[-2]
        width, gap = (last - self.knots[0]) ** 2, last - before

        def cube(knot: float) -> str:
            return f"(duration > {knot!r})*(duration - {knot!r})^3/{width!r}"

        bends = [
            f"{cube(knot)} - {cube(before)}*{(last - knot) / gap!r} + {cube(last)}*{(before - knot) / gap!r}"
            for knot in self.knots[:-2]
        ]
        return ["duration", *bends]


def duration_basis(form: DurationForm, duration: Numbers, event: Numbers) -> Basis:
    """Duration dependence: columns for time at risk, laid over the durations that were observed.

    Parameters
    ----------
    form : {"cubic", "spline", "dummies"}
    duration : array of float, shape (n,)
        Periods at risk, the row's own included.
    event : array of float, shape (n,)
        1 where the event happened in that row.

    Returns
    -------
    Basis

    Raises
    ------
    PlanError
        If the form has no such name.
    MethodError
        If there are too few different durations for it.
    """
    if form not in ("cubic", "spline", "dummies"):
        raise PlanError(f"duration is {form!r}; it must be one of None, 'cubic', 'spline', 'dummies'.")
    low, high = float(duration.min()), float(duration.max())
    # a cubic passes through any four durations: with fewer, its columns are an exact combination of each
    # other
    needed = 4 if form == "cubic" else 2
    different = np.unique(duration).size
    if different < needed:
        raise MethodError(
            f"duration={form!r} needs at least {needed} different durations; the rows have {different}."
        )
    if form == "cubic":
        return Basis(form, low, high)
    if form == "spline":
        return Basis(form, low, high, _spline_knots(duration[event > 0]))
    return Basis(form, low, high, _levels(duration, event))


def _spline_knots(at_events: Numbers) -> tuple[float, ...]:
    knots = np.unique(np.quantile(at_events, SHARES["spline"]))
    if knots.size < 3:
        raise MethodError(
            "duration='spline' needs events at three different durations or more; use 'cubic' or 'dummies'."
        )
    return tuple(float(knot) for knot in knots)


def informative(duration: Numbers, event: Numbers) -> Flags:
    """Rows of durations with an event and a row without one: of others the level is infinite.

    Such a duration adds nothing to the likelihood of other coefficients; nor does a policy without events.

    Parameters
    ----------
    duration, event : array of float, shape (n,)
    """
    _, code = np.unique(duration, return_inverse=True)
    events = np.bincount(code, weights=event)
    return np.asarray(((events > 0) & (events < np.bincount(code)))[code])


def _levels(duration: Numbers, event: Numbers) -> tuple[float, ...]:
    """Durations with an event and a row without one."""
    values = np.unique(duration[informative(duration, event)])
    if values.size < 2:
        raise MethodError(
            "duration='dummies' finds no two durations with an event and a row without one each."
        )
    return tuple(float(one) for one in values)
