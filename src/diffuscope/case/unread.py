"""Sheets and files that no table takes: each is named, with how many rows are not read."""

from __future__ import annotations

import csv
import io
from difflib import SequenceMatcher
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from diffuscope.case import limits
from diffuscope.case.headings import WITHIN, table_meant
from diffuscope.case.refusal import Unreadable
from diffuscope.records import Problem
from diffuscope.records.phrases import counted, noun
from diffuscope.tables.places import shorten
from diffuscope.tables.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from diffuscope.case.folder import Source
    from diffuscope.records import Level

ALIKE_BY = 0.7
"""Of two names: notes and ties are not alike, policy and policies are."""
TEXTS = (".csv", ".tsv", ".txt")
TOLD = 50
"""Sheets and files told one by one."""
FIRST_LINES = 100_000
"""Bytes of a file in which its headings are looked for."""


class Unread(NamedTuple):
    """Something with rows that is not a table of the case.

    Attributes
    ----------
    file : str
        As problems name it.
    called : str
        Its own name: of a sheet, or of a file without its ending.
    rows : int or None
        Rows that hold anything; None where they cannot be counted.
    top : sequence of sequence of str
        Its first rows.
    """

    file: str
    called: str
    rows: int | None
    top: Sequence[Sequence[str | None]]


def unread_sheet(file: str, called: str, rows: Sequence[Sequence[str]]) -> Unread:
    """A sheet that is named after a table and has no headings of it."""
    return Unread(file, called, sum(map(_filled, rows)), rows[:WITHIN])


def unread_file(place: Source, name: str) -> Unread:
    """A file that is named like no table; delimited text is looked into."""
    called, ending = PurePath(name).stem, PurePath(name).suffix.lower()
    if ending not in TEXTS:
        return Unread(name, called, None, ())
    try:
        data = place.read(name, limits.ODD_TEXT_BYTES)
    except Unreadable:
        return Unread(name, called, None, ())
    lines = data[:FIRST_LINES].decode("utf-8-sig", "replace").splitlines()[:WITHIN]
    delimiter = max(",;\t", key=lambda sign: max((line.count(sign) for line in lines), default=0))
    top = [[cell.strip(' "') for cell in line.split(delimiter)] for line in lines]
    return Unread(name, called, _records(data, delimiter), top)


def _records(data: bytes, delimiter: str) -> int | None:
    """Rows of delimited text that hold anything; None of text that is no such thing."""
    text = io.StringIO(data.decode("utf-8-sig", "replace"), newline="")
    try:
        return sum(_filled(row) for row in csv.reader(text, delimiter=delimiter))
    except csv.Error:
        return None


def unread_problems(
    unread: Sequence[Unread], there: Collection[str], tables: Collection[str]
) -> list[Problem]:
    """What is said of everything that no table takes; of what is empty nothing.

    An error where the headings are those of a table: rows that belong to the case would be lost.

    Parameters
    ----------
    unread : sequence of Unread
    there, tables : collection of str
        Tables that the case has, and all that a case can have.
    """
    absent = [name for name in tables if name not in there]
    problems = [
        problem
        for one in unread[:TOLD]
        if one.rows != 0
        for problem in [_unread_problem(one, absent)]
        if problem is not None
    ]
    rest = [one for one in unread[TOLD:] if one.rows]
    if rest:
        rows = sum(one.rows or 0 for one in rest)
        message = (
            f"{counted(len(rest), 'more sheet or file', 'more sheets and files')} with "
            f"{counted(rows, 'row')} {noun(len(rest), 'is', 'are')} not read."
        )
        fix = "keep in the case only what belongs to it, and move the rest elsewhere"
        problems.append(Problem(level="warning", rule="unread-file", message=message, fix=fix))
    return problems


def _unread_problem(one: Unread, absent: Collection[str]) -> Problem | None:
    near = nearest(one.called, absent)
    if near is not None and SequenceMatcher(None, one.called.lower(), near).ratio() < ALIKE_BY:
        near = None
    meant = table_meant(one.top)
    if meant is not None:
        rows = None if one.rows is None else one.rows - sum(map(_filled, one.top[: meant.at + 1]))
        where = "" if meant.at == 0 else f" in row {meant.at + 1}"
        message = f"It has the headings of `{meant.table}`{where}, but not its name.{_rows(rows)}"
        give = f"name it `{meant.table}`" if meant.table in absent else f"add its rows to `{meant.table}`"
        fix = (
            f"{give}, or name it `{meant.table} …` with a word of your own after it, or write "
            f'`"{shorten(one.called)}" = "{meant.table}"` under `[sheets]`; move what is not part of '
            "the case to another place"
        )
        return _problem("error", "unknown-file" if near else "unread-table", one, message, fix)
    if near is not None:
        message = f"No table of a case has this name.{_rows(one.rows)} Is it the table `{near}`?"
        name = f"`{near}`" if " › " in one.file else f"`{near}.csv`"
        fix = f"name it {name}, or move it elsewhere"
        return _problem("warning", "unknown-file", one, message, fix)
    if one.rows is None:
        return None
    message = f"No table of a case has this name.{_rows(one.rows)}"
    fix = (
        "give it the name of the table that its rows belong to; if it is not part of the case, leave it or "
        "move it"
    )
    return _problem("warning", "unread-file", one, message, fix)


def _rows(rows: int | None) -> str:
    if rows is None:
        return " It is not read."
    return " Its 1 row is not read." if rows == 1 else f" Its {rows:,} rows are not read."


def _filled(row: Sequence[str | None]) -> bool:
    return any((cell or "").strip() for cell in row)


def _problem(level: Level, rule: str, one: Unread, message: str, fix: str) -> Problem:
    return Problem(level=level, rule=rule, message=message, fix=fix, file=one.file)
