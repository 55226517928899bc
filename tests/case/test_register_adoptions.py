"""Adoptions that follow from the register of projects, and those written beside it, by hand."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from diffuscope import case_from_frames, read_case
from diffuscope.case.derived import derived_adoptions
from diffuscope.case.shipped import shipped_cases
from diffuscope.panel import panel_of

WAVES = {"w1": "2021", "w2": "2022-06", "w3": "2023-06-30", "w4": "2024-06-30"}
UNITS = pl.DataFrame({"unit": ["a", "b", "c"], "name": ["A", "B", "C"], "kind": "city", "role": "adopter"})
POLICIES = pl.DataFrame({"policy": ["water"], "name": ["Water projects"], "area": ["Water"]})
AREAS = pl.DataFrame({"area": ["Water", "Roads"]})
QUESTION = {"id": "q", "question": "Why?", "policies": ["water"], "units": "city", "period": "wave"}


def projects(*rows: tuple) -> pl.DataFrame:
    columns = ("wave", "unit", "area", "status")
    made = pl.DataFrame(list(rows), schema=dict.fromkeys(columns, pl.String), orient="row")
    extra = {"title": "T", "source": "report", "status_basis": "reported", "link_basis": "exact title"}
    return made.with_columns(**{name: pl.lit(text) for name, text in extra.items()})


def case(*rows: tuple, **tables: pl.DataFrame):
    given = {"units": UNITS, "policies": POLICIES, "areas": AREAS, "projects": projects(*rows)} | tables
    return case_from_frames(analyses=[QUESTION], waves=WAVES, **given)


def dates(found) -> list[tuple]:
    return (
        found.table("adoptions")
        .select("unit", "time", "time_latest", "until")
        .sort("unit", "time_latest")
        .rows()
    )


ROADS = ("a", "Roads", "ongoing")
ROWS = [
    ("w1", *ROADS), ("w2", *ROADS), ("w3", *ROADS), ("w3", "a", "Water", "ongoing"),
    ("w1", "b", "Water", "completed"), ("w4", "b", "Water", "completed"),
    ("w1", "c", "Roads", "ongoing"), ("w3", "c", "Water", "planning"), ("w4", "c", "Water", "ongoing"),
]  # fmt: skip


def test_what_is_first_seen_in_a_wave_was_adopted_since_the_look_before():
    found = case(*ROWS)
    assert found.problems == ()
    assert dates(found) == [
        ("a", "2022-07-01", "2023-06-30", None),  # not in w2, whose last day is 30 June 2022; there in w3
        ("b", None, "2021-12-31", None),  # before the first observation; w2, w3 have no rows
        ("c", "2023-07-01", "2024-06-30", None),  # planned only in w3
    ]
    rows = found.table("adoptions")
    assert rows["source"].to_list() == [
        "projects row 5; report",
        "projects row 6; report",
        "projects row 10; report",
    ]
    assert rows["_row"].to_list() == [2, 3, 4]
    assert found.files["adoptions"] == "projects (frame) (derived)"
    panel = panel_of(found.tables, found.analyses[0], found.waves)
    assert panel.table().filter(pl.col("event") == 1).select("unit", "period").rows() == [
        ("a", "w3"), ("c", "w4"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # a wave without rows, in between, is unknown: the range grows over it
        ([("w1", *ROADS), ("w3", "a", "Water", "ongoing")], [("a", "2022-01-01", "2023-06-30", None)]),
        # so is one with a row whose area is not told, or that may have begun
        ([("w1", *ROADS), ("w2", "a", None, "ongoing"), ("w3", "a", "Water", "ongoing")],
         [("a", "2022-01-01", "2023-06-30", None)]),
        ([("w1", *ROADS), ("w2", "a", "Water", "undetermined"), ("w3", "a", "Water", "ongoing")],
         [("a", "2022-01-01", "2023-06-30", None)]),
        ([("w2", "a", "Water", "not stated"), ("w3", "a", "Water", "ongoing")],
         [("a", None, "2023-06-30", None)]),
        # gone, and there again
        ([("w1", "a", "Water", "ongoing"), ("w2", *ROADS), ("w3", *ROADS), ("w4", "a", "Water", "completed")],
         [("a", None, "2021-12-31", "2022-06-30"), ("a", "2023-07-01", "2024-06-30", None)]),
        # completed, and no longer listed: that is no end
        ([("w1", "a", "Water", "ongoing"), ("w2", "a", "Water", "completed"), ("w3", *ROADS), ("w4", *ROADS)],
         [("a", None, "2021-12-31", None)]),
        # planned is not begun
        ([("w1", "a", "Water", "planning"), ("w2", *ROADS)], []),
    ],
)  # fmt: skip
def test_what_is_not_known_of_a_wave_is_no_absence(rows, expected):
    assert dates(case(*rows)) == expected


def test_listed_projects_count_whatever_their_status():
    listed = POLICIES.with_columns(area_counts=pl.lit("listed"))
    found = case(("w1", *ROADS), ("w2", "a", "Water", "planning"), policies=listed)
    assert dates(found) == [("a", "2022-01-01", "2022-06-30", None)]
    gone = case(("w1", "a", "Water", "completed"), ("w2", *ROADS), policies=listed)
    assert dates(gone) == [("a", None, "2021-12-31", "2022-06-30")]


def test_a_sub_area_is_seen_where_every_row_tells_its_own():
    policies = POLICIES.with_columns(sub_area=pl.lit("Drains"))
    areas = pl.DataFrame(
        {"area": ["Water", "Water"], "sub_area": [None, "Drains"]}, schema_overrides={"sub_area": pl.String}
    )
    rows = projects(("w1", *ROADS), ("w2", "a", "Water", "ongoing"), ("w3", "a", "Water", "ongoing"))
    rows = rows.with_columns(sub_area=pl.Series(["Lanes", None, "Drains"]))
    found = case(policies=policies, areas=areas, projects=rows)
    assert dates(found) == [("a", "2022-01-01", "2023-06-30", None)]


def test_without_a_declared_area_nothing_is_derived():
    found = case(*ROWS, policies=POLICIES.drop("area"))
    assert "adoptions" not in found.tables
    assert found.table("adoptions").is_empty()


def test_returns_tell_silence_from_nothing_and_joint_projects_count_for_each_unit():
    rows = projects(("w1", *ROADS), ("w3", "a", "Water", "ongoing")).with_columns(
        unit=pl.Series([["a"], ["a", "b"]]),
        _row=pl.Series([2, 3]),
        sub_area=None,
        status_basis=pl.lit(None, pl.String),
    )
    policies = POLICIES.with_columns(sub_area=pl.lit(None, pl.String), area_counts=pl.lit("begun"))
    returns = pl.DataFrame(
        {"wave": ["w1", "w2", "w2"], "unit": ["b", "a", "b"], "state": ["received", "nil", "silent"]}
    )
    found = derived_adoptions(policies, rows, WAVES, returns)
    assert [(one.unit, one.first, one.last) for one in found] == [
        ("a", date(2022, 7, 1), date(2023, 6, 30)),
        ("b", date(2022, 1, 1), date(2023, 6, 30)),
    ]


# Written beside the register


def written(*rows: tuple) -> pl.DataFrame:
    columns = ("unit", "policy", "time", "time_latest", "until")
    made = pl.DataFrame(list(rows), schema=dict.fromkeys(columns, pl.String), orient="row")
    return made.with_columns(source=pl.lit("s"))


OTHER = ("register-dates-differ", "adoptions", 4, "time_latest")
RIGHT = (
    ("a", "water", "2022-07-01", "2023-06-30", None),
    ("b", "water", None, "2021", None),
    ("c", "water", "2024-03", None, None),
)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (RIGHT, []),
        (RIGHT[:2], [("only-in-register", "projects", 10, "area")]),
        ((*RIGHT[1:], ("a", "water", "2022-06-30", "2023-06-30", None)), [OTHER]),
        ((*RIGHT[1:], ("a", "water", "2022-07-01", "2024", None)), [OTHER]),
        ((*RIGHT[:2], ("c", "water", "2024-03", None, "2024-05")), [OTHER]),
        ((*RIGHT[:2], ("c", "water", None, None, None)), [OTHER]),
    ],
)  # fmt: skip
def test_what_is_written_is_compared_with_the_register(rows, told):
    found = case(*ROWS, adoptions=written(*rows))
    assert [(one.rule, one.table, one.row, one.column) for one in found.problems] == told
    assert {one.level for one in found.problems} <= {"warning"}
    assert found.table("adoptions").height == len(rows), "what is written stands as it is"


def test_an_adoption_that_the_register_lacks_is_told():
    found = case(*[row for row in ROWS if row[1] != "b"], adoptions=written(*RIGHT))
    assert [(one.rule, one.row, one.value) for one in found.problems] == [("not-in-register", 3, "water")]


@pytest.fixture
def founding(tmp_path) -> Path:
    (shipped,) = (one for one in shipped_cases() if one.id == "asean-smart-cities")
    return Path(shutil.copytree(shipped.folder, tmp_path / "case"))


def test_the_register_of_the_founding_case_gives_all_adoptions_written_by_hand(founding):
    whole = read_case(founding)
    assert [one for one in whole.problems if "register" in one.rule] == []
    areas = pl.col("policy").str.starts_with("area-")
    by_hand = whole.table("adoptions").filter(areas)
    assert by_hand.height == 101
    file = founding / "adoptions.csv"
    kept = [line for line in file.read_text(encoding="utf-8").splitlines() if ",area-" not in line]
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    derived = read_case(founding).table("adoptions").filter(areas)
    columns = ["unit", "policy", "time", "time_latest", "until"]
    assert derived.select(columns).sort(columns).equals(by_hand.select(columns).sort(columns))


def test_deleting_all_projects_of_a_city_does_not_pass_unnoticed(founding):
    file = founding / "projects.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if ",phuket," not in line]
    assert len(lines) - len(kept) == 19
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    found = [one for one in read_case(founding).problems if one.rule == "not-in-register"]
    told = Counter(value for one in found for value in [one.value])
    assert set(told) == {
        "area-civic-social", "area-health-wellbeing", "area-safety-security", "area-built-infrastructure",
    }  # fmt: skip
    assert sorted(one.row for one in found) == [135, 136, 137, 138]


def test_rows_that_a_state_carries_forward_are_no_fresh_look():
    """The state of `a` carries w2 forward: that `a` has no water project there is known of w1 alone."""
    rows = [("w1", *ROADS), ("w2", *ROADS), ("w3", *ROADS), ("w3", "a", "Water", "ongoing")]
    state = pl.DataFrame({"unit": ["s"], "name": ["S"], "kind": "state", "role": "source"})
    units = pl.concat([UNITS, state]).with_columns(parent=pl.Series(["s", None, None, None]))
    told = {"wave": ["w2"], "unit": ["s"], "state": ["carried forward"], "source": ["letter"]}
    assert dates(case(*rows, units=units)) == [("a", "2022-07-01", "2023-06-30", None)]
    found = case(*rows, units=units, returns=pl.DataFrame(told))
    assert [one.rule for one in found.problems if one.level == "error"] == []
    assert dates(found) == [("a", "2022-01-01", "2023-06-30", None)]
    # its own return was received: then its rows of that wave are fresh
    own = pl.DataFrame({name: values * 2 for name, values in told.items()}).with_columns(
        unit=pl.Series(["s", "a"]), state=pl.Series(["carried forward", "received"])
    )
    assert dates(case(*rows, units=units, returns=own)) == [("a", "2022-07-01", "2023-06-30", None)]
