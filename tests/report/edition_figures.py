"""The figures that an edition prints, as rows of `published`: as they stand in it, in its own labels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diffuscope.report.edition.contents import Share, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.report.edition.contents import Cell, Edition, Row, Table

DOCUMENT = "our-edition"
HEAD = (
    *("document", "locator", "quantity", "unit", "area", "sub_area", "status", "wave"),
    *("printed", "value", "decimals"),
)
FIRST = {"areas": 1, "countries": 3}
"""Columns before the numbers."""
REPORTS = ("expected-returns", "returns", "projects", "cities")


def edition_figures(edition: Edition, wave: str, units: dict[str, str]) -> list[dict[str, object]]:
    """Every count and share of the tables of an edition.

    Parameters
    ----------
    edition : Edition
    wave : str
    units : dict of str to str
        Ids of units by name.
    """
    tables = {table.name: table for part in edition.parts for table in part.tables}
    rows = [
        *_statuses(tables["status"], wave),
        *_areas(tables["areas"], wave),
        *_places(tables["countries"], wave, units),
        *_returns(tables["response"], wave, units),
    ]
    for row in tables["reports"].rows if "reports" in tables else ():
        wave, _, expected, received, all_, cities, *by_status = row.cells
        for quantity, cell in zip(REPORTS, (expected, received, all_, cities), strict=True):
            rows += _figure("reports", wave, cell, quantity=quantity)
        for status, cell in zip(tables["reports"].head[6:], by_status, strict=True):
            rows += _figure("reports", wave, cell, status=status)
    return list({tuple(row.items()): row for row in rows}.values())


def _figure(at: str, wave: Cell, cell: Cell, quantity: str = "projects", **about: str) -> Iterator[dict]:
    """A cell as one figure, or as two: a count and its share."""
    printed = re.fullmatch(r"([\d,]+)(?: \((<?\d+ %)\))?", text(cell))
    assert printed, cell
    number, share = printed.groups()
    for what, shown in ((quantity, number), ("share", share if isinstance(cell, Share) else None)):
        if shown is not None:
            digits = re.sub(r"[^0-9]", "", shown)
            made = {"document": DOCUMENT, "locator": at, "quantity": what, "wave": wave, "printed": shown}
            yield {**dict.fromkeys(HEAD, ""), **made, "value": int(digits), "decimals": 0, **about}


def _statuses(table: Table, wave: str) -> Iterator[dict]:
    *rows, total = table.rows
    for row in rows:
        yield from _figure("status", wave, row.cells[1], status=str(row.cells[0]))
    yield from _figure("status", wave, total.cells[1])


def _line(table: Table, row: Row, wave: str, **about: str) -> Iterator[dict]:
    first = FIRST[table.name]
    yield from _figure(table.name, wave, row.cells[first], **about)
    for status, cell in zip(table.head[first + 1 :], row.cells[first + 1 :], strict=True):
        if cell != "–":
            yield from _figure(table.name, wave, cell, status=status, **about)


def _areas(table: Table, wave: str) -> Iterator[dict]:
    for row in table.rows:
        if row.level == 2:
            yield from _line(table, row, wave)
        elif row.cells[0] != "no area named":
            yield from _line(table, row, wave, area=str(row.cells[0]))


def _places(table: Table, wave: str, units: dict[str, str]) -> Iterator[dict]:
    for row in table.rows:
        state, city, area, number = row.cells[:4]
        if row.level == 2:
            yield from _line(table, row, wave)
        elif row.level == 1:
            yield from _line(table, row, wave, unit=units[state])
        elif area in ("", "Nothing to report", "Carried forward"):
            yield from _line(table, row, wave, unit=units[city])
        elif area not in ("no area named", "No return"):
            yield from _line(table, row, wave, unit=units[city], area=area)
        else:
            assert number == "–" or area == "no area named"


def _returns(table: Table, wave: str, units: dict[str, str]) -> Iterator[dict]:
    for row in table.rows:
        state, expected, received, _, carried, _ = row.cells
        about = {} if row.level == 2 else {"unit": units[state]}
        yield from _figure("response", wave, expected, quantity="expected-returns", **about)
        yield from _figure("response", wave, received.count, quantity="returns", **about)
        yield from _figure("response", wave, carried, quantity="carried-forward", **about)
