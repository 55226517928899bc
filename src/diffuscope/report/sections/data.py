"""Sources, the rows of the case, and how the report was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.records.joined_rows import place_of
from diffuscope.records.phrases import counted
from diffuscope.report import cite
from diffuscope.report.names import ONLY_IN_FILES, ROW, SHOWN_ROWS, rows
from diffuscope.report.words import as_written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.report.tables import OutTable
    from diffuscope.result import Result


def sources(result: Result) -> list[dict[str, Any]]:
    """The public documents of the case, by author and year.

    Parameters
    ----------
    result : Result

    Returns
    -------
    list of dict
        `author`, `year`, `title`, `url` (only where a browser may follow it), `licence`, `note`, `anchor`,
        `place`.
    """
    documents = [
        {
            "author": row.get("author"),
            "year": row.get("year"),
            "title": row.get("title") or row["document"],
            "url": _safe_url(row.get("url")),
            "licence": row.get("licence"),
            "note": row.get("note"),
            "anchor": f"documents-{row[ROW]}",
            "place": _place(result, int(row[ROW] or 0)),
        }
        for row in rows(result, "documents")
    ]
    return sorted(documents, key=lambda source: (str(source["author"] or "~"), str(source["year"] or "")))


def _place(result: Result, row: int) -> str:
    file, own = place_of(result.case.files.get("documents", "documents"), row)
    return f"{file}, row {own}"


def _safe_url(url: object) -> str | None:
    text = str(url or "")
    return text if text.startswith(("https://", "http://")) else None


def data(result: Result, tables: Sequence[OutTable]) -> list[dict[str, Any]]:
    """The tables of the case, row by row, for looking up where a number comes from.

    Parameters
    ----------
    result : Result
    tables : sequence of OutTable
        All tables of the report; those of the case are shown.

    Returns
    -------
    list of dict
        `name`, `file`, `a_row_is`, `columns` (name, meaning), `rows` (row in the file, cells), `hidden` (rows
        beyond those shown).
    """
    return [
        {
            "name": table.name,
            "file": result.case.files.get(table.name, table.name),
            "a_row_is": table.a_row_is,
            "count": counted(len(table.rows), "row"),
            # file and row are said once, and in the first column
            "columns": list(table.columns.items())[:-2],
            "rows": [
                {
                    "id": own[ROW],
                    "row": row[-1] if own[ROW] == row[-1] else f"{row[-2]}, {row[-1]}",
                    "cells": ["" if cell is None else cell for cell in row[:-2]],
                }
                for row, own in zip(table.rows[:SHOWN_ROWS], rows(result, table.name), strict=False)
            ],
            "hidden": max(0, len(table.rows) - SHOWN_ROWS),
        }
        for table in tables
        if _in_page(table)
    ]


def in_files(tables: Sequence[OutTable]) -> list[dict[str, str]]:
    """The tables that stand in files alone, for the page says the same in other forms.

    Parameters
    ----------
    tables : sequence of OutTable

    Returns
    -------
    list of dict
        `name`, `count`, `a_row_is`.
    """
    return [
        {"name": table.name, "count": counted(len(table.rows), "row"), "a_row_is": table.a_row_is}
        for table in tables
        if not _in_page(table)
    ]


def _in_page(table: OutTable) -> bool:
    return table.from_case and table.name not in ("documents", *ONLY_IN_FILES)


def source_line(result: Result) -> str:
    """Where the numbers of a part come from, for a part that is printed by itself."""
    run = result.run
    return (
        f"Source: {result.case.title} (case {result.case.id}), counted by diffuscope {run.version} on "
        f"{as_written(run.time[:10])}. Case SHA-256 {run.case_sha256[:12]}."
    )


def made(result: Result) -> dict[str, Any]:
    """Version, hash, seed and time of the run, and how to cite it.

    Parameters
    ----------
    result : Result

    Returns
    -------
    dict
    """
    run, case = result.run, result.case
    counts = ", ".join(f"{name} {count:,}" for name, count in case.tables.items())
    return {
        "facts": [
            ("Case", f"{case.title} ({case.id})"),
            ("Licence of the case", case.licence or "not stated"),
            ("Rows", counts),
            ("diffuscope", f"version {run.version}, on Python {run.python}"),
            ("Hash of the case (SHA-256)", run.case_sha256),
            ("Seed of whatever is drawn at random", str(run.seed)),
            ("Made", f"{as_written(run.time[:10])}, {run.time[11:16]} UTC"),
        ],
        "case": cite.case_citation(result),
        "program": cite.program_citation(result),
        "bibtex": cite.bibtex(result),
    }
