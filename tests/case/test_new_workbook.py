"""A new workbook: a whole case without problems, with drop-downs and notes, that can be filled in."""

from __future__ import annotations

import openpyxl
import pytest
from openpyxl.comments import Comment

from diffuscope.case import new_case, read_case
from diffuscope.errors import CaseError
from diffuscope.study import case_problems
from diffuscope.tables.catalogue import CATALOGUE


@pytest.mark.parametrize("monitoring", [False, True])
def test_a_new_workbook_is_a_case_without_problems(tmp_path, monitoring):
    made = new_case(tmp_path / "Night buses.xlsx", monitoring=monitoring)
    case = read_case(made)
    assert case_problems(case) == ()
    assert case.id == "Night-buses"
    folder = read_case(new_case(tmp_path / "folder", monitoring=monitoring))
    assert case.hashes == folder.hashes | {"words": case.hashes["words"]}
    assert case.waves == folder.waves
    assert [one.id for one in case.analyses] == [one.id for one in folder.analyses]
    assert list(tmp_path.glob(".*")) == []


def test_choices_have_drop_downs_and_headings_have_notes(tmp_path):
    book = openpyxl.load_workbook(new_case(tmp_path / "a.xlsx"))
    units = book["units"]
    lists = {str(one.sqref): one.formula1 for one in units.data_validations.dataValidation}
    role = CATALOGUE["units"].column("role")
    letter = next(cell.column_letter for cell in units[1] if cell.value == "role")
    assert lists[f"{letter}2:{letter}1001"] == '"' + ",".join(role.choices) + '"'
    for name in ("units", "adoptions", "ties"):
        for cell in book[name][1]:
            assert CATALOGUE[name].column(cell.value).description in cell.comment.text
    assert {"case", "waves", "analyses", "sheets", "words"} <= set(book.sheetnames)


def test_a_date_typed_into_it_stays_what_was_typed(tmp_path):
    book = openpyxl.load_workbook(new_case(tmp_path / "a.xlsx"))
    times = next(cell for cell in book["adoptions"][1] if cell.value == "time")
    assert book["adoptions"].column_dimensions[times.column_letter].width > 10
    assert book["adoptions"].cell(2, times.column).number_format == "@"


def test_the_comment_of_somebody_else_is_still_told(tmp_path):
    made = new_case(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(made)
    book["units"]["A2"].comment = Comment("ask Ash", "Birch")
    book.save(tmp_path / "b.xlsx")
    told = [problem for problem in read_case(tmp_path / "b.xlsx").problems if problem.rule == "cell-comment"]
    assert [(problem.row, problem.column) for problem in told] == [(2, "unit")]


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"mine")
    with pytest.raises(CaseError, match="exists already"):
        new_case(tmp_path / "a.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == b"mine"
