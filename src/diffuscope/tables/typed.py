"""Text cells become typed values; what cannot be read becomes a problem, never another value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.raw import ROW

if TYPE_CHECKING:
    from diffuscope.records import Problem
    from diffuscope.tables.columns import Kind
    from diffuscope.tables.raw import RawTable


def dtype_of(kind: Kind) -> pl.DataType:
    """How a column of that kind is held in memory."""
    if kind in ("number", "probability", "fraction"):
        return pl.Float64()
    if kind == "integer":
        return pl.Int64()
    if kind == "ids":
        return pl.List(pl.String())
    return pl.String()


def empty(name: str) -> pl.DataFrame:
    """A table of which a case says nothing: every declared column, no rows."""
    schema = {column.name: dtype_of(column.kind) for column in CATALOGUE[name].columns}
    return pl.DataFrame(schema=schema | {ROW: pl.UInt32()})


def typed(raw: RawTable) -> tuple[pl.DataFrame, list[Problem]]:
    """The values a table's cells stand for, and every cell that cannot be read."""
    cells = raw.cells
    columns = [
        (pl.col(column.name) if column.name in cells.columns else pl.lit(None, dtype=pl.String())).alias(
            column.name
        )
        for column in CATALOGUE[raw.name].columns
    ]
    return cells.select(*columns, ROW), []
