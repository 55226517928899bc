"""The chronology, on small histories whose answer can be counted by hand."""

from __future__ import annotations

import msgspec
import polars as pl
import pytest

from diffuscope.errors import PlanError
from diffuscope.panel import chronology, panel_of
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
    # a before b, c, d; b and c before d; b in any day of 2003, c in May of it: nobody knows
    assert (found.pairs_ordered, found.pairs_same, found.pairs_unknown, found.pairs_total) == (5, 0, 1, 6)
    assert [spell.unit for spell in found.order] == ["a", "c", "b", "d"]


def test_a_launch_of_more_than_half_silences_statistics_where_few_events_remain():
    rows = adoptions(*((unit, "2018", None) for unit in "abc"), ("d", "2019", None), ("e", "2020", None))
    found = chronology(analysis("abcdef"), rows, {})
    # f could have adopted and did not; d and e follow the launch
    assert found.testable is True
    assert (found.launch_days, found.launch_count, found.launch_share) == (365, 3, 0.6)
    assert (found.launch_from, found.launch_to) == ("2018-01-01", "2018-12-31")
    assert (found.events_after_launch, found.never) == (2, 1)
    assert found.silenced == (
        "3 of 5 dated adoptions fall within one launch (1 year), and 2 events remain outside it; at least 5 "
        "are needed."
    )
    assert [spell.unit for spell in found.order if spell.launch] == ["a", "b", "c"]


def test_a_launch_of_more_than_half_leaves_statistics_where_five_events_remain():
    later = zip("ghijk", range(2019, 2024), strict=True)
    rows = adoptions(
        *((u, "2018-03-05", None) for u in "abcdef"), *((u, str(year), None) for u, year in later)
    )
    found = chronology(analysis("abcdefghijkl"), rows, {})
    assert (found.launch_days, found.launch_count, found.events_after_launch) == (90, 6, 5)
    assert (found.testable, found.silenced) == (True, None)
    assert found.warnings[0].startswith("6 of 11 dated adoptions (55 %) fall on 2018-03-05")


def test_a_launch_with_nobody_to_compare_with_is_not_testable():
    rows = adoptions(*((unit, "2018", None) for unit in "abc"), ("d", "2019", None), ("e", "2020", None))
    found = chronology(analysis("abcde"), rows, {})
    assert found.testable is False
    # the soundest reason first
    assert found.reason.startswith("No unit is listed that could have adopted and did not")
    assert "3 of 5 dated adoptions (60 %) fall in 2018" in found.reason
    half = adoptions(*((unit, "2018", None) for unit in "ab"), ("d", "2019", None), ("e", "2020", None))
    assert chronology(analysis("abde"), half, {}).testable is True  # half is not more than half


def test_all_at_once_is_not_testable_whoever_is_listed():
    rows = adoptions(*((unit, "2018-04", None) for unit in "abc"))
    found = chronology(analysis("abcde"), rows, {})
    assert found.testable is False
    assert found.reason == (
        "No adoption is known to follow another: 3 of 3 dated adoptions (100 %) fall between 2018-04-01 and "
        "2018-04-30."
    )


def test_an_order_that_nobody_knows_leaves_the_question_open():
    rows = adoptions(("a", "2001", "2009"), ("b", "2002", "2008"))
    found = chronology(analysis("abc"), rows, {})
    assert (found.testable, found.pairs_ordered, found.silenced) == (None, 0, None)
    with_undated = adoptions(("a", "2001", None), ("b", None, None))
    assert chronology(analysis("abc"), with_undated, {}).testable is None


@pytest.mark.parametrize(
    ("launch", "count", "share"), [("30 days", 2, 2 / 6), ("90 days", 3, 3 / 6), ("1 year", 5, 5 / 6)]
)
def test_the_launch_is_measured_in_days_and_may_cross_a_year(launch, count, share):
    days = ("2017-12-20", "2018-01-05", "2018-03-10", "2018-06-01", "2018-12-19", "2019-03-01")
    rows = adoptions(*((unit, day, None) for unit, day in zip("abcdef", days, strict=True)))
    question = msgspec.structs.replace(analysis("abcdefg"), launch=launch)
    found = chronology(question, rows, {})
    assert (found.launch_count, found.launch_share) == (count, share)
    assert (found.share_30_days, found.share_365_days) == (2 / 6, 5 / 6)
    assert found.launch_from == "2017-12-20"


