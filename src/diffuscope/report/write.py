"""A result written down: the page, the tables, the workbook, the figures, and the result itself."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from diffuscope.report.cells import csv_text
from diffuscope.report.charts_library import begin_library
from diffuscope.report.cite import bibtex, case_citation, program_citation
from diffuscope.report.figures import begin_drawing
from diffuscope.report.folder import place
from diffuscope.report.models import model_files
from diffuscope.report.names import Names
from diffuscope.report.page import page
from diffuscope.report.tables import out_tables
from diffuscope.report.word import word
from diffuscope.report.workbook import workbook
from diffuscope.result import refuse_no_result, schema_text, to_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.report.figures import Drawn
    from diffuscope.result import Result


def write_report(result: Result, folder: str | Path, *, docx: bool = False, figures: bool = False) -> Path:
    """Write a result down: for reading, for spreadsheets and statistics programs, for papers.

    Parameters
    ----------
    result : Result
    folder : str or Path
        A folder that does not exist yet, is empty, or holds an earlier report, which is replaced. Whatever
        else stands in it stays untouched. The report is there whole or not at all.
    docx : bool
        Write the short version for Word too, `report.docx`.
    figures : bool
        Write every figure as a file too, `figures/*.svg` and `*.png` with `figures/captions.md`.

    Returns
    -------
    Path
        The page, `report.html`. Beside it: `result.json` and its schema, `tables.xlsx`, `tables/*.csv`, and
        where models were fitted `models/*`.

    Raises
    ------
    PlanError
        If the folder holds other things and no report, or a file of the report that somebody changed.
    """
    refuse_no_result(result)
    folder = Path(folder)
    place(report_files(result, docx=docx, figures=figures), folder)
    return folder / "report.html"


def report_files(result: Result, *, docx: bool = False, figures: bool = False) -> dict[str, bytes]:
    """Every file of a report by its path inside the folder; the same result gives the same bytes.

    Parameters
    ----------
    result : Result
    docx : bool
        Whether the short version for Word is one of them.
    figures : bool
        Whether every figure is a file too.

    Returns
    -------
    dict of str to bytes
    """
    names, library = Names(result), begin_library()
    painted = begin_drawing(result, names, files=figures, png=docx)
    tables = out_tables(result)
    book = workbook(tables, _notes(result), datetime.fromisoformat(result.run.time))
    drawn = painted()
    files = {"report.html": page(result, names, drawn, tables, library()), **to_files(result)}
    files["result.schema.json"] = schema_text().encode()
    files["tables.xlsx"] = book
    files |= {
        f"tables/{table.name}.csv": csv_text(list(table.columns), table.rows).encode() for table in tables
    }
    files |= model_files(result)
    if figures:
        files |= _figure_files(drawn)
    if docx:
        files["report.docx"] = word(result, names, drawn)
    return files


def _figure_files(drawn: Sequence[Drawn]) -> dict[str, bytes]:
    files = {}
    for figure in drawn:
        if figure.failed is None:
            files[f"figures/{figure.name}.svg"] = figure.svg.encode()
            files[f"figures/{figure.name}.png"] = figure.png
    return files | ({"figures/captions.md": _captions(drawn).encode()} if drawn else {})


def _notes(result: Result) -> list[tuple[str, str]]:
    """What the workbook says before it explains its sheets."""
    run = result.run
    return [
        (
            result.case.title,
            "How and why it spread, as far as the data show: the tables behind report.html.",
        ),
        ("Cells", "An empty cell is unknown or does not apply; it never means zero."),
        ("file, row", "Where a fact is in the case: its file, and its row as a spreadsheet shows it."),
        (
            "dB",
            "Decibans, the weight of evidence: +10 means ten times likelier if the mechanism was at work.",
        ),
        ("Licence of the case", result.case.licence or "not stated"),
        (
            "Made with",
            f"diffuscope {run.version}, seed {run.seed}, {run.time}, case SHA-256 {run.case_sha256}",
        ),
        ("Cite the case", case_citation(result)),
        ("Cite the program", program_citation(result)),
        ("BibTeX", bibtex(result)),
    ]


def _captions(drawn: Sequence[Drawn]) -> str:
    """Title, caption and alternative text of every figure, for whoever uses one elsewhere."""
    parts = ["# Figures\n"]
    for figure in drawn:
        parts.append(f"## {figure.name}\n\n**{_line(figure.title)}**\n")
        if figure.failed is not None:
            parts.append(f"Could not be drawn: {_line(figure.failed)}\n")
        else:
            parts.append(f"{_line(figure.caption)}\n\nAlternative text: {_line(figure.alt)}\n")
    return "\n".join(parts)


def _line(text: str) -> str:
    return " ".join(text.split())
