"""Money, partners, meetings and indicators, counted by hand."""

from __future__ import annotations

import polars as pl
from printed_figures import rows_of

from diffuscope.monitoring.indicators import indicator_values
from diffuscope.monitoring.money import budgets, support_sums
from diffuscope.monitoring.named_sources import named_sources
from diffuscope.monitoring.partners import meetings, project_partners
from diffuscope.monitoring.waves import prepared
from register import UNITS, WAVES

PROJECTS = rows_of(
    "projects",
    {
        "wave": "w1",
        "unit": ["c1"],
        "area": "X",
        "budget": 100.0,
        "currency": "THB",
        "partner": ["jica", "adb"],
    },
    {"wave": "w1", "unit": ["c1", "c3"], "area": "X", "budget": 50.0, "currency": "USD", "partner": ["jica"]},
    {"wave": "w1", "unit": ["c2"], "area": "Y", "budget": 7.5, "currency": "USD"},
    {"wave": "w1", "unit": ["c2"], "area": "Y"},
    {"wave": "w2", "unit": ["c2"], "area": "Y", "partner": []},
)
READY = prepared(PROJECTS, UNITS, WAVES)


def test_currencies_are_never_added_up_together():
    found = budgets(READY).filter(pl.col("dimension") == "all")
    assert found.select("wave", "currency", "budget", "stated", "stated_any", "projects").rows() == [
        ("w1", "THB", 100.0, 1, 3, 4),
        ("w1", "USD", 57.5, 2, 3, 4),
    ]


def test_budgets_by_area_and_state():
    found = budgets(READY).select("dimension", "name", "currency", "budget", "stated", "projects", "joint")
    assert [row for row in found.rows() if row[0] != "all"] == [
        ("area", "X", "THB", 100.0, 1, 2, 0),
        ("area", "X", "USD", 50.0, 1, 2, 1),
        ("area", "Y", "USD", 7.5, 1, 2, 0),
        ("state", "c3", "USD", 50.0, 1, 1, 1),  # the joint project, whole
        ("state", "s1", "THB", 100.0, 1, 4, 0),
        ("state", "s1", "USD", 57.5, 2, 4, 1),
    ]


def test_revisions_are_taken_off_and_told():
    given = {"partner": "jica", "recipient": "c1", "currency": "USD"}
    found = support_sums(
        rows_of(
            "support",
            {**given, "amount": 100.0},
            {**given, "amount": -30.0},
            {**given, "recipient": "c2", "amount": 5.0, "currency": "JPY"},
            {**given, "amount": None, "currency": None},
            {**given, "partner": "adb", "amount": None, "currency": None},
        )
    )
    assert found.rows() == [
        ("adb", None, None, None, 1, 1, 0, 0.0),
        ("jica", None, "JPY", 5.0, 1, 1, 0, 0.0),
        ("jica", None, "USD", 70.0, 2, 1, 1, -30.0),
        ("jica", None, None, None, 1, 1, 0, 0.0),
    ]


def test_what_is_pledged_is_not_added_to_what_is_paid():
    given = {"partner": "jica", "recipient": "c1", "currency": "USD"}
    stages = (("paid", 1.0), ("pledged", 10.0), (None, 100.0), ("committed", 1000.0), ("pledged", 5.0))
    found = support_sums(rows_of("support", *({**given, "stage": a, "amount": b} for a, b in stages)))
    assert found.select("stage", "amount", "entries").rows() == [
        ("pledged", 15.0, 2),
        ("committed", 1000.0, 1),
        ("paid", 1.0, 1),
        (None, 100.0, 1),
    ]


def test_a_named_source_is_shown_with_whether_it_had_adopted_before():
    one = {"policy": "x", "unit": "b", "time": "2024-03", "learned_from": "a"}
    rows = (
        {"policy": "x", "unit": "a", "time": "2023", "time_latest": "2024-02"},
        one,
        {**one, "unit": "c", "time": "2024-02-10"},
        {**one, "unit": "d", "time": "2022"},
        {**one, "unit": "e", "learned_from": "nobody-known"},
    )
    found = named_sources(rows_of("adoptions", *rows))
    assert found.select("unit", "source_time", "source_first").rows() == [
        ("d", "2023", "no"),
        ("c", "2023", "unknown"),
        ("b", "2023", "yes"),
        ("e", None, "unknown"),
    ]


def test_partners_with_the_projects_and_cities_that_name_them():
    assert project_partners(READY).rows() == [("w1", "jica", 2, 2, 2), ("w1", "adb", 1, 1, 1)]


def test_who_came_is_unknown_where_nobody_is_listed():
    events = rows_of(
        "events",
        {"event": "b", "name": "Meeting 2", "start": "2020"},
        {"event": "a", "name": "Meeting 1", "start": "2019-05"},
    )
    present = rows_of(
        "attendance",
        {"event": "a", "unit": "c1", "role": "member"},
        {"event": "a", "unit": "c1", "role": "speaker"},
        {"event": "a", "unit": "c2"},
    )
    assert meetings(events, present).select("event", "present", "row").rows() == [("a", 2, 3), ("b", None, 2)]


def test_progress_from_baseline_to_target():
    lanes = {"unit": "c1", "indicator": "lanes", "name": "Bus lanes"}
    found = indicator_values(
        rows_of(
            "indicators",
            {**lanes, "wave": "w2", "baseline": 10.0, "target": 30.0, "actual": 25.0},
            {**lanes, "wave": "w1", "baseline": 10.0, "target": 30.0, "actual": 5.0},
            {**lanes, "wave": "w3", "baseline": 10.0, "target": 10.0, "actual": 25.0},
            {**lanes, "unit": "c2", "wave": "w1", "target": 30.0, "actual": 5.0},
        ),
        WAVES,
    )
    # fewer accidents are progress too: the way is counted in its own direction
    assert found.select("unit", "wave", "progress").rows() == [
        ("c1", "w1", -25.0), ("c1", "w2", 75.0), ("c1", "w3", None), ("c2", "w1", None),
    ]  # fmt: skip