def test_a_range_counts_in_the_launch_only_where_it_lies_within():
    rows = adoptions(
        ("a", "2018-04-28", "2018-07-08"), ("b", "2018-04-28", "2018-07-08"), ("c", "2018-05", "2018-10"),
        ("d", "2020-01-01", None),
    )  # fmt: skip
    found = chronology(analysis("abcde"), rows, {})
    assert (found.launch_count, found.launch_from, found.launch_to) == (2, "2018-04-28", "2018-07-08")
    assert (found.share_30_days, found.share_365_days) == (0.25, 0.75)


def test_a_year_that_is_a_leap_year_holds_its_own_dates():
    rows = adoptions(("a", "2020", None), ("b", "2020", None), ("c", "2021", None))
    assert chronology(analysis("abcd"), rows, {}).launch_count == 2


def test_several_policies_are_ruled_out_only_if_each_is():
    once = adoptions(("a", "2001-01", None), ("b", "2001-01", None), policy="q")
    often = adoptions(("a", "2001", None), ("b", "2004", None))
    both = pl.concat([once, often]).with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias("_row"))
    asked = Analysis(id="a", question="?", policies=("p", "q"), units=("a", "b", "c"))
    assert chronology(asked, both, {}).testable is True
    twice = pl.concat([once, once.with_columns(policy=pl.lit("p"))]).with_columns(both["_row"])
    found = chronology(asked, twice, {})
    assert found.testable is False
    assert found.reason.startswith("For none of 2 policies do the dates leave anything to explain.")
    assert (found.launch_count, found.launch_from) == (4, None)


def test_an_origin_at_the_first_adoption_keeps_the_first_adopter_as_an_event():
    rows = adoptions(("a", "2001", None), ("b", "2003", None), ("c", "2005", None))
    policies = pl.DataFrame({"policy": ["p"], "origin": ["first"]})
    found = chronology(analysis("abcd"), rows, {}, tables={"policies": policies})
    assert (found.events_after_launch, found.at_risk_after_first) == (2, 4)
    assert chronology(analysis("abcd"), rows, {}).at_risk_after_first == 3
    panel = panel_of({"adoptions": rows, "policies": policies}, analysis("abcd"), {})
    assert panel.table()["event"].sum() == 3
    assert panel.ledger.is_empty()


def test_what_lies_outside_the_waves_is_no_event_for_the_panel_or_the_chronology():
    waves = {"w1": "2022-06", "w2": "2023-06", "w3": "2024-06"}
    rows = adoptions(("a", "2021", None), ("b", "2025", None), ("c", "2026", None))
    question = analysis("abcd", period="wave")
    found = chronology(question, rows, waves)
    assert panel_of({"adoptions": rows}, question, waves).table().is_empty()
    assert (found.testable, found.baseline, found.events_after_launch) == (None, 1, 0)
    assert [(left.reason, left.rows) for left in found.left_out] == [("adopted after the last wave", (3, 4))]


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
    assert any("first recorded in wave w2" in warning for warning in found.warnings)
    # the baseline precedes all three; b and c each precede d; b and c share a wave
    assert (found.pairs_ordered, found.pairs_same, found.pairs_unknown) == (5, 1, 0)


def test_waves_without_dates_are_refused():
    with pytest.raises(PlanError, match="no dates of waves"):
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
        "launch_count",
        "events_after_launch",
        "never",
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


def test_one_adoption_may_follow_one_that_was_there():
    found = chronology(analysis("abc"), adoptions(("a", "2005", None), ("b", None, "2000")), {})
    assert (found.testable, found.pairs_ordered) == (True, 1)
    assert found.silenced is not None  # the only event is the launch


@pytest.mark.parametrize("period", ["year", "month", "day"])
def test_the_grain_of_the_model_decides_nothing(period):
    rows = adoptions(("a", "2018-03", None), ("b", "2018-07", None), ("c", "2018-11", None))
    found = chronology(analysis("abcd", period=period), rows, {})
    assert (found.testable, found.pairs_ordered, found.launch_count) == (True, 3, 1)


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
    # p: a before b; q: a and b dated alike, each before c
    assert (found.pairs_ordered, found.pairs_same, found.pairs_unknown) == (3, 1, 0)
