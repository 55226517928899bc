"""Innovativeness over many policies: Walker's score, and adoptions per policy-period at risk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from diffuscope.descriptives.toa_matrix import refuse_ranges
from diffuscope.errors import MethodError, PlanError
from diffuscope.panel.adoptions import times_of
from diffuscope.panel.bounds import times_by_name
from diffuscope.panel.calendar import calendar_of
from diffuscope.panel.native_frames import ids, polars_of
from diffuscope.panel.tiered import adopted_spells
from diffuscope.records.phrases import counted, noun

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diffuscope.descriptives.toa_matrix import Period
    from diffuscope.panel.calendar import Calendar
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Numbers

LONG_AGO = -(2**40)
"""Period of entry of a unit that was always there."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Innovativeness:
    """Innovativeness of each unit over many policies.

    Attributes
    ----------
    units : tuple of str, length N
    policies : int
        Policies that somebody adopted.
    walker : array of float, shape (N,)
        1 for who always adopted first, 0 for who always came last or never adopted; NaN where no policy took
        more than one period.
    rate : array of float, shape (N,)
        Adoptions for each policy-period at risk in the window; NaN where there was none.
    adopted, open, at_risk : array of int, shape (N,)
        Policies adopted while at risk; policies of which the unit was ever at risk; and the policy-periods at
        risk. Each is counted within the window.
    notes : tuple of str
    """

    units: tuple[str, ...]
    policies: int
    walker: Numbers
    rate: Numbers
    adopted: Numbers
    open: Numbers
    at_risk: Numbers
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Of how many units and policies, in one line."""
        policies = counted(self.policies, "policy", "policies")
        return f"<innovativeness of {counted(len(self.units), 'unit')} over {policies}>"

    def table(self) -> pl.DataFrame:
        """A row per unit: unit, walker, rate, adopted, open, at_risk."""
        names = ("walker", "rate", "adopted", "open", "at_risk")
        columns = {name: getattr(self, name) for name in names}
        return pl.DataFrame({"unit": list(self.units)} | columns).with_columns(
            pl.col("walker", "rate").fill_nan(None)
        )


def innovativeness(
    adoptions: Frame,
    *,
    units: Iterable[str] | None = None,
    window: tuple[Any, Any] | None = None,
    period: Period = "year",
    waves: Mapping[Any, Any] | Sequence[Any] | None = None,
    entry: Mapping[str, Any] | Any = None,
) -> Innovativeness:
    """Innovativeness of units over many policies: how early they adopt, and how often while at risk.

    Parameters
    ----------
    adoptions : pandas, Polars or Arrow table
        A row per adoption: `unit`, `policy`, `time`. Ended adoptions count by their beginning.
    units : iterable of str, optional
        Who could adopt; by default everybody in `adoptions`, and a note that others may be missing.
    window : (first, last), optional
        Periods for the rate score, both included; all by default. Walker's score always rests on all.
    period, waves
        As for `adoption_rates`.
    entry : time, or mapping of unit to time, optional
        First period of each unit, for the rate: before it, a unit is not at risk, and what it adopted earlier
        is no adoption of the rate. A note counts such adoptions.

    Returns
    -------
    Innovativeness

    Raises
    ------
    CaseError
        If times cannot be read or adoptions overlap.
    MethodError
        If nobody adopted, or a date is a range of periods.
    PlanError
        If a column is lacking, or a unit that adopted is not among `units`.

    Notes
    -----
    Walker: the mean over policies of ``1 - (t - first) / (last - first)``, where who never adopted has ``t =
    last``. A policy adopted in one period does not tell early from late; it is left out, and a note says so.

    Rate: a unit is at risk of a policy from the period of its first adoption by anybody, or of the unit's
    entry, through the period in which it adopts, or the end of the window. The end is the same for all
    policies: rates are too high where each policy is followed to its own last adoption alone.

    References
    ----------
    Walker 1969, American Political Science Review 63: 880–899, doi:10.2307/1954434 · Boehmke & Skinner 2012,
    State Politics & Policy Quarterly 12: 303–329, doi:10.1177/1532440012438890.

    Examples
    --------
    >>> import polars as pl
    >>> laws = pl.DataFrame(
    ...     {"unit": ["a", "b", "c", "a"], "policy": ["x", "x", "x", "y"], "time": [2000, 2001, 2004, 2003]}
    ... )
    >>> innovativeness(laws).walker.tolist()
    [1.0, 0.75, 0.0]
    """
    frame, _ = polars_of(adoptions, "The frame of adoptions")
    if "policy" not in frame.columns:
        raise PlanError("Innovativeness needs several policies: the adoptions lack the column `policy`.")
    calendar = calendar_of(period, times_of(frame), waves)
    first_of_each = pl.struct("unit", "policy").is_first_distinct()
    spells = adopted_spells(frame, calendar)[0].filter(first_of_each)
    if spells["latest"].null_count() == spells.height:
        raise MethodError("No unit adopted, so none was early or late.")
    named = ids(frame["unit"]).unique(maintain_order=True).to_list() if units is None else list(units)
    when = _table(spells, named)
    ends = (np.nanmin(when), np.nanmax(when)) if window is None else _window(window, calendar)
    walker, notes = _walker(when)
    entered = times_by_name(entry, tuple(named), calendar, "unit", LONG_AGO).astype(np.float64)
    exposure = _at_risk(when, entered, *ends)
    notes += _early(when, entered)
    if units is None and (~np.isnan(when)).any(axis=1).all():
        notes += (
            f"{len(named)} of {counted(len(named), 'unit')} adopted: if some never did, name all in `units`",
        )
    return Innovativeness(
        units=tuple(named),
        policies=when.shape[1],
        walker=walker,
        rate=exposure.rate(),
        adopted=exposure.adopted,
        open=exposure.policies,
        at_risk=exposure.periods,
        notes=notes,
    )


def _window(window: tuple[Any, Any], calendar: Calendar) -> tuple[int, int]:
    first, last = (calendar.index(time, "window", last=at == 1) for at, time in enumerate(window))
    if first > last:
        raise PlanError("The window ends before it begins.")
    return first, last


def _table(spells: pl.DataFrame, units: Sequence[str]) -> Numbers:
    """Time-of-adoption matrix of many policies, NaN for never; a policy that nobody adopted is no column."""
    place = {unit: at for at, unit in enumerate(units)}
    unlisted = [unit for unit in spells["unit"].unique(maintain_order=True) if unit not in place]
    if unlisted:
        raise PlanError(f"`{unlisted[0]}` adopted, but is not among the units.")
    dated = spells.drop_nulls("latest")
    refuse_ranges(dated)
    policies = {name: at for at, name in enumerate(dated["policy"].unique(maintain_order=True))}
    when = np.full((len(place), len(policies)), np.nan)
    rows = dated["unit"].replace_strict(place, return_dtype=pl.Int64).to_numpy()
    columns = dated["policy"].replace_strict(policies, return_dtype=pl.Int64).to_numpy()
    when[rows, columns] = dated["latest"].to_numpy()
    return when


def _walker(when: Numbers) -> tuple[Numbers, tuple[str, ...]]:
    first, last = np.nanmin(when, axis=0), np.nanmax(when, axis=0)
    spread = last > first
    if not spread.any():
        return np.full(len(when), np.nan), (
            "every policy was adopted in one period: Walker's score is unknown",
        )
    # who never adopted counts as the last (Walker 1969): right-censoring is not told from refusal
    late = (np.where(np.isnan(when), last, when) - first)[:, spread] / (last - first)[spread]
    flat = int((~spread).sum())
    policies = counted(flat, "policy", "policies")
    note = f"{policies} adopted in one period {noun(flat, 'is', 'are')} left out of Walker's score"
    return 1 - late.mean(axis=1), (note,) if flat else ()


class _AtRisk(NamedTuple):
    """Of each unit, within a window: adoptions while at risk, policies and policy-periods at risk."""

    adopted: Any
    policies: Any
    periods: Any

    def rate(self) -> Numbers:
        """Adoptions for each policy-period; NaN where there is none."""
        nothing = np.full(len(self.periods), np.nan)
        return np.asarray(np.divide(self.adopted, self.periods, out=nothing, where=self.periods > 0))


def _at_risk(when: Numbers, entered: Numbers, start: float, end: float) -> _AtRisk:
    opened = np.maximum(np.nanmin(when, axis=0), start)
    first = np.maximum(opened, entered[:, None])
    # the period of adoption is the last at risk, and counts as one
    last = np.where(np.isnan(when), end, np.minimum(when, end))
    periods = np.maximum(last - first + 1, 0)
    adopted = (when >= first) & (when <= end)  # false where never
    return _AtRisk(adopted.sum(axis=1), (periods > 0).sum(axis=1), periods.sum(axis=1).astype(np.int64))


def _early(when: Numbers, entered: Numbers) -> tuple[str, ...]:
    early = int((when < entered[:, None]).sum())
    words = f"{counted(early, 'adoption')} before the unit's entry {noun(early, 'is', 'are')} not in the rate"
    return (words,) if early else ()
