"""Time-of-adoption matrix (toa) of one policy: the period in which each unit adopted it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from diffuscope.errors import MethodError, PlanError
from diffuscope.panel.adoptions import times_of
from diffuscope.panel.calendar import BEFORE_ALL, Calendar, calendar_of
from diffuscope.panel.native_frames import ids, polars_of
from diffuscope.panel.tiered import adopted_spells
from diffuscope.records.phrases import counted, noun

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Codes

Period = Literal["year", "month", "day", "wave"]
NEVER = 0
"""Period of a unit that had not adopted when observation ended (right-censored)."""
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, kw_only=True)
class TimesOfAdoption:
    """Times of adoption of one policy, as whole numbers of periods.

    Attributes
    ----------
    units : tuple of str, length N
    toa : array of int, shape (N,)
        Period of adoption, 1 to `last`; 0 if it had not adopted by then.
    last : int
        Number of the last period; the first is that of the first adoption.
    start : int
        The calendar's number of period 1.
    calendar : Calendar
    notes : tuple of str
    """

    units: tuple[str, ...]
    toa: Codes
    last: int
    start: int
    calendar: Calendar = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def ever(self) -> np.ndarray:
        """Whether each adopted."""
        return np.asarray(self.toa != NEVER)

    def names(self, periods: Codes) -> list[Any]:
        """What periods are called; None for never."""
        called = self.calendar.names(np.maximum(periods, 1) + self.start - 1).to_list()
        return [name if at else None for name, at in zip(called, periods.tolist(), strict=True)]

    def date(self, period: int) -> str | int:
        """The date by which ties in force in a period are looked up."""
        index = period + self.start - 1
        calendar = self.calendar
        if calendar.period == "wave" and not isinstance(calendar.waves[0], int):
            if not calendar.dated:
                raise PlanError("The ties are dated, but the waves are not; give the waves dates.")
            return str(date.fromordinal(EPOCH + int(calendar.looks[index])))
        name = calendar.name(index)
        return name if isinstance(name, int) else str(name)


def toa_matrix(
    adoptions: Frame,
    *,
    period: Period = "year",
    waves: Mapping[Any, Any] | Sequence[Any] | None = None,
    censor: Any = None,
    units: Iterable[str] | None = None,
) -> TimesOfAdoption:
    """Time-of-adoption matrix of one policy, from a frame `unit`, `time`; an empty time means never.

    Units that stand in no row count as never adopting where `units` names them. Where all units adopted, a
    note says that others may be missing.

    Raises
    ------
    CaseError
        If a time cannot be read, or a unit stands in two rows; with every such row.
    MethodError
        If a date is known only as a range of periods, or nobody adopted.
    PlanError
        If there are several policies or ended adoptions, for which these statistics have no meaning, or a
        unit of the frame is not among `units`.
    """
    frame, _ = polars_of(adoptions, "The frame of adoptions")
    calendar = calendar_of(period, times_of(frame), waves)
    spells = adopted_spells(frame, calendar)[0]
    _refuse(spells)
    order = pl.DataFrame(
        {"unit": _among(ids(frame["unit"]).unique(maintain_order=True), units)}, schema={"unit": pl.String}
    )
    spells = order.join(spells, on="unit", how="left", maintain_order="left")
    last = None if censor is None else calendar.index(censor, "censor", last=True)
    known = spells["latest"].drop_nulls()
    if known.is_empty() or (last is not None and int(known.min()) > last):  # type: ignore[arg-type]
        raise MethodError("No unit adopted, so adoption has no statistics.")
    start, last = int(known.min()), int(known.max()) if last is None else last  # type: ignore[arg-type]
    # never is the period before the first: 0, once numbered from 1
    toa = spells["latest"].fill_null(start - 1).to_numpy() - start + 1
    # adopted after watching ended: right-censored, as who never did
    late = toa > last - start + 1
    return TimesOfAdoption(
        units=tuple(spells["unit"].to_list()),
        toa=np.where(late, NEVER, toa),
        last=last - start + 1,
        start=start,
        calendar=calendar,
        notes=_notes(int(late.sum()), len(toa) if units is None and (toa > 0).all() else 0),
    )


def _notes(late: int, everybody: int) -> tuple[str, ...]:
    """How many adopted after the last period; that everybody adopted, where no list of units was given."""
    notes = []
    if late:
        count = noun(late, "counts", "count")
        notes.append(f"{counted(late, 'unit')} adopted after the last period and {count} as not yet")
    if everybody:
        units = counted(everybody, "unit")
        notes.append(f"{everybody} of {units} adopted: if some never did, name all in `units`")
    return tuple(notes)


def _among(known: pl.Series, units: Iterable[str] | None) -> list[str]:
    """All units, those of the frame among them."""
    if units is None:
        return known.to_list()
    named = list(dict.fromkeys(units))
    unlisted = sorted(set(known.to_list()) - set(named))
    if unlisted:
        raise PlanError(f"`{unlisted[0]}` is in the adoptions, but not among the units.")
    return named


def _refuse(spells: pl.DataFrame) -> None:
    """What these statistics cannot take: several policies, adoptions that ended, dates that are ranges."""
    policies = spells["policy"].unique().sort()
    if len(policies) > 1:
        raise PlanError(
            f"The adoptions are of {len(policies)} policies (`{policies[0]}`, `{policies[1]}` …), but this "
            "statistic needs one: keep the rows of that policy."
        )
    if spells["until"].null_count() < spells.height:
        unit = spells.filter(pl.col("until").is_not_null())["unit"][0]
        raise PlanError(
            f"The adoption of `{unit}` ended; this statistic uses first adoptions. Remove the column `until` "
            "to use it anyway."
        )
    refuse_ranges(spells)


def of_several_periods() -> pl.Expr:
    """Whether the date of a spell is a range of several periods, or only known as before the record."""
    return (pl.col("earliest") != pl.col("latest")) | (pl.col("earliest") == BEFORE_ALL)


def refuse_ranges(spells: pl.DataFrame) -> None:
    """Refuse adoptions whose dates are ranges of several periods.

    Raises
    ------
    MethodError
    """
    wide = spells.filter(of_several_periods())
    if wide.height:
        by = f"`{wide['unit'][0]}`"
        one = by if spells["policy"].n_unique() == 1 else f"`{wide['policy'][0]}` by {by}"
        raise MethodError(
            f"The adoption of {one} ({wide.height:,} in all) has a date that spans several periods. Give it "
            "one period, or use longer periods."
        )
