"""Risk sets: who could adopt when, and who did; by hand and by the counts of published data."""

from __future__ import annotations

import datetime
from pathlib import Path

import polars as pl
import pytest
from histories_made import RANGE, cells, laws, rules

from diffuscope import CaseError, person_period
from diffuscope.panel import spans

REFERENCE = Path(__file__).parents[3] / "shared" / "data" / "reference"


# By hand


def test_the_first_to_adopt_has_nobody_before_it_and_is_no_event():
    panel = person_period(laws(("a", 2000), ("b", 2002), ("c", None)), censor=2003)
    assert cells(panel) == [
        ("b", 2001, 0), ("b", 2002, 1), ("c", 2001, 0), ("c", 2002, 0), ("c", 2003, 0),
    ]  # fmt: skip
    assert rules(panel) == {("a", spans.EARLY)}
    assert panel.table()["duration"].to_list() == [1, 2, 1, 2, 3]


def test_the_first_to_adopt_can_be_kept():
    panel = person_period(laws(("a", 2000), ("b", 2001)), origin="first")
    assert cells(panel) == [("a", 2000, 1), ("b", 2000, 0), ("b", 2001, 1)]
    assert panel.ledger.is_empty()


def test_risk_begins_where_it_is_told_to():
    adopted = laws(("a", "x", 2002), ("b", "x", 2003), ("b", "y", 2001), columns=("unit", "policy", "time"))
    panel = person_period(adopted, origin={"x": 2001, "y": 2001})
    assert panel.table().group_by("policy", "unit").agg(pl.len(), pl.col("event").sum()).sort(
        "policy", "unit"
    ).rows() == [("x", "a", 2, 1), ("x", "b", 3, 1), ("y", "a", 3, 0), ("y", "b", 1, 1)]


def test_who_enters_late_is_at_risk_from_then_and_time_counts_from_the_origin():
    panel = person_period(laws(("a", 2000), ("b", 2003), ("c", 2001)), entry={"b": 2002})
    assert cells(panel, "unit", "period", "duration") == [("b", 2002, 2), ("b", 2003, 3), ("c", 2001, 1)]
    own = person_period(laws(("a", 2000), ("b", 2003), ("c", 2001)), entry={"b": 2002}, since="spell")
    assert own.table()["duration"].to_list() == [1, 2, 1]


def test_who_adopted_before_it_entered_is_left_out_or_refused():
    adopted = laws(("a", 2000), ("b", 2001), ("c", 2004))
    panel = person_period(adopted, entry={"b": 2003})
    assert ("b", spans.BEFORE_ENTRY) in rules(panel)
    with pytest.raises(CaseError, match="before it entered") as told:
        person_period(adopted, entry={"b": 2003}, strict=True)
    assert [problem.row for problem in told.value.problems] == [3]


def test_who_leaves_is_watched_until_then():
    panel = person_period(laws(("a", 2000), ("b", 2004), ("c", 2003)), exit={"b": 2002})
    assert [cell for cell in cells(panel) if cell[0] == "b"] == [("b", 2001, 0), ("b", 2002, 0)]
    assert ("b", spans.LATE) in rules(panel)


def test_who_repeals_is_at_risk_again_from_the_next_period():
    adopted = laws(("a", 2000, None), ("b", 2001, 2003), ("b", 2005, None), columns=("unit", "time", "until"))
    panel = person_period(adopted, censor=2006)
    assert cells(panel, "unit", "period", "event", "spell", "duration") == [
        ("b", 2001, 1, 1, 1), ("b", 2004, 0, 2, 4), ("b", 2005, 1, 2, 5),
    ]  # fmt: skip
    own = person_period(adopted, censor=2006, since="spell")
    assert own.table()["duration"].to_list() == [1, 1, 2]


def test_who_repeals_for_good_stays_at_risk():
    adopted = laws(("a", 2000, None), ("b", 2001, 2002), columns=("unit", "time", "until"))
    panel = person_period(adopted, censor=2004)
    assert cells(panel)[1:] == [("b", 2003, 0), ("b", 2004, 0)]


