"""Tables of a report: every row of the result is in one, and says where it comes from."""

from __future__ import annotations

import csv
from datetime import datetime
from io import BytesIO, StringIO

import factory
import openpyxl
import polars as pl
import pytest

from diffuscope.errors import CaseError
from diffuscope.records import Excluded, Frame
from diffuscope.report.tables import OutTable, out_tables
from diffuscope.report.workbook import MOST_CHARACTERS, workbook
from diffuscope.report.write import report_files

MADE = datetime(2026, 11, 24)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Every file of the report on the result made by hand."""
    return report_files(factory.result())


def named(result) -> dict[str, OutTable]:
    return {table.name: table for table in out_tables(result)}


def rows_of(table: OutTable) -> list[dict[str, object]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def test_every_verdict_passage_and_adoption_has_its_row(make_result):
    result = make_result()
    tables = named(result)
    assert len(tables["verdicts"].rows) == len(result.verdicts)
    assert [row["id"] for row in rows_of(tables["evidence"])] == [
        item.id for finding in result.findings for item in finding.evidence.items
    ]
    assert len(tables["order"].rows) == sum(len(found.order) for found in result.chronology)
    assert len(tables["adoptions"].rows) == 8


def test_numbers_lead_to_their_file_and_row(make_result):
    tables = named(make_result())
    c1 = next(row for row in rows_of(tables["evidence"]) if row["id"] == "C1")
    assert (c1["file"], c1["rows"]) == ("evidence.csv", "2")
    assert c1["decibans"] == pytest.approx(1.3263, abs=1e-4)  # 10·log10(.95/.70)
    assert [(row["unit"], row["file"], row["row"]) for row in rows_of(tables["adoptions"])][:2] == [
        ("SGP", "adoptions.csv", 2),
        ("IDN", "adoptions.csv", 3),
    ]


def test_rows_left_out_are_told_one_by_one(make_result):
    told = rows_of(named(make_result())["left_out"])
    assert [(row["row"], row["reason"]) for row in told] == [
        (10, "the date is unknown"),
        (11, "the unit is not in this analysis"),
        (12, "the unit is not in this analysis"),
    ]


def test_rows_left_out_beyond_those_named_are_still_counted(make_result):
    dates = make_result().chronology
    many = Excluded(table="adoptions", reason="r", count=7, rows=(1, 2))
    result = make_result(
        chronology=(type(dates[0])(analysis="membership", testable=None, reason="", left_out=(many,)),)
    )
    told = rows_of(named(result)["left_out"])
    assert [row["row"] for row in told] == [1, 2]


def test_tables_without_rows_and_columns_without_values_are_left_out(make_result, make_frame):
    tables = named(make_result(drivers=(), frames={"units": make_frame("unit aliases", (("a", None, 2),))}))
    assert "drivers" not in tables
    assert list(tables["units"].columns) == ["unit", "file", "row"]


def test_a_counted_frame_has_no_row_of_its_own(make_result):
    counted = Frame(columns=("wave", "projects"), rows=(("2022", 77),), n=1)
    table = named(make_result(frames={"wave_totals": counted}))["wave_totals"]
    assert (table.rows, table.from_case) == ((("2022", 77),), False)


def test_rows_that_were_not_read_are_not_taken_for_none(make_result):
    elsewhere = Frame(columns=("unit", "_row"), rows=None, n=20_000, file="units.parquet", sha256="0")
    with pytest.raises(CaseError, match=r"units\.parquet"):
        out_tables(make_result(frames={"units": elsewhere}))


def test_every_column_is_explained(make_result):
    for table in out_tables(make_result()):
        assert table.a_row_is
        if table.name not in (
            "policies",
            "adoptions",
            "support",
            "events",
            "documents",
        ):  # made by hand, bare
            assert all(
                says for name, says in table.columns.items() if name not in ("kind", "role", "lat", "lon")
            )
        assert all(len(row) == len(table.columns) for row in table.rows)


def test_csv_files_hold_the_same_rows_and_read_back_with_their_types(make_result, files):
    result = make_result()
    for table in out_tables(result):
        text = files[f"tables/{table.name}.csv"].decode()
        read = list(csv.reader(StringIO(text)))
        assert read[0] == list(table.columns)
        assert len(read) - 1 == len(table.rows)
    typed = pl.read_csv(files["tables/order.csv"])
    assert typed["row"].dtype == pl.Int64


def read_back(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(content))


def test_the_workbook_explains_itself_first(make_result, files):
    result = make_result()
    tables = out_tables(result)
    book = read_back(files["tables.xlsx"])
    assert book.sheetnames == ["notes", *(table.name for table in tables)]
    notes = [[cell.value for cell in row] for row in book["notes"].iter_rows()]
    words = {str(cell) for row in notes for cell in row if cell}
    assert {table.name for table in tables} <= words
    assert {column for table in tables for column in table.columns} <= words
    assert any("Bustamante 2025" in word for word in words)
    assert any("SHA-256" in word for word in words)


def test_nothing_in_the_workbook_is_a_formula_or_a_link(make_result, make_frame):
    hostile = ("=1+1", "https://example.org/x", "-1+1", "@x", "{=1}")
    frame = make_frame("unit name", tuple((f"u{at}", text, at) for at, text in enumerate(hostile, start=2)))
    book = read_back(workbook(out_tables(make_result(frames={"units": frame})), [("=1", "=2")], MADE))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not any(cell.hyperlink for cell in cells)
    assert [row[1].value for row in book["units"].iter_rows(min_row=2)] == list(hostile)


def test_a_cell_too_long_for_a_sheet_is_cut_and_says_so():
    table = OutTable(name="t", a_row_is="r", columns={"a": "A."}, rows=(("x" * 40_000,),))
    cell = read_back(workbook([table], [], MADE))["t"]["A2"].value
    assert len(cell) == MOST_CHARACTERS
    assert cell.endswith("is in the CSV file]")


def test_control_characters_do_not_break_the_workbook():
    table = OutTable(name="t", a_row_is="r", columns={"a": "A."}, rows=(("a\x00b\x0bc",), (True,), (None,)))
    sheet = read_back(workbook([table], [], MADE))["t"]
    assert sheet["A3"].value == "yes"
    assert sheet["A4"].value is None
