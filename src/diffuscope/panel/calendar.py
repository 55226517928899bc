"""A calendar: periods as whole numbers, their names, and how much time passes between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from diffuscope.errors import PlanError
from diffuscope.tables.dates import PATTERN, first_day, last_day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from diffuscope.records.arrays import Codes


PERIODS = ("year", "month", "day", "wave")
BEFORE_ALL = -(2**31)
"""Number of a period before any other: only "adopted by then" is known."""
LATEST = 2999
"""Larger whole numbers, such as 9999, are no years; they often stand for never, which is an empty cell."""
YEARS_FROM = 1000
"""Whole numbers from here on could be years, where months or days are counted."""


@dataclass(frozen=True)
class Calendar:
    """How an analysis counts time: every period has a number, and one period comes before another.

    Attributes
    ----------
    period : {"year", "month", "day", "wave"}
    waves : tuple of str or int
        Names of the waves, in order; none unless waves are counted.
    looks : tuple of float
        When each wave looked: in days if waves are dated, else on the waves' own scale.
    dated : bool
        Whether `looks` are days.
    clocks : tuple of float
        The same in years, or on the waves' own scale: what gaps are measured on.
    numbered : bool
        Whether months or days are counted by whole numbers instead of dates.
    """

    period: str
    waves: tuple[Any, ...] = ()
    looks: tuple[float, ...] = field(default=(), repr=False)
    dated: bool = False
    clocks: tuple[float, ...] = ()
    numbered: bool = False

    def intervals(self, times: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
        """First and last period that each time can mean, null where it is empty; and which cannot be read."""
        times = _plain(times)
        if times.dtype.is_numeric() and self.waves and not isinstance(self.waves[0], int):
            times = times.cast(pl.Int64, strict=False).cast(pl.String)
        if times.dtype.is_numeric():
            first, bad = self._numbers(times)
            return first, first, bad
        if times.dtype == pl.Date:
            first, last = self._days(times), self._days(times)
            return first, last, times.is_not_null() & first.is_null()
        known = times.is_not_null()
        if self.period == "wave" and not self.dated:
            first = self._named(times)
            return first, first, known & first.is_null()
        days = _dates(times)
        first, last = self._days(days["first"]), self._days(days["last"])
        if self.period == "wave":
            named = self._named(times)
            first = pl.select(pl.coalesce(named, first)).to_series()
            last = pl.select(pl.coalesce(named, last)).to_series()
        return first, last, known & first.is_null()

    def days(self, times: pl.Series) -> tuple[pl.Series, pl.Series]:
        """First and last day that each time can mean; null where it is not a date."""
        times = _plain(times)
        if times.dtype == pl.Date:
            return times, times
        if times.dtype.is_numeric():
            unknown = pl.Series([None] * len(times), dtype=pl.Date)
            return unknown, unknown
        dates = _dates(times)
        return dates["first"], dates["last"]

    def of_days(self, days: pl.Series) -> pl.Series:
        """Numbers of the periods in which days fall; a wave is the first look at or after a day."""
        return self._days(days)

    def index(self, time: object, what: str, *, last: bool = False) -> int:
        """Number of the period that one time means: the first it can mean, or the last.

        Raises
        ------
        PlanError
            If it cannot be read.
        """
        column = pl.Series([time], strict=False)
        firsts, lasts, bad = self.intervals(column)
        period = (lasts if last else firsts)[0]
        if bad[0] or period is None:
            raise PlanError(f"{what} {time!r} is not a {self._reads()}.")
        return int(period)

    def name(self, index: int) -> object:
        """What a period is called."""
        return self.names(np.array([index]))[0]

    def names(self, index: Codes) -> pl.Series:
        """What periods are called: whole numbers for years, ``2018-07`` for months, dates, names of waves."""
        numbers = pl.Series("period", index)
        if self.period == "wave":
            return pl.Series("period", self.waves).gather(np.clip(index, 0, len(self.waves) - 1))
        if self.period == "year" or self.numbered:
            return numbers
        if self.period == "day":
            return numbers.cast(pl.Int32).cast(pl.Date)
        # months are numbered 12 · year + month, with months from 1: December stays in its own year
        year, month = (numbers - 1) // 12, (numbers - 1) % 12 + 1
        return year.cast(pl.String) + "-" + month.cast(pl.String).str.zfill(2)

    def clock(self, index: Codes) -> NDArray[Any]:
        """Time that has passed by the end of each period; years for dated waves, periods otherwise."""
        if self.period != "wave":
            return index
        return np.asarray(self.clocks)[np.clip(index, 0, len(self.clocks) - 1)]

    def _numbers(self, times: pl.Series) -> tuple[pl.Series, pl.Series]:
        values = times.cast(pl.Float64)
        if self.period == "wave":
            # a wave records what had happened since the one before: the first look at or after a time
            at = np.searchsorted(np.asarray(self.looks), values.fill_null(np.inf).to_numpy())
            return pl.Series(at, dtype=pl.Int64).set(values.is_null(), None), values.is_infinite()
        bad = ((values % 1 != 0) | (values.abs() > LATEST)).fill_null(value=False)
        index = values.set(bad, None).cast(pl.Int64)
        if self.period != "year" and not self.numbered and len(index.drop_nulls()):
            raise PlanError(
                f"Dates and whole numbers are mixed: {index.drop_nulls()[0]} beside dates by {self.period}. "
                'Write dates as text, such as "2018-07"; "2018" is any day of that year.'
            )
        return index, bad

    def _days(self, days: pl.Series) -> pl.Series:
        """Periods in which days fall; a wave is the first look at or after a day."""
        number = days.to_physical().cast(pl.Int64)
        if self.period == "wave":
            if not self.dated:
                return pl.Series([None] * len(days), dtype=pl.Int64)
            at = np.searchsorted(np.asarray(self.looks), number.fill_null(2**40).to_numpy())
            return pl.Series(at, dtype=pl.Int64).set(days.is_null(), None)
        if self.period == "day":
            return number
        year = days.dt.year().cast(pl.Int64)
        return year if self.period == "year" else year * 12 + days.dt.month().cast(pl.Int64)

    def _named(self, times: pl.Series) -> pl.Series:
        order = {str(name): at for at, name in enumerate(self.waves)}
        return times.cast(pl.String).replace_strict(order, default=None, return_dtype=pl.Int64)

    def _reads(self) -> str:
        if self.period == "wave":
            return f"wave (they are {', '.join(map(str, self.waves[:6]))}) or date"
        return "whole number" if self.numbered else "date (2018, 2018-07 or 2018-07-08)"


def calendar_of(
    period: str, times: Sequence[pl.Series], waves: Mapping[Any, Any] | Sequence[Any] | None
) -> Calendar:
    """The calendar of some times.

    Parameters
    ----------
    period : {"year", "month", "day", "wave"}
    times : sequence of polars.Series
        Columns that hold times, to tell whole numbers from dates.
    waves : mapping or sequence, optional
        Name and date of each wave; or their names, in order; or years.

    Raises
    ------
    PlanError
        If the period is none of the four, waves are missing, or whole numbers could be years.
    """
    if period not in PERIODS:
        raise PlanError(f"period is {period!r}; it must be one of {', '.join(PERIODS)}.")
    if period == "wave":
        return _waves(waves)
    if period == "year":
        return Calendar(period)
    numbers = [column.drop_nulls().drop_nans() for column in map(_plain, times) if column.dtype.is_numeric()]
    values = pl.concat([column.cast(pl.Float64) for column in numbers]) if numbers else pl.Series([0.0])
    if len(values) and values.min() >= YEARS_FROM:  # type: ignore[operator]
        raise PlanError(
            f"{values[0]:g} could be a year, but the period of the panel is {period}. Write dates as text, "
            "such as "
            f'"2018-07"; or count {period}s from 1.'
        )
    return Calendar(period, numbered=any(len(column) for column in numbers))


def _plain(times: pl.Series) -> pl.Series:
    """Times as numbers, dates or text; NaN and empty text are null."""
    if times.dtype.is_nested():
        raise PlanError("A column of times has several values in one cell.")
    if times.dtype == pl.Null:
        return times.cast(pl.Int64)
    if times.dtype.is_float():
        return times.fill_nan(None)
    if times.dtype.is_numeric() or times.dtype == pl.Date:
        return times
    if times.dtype == pl.Datetime:
        return times.dt.date()
    try:
        text = times.cast(pl.String).str.strip_chars()
    except pl.exceptions.PolarsError as error:
        raise PlanError(f"A column of times holds {times.dtype}; write dates as text or days.") from error
    return text.set(text == "", None)


def _dates(times: pl.Series) -> pl.DataFrame:
    """Columns `first` and `last`, days; null where a text is not a date."""
    return pl.DataFrame({"text": times.set(~times.str.contains(PATTERN), None)}).select(
        first=first_day(pl.col("text")), last=last_day(pl.col("text"))
    )


def _waves(waves: Mapping[Any, Any] | Sequence[Any] | None) -> Calendar:
    if not waves:
        raise PlanError(
            "The period is `wave`, but no waves are given: give `waves`, with the name and date of each, in "
            "order."
        )
    if isinstance(waves, Mapping):
        return _dated(list(waves), [str(look) for look in waves.values()])
    names = list(waves)
    if all(isinstance(name, int) for name in names):
        if sorted(set(names)) != names:
            raise PlanError("Waves that are numbers must be in rising order, without repeats.")
        return Calendar("wave", tuple(names), tuple(map(float, names)), False, tuple(map(float, names)))
    texts = [str(name) for name in names]
    if len(set(texts)) < len(texts):
        raise PlanError("Two waves have the same name.")
    if pl.Series(texts).str.contains(PATTERN).all():
        return _dated(texts, texts)
    steps = tuple(float(at) for at in range(len(texts)))
    return Calendar("wave", tuple(texts), steps, False, steps)


def _dated(names: list[Any], looks: list[str]) -> Calendar:
    # a wave dated by its year has looked by the end of it
    days = pl.DataFrame({"look": looks}).select(last_day(pl.col("look")))["look"]
    if days.null_count():
        wrong = looks[days.is_null().to_list().index(True)]
        raise PlanError(f"The wave date {wrong!r} is not a date (2018, 2018-07 or 2018-07-08).")
    order = days.arg_sort().to_list()
    if days.n_unique() < len(looks):
        raise PlanError("Two waves have the same date.")
    # the gap from one wave to the next is no finer than the finest date: 2022 to 2023-12-31 is not one day
    coarse = max(len(look) for look in looks)
    clocks = [_years(day, coarse) for day in days.gather(order)]
    physical = days.to_physical().cast(pl.Float64).gather(order).to_list()
    named = tuple(str(names[at]) for at in order)
    return Calendar("wave", named, tuple(physical), True, tuple(clocks))


def _years(day: date, length: int) -> float:
    """A day on the scale of years, no finer than the dates were written: from 2022 to 2023 is one year."""
    if length == 4:
        return float(day.year)
    if length == 7:
        return day.year + day.month / 12
    return (day.toordinal() - 1) / 365.25
