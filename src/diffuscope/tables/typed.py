"""Text cells become typed values; what cannot be read becomes a problem, never another value."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.dates import PATTERN, first_day
from diffuscope.tables.places import of_rows
from diffuscope.tables.raw import ROW
from diffuscope.tables.wording import BREAKS, DAMAGED, LONGEST_ID, LONGEST_TEXT, URL, unreadable

if TYPE_CHECKING:
    from diffuscope.records import Problem
    from diffuscope.tables.columns import Column, Kind
    from diffuscope.tables.raw import RawTable

NUMBER = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
WHOLE = r"^[+-]?[0-9]+$"
WRITTEN_AS_NUMBER = r"^([0-9]+)\.0$"
"""How spreadsheets and data frames write 2018 when a neighbouring cell is empty."""
CLIMBS = r"^[/\\~]|^[A-Za-z]:|\\|(^|/)\.\.(/|$)"
NUMBERS = ("number", "probability", "fraction")


def dtype_of(kind: Kind) -> pl.DataType:
    """How a column of that kind is held in memory."""
    if kind in NUMBERS:
        return pl.Float64()
    if kind == "integer":
        return pl.Int64()
    if kind == "ids":
        return pl.List(pl.String())
    return pl.String()


def empty(name: str) -> pl.DataFrame:
    """A table of which a case says nothing: every declared column, no rows."""
    return _empty(name).clone()


@cache
def _empty(name: str) -> pl.DataFrame:
    schema = {column.name: dtype_of(column.kind) for column in CATALOGUE[name].columns}
    return pl.DataFrame(schema=schema | {ROW: pl.UInt32()})


def typed(raw: RawTable) -> tuple[pl.DataFrame, list[Problem]]:
    """The values a table's cells stand for, and every cell that cannot be read.

    Returns
    -------
    polars.DataFrame
        One row per row of the file and every declared column; null where the cell is empty or cannot be
        read. An empty cell of a choice that declares a default, or the want of the whole column, is filled
        with it here and nowhere else: an empty `share` reads ``public``, and null means "not one of these".
        Dates stay text (``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``); several ids are a list.
    list of Problem
        One per cell that cannot be read; thousands alike are counted.
    """
    table = CATALOGUE[raw.name]
    cells = _composed(raw.cells)
    values = [
        _value(column, pl.col(column.name), raw.decimal)
        if column.name in cells.columns
        else pl.lit(column.default, dtype=dtype_of(column.kind))
        for column in table.columns
    ]
    frame = cells.select(
        *(value.alias(name) for name, value in zip(table.names, values, strict=True)), pl.col(ROW)
    )
    problems: list[Problem] = []
    for column in table.columns:
        problems += _unread(raw, column, frame)
    return frame, problems


def _unread(raw: RawTable, column: Column, frame: pl.DataFrame) -> list[Problem]:
    lost = lost_cells(raw, column.name, frame)
    if lost is None:
        return []
    broken = raw.cells.filter(lost).select(ROW, pl.col(column.name).alias("value"))
    return of_rows(raw, column.name, broken, lambda value: unreadable(column, value or "", raw.decimal))


def lost_cells(raw: RawTable, name: str, frame: pl.DataFrame) -> pl.Series | None:
    """Which cells of a column hold something that cannot be read; None where there are none."""
    if name not in raw.cells.columns:
        return None
    # Counting nulls is cheap: what is null in the frame was empty in the file, or was lost.
    filled = CATALOGUE[raw.name].column(name).default is not None
    if frame[name].null_count() == (0 if filled else raw.cells[name].null_count()):
        return None
    return raw.cells[name].is_not_null() & frame[name].is_null()


def _composed(cells: pl.DataFrame) -> pl.DataFrame:
    """The same text in its composed form (NFC), so that two ways to type ệ are one."""
    # Normalising is dear and changes nothing in ASCII, so only columns with other letters pay for it.
    names = [name for name in cells.columns if name != ROW]
    if not names:
        return cells
    wide = cells.select(
        (pl.col(name).str.len_bytes() != pl.col(name).str.len_chars()).any() for name in names
    )
    return cells.with_columns(
        pl.col(name).str.normalize("NFC") for name in names if wide[name].item() is True
    )


def _value(column: Column, cell: pl.Expr, decimal: str) -> pl.Expr:
    kind = column.kind
    if kind in NUMBERS or kind == "integer":
        return _number(column, cell, decimal)
    if kind == "date":
        year = _without_point_zero(cell, decimal)
        is_date = year.str.contains(PATTERN) & first_day(year).is_not_null()
        return _only(year, is_date)
    if kind == "choice":
        written = cell if column.default is None else cell.fill_null(column.default)
        return _choice(written, column.choices)
    if kind == "ids":
        return _ids(cell)
    if kind == "id":
        sound = (cell.str.len_chars() <= LONGEST_ID) & ~cell.str.contains(";", literal=True)
        return _only(_without_point_zero(cell, decimal), sound & ~cell.str.contains(f"{DAMAGED}|{BREAKS}"))
    sound = (cell.str.len_chars() <= LONGEST_TEXT) & ~cell.str.contains(DAMAGED)
    if kind == "path":
        sound = sound & ~cell.str.contains(f"{CLIMBS}|{BREAKS}")
    if kind == "url":
        sound = sound & cell.str.contains(URL)
    return _only(cell, sound)


def _choice(written: pl.Expr, choices: tuple[str, ...]) -> pl.Expr:
    """The choice as it is declared; one of several words may be joined by other signs and capitalised."""
    chosen = _only(written, written.is_in(choices))
    spaced = [choice for choice in choices if " " in choice]
    if not spaced:
        return chosen
    folded = written.str.to_lowercase().str.replace_all(r"[\s_-]+", " ")
    return pl.coalesce(chosen, _only(folded, folded.is_in(spaced)))


def _only(value: pl.Expr, sound: pl.Expr) -> pl.Expr:
    return pl.when(sound).then(value)


def _without_point_zero(cell: pl.Expr, decimal: str) -> pl.Expr:
    pattern = WRITTEN_AS_NUMBER if decimal == "." else WRITTEN_AS_NUMBER.replace(r"\.", "[.,]")
    # The cheap test first: hardly any cell ends so.
    ends = cell.str.ends_with(".0") if decimal == "." else cell.str.contains("[.,]0$")
    return pl.when(ends).then(cell.str.replace(pattern, "$1")).otherwise(cell)


def _number(column: Column, cell: pl.Expr, decimal: str) -> pl.Expr:
    if column.kind == "integer":
        whole = _without_point_zero(cell, decimal)
        number = _only(whole, whole.str.contains(WHOLE)).str.strip_prefix("+").cast(pl.Int64, strict=False)
    else:
        plain = cell
        if decimal == ",":
            # A point in such a file may separate thousands or decimals: it is refused, not guessed at.
            plain = _only(cell, ~cell.str.contains(".", literal=True)).str.replace(",", ".", literal=True)
        number = _only(plain, plain.str.contains(NUMBER)).cast(pl.Float64, strict=False)
    low, high = bounds(column)
    inside = pl.lit(True) if column.kind == "integer" else number.is_finite()
    if low is not None:
        inside = inside & (number >= low)
    if high is not None:
        inside = inside & (number <= high)
    return _only(number, inside)


def bounds(column: Column) -> tuple[float | None, float | None]:
    """Between which numbers a column's values lie, both allowed."""
    if column.kind == "probability":
        return 0.01, 0.99
    if column.kind == "fraction":
        return 0.0, 1.0
    return column.minimum, column.maximum


def _ids(cell: pl.Expr) -> pl.Expr:
    names = cell.str.split(";").list.eval(
        pl.element().str.strip_chars().filter(pl.element().str.strip_chars() != "")
    )
    longest = names.list.eval(pl.element().str.len_chars()).list.max()
    sound = ~cell.str.contains(f"{DAMAGED}|{BREAKS}") & (longest <= LONGEST_ID)
    return _only(names, sound)
