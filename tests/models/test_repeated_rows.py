"""Rows that a history of adoption cannot have are told with their rows, by every estimator."""

from __future__ import annotations

import polars as pl
import pytest

from diffuscope import person_period
from diffuscope.models import conditional_logit, cox, event_history, firth
from diffuscope.models.design.repeated_rows import repeated_rows

ESTIMATORS = {
    "logit": lambda rows: event_history("event ~ x", rows, cluster="unit"),
    "probit": lambda rows: event_history("event ~ x", rows, cluster="unit", link="probit"),
    "conditional logit": lambda rows: conditional_logit("event ~ x", rows, strata="time"),
    "Firth": lambda rows: firth("event ~ x", rows),
    "Cox": lambda rows: cox("event ~ x", rows, cluster="unit"),
}


def history() -> pl.DataFrame:
    """Forty units, each at risk until it adopts in one of ten years, or the tenth year; `x` by hand."""
    return pl.DataFrame(
        [
            (f"u{at:02}", year, year, int(year == 1 + at * 7 % 13), (at * 5 + year * 3) % 11)
            for at in range(40)
            for year in range(1, min(10, 1 + at * 7 % 13) + 1)
        ],
        schema=["unit", "time", "duration", "event", "x"],
        orient="row",
    )


@pytest.mark.parametrize("name", ESTIMATORS)
def test_a_clean_history_is_not_complained_of(name):
    assert not [told for told in ESTIMATORS[name](history()).warnings if "row" in told]


@pytest.mark.parametrize("name", ESTIMATORS)
def test_a_row_twice_is_told_with_its_place(name):
    rows = history()
    again = pl.concat([rows, rows[4:6]])
    told = " ".join(ESTIMATORS[name](again).warnings)
    assert f"rows {rows.height + 1} and {rows.height + 2}" in told
    assert (
        "An earlier span of the same unit" if name == "Cox" else "A unit and its `time` are repeated"
    ) in told


@pytest.mark.parametrize("name", ESTIMATORS)
def test_rows_after_the_event_are_told_with_their_places(name):
    rows = history()
    at = rows["event"].arg_max()
    unit, year = rows["unit"][at], rows["time"][at]
    late = rows[[at]].with_columns(
        time=pl.lit(year + 1, pl.Int64), duration=pl.lit(year + 1, pl.Int64), event=pl.lit(0, pl.Int64)
    )
    assert rows.filter(unit=unit)["time"].max() == year
    told = " ".join(ESTIMATORS[name](pl.concat([late, rows])).warnings)
    assert "The unit's own event is earlier in 1 row (row 1)" in told


def test_spans_that_overlap_and_spans_that_meet():
    spans = pl.DataFrame(
        {"unit": ["a", "a", "a", "b"], "start": [0, 2, 5, 1], "stop": [2, 6, 7, 3], "event": [0, 0, 1, 1]}
    )
    [told] = repeated_rows(spans, "event", ("start", "stop"))
    assert "overlapped by 1 row (row 3)" in told
    assert repeated_rows(spans.with_columns(start=pl.Series([0, 2, 6, 1])), "event", ("start", "stop")) == ()


def test_a_panel_with_repeals_has_none():
    adopted = pl.DataFrame(
        {"unit": ["a", "b", "b", "c"], "time": [2000, 2001, 2005, 2003], "until": [None, 2003, None, None]}
    )
    assert repeated_rows(person_period(adopted, censor=2006).table(), "event") == ()


def test_policies_of_one_unit_and_pairs_are_not_mixed_up():
    rows = pl.DataFrame({"unit": ["a"] * 4, "policy": ["x", "x", "y", "y"], "time": [1, 2, 1, 2]})
    assert repeated_rows(rows.with_columns(event=pl.Series([0, 1, 1, 0])), "event")[0].endswith("`spell`.")
    assert repeated_rows(rows.with_columns(event=pl.Series([0, 1, 0, 1])), "event") == ()
    pairs = pl.DataFrame({"receiver": ["a"] * 2, "sender": ["b", "c"], "time": [1, 1], "event": [1, 0]})
    assert repeated_rows(pairs, "event") == ()
