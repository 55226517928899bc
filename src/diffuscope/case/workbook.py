"""A workbook with a sheet per table: the values that are stored in it, never a formula computed."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from diffuscope.case.headings import WITHIN, heading_row, lower_headings, named_headings
from diffuscope.case.percent_cells import with_percents
from diffuscope.case.raw_table import tidy
from diffuscope.case.refusal import Unreadable
from diffuscope.case.table_edges import without_edges
from diffuscope.case.unread import Unread
from diffuscope.case.workbook_notes import (
    comments,
    filled_down,
    hidden_cells,
    merged_cells,
    said_of_year,
    years_as_dates,
)
from diffuscope.case.workbook_parts import DAMAGED, look_through
from diffuscope.tables.places import Wording, of_rows, of_table
from diffuscope.tables.raw import ROW

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from python_calamine import CalamineSheet, CalamineWorkbook

    from diffuscope.case.workbook_notes import Range
    from diffuscope.case.workbook_parts import Sheet
    from diffuscope.records import Problem
    from diffuscope.tables.raw import RawTable

T = TypeVar("T")
TRUTH = ("yes", "no")
"""How cells that are true, and false, are written in the tables of a case."""
EXACT = 2**53
"""Whole numbers below this are stored exactly."""


class Workbook:
    """The wanted sheets of a workbook.

    Parameters
    ----------
    data : bytes
    wanted : callable
        Whether the sheet of that name is to be read.

    Raises
    ------
    Unreadable
        If this is no workbook, or one that is made to do harm.
    """

    def __init__(self, data: bytes, wanted: Callable[[str], bool]) -> None:
        copy, self._notes, self._others, self._from_1904 = look_through(data, wanted)
        self._book = _opened(copy)

    @property
    def names(self) -> list[str]:
        """Names of all sheets, wanted or not, in their order."""
        return list(self._book.sheet_names)

    @property
    def wanted(self) -> list[str]:
        """Names of the wanted sheets, in their order."""
        return [name for name in self.names if name in self._notes]

    def others(self, file: str) -> list[Unread]:
        """The sheets that are not wanted, with how many rows they hold; of a large one that is not known."""
        sheets = []
        for name, small in self._others.items():
            rows = self.rows(name) if small and name in self.names else []
            filled = sum(any(cell.strip() for cell in row) for row in rows)
            sheets.append(Unread(f"{file} › {name}", name, filled if small else None, rows[:WITHIN]))
        return sheets

    def sheet_notes(self, sheet: str) -> Sheet:
        """What a sheet says beyond the values of its cells."""
        return self._notes[sheet]

    def rows(self, sheet: str, truth: tuple[str, str] = TRUTH) -> list[list[str]]:
        """Every row of a sheet as text, from the first on, also those that are empty.

        A year typed into a cell that is formatted as a date is told as such, and so is no date.

        Parameters
        ----------
        sheet : str
        truth : tuple of str
            How cells that are true, and false, are written.
        """
        values = _values(self._sheet(sheet))
        cells = [[said_of_year(cell, from_1904=self._from_1904) or cell for cell in row] for row in values]
        return _as_text(cells, truth)

    def table(
        self,
        sheet: str,
        table: str,
        file: str,
        *,
        words: Mapping[str, str] | None = None,
        headings_in: int | None = None,
    ) -> tuple[RawTable, list[Problem]]:
        """A sheet as a table, and what is wrong with it as a sheet.

        Parameters
        ----------
        sheet, table, file : str
            Its name, the table it is, and the place that problems name.
        words : mapping of str to str, optional
            The network's own words for headings, and the columns they mean.
        headings_in : int, optional
            Row of the headings, where it is declared.
        """
        values = _values(self._sheet(sheet))
        rows = _as_text(values)
        at = heading_row(rows, table, words) if headings_in is None else headings_in - 1
        if at is None or at >= len(rows):
            raise Unreadable(_EMPTY)
        headings, readings = named_headings(rows[at], table=table, file=file, row=at + 1, words=words)
        below, filled, filled_note = filled_down(
            rows[at + 1 :], headings, self._sheet(sheet).merged_cell_ranges or [], at, table=table
        )
        raw, problems = tidy(_frame(below, len(headings)), headings, table=table, file=file, first_row=at + 2)
        raw = replace(raw, read_as=readings)
        above = sum(any(cell.strip() for cell in row) for row in rows[:at])
        problems += [of_table(raw, lower_headings(at, above), row=at + 1, level="warning")] if above else []
        problems += (
            [of_table(raw, filled_note, row=filled[0][0][0] + 1, level="warning")] if filled_note else []
        )
        raw, edges = without_edges(raw)
        raw, notes = self._with_notes(sheet, raw, [text or "" for text in headings], (at, values), filled)
        return raw, [*problems, *edges, *notes]

    def _with_notes(
        self,
        sheet: str,
        raw: RawTable,
        headings: Sequence[str],
        stored: tuple[int, Sequence[Sequence[object]]],
        filled: Collection[Range],
    ) -> tuple[RawTable, list[Problem]]:
        """What a sheet holds beside values: formats, errors, formulas, merged and hidden cells, comments."""
        at, values = stored
        last = raw.cells[ROW][-1] if raw.cells.height else at + 1
        notes = self._notes[sheet].below(at + 1).above(last)
        raw, mixed = with_percents(raw, headings, notes.percents)
        problems = mixed + _errors(raw, headings, notes) + _never_computed(raw, headings, notes)
        problems += hidden_cells(raw, notes, len(headings)) + comments(raw, notes, headings)
        below = values[at + 1 : at + 1 + raw.cells.height]
        years = years_as_dates(raw, headings, below, at + 2, from_1904=self._from_1904)
        ranges = [one for one in self._sheet(sheet).merged_cell_ranges or [] if one not in filled]
        merged, covered = merged_cells(raw, ranges, at)
        reported = (
            _reported_cells(headings, notes) | covered | {(one.row or 0, one.column or "") for one in years}
        )
        return replace(raw, told_cells=reported), [*problems, *_formulas(raw, notes), *merged, *years]

    def _sheet(self, name: str) -> CalamineSheet:
        return _guarded(lambda: self._book.get_sheet_by_name(name))


_EMPTY = Wording(
    "empty-file",
    "The sheet is empty: it does not even name its columns.",
    "write the names of the columns into the first row, or remove the sheet",
)


def _frame(rows: Sequence[Sequence[str]], width: int) -> pl.DataFrame:
    return pl.DataFrame(
        [pl.Series(f"column_{at}", [row[at] for row in rows], dtype=pl.String) for at in range(width)]
    )


def _as_text(values: Sequence[Sequence[object]], truth: tuple[str, str] = TRUTH) -> list[list[str]]:
    return [[value if isinstance(value, str) else _text(value, truth) for value in row] for row in values]


def _opened(copy: bytes) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook

    return _guarded(lambda: CalamineWorkbook.from_filelike(io.BytesIO(copy)))


def _values(sheet: CalamineSheet) -> Sequence[Sequence[object]]:
    return _guarded(lambda: sheet.to_python(skip_empty_area=False))


def _guarded(ask: Callable[[], T]) -> T:
    """What the library of workbooks answers; where it cannot, the workbook is damaged."""
    from python_calamine import CalamineError

    try:
        return ask()
    except (CalamineError, OSError, ValueError, OverflowError):
        raise Unreadable(DAMAGED) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how a library in Rust gives up
            raise
        raise Unreadable(DAMAGED) from None


def _text(value: object, truth: tuple[str, str] = TRUTH) -> str:
    """A stored value as a person would have typed it.

    >>> _text(2018.0), _text(0.45), _text(date(2018, 7, 1)), _text(True)
    ('2018', '0.45', '2018-07-01', 'yes')
    """
    if isinstance(value, bool):
        return truth[0] if value else truth[1]
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _errors(raw: RawTable, headings: Sequence[str], sheet: Sheet) -> list[Problem]:
    wording = Wording(
        "spreadsheet-error",
        "The cell contains a spreadsheet error; its value is unknown.",
        "fix the formula, or type the value",
    )
    return _at_cells(raw, headings, sheet.errors, wording)


def _never_computed(raw: RawTable, headings: Sequence[str], sheet: Sheet) -> list[Problem]:
    wording = Wording(
        "formula-without-value",
        "The cell contains a formula without a stored value; formulas are not computed.",
        "open the workbook in a spreadsheet program and save it, or type the value",
    )
    return _at_cells(raw, headings, [(*at, None) for at in sheet.never_computed], wording)


def _at_cells(
    raw: RawTable,
    headings: Sequence[str],
    cells: Sequence[tuple[int, int, str | None]],
    wording: Wording,
) -> list[Problem]:
    """One problem for each of the cells that stand under a heading that is read."""
    names = [text.strip() for text in headings]
    problems: list[Problem] = []
    for name in [name for name in raw.cells.columns if name != ROW]:
        rows = [(row, text) for at, row, text in cells if at == names.index(name)]
        if rows:
            broken = pl.DataFrame(rows, schema={ROW: pl.UInt32, "value": pl.String}, orient="row")
            problems += of_rows(raw, name, broken, lambda _: wording)
    return problems


def _reported_cells(headings: Sequence[str], sheet: Sheet) -> frozenset[tuple[int, str]]:
    """Cells of which is told that their value is unknown."""
    names = [text.strip() for text in headings]
    cells = [(column, row) for column, row, _ in sheet.errors] + sheet.never_computed
    return frozenset((row, names[at]) for at, row in cells if at < len(names))


def _formulas(raw: RawTable, sheet: Sheet) -> list[Problem]:
    stored = sheet.formulas - len(sheet.never_computed)
    if stored <= 0:
        return []
    cells = "1 cell contains a formula" if stored == 1 else f"{stored:,} cells contain formulas"
    message = f"{cells}; the value from the last save is read."
    wording = Wording(
        "formulas", message, "copy the cells and paste them as values, to be sure that they are up to date"
    )
    return [of_table(raw, wording, row=None, level="warning", count=stored)]
