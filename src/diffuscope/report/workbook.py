"""All tables of a report in one workbook, with a first sheet that explains the others."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from diffuscope.report.cells import Cell
    from diffuscope.report.tables import OutTable

MOST_ROWS = 1_048_575
"""Rows a sheet holds below its header."""
MOST_CHARACTERS = 32_767
"""Characters a cell holds."""
LONGEST_SHEET = 31
"""Characters of a sheet's name."""
_CUT = " … [cut: the whole text is in the CSV file]"
_WIDEST, _NARROWEST = 60, 8


def workbook(tables: Sequence[OutTable], notes: Sequence[tuple[str, str]], made: datetime) -> bytes:
    """The tables as an `.xlsx`, a sheet each; nothing in it is a formula or a link.

    Parameters
    ----------
    tables : sequence of OutTable
    notes : sequence of (str, str)
        What the first sheet says before it explains the others: a heading and a text each.
    made : datetime
        Written into the file as its date, so that the same result gives the same bytes.

    Returns
    -------
    bytes
    """
    from xlsxwriter import Workbook

    tables = [table for table in tables if table.in_workbook]
    file = BytesIO()
    book = Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": made.replace(tzinfo=None), "author": "diffuscope"})
    bold = book.add_format({"bold": True, "valign": "top", "text_wrap": True})
    plain = book.add_format({"valign": "top", "text_wrap": True})
    _notes(book.add_worksheet("notes"), tables, notes, bold, plain)
    used = {"notes", "history"}  # the latter is a word of Excel
    for table in tables:
        _sheet(book.add_worksheet(_free(table.name, used)), table, bold, plain)
    book.close()
    return file.getvalue()


def _notes(
    sheet: Worksheet,
    tables: Sequence[OutTable],
    notes: Sequence[tuple[str, str]],
    bold: Format,
    plain: Format,
) -> None:
    rows: list[tuple[Cell, ...]] = [*notes, ("", ""), ("Sheet", "A row is", "Rows", "Where it comes from")]
    heads = {len(rows) - 1}
    rows += [
        (
            table.name,
            table.a_row_is,
            len(table.rows),
            "a table of the case" if table.from_case else "computed by diffuscope",
        )
        for table in tables
    ]
    rows += [("", ""), ("Sheet", "Column", "What it says")]
    heads.add(len(rows) - 1)
    rows += [(table.name, column, says) for table in tables for column, says in table.columns.items()]
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            write_cell(sheet, at, column, cell, bold if at in heads or column == 0 else plain)
    for column, width in enumerate((18, 60, 60, 26)):
        sheet.set_column(column, column, width)


def _free(name: str, used: set[str]) -> str:
    """A name for a sheet: 31 characters at most, and no other sheet's, whatever its capitals."""
    free, count = name[:LONGEST_SHEET], 1
    while free.casefold() in used:
        count += 1
        free = f"{name[: LONGEST_SHEET - len(str(count)) - 1]}~{count}"
    used.add(free.casefold())
    return free


def _sheet(sheet: Worksheet, table: OutTable, bold: Format, plain: Format) -> None:
    for column, (name, says) in enumerate(table.columns.items()):
        sheet.write_string(0, column, name, bold)
        if says:
            sheet.write_comment(0, column, says)
    for at, row in enumerate(table.rows[:MOST_ROWS], start=1):
        for column, cell in enumerate(row):
            write_cell(sheet, at, column, cell, plain)
    for column, name in enumerate(table.columns):
        longest = max(
            (len(str(row[column])) for row in table.rows[:200] if row[column] is not None), default=0
        )
        sheet.set_column(column, column, min(_WIDEST, max(_NARROWEST, len(name) + 2, longest + 1)))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, min(len(table.rows), MOST_ROWS), len(table.columns) - 1)


def write_cell(sheet: Worksheet, row: int, column: int, cell: Cell, form: Format) -> None:
    """One cell as what it is; text is never read as a formula, a number or a link."""
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_string(row, column, "yes" if cell else "no", form)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell, form)
    elif len(cell) > MOST_CHARACTERS:
        sheet.write_string(row, column, cell[: MOST_CHARACTERS - len(_CUT)] + _CUT, form)
    else:
        sheet.write_string(row, column, cell, form)
