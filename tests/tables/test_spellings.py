"""Free vocabularies: spellings of one word are one word, told once with both spellings and counts."""

from __future__ import annotations

import pytest
from raws import POLICIES, UNITS, one, raw

from diffuscope.tables.check import check_tables

KINDS = ("town", "town", "Town", "town\u200b", "towns", "to wn", "city", "cities")


def units(*kinds):
    rows = [f"u{at},U {at},{kind},adopter" for at, kind in enumerate(kinds)]
    return raw("units", "\n".join(("unit,name,kind,role", *rows)))


def test_a_kind_spelt_in_five_ways_is_one_kind_and_told_once():
    frames, found = check_tables([units(*KINDS)])
    assert frames["units"]["kind"].to_list() == [*["town"] * 6, "city", "cities"]
    problem = one(found)
    assert (problem.level, problem.rule, problem.row, problem.column) == ("warning", "read-as", 4, "kind")
    assert (
        "`town` (2), `Town` (1), `town` (1, with invisible characters), `towns` (1), `to wn` (1)"
        in problem.message
    )
    assert "read as `town`" in problem.message
    assert problem.count == 4


@pytest.mark.parametrize(
    "kinds", [("town", "city"), ("a+", "a"), ("as", "a"), ("glass", "grass"), ("x-1", "x-2")]
)
def test_other_words_stay_apart(kinds):
    frames, found = check_tables([units(*kinds)])
    assert found == []
    assert frames["units"]["kind"].to_list() == list(kinds)


def test_the_commonest_spelling_is_kept_and_else_the_first():
    assert check_tables([units("Town", "town", "town")])[0]["units"]["kind"].unique().to_list() == ["town"]
    assert check_tables([units("Town", "town")])[0]["units"]["kind"].unique().to_list() == ["Town"]


def evidence(*coders):
    heading = (
        "id,analysis,mechanism,criterion,document,locator,paraphrase,direction,band,coder,cluster,basis,share"
    )
    rows = [
        f"e{at},a,emulation,c,d,p. {at},text,for,weak,{coder},k,author,{share}"
        for at, (coder, share) in enumerate(coders)
    ]
    return raw("evidence", "\n".join((heading, *rows)))


def test_coders_that_differ_by_case_are_one():
    frames, found = check_tables([evidence(("coder-1", ""), ("Coder-1", ""), ("coder-2", ""))])
    assert frames["evidence"]["coder"].to_list() == ["coder-1", "coder-1", "coder-2"]
    assert [problem.value for problem in found if problem.rule == "read-as"] == ["Coder-1"]


def test_coders_of_private_rows_are_one_and_nothing_is_told():
    frames, found = check_tables([evidence(("anna-k", "private"), ("Anna-K", "private"), ("x", ""))])
    assert frames["evidence"]["coder"].n_unique() == 2
    assert not any("nna-" in f"{problem.message}{problem.value}{problem.fix}" for problem in found)


def test_variables_and_layers_too():
    facts = raw("attributes", "unit,variable,value,source\nvnm,GDP,1,s\nsgp,gdp,2,s\nhanoi,gdp,3,s")
    ties = raw(
        "ties",
        "layer,sender,receiver,weight,source\nAdvice,vnm,sgp,1,s\nadvice,sgp,vnm,1,s\nadvice,hanoi,vnm,1,s",
    )
    tables = [raw("units", UNITS), raw("policies", POLICIES), facts, ties]
    frames, found = check_tables(tables)
    assert {(problem.rule, problem.value) for problem in found} == {("read-as", "GDP"), ("read-as", "Advice")}
    assert frames["attributes"]["variable"].unique().to_list() == ["gdp"]
    assert frames["ties"]["layer"].unique().to_list() == ["advice"]


def test_very_many_words_are_counted():
    kinds = [word for at in range(60) for word in (f"kind{at:03}x", f"Kind{at:03}x")]
    found = check_tables([units(*kinds)])[1]
    assert len(found) == 50
    assert found[-1].message.endswith("The same is true of 10 more words.")
