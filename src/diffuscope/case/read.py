"""Reading a case: which of its files are tables, and everything that is wrong with any of them."""

from __future__ import annotations

import os
from contextlib import closing
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from diffuscope.case import limits
from diffuscope.case.archive import Archive
from diffuscope.case.build import assemble
from diffuscope.case.contents import CaseContents, settings_twice
from diffuscope.case.delimited import read_delimited, watch_lines
from diffuscope.case.folder import Folder
from diffuscope.case.frozen import FROZEN, parse_frozen
from diffuscope.case.headings import has_headings
from diffuscope.case.joined_tables import joined
from diffuscope.case.parquet import read_parquet
from diffuscope.case.refusal import Unreadable
from diffuscope.case.sheet_names import stands_for
from diffuscope.case.shipped import shipped_cases
from diffuscope.case.table_source import TableSource
from diffuscope.case.toml_text import read_settings
from diffuscope.case.unread import unread_file, unread_problems
from diffuscope.case.words import TABLE as WORDS
from diffuscope.case.workbook_case import settings_of_workbook, tables_of_workbook
from diffuscope.errors import CaseError
from diffuscope.records import Problem
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from diffuscope.case.folder import Source
    from diffuscope.case.model import Case
    from diffuscope.tables.raw import RawTable

SETTINGS = "case.toml"
READERS = (".csv", ".tsv", ".parquet")
WORKBOOK = ".xlsx"
LOCK = "~$"
"""How Excel begins the name of the file by which it marks a workbook as open."""
OTHER_WORKBOOKS = (".xls", ".xlsm", ".xlsb", ".ods")
ALIKE = (".csv", ".tsv", ".txt", ".parquet", ".dta", *OTHER_WORKBOOKS)
"""Endings of files that somebody may take for tables of the case."""


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
        with closing(open_case(Path(source))) as place:
            return _read(place, frozenset(CATALOGUE if tables is None else (*tables, WORDS)))
    except Unreadable as error:
        problem = error.problem(None)
        raise CaseError(f"The case `{source}` cannot be read: {problem.message}", [problem]) from None
    except OSError as error:
        raise CaseError(f"The case `{source}` cannot be read: {error.strerror}.") from None


def open_case(path: Path) -> Source:
    """Where a case is kept: a folder, a zip, a workbook by itself, or a shipped case."""
    if path.is_dir():
        _refuse_other_folder(path)
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


def _refuse_other_folder(path: Path) -> None:
    """Refuse a report or a register: their tables are those of a case in part, and hundreds of problems."""
    if (path / SETTINGS).exists():
        return
    if (path / "result.json").is_file() and (path / "report.html").is_file():
        raise CaseError(
            f"`{path}` is a report, not a case. Give the case that was studied; `diffuscope report` and "
            "`diffuscope diff` take a report."
        )
    if (path / "register.toml").is_file():
        raise CaseError(
            f"`{path}` is a register, not a case. `diffuscope register export-case` makes a case of it."
        )


def _no_case(path: Path) -> str:
    message = f"`{path}` is neither a folder nor a `.zip` nor an `.xlsx`."
    if path.suffix.lower() in OTHER_WORKBOOKS:
        return f"{message} Save the workbook as `.xlsx`."
    if (path.parent / SETTINGS).exists():
        return f"{message} Give the folder it lies in: `{path.parent}`."
    if path.suffix.lower() in (".csv", ".tsv", ".parquet", ".dta", ".rds", ".rda"):
        return f"{message} To make a case of tables, use `diffuscope import`."
    return message


