"""Small cases on disk for the tests of reading, and short ways to ask what was found."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from diffuscope.case import Case
from diffuscope.records import Problem

SETTINGS = """format = 1
id = "toy"
title = "A toy case"
licence = "CC0-1.0"

[waves]
2022 = "2022-12"
2023 = "2023-12"

[[analysis]]
id = "spread"
question = "How did the plan spread?"
policies = ["plan"]
units = "city"
period = "year"
window = ["2014", "2023"]
"""
UNITS = (
    ("unit", "name", "kind", "role", "lat", "lon"),
    ("hn", "Hà Nội", "city", "adopter", "21.03", "105.85"),
    ("sg", "Singapore", "city", "adopter", "1.35", "103.8"),
    ("jp", "Japan", "state", "promoter", "", ""),
)
POLICIES = (("policy", "name", "group"), ("plan", "A plan", "plans"), ("law", "A law", "plans"))
ADOPTIONS = (
    ("unit", "policy", "time", "source"),
    ("sg", "plan", "2014", "p. 1"),
    ("hn", "plan", "2018-07", "p. 2; see also\nnote 3"),
)
TABLES = {"units": UNITS, "policies": POLICIES, "adoptions": ADOPTIONS}


def text(rows, delimiter: str = ",", end: str = "\n") -> str:
    """Rows as a spreadsheet would save them."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    return out.getvalue()


def write(folder: Path, settings: str | None = SETTINGS, **tables: object) -> Path:
    """A case folder of the toy's tables; text and bytes are written as they are, None is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    if settings is not None:
        (folder / "case.toml").write_text(settings, encoding="utf-8")
    for name, rows in {**TABLES, **tables}.items():
        if rows is not None:
            content = (
                rows if isinstance(rows, bytes) else (rows if isinstance(rows, str) else text(rows)).encode()
            )
            (folder / f"{name}.csv").write_bytes(content)
    return folder


def one(case: Case, rule: str) -> Problem:
    """The only problem of a rule."""
    found = [problem for problem in case.problems if problem.rule == rule]
    assert len(found) == 1, case.problems
    return found[0]


def rules(case: Case) -> list[str]:
    return [problem.rule for problem in case.problems]


def place(problem: Problem) -> tuple[object, ...]:
    return problem.file, problem.row, problem.column, problem.value
