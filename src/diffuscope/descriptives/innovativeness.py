"""Innovativeness over many policies: Walker's score, and the rate of policies adopted of those open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from diffuscope.descriptives.toa_matrix import refuse_ranges
from diffuscope.errors import MethodError, PlanError
from diffuscope.panel.adoptions import times_of
from diffuscope.panel.calendar import calendar_of
from diffuscope.panel.native_frames import ids, polars_of
from diffuscope.panel.tiered import adopted_spells

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diffuscope.descriptives.toa_matrix import Period
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Numbers


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
        Policies adopted in the window for each that was open; NaN where none was open.
    adopted, open : array of int, shape (N,)
        Policies adopted in the window; policies open in it: somebody had adopted them by its end, and the
        unit not before it.
    notes : tuple of str
    """

    units: tuple[str, ...]
    policies: int
    walker: Numbers
    rate: Numbers
    adopted: Numbers
    open: Numbers
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Of how many units and policies, in one line."""
        return f"<innovativeness of {len(self.units)} units over {self.policies} policies>"

    def table(self) -> pl.DataFrame:
        """A row per unit: unit, walker, rate, adopted, open."""
        columns = {name: getattr(self, name) for name in ("walker", "rate", "adopted", "open")}
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
) -> Innovativeness:
    """Innovativeness of units over many policies: how early they adopt, and how much of what is open.

    Parameters
    ----------
    adoptions : pandas, Polars or Arrow table
        A row per adoption: `unit`, `policy`, `time`. Ended adoptions count by their beginning.
    units : iterable of str, optional
        Who could adopt; by default everybody in `adoptions`.
    window : (first, last), optional
        Periods for the rate score, both included; all by default. Walker's score always rests on all.
    period, waves
        As for `adoption_rates`.

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
    place = {unit: at for at, unit in enumerate(named)}
    strange = [unit for unit in spells["unit"].unique(maintain_order=True) if unit not in place]
    if strange:
        raise PlanError(f"`{strange[0]}` adopted, but is not among the units.")
    when = _table(spells, place)
    ends = (np.nanmin(when), np.nanmax(when)) if window is None else tuple(
        calendar.index(time, "window", last=at == 1) for at, time in enumerate(window)
    )  # fmt: skip
    if ends[0] > ends[1]:
        raise PlanError("The window ends before it begins.")
    walker, notes = _walker(when)
    adopted, free = _rate(when, *ends)
    return Innovativeness(
        units=tuple(named),
        policies=when.shape[1],
        walker=walker,
        rate=np.divide(adopted, free, out=np.full(len(named), np.nan), where=free > 0),
        adopted=adopted,
        open=free,
        notes=notes,
    )


def _table(spells: pl.DataFrame, place: Mapping[str, int]) -> Numbers:
    """Time-of-adoption matrix of many policies, NaN for never; a policy that nobody adopted is no column."""
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
    late = (np.where(np.isnan(when), last, when) - first)[:, spread] / (last - first)[spread]
    flat = int((~spread).sum())
    told = f"{flat} policies adopted in one period are left out of Walker's score"
    return 1 - late.mean(axis=1), (told,) if flat else ()


def _rate(when: Numbers, start: float, end: float) -> tuple[Any, Any]:
    """Policies each unit adopted in a window, and policies it could have adopted in it."""
    there = np.nanmin(when, axis=0) <= end
    before = when < start  # false where never
    adopted = ((when >= start) & (when <= end)).sum(axis=1)
    return adopted, (there & ~before).sum(axis=1)
