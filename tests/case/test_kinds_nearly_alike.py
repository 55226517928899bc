"""Kinds of units that are spelt in several ways leave nobody out of a question."""

from __future__ import annotations

from diffuscope.case import new_case, read_case
from diffuscope.study import run_study

KINDS = {
    "ash": "Town",
    "birch": "town\u200b",
    "cedar": "towns",
    "dell": "to wn",
    "elm": "town",
    "fern": "town",
}
SETTINGS = """format = 1
id = "zones"
title = "Zones"
[[analysis]]
id = "why"
question = "Why did zones spread?"
policies = ["zone"]
units = "town"
period = "year"
"""


def test_five_spellings_of_one_kind_are_five_adoptions_of_one_question(tmp_path):
    folder = new_case(tmp_path / "zones")
    for file in folder.iterdir():
        file.unlink()
    units = [f"{unit},{unit.title()},{kind},adopter" for unit, kind in KINDS.items()]
    adoptions = [f"{unit},zone,{year},minutes" for year, unit in enumerate(list(KINDS)[:5], start=2015)]
    tables = {
        "case.toml": [SETTINGS],
        "units.csv": ["unit,name,kind,role", *units],
        "policies.csv": ["policy,name", "zone,A zone"],
        "adoptions.csv": ["unit,policy,time,source", *adoptions],
    }
    for name, lines in tables.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    case = read_case(folder)
    assert case.analyses[0].units == tuple(KINDS)
    (problem,) = case.problems
    assert problem.level == "warning"
    assert "spelled in 5 ways" in problem.message
    assert all(f"`{spelt}`" in problem.message for spelt in ("Town", "towns", "to wn", "town"))
    (dates,) = run_study(case, parts=("mechanisms",)).chronology
    assert dates.reason.startswith("5 adoptions by 5 of 6 units are dated")
