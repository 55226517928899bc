"""Which room may import which. Imports inside functions and for type checking count as well."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "src" / "diffuscope"
EVERYBODY = {"records", "errors"}
MAY_IMPORT: dict[str, set[str]] = {
    "records": set(),
    "errors": set(),
    "result": {"upgrades"},
    "upgrades": set(),
    "gazetteer": set(),
    "tables": {"gazetteer"},
    "ties": {"tables"},
    "compute": set(),
    "figures": {"gazetteer"},
    "case": {"tables"},
    "mechanisms": {"ties"},
    "models": {"panel", "compute"},
    "descriptives": {"ties", "panel", "compute"},
    "networks": {"ties", "panel", "models", "compute", "descriptives", "figures"},
    "safeguards": {"simulate", "models", "panel", "ties", "mechanisms", "compute"},
    "simulate": {"ties", "panel", "models", "compute"},
    "monitoring": {"tables"},
    "panel": {"tables", "ties", "mechanisms", "compute"},
    "evidence": {"tables", "mechanisms", "compute"},
    "verdicts": set(),
    "report": {"result", "figures", "compute"},
    "study": {
        "case",
        "tables",
        "ties",
        "mechanisms",
        "panel",
        "models",
        "safeguards",
        "networks",
        "compute",
        "evidence",
        "verdicts",
        "monitoring",
        "result",
    },
    "importing": {"gazetteer", "tables", "case", "panel", "mechanisms", "study"},
    "register": {"tables", "case", "study", "report", "result"},
    "cli": {"importing", "study", "case", "networks", "compute", "report", "result", "register"},
    "__main__": {"cli"},
}


def room_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names = [node.module or ""]
            if node.module == "diffuscope":
                names = [f"diffuscope.{name.name}" for name in node.names]
        elif isinstance(node, ast.Import):
            names = [name.name for name in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("diffuscope.")}
    return found


FILES = sorted(file for file in PACKAGE.rglob("*.py") if file != PACKAGE / "__init__.py")


@cache
def imported(file: Path) -> set[str]:
    """Rooms that a file imports; read when a test asks, as every process of the tests reads this module."""
    return imported_rooms(file.read_text(encoding="utf-8"))


def test_a_room_imports_only_what_it_may():
    assert {room_of(file) for file in FILES} - set(MAY_IMPORT) == set(), "rooms without a place in the table"
    forbidden = {
        str(file.relative_to(PACKAGE)): found
        for file in FILES
        if (found := imported(file) - MAY_IMPORT[room_of(file)] - EVERYBODY - {room_of(file)})
    }
    assert forbidden == {}


def test_no_room_has_a_right_that_it_does_not_use():
    used: dict[str, set[str]] = {}
    for file in FILES:
        used.setdefault(room_of(file), set()).update(imported(file))
    assert {room: may - used[room] for room, may in MAY_IMPORT.items() if may - used[room]} == {}


def test_the_test_sees_imports_wherever_they_stand():
    lines = [
        "import diffuscope.case",
        "def f():",
        "    from diffuscope.report import page",
        "    from diffuscope import cli",
    ]
    source = "\n".join(lines)
    assert imported_rooms(source) == {"case", "report", "cli"}


def test_every_room_of_the_table_exists():
    assert {room_of(file) for file in FILES} == set(MAY_IMPORT)


def test_the_command_reads_no_room_before_it_is_asked_for_one():
    """`--help` answers at once: what a command needs is imported in its function."""
    early = {
        f"{file.name}: {node.module}"
        for file in (PACKAGE / "cli").glob("*.py")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("diffuscope.")
        if node.module.split(".")[1] not in ("cli", "errors")
    }
    assert early == set()


def test_no_public_name_of_a_room_is_that_of_a_file_in_it():
    """Once such a file is imported, Python shows the file in the place of the name."""
    found = set()
    for init in PACKAGE.glob("*/__init__.py"):
        for node in ast.parse(init.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_HOME":
                names = ast.literal_eval(node.value)
                found |= {
                    f"{init.parent.name}.{name}" for name in names if (init.parent / f"{name}.py").exists()
                }
    assert found == set()


def test_modules_of_tests_have_names_of_their_own():
    """Tests import each other by their bare names: of two of one name, whichever comes first would count."""
    found: dict[str, list[str]] = {}
    for file in (PACKAGE.parents[1] / "tests").rglob("*.py"):
        if file.name not in ("conftest.py", "__init__.py"):
            found.setdefault(file.name, []).append(file.parent.name)
    assert {name: places for name, places in found.items() if len(places) > 1} == {}
