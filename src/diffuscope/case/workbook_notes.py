"""What a sheet holds beside values, each told once: merged and hidden cells, comments, formats."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.case.raw_table import letter
from diffuscope.records.phrases import listed
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.places import Wording, of_rows, of_table
from diffuscope.tables.raw import ROW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.case.workbook_parts import Sheet
    from diffuscope.records import Problem
    from diffuscope.tables.raw import RawTable

    Range = tuple[tuple[int, int], tuple[int, int]]
    Cells = frozenset[tuple[int, str]]

RANGES_NAMED = 5
MOST_COVERED = 1_000_000
"""Cells under merged ones that are looked at; a sheet may declare billions."""
YEARS = ((1800, 2200), (2443, 2643))
"""Numbers that read as a year, of the common era or the Buddhist one."""
EPOCHS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}

NUMBERS = frozenset({"number", "integer", "probability", "fraction"})
"""Kinds of columns in which the value of merged cells may be that of all rows together, such as a budget."""
COUNTS = (("attributes", "value"), ("published", "printed"))
"""Columns of text that hold numbers."""


def filled_down(
    rows: Sequence[Sequence[str]],
    headings: Sequence[str | None],
    ranges: Sequence[Range],
    at: int,
    *,
    table: str,
) -> tuple[Sequence[Sequence[str]], list[Range], Wording | None]:
    """Rows in which cells merged over several rows of one column each hold the value that they show.

    Numbers are left: three projects under one merged budget share it.

    Parameters
    ----------
    rows : sequence
        Below the headings.
    headings : sequence of str or None
    ranges : sequence
        First and last cell of each merged range, as row and column from 0.
    at : int
        Row of the headings, from 0.
    table : str

    Returns
    -------
    rows, ranges, told
        The rows, the merged ranges whose value they now hold, and what to say of them.
    """
    names = {
        one.name
        for one in CATALOGUE[table].columns
        if one.kind not in NUMBERS and (table, one.name) not in COUNTS
    }
    down = [
        ((top, left), (bottom, right))
        for (top, left), (bottom, right) in ranges
        if top > at
        and left == right
        and left < len(headings)
        and (headings[left] or "").strip() in names
        and top - at - 1 < len(rows)
        and rows[top - at - 1][left].strip()
    ]
    if not down:
        return rows, [], None
    made = [list(row) for row in rows]
    for (top, left), (bottom, _) in down:
        for row in range(top - at, min(bottom - at, len(made))):
            made[row][left] = made[top - at - 1][left]
    message = f"Cells are merged ({_ranges_named(down)}): each row of them is read with the value they show."
    wording = Wording(
        "merged-cells", message, "nothing, if it holds for every row of them; else unmerge them"
    )
    return made, down, wording


def _ranges_named(ranges: Sequence[Range]) -> str:
    return ", ".join(
        f"{letter(left)}{top + 1}:{letter(right)}{bottom + 1}"
        for (top, left), (bottom, right) in ranges[:RANGES_NAMED]
    ) + (" …" if len(ranges) > RANGES_NAMED else "")


def merged_cells(raw: RawTable, ranges: Sequence[Range], headings: int) -> tuple[list[Problem], Cells]:
    """Merged cells, told once; and the cells that are empty since the value stands in the first of them.

    An error where a value that every row needs is hidden so, else a warning.

    Parameters
    ----------
    raw : RawTable
    ranges : sequence
        First and last cell of each, as row and column from 0.
    headings : int
        Row of the headings, from 0.
    """
    last = headings + raw.cells.height
    below = [one for one in ranges if one[1][0] >= headings and one[0][0] <= last]
    if not below:
        return [], frozenset()
    names = [name for name in raw.cells.columns if name != ROW]
    covered = _covered(below, headings, len(names), headings + 1 + raw.cells.height)
    needed = {column.name for column in CATALOGUE[raw.name].columns if column.required}
    cells = frozenset((row + 1, names[at]) for row, at in covered)
    lost = any(name in needed for _, name in cells)
    named = _ranges_named(below)
    message = f"Cells are merged ({named}): only the first holds the value, the others count as empty."
    fix = "unmerge them, and write the value into each row it applies to"
    wording = Wording("merged-cells", message, fix)
    row, level = below[0][0][0] + 1, "error" if lost else "warning"
    problem = of_table(
        raw, wording, row=row, level="error" if level == "error" else "warning", count=len(below)
    )
    return [problem], cells


def _covered(ranges: Sequence[Range], headings: int, width: int, height: int) -> set[tuple[int, int]]:
    covered: set[tuple[int, int]] = set()
    for (top, left), (bottom, right) in ranges:
        for row in range(max(top, headings + 1), min(bottom + 1, height)):
            covered.update((row, at) for at in range(left, min(right + 1, width)) if (row, at) != (top, left))
            if len(covered) > MOST_COVERED:
                return covered
    return covered


def hidden_cells(raw: RawTable, sheet: Sheet, width: int) -> list[Problem]:
    """Rows and columns that the spreadsheet does not show, and that are read like all others."""
    rows = sorted(sheet.hidden_rows & set(raw.cells[ROW].to_list()))
    columns = [letter(at) for at in sorted(sheet.hidden_columns) if at < width]
    if not rows and not columns:
        return []
    hidden = [f"rows {', '.join(map(str, rows[:8]))}{' …' if len(rows) > 8 else ''}"] if rows else []
    hidden += [f"columns {', '.join(columns[:8])}{' …' if len(columns) > 8 else ''}"] if columns else []
    message = f"Hidden cells are read like the rest: {listed(hidden)}."
    wording = Wording("hidden-cells", message, "show them, and check whether they belong to the table")
    return [
        of_table(raw, wording, row=rows[0] if rows else 1, level="warning", count=len(rows) + len(columns))
    ]


def comments(raw: RawTable, sheet: Sheet, headings: Sequence[str]) -> list[Problem]:
    """Cells with a comment, which no table takes."""
    wording = Wording(
        "cell-comment",
        "The cell has a comment, which is not read.",
        "copy the comment into `note`"
        if "note" in CATALOGUE[raw.name].names
        else "check whether the comment should be written in a cell",
    )
    names = [text.strip() for text in headings]
    problems: list[Problem] = []
    for name in [name for name in raw.cells.columns if name != ROW]:
        rows = [row for at, row in sheet.commented if at == names.index(name)]
        broken = pl.DataFrame({ROW: rows}, schema={ROW: pl.UInt32}).with_columns(
            value=pl.lit(None, dtype=pl.String)
        )
        problems += of_rows(raw, name, broken, lambda _: wording, level="warning")
    return problems


def years_as_dates(
    raw: RawTable,
    headings: Sequence[str],
    values: Sequence[Sequence[object]],
    first_row: int,
    *,
    from_1904: bool,
) -> list[Problem]:
    """Years typed into cells that are formatted as dates: the number 2015 shows as a day of 1905.

    Parameters
    ----------
    raw : RawTable
    headings : sequence of str
    values : sequence
        Stored values of the rows below the headings.
    first_row : int
        Of the values, as a spreadsheet counts.
    from_1904 : bool
        Whether the workbook counts days from 1904.
    """
    dates = {column.name for column in CATALOGUE[raw.name].columns if column.kind == "date"}
    problems: list[Problem] = []
    for at, heading in enumerate(headings):
        name = heading.strip()
        if name not in dates or name not in raw.cells.columns:
            continue
        years = [
            (first_row + row, shown.isoformat())
            for row, cells in enumerate(values)
            if (shown := _day(cells[at])) is not None and _reads_as_year((shown - EPOCHS[from_1904]).days)
        ]
        broken = pl.DataFrame(years, schema={ROW: pl.UInt32, "value": pl.String}, orient="row")
        problems += of_rows(raw, name, broken, partial(_year, name, from_1904=from_1904))
    return problems


def said_of_year(value: object, *, from_1904: bool) -> str | None:
    """What a year in a cell formatted as a date is, in words; None of any other value."""
    shown = _day(value)
    number = None if shown is None else (shown - EPOCHS[from_1904]).days
    if shown is None or number is None or not _reads_as_year(number):
        return None
    return f"{shown.isoformat()} (the number {number} in a cell formatted as a date: write {number} as text)"


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date() if value.time() == datetime.min.time() else None
    return value if isinstance(value, date) else None


def _reads_as_year(serial: int) -> bool:
    return any(low <= serial <= high for low, high in YEARS)


def _year(name: str, value: str | None, from_1904: bool) -> Wording:
    message = f"`{name}` is a number that reads as a year, in a cell formatted as a date."
    fix = "write the year into a cell formatted as a number or as text"
    if value is None:
        return Wording("year-as-date", message, fix)
    number = (date.fromisoformat(value) - EPOCHS[from_1904]).days
    meant = (
        f"{value} is the number {number} in a cell formatted as a date: write {number} as a number or as text"
    )
    return Wording("year-as-date", message, fix, f"{meant}; if {value} is meant, write it as text")
