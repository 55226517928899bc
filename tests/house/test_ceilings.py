"""Ceilings on size, and the habits a reader may rely on."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "src" / "diffuscope"
FILES = sorted(PACKAGE.rglob("*.py"))
FILE_LINES, FUNCTION_LINES, MECHANISM_LINES = 300, 40, 60
WRITES = {
    "write_text", "write_bytes", "mkdir", "unlink", "replace_file", "rmtree",
    "write_csv", "write_parquet", "write_json", "touch", "symlink_to",
}  # fmt: skip
MAY_WRITE = {"case", "importing", "report", "compute", "networks", "register"}


def in_every_file(faults: Callable[[Path], object]) -> dict[str, object]:
    """What a rule finds wrong, by file; files in which it finds nothing are left out."""
    return {str(file.relative_to(PACKAGE)): found for file in FILES if (found := faults(file))}


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def code_lines(file: Path) -> set[int]:
    """Lines that hold code: no blanks, comments or docstrings."""
    written = enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
    lines = {at for at, line in written if line.strip() and not line.lstrip().startswith("#")}
    docstrings: set[int] = set()
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and is_text(node.value):
            docstrings |= _lines_of(node)
        elif is_text(node) and node.lineno != node.end_lineno:
            lines |= _lines_of(node)  # lines of a text are code, also blank ones and those that begin with #
    return lines - docstrings


def is_text(node: ast.AST) -> bool:
    """Whether it is a text as it stands, or one that values are put into."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _lines_of(node: ast.expr | ast.stmt) -> set[int]:
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def too_long(file: Path) -> dict[str, int]:
    lines = code_lines(file)
    small = file.parent.name == "mechanisms" and file.stem not in ("base", "__init__")
    long = {
        function.name: len(lines & set(range(function.lineno, (function.end_lineno or 0) + 1)))
        for function in functions(tree_of(file))
    }
    found = {name: count for name, count in long.items() if count > FUNCTION_LINES}
    # a list of the public names, each of them three times; a migration, which Django writes in one piece
    if file == PACKAGE / "__init__.py" or file.parent.name == "migrations":
        return found
    return found | ({"": len(lines)} if len(lines) > (MECHANISM_LINES if small else FILE_LINES) else {})


def test_files_and_functions_stay_small():
    assert in_every_file(too_long) == {}


def with_any_keyword(file: Path) -> list[str]:
    public = [function for function in functions(tree_of(file)) if not function.name.startswith("_")]
    return [function.name for function in public if function.args.kwarg is not None]


def test_public_functions_say_what_they_take():
    assert in_every_file(with_any_keyword) == {}


def silent(file: Path) -> list[int]:
    return [
        handler.lineno
        for handler in ast.walk(tree_of(file))
        if isinstance(handler, ast.ExceptHandler)
        and (handler.type is None or all(isinstance(line, (ast.Pass, ast.Continue)) for line in handler.body))
    ]


def test_no_error_is_swallowed():
    assert in_every_file(silent) == {}


def prints(file: Path) -> list[int]:
    if file.is_relative_to(PACKAGE / "cli"):
        return []
    calls = [node for node in ast.walk(tree_of(file)) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]


def test_only_the_command_prints():
    assert in_every_file(prints) == {}


def global_chance(file: Path) -> set[str]:
    named = {
        node.attr
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "random"
    }
    imported = set(re.findall(r"^\s*import random\b", file.read_text(encoding="utf-8"), re.M))
    return imported | (named - {"default_rng", "Generator", "SeedSequence", "PCG64"})


def test_chance_comes_from_a_generator_that_was_handed_over():
    assert in_every_file(global_chance) == {}


def writes(file: Path) -> set[str]:
    room = file.relative_to(PACKAGE).parts[0]
    if room in MAY_WRITE or file.is_relative_to(PACKAGE / "cli"):
        return set()
    named = {node.attr for node in ast.walk(tree_of(file)) if isinstance(node, ast.Attribute)}
    allowed = {"write_parquet"} if room == "result.py" else set()  # into memory, not into a file
    return (named & WRITES) - allowed


def test_only_the_doors_write():
    assert in_every_file(writes) == {}


def test_these_rules_find_what_breaks_them(tmp_path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.PACKAGE", tmp_path)
    wrong = tmp_path / "ties" / "wrong.py"
    wrong.parent.mkdir()
    body = "\n".join(f"    x = {at}" for at in range(41))
    wrong.write_text(
        f"import random\ndef f(**more):\n{body}\n    try:\n        print(np.random.rand())\n"
        "    except ValueError:\n        pass\n    p.write_text('')\n"
    )
    assert too_long(wrong) == {"f": 47}
    assert with_any_keyword(wrong) == ["f"]
    assert len(silent(wrong)) == len(prints(wrong)) == 1
    assert global_chance(wrong) == {"import random", "rand"}
    assert writes(wrong) == {"write_text"}


def test_no_drawer_for_odds_and_ends():
    names = {part.removesuffix(".py") for file in FILES for part in file.relative_to(PACKAGE).parts}
    assert names & {"utils", "util", "helpers", "common", "misc", "tools"} == set()


def test_what_nobody_calls_is_not_there():
    """A check that no caller reaches is a promise that is not kept."""
    words = Counter(
        word
        for ending in ("*.py", "*.html", "*.typ", "*.toml")
        for file in PACKAGE.rglob(ending)
        for word in re.findall(r"\w+", file.read_text(encoding="utf-8"))
    )
    shown = "".join(file.read_text(encoding="utf-8") for file in (PACKAGE.parents[1] / "docs").rglob("*.md"))
    others = {"import_", "_repr_svg_"}  # of the command, and of notebooks
    others |= {"pre_save", "AnyOf", "get_prep_lookup", "as_sql", "as_postgresql"}  # of Django
    asked = set(re.findall(r"\w+", shown)) | others
    assert in_every_file(
        lambda file: [
            node.name
            for node in ast.walk(tree_of(file))
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name not in asked
            if words[node.name] == 1 and not node.name.startswith("__")
        ]
    ) == {}  # fmt: skip
