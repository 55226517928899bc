"""A table as a Parquet file, written by a program: its values become text, and are checked as such."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.case import limits
from diffuscope.case.raw_table import as_text, tidy
from diffuscope.case.refusal import Unreadable
from diffuscope.records.phrases import counted
from diffuscope.tables.places import Wording, of_table

if TYPE_CHECKING:
    from diffuscope.records import Problem
    from diffuscope.tables.raw import RawTable

SAVE_AGAIN = "write it again, or save it as CSV"


def read_parquet(data: bytes, table: str, file: str) -> tuple[RawTable, list[Problem]]:
    """The table of a Parquet file, and the columns of it that cannot be text.

    Row 2 is the first row of the file, as if it had been saved from a spreadsheet.

    Raises
    ------
    Unreadable
        If it is no Parquet file, or claims to hold more than a table may.
    """
    try:
        frame = _frame(data)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        message = "This is not a Parquet file, or it is damaged."
        raise Unreadable(Wording("damaged-file", message, SAVE_AGAIN)) from None
    cells, strange = as_text(frame)
    raw, problems = tidy(cells, cells.columns, table=table, file=file)
    for name in strange:
        message = (
            f"`{name}` holds values that are neither text, numbers, dates nor lists of ids; it is not read."
        )
        problems.append(of_table(raw, Wording("bad-type", message, SAVE_AGAIN), column=name))
    return raw, problems


def _frame(data: bytes) -> pl.DataFrame:
    lazy = pl.scan_parquet(io.BytesIO(data))
    columns = lazy.collect_schema().names()
    rows = lazy.select(pl.len()).collect().item()
    if len(columns) > limits.COLUMNS or rows * len(columns) > limits.CELLS:
        message = (
            f"The file has {counted(rows, 'row')} by {counted(len(columns), 'column')}; that is too many."
        )
        raise Unreadable(Wording("too-many-cells", message, "leave out what no table of a case needs"))
    return lazy.collect()
