"""Claims on a small register: each kind true, false, ambiguous, and beyond what can be known."""

from __future__ import annotations

import pytest
from printed_figures import figure, published, rows_of

from diffuscope.monitoring.audit.printed import printed
from diffuscope.monitoring.claims import Facts, check_claims
from diffuscope.monitoring.returns import returns_of
from diffuscope.monitoring.waves import prepared
from register import WAVES, register

UNITS = rows_of(
    "units",
    {"unit": "s1", "name": "Alphaland", "kind": "state", "role": "other"},
    {"unit": "c1", "name": "Alpha City", "parent": "s1", "kind": "city", "role": "adopter"},
    {"unit": "c2", "name": "Beta City", "parent": "s1", "kind": "city", "role": "adopter"},
    {"unit": "c3", "name": "Gamma City", "kind": "city", "role": "adopter"},
)
JOINED_LATER = {"wave": "w1", "unit": "c3", "state": "excused", "source": "list of members"}
PROJECTS = register(
    ("w1", "a", "c1", "A", "Transport", "ongoing"),
    ("w1", "b", "c2", "B", "Water", "ongoing"),
    ("w2", "a", "c1", "A", "Transport", "completed"),
    ("w2", "b", "c2", "B", "Water", "ongoing"),
    ("w2", "c", "c2", "C", "Energy", "ongoing"),
    ("w2", "d", "c2", "D", "Housing", "ongoing"),
    ("w2", "e", "c3", "E", "Water", "undetermined"),
)
FIGURES = published(
    figure("report", "share", "50", wave="w1", area="Transport"),
    figure("report", "share", "20", wave="w2", area="Transport"),
    figure("report", "projects", "9", wave="w0"),
)
ADOPTIONS = rows_of(
    "adoptions",
    {"unit": "s1", "policy": "plan", "time": "2014"},
    {"unit": "s2", "policy": "plan", "time": "2015-03"},
    {"unit": "s2", "policy": "law", "time": "2016"},
    {"unit": "s1", "policy": "law", "time": "2016-05"},
)
ATTRIBUTES = rows_of(
    "attributes",
    {"unit": "c1", "variable": "archetype", "value": "Prime mover"},
    {"unit": "c2", "variable": "archetype", "value": "seedbed"},
    {"unit": "c3", "variable": "archetype", "value": "seedbed"},
)


def check(*claims: dict[str, object], returns: tuple[dict[str, object], ...] = (JOINED_LATER,)) -> list:
    register_rows = prepared(PROJECTS, UNITS, WAVES)
    who = returns_of(register_rows, UNITS, rows_of("returns", *returns), WAVES)
    told = printed(FIGURES, UNITS, register_rows, who)
    facts = Facts(register_rows, told, ADOPTIONS, ATTRIBUTES, {"projects": "projects.csv"}, who)
    made = [
        {"id": f"k{at}", "document": "paper", "paraphrase": "…"} | claim for at, claim in enumerate(claims)
    ]
    return list(check_claims(rows_of("claims", *made), facts))


