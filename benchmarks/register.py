"""The register of a large network: 130 states, 13,000 cities, 100,000 projects in a wave.

Prints seconds for a state's workbook, its take-in as it was written and as people send it, the status of the
wave and the export of a case, each next to its budget. SMALL=1 takes a tenth of the states; DATABASE_URL is
that of an empty database of PostgreSQL.
"""

from __future__ import annotations

import csv
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from diffuscope import register

if TYPE_CHECKING:
    from collections.abc import Callable

STATES = 13 if os.environ.get("SMALL") else 130
CITIES, PROJECTS = 100, 770
"""Of one state."""
HEADINGS = 5
"""Row of the headings in a form."""
STATUSES = ("planning", "ongoing", "completed")
BUDGETS = {
    "form of one state": 5.0,
    "take-in of one state": 5.0,
    "take-in, messy": 5.0,
    "status": 1.0,
    "export": 60.0,
}


def write_case(folder: Path) -> None:
    """An invented network with one wave."""
    folder.mkdir()
    text = 'format = 1\nid = "large"\ntitle = "Large"\nlicence = "CC0-1.0"\n\n[waves]\n2025 = "2025-09-30"\n'
    (folder / "case.toml").write_text(text, encoding="utf-8")
    with (folder / "units.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(("unit", "name", "kind", "role", "parent", "source"))
        for state in range(STATES):
            out.writerow((f"s{state}", f"State number {state:03}", "state", "other", "", "invented"))
            for city in range(CITIES):
                row = (
                    f"s{state}-c{city}",
                    f"City {state:03}-{city:03}",
                    "city",
                    "adopter",
                    f"s{state}",
                    "invented",
                )
                out.writerow(row)
    with (folder / "areas.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("area", "source"), *((f"Area {at}", "invented") for at in range(6))])
    with (folder / "projects.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        head = ("wave", "project", "unit", "title", "area", "status", "status_basis", "link_basis", "source")
        out.writerow(head)
        for state in range(STATES):
            for at in range(PROJECTS):
                unit, title = f"s{state}-c{at % CITIES}", f"Project {state:03}-{at:03} of invented work"
                cells = (f"Area {at % 6}", STATUSES[at % 3], "reported", "judged", "invented")
                out.writerow(("2025", f"s{state}-p{at}", unit, title, *cells))


def messy(file: Path) -> Path:
    """A form as it comes back: other spellings, local dates, no keys in two rows of three, longer titles."""
    import openpyxl

    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[HEADINGS]}
    for row in range(HEADINGS + 1, HEADINGS + 1 + PROJECTS):
        cells = {"Status": "On-going", "Start": "30.9.2026", "% complete": 0.4}
        if row % 3 == 1:
            cells = {"Register key": None, "Project title": f"{sheet.cell(row, 3).value} phase II"}
        if row % 3 == 2:
            cells = {
                "Register key": None,
                "City": str(sheet.cell(row, 2).value).upper(),
                "Status": "COMPLETED",
            }
        for heading, value in cells.items():
            sheet.cell(row, columns[heading]).value = value
    book.save(file)
    return file


def timed(name: str, does: Callable[[], object]) -> object:
    begun = time.perf_counter()
    made = does()
    took = time.perf_counter() - begun
    budget = BUDGETS.get(name)
    print(f"{name:<24} {took:7.2f} s" + ("" if budget is None else f"  (budget {budget:g} s)"), flush=True)
    return made


def main() -> None:
    """Make the network, and time what an officer does."""
    with tempfile.TemporaryDirectory() as work:
        case, folder = Path(work) / "case", Path(work) / "register"
        write_case(case)
        timed("new from the case", lambda: register.new_register(folder, person="a", source=case))
        timed("open", lambda: register.open_wave(folder, "2026", due="2026-09-30", person="a"))
        for state in ("s0", "s1"):  # the first of each pays for imports
            files = timed(
                "form of one state",
                lambda s=state: register.write_forms(folder, "2026", person="a", members=[s]),
            )
            timed("take-in of one state", lambda f=files: register.take_in(folder, f, person="a"))
        [file] = register.write_forms(folder, "2026", person="a", members=["s2"])
        messy(file)
        timed("take-in, messy", lambda: register.take_in(folder, [file], person="a"))
        timed("status", lambda: register.status(folder, "2025", person="a"))
        timed("status", lambda: register.status(folder, "2026", person="a"))
        timed("export", lambda: register.export_case(folder, Path(work) / "out"))
        timed("check", lambda: register.check_register(folder))


if __name__ == "__main__":
    main()
