"""A table before anybody has interpreted it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import polars as pl

    from diffuscope.records import ReadAs

ROW = "_row"
"""Name of the column that keeps the row a spreadsheet shows (the header is row 1)."""


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """A table as it stands in a file: text cells, nothing interpreted yet.

    Parameters
    ----------
    name : str
        Table of the catalogue.
    file : str
        File or sheet as the case names it, e.g. ``adoptions.csv`` or ``case.xlsx › adoptions``.
    cells : polars.DataFrame
        Every column as text in the order of the file (null: an empty cell; blanks at either end are
        already gone), and the column `_row` (UInt32).
    decimal : {".", ","}
        The sign before decimals. A comma only for files separated by semicolons or tabs, where numbers are
        written that way throughout.
    told_rows : frozenset of int
        Rows of which is told already why they cannot be read: what else is wrong with them follows from that.
    told_cells : frozenset of (int, str)
        The same of single cells: row and column.
    read_as : tuple of ReadAs
        Headings and columns that were read from the file otherwise than they stand there.
    """

    name: str
    file: str
    cells: pl.DataFrame
    decimal: Literal[".", ","] = "."
    told_rows: frozenset[int] = frozenset()
    told_cells: frozenset[tuple[int, str]] = frozenset()
    read_as: tuple[ReadAs, ...] = ()
