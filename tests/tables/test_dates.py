"""Dates mean intervals: their first and last day."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from diffuscope.tables.dates import first_day, last_day


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2018", date(2018, 1, 1), date(2018, 12, 31)),
        ("2020", date(2020, 1, 1), date(2020, 12, 31)),
        ("2019-02", date(2019, 2, 1), date(2019, 2, 28)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2018-12", date(2018, 12, 1), date(2018, 12, 31)),
        ("2018-07-08", date(2018, 7, 8), date(2018, 7, 8)),
        ("2999", date(2999, 1, 1), date(2999, 12, 31)),
        ("2018-02-30", None, None),
        ("soon", None, None),
        (None, None, None),
    ],
)
def test_first_and_last_day(text, first, last):
    frame = pl.DataFrame({"d": [text]}, schema={"d": pl.String})
    found = frame.select(first=first_day(pl.col("d")), last=last_day(pl.col("d"))).row(0)
    assert found == (first, last)
