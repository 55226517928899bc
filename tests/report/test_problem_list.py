"""The list of problems as a file: whole, for spreadsheets, and over nobody else's file."""

from __future__ import annotations

import csv

import pytest

from diffuscope.errors import PlanError
from diffuscope.records import Problem
from diffuscope.report import write_problems

KING = Problem(
    level="error",
    rule="unknown-choice",
    message="`=king` is no role.",
    fix="write adopter",
    file="units.csv",
    table="units",
    row=2,
    column="role",
    value="=king",
    count=3,
)


def test_one_row_a_problem_with_its_place(tmp_path):
    file = tmp_path / "dossier é" / "problems.csv"
    file.parent.mkdir()
    write_problems([KING, Problem(level="warning", rule="r", message="m", fix="n")], file)
    assert file.read_bytes().startswith(
        b"\xef\xbb\xbflevel,rule,file,table,row,column,value,message,fix,count\n"
    )
    rows = list(csv.DictReader(file.open(encoding="utf-8-sig")))
    assert (rows[0]["file"], rows[0]["row"], rows[0]["value"], rows[0]["count"]) == (
        "units.csv",
        "2",
        "'=king",
        "3",
    )
    assert (rows[1]["file"], rows[1]["row"]) == ("", "")
    assert [path.name for path in file.parent.iterdir()] == ["problems.csv"]


def test_an_earlier_list_is_replaced(tmp_path):
    file = tmp_path / "problems.csv"
    write_problems([KING], file)
    write_problems([], file)
    assert file.read_text(encoding="utf-8-sig").count("\n") == 1


@pytest.mark.parametrize("name", ["units.csv", "folder"])
def test_nothing_else_is_written_over(tmp_path, name):
    (tmp_path / "units.csv").write_text("unit,name\na,A\n", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    with pytest.raises(PlanError, match="not a list of problems"):
        write_problems([KING], tmp_path / name)
    assert (tmp_path / "units.csv").read_text(encoding="utf-8") == "unit,name\na,A\n"
