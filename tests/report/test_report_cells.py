"""Cells that no spreadsheet runs: text from files stays text, numbers stay numbers."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from diffuscope.records.quoting import csv_cell, csv_cell_read
from diffuscope.report.cells import csv_text


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        "-",
        "=cmd|' /C calc'!A0",
        "-inf",
        "'=x",
        "''+x",
    ],
)
def test_what_begins_like_a_formula_becomes_text(text):
    assert csv_cell(text) == f"'{text}"
    assert csv_cell_read(csv_cell(text)) == text


@pytest.mark.parametrize("cell", ["a=b", "1+1", "Đà Nẵng", "-2.5", "+3", "-1e5", "", "'tis", "smart city"])
def test_everything_else_is_left_alone(cell):
    assert csv_cell(cell) == cell
    assert csv_cell_read(cell) == cell


def test_a_table_reads_back_as_it_was_written():
    rows = [("=x", 'say "no"', None, -1.5), ("a,b\nc", "", True, 0)]
    text = csv_text(("one", "two", "three", "=four"), rows)
    assert list(csv.reader(StringIO(text))) == [
        ["one", "two", "three", "'=four"],
        ["'=x", 'say "no"', "", "-1.5"],
        ["a,b\nc", "", "yes", "0"],
    ]


def test_nul_ends_no_cell():
    assert "before after" in csv_text(("a",), [("before\0 after",)])
