"""Text that a spreadsheet shows as text: whatever comes from a file may look like a formula."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from diffuscope.records.quoting import csv_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Cell = str | int | float | bool | None

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Tells spreadsheets that a CSV file is UTF-8."""


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A CSV file as text: commas, quotes where needed, one line feed a row; unknown is an empty cell."""
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([csv_cell(name) for name in header])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return file.getvalue()


def _plain(cell: Cell) -> Cell:
    """Truth in words, text that no spreadsheet computes, and no NUL, which ends a cell in some programs."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return csv_cell(cell.replace("\0", "")) if isinstance(cell, str) else cell
