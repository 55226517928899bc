"""Causes before consequences: a row that is no record, or a cell told already, is a problem once.

A total under a table has no policy, no source and a unit that nobody knows; a row whose cells have shifted is
wrong in each of them. Only what made it so is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.places import Wording, of_rows
from diffuscope.tables.raw import ROW

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.records import Problem
    from diffuscope.tables.raw import RawTable

TOTAL = (
    r"(?i)^(grand |sub[- ]?|sum )?totals?( (general|of|for) .*)?[ .:]*$"
    r"|(?i)^(sums?|overall|jumlah|total keseluruhan|tổng( cộng| số)?|รวม(ทั้งหมด)?)[ .:]*$"
)
"""How the line under a column is called in the languages of the founding network."""
TOTAL_ROW = Wording(
    "total-row",
    "The row looks like a total below the table, which is not a record.",
    "put totals on another sheet; if this row is a record, fill in its id",
)


def total_rows(raw: RawTable) -> list[Problem]:
    """Rows that sum up the others: a cell of an id says so, and a value that every row needs is not there."""
    table = CATALOGUE[raw.name]
    ids = [one.name for one in table.columns if one.kind in ("id", "ids") and one.name in raw.cells.columns]
    needed = [one.name for one in table.columns if one.required and one.name in raw.cells.columns]
    if not ids or not needed:
        return []
    says = pl.any_horizontal(pl.col(ids).str.contains(TOTAL).fill_null(False))
    lacks = pl.any_horizontal(pl.col(needed).is_null())
    rows = raw.cells.filter(says & lacks)
    if rows.is_empty():
        return []
    word = pl.coalesce(pl.when(pl.col(name).str.contains(TOTAL)).then(name) for name in ids)
    return of_rows(raw, ids[0], rows.select(ROW, word.alias("value")), lambda _: TOTAL_ROW)


def without_consequences(
    raw: RawTable, problems: Iterable[Problem], totals: Iterable[Problem] = ()
) -> list[Problem]:
    """Problems of a table without those of rows and cells of which is told already what is wrong.

    Parameters
    ----------
    raw : RawTable
    problems : iterable of Problem
    totals : iterable of Problem
        Rows that are no records.
    """
    rows = {*raw.told_rows, *(problem.row for problem in totals)}
    return [
        problem
        for problem in problems
        if problem.row not in rows and (problem.row, problem.column) not in raw.told_cells
    ]
