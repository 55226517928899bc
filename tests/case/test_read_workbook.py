"""Workbooks: stored values as a person typed them, settings in sheets, and nothing lost without a word."""

from __future__ import annotations

import datetime as dt
import shutil
import zipfile

import openpyxl
import pytest
import xlsxwriter
from made import TABLES, one, place, rules, write

from diffuscope.case import read_case
from diffuscope.errors import CaseError

CASE = (
    ("setting", "value"), ("format", 1), ("id", "toy"), ("title", "A toy case"), ("licence", "CC0-1.0"),
)  # fmt: skip
WAVES = (("wave", "date"), (2022, "2022-12"), (2023, "2023-12"))
ANALYSES = (
    ("id", "question", "policies", "units", "period", "first", "last"),
    ("spread", "How did the plan spread?", "plan", "city", "year", 2014, 2023),
)
SETTINGS = {"case": CASE, "waves": WAVES, "analyses": ANALYSES}


def value(cell: object) -> object:
    """Numbers as a spreadsheet holds them; an empty text is no cell."""
    if not isinstance(cell, str):
        return cell
    try:
        return float(cell) if cell else None
    except ValueError:
        return cell


@pytest.fixture
def book(tmp_path):
    """Writes a workbook with a sheet for each of the given tables, and the toy's."""

    def of(path=tmp_path / "Fälle 1.xlsx", **sheets):
        made = openpyxl.Workbook()
        made.remove(made.active)
        for name, rows in {**TABLES, **SETTINGS, **sheets}.items():
            if rows is not None:
                sheet = made.create_sheet(name)
                for row in rows:
                    sheet.append([value(cell) for cell in row])
        made.save(path)
        return path

    return of


