"""Cells formatted as percentages: a spreadsheet shows 45% and keeps 0.45."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.number_words import PER_CENT
from diffuscope.tables.places import Wording, of_rows
from diffuscope.tables.raw import ROW

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from diffuscope.records import Problem
    from diffuscope.tables.columns import Column
    from diffuscope.tables.raw import RawTable

    PercentCell = tuple[int, int, int]
    """Column from 0, row as a spreadsheet shows it, and the decimals shown."""

MEASURES = frozenset({"per cent", "percent", "percentage", "pct", "%"})
"""What `unit_of_measure` says of numbers that count per cent."""
BUILT_IN = {9: 0, 10: 2}
"""Formats of percentages that every spreadsheet knows by number (ECMA-376, 18.8.30), and their decimals."""
GROUPS = {"attributes": "variable", "indicators": "indicator"}
"""Tables in which one column holds numbers of several kinds, and the column that parts them."""
_NUMBER_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\b([^<>]*)>")
_FORMATS_OF_CELLS = re.compile(rb"<(?:\w+:)?cellXfs\b[^<>]*>(.*?)</(?:\w+:)?cellXfs>", re.DOTALL)
_FORMAT = re.compile(rb"<(?:\w+:)?xf\b([^<>]*)>")
_ID = re.compile(rb"""\bnumFmtId\s*=\s*["']([0-9]{1,9})["']""")
_CODE = re.compile(rb"""\bformatCode\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_LITERAL = re.compile(rb"&quot;.*?&quot;|\"[^\"]*\"|\\.|_.|\[[^\]]*\]")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^<>]*)>")
_STYLE = re.compile(rb"""(?<![\w:])s\s*=\s*["']([0-9]{1,9})["']""")
_PLAIN = re.compile(r"-?[0-9]{1,17}(?:\.[0-9]{1,20})?(?:e-[0-9]{1,3})?")
"""A number that stands for a percentage; what a date or more than every quantity is, stays as it is."""
MOST_DECIMALS = 9
_NO_NUMBER = re.compile(rb"""(?<![\w:])t\s*=\s*["'](?!n["'])""")


def percent_formats(styles: bytes) -> dict[int, int]:
    """Formats of cells that show percentages, and how many decimals each shows.

    Parameters
    ----------
    styles : bytes
        The XML of the styles of a workbook.
    """
    known = dict(BUILT_IN)
    for attributes in _NUMBER_FORMAT.findall(styles):
        number, code = _ID.search(attributes), _CODE.search(attributes)
        # the first section formats positive numbers; a percent sign in quotes or after a backslash is text
        shown = _LITERAL.sub(b"", (code[1] or code[2] or b"").split(b";")[0]) if code else b""
        if number and b"%" in shown:
            decimals = re.search(rb"\.([0#?]+)", shown)
            known[int(number[1])] = min(len(decimals[1]), MOST_DECIMALS) if decimals else 0
    cells = _FORMATS_OF_CELLS.search(styles)
    styles_at = enumerate(_FORMAT.findall(cells[1]) if cells else [])
    ids = {at: int(number[1]) for at, attributes in styles_at if (number := _ID.search(attributes))}
    return {at: known[number] for at, number in ids.items() if number in known}


def percent_cells(
    xml: bytes, formats: Mapping[int, int], address: Callable[[bytes], tuple[int, int] | None]
) -> tuple[PercentCell, ...]:
    """Cells of a sheet that hold a number and show it as a percentage.

    Parameters
    ----------
    xml : bytes
        The XML of the sheet.
    formats : mapping of int to int
        From `percent_formats`.
    address : callable
        The column and row that the attributes of a cell name.
    """
    if not formats:
        return ()
    cells = []
    for attributes in _CELL.findall(xml):
        style = _STYLE.search(attributes)
        if style is None or int(style[1]) not in formats or _NO_NUMBER.search(attributes):
            continue
        at = address(attributes)
        if at is not None:
            cells.append((*at, formats[int(style[1])]))
    return tuple(cells)


def with_percents(
    raw: RawTable, headings: Sequence[str], cells: Sequence[PercentCell]
) -> tuple[RawTable, list[Problem]]:
    """A table whose percentages count per cent where their column does, else are shares; and what is mixed.

    A cell that shows 45% is 45 in `percent_complete`, in a printed share, and where `unit_of_measure` says
    per cent. Elsewhere it is 0.45, and told as an error where plain numbers beside it are above 1.
    """
    problems: list[Problem] = []
    names = [text.strip() for text in headings]
    columns = {column.name: column for column in CATALOGUE[raw.name].columns}
    for name in [name for name in raw.cells.columns if name in columns]:
        here = {row: decimals for at, row, decimals in cells if at == names.index(name)}
        if not here:
            continue
        texts = raw.cells.select(ROW, name).iter_rows()
        shown = {row: text for row, text in texts if row in here and _PLAIN.fullmatch(text or "")}
        counts = _counts_per_cent(raw, columns[name])
        if (raw.name, name) == ("published", "printed"):
            new = {row: f"{_per_cent(text, here[row])}%" for row, text in shown.items()}
        else:
            new = {row: _per_cent(text) for row, text in shown.items() if row in counts}
            problems += _beside_numbers(raw, columns[name], shown.keys() - counts)
        raw = _replaced(raw, name, new)
    return raw, problems


def _counts_per_cent(raw: RawTable, column: Column) -> set[int]:
    """Rows in which a column counts per cent."""
    cells = raw.cells
    if column.unit == PER_CENT:
        return set(cells[ROW].to_list())
    if "unit_of_measure" in cells.columns and (column.kind == "number" or column.name == "value"):
        measure = pl.col("unit_of_measure").str.to_lowercase().is_in(sorted(MEASURES))
        return set(cells.filter(measure)[ROW].to_list())
    if raw.name == "published" and column.name == "value" and "quantity" in cells.columns:
        return set(cells.filter(pl.col("quantity") == "share")[ROW].to_list())
    return set()


def _per_cent(text: str, decimals: int | None = None) -> str:
    """A share as per cent, with so many decimals.

    >>> _per_cent("0.45"), _per_cent("0.07"), _per_cent("0.125", 0), _per_cent("1", 1)
    ('45', '7', '13', '100.0')
    """
    # decimal, for in binary 0.07 times 100 is 7.000000000000001
    number = Decimal(text) * 100
    if decimals is not None:
        # half up, as spreadsheets round what they show
        return format(number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP), "f")
    return format(number.normalize(), "f")


def _beside_numbers(raw: RawTable, column: Column, rows: set[int]) -> list[Problem]:
    """Percentages that are read as shares beside numbers that cannot be any."""
    if not rows or (column.kind != "number" and (raw.name, column.name) != ("attributes", "value")):
        return []
    by = GROUPS.get(raw.name)
    group = pl.col(by) if by and by in raw.cells.columns else pl.lit("")
    cells = raw.cells.select(ROW, value=pl.col(column.name), group=group).with_columns(
        percent=pl.col(ROW).is_in(sorted(rows)), number=pl.col("value").cast(pl.Float64, strict=False)
    )
    plain = cells.filter(~pl.col("percent") & (pl.col("number").abs() > 1))
    broken = cells.filter(pl.col("percent") & pl.col("group").is_in(plain["group"].unique().to_list()))
    return of_rows(raw, column.name, broken.select(ROW, "value"), _mixed(column.name))


def _mixed(name: str) -> Callable[[str | None], Wording]:
    message = (
        f"`{name}` is formatted as a percentage and stored as a share of 1, but other "
        "cells of the column hold plain numbers above 1."
    )
    fix = "format the cell as a number, and write it in the unit of the other numbers"

    def word(value: str | None) -> Wording:
        if value is None:
            return Wording("percent-beside-numbers", message, fix)
        meant = f"write {_per_cent(value)} if the others are per cents, {value} if they are shares"
        meant = f"format the cell as a number, and {meant}"
        return Wording("percent-beside-numbers", message, fix, meant)

    return word


def _replaced(raw: RawTable, name: str, new: Mapping[int, str]) -> RawTable:
    if not new:
        return raw
    texts = [new.get(row, text) for row, text in raw.cells.select(ROW, name).iter_rows()]
    return replace(raw, cells=raw.cells.with_columns(pl.Series(name, texts, dtype=pl.String)))
