"""An edition as a PDF, set by Typst; texts reach it as data, never as its markup."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from diffuscope.errors import MethodError, PlanError
from diffuscope.records.extras import library
from diffuscope.records.phrases import one_line
from diffuscope.records.quoting import typst_data
from diffuscope.report.column_widths import LEAST_SIZE, column_parts, fitting, too_wide
from diffuscope.report.edition.contents import cells_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.report.edition.contents import Edition, Part, Row, Table

OTHERWISE = "The page (.html) and the document (.docx) can be printed to PDF without it."
STANDARD: Final = "ua-1"
"""PDF/UA: a page that can be read aloud, in which every letter is a letter and none an empty box."""
FONTS = (
    "No font on this computer has these letters of {scripts}: {letters}. Install a font that has them, such "
    "as Noto Sans {script}, or print the page (.html) or the document (.docx) to PDF."
)
SIZE = 8.5
"""Of letters in tables, in points."""
PAGE, ON_ITS_SIDE = 125.0, 190.0
"""Letters of that size that a line of an A4 page holds, upright and on its side."""
TOTAL = 2
UNDER = {1: (0, 3), 3: (0,)}
"""Levels of rows that a head of each level leads: a country its cities or lines, a city its lines."""
MOST_LETTERS = 20
"""Letters without a font that are named."""
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def pdf(edition: Edition, fonts: Sequence[Path] = ()) -> bytes:
    """The edition as a PDF.

    Parameters
    ----------
    edition : Edition
    fonts : sequence of Path
        Folders with fonts, beside those of the computer.

    Raises
    ------
    PlanError
        If Typst is not installed, or no font has the letters of a text.
    MethodError
        If it cannot set the pages, and why.
    """
    typst = library("typst", "pdf", "A PDF", otherwise=OTHERWISE)
    source = files("diffuscope.report").joinpath("templates", "edition.typ").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="diffuscope-") as folder:
        room = Path(folder)
        (room / "edition.typ").write_text(source, encoding="utf-8")
        (room / "edition.json").write_text(typst_data(as_data(edition)), encoding="utf-8")
        try:
            made: bytes = typst.compile(
                str(room / "edition.typ"),
                root=folder,
                font_paths=[str(path) for path in fonts],
                pdf_standards=[STANDARD],
                timestamp=edition.made,
            )
        except RuntimeError as error:  # TypstError is one
            raise _refusal(str(error), getattr(error, "diagnostic", "")) from error
        except BaseException as error:  # a panic of Typst is no Exception, and would end the command
            if type(error).__name__ != "PanicException":
                raise
            raise MethodError(
                f"The PDF could not be set, for a fault of Typst: {one_line(str(error))}. {OTHERWISE}"
            ) from error
    return made


def _refusal(message: str, diagnostic: str) -> PlanError | MethodError:
    """Which letters have no font; otherwise what Typst says."""
    unprintable = (
        _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text) for text in _MISSING.findall(diagnostic)
    )
    letters = list(dict.fromkeys(sign for text in unprintable for sign in text))
    if not letters:
        return MethodError(f"The PDF could not be set: {one_line(message)}")
    letters = [sign for sign in letters if not unicodedata.category(sign).startswith("M")] or letters
    scripts = list(dict.fromkeys(unicodedata.name(sign, "unknown").split()[0].title() for sign in letters))
    shown = " ".join(letters[:MOST_LETTERS]) + (" …" if len(letters) > MOST_LETTERS else "")
    return PlanError(FONTS.format(scripts=", ".join(scripts), letters=shown, script=scripts[0]))


def as_data(edition: Edition) -> dict[str, Any]:
    """What the pages are set from.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    dict
        Texts, lists and numbers only; parts stand in runs, each on pages upright or on their side.
    """
    language = edition.language.partition("-")[0].lower()
    return {
        "title": one_line(edition.title),
        "subtitle": one_line(edition.subtitle),
        "language": language if re.fullmatch("[a-z]{2,3}", language) else "en",
        "foot": one_line(edition.foot),
        "made": [edition.made.year, edition.made.month, edition.made.day],
        "runs": [
            {"wide": wide, "parts": [_part(part, ON_ITS_SIDE if wide else PAGE) for part in parts]}
            for wide, parts in groupby(edition.parts, _wide)
        ],
    }


def _wide(part: Part) -> bool:
    """Whether a table of a part needs a page on its side."""
    return any(too_wide(cells_of(table), PAGE) for table in part.tables)


def _part(part: Part, room: float) -> dict[str, Any]:
    return {
        "title": one_line(part.title),
        "says": list(map(one_line, part.says)),
        "tables": [_table(table, room) for table in part.tables],
        "groups": [
            {"title": one_line(group.title), "points": list(map(one_line, group.points))}
            for group in part.groups
        ],
        "notes": list(map(one_line, part.notes)),
    }


def _stand_again(rows: Sequence[Row]) -> list[bool]:
    """Whether each row is the head of what follows it, and stands on every page that this runs over.

    A city without a line of its own is itself a line: Typst 0.15 panics where more heads than a page holds
    follow each other, as in a wave from which most returns are missing.
    """
    below = [row.level for row in rows[1:]] + [TOTAL]
    return [after in UNDER.get(row.level, ()) for row, after in zip(rows, below, strict=True)]


def _table(table: Table, room: float) -> dict[str, Any]:
    head, *rows = cells_of(table)
    shown = list(table.shown())
    fit = fitting([head, *rows], room)
    return {
        "caption": one_line(table.caption),
        "head": head,
        "widths": column_parts([head, *rows], room),
        "size": round(SIZE * max(LEAST_SIZE, fit), 2),
        "squeezed": fit < LEAST_SIZE,
        "rows": [
            {"cells": cells, "level": row.level, "head": row.head, "again": again}
            for cells, row, again in zip(rows, shown, _stand_again(shown), strict=True)
        ],
        "notes": list(map(one_line, table.notes)),
    }
