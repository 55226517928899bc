"""An edition as a workbook: a summary sheet, and a sheet for each table."""

from __future__ import annotations

from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING

from diffuscope.records.shares import table_share
from diffuscope.report.edition.contents import Share
from diffuscope.report.workbook import write_cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from diffuscope.report.edition.contents import Edition, Part, Table

PER_CENT = "%"
SUMMARY = ("overview", "areas", "response")
"""Parts of which the tables stand on the summary sheet, too."""
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def workbook(edition: Edition) -> bytes:
    """The edition as an `.xlsx`; nothing in it is a formula or a link.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    bytes
        A count and its share stand in two columns, as numbers; the share in per cent, to two decimals.
    """
    from xlsxwriter import Workbook

    file = BytesIO()
    book = Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": edition.made.replace(tzinfo=None), "title": edition.title[:255]})
    forms = _forms(book)
    used: set[str] = set()
    _summary(book.add_worksheet(_free(edition.summary, used)), edition, forms)
    for part in edition.parts:
        for table in part.tables:
            _sheet(book.add_worksheet(_free(table.caption, used)), table, forms)
        if part.groups:
            _words(book.add_worksheet(_free(part.title, used)), part, forms)
    book.close()
    return file.getvalue()


def _forms(book: Workbook) -> dict[str, Format]:
    return {
        "bold": book.add_format({"bold": True, "valign": "top", "text_wrap": True}),
        "plain": book.add_format({"valign": "top", "text_wrap": True}),
        "running": book.add_format({"valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 16}),
    }


def _free(name: str, used: set[str]) -> str:
    """A name of a sheet that no other has, however it is written."""
    name = name.translate(FORBIDDEN)[:28].strip() or "–"
    tries = (name if at == 1 else f"{name} {at}" for at in count(1))
    free = next(tried for tried in tries if tried.casefold() not in used)
    used.add(free.casefold())
    return free


def _summary(sheet: Worksheet, edition: Edition, forms: dict[str, Format]) -> None:
    """What the overview, the areas and the response rate say; sentences run on to the right."""
    write_cell(sheet, 0, 0, edition.title, forms["title"])
    write_cell(sheet, 1, 0, edition.subtitle, forms["running"])
    at = 3
    for part in (one for one in edition.parts if one.id in SUMMARY):
        write_cell(sheet, at, 0, part.title, forms["bold"])
        at += 1
        for sentence in part.says:
            write_cell(sheet, at, 0, sentence, forms["running"])
            at += 1
        for table in part.tables:
            for line, bold in _lines(table):
                for column, cell in enumerate(line):
                    write_cell(sheet, at, column, cell, forms["bold" if bold else "plain"])
                at += 1
            at = _notes(sheet, at, table.notes, forms) + 1
        at += 1
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 20, 14)


def _notes(sheet: Worksheet, at: int, notes: tuple[str, ...], forms: dict[str, Format]) -> int:
    for note in notes:
        write_cell(sheet, at, 0, note, forms["running"])
        at += 1
    return at


def _words(sheet: Worksheet, part: Part, forms: dict[str, Format]) -> None:
    """What a part says in words, a line for each point."""
    at = _notes(sheet, 0, part.says, forms)
    for group in part.groups:
        for point in group.points:
            write_cell(sheet, at, 0, group.title, forms["plain"])
            write_cell(sheet, at, 1, point, forms["plain"])
            at += 1
    _notes(sheet, at, part.notes, forms)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 110)


def _sheet(sheet: Worksheet, table: Table, forms: dict[str, Format]) -> None:
    lines = list(_lines(table))
    for at, (line, bold) in enumerate(lines):
        for column, cell in enumerate(line):
            write_cell(sheet, at, column, cell, forms["bold" if bold else "plain"])
    _notes(sheet, len(lines) + 1, table.notes, forms)
    for column in range(len(lines[0][0])):
        longest = max(len(str(line[column])) for line, _ in lines[:200])
        sheet.set_column(column, column, min(60, max(8, longest + 1)))
    sheet.freeze_panes(1, 0)


def _lines(table: Table) -> Iterator[tuple[list[str | int | float | None], bool]]:
    """The lines of a table, a count and its share apart; and whether a line is bold."""
    columns = range(len(table.head))
    shared = [any(isinstance(row.cells[at], Share) for row in table.rows) for at in columns]
    head: list[str | int | float | None] = []
    for name, apart in zip(table.head, shared, strict=True):
        head += [name, f"{name}, {PER_CENT}"] if apart else [name]
    yield head, True
    for row in table.rows:
        line: list[str | int | float | None] = []
        for cell, apart in zip(row.cells, shared, strict=True):
            if isinstance(cell, Share):
                line += [cell.count, table_share(cell.count, cell.whole)]
            else:
                line += [cell, None] if apart else [cell]
        yield line, row.level in (1, 2)
