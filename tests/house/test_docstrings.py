"""Every public module, function and class has a docstring that says what it takes and gives."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path

from doc_pages import PACKAGE, text_of
from numpydoc.validate import validate

import diffuscope

MISSING = {
    "GL08": "no docstring",
    "SS01": "no summary",
    "PR01": "a parameter is not described",
    "PR02": "a parameter that does not exist",
    "PR03": "parameters in another order",
    "RT01": "the return value is not described",
}


def doors() -> list[str]:
    """Functions and classes that a room hands to others: its `__all__`."""
    found = {f"diffuscope.{name}" for name in diffuscope.__all__}
    for info in pkgutil.iter_modules([str(PACKAGE)]):
        if info.ispkg:
            room = importlib.import_module(f"diffuscope.{info.name}")
            found |= {f"diffuscope.{info.name}.{name}" for name in getattr(room, "__all__", ())}
    return sorted(found)


def resolved(name: str) -> object:
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def test_every_door_says_what_it_takes_and_gives():
    found = {}
    for name in doors():
        door = resolved(name)
        if inspect.isfunction(door):
            few = len(inspect.signature(door).parameters) <= 1
            public = name.removeprefix("diffuscope.") in diffuscope.__all__
            told_by_the_summary = {"RT01"} if not public or few else set()
            told_by_the_summary |= {"PR01"} if few and not public else set()
            codes = {code for code, _ in validate(name)["errors"]} & set(MISSING) - told_by_the_summary
            found[name] = sorted(MISSING[code] for code in codes)
    assert {name: missing for name, missing in found.items() if missing} == {}


def bare(file: Path) -> list[str]:
    """What is public in a file and has no docstring."""
    tree = ast.parse(text_of(file))
    found = [] if ast.get_docstring(tree) or file.stem == "__main__" else ["the module"]
    for node in tree.body:
        inside = node.body if isinstance(node, ast.ClassDef) else []
        for part in [node, *inside]:
            public = isinstance(part, (ast.FunctionDef, ast.ClassDef)) and not part.name.startswith("_")
            hidden = isinstance(node, ast.ClassDef) and node.name.startswith("_")
            hidden = hidden or getattr(part, "name", "") == "Meta"  # how Django's models keep their settings
            if public and not hidden and not ast.get_docstring(part):
                found.append(part.name)
    return found


def test_everything_public_has_a_docstring():
    files = [file for file in sorted(PACKAGE.rglob("*.py")) if not file.name.startswith("0001_")]  # by Django
    found = {str(file.relative_to(PACKAGE)): bare(file) for file in files}
    assert {file: names for file, names in found.items() if names} == {}
