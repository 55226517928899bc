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
STYLE = (
    "body { margin: 1.5rem; font: 1rem/1.5 system-ui, sans-serif; } .scroll { overflow-x: auto; } "
    "h1 { font-size: 1.2rem; } caption { display: none; } "
    "table { border-collapse: collapse; font-size: .9rem; } "
    "th, td { text-align: left; vertical-align: top; padding: .15rem 1rem .15rem 0; } "
    "th { font-weight: 600; } "
    "thead, tfoot, tbody + tbody { border-top: 1px solid; } thead th { border-bottom: 1px solid; } "
    "tbody td { font-variant-numeric: tabular-nums; } tfoot td { padding-top: .5rem; font-size: .85rem; } "
    "@media (max-width: 40rem) { body { margin: 1rem; } th, td { padding-right: .6rem; } } "
    "@media print { body { margin: 0; font-size: 9pt; } .scroll { overflow: visible; } }"
)


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
    title = html_text(table.title)
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{title}</title><style>{STYLE}</style>'
    )
    region = f'<div class="scroll" role="region" tabindex="0" aria-label="{title}">'
    body = f"<main><h1>{title}</h1>\n{region}\n{table.html()}</div></main>"
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n{body}</body></html>\n'.encode()


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
