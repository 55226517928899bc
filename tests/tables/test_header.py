"""Columns that are needed, and what stray ones were probably meant to be."""

from __future__ import annotations

import pytest
from raws import one, place, problems, raw


def units(header: str, row: str = "a,A,state,adopter,x,y"):
    cells = ",".join(row.split(",")[: header.count(",") + 1])
    return problems(raw("units", f"{header}\n{cells}\n"))


@pytest.mark.parametrize("stray", ["Role", "ROLE ", "rôle", "rol", "roles"])
def test_a_needed_column_under_another_spelling(stray):
    found = one(units(f"unit,name,kind,{stray}"))
    assert place(found) == ("units.csv", 1, stray.strip(), None)
    assert (found.level, found.rule) == ("error", "unknown-column")
    assert found.fix == "rename it to `role`, which every row needs, if that is meant"


@pytest.mark.parametrize(
    ("table", "stray", "meant"),
    [
        ("units", "country", "unit"),
        ("units", "ISO3", "unit"),
        ("units", "latitude", "lat"),
        ("units", "Long", "lon"),
        ("adoptions", "Year", "time"),
        ("adoptions", "year_max", "time_latest"),
        ("ties", "from", "sender"),
        ("ties", "to", "receiver"),
        ("ties", "value", "weight"),
        ("documents", "license", "licence"),
        ("support", "donor", "partner"),
        ("projects", "Focus area", "area"),
        ("evidence", "p_true", "p_if_true"),
    ],
)
def test_columns_as_other_data_sets_call_them(table, stray, meant):
    found = [p for p in problems(raw(table, f"{stray}\nx\n")) if p.rule == "unknown-column"]
    assert f"rename it to `{meant}`" in one(found).fix


def test_missing_columns_are_told_once_with_what_they_hold():
    found = units("unit,name,role", "a,A,adopter")
    assert place(one(found)) == ("units.csv", 1, "kind", None)
    assert (found[0].rule, found[0].level) == ("missing-column", "error")
    assert found[0].fix == "add a column `kind`: What it is: state, city, organisation, firm …"


def test_a_column_of_another_kind_only_warns():
    found = one(units("unit,name,kind,role,population"))
    assert (found.level, found.rule, found.column) == ("warning", "unknown-column", "population")
    assert "put its content into `note`" in found.fix
    found = one(problems(raw("framework", "kind,item,colour\nenabler,Data,red\n")))
    assert found.level == "warning"
    assert "`note`" not in found.fix


def test_two_strays_do_not_both_mean_one_column():
    found = [p for p in units("unit,name,kind,Role,ROLE") if "rename it to `role`" in p.fix]
    assert len(found) == 1


def test_hundreds_of_stray_columns_are_told_in_few_words():
    header = "unit,name,kind,role," + ",".join(f"zzz{at}" for at in range(400))
    found = problems(raw("units", f"{header}\na,A,state,adopter{',1' * 400}\n"))
    assert len(found) == 51
    assert sum(problem.count for problem in found) == 400
    assert found[0].message.startswith("350 more columns") or found[-1].message.startswith("350 more columns")


def test_a_heading_is_shown_on_one_short_line():
    found = units(f"unit,name,kind,role,{'q' * 300}\x07")
    assert found[0].column == "q" * 79 + "…"