def test_a_date_known_as_a_span_is_one_long_row():
    adopted = laws(("a", 2000, None), ("b", 2002, 2004), ("c", 2005, None), columns=RANGE)
    panel = person_period(adopted)
    assert cells(panel, "unit", "period", "event", "gap", "duration")[:2] == [
        ("b", 2001, 0, 1, 1), ("b", 2002, 1, 3, 4),
    ]  # fmt: skip
    assert any("span" in note for note in panel.notes)
    cut = person_period(adopted, ranges="censor")
    assert [cell for cell in cells(cut) if cell[0] == "b"] == [("b", 2001, 0)]
    assert ("b", spans.RANGE) in rules(cut)


def test_a_span_across_start_or_end_of_risk_is_no_event():
    adopted = laws(("a", 2000, None), ("b", 1999, 2002), ("c", 2004, 2009), ("d", 2003, None), columns=RANGE)
    panel = person_period(adopted, censor=2006)
    assert rules(panel) >= {("b", spans.STRADDLES_START), ("c", spans.STRADDLES_END)}
    assert [cell for cell in cells(panel) if cell[0] == "c"] == [("c", at, 0) for at in (2001, 2002, 2003)]


def test_adopted_by_then_is_never_at_risk_but_may_be_the_first():
    adopted = laws(("a", None, 2001), ("b", 2003, None), ("c", None, 2004), columns=RANGE)
    panel = person_period(adopted, censor=2005)
    assert cells(panel) == [("b", 2002, 0), ("b", 2003, 1)]
    assert rules(panel) == {("a", spans.EARLY), ("c", spans.BY_THEN)}


def test_an_empty_time_is_never_or_unknown_as_told():
    adopted = laws(("a", 2000), ("b", 2001), ("c", None))
    assert "c" in person_period(adopted).table()["unit"]
    panel = person_period(adopted, undated="unknown")
    assert "c" not in panel.table()["unit"]
    assert ("c", spans.UNKNOWN) in rules(panel)


def test_the_end_is_common_or_the_last_adoption_of_each_policy():
    adopted = laws(
        ("a", "x", 2000), ("b", "x", 2001), ("a", "y", 2000), ("b", "y", 2004), ("c", "x", None),
        columns=("unit", "policy", "time"),
    )  # fmt: skip
    common, last = person_period(adopted), person_period(adopted, censor="last")
    assert common.table().filter(unit="c", policy="x")["period"].to_list() == [2001, 2002, 2003, 2004]
    assert last.table().filter(unit="c", policy="x")["period"].to_list() == [2001]


def test_a_policy_without_an_event_is_dropped_and_listed():
    adopted = laws(("a", "x", 2000), ("b", "y", 2000), ("a", "y", 2001), columns=("unit", "policy", "time"))
    panel = person_period(adopted)
    assert panel.policies == ("y",)
    assert panel.ledger.filter(rule=spans.NO_EVENT, policy="x")["unit"].to_list() == ["b"]
    assert any("x" in note for note in panel.notes)


def test_a_window_cuts_rows_but_time_at_risk_counts_on():
    adopted = laws(("a", 2000), ("b", 2001), ("c", 2004), ("d", None))
    panel = person_period(adopted, window=(2003, 2005))
    assert cells(panel, "unit", "period", "duration")[:2] == [("c", 2003, 3), ("c", 2004, 4)]
    assert ("b", spans.BEFORE_WINDOW) in rules(panel)


@pytest.mark.parametrize(
    ("period", "times", "names"),
    [
        ("month", ["2001-11", "2002-01"], ["2001-12", "2002-01"]),
        ("day", ["2000-02-28", "2000-03-01"], [datetime.date(2000, 2, 29), datetime.date(2000, 3, 1)]),
        ("month", [1, 3], [2, 3]),
        ("year", ["2001", "2003"], [2002, 2003]),
        ("year", ["2001-05-04", "2003-01"], [2002, 2003]),
    ],
)
def test_time_is_counted_in_years_months_or_days(period, times, names):
    panel = person_period(pl.DataFrame({"unit": ["a", "b"], "time": times}), period=period)
    assert panel.table()["period"].to_list() == names


