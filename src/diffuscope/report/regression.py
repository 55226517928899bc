"""Regression table of several models as a file: Word, LaTeX, HTML, CSV or plain text."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from diffuscope.errors import PlanError
from diffuscope.records.quoting import csv_cell, html_text
from diffuscope.report.document import Document

if TYPE_CHECKING:
    from collections.abc import Callable

    from diffuscope.records.regression import RegressionTable

FOOT = "Regression table by diffuscope"
MADE = datetime(1980, 1, 1)
"""Date in the file's properties, so that the same table gives the same bytes."""


def write_regression_table(table: RegressionTable, path: str | Path) -> Path:
    """Write a regression table of `regression_table` as a file.

    Parameters
    ----------
    table : RegressionTable
    path : str or Path
        Ends in `.docx`, `.tex`, `.html`, `.csv` or `.txt`. A file that is there is replaced.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    PlanError
        If the ending is another.
    """
    file = Path(path)
    makers: dict[str, Callable[[RegressionTable], bytes]] = {
        ".docx": regression_word,
        ".tex": lambda one: one.latex().encode(),
        ".html": regression_page,
        ".csv": _csv,
        ".txt": lambda one: one.text().encode(),
    }
    maker = makers.get(file.suffix.lower())
    if maker is None:
        raise PlanError(f"`{file.name}` does not end in one of {', '.join(makers)}.")
    file.write_bytes(maker(table))
    return file


def regression_page(table: RegressionTable) -> bytes:
    """A regression table as a page of its own, which says how it is encoded: minus signs are not ASCII.

    Parameters
    ----------
    table : RegressionTable
    """
    head = f'<meta charset="utf-8"><title>{html_text(table.title)}</title>'
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n{table.html()}</body></html>\n'.encode()
    )


def regression_word(table: RegressionTable) -> bytes:
    """A regression table as a `.docx`: its caption, two lines for each term, what each model rests on, notes.

    Parameters
    ----------
    table : RegressionTable
    """
    paper = Document(table.title, MADE, FOOT)
    lines = list(table.lines())
    paper.turn([[("", *table.models), *lines]])
    paper.table(table.title, ("", *table.models), lines)
    for note in table.notes:
        paper.text(note, "Caption")
    return paper.content()


def _csv(table: RegressionTable) -> bytes:
    """The table as it is printed, safe for spreadsheets; notes are rows below it."""
    import polars as pl

    frame = table.frame()
    notes = pl.DataFrame({"term": list(table.notes)}, schema={"term": pl.String})
    every = pl.concat([frame, notes], how="diagonal").fill_null("")
    safe = every.select(pl.all().map_elements(csv_cell, return_dtype=pl.String))
    heads = dict(zip(safe.columns, map(csv_cell, safe.columns), strict=True))
    return safe.rename(heads).write_csv().encode()