def gathered(place: Source, wanted: frozenset[str]) -> tuple[CaseContents, list[RawTable]]:
    """What the files of a case hold, and its tables as they stand in them."""
    contents = CaseContents(problems=list(place.problems), wanted=wanted)
    names = sorted(place.files(), key=lambda name: (name.lower() != SETTINGS, name))
    for name in names:
        if name.lower() == SETTINGS:
            _read_settings(place, name, contents)
        elif name == FROZEN:
            _read_frozen(place, name, contents)
    books = [name for name in names if _is_workbook(name)]
    if not contents.has_settings and place.has_file(SETTINGS):
        _read_settings(place, SETTINGS, contents)  # beside a workbook that was given by itself
    has_settings = {name: settings_of_workbook(place, name, contents) for name in books}
    files = [name for name in names if PurePath(name).suffix.lower() in READERS]
    for name in sorted(files, key=lambda name: not _named(name, contents, WORDS)):
        _read_table(place, name, contents)
    for name in sorted(books, key=lambda name: not has_settings[name]):
        if name not in contents.damaged:
            tables_of_workbook(place, name, contents)
    if any(problem.rule == "zip-bomb" for problem in contents.problems):
        raise CaseError(f"`{place.name}` becomes far too large when it is unpacked.", contents.problems)
    contents.unread += [unread_file(place, name) for name in names if _looks_like_a_table(name, contents)]
    tables, problems = joined(contents.raws)
    contents.problems += problems
    return contents, tables


def _read(place: Source, wanted: frozenset[str]) -> Case:
    contents, tables = gathered(place, wanted)
    names = place.files()
    there = {raw.name for raw in tables} | contents.refused
    contents.problems += unread_problems(contents.unread, there, list(CATALOGUE))
    if contents.nothing:
        raise CaseError(
            f"`{place.name}` is not a case: it holds neither `{SETTINGS}` nor a table such as `units.csv`.",
            contents.problems,
        )
    if not contents.has_settings:
        contents.problems.append(_no_settings(names))
    if not contents.raws and not contents.refused:
        contents.problems.append(_no_tables())
    return assemble(
        contents.written,
        tables,
        name=place.name,
        problems=contents.problems,
        refused=contents.refused,
        has_file=place.has_file,
        frozen=contents.frozen,
    )


def _read_settings(place: Source, name: str, contents: CaseContents) -> None:
    if contents.has_settings:
        contents.problems.append(settings_twice(name))
        return
    contents.has_settings = True
    try:
        contents.take(read_settings(place.read(name, limits.SETTINGS_BYTES), name))
    except Unreadable as error:
        contents.problems.append(error.problem(name))


def _read_frozen(place: Source, name: str, contents: CaseContents) -> None:
    try:
        contents.frozen = parse_frozen(place.read(name, limits.SETTINGS_BYTES))
    except Unreadable as error:
        contents.problems.append(error.problem(name))


def _read_table(place: Source, name: str, contents: CaseContents) -> None:
    """A file that is named after a table; with something after the name, its headings decide."""
    stands = stands_for(PurePath(name).stem, contents.sheets)
    if stands is None:
        return
    binary = PurePath(name).suffix.lower() == ".parquet"
    if not stands.sure and not binary and not _has_headings(place, name, stands.table, contents):
        return
    contents.read_files.add(name)
    read = (
        partial(_parquet, place, name, stands.table)
        if binary
        else partial(_delimited, place, name, stands.table, contents.headings)
    )
    contents.add(TableSource(stands.table, name, read), sent=not stands.sure)


def _parquet(place: Source, name: str, table: str) -> tuple[RawTable, list[Problem]]:
    return read_parquet(place.read(name, limits.TABLE_BYTES), table, name)


def _delimited(
    place: Source, name: str, table: str, words: Mapping[str, str]
) -> tuple[RawTable, list[Problem]]:
    return read_delimited(place.read(name, limits.TABLE_BYTES, watch_lines), table, name, words)


def _has_headings(place: Source, name: str, table: str, contents: CaseContents) -> bool:
    return has_headings(unread_file(place, name).top, table, contents.headings)


def _is_workbook(name: str) -> bool:
    return PurePath(name).suffix.lower() == WORKBOOK and not name.startswith(LOCK)


def _looks_like_a_table(name: str, contents: CaseContents) -> bool:
    """Whether somebody may take a file that no table is read from for one."""
    return (
        PurePath(name).suffix.lower() in ALIKE
        and name not in contents.read_files
        and not name.startswith(LOCK)
    )


def _named(name: str, contents: CaseContents, table: str) -> bool:
    stands = stands_for(PurePath(name).stem, contents.sheets)
    return stands is not None and stands.table == table


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