def test_a_year_where_months_are_counted_is_a_span():
    panel = person_period(laws(("a", "2001-11"), ("b", "2002")), period="month")
    assert cells(panel, "period", "gap", "event") == [("2001-12", 1, 0), ("2002-01", 12, 1)]


def test_waves_have_gaps_and_what_the_first_finds_is_no_event():
    adopted = laws(("a", 2022), ("b", 2023), ("c", 2025), ("d", None))
    panel = person_period(adopted, period="wave", waves=[2022, 2023, 2025])
    assert cells(panel, "unit", "period", "event", "gap", "duration") == [
        ("b", 2023, 1, 1.0, 1.0),
        ("c", 2023, 0, 1.0, 1.0), ("c", 2025, 1, 2.0, 3.0),
        ("d", 2023, 0, 1.0, 1.0), ("d", 2025, 0, 2.0, 3.0),
    ]  # fmt: skip
    assert rules(panel) == {("a", spans.PREVALENT)}


def test_dated_waves_measure_gaps_in_years_and_take_days():
    waves = {"first": "2020-01", "second": "2020-07", "third": "2022-01"}
    adopted = laws(("a", "2019-06-01"), ("b", "2020-03-05"), ("c", "2021-02"))
    panel = person_period(adopted, period="wave", waves=waves)
    assert cells(panel, "unit", "period", "event") == [
        ("b", "second", 1),
        ("c", "second", 0),
        ("c", "third", 1),
    ]
    assert panel.table()["gap"].to_list() == pytest.approx([0.5, 0.5, 1.5])


def test_a_unit_that_joins_at_a_wave_is_at_risk_from_the_next():
    adopted = laws(("a", 2022), ("b", 2023), ("c", 2025))
    panel = person_period(adopted, period="wave", waves=[2022, 2023, 2025], entry={"b": 2023, "c": 2023})
    assert rules(panel) >= {("b", spans.PREVALENT)}
    assert cells(panel) == [("c", 2025, 1)]


# Other people's data


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference data are not here")
def test_medical_innovation_has_its_doctor_months_and_prescriptions():
    """Months 2 to 17: 856 doctor-months, 98 first prescriptions."""
    toa = pl.read_csv(REFERENCE / "medInnovations_toa.csv").rename({"id": "unit", "toa": "time"})
    toa = toa.with_columns(time=pl.when(pl.col("time") < 18).then("time"))
    panel = person_period(toa, period="month", censor=17)
    assert panel.table().height == 856
    assert panel.table()["event"].sum() == 98
    assert panel.hazard()["hazard"].to_list() == pytest.approx(
        [.0789, .0857, .1146, .1294, .1486, .2063, .1400, .0930, .0256, .1316, .0909, .1, .1481, .1739, .1053,
         .0588], abs=5e-5,
    )  # fmt: skip


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference data are not here")
def test_spid_is_counted_as_its_adoptions_say():
    spid = pl.read_csv(REFERENCE / "spid_policies.csv").rename({"statenam": "unit", "adopt_year": "time"})
    panel = person_period(spid, censor="last")
    first, last = pl.col("time").min().over("policy"), pl.col("time").max().over("policy")
    at_risk = spid.with_columns(first=first, last=last)
    adopters = at_risk.select((pl.col("time") - pl.col("first")).sum()).item()
    by_policy = at_risk.group_by("policy").agg(pl.len(), pl.col("first", "last").first())
    others = by_policy.select(((50 - pl.col("len")) * (pl.col("last") - pl.col("first"))).sum()).item()
    later = spid.height - at_risk.filter(pl.col("time") == pl.col("first")).height
    assert (panel.table().height, panel.table()["event"].sum()) == (adopters + others, later)
    every = person_period(spid, origin="first")
    # 78.9 % of 17,835 adoptions share their year with another of the same policy
    assert every.table()["event"].sum() == 17_835
    assert every.simultaneous() / 17_835 == pytest.approx(0.789, abs=5e-4)
