"""Rules over several rows: spells that overlap, actors that contain themselves, shared names."""

from __future__ import annotations

import pytest
from raws import POLICIES, UNITS, one, place, problems, raw

HEADING = "unit,policy,time,time_latest,until,tier,source\n"


def adoptions(*rows: str):
    text = HEADING + "".join(f"vnm,plan,{row},p\n" for row in rows)
    return problems(raw("units", UNITS), raw("policies", POLICIES), raw("adoptions", text))


@pytest.mark.parametrize(
    "rows",
    [
        ("2010,,2015,", "2015,,,"),
        ("2010,,2015-06-30,", "2015-06-30,,,"),
        ("2010,,2015,", "2016,,,"),
        ("2016,,,", "2010,,2015,"),
        ("2010,2020,2021,", "2011,2012,2012,"),
        ("2010,,,announced", "2012,,,adopted", "2014,,,in force"),
        ("2010,,,", ",,,"),
        (",2012,2012,", "2012,,,"),
        ("2010,,2012,", "2013,,2014,", "2015,,,"),
    ],
)
def test_one_after_the_other_or_maybe_so(rows):
    assert adoptions(*rows) == []


@pytest.mark.parametrize(
    ("rows", "row", "other", "value"),
    [
        (("2010,,,", "2012,,,"), 3, 2, "2012"),
        (("2012,,,", "2010,,,"), 2, 3, "2012"),
        (("2010,,2015,", "2014,,,"), 3, 2, "2014"),
        (("2010,,2015-06,", "2015-05,,,"), 3, 2, "2015-05"),
        (("2010,,2020,", "2011,,2012,", "2015,,,"), 4, 2, "2015"),
        (("2010,,,adopted", "2012,,,"), 3, 2, "2012"),
        (("2010,,,in force", "2012,,,in force"), 3, 2, "2012"),
    ],
)
def test_what_certainly_overlaps_is_told_with_the_other_row(rows, row, other, value):
    found = [problem for problem in adoptions(*rows) if problem.row == row]
    assert place(one(found)) == ("adoptions.csv", row, "time", value)
    assert found[0].rule == "overlapping-spells"
    assert f"row {other}," in found[0].message
    assert f"row {other}," in found[0].fix


def test_a_spell_known_by_its_latest_date_is_told_there():
    found = one(adoptions("2010,,,", ",2012,,"))
    assert place(found) == ("adoptions.csv", 3, "time_latest", "2012")


def test_an_exact_repetition_is_told_as_that_alone():
    assert one(adoptions("2010,,,", "2010,,,")).rule == "repeated-key"


def test_spells_with_a_cell_that_cannot_be_read_are_not_judged():
    assert one(adoptions("2010,,soon,", "2012,,,")).rule == "bad-date"


def test_other_actors_and_policies_do_not_overlap():
    text = HEADING + "vnm,plan,2010,,,,p\nsgp,plan,2010,,,,p\nvnm,law,2010,,,,p\n"
    assert problems(raw("units", UNITS), raw("policies", POLICIES), raw("adoptions", text)) == []


def units(*rows: str):
    return problems(raw("units", "unit,name,kind,role,parent\n" + "\n".join(rows) + "\n"))


def test_actors_that_contain_themselves():
    found = units(
        "a,A,city,adopter,b",
        "b,B,city,adopter,c",
        "c,C,city,adopter,b",
        "d,D,city,adopter,a",
        "e,E,city,adopter,",
    )
    assert [place(problem) for problem in found] == [
        ("units.csv", 3, "parent", "c"),
        ("units.csv", 4, "parent", "b"),
    ]
    assert {problem.rule for problem in found} == {"circular-parent"}
    assert place(one(units("a,A,city,adopter,a"))) == ("units.csv", 2, "parent", "a")


def test_a_long_chain_of_parents_is_no_circle():
    rows = ["u0,N0,city,adopter,"] + [f"u{at},N{at},city,adopter,u{at - 1}" for at in range(1, 3000)]
    assert units(*rows) == []
    rows[0] = "u0,N0,city,adopter,u2999"
    assert sum(problem.count for problem in units(*rows)) == 3000


def test_shared_names_warn_where_they_stand():
    text = (
        "unit,name,aliases,kind,role\ngeo,Georgia,Sakartvelo,state,adopter\n"
        "us-ga,Georgia,,state,adopter\nx,Other,Georgia; Peach,state,adopter\ny,Y,Y,state,adopter\n"
    )
    found = problems(raw("units", text))
    assert [(place(problem), problem.level, problem.rule) for problem in found] == [
        (("units.csv", 2, "name", "Georgia"), "warning", "shared-name"),
        (("units.csv", 3, "name", "Georgia"), "warning", "shared-name"),
        (("units.csv", 4, "aliases", "Georgia"), "warning", "shared-name"),
    ]
