"""Rows of a table that several sheets or files make together: each keeps its place in its own sheet.

A joined row is a number that no sheet has: which part it comes from, times ten million, and its row there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.records.problems import Problem
    from diffuscope.records.reading import ReadAs

STEP = 10_000_000
"""More than the rows of any sheet or file that is read."""
MOST_PARTS = 400
"""Sheets of one table; a row number has 32 bits."""
AND = " + "
"""Between the files of a joined table."""
_NUMBER = re.compile(r"(?<![\w.,])(?:\d{8,10}|\d{2,3},\d{3},\d{3}|\d,\d{3},\d{3},\d{3})(?![\w,]*\d)")


def joined_files(files: list[str]) -> str:
    """Several files as the one place of a table."""
    return AND.join(file.replace(AND, " & ") for file in files)


def place_of(file: str, row: int) -> tuple[str, int]:
    """File or sheet of a row, and its row there; of a table of one file as it is.

    >>> place_of("a.xlsx › projects + b.xlsx › projects", 20_000_007)
    ('b.xlsx › projects', 7)
    >>> place_of("projects.csv", 7)
    ('projects.csv', 7)
    """
    part, own = divmod(row, STEP)
    files = file.split(AND)
    return (files[part - 1], own) if 0 < part <= len(files) > 1 else (file, row)


def row_in_words(file: str, row: int) -> str:
    """A row beside the name of its table's file: its number, and its own sheet where several make the table.

    >>> row_in_words("projects.csv", 7), row_in_words("a.xlsx + b.xlsx", 20_000_007)
    ('7', 'b.xlsx 7')
    """
    where, own = place_of(file, row)
    return str(own) if where == file else f"{where} {own}"


def with_places(text: str, file: str, near: str) -> str:
    """A text in which joined rows are told by their own row, and by their sheet where it is another one.

    >>> with_places("In 2 rows: 10,000,003, 20,000,004.", "a.csv + b.csv", "a.csv")
    'In 2 rows: 3, 4 of `b.csv`.'
    """

    def own_row(match: re.Match[str]) -> str:
        number = int(match[0].replace(",", ""))
        own, row = place_of(file, number)
        if row == number:
            return match[0]
        return str(row) if own == near else f"{row} of `{own}`"

    return _NUMBER.sub(own_row, text)


def at_own_places(problems: Iterable[Problem]) -> list[Problem]:
    """Problems of joined tables at the sheet and row that they speak of."""
    return [_own_place(problem) if problem.file and AND in problem.file else problem for problem in problems]


def _own_place(problem: Problem) -> Problem:
    together = problem.file or ""
    file, row = (together, problem.row) if problem.row is None else place_of(together, problem.row)
    if row == problem.row and problem.row is not None:  # the headings, in which the sheets agree
        file, row = together.split(AND)[0], None
    return msgspec.structs.replace(
        problem,
        file=file,
        row=row,
        message=with_places(problem.message, together, file),
        fix=with_places(problem.fix, together, file),
    )


def taken_at_own_places(readings: Iterable[ReadAs]) -> list[ReadAs]:
    """What was read in joined tables, at the sheet and row where it stands first."""
    moved = []
    for one in readings:
        file, row = place_of(one.file, one.row)
        moved.append(msgspec.structs.replace(one, file=file, row=row))
    return moved
