"""Of a register that several workbooks make together, a report names the sheet and row of each project."""

from __future__ import annotations

import re

import openpyxl
import pytest

from diffuscope.case import read_case
from diffuscope.report import write_report
from diffuscope.study import run_study

SETTINGS = """format = 1
id = "network"
title = "A network"
licence = "CC0-1.0"

[waves]
2025 = "2025-09"
"""
UNITS = "unit,name,kind,role\nash,Ash,city,adopter\nelm,Elm,city,adopter\n"
JOINED = re.compile(r"(?<!\d)[12]000000[2-9](?!\d)")
"""Rows of the joined table, which no sheet has."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("network")
    (place / "case.toml").write_text(SETTINGS)
    (place / "units.csv").write_text(UNITS)
    for city in ("ash", "elm"):
        book = openpyxl.Workbook()
        book.active.title = "projects"
        book.active.append(["unit", "title", "status"])
        for title in ("Bus lanes", "Flood gauges"):
            book.active.append([city, f"{title} of {city}", "ongoing"])
        book.save(place / f"{city}.xlsx")
    result = run_study(read_case(place), parts=["monitoring"])
    out = tmp_path_factory.mktemp("out") / "report"
    write_report(result, out)
    return out


def test_tables_name_the_sheet_and_row(folder):
    lines = (folder / "tables" / "projects.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.rpartition(",")[0].rpartition(",")[2] for line in lines[1:]] == [
        *["ash.xlsx › projects"] * 2,
        *["elm.xlsx › projects"] * 2,
    ]
    assert [line.rpartition(",")[2] for line in lines[1:]] == ["2", "3", "2", "3"]


def test_the_page_names_them_too(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    said = re.sub(r"<(script|style)[^>]*>.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert "elm.xlsx › projects, 3" in said
    assert JOINED.findall(said) == []


def test_problems_and_readings_name_them(folder):
    problems = (folder / "tables" / "problems.csv").read_text(encoding="utf-8-sig")
    assert "joined from 2 places" in problems
    assert JOINED.findall(problems) == []


QUESTION = """format = 1
id = "laws"
title = "Laws"

[[analysis]]
id = "q"
question = "Why?"
policies = ["law"]
units = "city"
"""


def test_rows_left_out_of_a_panel_are_those_of_their_files(tmp_path):
    case = tmp_path / "case"
    case.mkdir()
    (case / "case.toml").write_text(QUESTION)
    rows = [f"{name},{name},city,adopter\n" for name in ("ash", "elm", "fir", "oak")]
    (case / "units.csv").write_text("unit,name,kind,role\n" + "".join(rows))
    (case / "policies.csv").write_text("policy,name\nlaw,Law\n")
    head = "unit,policy,time,source\n"
    (case / "adoptions_north.csv").write_text(f"{head}elm,law,2003,a\nfir,law,2004,a\n")
    (case / "adoptions_south.csv").write_text(f"{head}oak,law,2005,a\nash,law,2001,a\n")
    result = run_study(read_case(case), parts=["statistics"])
    write_report(result, tmp_path / "out")
    table = (tmp_path / "out" / "tables" / "panel_left_out.csv").read_text(encoding="utf-8-sig")
    assert "adoptions_south.csv 3" in table
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert JOINED.findall(table) == []
    assert JOINED.findall(re.sub(r"<(script|style)[^>]*>.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)) == []
