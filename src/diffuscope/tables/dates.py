"""Dates that mean intervals: 2018 is any day of 2018, 2018-07 any day of that July.

Order inside an interval is unknown: one date precedes another only when its last day comes before the
other's first.
"""

from __future__ import annotations

import polars as pl

PATTERN = r"^[12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"


def first_day(text: pl.Expr) -> pl.Expr:
    """First day a date can mean, as a Polars date; null where the text is no date."""
    return _parse(text, "-01-01", "-01")


def last_day(text: pl.Expr) -> pl.Expr:
    """Last day a date can mean, as a Polars date; null where the text is no date."""
    start = first_day(text)
    length = text.str.len_chars()
    return (
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
