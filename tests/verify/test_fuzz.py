"""Odd cases through the front door, run and reports: a few of those that `python -m verify.fuzz` tries."""

from __future__ import annotations

import sys
import time
import warnings
from functools import cache

import msgspec
import numpy as np
import pytest
from verify.fuzz import faults
from verify.fuzz import tried as trying
from verify.fuzz.bases import BASES, sound
from verify.fuzz.mutants import MUTANTS
from verify.fuzz.sheet_mutants import ODD
from verify.fuzz.tried import draft_of, tried
from verify.fuzz.written import write

from diffuscope.case import read_case
from diffuscope.report.write import report_files
from diffuscope.study import case_problems

SEED = 7


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """Pictures are painted in this process."""
    monkeypatch.setattr(sys, "executable", "")


@cache
def files_of_register() -> dict[str, bytes]:
    """The report of that case, drawn once: nothing that is planted in these tests changes its figures."""
    return report_files(trying.sound_result("register"))


@pytest.fixture
def drawn_once(monkeypatch):
    """The report is the one of the sound case, drawn before anything is planted."""
    files = files_of_register()
    monkeypatch.setattr(trying, "report_files", lambda _: files)


@pytest.fixture
def a_register(monkeypatch):
    """Whatever the number, the case is the sound example of a register."""
    monkeypatch.setattr(trying, "draft_of", lambda *_: sound("register", np.random.default_rng(0)))


def test_odd_cases_are_checked_without_a_fault(tmp_path):
    found = [tried(number, SEED, tmp_path / str(number), run=False) for number in range(16)]
    assert [one for one in found if one.fault] == []
    assert {one.end for one in found} >= {"errors", "checked"}


def test_odd_cases_run_and_are_reported_without_a_fault(tmp_path):
    found = [tried(number, SEED, tmp_path / str(number), run=True) for number in range(100, 104)]
    assert [one for one in found if one.fault] == []
    assert "ran" in {one.end for one in found}


def test_every_base_mutant_and_odd_sheet_is_met_and_the_same_number_is_the_same_case():
    drafts = [draft_of(number, SEED) for number in range(900)]
    assert {name for draft in drafts for name in draft.done} == {one.__name__ for one in MUTANTS}
    assert {draft.kind for draft in drafts} == set(BASES)
    assert {odd for draft in drafts for odd in draft.sheets} == set(ODD)
    assert draft_of(5, SEED).tables == draft_of(5, SEED).tables


@pytest.mark.parametrize("kind", sorted(BASES))
@pytest.mark.parametrize("workbook", [False, True])
def test_what_mutants_begin_from_is_sound(kind, workbook, tmp_path):
    draft = sound(kind, np.random.default_rng(3))
    draft.workbook, draft.sheets = workbook, {"settings in sheets"} if workbook else set()
    case = read_case(write(draft, tmp_path / "case"))
    assert [one for one in case_problems(case) if one.level == "error"] == []
    assert faults.lost_rows(draft, case, []) == ""


def test_a_total_below_a_table_is_counted_as_set_aside_where_a_warning_names_it(tmp_path):
    draft = sound("register", np.random.default_rng(3))
    draft.workbook = True
    draft.tables["projects"].append({draft.columns("projects")[0]: "Total"})
    case = read_case(write(draft, tmp_path / "case"))
    assert faults.lost_rows(draft, case, case_problems(case)) == ""
    assert faults.lost_rows(draft, case, []).startswith("projects: ")


def fault(folder, *, run=True) -> str:
    return tried(0, SEED, folder / "case", run=run).fault


def test_a_sound_case_has_no_fault(a_register, tmp_path):
    found = tried(0, SEED, tmp_path / "case", run=True)
    assert (found.end, found.fault) == ("ran", "")


def test_a_row_that_is_lost_at_the_door_is_found(a_register, tmp_path, monkeypatch):
    def loses(folder):
        case = read_case(folder)
        case.tables["projects"] = case.tables["projects"].head(-1)
        return case

    monkeypatch.setattr(trying, "read_case", loses)
    assert "projects: 15 rows written, 14 read" in fault(tmp_path, run=False)


def test_a_table_that_is_not_read_without_a_word_is_found(a_register, tmp_path, monkeypatch):
    def loses(folder):
        (folder / "returns.csv").unlink()
        return read_case(folder)

    monkeypatch.setattr(trying, "read_case", loses)
    assert "returns: 2 rows written, not read, and nothing told" in fault(tmp_path, run=False)


@pytest.mark.usefixtures("drawn_once")
def test_a_row_that_is_lost_in_the_result_is_found(a_register, tmp_path, monkeypatch):
    made = trying.run_study

    def loses(case, **asked):
        result = made(case, **asked)
        totals = result.frames["wave_totals"]
        rows = tuple((*row[:2], row[2] - 1, *row[3:]) for row in totals.rows)
        frames = {**result.frames, "wave_totals": msgspec.structs.replace(totals, rows=rows)}
        return msgspec.structs.replace(result, frames=frames)

    monkeypatch.setattr(trying, "run_study", loses)
    assert "wave 2023: 3 of 4 projects" in fault(tmp_path)


def raises(*_, **__):
    return 1 / 0


@pytest.mark.usefixtures("drawn_once")
@pytest.mark.parametrize("part", ["read_case", "case_problems", "run_study", "report_files", "in_editions"])
def test_a_traceback_is_found_wherever_it_comes_from(a_register, tmp_path, monkeypatch, part):
    trying.sound_result("register")
    monkeypatch.setattr(trying, part, raises)
    assert "ZeroDivisionError" in fault(tmp_path)


@pytest.mark.usefixtures("drawn_once")
@pytest.mark.parametrize("part", ["write_edition", "compare"])
def test_a_traceback_of_an_edition_or_a_comparison_is_found(a_register, tmp_path, monkeypatch, part):
    monkeypatch.setattr(faults, part, raises)
    assert "ZeroDivisionError" in fault(tmp_path)


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("result.json", b'{"a": [NaN]}', "the result holds NaN"),
        ("result.json", b'{"sentence": "The share is nan."}', "a sentence says"),
        ("report.html", b"<td>nan</td>", "a page shows"),
    ],
)
def test_a_number_that_is_none_is_found(a_register, tmp_path, monkeypatch, file, content, told):
    monkeypatch.setattr(trying, "report_files", lambda _: {**files_of_register(), file: content})
    assert told in fault(tmp_path)


def computes(_):
    while True:
        pass


@pytest.mark.parametrize("hangs", [computes, lambda _: time.sleep(30)], ids=["computing", "waiting"])
def test_a_case_that_hangs_is_found(a_register, tmp_path, monkeypatch, hangs):
    monkeypatch.setattr(trying, "SLOW", 0.2)
    monkeypatch.setattr(trying, "read_case", hangs)
    assert "longer than 0.2 seconds" in fault(tmp_path, run=False)


def test_a_warning_of_a_library_is_found(a_register, tmp_path, monkeypatch):
    def warns(case):
        warnings.warn("overflow encountered", RuntimeWarning, stacklevel=1)
        return case_problems(case)

    monkeypatch.setattr(trying, "case_problems", warns)
    assert "raw warning: RuntimeWarning: overflow encountered" in fault(tmp_path, run=False)
