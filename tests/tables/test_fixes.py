"""No printed fix drops a row, a column or a file, or changes what the data mean."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import diffuscope
from diffuscope.tables.catalogue import CATALOGUE

PACKAGE = Path(diffuscope.__file__).parent
ROOMS = ("tables", "case", "study", "monitoring", "evidence")
DROPS = re.compile(
    r"\b(remove|delete|drop|discard|throw away|take out)\b[^;.]*"
    r"\b(rows?|columns?|sheet|it|them|one|edges?|ties?)\b"
    r"|\bkeep one of the two\b"
)
HOLDS_NOTHING = (
    "delete the row",  # an empty one
    "delete the empty rows",
    "remove empty columns",
    "remove the file",  # an empty one
    "remove the sheet",
    "delete it and freeze the questions again",  # a record that is none
    "delete it to freeze the questions again",
    "remove the repeated id",
)


def fixes():
    """Texts of the code that are no docstrings and tell somebody what to do."""
    for file in sorted(path for room in ROOMS for path in (PACKAGE / room).rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
                yield file.relative_to(PACKAGE), node.value


def test_no_fix_of_the_code_drops_anything_but_what_is_empty():
    found = [
        (str(file), text)
        for file, text in fixes()
        if DROPS.search(text) and not any(harmless in text for harmless in HOLDS_NOTHING)
    ]
    assert found == []


@pytest.mark.parametrize("table", CATALOGUE)
def test_no_rule_of_a_table_drops_a_row(table):
    assert not [rule.name for rule in CATALOGUE[table].rules if DROPS.search(rule.fix)]


@pytest.mark.parametrize(
    "text", ["remove one of the two rows", "delete the column", "correct it, or remove it"]
)
def test_such_a_fix_would_be_found(text):
    assert DROPS.search(text)
