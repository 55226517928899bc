"""Odd cases through the front door, run and report: a few of those that `python -m verify.fuzz` tries."""

from __future__ import annotations

import sys

import pytest
from verify.fuzz.bases import Draft
from verify.fuzz.mutants import MUTANTS
from verify.fuzz.tried import draft_of, tried, write

SEED = 7


@pytest.mark.parametrize("numbers", [range(0, 20), range(20, 40)], ids=str)
def test_odd_cases_are_checked_without_a_fault(numbers, tmp_path):
    found = [tried(number, SEED, tmp_path / str(number), run=False) for number in numbers]
    assert [one for one in found if one.fault] == []
    assert {one.end for one in found} >= {"errors", "checked"}


def test_odd_cases_run_and_are_reported_without_a_fault(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", "")  # pictures are painted here
    found = [tried(number, SEED, tmp_path / str(number), run=True) for number in range(100, 112)]
    assert [one for one in found if one.fault] == []
    assert "ran" in {one.end for one in found}


def test_every_mutant_is_met_and_the_same_number_is_the_same_case():
    met = {name for number in range(400) for name in draft_of(number, SEED).done}
    assert met == {one.__name__ for one in MUTANTS}
    assert draft_of(5, SEED).tables == draft_of(5, SEED).tables


def test_a_fault_is_found(tmp_path, monkeypatch):
    def loses_a_row(draft: Draft, folder):
        write(draft, folder)
        for name, rows in draft.tables.items():
            draft.tables[name] = [*rows, dict(rows[0])] if rows else rows

    monkeypatch.setattr("verify.fuzz.tried.write", loses_a_row)
    assert any(
        "rows written" in tried(number, SEED, tmp_path / str(number), run=False).fault for number in range(5)
    )
