"""Ceilings on size, and the habits a reader may rely on."""

from __future__ import annotations

import ast
import re
import tokenize
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "diffuscope"
FILES = sorted(PACKAGE.rglob("*.py"))
FILE_LINES, FUNCTION_LINES, MECHANISM_LINES = 300, 40, 60
WRITES = {
    "write_text", "write_bytes", "mkdir", "unlink", "replace_file", "rmtree",
    "write_csv", "write_parquet", "write_json", "touch", "symlink_to",
}  # fmt: skip
MAY_WRITE = {"case", "report", "compute"}

every_file = pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))


def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def code_lines(file: Path) -> set[int]:
    """Lines that hold code: no blanks, comments or docstrings."""
    quiet = (
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    )
    lines: set[int] = set()
    with tokenize.open(file) as opened:
        for token in tokenize.generate_tokens(opened.readline):
            if token.type not in quiet:
                lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(tree_of(file)):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


@every_file
def test_files_and_functions_stay_small(file):
    lines = code_lines(file)
    ceiling = (
        MECHANISM_LINES
        if file.parent.name == "mechanisms" and file.stem not in ("base", "__init__")
        else FILE_LINES
    )
    assert len(lines) <= ceiling
    long = {
        function.name: len(lines & set(range(function.lineno, (function.end_lineno or 0) + 1)))
        for function in functions(tree_of(file))
    }
    assert {name: count for name, count in long.items() if count > FUNCTION_LINES} == {}


@every_file
def test_public_functions_say_what_they_take(file):
    public = [function for function in functions(tree_of(file)) if not function.name.startswith("_")]
    assert [function.name for function in public if function.args.kwarg is not None] == []


@every_file
def test_no_error_is_swallowed(file):
    silent = [
        handler.lineno
        for handler in ast.walk(tree_of(file))
        if isinstance(handler, ast.ExceptHandler)
        and (handler.type is None or all(isinstance(line, (ast.Pass, ast.Continue)) for line in handler.body))
    ]
    assert silent == []


@every_file
def test_only_the_command_prints(file):
    if file.is_relative_to(PACKAGE / "cli"):
        return
    calls = [node for node in ast.walk(tree_of(file)) if isinstance(node, ast.Call)]
    assert [
        call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"
    ] == []


@every_file
def test_chance_comes_from_a_generator_that_was_handed_over(file):
    text = file.read_text(encoding="utf-8")
    assert re.search(r"^\s*import random\b", text, re.M) is None
    named = {
        node.attr
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "random"
    }
    assert named <= {"default_rng", "Generator", "SeedSequence", "PCG64"}


@every_file
def test_only_the_doors_write(file):
    room = file.relative_to(PACKAGE).parts[0]
    if room in MAY_WRITE or file.is_relative_to(PACKAGE / "cli"):
        return
    named = {node.attr for node in ast.walk(tree_of(file)) if isinstance(node, ast.Attribute)}
    allowed = {"write_parquet"} if room == "result.py" else set()  # into memory, not into a file
    assert named & WRITES <= allowed


def test_no_drawer_for_odds_and_ends():
    names = {part.removesuffix(".py") for file in FILES for part in file.relative_to(PACKAGE).parts}
    assert names & {"utils", "util", "helpers", "common", "misc", "tools"} == set()