def outcome(**claim: object) -> str:
    return check(claim)[0].outcome


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ({"kind": "total", "to_wave": "w2", "value": 5.0}, "confirmed"),
        ({"kind": "total", "to_wave": "w2", "value": 6.0}, "differs"),
        ({"kind": "total", "value": 2.0}, "ambiguous"),  # true of w1, not of w2; the wave is not said
        ({"kind": "total", "to_wave": "w2", "value": 3.0, "quantity": "cities"}, "confirmed"),
        ({"kind": "total", "to_wave": "w2", "value": 4.0, "quantity": "areas"}, "confirmed"),
        ({"kind": "total", "to_wave": "w9", "value": 5.0}, "not checkable"),
        ({"kind": "total", "to_wave": "w2", "value": 5.0, "quantity": "speeches"}, "not checkable"),
        ({"kind": "rises", "from_wave": "w1", "to_wave": "w2"}, "confirmed"),
        ({"kind": "falls", "from_wave": "w1", "to_wave": "w2"}, "differs"),
        # one project in both waves, but a smaller part of a larger whole
        ({"kind": "falls", "area": "Transport", "from_wave": "w1", "to_wave": "w2"}, "ambiguous"),
        # 1 of 2, then 2 of 5
        ({"kind": "rises", "area": "Water", "from_wave": "w1", "to_wave": "w2"}, "ambiguous"),
        ({"kind": "rises", "area": "Water", "from_wave": "w1", "to_wave": "w8"}, "not checkable"),
        ({"kind": "adds", "unit": "c2", "area": "Water", "from_wave": "w1", "to_wave": "w2"}, "differs"),
        ({"kind": "drops", "unit": "c2", "area": "Water", "from_wave": "w1", "to_wave": "w2"}, "differs"),
        (
            {"kind": "adds", "unit": "c3", "area": "Water", "from_wave": "w1", "to_wave": "w2"},
            "not checkable",
        ),
        ({"kind": "unchanged", "unit": "c1", "from_wave": "w1", "to_wave": "w2"}, "confirmed"),
        ({"kind": "unchanged", "unit": "c2", "from_wave": "w1", "to_wave": "w2"}, "differs"),
        ({"kind": "all completed", "unit": "c1", "to_wave": "w2"}, "confirmed"),
        ({"kind": "all completed", "unit": "c2", "to_wave": "w2"}, "differs"),
        ({"kind": "all completed", "unit": "c2", "to_wave": "w2", "quantity": "implementation"}, "ambiguous"),
        ({"kind": "all completed", "unit": "c3", "to_wave": "w2"}, "not checkable"),
        ({"kind": "share", "area": "Water", "to_wave": "w2", "value": 40.0}, "confirmed"),
        ({"kind": "share", "area": "Water", "to_wave": "w2", "value": 45.0}, "differs"),
        ({"kind": "first", "unit": "c1"}, "differs"),  # with another city in the first wave
        ({"kind": "only", "unit": "c1", "quantity": "prime-mover"}, "confirmed"),
        ({"kind": "only", "unit": "c2", "quantity": "seedbed"}, "differs"),
        ({"kind": "only", "unit": "c2", "area": "Energy", "to_wave": "w2"}, "confirmed"),
        ({"kind": "only", "unit": "c2", "area": "Water", "to_wave": "w2"}, "differs"),
    ],
)
def test_each_kind_of_claim(claim, expected):
    assert outcome(**claim) == expected


def test_a_true_claim_that_leaves_others_out_is_incomplete():
    added = {"kind": "adds", "unit": "c2", "from_wave": "w1", "to_wave": "w2"}
    energy, housing = {**added, "area": "Energy"}, {**added, "area": "Housing"}
    alone = check(energy)[0]
    assert (alone.outcome, alone.description) == ("incomplete", "True, but not all: Housing as well.")
    assert [row.outcome for row in check(energy, housing)] == ["confirmed", "confirmed"]


def test_both_readings_of_an_ambiguous_claim_are_given():
    row = check({"kind": "falls", "area": "Transport", "from_wave": "w1", "to_wave": "w2"})[0]
    read = {reading.looks_at: (reading.found, reading.holds) for reading in row.readings}
    assert read["number of projects in the register"] == ("1 → 1", False)
    assert read["share of all projects in the register, per cent"] == ("50.00 → 20.00", True)
    assert read["share printed, per cent (table 1)"] == ("50 → 20", True)


def test_who_was_first_by_each_policy():
    readings = {one.looks_at: one.holds for one in check({"kind": "first", "unit": "s1"})[0].readings}
    assert readings["adoptions of `plan`"] is True
    assert readings["adoptions of `law`"] is None  # 2016 may be before or after May 2016


def test_an_announcement_is_no_adoption():
    from diffuscope.tables.tiers import TIERS, adopted

    rows = rows_of(
        "adoptions",
        {"unit": "s1", "policy": "plan", "time": "2014", "tier": "adopted"},
        {"unit": "s2", "policy": "plan", "time": "2013", "tier": "announced"},
        {"unit": "s3", "policy": "plan", "time": "2016"},
        {"unit": "s2", "policy": "plan", "time": "2015", "tier": "in force"},
    )
    assert adopted(rows, TIERS)["time"].to_list() == ["2014", "2016", "2015"]
    assert adopted(rows, ("draft", "law")).height == 1, (
        "of tiers that are none, nothing is counted but the empty"
    )


def test_the_rows_that_decide_are_named():
    row = check(
        {"kind": "all completed", "unit": "c2", "to_wave": "w2", "known_by": "us", "known_why": "seen"}
    )[0]
    assert [(place.table, place.row) for place in row.rows] == [
        ("claims", 2), ("projects", 5), ("projects", 6), ("projects", 7),
    ]  # fmt: skip
    assert row.known == "us: seen"
