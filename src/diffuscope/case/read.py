"""Reading a case: which of its files are tables, and everything that is wrong with any of them."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from diffuscope.case import limits
from diffuscope.case.archive import Archive
from diffuscope.case.build import assemble
from diffuscope.case.delimited import read_delimited, watch_lines
from diffuscope.case.folder import Folder
from diffuscope.case.frozen import FROZEN, parse_frozen
from diffuscope.case.parquet import read_parquet
from diffuscope.case.refusal import Unreadable
from diffuscope.case.shipped import shipped_cases
from diffuscope.case.table_source import RawTables, TableSource
from diffuscope.case.toml_text import read_settings
from diffuscope.case.unread import unread_file, unread_problems
from diffuscope.case.words import TABLE as WORDS
from diffuscope.case.workbook import Workbook
from diffuscope.case.workbook_settings import part_of_settings, settings_of_sheets
from diffuscope.errors import CaseError
from diffuscope.records import Problem
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.places import Wording
from diffuscope.tables.suggest import Names, nearest

if TYPE_CHECKING:
    from collections.abc import Collection

    from diffuscope.case.folder import Source
    from diffuscope.case.model import Case
    from diffuscope.case.settings import Written
    from diffuscope.case.unread import Unread
    from diffuscope.records import FrozenQuestions

SETTINGS = "case.toml"
READERS = {".csv": read_delimited, ".tsv": read_delimited, ".parquet": read_parquet}
WORKBOOK = ".xlsx"
LOCK = "~$"
"""How Excel begins the name of the file by which it marks a workbook as open."""
OTHER_WORKBOOKS = (".xls", ".xlsm", ".xlsb", ".ods")
ALIKE = (".csv", ".tsv", ".txt", ".parquet", ".dta", *OTHER_WORKBOOKS)
"""Endings of files that somebody may take for tables of the case."""
TABLES = Names((name, name) for name in CATALOGUE)


def read_case(source: str | os.PathLike[str], *, tables: Collection[str] | None = None) -> Case:
    """A case from wherever it is kept: its tables and questions, and everything that is wrong with them.

    Parameters
    ----------
    source : str or path
        One of

        - a folder that holds `case.toml` and a file per table (`units.csv`, `adoptions.csv` …; also
          `.tsv` and `.parquet`), or a workbook (`.xlsx`) with a sheet per table;
        - a `.zip` of such a folder;
        - a workbook (`.xlsx`) by itself: a sheet per table, and the settings in a sheet `case`;
        - the name of a case that comes with diffuscope, such as ``asean-smart-cities``.

    tables : collection of str, optional
        Only these tables are read; of the others nothing is known, not even that they are missing. By
        default all of them.

    Returns
    -------
    Case
        Its `problems` name file, row, column and value of whatever is wrong, and how to fix it. Nothing is
        guessed at: what cannot be read is null, and told.

    Raises
    ------
    CaseError
        If there is nothing to read: no such place, neither settings nor tables in it, or a zip that unpacks
        beyond all measure.

    Notes
    -----
    Nothing is written, no code of the case is run, no link that leads out of the case is followed, and no
    formula of a workbook is computed.

    Examples
    --------
    >>> case = read_case("asean-smart-cities")
    >>> case.id, case.table("units").filter(unit="SGP")["name"].item()
    ('asean-smart-cities', 'Singapore')
    """
    try:
        with closing(_open(Path(source))) as place:
            return _read(place, frozenset(CATALOGUE if tables is None else (*tables, WORDS)))
    except Unreadable as error:
        problem = error.problem(None)
        raise CaseError(f"The case `{source}` cannot be read: {problem.message}", [problem]) from None
    except OSError as error:
        raise CaseError(f"The case `{source}` cannot be read: {error.strerror}.") from None


def _open(path: Path) -> Source:
    if path.is_dir():
        return Folder(path)
    if path.exists():
        if path.name.lower() == SETTINGS:
            return Folder(path.parent)
        if path.suffix.lower() == ".zip":
            return Archive(path)
        if path.suffix.lower() == WORKBOOK:
            return Folder(path.parent, only=path.name)
        raise CaseError(_no_case(path))
    shipped = {case.id: case.folder for case in shipped_cases()}
    if str(path) in shipped:
        return Folder(shipped[str(path)])
    meant = nearest(str(path), shipped)
    hint = (
        f" Did you mean `{meant}`?" if meant else f" Cases that come with diffuscope: {', '.join(shipped)}."
    )
    raise CaseError(f"There is no folder, zip or workbook `{path}`, and no case of that name.{hint}")


def _no_case(path: Path) -> str:
    message = f"`{path}` is neither a folder nor a `.zip` nor an `.xlsx`."
    if path.suffix.lower() in OTHER_WORKBOOKS:
        return f"{message} Save the workbook as `.xlsx`."
    beside = (path.parent / SETTINGS).exists()
    return f"{message} Give the folder it lies in: `{path.parent}`." if beside else message


@dataclass
class _Found(RawTables):
    """What the files of a case hold, as far as they have been read."""

    written: Written | None = None
    has_settings: bool = False
    unread: list[Unread] = field(default_factory=list)
    frozen: FrozenQuestions | None = None

    @property
    def nothing(self) -> bool:
        return not (self.has_settings or self.raws or self.refused)


def _read(place: Source, wanted: frozenset[str]) -> Case:
    files = _Found(problems=list(place.problems), wanted=wanted)
    names = sorted(place.files(), key=lambda name: (name.lower() != SETTINGS, name))
    for name in names:
        if name.lower() == SETTINGS:
            _read_settings(place, name, files)
        elif name == FROZEN:
            _read_frozen(place, name, files)
        elif table := _table(name):
            files.add(_table_of_file(place, name, table))
        elif PurePath(name).suffix.lower() == WORKBOOK and not name.startswith(LOCK):
            _read_workbook(place, name, files)
    if not files.has_settings and place.has_file(SETTINGS):
        _read_settings(place, SETTINGS, files)  # beside a workbook that was given by itself
    if any(problem.rule == "zip-bomb" for problem in files.problems):
        raise CaseError(f"`{place.name}` becomes far too large when it is unpacked.", files.problems)
    files.unread += [unread_file(place, name) for name in names if _looks_like_a_table(name)]
    there = {raw.name for raw in files.raws} | files.refused
    files.problems += unread_problems(files.unread, there, list(CATALOGUE))
    if files.nothing:
        raise CaseError(
            f"`{place.name}` is not a case: it holds neither `{SETTINGS}` nor a table such as `units.csv`.",
            files.problems,
        )
    if not files.has_settings:
        files.problems.append(_no_settings(names))
    if not files.raws and not files.refused:
        files.problems.append(_no_tables())
    return assemble(
        files.written,
        files.raws,
        name=place.name,
        problems=files.problems,
        refused=files.refused,
        has_file=place.has_file,
        frozen=files.frozen,
    )


def _read_settings(place: Source, name: str, files: _Found) -> None:
    if files.has_settings:
        files.problems.append(_warning(_SETTINGS_TWICE, name))
        return
    files.has_settings = True
    try:
        files.written = read_settings(place.read(name, limits.SETTINGS_BYTES), name)
    except Unreadable as error:
        files.problems.append(error.problem(name))


def _read_frozen(place: Source, name: str, files: _Found) -> None:
    try:
        files.frozen = parse_frozen(place.read(name, limits.SETTINGS_BYTES))
    except Unreadable as error:
        files.problems.append(error.problem(name))


def _table_of_file(place: Source, name: str, table: str) -> TableSource:
    reader = READERS[PurePath(name).suffix.lower()]
    watch = watch_lines if reader is read_delimited else None
    return TableSource(table, name, lambda: reader(place.read(name, limits.TABLE_BYTES, watch), table, name))


def _read_workbook(place: Source, name: str, files: _Found) -> None:
    try:
        book = Workbook(
            place.read(name, limits.WORKBOOK_BYTES),
            lambda sheet: bool(TABLES.exact(sheet) or part_of_settings(sheet)),
        )
    except Unreadable as error:
        files.problems.append(error.problem(name))
        files.refused |= set(CATALOGUE)  # it may have held any of them, and the settings too
        files.has_settings = True
        return
    files.unread += book.others(name)
    for source in book.tables(name, TABLES):
        files.add(source)
    written = settings_of_sheets(book, name)
    if written is None:
        return
    if files.has_settings:
        files.problems.append(_warning(_SETTINGS_TWICE, name))
    else:
        files.has_settings, files.written = True, written


def _looks_like_a_table(name: str) -> bool:
    """Whether somebody may take a file that no table is read from for one."""
    return PurePath(name).suffix.lower() in ALIKE and not _table(name) and not name.startswith(LOCK)


def _table(name: str) -> str | None:
    """The table of the catalogue that a file is named after, however it is spelt."""
    path = PurePath(name)
    return TABLES.exact(path.stem) if path.suffix.lower() in READERS else None


def _warning(wording: Wording, file: str) -> Problem:
    return Problem(level="warning", rule=wording.rule, message=wording.message, fix=wording.fix, file=file)


_SETTINGS_TWICE = Wording(
    "settings-twice",
    "The settings of the case were already read from another place; those here are not read.",
    "put all settings into one of the two",
)


def _no_settings(names: list[str]) -> Problem:
    other = nearest(SETTINGS, [name for name in names if "case" in name.lower() or name.endswith(".toml")])
    return Problem(
        level="error",
        rule="missing-settings",
        message=f"The case has no `{SETTINGS}`, which gives its name and its questions.",
        fix=f"rename `{other}` to `{SETTINGS}`"
        if other
        else "write one next to the tables; the command `diffuscope new` makes one to start from",
        file=SETTINGS,
    )


def _no_tables() -> Problem:
    return Problem(
        level="error",
        rule="no-tables",
        message="The case has no table.",
        fix="put `units.csv` and the other tables next to `case.toml`",
    )
