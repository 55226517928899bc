"""What a sheet holds beside values: formats, hidden cells, comments; each is told once, with its row."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pytest
from made import ADOPTIONS, TABLES, one, place, rules
from openpyxl.comments import Comment

from diffuscope.case import read_case

SETTINGS = (("format", 1), ("id", "toy"), ("title", "A toy case"), ("licence", "CC0-1.0"))
AT = "book.xlsx › adoptions"


@pytest.fixture
def book(tmp_path):
    """Writes a workbook of the toy; the sheet of adoptions is changed before it is saved."""

    def of(change, from_1904=False):
        made = openpyxl.Workbook()
        made.remove(made.active)
        if from_1904:
            made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        for name, rows in {"case": SETTINGS, **TABLES}.items():
            for row in rows if made.create_sheet(name) else ():
                made[name].append([cell or None for cell in row])
        change(made["adoptions"])
        made.save(tmp_path / "book.xlsx")
        return read_case(tmp_path / "book.xlsx")

    return of


@pytest.mark.parametrize("from_1904", [False, True])
@pytest.mark.parametrize("year", [2015, 2558])
def test_a_year_typed_into_a_date_cell_is_refused_with_the_year(book, year, from_1904):
    def change(sheet):
        sheet["C2"] = year
        sheet["C2"].number_format = "yyyy-mm-dd"

    epoch = dt.date(1904, 1, 1) if from_1904 else dt.date(1899, 12, 30)
    shown = (epoch + dt.timedelta(days=year)).isoformat()
    case = book(change, from_1904)
    problem = one(case, "year-as-date")
    assert rules(case) == ["year-as-date"]
    assert place(problem) == (AT, 2, "time", shown)
    assert problem.fix.startswith(
        f"{shown} is the number {year} in a cell formatted as a date: write {year} "
    )


@pytest.mark.parametrize(
    "day", [dt.date(1999, 4, 5), dt.date(2023, 1, 31), dt.date(1903, 1, 1), dt.date(1908, 1, 1)]
)
def test_other_days_are_days(book, day):
    case = book(lambda sheet: sheet.__setitem__("C2", day))
    assert case.problems == ()
    assert case.table("adoptions")["time"][0] == day.isoformat()


@pytest.mark.parametrize("shown_as", ["bbbb", "d mmm bbbb", "[$-41E]d mmm bbbb", "bb", "dd/mm/bbbb"])
def test_a_day_shown_with_a_thai_year_is_that_day(book, shown_as):
    def change(sheet):
        sheet["C2"] = 44562
        sheet["C2"].number_format = shown_as

    case = book(change)
    assert case.problems == ()
    assert case.table("adoptions")["time"][0] == "2022-01-01"


def test_a_number_with_a_b_in_its_text_stays_a_number(book):
    def change(sheet):
        sheet["C2"] = 2018
        sheet["C2"].number_format = '0" bbl"'

    case = book(change)
    assert case.problems == ()
    assert case.table("adoptions")["time"][0] == "2018"


def test_hidden_rows_and_columns_are_told_and_read(book):
    def change(sheet):
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["D"].hidden = True

    case = book(change)
    assert rules(case) == ["hidden-cells"]
    assert one(case, "hidden-cells").level == "warning"
    assert "rows 2 and columns D" in one(case, "hidden-cells").message
    assert case.table("adoptions").height == len(ADOPTIONS) - 1


def test_a_comment_is_told_with_its_cell(book):
    def change(sheet):
        sheet["C3"].comment = Comment("only the pilot", "a clerk")

    case = book(change)
    assert rules(case) == ["cell-comment"]
    assert place(one(case, "cell-comment")) == (AT, 3, "time", None)
    assert "note" in one(case, "cell-comment").fix


def test_a_formula_without_a_value_and_an_error_are_told_once_each(book):
    def change(sheet):
        sheet["C2"] = "=2000+18"
        sheet["D3"] = "=1/0"
        sheet["A4"], sheet["B4"], sheet["C4"], sheet["D4"] = "hn", "law", "#REF!", "p. 3"
        sheet["C4"].data_type = "e"

    case = book(change)
    assert [(problem.rule, problem.row, problem.column) for problem in case.problems] == [
        ("formula-without-value", 2, "time"),
        ("formula-without-value", 3, "source"),
        ("spreadsheet-error", 4, "time"),
    ]
