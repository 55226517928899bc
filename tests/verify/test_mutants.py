"""The list of mutants is true to the code: each fault can be put in, and the test that must see it exists."""

from __future__ import annotations

import ast

import pytest
from verify.mutants import MUTANTS, ROOT, Mutant, attempt, mutated

ROOMS = {
    "models", "panel", "ties", "safeguards", "evidence", "verdicts", "monitoring", "case", "report", "study",
    "records",
}  # fmt: skip


def test_every_fault_can_be_put_in_and_leaves_a_file_that_can_be_read():
    assert len(MUTANTS) >= 30
    assert len({(one.file, one.old) for one in MUTANTS}) == len(MUTANTS)
    for one in MUTANTS:
        changed = mutated(one)  # refuses a text that does not stand there once
        if one.file.endswith(".py"):
            ast.parse(changed)


def test_every_room_has_mutants():
    assert {one.file.partition("/")[0] for one in MUTANTS} >= ROOMS


def test_every_test_that_must_see_a_fault_exists():
    for one in MUTANTS:
        file, _, name = one.test.partition("::")
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        named = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert name in named, one.test


@pytest.mark.parametrize(("instead", "caught"), [('"-"', True), ('"\\N{MINUS SIGN}"  # as before', False)])
def test_a_mutant_is_caught_where_its_test_fails_and_only_there(instead, caught, tmp_path):
    one = Mutant(
        "records/numbers.py",
        'MINUS = "\\N{MINUS SIGN}"',
        f"MINUS = {instead}",
        "tests/records/test_numbers.py",
    )
    assert attempt(one, tmp_path / "tried").caught is caught
    assert not (tmp_path / "tried").exists()


def test_a_text_that_does_not_stand_there_once_is_refused():
    with pytest.raises(ValueError, match="not once"):
        mutated(Mutant("records/numbers.py", "MINUS", "PLUS", "tests/records/test_numbers.py"))
