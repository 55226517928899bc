"""Panels by quarter, half year and month, from frames."""

from __future__ import annotations

import polars as pl
import pytest

from diffuscope import CaseError, adoptions_from_panel, case_from_frames, person_period
from diffuscope.panel.periods import first_date, last_date, one_spelling, waves_of


def panel(times):
    return pl.DataFrame(
        {"unit": [unit for unit in "abc" for _ in times], "when": times * 3}
        | {
            "law": [
                int(unit != "c" and at >= 2 + (unit == "b")) for unit in "abc" for at in range(len(times))
            ]
        }
    )


def test_quarters_of_a_panel_are_the_waves_of_its_risk_set():
    seen = adoptions_from_panel(
        panel(["1990q3", "1990q4", "1991q1", "1991q2"]), unit="unit", time="when", policies=["law"]
    )
    dated = seen.adoptions.filter(pl.col("status") == "adopted").select("unit", "time", "time_latest")
    assert dated.rows() == [("a", "1991-01", "1991-03"), ("b", "1991-04", "1991-06")]
    assert seen.units.row(0) == ("a", "1990-07", "1991-06")
    assert seen.waves == {
        "1990-Q3": "1990-09-30", "1990-Q4": "1990-12-31", "1991-Q1": "1991-03-31", "1991-Q2": "1991-06-30"
    }  # fmt: skip
    rows = person_period(seen.adoptions, units=seen.units, period="wave", waves=seen.waves).frame
    assert rows.filter(pl.col("event") == 1)["period"].to_list() == ["1991-Q2"]
    units = seen.units.with_columns(name=pl.col("unit"), kind=pl.lit("state"), role=pl.lit("adopter"))
    policies = pl.DataFrame({"policy": ["law"], "name": ["Law"]})
    case = case_from_frames(units=units, policies=policies, adoptions=seen.adoptions)
    assert [problem.rule for problem in case.problems if problem.level == "error"] == []


def test_months_of_a_panel_stay_months():
    seen = adoptions_from_panel(
        panel(["1990-11", "1990-12", "1991-01", "1991-02"]), unit="unit", time="when", policies=["law"]
    )
    assert seen.adoptions["time"].to_list() == ["1991-01", "1991-02", None]
    assert seen.waves is None


def test_times_of_several_kinds_are_refused():
    with pytest.raises(CaseError, match="of another kind"):
        adoptions_from_panel(panel(["1990-Q1", "1991"]), unit="unit", time="when", policies=["law"])


def test_spellings_of_quarters():
    spelt = pl.Series(["1990q3", "Q3 1990", "1990 Q3", "1990Q3", "1990-Q3", "q3/1990", None, "1990-Q5"])
    assert one_spelling(spelt).to_list() == ["1990-Q3"] * 6 + [None, "1990-Q5"]
    known = pl.Series(["1990-Q4", "1990-H2", "1990", "1990-05"])
    assert first_date(known).to_list() == ["1990-10", "1990-07", "1990", "1990-05"]
    assert last_date(known).to_list() == ["1990-12", "1990-12", "1990", "1990-05"]
    assert waves_of("1990", "1992") == {}
