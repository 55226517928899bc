"""How the hazard moves with time at risk: a cubic, a natural spline, or a level for each period.

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
    from diffuscope.records.arrays import Numbers

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
        Of the spline; or the first duration of each level of the dummies.
    """

    form: DurationForm
    low: float
    high: float
    knots: tuple[float, ...] = ()

    def names(self) -> list[str]:
        """Name of each column; dummies are measured against the first level."""
        if self.form == "cubic":
            return [f"duration P{degree}" for degree in (1, 2, 3)]
        if self.form == "spline":
            return [f"duration s{at}" for at in range(1, len(self.knots))]
        ends = [*self.knots[1:], None]
        return [_level(first, after) for first, after in zip(self.knots, ends, strict=True)][1:]

    def columns(self, duration: Numbers) -> list[Numbers]:
        """Values of each column at some durations."""
        if self.form == "cubic":
            middle, half = (self.low + self.high) / 2, (self.high - self.low) / 2
            z = (duration - middle) / half
            return [z, (3 * z**2 - 1) / 2, (5 * z**3 - 3 * z) / 2]
        if self.form == "spline":
            return [duration * 1.0, *self._bends(duration)]
        level = np.searchsorted(np.asarray(self.knots), duration, side="right") - 1
        return [(level == at).astype(float) for at in range(1, len(self.knots))]

    def _bends(self, duration: Numbers) -> list[Numbers]:
        """Truncated cubes that are straight beyond the outer knots, scaled by the knots' range squared."""
        last, before = self.knots[-1], self.knots[-2]
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
            ends = [*self.knots[1:], None]
            return [
                f"(duration >= {first!r})" if after is None
                else f"(duration >= {first!r})*(duration < {after!r})"
                for first, after in zip(self.knots, ends, strict=True)
            ][1:]  # fmt: skip
        last, before = self.knots[-1], self.knots[-2]
        width, gap = (last - self.knots[0]) ** 2, last - before

        def cube(knot: float) -> str:
            return f"(duration > {knot!r})*(duration - {knot!r})^3/{width!r}"

        bends = [
            f"{cube(knot)} - {cube(before)}*{(last - knot) / gap!r} + {cube(last)}*{(before - knot) / gap!r}"
            for knot in self.knots[:-2]
        ]
        return ["duration", *bends]


def _level(first: float, after: float | None) -> str:
    if after is None:
        return f"duration {first:g} on"
    if not (first.is_integer() and after.is_integer()):
        return f"duration {first:g} to below {after:g}"
    return f"duration {first:g}" if after == first + 1 else f"duration {first:g}–{after - 1:g}"


def duration_basis(form: DurationForm, duration: Numbers, event: Numbers) -> Basis:
    """Columns for time at risk, laid over the durations that were observed.

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


def _levels(duration: Numbers, event: Numbers) -> tuple[float, ...]:
    """First duration of each level: neighbours are joined until each has an event and a row without one."""
    values, code = np.unique(duration, return_inverse=True)
    events = np.bincount(code, weights=event)
    quiet = np.bincount(code) - events
    starts, had, spared = [float(values[0])], 0.0, 0.0
    for value, happened, not_yet in zip(values, events, quiet, strict=True):
        if had > 0 and spared > 0:
            starts.append(float(value))
            had = spared = 0.0
        had, spared = had + happened, spared + not_yet
    if len(starts) > 1 and (had == 0 or spared == 0):
        starts.pop()  # what is left over joins the level before it
    if len(starts) < 2:
        raise MethodError("duration='dummies' finds no two levels with an event and a row without one each.")
    return tuple(starts)
