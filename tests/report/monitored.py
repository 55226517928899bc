"""Results with a register, studied once: the example of a register, and the founding case."""

from __future__ import annotations

import csv
import re
from functools import cache
from html import unescape
from pathlib import Path

import msgspec

from diffuscope.case import new_case, read_case
from diffuscope.records import AuditRow, Frame, Place
from diffuscope.report.names import Names
from diffuscope.report.page import page
from diffuscope.report.tables import out_tables
from diffuscope.result import Result
from diffuscope.study import run_study

ROOT = Path(__file__).parents[2]
FOUNDING = ROOT / "src" / "diffuscope" / "cases" / "asean-smart-cities"
EXAMPLE = ROOT / "src" / "diffuscope" / "case" / "register"


@cache
def founding() -> Result:
    """The register and the audit of the founding case."""
    return run_study(read_case("asean-smart-cities"), parts=("monitoring", "audit"))


def example(folder: Path) -> Result:
    """The example of a register, as `new --monitoring` writes it."""
    new_case(folder, monitoring=True)
    return run_study(read_case(folder))


def html(result: Result) -> str:
    """The page without figures and without the script that draws them."""
    return page(result, Names(result), (), out_tables(result), "").decode()


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    """Rows of a table as they stand in the file, with their number as a spreadsheet shows it."""
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return [{**row, "row": str(at)} for at, row in enumerate(csv.DictReader(file), start=2)]


def section(text: str, name: str) -> str:
    """One section of the page, from its heading to the next part; empty where there is none."""
    found = re.search(rf'<section id="{name}".*?(?=<section id="|</main>)', text, re.S)
    return found[0] if found else ""


def words(fragment: str) -> str:
    """What a reader sees of a piece of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", fragment)).split())


def changed(result: Result, table: str, column: str, value: object) -> Result:
    """The result with one value in every row of one column."""
    frame = result.frames[table]
    at = frame.columns.index(column)
    cells = tuple((*row[:at], value, *row[at + 1 :]) for row in frame.rows)
    new = Frame(columns=frame.columns, rows=cells, n=frame.n)
    return msgspec.structs.replace(result, frames={**result.frames, table: new})


def check(number: int, **said: object) -> AuditRow:
    """One check of a printed figure, made by hand."""
    made = {
        "id": f"check-{number}",
        "document": "report-2025",
        "kind": "counted",
        "outcome": "differs",
        "description": f"Printed {number}; the register gives {number + 1}.",
        "printed": str(number),
        "computed": str(number + 1),
        "rows": (Place(table="published", file="published.csv", row=number + 2),),
    }
    return AuditRow(**{**made, **said})
