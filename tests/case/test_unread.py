"""What no table takes is named with its rows: sheets, files, columns, tables that nothing uses."""

from __future__ import annotations

import openpyxl
import pytest
from made import ADOPTIONS, POLICIES, SETTINGS, TABLES, UNITS, one, rules, text, write

from diffuscope import case_from_frames
from diffuscope.case import read_case
from diffuscope.errors import CaseError
from diffuscope.study import case_problems

FORM = (
    ("SMART CITIES NETWORK - yearly return",),
    ("Country: Northland",),
    (),
    (
        "No.",
        "City",
        "Project Name",
        "Focus Area",
        "Sub-area",
        "Status",
        "% completed",
        "Start date",
        "Remarks",
    ),
    (1, "Alder", "Bus lanes", "Transport", "Buses", "On-going", 0.65, "March 2022", ""),
    (2, "", "Flood gauges", "Water", "Floods", "Completed", 1, "2021", ""),
)


@pytest.fixture
def book(tmp_path):
    def of(**sheets):
        made = openpyxl.Workbook()
        made.remove(made.active)
        settings = [("format", 1), ("id", "toy"), ("title", "A toy"), ("licence", "CC0-1.0")]
        for name, rows in {"case": settings, **TABLES, **sheets}.items():
            if rows is not None:
                sheet = made.create_sheet(name.replace("_", " "))
                for row in rows:
                    sheet.append([cell or None for cell in row])
        made.save(tmp_path / "book.xlsx")
        return tmp_path / "book.xlsx"

    return of


def test_a_sheet_with_the_headings_of_a_table_is_an_error_with_its_rows(book):
    problem = one(read_case(book(Thailand=UNITS)), "unread-table")
    assert (problem.level, problem.file) == ("error", "book.xlsx › Thailand")
    assert "`units`" in problem.message
    assert "Its 3 rows are not read." in problem.message
    assert problem.fix.startswith("add its rows to `units`")


def test_the_return_of_a_country_as_people_send_it_is_never_ignored(book):
    problem = one(read_case(book(**{"M&E 2025": FORM})), "unread-table")
    assert "`projects` in row 4" in problem.message
    assert "Its 2 rows are not read." in problem.message


def test_where_a_workbook_holds_nothing_else_its_sheets_are_told(book):
    path = book(case=None, **dict.fromkeys(TABLES), **{"M&E 2025": FORM}, Instructions=[("How to fill in",)])
    with pytest.raises(CaseError, match="holds neither") as refused:
        read_case(path)
    assert [(p.level, p.rule, p.file) for p in refused.value.problems] == [
        ("error", "unread-table", "book.xlsx › M&E 2025"),
        ("warning", "unread-file", "book.xlsx › Instructions"),
    ]


def test_other_sheets_are_named_and_empty_ones_are_no_news(book):
    case = read_case(book(Sheet1=[], Notes_to_self=[("call Ash",), ("", ""), ("call Elm",)]))
    assert rules(case) == ["unread-file"]
    assert "Its 2 rows are not read." in one(case, "unread-file").message


def test_files_beside_the_tables_are_named(tmp_path):
    folder = write(tmp_path / "case")
    (folder / "towns of the north.csv").write_text(text(UNITS, ";"), encoding="utf-8-sig")
    (folder / "scratch.csv").write_text("a,b\n1,2\n")
    (folder / "empty.csv").write_text("")
    (folder / "README.md").write_text("read me")
    case = read_case(folder)
    assert rules(case) == ["unread-table", "unread-file"]
    assert one(case, "unread-table").file == "towns of the north.csv"
    assert "Its 3 rows are not read." in one(case, "unread-table").message


def test_very_many_other_sheets_are_counted(book):
    case = read_case(book(**{f"other{at}": [("a",), ("b",)] for at in range(60)}))
    last = [problem for problem in case.problems if problem.file is None]
    assert [problem.message for problem in last] == ["10 more sheets and files with 20 rows are not read."]


@pytest.mark.parametrize("above", [1, 3])
def test_headings_below_a_title_are_found_and_the_title_is_told(book, tmp_path, above):
    title = (("Adoptions of the plan",), (), ("as of May",))[:above]
    case = read_case(book(adoptions=(*title, *ADOPTIONS)))
    assert rules(case) == ["headings-lower"]
    assert f"row {above + 1};" in one(case, "headings-lower").message
    assert case.table("adoptions")["unit"].to_list() == ["sg", "hn"]
    padded = [(*row, *[""] * (4 - len(row))) for row in (*title, *ADOPTIONS)]
    same = read_case(write(tmp_path / "csv", adoptions=padded))
    assert "headings-lower" in rules(same)
    assert same.table("adoptions")["_row"].to_list() == case.table("adoptions")["_row"].to_list()


def test_a_row_of_few_headings_is_no_title(book):
    case = read_case(book(policies=(("policy", "nome"), ("plan", "A plan"), ("law", "A law"))))
    assert "headings-lower" not in rules(case)
    assert case.table("policies")["policy"].to_list() == ["plan", "law"]


def test_a_table_that_no_part_uses_is_named(tmp_path):
    projects = text([("wave", "project", "unit", "title", "status", "status_basis", "link_basis", "source")])
    settings = SETTINGS.partition("[[analysis]]")[0]
    found = case_problems(read_case(write(tmp_path / "case", settings, projects=projects)))
    told = {problem.table: problem for problem in found if problem.rule == "unused-table"}
    assert set(told) == {"policies", "adoptions"}
    assert "its 2 rows" in told["adoptions"].message
    assert "[[analysis]]" in told["adoptions"].fix
    assert not [p for p in case_problems(read_case(write(tmp_path / "b"))) if p.rule == "unused-table"]


def test_no_fix_of_an_unread_column_tells_to_remove_it():
    import polars as pl

    policies = pl.DataFrame([dict(zip(POLICIES[0], row, strict=True)) for row in POLICIES[1:]])
    case = case_from_frames(policies=policies.with_columns(budget=pl.lit("5"), polcy=pl.lit("6")))
    told = [problem for problem in case.problems if problem.rule == "unknown-column"]
    assert len(told) == 2
    assert not any("remove" in problem.fix or "delete" in problem.fix for problem in told)
