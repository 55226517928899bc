"""Times of files: years, half years, quarters, months, days, counted periods; as numbers, dates or text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.errors import CaseError
from diffuscope.panel.periods import grain_of, one_spelling

if TYPE_CHECKING:
    from diffuscope.panel.periods import Grain

EARLIEST, LATEST = 1000, 2999
"""Whole numbers that are taken for years; lower ones count periods, as in `ties.dates.moment`."""
NAMED_YEAR = ("year", "yr", "date", "month")
"""What the name of a column holds whose numbers are no counted periods: a year 85 is a question."""


@dataclass(frozen=True)
class Times:
    """A column of times, as the tables of a case write them.

    Attributes
    ----------
    text : polars.Series of str
        ``2018``, ``2018-Q3``, ``2018-07`` or ``2018-07-08``; as it stood where it is none of these.
    grain : {"year", "half year", "quarter", "month", "day"} or None
        How fine all of them are; None where they differ, or one is none of these.
    counted : bool
        Whether they are numbers of periods without dates: `text` then writes period 3 as ``1003``, a year
        that keeps order and distance and means nothing else.
    """

    text: pl.Series
    grain: Grain | None
    counted: bool = False

    @property
    def of_months(self) -> pl.Series:
        """Which are quarters or half years, that a case gives as their first and last month."""
        return self.text.str.contains("[QH]").fill_null(value=False)


@dataclass(frozen=True)
class Counting:
    """How the numbers of a file's periods are read.

    Attributes
    ----------
    first_year : int or None
        The year of the lowest number; None: periods have no dates.
    lowest : int or None
        The number of the first period of the whole file, which no single column need hold.
    """

    first_year: int | None = None
    lowest: int | None = None


def times_of(column: pl.Series, counting: Counting | None = None) -> Times | None:
    """The times in a column; None where they are numbers that are neither years nor periods.

    Parameters
    ----------
    column : polars.Series
    counting : Counting, optional
        How numbers of periods are read; without it they are none.
    """
    if column.dtype.is_temporal():
        return _of_dates(column)
    if column.dtype.is_numeric():
        return _of_numbers(column, counting)
    text = column.cast(pl.String).str.strip_chars()
    text = one_spelling(text.set(text == "", None))
    if text.drop_nulls().str.contains(r"^\d+$").all() and len(text.drop_nulls()):
        return _of_numbers(text.cast(pl.Int64, strict=False), counting)
    return Times(text, grain_of(text))


def counting_of(column: pl.Series, first_year: int | None) -> Counting | None:
    """How the periods are counted in a file whose main column of times this is; None where they cannot be.

    A column that speaks of years holds no numbers of periods, unless the first year is given.
    """
    if first_year is None and any(word in column.name.casefold() for word in NAMED_YEAR):
        return None
    number = column.cast(pl.Float64, strict=False).fill_nan(None).drop_nulls()
    return Counting(first_year, None if not len(number) else int(number.min()))  # type: ignore[arg-type]


def _of_dates(column: pl.Series) -> Times:
    day = column.cast(pl.Date)
    known = day.drop_nulls()
    first = bool((known.dt.day() == 1).all())
    grain: Grain = "day" if not first else "year" if (known.dt.month() == 1).all() else "month"
    form = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}[grain]
    return Times(day.dt.strftime(form), grain)


def _of_numbers(column: pl.Series, counting: Counting | None) -> Times | None:
    number = column.cast(pl.Float64).fill_nan(None)
    known = number.drop_nulls()
    if not len(known) or not bool((known % 1 == 0).all()):
        return None
    if counting is not None and counting.first_year is not None:
        lowest = known.min() if counting.lowest is None else counting.lowest
        number = number - float(lowest) + counting.first_year  # type: ignore[arg-type]
    elif counting is not None and bool(known.is_between(0, EARLIEST - 1).all()):
        return Times((number.cast(pl.Int64) + EARLIEST).cast(pl.String), "year", counted=True)
    if not bool(number.drop_nulls().is_between(EARLIEST, LATEST).all()):
        return None
    return Times(number.cast(pl.Int64).cast(pl.String), "year")


def dated(column: pl.Series, never: tuple[int, ...]) -> pl.Series:
    """The column without the years that stand for "never"."""
    if not never:
        return column
    return column.set(column.cast(pl.Float64, strict=False).is_in([float(one) for one in never]), None)


def no_times(file: str, column: str, values: pl.Series) -> CaseError:
    """The error about a column whose numbers are no years."""
    number = values.cast(pl.Float64, strict=False)
    strange = values.filter(~number.is_between(EARLIEST, LATEST).fill_null(value=False))
    if len(strange) < len(values):
        shown = ", ".join(str(one) for one in strange.unique(maintain_order=True).head(5))
        fix = f'write them as years; or, if they stand for "never", say so in the map: never = [{shown}]'
        return CaseError(f"`{file}`, column `{column}`: {shown} are no years. Fix: {fix}.")
    low, high = str(values.min()), str(values.max())
    return CaseError(
        f"`{file}`, column `{column}`: {low} to {high} are no years. Fix: name the column of the year; or, "
        "where periods are only counted, say in the map which year the first stands for: first_year = 1990."
    )


def today() -> str:
    """The day of an import."""
    return date.today().isoformat()
