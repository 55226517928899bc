"""Several cities in one cell, however they are parted: read where each part is the name of one city."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.records import ReadAs
from diffuscope.tables.raw import ROW
from diffuscope.tables.unit_names import UnitNames

if TYPE_CHECKING:
    from diffuscope.tables.raw import RawTable

PARTED = re.compile(r"\s*(?:;|/|\+|&|,|\n|\band\b|\bdan\b|\bvà\b|และ)\s*")
"""Signs and words between two names, in the languages of the workbooks."""


def split_units(table: RawTable, units: RawTable) -> tuple[RawTable, list[ReadAs]]:
    """Cells that name several cities, written with semicolons between their codes.

    A cell that is itself the name of a unit, or of which one part is not, stays as it is.

    Parameters
    ----------
    table : RawTable
        With a column `unit`, or without.
    units : RawTable
    """
    if "unit" not in table.cells.columns:
        return table, []
    names = UnitNames(units.cells.with_columns(pl.col("aliases").fill_null("")))
    written = [cell for cell in table.cells["unit"].unique().drop_nulls() if ";" not in cell]
    known = names.readings(written)
    meant: dict[str, str] = {}
    for cell in written:
        if cell in known and known[cell].unit is not None:
            continue
        parts = [part for part in PARTED.split(cell) if part]
        read = names.readings(parts) if len(parts) > 1 else {}
        codes = [read[part].unit for part in parts if part in read]
        if len(codes) == len(parts) > 1 and all(codes):
            meant[cell] = ";".join(code for code in codes if code)
    if not meant:
        return table, []
    rows = table.cells.filter(pl.col("unit").is_in(list(meant))).select("unit", ROW).rows()
    said = [
        ReadAs(
            table="projects", column="unit", file=table.file, row=row, rows=1, written=cell, means=meant[cell]
        )
        for cell, row in rows
    ]
    return replace(table, cells=table.cells.with_columns(pl.col("unit").replace(meant))), said
