"""The chronology, on small histories whose answer can be counted by hand."""

from __future__ import annotations

import polars as pl
import pytest

from diffuscope.errors import PlanError
from diffuscope.panel import chronology
from diffuscope.records import Analysis

WAVES = {"w1": "2020-06-30", "w2": "2021-06-30", "w3": "2022-06-30"}


def adoptions(*rows: tuple[str, str | None, str | None], policy: str = "p") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "unit": [unit for unit, _, _ in rows],
            "policy": [policy] * len(rows),
            "time": [time for _, time, _ in rows],
            "time_latest": [latest for _, _, latest in rows],
            "confidence": [None] * len(rows),
            "_row": list(range(2, len(rows) + 2)),
        },
        schema={
            "unit": pl.String,
            "policy": pl.String,
            "time": pl.String,
            "time_latest": pl.String,
            "confidence": pl.String,
            "_row": pl.UInt32,
        },
    )


def analysis(units: str, period: str = "year", window: tuple[str, str] | None = None) -> Analysis:
    return Analysis(id="a", question="?", policies=("p",), units=tuple(units), period=period, window=window)


def test_a_sequence_is_testable():
    rows = adoptions(("a", "2001", None), ("b", "2003", None), ("c", "2003-05", None), ("d", "2005", None))
    found = chronology(analysis("abcde"), rows, {})
    assert found.testable is True
    assert (found.adoptions, found.baseline, found.at_risk_after_first) == (4, 0, 4)
    assert (found.modal_period, found.modal_count, found.modal_share) == ("2003", 2, 0.5)
    # a before b, c, d; b and c in one year; b, c before d
    assert (found.pairs_ordered, found.pairs_same, found.pairs_unknown) == (5, 1, 0)
    assert [spell.unit for spell in found.order] == ["a", "c", "b", "d"]


def test_a_coordinated_launch_is_not_testable():
    rows = adoptions(*((unit, "2018", None) for unit in "abc"), ("d", "2019", None), ("e", "2020", None))
    found = chronology(analysis("abcdef"), rows, {})
    assert found.testable is False
    assert "3 of 5 dated adoptions (60 %) fall in 2018" in found.reason


def test_half_in_one_period_is_not_more_than_half():
    rows = adoptions(("a", "2018", None), ("b", "2018", None), ("c", "2019", None), ("d", "2020", None))
    assert chronology(analysis("abcde"), rows, {}).testable is True


def test_nobody_left_at_risk_is_not_testable():
    rows = adoptions(("a", None, "2010"), ("b", None, "2010"), ("c", "2010", None))
    found = chronology(analysis("abc"), rows, {})
    assert found.testable is False
    assert found.at_risk_after_first == 0


def test_an_undated_adoption_is_listed_and_not_counted_as_at_risk():
    rows = adoptions(("a", "2001", None), ("b", "2002", None), ("c", None, None))
    found = chronology(analysis("abcd"), rows, {})
    assert found.at_risk_after_first == 2  # b and d; c adopted nobody knows when
    assert [(left.reason, left.count, left.rows) for left in found.left_out] == [
        ("the date is unknown", 1, (4,))
    ]


def test_ranges_that_overlap_have_no_order():
    rows = adoptions(("a", "2001", "2003"), ("b", "2002", "2004"), ("c", "2005", None))
    found = chronology(analysis("abcd"), rows, {})
    assert (found.pairs_ordered, found.pairs_same, found.pairs_unknown) == (2, 0, 1)
    assert [spell.period for spell in found.order] == [None, None, "2005"]


def test_by_then_precedes_only_what_comes_later():
    rows = adoptions(("a", None, "2001"), ("b", "2001", None), ("c", "2002", None))
    found = chronology(analysis("abcd"), rows, {})
    assert found.baseline == 1
    assert (found.pairs_ordered, found.pairs_unknown) == (2, 1)  # a before c, b before c; a and b unknown


def test_what_lies_before_the_window_is_baseline_and_after_it_is_left_out():
    rows = adoptions(("a", "1999", None), ("b", "2001", None), ("c", "2002", None), ("d", "2010", None))
    found = chronology(analysis("abcde", window=("2000", "2005")), rows, {})
    assert (found.baseline, found.adoptions) == (1, 3)
    assert [(left.reason, left.rows) for left in found.left_out] == [("adopted after the window", (5,))]


def test_a_year_of_the_window_is_the_whole_year_even_where_a_wave_has_its_name():
    rows = adoptions(("a", "2020", None), ("b", "2021", None), ("c", "2022-11", None))
    waves = {"2020": "2020-06-30", "2022": "2022-06-30"}
    by_year = chronology(analysis("abcd", window=("2020", "2022")), rows, waves)
    assert (by_year.adoptions, by_year.baseline, by_year.left_out) == (3, 0, ())
    by_wave = chronology(analysis("abcd", period="wave", window=("2020", "2022")), rows, waves)
    assert [(left.reason, left.rows) for left in by_wave.left_out] == [("adopted after the window", (4,))]


