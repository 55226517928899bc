"""An edition as a PDF, set by Typst; texts reach it as data, never as its markup."""

from __future__ import annotations

import json
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diffuscope.errors import MethodError, PlanError
from diffuscope.report.document import column_parts, plain
from diffuscope.report.edition.contents import text

if TYPE_CHECKING:
    from diffuscope.report.edition.contents import Edition, Table

NEEDS = (
    "A PDF is set by Typst, which is not installed: pip install 'diffuscope[pdf]'. The page (.html) and the "
    "document (.docx) can be printed to PDF without it."
)


def pdf(edition: Edition) -> bytes:
    """The edition as a PDF.

    Parameters
    ----------
    edition : Edition

    Raises
    ------
    PlanError
        If Typst is not installed.
    MethodError
        If it cannot set the pages, and why.
    """
    try:
        import typst
    except ImportError as error:
        raise PlanError(NEEDS) from error
    source = files("diffuscope.report").joinpath("templates", "edition.typ").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="diffuscope-") as folder:
        room = Path(folder)
        (room / "edition.typ").write_text(source, encoding="utf-8")
        (room / "edition.json").write_text(json.dumps(as_data(edition)), encoding="utf-8")
        try:
            made: bytes = typst.compile(str(room / "edition.typ"), root=folder)
        except RuntimeError as error:  # TypstError is one
            raise MethodError(f"The PDF could not be set: {plain(str(error))}") from error
    return made


def as_data(edition: Edition) -> dict[str, Any]:
    """What the pages are set from.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    dict
        Texts, lists and numbers only.
    """
    return {
        "title": plain(edition.title),
        "subtitle": plain(edition.subtitle),
        "language": edition.language.partition("-")[0].lower(),
        "foot": plain(edition.foot),
        "parts": [
            {
                "title": plain(part.title),
                "says": list(map(plain, part.says)),
                "tables": list(map(_table, part.tables)),
                "groups": [
                    {"title": plain(group.title), "points": list(map(plain, group.points))}
                    for group in part.groups
                ],
            }
            for part in edition.parts
        ],
    }


def _table(table: Table) -> dict[str, Any]:
    rows = [[plain(text(cell)) for cell in row.cells] for row in table.shown()]
    return {
        "caption": plain(table.caption),
        "head": list(map(plain, table.head)),
        "widths": column_parts([table.head, *rows]),
        "rows": [
            {"cells": cells, "bold": bool(row.level)} for cells, row in zip(rows, table.rows, strict=True)
        ],
        "notes": list(map(plain, table.notes)),
    }
