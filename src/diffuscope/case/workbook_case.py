"""The tables and settings of a workbook, as part of a case."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from diffuscope.case import limits
from diffuscope.case.contents import settings_twice
from diffuscope.case.headings import has_headings
from diffuscope.case.refusal import Unreadable
from diffuscope.case.sheet_names import stands_for
from diffuscope.case.table_source import TableSource
from diffuscope.case.unread import unread_sheet
from diffuscope.case.workbook import Workbook
from diffuscope.case.workbook_settings import part_of_settings, settings_of_sheets
from diffuscope.tables.catalogue import CATALOGUE

if TYPE_CHECKING:
    from diffuscope.case.contents import CaseContents
    from diffuscope.case.folder import Source


def settings_of_workbook(place: Source, name: str, contents: CaseContents) -> bool:
    """Take the settings that a workbook holds, and say whether it holds any."""
    try:
        book = Workbook(
            place.read(name, limits.WORKBOOK_BYTES), lambda sheet: part_of_settings(sheet) is not None
        )
        written = settings_of_sheets(book, name)
    except Unreadable as error:
        contents.problems.append(error.problem(name))
        contents.refused |= set(CATALOGUE)  # it may have held any of them, and the settings too
        contents.has_settings = True
        contents.damaged.add(name)
        return False
    if written is None:
        return False
    if contents.has_settings:
        contents.problems.append(settings_twice(name))
    else:
        contents.has_settings = True
        contents.take(written)
    return True


def tables_of_workbook(place: Source, name: str, contents: CaseContents) -> None:
    """Read every sheet of a workbook that stands for a table; the others are noted."""
    try:
        book = Workbook(
            place.read(name, limits.WORKBOOK_BYTES),
            lambda sheet: bool(stands_for(sheet, contents.sheets) or part_of_settings(sheet)),
        )
    except Unreadable as error:
        contents.problems.append(error.problem(name))
        contents.refused |= set(CATALOGUE)
        return
    contents.unread += book.others(name)
    of = {sheet: stands_for(sheet, contents.sheets) for sheet in book.wanted if not part_of_settings(sheet)}
    tables = {sheet: stands for sheet, stands in of.items() if stands is not None}
    for sheet in sorted(tables, key=lambda sheet: tables[sheet].table != "words"):
        stands, file = tables[sheet], f"{name} › {sheet}"
        if not stands.sure and not has_headings(book.rows(sheet), stands.table, contents.headings):
            contents.unread.append(unread_sheet(file, sheet, book.rows(sheet)))
            continue
        read = partial(
            book.table, sheet, stands.table, file, words=contents.headings, headings_in=stands.headings
        )
        contents.add(TableSource(stands.table, file, read), sent=True)
