"""Dates that mean intervals: 2018 is any day of 2018, 2018-07 any day of that July.

Order inside an interval is unknown: one date precedes another only when its last day comes before the
other's first.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import polars as pl

from diffuscope.records.phrases import counted

PATTERN = r"^[12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"


_DURATION = re.compile(r"\s*([1-9][0-9]{0,3})\s*(day|week|month|year)s?\s*", re.IGNORECASE)
# days are about as many, for comparing lengths; dates are moved along the calendar, by the offset
_UNITS = {"day": ("d", 1), "week": ("w", 7), "month": ("mo", 30), "year": ("y", 365)}


class Duration(NamedTuple):
    """A length of time on the calendar.

    Attributes
    ----------
    offset : str
        As Polars' `offset_by` reads it: ``90d``, ``1y``.
    days : int
        About how many days that is.
    says : str
        In words: ``90 days``.
    """

    offset: str
    days: int
    says: str


def duration_of(text: str) -> Duration | None:
    """A length of time from words such as ``90 days`` or ``1 year``; None where it is none.

    >>> duration_of("90 days")
    Duration(offset='90d', days=90, says='90 days')
    >>> duration_of("1 year").days, duration_of("soon")
    (365, None)
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    many, unit = int(match[1]), match[2].lower()
    offset, days = _UNITS[unit]
    return Duration(f"{many}{offset}", many * days, counted(many, unit))


def first_day(text: pl.Expr) -> pl.Expr:
    """First day a date can mean, as a Polars date; null where the text is not a date."""
    return _parse(text, "-01-01", "-01")


def last_day(text: pl.Expr) -> pl.Expr:
    """Last day a date can mean, as a Polars date; null where the text is not a date."""
    start = first_day(text)
    length = text.str.len_chars()
    return (
        # the day before the next year begins, and the month's own end: no table of lengths, so leap years are
        # right
        pl.when(length == 4)
        .then(start.dt.offset_by("1y").dt.offset_by("-1d"))
        .when(length == 7)
        .then(start.dt.month_end())
        .otherwise(start)
    )


def _parse(text: pl.Expr, after_year: str, after_month: str) -> pl.Expr:
    length = text.str.len_chars()
    whole = (
        pl.when(length == 4)
        .then(text + after_year)
        .when(length == 7)
        .then(text + after_month)
        .otherwise(text)
    )
    return whole.str.to_date("%Y-%m-%d", strict=False)
