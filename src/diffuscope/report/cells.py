"""Text that a spreadsheet shows as text: whatever comes from a file may look like a formula."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Cell = str | int | float | bool | None

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Tells spreadsheets that a CSV file is UTF-8."""

# Excel, LibreOffice and Google Sheets take text that begins so for a formula, or drop the sign before it.
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def shown_as_text(cell: Cell) -> Cell:
    """A cell of a CSV file that no spreadsheet runs as a formula.

    Examples
    --------
    >>> shown_as_text("=HYPERLINK(1)")
    "'=HYPERLINK(1)"
    >>> shown_as_text("-2.5"), shown_as_text(-2.5), shown_as_text("smart city")
    ('-2.5', -2.5, 'smart city')
    """
    if not isinstance(cell, str) or not cell.startswith(_STARTS_A_FORMULA) or _is_number(cell):
        return cell
    return f"'{cell}"


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A CSV file as text: commas, quotes where needed, one line feed a row; unknown is an empty cell."""
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([shown_as_text(name) for name in header])
    writer.writerows([shown_as_text(_plain(cell)) for cell in row] for row in rows)
    return file.getvalue()


def _plain(cell: Cell) -> Cell:
    """Truth in words, and no NUL, which ends a cell in some programs."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return cell.replace("\0", "") if isinstance(cell, str) else cell


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text == text.strip() and "_" not in text
