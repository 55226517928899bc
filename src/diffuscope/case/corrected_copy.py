"""A copy of a case in which every cell is corrected whose fix is certain, with a list of what changed."""

from __future__ import annotations

import csv
import io
import shutil
from contextlib import closing
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, NamedTuple

from diffuscope.case.atomic_folder import new_folder
from diffuscope.case.build import checked_settings
from diffuscope.case.certain_fixes import Change, certain_fixes
from diffuscope.case.delimited import prepared
from diffuscope.case.edited import with_cells, with_sheets
from diffuscope.case.headings import heading_row, named_headings
from diffuscope.case.private import Private
from diffuscope.case.read import WORKBOOK, gathered, open_case, read_case
from diffuscope.case.sheet_names import stands_for
from diffuscope.case.workbook import Workbook
from diffuscope.errors import CaseError
from diffuscope.records.joined_rows import place_of
from diffuscope.records.quoting import csv_cell
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.places import PRIVATE

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from diffuscope.case.contents import CaseContents

    Cells = dict[tuple[int, int], str]

SHEET = " › "
LIST = "-changes.csv"
"""What the name of the list of changes ends in; it stands beside the copy, of which it is no part."""


class CorrectedCopy(NamedTuple):
    """A corrected copy of a case.

    Attributes
    ----------
    copy : Path
        The folder or workbook.
    list : Path
        The CSV file that lists the changes.
    changes : tuple of Change
        What stands in private rows is not shown.
    """

    copy: Path
    list: Path
    changes: tuple[Change, ...]


def correct_case(case: str | os.PathLike[str], out: str | os.PathLike[str]) -> CorrectedCopy:
    """Write a copy of a case in which every cell is corrected whose fix is certain.

    Certain is what was *read as* one word, a date in another notation, a number with signs beside its
    digits, a year of the Buddhist era, known names with commas between them where a cell holds several, a
    word for *unknown* where a cell may be empty. Near names and whatever can mean two things stay, and are
    problems of the copy. No row is removed, and the case itself is not touched.

    Parameters
    ----------
    case : str or path
        A folder, or a workbook by itself.
    out : str or path
        A folder or workbook that does not exist yet. The changes are listed beside it, in a file of its name
        with ``-changes.csv`` after it: file, table, row, column, old, new, why.

    Returns
    -------
    CorrectedCopy

    Raises
    ------
    CaseError
        If the case is a zip or cannot be read, or something is at the place of the copy already.
    """
    source, target = Path(case), Path(out)
    _refuse(source, target)
    contents, changes = _changes(source)
    listed = target.with_name((target.stem if source.is_file() else target.name) + LIST)
    if listed.exists():
        raise CaseError(f"{listed} exists already. Name another copy, or move the list away.")
    if source.is_file():
        content, done = _edited(source.read_bytes(), source.name, changes, contents)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(content)
    else:
        done = _folder(source, target, changes, contents)
    shown = _shown(done, source)
    _write_list(listed, shown)
    return CorrectedCopy(target, listed, tuple(shown))


def _refuse(source: Path, target: Path) -> None:
    if not source.is_dir() and source.suffix.lower() != WORKBOOK:
        raise CaseError(f"`{source}` is neither a folder nor an .xlsx. Unpack a zip, and correct the folder.")
    if source.is_file() and target.suffix.lower() != WORKBOOK:
        raise CaseError(f"The copy of a workbook is a workbook. Name it `{target.with_suffix(WORKBOOK)}`.")
    if source.is_file() and target.exists():
        raise CaseError(f"{target} exists already; a case is never corrected in place. Name another file.")
    if source.is_dir() and target.resolve().is_relative_to(source.resolve()):
        raise CaseError(f"{target} lies in the case itself. Name a folder beside it.")


def _changes(source: Path) -> tuple[CaseContents, list[Change]]:
    with closing(open_case(source)) as place:
        contents, tables = gathered(place, frozenset(CATALOGUE))
        settings, named = checked_settings(contents.written, tables, place.name)
    return contents, certain_fixes(tables, settings, named)


def _folder(source: Path, target: Path, changes: Sequence[Change], contents: CaseContents) -> list[Change]:
    """The copy of a folder; links are left out, as they are when it is read."""
    done: list[Change] = []
    by_file: dict[str, list[Change]] = {}
    for change in changes:
        by_file.setdefault(change.file.partition(SHEET)[0], []).append(change)
    with new_folder(target) as folder:
        shutil.copytree(source, folder, dirs_exist_ok=True, ignore=_links)
        for name, own in by_file.items():
            content, made = _edited((folder / name).read_bytes(), name, own, contents)
            (folder / name).write_bytes(content)
            done += made
    return done


def _links(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if (Path(folder) / name).is_symlink()]


def _edited(
    data: bytes, name: str, changes: Sequence[Change], contents: CaseContents
) -> tuple[bytes, list[Change]]:
    """The content of a file with its changes, and those that could be made."""
    ending = PurePath(name).suffix.lower()
    if ending == WORKBOOK:
        return _workbook(data, changes, contents)
    if ending not in (".csv", ".tsv") or not changes:
        return data, []
    table = changes[0].table
    plain, delimiter = prepared(data, table)
    rows = list(csv.reader(io.StringIO(plain.decode("utf-8"), newline=""), delimiter=delimiter))
    columns = _columns(rows, table, contents, None)
    made = [one for one in changes if one.column in columns]
    return with_cells(data, table, {(one.row, columns[one.column]): one.new for one in made}), made


def _workbook(data: bytes, changes: Sequence[Change], contents: CaseContents) -> tuple[bytes, list[Change]]:
    by_sheet: dict[str, dict[tuple[int, int], Change]] = {}
    names = {one.file.partition(SHEET)[2] for one in changes}
    book = Workbook(data, lambda sheet: sheet in names)
    for sheet in sorted(names):
        own = [one for one in changes if one.file.partition(SHEET)[2] == sheet]
        stands = stands_for(sheet, contents.sheets)
        columns = _columns(book.rows(sheet), own[0].table, contents, stands.headings if stands else None)
        by_sheet[sheet] = {(one.row, columns[one.column]): one for one in own if one.column in columns}
    cells = {sheet: {at: one.new for at, one in own.items()} for sheet, own in by_sheet.items()}
    content, done = with_sheets(data, cells)
    return content, [
        by_sheet[sheet][at] for sheet in by_sheet for at in by_sheet[sheet] if at in done.get(sheet, ())
    ]


def _columns(
    rows: Sequence[Sequence[str]], table: str, contents: CaseContents, declared: int | None
) -> Mapping[str, int]:
    """Where each column of a table stands."""
    at = declared - 1 if declared is not None else heading_row(rows, table, contents.headings) or 0
    headings, _ = named_headings(rows[at], table=table, file="", row=at + 1, words=contents.headings)
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        places.setdefault((heading or "").strip(), place)
    return places


def _shown(changes: Sequence[Change], source: Path) -> list[Change]:
    """The changes as they may be listed: nothing of private rows."""
    case = read_case(source)
    rows = {(table, *place_of(case.files[table], row)) for table, row in Private.of(case).rows}
    return [
        one._replace(old=PRIVATE, new=PRIVATE) if (one.table, one.file, one.row) in rows else one
        for one in changes
    ]


def _write_list(file: Path, changes: Sequence[Change]) -> None:
    with file.open("x", encoding="utf-8-sig", newline="") as handle:
        rows = csv.writer(handle)
        rows.writerow(Change._fields)
        rows.writerows([csv_cell(str(cell)) for cell in one] for one in changes)
