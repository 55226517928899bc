"""Projects across waves: joint ones, successions, statuses that go back, dates against statuses, measures."""

from __future__ import annotations

import polars as pl
from printed_figures import rows_of

from diffuscope.monitoring.change import changes, movements
from diffuscope.monitoring.problems import register_problems
from diffuscope.monitoring.waves import counts, prepared, totals
from register import UNITS, WAVES, register


def problems(projects: pl.DataFrame, *indicators: dict[str, object]) -> list:
    tables = {name: rows_of(name) for name in ("areas", "published", "claims")}
    tables |= {"projects": projects, "indicators": rows_of("indicators", *indicators)}
    return register_problems(tables, {}, WAVES)


def told(projects: pl.DataFrame) -> list[tuple[str, str, int | None, str | None]]:
    return [(found.level, found.rule, found.row, found.value) for found in problems(projects)]


# --- joint projects


JOINT = register(
    ("w1", "smartjamp", "c1;c3", "Regional study", "Transport", "ongoing"),
    ("w1", "bins", "c1", "Smart bins", "Environment", "completed"),
    ("w1", "cams", "c2;c1", "Cameras", "Safety", "planning"),
)


def test_a_joint_project_counts_once_in_totals_and_in_each_of_its_units():
    rows = prepared(JOINT, UNITS, WAVES)
    (total,) = totals(rows, WAVES).to_dicts()
    assert (total["projects"], total["units"], total["joint"]) == (3, 3, 2)
    found = counts(rows).filter(pl.col("status").is_null())
    of = {(row["dimension"], row["name"]): (row["projects"], row["joint"]) for row in found.to_dicts()}
    assert {name: of["city", name] for name in ("c1", "c2", "c3")} == {
        "c1": (3, 2),
        "c2": (1, 1),
        "c3": (1, 1),
    }
    # c1 and c2 lie in s1: a project of both is one project of s1
    assert (of["state", "s1"], of["state", "c3"]) == ((3, 2), (1, 1))
    assert sum(projects for (dimension, _), (projects, _) in of.items() if dimension == "area") == 3
    shares = found.filter(pl.col("dimension") == "city")["share"]
    assert abs(shares.sum() - 500 / 3) < 0.02  # each has two decimals


def test_a_joint_project_by_status_in_both_states():
    found = counts(prepared(JOINT, UNITS, WAVES)).filter(
        (pl.col("dimension") == "state") & (pl.col("status") == "ongoing")
    )
    assert found.select("name", "projects").sort("name").rows() == [("c3", 1), ("s1", 1)]


def test_two_rows_of_one_project_in_two_cities_lose_no_city():
    rows = register(
        ("w1", "joint", "c1", "Study", None, "ongoing"), ("w1", "joint", "c3", "Study", None, "ongoing")
    )
    (found,) = problems(rows)
    assert (found.rule, found.row) == ("project-twice", 3)
    assert "write `c1; c3` into `unit` of row 2" in found.fix
    assert "keep one of the two" not in found.fix


def test_two_rows_of_one_project_in_one_city_may_be_its_parts():
    rows = register(
        ("w1", "amata", "c1", "Amata", None, "ongoing"),
        ("w2", "amata", "c1", "Amata Phase 1", None, "completed"),
        ("w2", "amata", "c1", "Amata Phase 2", None, "planning"),
    )
    (found,) = problems(rows)
    assert (found.rule, found.row) == ("project-twice", 4)
    assert "write `amata` into `succeeds` of each" in found.fix


# --- successions


def moves(*rows: tuple, between: tuple[str, str] = ("w1", "w2")) -> dict[str, str]:
    found = movements(prepared(register(*rows), UNITS, WAVES), *between)
    return {row["project"] or row["title"]: row["change"] for row in found.to_dicts()}


SPLIT = (
    ("w1", "amata", "c1", "Amata", "X", "ongoing"),
    ("w2", "amata-1 < amata", "c1", "Amata Phase 1", "X", "completed"),
    ("w2", "amata-2 < amata", "c1", "Amata Phase 2", "X", "planning"),
)


def test_a_split_project_has_not_left_and_its_parts_are_no_newcomers():
    assert moves(*SPLIT) == {"amata": "succeeded", "amata-1": "succeeds", "amata-2": "succeeds"}
    found = movements(prepared(register(*SPLIT), UNITS, WAVES), "w1", "w2")
    assert found.filter(project="amata")["succeeded_by"].to_list() == ["amata-1;amata-2"]
    assert found.filter(project="amata-1")["succeeds"].to_list() == ["amata"]
    overall = changes(found).filter(pl.col("area").is_null())
    assert dict(overall.select("change", "projects").iter_rows()) == {"succeeds": 2, "succeeded": 1}
    assert problems(register(*SPLIT)) == []


def test_merged_into_a_project_that_keeps_its_id():
    assert moves(
        ("w1", "data", "c1", "Data platform", "X", "ongoing"),
        ("w1", "open", "c1", "Open data portal", "X", "ongoing"),
        ("w2", "data < open", "c1", "Data platform and portal", "X", "ongoing"),
    ) == {"data": "stayed", "open": "succeeded"}


