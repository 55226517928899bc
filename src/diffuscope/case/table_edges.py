"""What stands at the edges of a table and is no record: totals and notes below, a running number beside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.case.headings import HEADINGS
from diffuscope.records import ReadAs
from diffuscope.records.phrases import counted, listed
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.causes import TOTAL
from diffuscope.tables.places import Wording, of_table, shorten
from diffuscope.tables.raw import ROW
from diffuscope.tables.suggest import bare

if TYPE_CHECKING:
    from diffuscope.records import Problem
    from diffuscope.tables.raw import RawTable

RUNNING = frozenset({"", "no", "nr", "sn", "sno", "serial", "serialno", "row", "stt", "bil", "ลาดบ", "ท"})
"""How a column is headed that only counts rows, without accents and signs (`#` is nothing then)."""
NOT_KEPT = "a running number, which is not kept"
MOST_BELOW = 50
"""Rows below a table that are looked at, from the last one upwards."""
ROWS_NAMED = 8


def without_edges(raw: RawTable) -> tuple[RawTable, list[Problem]]:
    """A table without totals and notes below its last record, and without a running number beside it.

    A row below the records is no record where it lacks a value that every row needs and either calls itself a
    total or fills one cell only. They are told in one warning, with their rows.
    """
    below = _below(raw)
    if not below:
        return _without_running_number(raw), []
    rows = sorted(below)
    kept = raw.cells.filter(pl.col(ROW) < rows[0])
    filled = kept.filter(~pl.all_horizontal(pl.exclude(ROW).is_null()))[ROW].to_list()
    kept = kept.filter(pl.col(ROW) <= (filled[-1] if filled else 0))
    problem = of_table(raw, _words_of(below), row=rows[0], level="warning", count=len(rows))
    return _without_running_number(replace(raw, cells=kept)), [problem]


def _words_of(below: dict[int, str]) -> Wording:
    rows = sorted(below)
    totals = sum(what == "total" for what in below.values())
    what = [counted(totals, "total")] if totals else []
    what += [f"{counted(len(rows) - totals, 'row')} of text"] if len(rows) > totals else []
    named = ", ".join(map(str, rows[:ROWS_NAMED])) + (" …" if len(rows) > ROWS_NAMED else "")
    place = f"row {named}" if len(rows) == 1 else f"rows {named}"
    message = f"Below the table: {listed(what)} ({place}); no record, and not read as one."
    fix = "nothing, if no record is among them; to hear no more of it, keep them on another sheet"
    return Wording("below-table", message, fix)


def _below(raw: RawTable) -> dict[int, str]:
    """Rows below the last record, and whether each is a total or a note."""
    names = [name for name in raw.cells.columns if name != ROW]
    needed = [one.name for one in CATALOGUE[raw.name].columns if one.required and one.name in names]
    if len(needed) < 2:
        return {}
    tail = raw.cells.tail(MOST_BELOW).select(
        ROW,
        filled=pl.sum_horizontal(pl.col(names).is_not_null()),
        lacks=pl.any_horizontal(pl.col(needed).is_null()),
        total=pl.any_horizontal(pl.col(names).str.contains(TOTAL).fill_null(False)),
    )
    kinds: dict[int, str] = {}
    for row, filled, lacks, total in tail.reverse().iter_rows():
        if not filled:
            continue
        if not lacks or not (total or filled == 1):
            break
        kinds[row] = "total" if total else "note"
    return kinds


def _without_running_number(raw: RawTable) -> RawTable:
    """The table without a column that only counts its rows."""
    for name in raw.cells.columns:
        if name == ROW or name in CATALOGUE[raw.name].names or bare(name) not in RUNNING:
            continue
        numbers = raw.cells[name].drop_nulls().str.strip_chars_end(".").cast(pl.UInt32, strict=False)
        if numbers.null_count() or not (numbers.diff().drop_nulls() > 0).all():
            continue
        row = raw.cells[ROW].min()
        reading = ReadAs(
            table=raw.name,
            column=HEADINGS,
            file=raw.file,
            row=row - 1 if isinstance(row, int) else 1,
            rows=1,
            written=shorten(name),
            means=NOT_KEPT,
        )
        return replace(raw, cells=raw.cells.drop(name), read_as=(*raw.read_as, reading))
    return raw
