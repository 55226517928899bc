"""The figures that an edition prints, as rows of `published`: as its files show them, in its own labels."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import docx
import openpyxl

from diffuscope.report.edition.contents import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from diffuscope.report.edition.contents import Edition

Lines = list[list[str]]
"""A table as a reader sees it: its head and its lines."""

DOCUMENT = "our-edition"
HEAD = (
    *("document", "locator", "quantity", "unit", "area", "sub_area", "status", "wave"),
    *("printed", "value", "decimals"),
)
FIRST = {"areas": 1, "countries": 3, "sub-areas": 2}
"""Columns before the numbers."""
REPORTS = ("expected-returns", "returns", "projects", "cities")
PRINTED = re.compile(r"([\d,]+)(?: \((<?[\d.]+ %)\))?")


# --- tables as the files show them


def of_edition(edition: Edition) -> dict[str, Lines]:
    """Every table by its caption."""
    tables = (table for part in edition.parts for table in part.tables)
    return {
        table.caption: [list(table.head), *([text(cell) for cell in row.cells] for row in table.rows)]
        for table in tables
    }


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, Lines] = {}
        self.own: Lines = []
        self.caption = self.within = ""
        self.more: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.within = tag
        if tag == "table":
            self.own, self.caption = [], ""
        elif tag == "tr":
            self.own.append([])
        elif tag in ("td", "th"):
            self.own[-1].append("")
            self.more = [""] * (int(dict(attrs).get("colspan", 1)) - 1)  # columns that the cell takes besides

    def handle_data(self, data):
        if self.within == "caption":
            self.caption += data
        elif self.within in ("td", "th"):
            self.own[-1][-1] += data

    def handle_endtag(self, tag):
        self.within = ""
        if tag in ("td", "th"):
            self.own[-1] += self.more
        if tag == "table":
            self.tables[self.caption] = self.own


def of_page(made: bytes) -> dict[str, Lines]:
    """Tables of a page by caption."""
    page = _Page()
    page.feed(made.decode())
    return page.tables


def of_word(made: bytes) -> dict[str, Lines]:
    """Tables of a Word document by the paragraph above each."""
    paper, above, found = docx.Document(io.BytesIO(made)), "", {}
    for one in paper.iter_inner_content():
        if hasattr(one, "rows"):
            lines = [[cell.text.replace("\xa0", " ") for cell in row.cells] for row in one.rows]
            found[above] = lines
        else:
            above = one.text
    return found


def of_book(made: bytes) -> dict[str, Lines]:
    """Sheets of a workbook by name; a count and its share, which stand apart there, as one cell."""
    found = {}
    for sheet in openpyxl.load_workbook(io.BytesIO(made)).worksheets[1:]:
        head, *lines = [
            ["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)
        ]
        apart = [at for at, name in enumerate(head) if name.endswith(", %")]
        whole = lines[: _blank(lines)]
        for line in whole:
            for at in apart:
                line[at - 1] += f" ({line[at]} %)" if line[at] else ""
        kept = [at for at in range(len(head)) if at not in apart]
        found[sheet.title] = [[line[at] for at in kept] for line in [head, *whole]]
    return found


def _blank(lines: Lines) -> int:
    return next((at for at, line in enumerate(lines) if not any(line)), len(lines))


READERS: dict[str, Callable[[bytes], dict[str, Lines]]] = {
    ".html": of_page,
    ".docx": of_word,
    ".xlsx": of_book,
}


# --- figures


def edition_figures(
    edition: Edition, shown: dict[str, Lines], wave: str, units: dict[str, str]
) -> list[dict[str, object]]:
    """Every count and share of the tables of an edition.

    Parameters
    ----------
    edition : Edition
        Says which caption belongs to which table.
    shown : dict of str to lines
        Its tables by caption, as one of its files shows them.
    wave : str
    units : dict of str to str
        Ids of units by name.
    """
    named = {table.name: table.caption for part in edition.parts for table in part.tables}
    for caption in (named[one] for one in ("status", "areas", "countries", "response")):
        assert caption[:28] in {one[:28] for one in shown}, caption
    by_start = {caption[:28]: lines for caption, lines in shown.items()}  # names of sheets are that long
    tables = {name: by_start[caption[:28]] for name, caption in named.items() if caption[:28] in by_start}
    rows = [
        *_statuses(tables["status"], wave),
        *_areas(tables["areas"], wave),
        *_places(tables["countries"], wave, units),
        *_returns(tables["response"], wave, units),
        *(_sub_areas(tables["sub-areas"], wave) if "sub-areas" in named else ()),
        *(_reports(tables["reports"]) if "reports" in named else ()),
    ]
    return list({tuple(row.items()): row for row in rows}.values())


def _figure(at: str, wave: str, cell: str, quantity: str = "projects", **about: str) -> Iterator[dict]:
    """A cell as one figure, or as two: a count and its share."""
    printed = PRINTED.fullmatch(cell)
    assert printed, (at, cell)
    number, share = printed.groups()
    for what, shown in ((quantity, number), ("share", share)):
        if shown is not None:
            digits = re.sub(r"[^0-9.]", "", shown)
            decimals = len(digits.partition(".")[2])
            made = {"document": DOCUMENT, "locator": at, "quantity": what, "wave": wave, "printed": shown}
            yield {
                **dict.fromkeys(HEAD, ""), **made, "value": float(digits), "decimals": decimals, **about
            }  # fmt: skip


def _statuses(table: Lines, wave: str) -> Iterator[dict]:
    _, *lines, total = table
    for name, cell in lines:
        yield from _figure("status", wave, cell, status=name)
    yield from _figure("status", wave, total[1])


def _line(name: str, head: list[str], line: list[str], wave: str, **about: str) -> Iterator[dict]:
    first = FIRST[name]
    yield from _figure(name, wave, line[first], **about)
    for status, cell in zip(head[first + 1 :], line[first + 1 :], strict=True):
        if cell != "–":
            yield from _figure(name, wave, cell, status=status, **about)


def _areas(table: Lines, wave: str) -> Iterator[dict]:
    head, *lines, total = table
    yield from _line("areas", head, total, wave)
    for line in lines:
        if line[0] != "no area named":
            yield from _line("areas", head, line, wave, area=line[0])


def _sub_areas(table: Lines, wave: str) -> Iterator[dict]:
    head, *lines, total = table
    yield from _line("sub-areas", head, total, wave)
    area = ""
    for line in lines:
        area = line[0] or area
        if not line[1]:
            yield from _line("sub-areas", head, line, wave, area=area)
        elif line[1] != "no sub-area named":
            yield from _line("sub-areas", head, line, wave, area=area, sub_area=line[1])


def _places(table: Lines, wave: str, units: dict[str, str]) -> Iterator[dict]:
    head, *lines, total = table
    yield from _line("countries", head, total, wave)
    state = city = ""
    for line in lines:
        state, city = line[0] or state, line[1] or ("" if line[0] and not line[2] else city)
        area, number = line[2:4]
        if not city and number == "–":
            assert set(line[3:]) == {"–"}, line  # of a country without any return nothing is known
        elif not city:
            yield from _line("countries", head, line, wave, unit=units[state])
        elif area in ("", "Nothing to report", "Carried forward"):
            yield from _line("countries", head, line, wave, unit=units[city])
        elif area not in ("no area named", "No return"):
            yield from _line("countries", head, line, wave, unit=units[city], area=area)
        else:
            assert number == "–" or area == "no area named"


def _returns(table: Lines, wave: str, units: dict[str, str]) -> Iterator[dict]:
    _, *lines, _ = table
    for line in [*lines, table[-1]]:
        state, expected, received, _, carried, _ = line
        about = {} if line is table[-1] else {"unit": units[state]}
        yield from _figure("response", wave, expected, quantity="expected-returns", **about)
        yield from _figure("response", wave, received.partition(" ")[0], quantity="returns", **about)
        yield from _figure("response", wave, carried, quantity="carried-forward", **about)


def _reports(table: Lines) -> Iterator[dict]:
    head, *lines = table
    for line in lines:
        wave, _, *counts = line
        for quantity, cell in zip(REPORTS, counts[:4], strict=True):
            yield from _figure("reports", wave, cell, quantity=quantity)
        for status, cell in zip(head[6:], counts[4:], strict=True):
            yield from _figure("reports", wave, cell, status=status)
