"""From columns of any kind to a raw table: text cells, blanks gone, every heading accounted for."""

from __future__ import annotations

import unicodedata
from datetime import time
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.tables.places import Wording, of_table
from diffuscope.tables.raw import ROW, RawTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.records import Problem


def as_text(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Every column as the text a person would have typed, and the names of those that hold no such thing.

    Dates are ISO dates; a time of day is left out where it is midnight throughout; lists of ids are joined by
    semicolons; true and false are yes and no; NaN (not a number) is an empty cell, as it is in
    the libraries that write it.
    """
    texts, strange = [], []
    for name, kind in frame.schema.items():
        text = _text(pl.col(name), kind, frame[name])
        if text is None:
            strange.append(name)
        else:
            texts.append(text.alias(name))
    return frame.select(texts), strange


def _text(column: pl.Expr, kind: pl.DataType, values: pl.Series) -> pl.Expr | None:
    if isinstance(kind, pl.List | pl.Array):
        inner = kind.inner
        if not isinstance(inner, pl.String | pl.Categorical | pl.Enum):
            return None
        return column.cast(pl.List(pl.String)).list.join(";")
    if isinstance(kind, pl.Datetime):
        midnight = (values.drop_nulls().dt.time() == time(0)).all()
        return column.dt.date().cast(pl.String) if midnight else column.dt.strftime("%Y-%m-%dT%H:%M:%S")
    if kind.is_float():
        return column.fill_nan(None).cast(pl.String)
    if isinstance(kind, pl.Boolean):
        return column.replace_strict({True: "yes", False: "no"}, return_dtype=pl.String)
    known = (pl.String, pl.Categorical, pl.Enum, pl.Date, pl.Decimal, pl.Null)
    return column.cast(pl.String) if kind.is_integer() or isinstance(kind, known) else None


def tidy(
    cells: pl.DataFrame, headings: Sequence[str | None], *, table: str, file: str, first_row: int = 2
) -> tuple[RawTable, list[Problem]]:
    """A table as it stands, without what is only decoration: blanks around text, empty rows and columns.

    Empty rows at the end and columns that are empty throughout and have no heading are dropped; an empty row
    in the middle stays, so that every row keeps its number.

    Parameters
    ----------
    cells : polars.DataFrame
        Text columns in the order of the file.
    headings : sequence of str or None
        What stands over each; there may be fewer than columns.
    table, file : str
    first_row : int
        Row of the first cells as a spreadsheet shows it.
    """
    stripped = cells.lazy().select(pl.all().str.strip_chars())
    cells = stripped.select(pl.when(pl.all() != "").then(pl.all())).collect()
    cells = cells.head(_filled_rows(cells))
    names = [_heading(text) for text in headings]
    names += [""] * (cells.width - len(names))
    kept: dict[str, pl.Series] = {}
    wrong: list[tuple[str | None, Wording]] = []
    for at, (name, series) in enumerate(zip(names, cells.iter_columns(), strict=True)):
        if name and name not in kept and name != ROW:
            kept[name] = series.alias(name)
        elif name or series.null_count() < series.len():
            wrong.append(_unread(name, at))
    numbers = pl.int_range(first_row, first_row + cells.height, dtype=pl.UInt32, eager=True).alias(ROW)
    raw = RawTable(name=table, file=file, cells=pl.DataFrame([*kept.values(), numbers]))
    return raw, [of_table(raw, wording, column=name) for name, wording in wrong]


def letter(at: int) -> str:
    """How a spreadsheet names a column, counted from 0.

    >>> letter(0), letter(25), letter(26), letter(701), letter(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    name = ""
    while at >= 0:
        name = chr(ord("A") + at % 26) + name
        at = at // 26 - 1
    return name


def _filled_rows(cells: pl.DataFrame) -> int:
    """Rows down to the last one that is not empty."""
    last = 0
    for series in cells.iter_columns():
        if last == cells.height or series[-1] is not None:
            return cells.height
        filled = series.slice(last).is_not_null().arg_true()
        if filled.len():
            last += int(filled[-1]) + 1
    return last


def _heading(text: str | None) -> str:
    return unicodedata.normalize("NFC", text or "").strip()


def _unread(name: str, at: int) -> tuple[str, Wording]:
    if not name:
        message = f"Column {letter(at)} holds values but has no heading; it is not read."
        fix = "write the name of the column into the first row"
        return letter(at), Wording("no-heading", message, fix)
    if name == ROW:
        message = f"`{ROW}` is a name that diffuscope uses itself; the column is not read."
        return name, Wording("reserved-column", message, "rename the column")
    message = f"Another column has this heading; column {letter(at)} is not read."
    return name, Wording("repeated-column", message, "rename one of the two columns")
