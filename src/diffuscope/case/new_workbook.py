"""A workbook to fill in: settings, and a sheet per table with drop-downs, notes and an example."""

from __future__ import annotations

import csv
import io
import tomllib
from importlib import resources
from typing import TYPE_CHECKING
from uuid import uuid4

from diffuscope.case.model import short_name
from diffuscope.case.sheet_names import SHEETS
from diffuscope.case.words import TABLE as WORDS
from diffuscope.case.workbook_parts import OWN_AUTHOR
from diffuscope.errors import CaseError
from diffuscope.tables.catalogue import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from diffuscope.tables.columns import Column

ROWS = 1_000
"""Rows below the headings that are made ready to be filled in."""
NUMBERS = ("number", "integer", "probability", "fraction")
LONGEST_LIST = 255
"""Letters of a drop-down that stand in the sheet itself."""
ASKED = ("id", "question", "policies", "units", "period", "first", "last", "note")
SAYS = {
    "format": "Version of the case format",
    "id": "Short name of the case: letters, digits, hyphens",
    "title": "The case as a reader should see it named",
    "licence": "Terms under which the data may be used",
    "language": "Language of names and texts, such as en or id",
    "description": "What the case is about, in a few sentences",
    "cite": "How the case wants to be cited",
    "tiers": "Steps of an adoption, lowest first, separated by semicolons; may stay empty",
}


def new_workbook(file: Path, *, monitoring: bool = False) -> Path:
    """Write a small case to fill in, as one workbook.

    Parameters
    ----------
    file : Path
        An `.xlsx` that does not exist yet. The case is named after it.
    monitoring : bool
        A register of projects by reporting wave instead of a question of diffusion.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    CaseError
        If something is there already.
    """
    if file.exists():
        raise CaseError(f"{file} exists already. Name a workbook that does not exist.")
    file.parent.mkdir(parents=True, exist_ok=True)
    # It appears whole or not at all.
    work = file.with_name(f".diffuscope-{uuid4().hex}.xlsx")
    try:
        work.write_bytes(_content(short_name(file.stem), monitoring=monitoring))
        work.rename(file)
    finally:
        work.unlink(missing_ok=True)
    return file


def _content(name: str, *, monitoring: bool) -> bytes:
    import xlsxwriter

    template = resources.files("diffuscope.case").joinpath("register" if monitoring else "template")
    texts = {one.name: one.read_text(encoding="utf-8") for one in template.iterdir() if one.is_file()}
    settings = tomllib.loads(texts["case.toml"].replace("{id}", name).replace("README", "guide"))
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    _settings(book, settings)
    for table in CATALOGUE:
        file = f"{table}.csv"
        if file in texts:
            _table(book, table, list(csv.reader(io.StringIO(texts[file]))))
    if f"{WORDS}.csv" not in texts:
        _table(book, WORDS, [list(CATALOGUE[WORDS].names)])
    book.close()
    return out.getvalue()


def _settings(book: Workbook, settings: Mapping[str, object]) -> None:
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    sheet = book.add_worksheet("case")
    rows = [("setting", "value"), *((key, settings.get(key, "")) for key in SAYS)]
    for at, (key, value) in enumerate(rows):
        sheet.write(at, 0, key, bold)
        sheet.write(at, 1, value, text if isinstance(value, str) else None)
        if key in SAYS:
            _note(sheet, at, 0, SAYS[key])
    sheet.set_column(0, 1, 30)
    waves = settings.get("waves")
    dated = list(waves.items()) if isinstance(waves, dict) else []
    _plain(book, "waves", ("wave", "date"), dated)
    questions = settings.get("analysis")
    _plain(
        book,
        "analyses",
        ASKED,
        [_question_cells(one) for one in questions] if isinstance(questions, list) else [],
    )
    _plain(book, SHEETS, ("sheet", "table", "headings"), [])


def _question_cells(question: Mapping[str, object]) -> list[str]:
    window = question.get("window")
    first, last = window if isinstance(window, list) else ("", "")
    says = {**question, "first": first, "last": last}
    cells = [says.get(name, "") for name in ASKED]
    return ["; ".join(cell) if isinstance(cell, list) else str(cell) for cell in cells]


def _plain(book: Workbook, name: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A sheet of settings: text throughout, so that no year becomes a day."""
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    sheet = book.add_worksheet(name)
    sheet.set_column(0, len(headings) - 1, 18, text)
    sheet.write_row(0, 0, headings, bold)
    for at, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            if cell:
                sheet.write_string(at, place, cell, text)
    sheet.freeze_panes(1, 0)


def _table(book: Workbook, table: str, rows: Sequence[Sequence[str]]) -> None:
    columns = {column.name: column for column in CATALOGUE[table].columns}
    needed = book.add_format({"bold": True, "bottom": 1})
    free = book.add_format({"bold": True, "bottom": 1, "font_color": "#595959"})
    text = book.add_format({"num_format": "@"})
    sheet = book.add_worksheet(table)
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(rows[0]):
        column = columns[name]
        sheet.set_column(place, place, 16, None if column.kind in NUMBERS else text)
        sheet.write_string(0, place, name, needed if column.required else free)
        _note(sheet, 0, place, column.description + (" Needed in every row." if column.required else ""))
        _choices(sheet, place, column)
        for at, row in enumerate(rows[1:], start=1):
            _cell(sheet, (at, place), row[place], column, text)


def _cell(sheet: Worksheet, at: tuple[int, int], value: str, column: Column, text: Format) -> None:
    if not value:
        return
    if column.kind in NUMBERS:
        sheet.write_number(*at, float(value))
    else:
        sheet.write_string(*at, value, text)


def _choices(sheet: Worksheet, place: int, column: Column) -> None:
    """A drop-down of the words that a column can hold."""
    if column.choices and len(",".join(column.choices)) <= LONGEST_LIST:
        sheet.data_validation(
            1,
            place,
            ROWS,
            place,
            {
                "validate": "list",
                "source": list(column.choices),
                "error_type": "warning",
                "error_title": column.name,
                "error_message": f"{column.name} expects one of the words in the list.",
            },
        )


def _note(sheet: Worksheet, row: int, column: int, says: str) -> None:
    sheet.write_comment(row, column, says, {"author": OWN_AUTHOR, "x_scale": 2})
