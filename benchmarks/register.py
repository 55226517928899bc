"""The register of a large network: 130 states, 13,000 cities, 100,000 projects in a wave.

Prints seconds for a state's workbook, its take-in as it was written and as people send it, the status of the
wave and the export of a case, each next to its budget; then every page that lists rows, for the role whose
page costs most: milliseconds of CPU, of them those of the server of PostgreSQL, and by the clock, the least
of three; queries and kilobytes. SMALL=1 takes a tenth of the states. ``python benchmarks/register.py
--postgresql`` starts a server of its own; with DATABASE_URL, that of an empty database, it uses that one.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.invented_network import Size, fill, pages_read, write_case

from diffuscope import register
from diffuscope.register.database import opened

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = Size(states=13 if os.environ.get("SMALL") else 130, cities=100, projects=770)
HEADINGS = 5
"""Row of the headings in a form."""
BUDGETS = {
    "form of one state": 5.0,
    "take-in of one state": 5.0,
    "take-in, messy": 5.0,
    "status": 1.0,
    "export": 60.0,
}
PAGE = 300
"""Milliseconds of CPU of any page, for any role, on either database."""


def messy(file: Path) -> Path:
    """A form as it comes back: other spellings, local dates, no keys in two rows of three, longer titles."""
    import openpyxl

    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[HEADINGS]}
    for row in range(HEADINGS + 1, HEADINGS + 1 + SIZE.projects):
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


def pages(folder: Path) -> None:
    """Every page that lists rows, as the role sees it that costs most."""
    with opened(folder):
        slowest: dict[str, tuple[float, float, float, str, int, int]] = {}
        for one in pages_read():
            costs = min(_milliseconds(lambda one=one: one.browser.get(one.page)) for _ in range(3))
            seen = (*costs, one.role, one.queries, one.size // 1000)
            slowest[one.page] = max(slowest.get(one.page, seen), seen)
    for page, (cpu, server, took, role, count, size) in sorted(slowest.items(), key=lambda one: -one[1][0]):
        over = "  over its budget" if cpu > PAGE else ""
        costs = f"{cpu:6.0f} ms CPU, of them {server:4.0f} of the server, {took:6.0f} by the clock"
        print(f"{page:<32} {role:<15} {costs} {count:3} queries {size:4} kB{over}", flush=True)


def _milliseconds(does: Callable[[], object]) -> tuple[float, float, float]:
    """Of CPU, in this process and in that of PostgreSQL which serves it; of the latter; and by the clock."""
    begun = _clocks()
    does()
    own, server, took = (1000 * (end - start) for start, end in zip(begun, _clocks(), strict=True))
    return own + server, server, took


def _clocks() -> tuple[float, float, float]:
    return time.process_time(), _server_cpu(), time.perf_counter()


def _server_cpu() -> float:
    """Seconds of CPU of the process of PostgreSQL behind this connection, on this machine under Linux."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return 0.0
    connection.ensure_connection()
    process = connection.connection.info.backend_pid
    return int(Path(f"/proc/{process}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9


def main() -> None:
    """Make the network, and time what an officer does and everybody sees."""
    with ExitStack() as stack:
        if "--postgresql" in sys.argv:
            sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "register"))
            from postgresql import database, server

            url = stack.enter_context(server(durable=True))
            alone = "options=-c%20jit%3Doff%20-c%20max_parallel_workers_per_gather%3D0"  # CPU of one process
            os.environ["DATABASE_URL"] = f"{stack.enter_context(database(url, 'large'))}?{alone}"
        _timed_all(Path(stack.enter_context(tempfile.TemporaryDirectory())))


def _timed_all(work: Path) -> None:
    case, folder = work / "case", work / "register"
    write_case(case, SIZE)
    timed("new from the case", lambda: register.new_register(folder, person="sari", source=case))
    timed("open", lambda: register.open_wave(folder, "2026", due="2026-09-30", person="sari"))
    for state in ("s0", "s1"):  # the first of each pays for imports
        files = timed(
            "form of one state",
            lambda s=state: register.write_forms(folder, "2026", person="sari", members=[s]),
        )
        timed("take-in of one state", lambda f=files: register.take_in(folder, f, person="sari"))
    [file] = register.write_forms(folder, "2026", person="sari", members=["s2"])
    messy(file)
    timed("take-in, messy", lambda: register.take_in(folder, [file], person="sari"))
    timed("status", lambda: register.status(folder, "2025", person="sari"))
    timed("status", lambda: register.status(folder, "2026", person="sari"))
    timed("export", lambda: register.export_case(folder, work / "out"))
    timed("check", lambda: register.check_register(folder))
    timed("rows for the screens", lambda: fill(folder))
    pages(folder)


if __name__ == "__main__":
    main()
