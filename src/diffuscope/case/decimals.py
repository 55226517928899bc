"""Decimal sign: which stands before decimals in a file, and rows that a decimal comma parts.

Where spreadsheets write 0,5 for a half, they part cells by semicolons; others part them so too. A sign is
taken for the decimal one only where some number of the file can be read in no other way.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import polars as pl

from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.places import Wording, of_rows
from diffuscope.tables.raw import ROW
from diffuscope.tables.typed import NUMBERS, bounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.records import Problem
    from diffuscope.tables.raw import RawTable

THOUSAND = 1000
ONE_POINT = r"^[+-]?[1-9][0-9]{0,2}[.][0-9]{3}$"
SEVERAL_POINTS = r"^[+-]?[1-9][0-9]{0,2}([.][0-9]{3}){2,}$"
_WHOLE = re.compile(r"[+-]?[0-9]{1,12}")
_DECIMALS = re.compile(r"[0-9]{1,12}")


def decimal_sign(raw: RawTable) -> Literal[".", ","]:
    """The comma where it stands before decimals and the point does not, else the point."""
    return "," if _surely_decimal(raw, ",") and not _surely_decimal(raw, ".") else "."


def ambiguous_numbers(raw: RawTable, *, unless_shown: bool = True) -> list[Problem]:
    """Numbers such as 1.500 of which nothing in the file says whether they are thousands.

    Parameters
    ----------
    raw : RawTable
    unless_shown : bool
        Whether the file lets expect decimal commas, so that such a number is told unless some other shows
        that the point stands before decimals. Otherwise it is told only beside one like 1.234.567.
    """
    if raw.decimal == "," or _surely_decimal(raw, "."):
        return []
    problems: list[Problem] = []
    for name in _numbers(raw):
        several = raw.cells[name].str.contains(SEVERAL_POINTS).any()
        if not _is_bounded(raw, name) and (several or unless_shown):
            grouped = pl.col(name).str.contains(ONE_POINT)  # several points are told as no number
            rows = raw.cells.filter(grouped).select(ROW, pl.col(name).alias("value"))
            problems += of_rows(raw, name, rows, _beside_thousands if several else _ambiguous)
    return problems


def _beside_thousands(value: str | None) -> Wording:
    return _grouped_or_not(
        value, "The point seems to separate thousands, as it does in another number of the column."
    )


def _ambiguous(value: str | None) -> Wording:
    return _grouped_or_not(
        value, "The point may separate thousands or decimals; no other number in the file shows which."
    )


def _grouped_or_not(value: str | None, message: str) -> Wording:
    thousands = (value or "").replace(".", "")
    return Wording(
        "ambiguous-number",
        message,
        "write the number without the point if it separates thousands, else with one more zero at its end",
        f"write {thousands} if the point separates thousands, {value}0 if it stands before decimals",
    )


def decimal_comma(table: str, headings: Sequence[str | None], cells: Sequence[str | None]) -> str | None:
    """The number that a comma has parted into two cells, where that explains the row; else None.

    Parameters
    ----------
    table : str
    headings : sequence of str or None
    cells : sequence of str or None
        Of the row: more than there are headings.

    Examples
    --------
    >>> decimal_comma("ties", ["layer", "weight", "source"], ["advice", "0", "8", "a survey"])
    '0,8'
    """
    if table not in CATALOGUE:
        return None
    kinds = {column.name: column.kind for column in CATALOGUE[table].columns}
    # each comma makes one cell too many, so that the row is explained if as many numbers are in parts
    first, left, at = None, len(cells) - len(headings), 0
    for heading in headings:
        one, other = ((cells[place] or "").strip() if place < len(cells) else "" for place in (at, at + 1))
        parted = _WHOLE.fullmatch(one) and _DECIMALS.fullmatch(other)
        if left and kinds.get((heading or "").strip()) in NUMBERS and parted:
            first, left, at = first or f"{one},{other}", left - 1, at + 1
        at += 1
    return first if left == 0 else None


def parted_by_its_comma(value: str | None) -> Wording:
    """What to say of such a row, of its first number."""
    return Wording(
        "ragged-row",
        "A decimal comma splits a number into two cells; the cells after it are under the wrong headings.",
        "write a point before decimals",
        f"write {(value or '').replace(',', '.')}",
    )


def _surely_decimal(raw: RawTable, sign: str) -> bool:
    """Whether some number shows by its digits that the sign stands before decimals."""
    tests = []
    for name in _numbers(raw):
        written = pl.col(name).str.contains(rf"^[+-]?[0-9]*[{sign}][0-9]+$")
        if not _is_bounded(raw, name):
            written = written & ~pl.col(name).str.contains(_grouped(sign))
        tests.append(written.any())
    return bool(tests) and any(raw.cells.select(pl.any_horizontal(tests).alias("it"))["it"].to_list())


def _grouped(sign: str) -> str:
    return rf"^[+-]?[1-9][0-9]{{0,2}}([{sign}][0-9]{{3}})+$"


def _numbers(raw: RawTable) -> list[str]:
    """Columns of numbers; in a table that is none of a case any may be."""
    if raw.name not in CATALOGUE:
        return [name for name in raw.cells.columns if name != ROW]
    return [
        column.name
        for column in CATALOGUE[raw.name].columns
        if column.kind in NUMBERS and column.name in raw.cells.columns
    ]


def _is_bounded(raw: RawTable, name: str) -> bool:
    """Whether thousands could not stand in the column, so that grouped digits are decimals."""
    if raw.name not in CATALOGUE:
        return False
    _, high = bounds(CATALOGUE[raw.name].column(name))
    return high is not None and high < THOUSAND
