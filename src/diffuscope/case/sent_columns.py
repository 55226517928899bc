"""Columns that a returned workbook leaves out and that its file, sheet and rows say.

A country's workbook has no column for the report it belongs to, for where a row was found, or for how its
status is known: these follow from the file itself. What stands in a cell is never replaced, and one empty
cell among filled ones stays a problem.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.records import ReadAs
from diffuscope.tables.raw import ROW

if TYPE_CHECKING:
    from collections.abc import Collection

    from diffuscope.tables.raw import RawTable

RETURNED = ("projects", "returns")
"""Tables that are sent by members of a network."""
SHEET = " › "
NOTHING = "(empty)"


def with_sent_columns(raw: RawTable, waves: Collection[str], *, sent: bool) -> RawTable:
    """A table with `wave`, `source`, `status_basis` and `link_basis` filled where they are empty throughout.

    Parameters
    ----------
    raw : RawTable
    waves : collection of str
        Those that the case declares.
    sent : bool
        Whether the sheet or file is one that somebody sent, and not a table made for a case.
    """
    if raw.name not in RETURNED or not raw.cells.height:
        return raw
    place = pl.lit(f"{raw.file}, row ") + pl.col(ROW).cast(pl.String)
    wave = _wave(raw.file, waves)
    if wave is not None:
        raw = _filled(raw, "wave", pl.lit(wave), wave)
    if not sent:
        return raw
    first = f"{raw.file}, row {raw.cells[ROW][0]}"
    raw = _filled(raw, "source", place, f"{first}, and so on")
    if raw.name == "projects":
        raw = _filled(
            raw, "status_basis", pl.lit("as reported: ") + place, f"as reported: {first}, and so on"
        )
        raw = _linked(raw)
    return raw


def _linked(raw: RawTable) -> RawTable:
    """`link_basis` of rows without an id, which are not linked; one with an id was linked by somebody."""
    if "project" not in raw.cells.columns or raw.cells["project"].null_count() == raw.cells.height:
        return _filled(raw, "link_basis", pl.lit("not linked"), "not linked")
    says = pl.when(pl.col("project").is_null()).then(pl.lit("not linked")).otherwise(pl.lit("judged"))
    return _filled(raw, "link_basis", says, "judged where the row has an id, else not linked")


def _filled(raw: RawTable, column: str, says: pl.Expr, means: str) -> RawTable:
    """A column filled in every row that is not empty, where it is empty throughout."""
    if column in raw.cells.columns and raw.cells[column].null_count() < raw.cells.height:
        return raw
    others = [name for name in raw.cells.columns if name not in (ROW, column)]
    if not others:
        return raw
    holds = ~pl.all_horizontal(pl.col(others).is_null())
    cells = raw.cells.with_columns(pl.when(holds).then(says).otherwise(None).alias(column))
    rows = cells.filter(holds)[ROW]
    reading = ReadAs(
        table=raw.name,
        column=column,
        file=raw.file,
        row=int(rows[0]) if rows.len() else 1,
        rows=rows.len(),
        written=NOTHING,
        means=means,
    )
    order = [name for name in cells.columns if name != ROW]
    return replace(raw, cells=cells.select(*order, ROW), read_as=(*raw.read_as, reading))


def _wave(file: str, waves: Collection[str]) -> str | None:
    """The wave that a sheet or file is named after, or the only one that the case has."""
    called = file.rpartition(SHEET)[2], file
    for text in called:
        named = [
            wave for wave in waves if re.search(rf"(?<!\w){re.escape(wave)}(?!\w)", text.replace("_", " "))
        ]
        if len(named) == 1:
            return named[0]
        if named:
            return None
    return next(iter(waves)) if len(waves) == 1 else None