def test_a_part_without_an_id_of_its_own():
    rows = (SPLIT[0], ("w2", " < amata", "c1", "Amata rest", "X", "ongoing"))
    assert moves(*rows) == {"amata": "succeeded", "Amata rest": "succeeds"}
    assert problems(register(*rows)) == []


def test_successions_are_followed_over_waves_between():
    rows = (
        ("w1", "a", "c1", "A", "X", "planning"),
        ("w2", "b < a", "c1", "B", "X", "planning"),
        ("w3", "c < b", "c1", "C", "X", "planning"),
    )
    assert moves(*rows, between=("w1", "w3")) == {"a": "succeeded", "c": "succeeds"}
    assert moves(*rows, between=("w2", "w3")) == {"b": "succeeded", "c": "succeeds"}


def test_an_earlier_project_succeeds_nothing_that_comes_later():
    rows = register(
        ("w1", "a < b", "c1", "A", None, "planning"),
        ("w2", "b", "c1", "B", None, "planning"),
        ("w2", "c < nobody", "c1", "C", None, "planning"),
        ("w3", "d < d", "c1", "D", None, "planning"),
    )
    assert sorted(told(rows)) == [
        ("error", "predecessor-not-earlier", 2, "b"),
        ("error", "predecessor-not-earlier", 5, "d"),
        ("error", "unknown-predecessor", 4, "nobody"),
    ]


def test_successions_in_a_circle():
    rows = register(
        ("w1", "a", "c1", "A", None, "planning"),
        ("w2", "b < a", "c1", "B", None, "planning"),
        ("w3", "a < b", "c1", "A", None, "planning"),
        ("w3", "c < b", "c1", "C", None, "planning"),  # hangs on the circle, and is not on it
    )
    assert told(rows) == [
        ("error", "circular-succession", 3, "a"),
        ("error", "circular-succession", 4, "b"),
    ]


# --- statuses


def change_of(before: str, after: str) -> str:
    return moves(("w1", "a", "c1", "A", "X", before), ("w2", "a", "c1", "A", "X", after))["a"]


def test_on_hold_and_cancelled_have_no_place_in_the_order():
    assert [change_of(before, after) for before, after in (
        ("planning", "on hold"), ("on hold", "ongoing"), ("on hold", "on hold"), ("ongoing", "cancelled"),
        ("on hold", "cancelled"), ("cancelled", "planning"), ("cancelled", "cancelled"),
        ("undetermined", "on hold"), ("on hold", "not stated"), ("planning", "completed"),
    )] == [
        "put on hold", "resumed", "stayed", "cancelled",
        "cancelled", "reinstated", "stayed",
        "unknown", "unknown", "moved on",
    ]  # fmt: skip


def test_completed_and_then_not_is_warned_with_both_statuses():
    rows = register(
        ("w1", "a", "c1", "A", None, "completed"),
        ("w2", "a", "c1", "A", None, "undetermined"),
        ("w3", "a", "c1", "A", None, "ongoing"),
        ("w1", "b", "c1", "B", None, "completed"),
        ("w2", "b", "c1", "B", None, "planning"),
        ("w2", "c", "c1", "C", None, "ongoing"),
        ("w3", "c", "c1", "C", None, "completed"),
    )
    found = problems(rows)
    assert [(one.level, one.rule, one.row, one.value) for one in found] == [
        ("warning", "completed-then-not", 4, "ongoing"),
        ("warning", "completed-then-not", 6, "planning"),
    ]
    assert found[0].message == "The project is `ongoing`, but `completed` in row 2, an earlier wave."


# --- dates, and measures


def test_dates_that_a_status_contradicts():
    rows = rows_of(
        "projects",
        {"wave": "w1", "status": "completed", "end": "2023-01"},  # the wave is of 2022
        {"wave": "w1", "status": "completed", "end": "2022-12"},  # the wave may be of December
        {"wave": "w2", "status": "ongoing", "end": "2022-12-31"},
        {"wave": "w2", "status": "planning", "start": "2021"},
        {"wave": "w2", "status": "cancelled", "end": "2021"},
        {"wave": "w2", "status": "planning", "start_planned": "2021", "end_planned": "2022"},
    )
    assert told(rows) == [
        ("warning", "status-and-dates", 2, "2023-01"),
        ("warning", "status-and-dates", 4, "2022-12-31"),
        ("warning", "status-and-dates", 5, "2021"),
    ]


def test_an_indicator_is_measured_in_one_unit():
    lanes = {"unit": "c1", "indicator": "lanes", "wave": "w1", "unit_of_measure": "km"}
    (found,) = problems(JOINT, lanes, {**lanes, "wave": "w2", "unit_of_measure": "miles"})
    assert (found.level, found.rule, found.row, found.value) == (
        "warning", "indicator-measured-otherwise", 3, "miles",
    )  # fmt: skip