def change(path, part: str, old: str, new: str) -> None:
    """Replace some text in one part of a workbook."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)


def test_a_workbook_by_itself_is_a_whole_case(book, tmp_path):
    case = read_case(book())
    assert case.problems == ()
    assert case.files["units"] == "Fälle 1.xlsx › units"
    folder = read_case(write(tmp_path / "folder"))
    assert case.sha256 == folder.sha256
    assert case.table("adoptions").equals(folder.table("adoptions"))
    assert (case.id, case.licence, case.waves) == ("toy", "CC0-1.0", folder.waves)
    assert case.analyses == folder.analyses


def test_a_folder_may_hold_its_tables_in_a_workbook(book, tmp_path):
    folder = write(tmp_path / "folder")
    known = read_case(folder).sha256
    for name in TABLES:
        (folder / f"{name}.csv").unlink()
    book(folder / "tables.xlsx", case=None, waves=None, analyses=None)
    assert read_case(folder).problems == ()
    assert read_case(folder).sha256 == known
    assert read_case(folder / "tables.xlsx").sha256 == known  # its settings lie beside it
    shutil.make_archive(str(tmp_path / "zipped"), "zip", folder)
    assert read_case(tmp_path / "zipped.zip").sha256 == known


def test_settings_given_twice_are_told(book, tmp_path):
    folder = write(tmp_path / "folder", units=None, policies=None, adoptions=None)
    book(folder / "tables.xlsx", case=(*CASE, ("title", "Another")))
    case = read_case(folder)
    assert case.title == "A toy case"
    assert (one(case, "settings-twice").file, rules(case)) == ("tables.xlsx", ["settings-twice"])


def test_a_workbook_without_settings_says_where_they_go(book):
    assert rules(read_case(book(case=None, waves=None, analyses=None))) == ["missing-settings"]


def test_mistakes_in_sheets_of_settings_are_told_in_their_rows(book):
    analyses = (
        (*ANALYSES[0], "perod"),
        (*ANALYSES[1], ""),
        (),
        ("b", "?", "plan; lav", "sg;", "yearly", 2023, 2014, "x"),
    )
    case = read_case(
        book(
            case=(*CASE, ("licens", "x"), ("title", "Again")),
            waves=(*WAVES, ("x", "soon")),
            analyses=analyses,
        )
    )
    where = "Fälle 1.xlsx › "
    assert sorted(
        (problem.file, problem.row, problem.rule, problem.column) for problem in case.problems
    ) == sorted(
        [
            (where + "case", 4, "set-twice", "title"),
            (where + "case", 6, "unknown-setting", "licens"),
            (where + "waves", 4, "bad-date", "x"),
            (where + "analyses", 4, "unknown-setting", "perod"),
            (where + "analyses", 4, "unknown-id", "policies"),
            (where + "analyses", 4, "bad-choice", "period"),
            (where + "analyses", 4, "dates-in-order", "window"),
        ]
    )
    assert case.analyses[1].units == ("sg",)


def test_sheets_that_are_no_tables_are_named(book):
    case = read_case(book(Sheet1=[("x",)], adoptions=None, Adoption=TABLES["adoptions"], Notes=[("y",)]))
    assert place(one(case, "unknown-file")) == ("Fälle 1.xlsx › Adoption", None, None, None)
    assert rules(case) == ["unknown-file", "unread-file", "unread-file"]
    assert read_case(book(units=None, UNITS=TABLES["units"])).problems == ()


def test_values_are_read_as_they_were_typed(book):
    rows = [
        ("unit", "policy", "time", "time_latest", "until", "confidence", "source", "note"),
        ("sg", "plan", 2014, dt.date(2015, 2, 3), dt.datetime(2016, 1, 1), "high", 7, True),
        ("hn", "plan", dt.datetime(2014, 5, 6, 7, 8), None, None, None, 0.1 + 0.2, dt.time(3, 4)),
        (None,) * 8,
        ("hn", "law", 2014.5, None, None, None, 12345678, 1e21),
    ]
    case = read_case(book(adoptions=rows))
    table = case.table("adoptions")
    assert table["time"].to_list() == ["2014", None, None, None]
    assert table["time_latest"][0] == "2015-02-03"
    assert table["until"][0] == "2016-01-01"
    assert table["source"].to_list() == ["7", "0.3", None, "12345678"]
    assert table["note"].to_list() == ["yes", "03:04:00", None, "1e+21"]
    assert [(problem.rule, problem.row, problem.value) for problem in case.problems] == [
        ("bad-date", 3, "2014-05-06T07:08:00"),
        ("empty-row", 4, None),
        ("bad-date", 5, "2014.5"),
    ]


def test_rows_keep_their_numbers_below_an_empty_top(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("units")
        for column, name in enumerate(("unit", "name", "kind", "role")):
            sheet.write(4, column + 2, name)
            sheet.write(6, column + 2, "king" if name == "role" else "x")
    case = read_case(path)
    assert place(one(case, "bad-choice")) == ("a.xlsx › units", 7, "role", "king")


def test_errors_and_formulas_are_told_and_not_read_as_nothing(book):
    rows = [
        *TABLES["units"],
        ("ri", "Riga", "city", "adopter", "=1+1", "=NA()", "x"),
        ("va", "#REF!", "city", "#VALUE!", 1, 2),
    ]
    case = read_case(book(units=rows))
    found = {(problem.rule, problem.row, problem.column, problem.value) for problem in case.problems}
    assert {
        ("formula-without-value", 5, "lat", None),
        ("formula-without-value", 5, "lon", None),
        ("spreadsheet-error", 6, "name", "#REF!"),
        ("spreadsheet-error", 6, "role", "#VALUE!"),
        ("no-heading", 1, "G", None),
    } <= found


def test_stored_values_of_formulas_are_read_with_a_word_of_warning(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("units")
        for column, name in enumerate(("unit", "name", "kind", "role", "note")):
            sheet.write(0, column, name)
            sheet.write(1, column, "adopter" if name == "role" else "x")
        sheet.write_formula(1, 1, '="Ha"&" Noi"', None, "Ha Noi")
        sheet.write_formula(1, 4, '=""', None, "")
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
    # A spreadsheet program marks an empty text as a text; this library does not.
    change(path, "xl/worksheets/sheet1.xml", '<c r="E2">', '<c r="E2" t="str">')
    case = read_case(path)
    assert case.table("units")["name"].to_list() == ["Ha Noi"]
    warned = one(case, "formulas")
    assert (warned.level, warned.count, warned.file) == ("warning", 3, "a.xlsx › units")
    assert place(one(case, "spreadsheet-error"))[1:] == (2, "kind", "#DIV/0!")
    assert "formula-without-value" not in rules(case)


def test_merged_cells_are_told(book):
    path = book()
    made = openpyxl.load_workbook(path)
    made["units"].merge_cells("C2:C3")
    made.save(path)
    case = read_case(path)
    assert (one(case, "merged-cells").row, one(case, "merged-cells").level) == (2, "warning")
    assert "C2:C3" in one(case, "merged-cells").message
    assert rules(case) == ["merged-cells"], "what is empty since cells are merged is told with them"
    assert case.table("units")["kind"].to_list() == ["city", "city", "state"], "each row has what they show"
    made["units"].unmerge_cells("C2:C3")
    made["units"]["C3"] = "city"
    made["units"].merge_cells("E2:E3")
    made.save(path)
    numbers = read_case(path)
    assert [(p.rule, p.level) for p in numbers.problems] == [("merged-cells", "warning")]
    assert numbers.table("units")["lat"].to_list()[1] is None, "a number may be that of both rows together"


def test_cells_merged_over_columns_hide_what_rows_need(book):
    path = book()
    made = openpyxl.load_workbook(path)
    made["units"].merge_cells("B2:C2")
    made.save(path)
    problem = one(read_case(path), "merged-cells")
    assert (problem.level, problem.row) == ("error", 2)
    assert "only the first holds the value" in problem.message


def test_cells_of_private_rows_are_not_shown(book):
    rows = [
        ("document", "title", "year", "share"),
        ("a", "A", "secret plan", "private"),
        ("b", "B", "#REF!", "private"),
        ("c", "C", "open plan", ""),
    ]
    shown = {problem.row: problem.value for problem in read_case(book(documents=rows)).problems}
    assert shown == {2: "(private)", 3: "(private)", 4: "open plan"}


def test_a_case_may_be_read_from_a_sheet_that_only_names_it(book):
    case = read_case(book(units=None, policies=None, adoptions=None, waves=None, analyses=None))
    assert rules(case) == ["no-tables"]
    with pytest.raises(CaseError, match="holds neither"):
        read_case(book(**dict.fromkeys([*TABLES, *SETTINGS]), Other=[("x",)]))


def test_an_empty_sheet_of_a_table_is_told(book):
    assert rules(read_case(book(ties=[]))) == ["empty-file"]


def test_headings_below_a_title_are_found_though_needed_ones_are_missing(book):
    path = book(policies=[("Form of the network, 2025",), (), ("policy",), ("plan",), ("law",)])
    case = read_case(path)
    assert case.table("policies").height == 2
    assert [(problem.rule, problem.column) for problem in case.errors] == [("missing-column", "name")]


def test_headings_in_other_words_stay_headings_whatever_stands_below(book):
    path = book(policies=[("kode", "nama"), ("policy", "A plan"), ("plan", "Another")])
    assert read_case(path).table("policies").height == 2