def test_every_row_is_accounted_for():
    rows = adoptions(
        ("a", "2001", None), ("a", "2004", None), ("x", "2001", None), ("b", "2002", None), ("c", None, None)
    )
    found = chronology(analysis("abc"), rows, {})
    assert found.adoptions + sum(left.count for left in found.left_out) == rows.height


def test_waves_only_warn_of_bunching():
    rows = adoptions(
        ("a", None, "2020-06-30"),
        ("b", "2020-07-01", "2021-06-30"),
        ("c", "2020-07-01", "2021-06-30"),
        ("d", "2021-07-01", "2022-06-30"),
    )
    found = chronology(analysis("abcde", period="wave", window=("w1", "w3")), rows, WAVES)
    assert found.testable is True
    assert [spell.period for spell in found.order] == [None, "w2", "w2", "w3"]
    assert any("first seen in wave w2" in warning for warning in found.warnings)
    # the baseline precedes all three; b and c each precede d; b and c share a wave
    assert (found.pairs_ordered, found.pairs_same, found.pairs_unknown) == (5, 1, 0)


def test_waves_without_dates_are_refused():
    with pytest.raises(PlanError, match="counts in waves"):
        chronology(analysis("ab", period="wave"), adoptions(("a", "2001", None)), {})


def test_no_adoptions_leaves_the_question_open():
    found = chronology(analysis("ab"), adoptions(), {})
    assert found.testable is None
    found = chronology(analysis("ab"), adoptions(("a", None, None)), {})
    assert found.testable is None
    assert found.left_out[0].count == 1


def test_renaming_units_changes_no_number():
    rows = adoptions(("a", "2001", None), ("b", "2003", "2004"), ("c", "2003-05", None), ("d", None, "2002"))
    renamed = rows.with_columns(pl.col("unit").replace({"a": "z", "b": "y", "c": "x", "d": "w"}))
    one = chronology(analysis("abcde"), rows, {})
    other = chronology(analysis("zyxwe"), renamed, {})
    numbers = (
        "adoptions",
        "baseline",
        "at_risk_after_first",
        "modal_count",
        "pairs_ordered",
        "pairs_unknown",
    )
    assert [getattr(one, name) for name in numbers] == [getattr(other, name) for name in numbers]


@pytest.mark.parametrize(("period", "name"), [("month", "2003-05"), ("day", "2003-05-07")])
def test_finer_periods(period: str, name: str):
    rows = adoptions(("a", "2001-02-03", None), ("b", "2003-05-07", None), ("c", "2003-05-07", None))
    assert chronology(analysis("abcd", period=period), rows, {}).modal_period == name


def test_a_record_that_begins_too_late_leaves_the_question_open():
    rows = adoptions(("a", None, "2010"), ("b", None, "2012"))
    found = chronology(analysis("abcd"), rows, {})
    assert found.testable is None
    assert "no order of events is known" in found.reason
    before = adoptions(("a", "1990", None), ("b", "1991", None))
    assert chronology(analysis("abcd", window=("2000", "2010")), before, {}).testable is None


@pytest.mark.parametrize("latest", [None, "2009"])
def test_one_date_makes_no_sequence(latest):
    found = chronology(analysis("abc"), adoptions(("a", "2005", latest)), {})
    assert found.testable is False
    assert found.reason.startswith("Only one adoption is dated")
    with_baseline = adoptions(("a", "2005", latest), ("b", None, "2000"))
    found = chronology(analysis("abc"), with_baseline, {})
    assert found.testable is False
    assert found.reason.startswith("Apart from what was there when the record begins, only one adoption")


def test_the_grain_decides_what_is_one_launch():
    rows = adoptions(("a", "2018-03", None), ("b", "2018-07", None), ("c", "2018-11", None))
    assert chronology(analysis("abcd", period="year"), rows, {}).testable is False
    assert chronology(analysis("abcd", period="month"), rows, {}).testable is True


def test_shuffling_rows_changes_nothing():
    rows = adoptions(("a", "2001", None), ("b", "2003", "2004"), ("c", "2003-05", None), ("d", None, "2002"))
    assert chronology(analysis("abcde"), rows[[2, 0, 3, 1]], {}) == chronology(analysis("abcde"), rows, {})


def test_each_policy_has_its_own_risk_set():
    rows = pl.concat(
        [
            adoptions(("a", "2001", None), ("b", "2004", None)),
            adoptions(("a", "2002", None), ("b", "2002", None), ("c", "2006", None), policy="q"),
        ]
    ).with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias("_row"))
    asked = Analysis(id="a", question="?", policies=("p", "q"), units=("a", "b", "c"))
    found = chronology(asked, rows, {})
    assert found.at_risk_after_first == 2 + 1  # of p: b and c; of q: c
    # p: a before b; q: a and b in one year, each before c
    assert (found.pairs_ordered, found.pairs_same, found.pairs_unknown) == (3, 1, 0)
