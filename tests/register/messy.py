"""Workbooks as states send them back: forms with moved columns, and sheets of their own making."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
from openpyxl.styles import numbers

from diffuscope.register.language import language

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

HEADINGS = 5
"""Row of the headings in a form, as the spreadsheet shows it."""


class Form:
    """A form in somebody's hands.

    Attributes
    ----------
    sheet : Worksheet
    places : dict of str to int
        Number of each column.
    """

    def __init__(self, file: Path, code: str = "en") -> None:
        self.file, self.code = file, code
        self.book = openpyxl.load_workbook(file)
        self.sheet: Worksheet = self.book.worksheets[0]
        heading = language(code).heading
        self.places = {name: at for name, word in heading.items() if (at := self._place(word))}

    def _place(self, word: str) -> int:
        return next((cell.column for cell in self.sheet[HEADINGS] if cell.value == word), 0)

    @property
    def rows(self) -> list[int]:
        """Rows that hold a project."""
        at = self.places["title"]
        below = range(HEADINGS + 1, self.sheet.max_row + 1)
        return [row for row in below if self.sheet.cell(row, at).value]

    def get(self, row: int, column: str) -> object:
        return self.sheet.cell(row, self.places[column]).value

    def put(self, row: int, **cells: object) -> None:
        """Cells of a row; an empty text empties the cell."""
        for column, value in cells.items():
            self.sheet.cell(row, self.places[column]).value = None if value == "" else value

    def add(self, **cells: object) -> int:
        row = max(self.rows, default=HEADINGS) + 1
        self.put(row, **cells)
        return row

    def row_of(self, title: str) -> int:
        return next(row for row in self.rows if title in str(self.get(row, "title")))

    def status(self, name: str) -> str:
        return language(self.code).status[name]

    def report(self, name: str) -> str:
        return language(self.code).report[name]

    def save(self, file: Path) -> Path:
        self.book.save(file)
        return file


def moved(form: Form, order: Callable[[list[int]], list[int]]) -> None:
    """The columns of a form in another order, as somebody drags them about."""
    sheet = form.sheet
    columns = list(range(1, sheet.max_column + 1))
    new = order(columns)
    rows = [[sheet.cell(row, at).value for at in columns] for row in range(HEADINGS, sheet.max_row + 1)]
    for row, cells in enumerate(rows, start=HEADINGS):
        for at, old in enumerate(new, start=1):
            sheet.cell(row, at).value = cells[old - 1]
    form.places = {name: new.index(at) + 1 for name, at in form.places.items()}


def own_workbook(
    file: Path,
    titles: Sequence[str],
    headings: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    sheet: str = "Sheet1",
    percents: Mapping[str, Sequence[int]] | None = None,
) -> Path:
    """A workbook of a state's own making: titles above, a running number, a total and a signature below."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for title in titles:
        page.append([title])
    page.append([])
    page.append(list(headings))
    first = page.max_row + 1
    for row in rows:
        page.append(list(row))
    for heading, which in (percents or {}).items():
        for at in which:
            page.cell(first + at, headings.index(heading) + 1).number_format = numbers.FORMAT_PERCENTAGE
    page.append([])
    page.append(["Total", None, len(rows)])
    page.append(["Submitted by: A. B."])
    book.create_sheet("Instructions").append(["Please fill in the yellow cells"])
    book.save(file)
    return file
