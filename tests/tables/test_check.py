"""All tables of a case together: what is read, what is refused, in which order it is told."""

from __future__ import annotations

import pytest
from raws import DOCUMENTS, POLICIES, UNITS, one, place, problems, raw

from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.check import check_tables
from diffuscope.tables.columns import Column, Table


def test_sound_tables_are_typed_and_have_no_problems():
    frames, found = check_tables(
        [raw("units", UNITS), raw("policies", POLICIES), raw("documents", DOCUMENTS)]
    )
    assert found == []
    assert {name: frame.height for name, frame in frames.items()} == {
        "units": 4,
        "policies": 2,
        "documents": 2,
    }
    assert frames["units"]["aliases"].to_list() == [["Vietnam", "Việt Nam"], None, ["Hanoi"], None]


def test_no_tables_no_problems():
    assert check_tables([]) == ({}, [])


@pytest.mark.parametrize(
    ("name", "meant"), [("unit", "units"), ("Adoptions", "adoptions"), ("author verdicts", "author_verdicts")]
)
def test_an_unknown_table_is_met_with_the_nearest(name, meant):
    frames, found = check_tables([raw(name, "a\n1\n", file=f"{name}.csv")])
    assert frames == {}
    assert place(one(found)) == (f"{name}.csv", None, None, None)
    assert (found[0].rule, found[0].fix) == ("unknown-table", f"rename it to `{meant}`")


def test_a_table_unlike_any_is_answered_with_all_of_them():
    found = one(problems(raw("qqq", "a\n1\n")))
    assert all(name in found.fix for name in CATALOGUE)


def test_a_table_read_twice_is_told():
    frames, found = check_tables([raw("units", UNITS), raw("units", "unit\nzzz\n", file="units.tsv")])
    assert (one(found).rule, found[0].file) == ("table-twice", "units.tsv")
    assert "`units.csv`" in found[0].message
    assert frames["units"].height == 4


def test_everything_is_told_at_once_and_sorted():
    units = "unit,name,kind,role,lat,lon\na,A,state,king,91,0\n,B,state,adopter,,\n"
    policies = "policy,name\np,\n"
    adoptions = "unit,policy,time,source,colour\nb,p,soon,x,red\na,q,2018,,blue\n"
    found = problems(raw("units", units), raw("policies", policies), raw("adoptions", adoptions))
    assert [(p.file, p.row, p.column, p.rule) for p in found] == [
        ("adoptions.csv", 2, "time", "bad-date"),
        ("adoptions.csv", 2, "unit", "unknown-id"),
        ("adoptions.csv", 3, "policy", "unknown-id"),
        ("adoptions.csv", 3, "source", "missing-value"),
        ("policies.csv", 2, "name", "missing-value"),
        ("units.csv", 2, "lat", "out-of-bounds"),
        ("units.csv", 2, "role", "bad-choice"),
        ("units.csv", 3, "unit", "missing-value"),
        ("adoptions.csv", 1, "colour", "unknown-column"),
    ]
    assert all(problem.message and problem.fix for problem in found)


# --- the declarations themselves


def every_column() -> list[tuple[Table, Column]]:
    return [(table, column) for table in CATALOGUE.values() for column in table.columns]


@pytest.mark.parametrize(("table", "column"), every_column(), ids=lambda part: part.name)
def test_every_declaration_holds_together(table, column):
    assert column.description.strip().endswith(("…", ".", "dB."))
    assert bool(column.choices) == (column.kind == "choice")
    assert column.default is None or (column.default in column.choices and not column.required)
    if column.refers_to is not None:
        other, _, key = column.refers_to.partition(".")
        assert key in CATALOGUE[other].key
        assert column.kind in ("id", "ids")
    if column.minimum is not None or column.maximum is not None or column.unit is not None:
        assert column.kind in ("number", "integer")


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_table_holds_together(name):
    table = CATALOGUE[name]
    assert table.name == name
    assert len(set(table.names)) == len(table.names)
    assert set(table.key) <= set(table.names)
    for rule in table.rules:
        assert rule.column in table.names
        assert set(rule.broken().meta.root_names()) <= set(table.names)


def test_the_tables_of_the_design_are_all_there():
    design = (
        "units attributes policies adoptions ties support events attendance outcomes documents evidence "
        "likelihoods author_verdicts framework areas projects returns indicators practices "
        "exchanges published claims words"
    )
    assert list(CATALOGUE) == design.split()
