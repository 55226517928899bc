"""Whose fault it is that a result cannot be shown."""

from __future__ import annotations

import hashlib
from datetime import datetime
from io import BytesIO

import openpyxl
import pytest

from diffuscope.cli import main
from diffuscope.errors import CaseError, PlanError
from diffuscope.report import damaged_unless_as_written
from diffuscope.report.own_files import RECORD
from diffuscope.report.tables import OutTable
from diffuscope.report.workbook import workbook


def test_a_result_that_was_changed_is_damaged_and_one_that_was_not_is_ours(tmp_path):
    file = tmp_path / "result.json"
    file.write_bytes(b"{}")
    with pytest.raises(CaseError, match="damaged"), damaged_unless_as_written(tmp_path):
        raise KeyError("launch")
    (tmp_path / RECORD).write_text(f"{hashlib.sha256(b'{}').hexdigest()}  result.json\n")
    for given in (file, tmp_path):
        with pytest.raises(KeyError), damaged_unless_as_written(given):
            raise KeyError("launch")
    file.write_bytes(b"{ }")
    with pytest.raises(CaseError, match="damaged"), damaged_unless_as_written(file):
        raise ValueError
    with pytest.raises(PlanError), damaged_unless_as_written(file):
        raise PlanError("what was asked for is not there")


@pytest.mark.parametrize("text", [b'{"format": 2}', b"[" * 100_000, b'{"format": 1, "findings": [1]}'])
def test_the_command_says_damaged_and_leaves_with_1(tmp_path, text, capsys):
    (tmp_path / "result.json").write_bytes(text)
    for words in (["report", str(tmp_path)], ["diff", str(tmp_path), str(tmp_path)]):
        with pytest.raises(SystemExit) as left:
            main(words)
        assert left.value.code == 1
        said = " ".join(capsys.readouterr().err.split())
        assert "damaged" in said or "not a diffuscope result" in said


def test_sheets_have_names_of_their_own():
    names = ["history", "Notes", "panel_" + "a" * 40, "panel_" + "a" * 41, "panel_" + "A" * 42]
    tables = [OutTable(name=name, a_row_is="a row", columns={"x": ""}, rows=((1,),)) for name in names]
    book = openpyxl.load_workbook(BytesIO(workbook(tables, [], datetime(2026, 1, 1))))
    assert len(book.sheetnames) == 1 + len(names)
    assert all(len(name) <= 31 for name in book.sheetnames)
