"""Years, half years, quarters, months and days as files write them, and as the dates of a case."""

from __future__ import annotations

from typing import Literal

import polars as pl

Grain = Literal["year", "half year", "quarter", "month", "day"]
WRITTEN: dict[Grain, str] = {
    "year": r"^\d{4}$",
    "half year": r"^\d{4}-H[12]$",
    "quarter": r"^\d{4}-Q[1-4]$",
    "month": r"^\d{4}-(0[1-9]|1[0-2])$",
    "day": r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$",
}
MONTHS: dict[Grain, int] = {"half year": 6, "quarter": 3}
"""Months of a period that the dates of a case cannot name, but for its first and its last."""
LETTER: dict[Grain, str] = {"half year": "H", "quarter": "Q"}
YEAR_FIRST = r"^(\d{4})\s*[-:./]?\s*([QqHh])\s*([1-4])$"
YEAR_LAST = r"^([QqHh])\s*([1-4])\s*[-:./,]?\s*(\d{4})$"


def one_spelling(text: pl.Series) -> pl.Series:
    """Quarters and half years in one spelling: `1990q3`, `1990 Q3` and `Q3 1990` are ``1990-Q3``."""
    return (
        text.str.replace(YEAR_LAST, "${3}-${1}${2}")
        .str.replace(YEAR_FIRST, "${1}-${2}${3}")
        .str.replace("-q", "-Q", literal=True)
        .str.replace("-h", "-H", literal=True)
    )


def grain_of(text: pl.Series) -> Grain | None:
    """How fine all times are; None where they differ, or one is no time."""
    known = text.drop_nulls()
    if not len(known):
        return None
    return next((grain for grain, form in WRITTEN.items() if known.str.contains(form).all()), None)


def numbered(text: pl.Series, grain: Grain) -> pl.Series:
    """Times as whole numbers that count years, half years, quarters, months or days."""
    year = text.str.slice(0, 4).cast(pl.Int64)
    if grain == "year":
        return text.cast(pl.Int64)
    if grain == "month":
        return year * 12 + text.str.slice(5, 2).cast(pl.Int64) - 1
    if grain in MONTHS:
        return year * (12 // MONTHS[grain]) + text.str.slice(6, 1).cast(pl.Int64) - 1
    return text.str.to_date("%Y-%m-%d").cast(pl.Int32).cast(pl.Int64)


def written(number: pl.Series, grain: Grain) -> pl.Series:
    """The times that whole numbers of `numbered` stand for."""
    if grain == "year":
        return number.cast(pl.String).str.zfill(4)
    if grain == "day":
        return number.cast(pl.Int32).cast(pl.Date).dt.strftime("%Y-%m-%d")
    per_year = 12 // MONTHS.get(grain, 1)
    year, place = (number // per_year).cast(pl.String).str.zfill(4), (number % per_year + 1).cast(pl.String)
    return year + "-" + (LETTER[grain] + place if grain in MONTHS else place.str.zfill(2))


def first_date(text: pl.Series) -> pl.Series:
    """Times as the dates of a case: of a quarter or half year its first month."""
    return _month(text, last=False)


def last_date(text: pl.Series) -> pl.Series:
    """Times as the dates of a case: of a quarter or half year its last month."""
    return _month(text, last=True)


def _month(text: pl.Series, *, last: bool) -> pl.Series:
    dates = text
    for grain, months in MONTHS.items():
        here = text.str.contains(WRITTEN[grain]).fill_null(value=False)
        if here.any():
            place = text.str.slice(6, 1).cast(pl.Int64, strict=False)
            month = place * months if last else (place - 1) * months + 1
            months_of = text.str.slice(0, 5) + month.cast(pl.String).str.zfill(2)
            dates = months_of.zip_with(here, dates).alias(text.name)
    return dates


def dates_of(adopted: pl.DataFrame, grain: Grain) -> list[pl.Series]:
    """Columns `time`, `time_latest` and `until` of numbered periods as the dates of a case.

    An adoption in a quarter is dated from its first month to its last.
    """
    time, latest, until = (written(adopted[name], grain) for name in ("time", "time_latest", "until"))
    if grain in MONTHS:
        latest = latest.zip_with(latest.is_not_null(), time)
    return [first_date(time), last_date(latest), first_date(until)]


def waves_of(first: str, last: str) -> dict[str, str]:
    """Quarters or half years from one to another, each with its last day: the waves of a case.

    >>> waves_of("1990-Q4", "1991-Q1")
    {'1990-Q4': '1990-12-31', '1991-Q1': '1991-03-31'}
    """
    ends = pl.Series([first, last])
    grain = grain_of(ends)
    if grain is None or grain not in MONTHS:
        return {}
    start, stop = numbered(ends, grain)
    names = written(pl.int_range(start, stop + 1, eager=True), grain)
    days = (last_date(names) + "-01").str.to_date("%Y-%m-%d").dt.month_end().cast(pl.String)
    return dict(zip(names.to_list(), days.to_list(), strict=True))
