"""Problems of a case whose settings stand in a workbook: told by sheets and columns, not by `case.toml`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from diffuscope.records import Problem

SETTINGS = "case.toml"
SHEET = " › "
OF_CASE = ("format", "id", "title", "licence", "language", "description", "cite", "tiers")
"""Settings that stand in the sheet `case`."""
_SAID = (
    (
        r"on a line of its own and below it a line per wave: `[^`]*`",
        "in a sheet with the columns `wave`, `date`",
    ),
    (r"`\[waves\]` of `case\.toml`", "the sheet `waves`"),
    (r"\[waves\] of `case\.toml`", "the sheet `waves`"),
    (r"add a table \[waves\] with", "add a sheet `waves` with"),
    (r"add an \[\[analysis\]\] to `case\.toml`", "add a row to the sheet `analyses`"),
    (r"\(\[\[analysis\]\] in `case\.toml`\)", "(a row of the sheet `analyses`)"),
    (r"\[\[analysis\]\] of `case\.toml`", "the sheet `analyses`"),
    (r"`\[\[analysis\]\]`|\[\[analysis\]\]", "the sheet `analyses`"),
    (r"`\[\[analysis\.repeat\]\]`", "the sheet `repeats`"),
    (
        r"write `\[analysis\.(\w+)\]` on a line of its own and below it `([\w-]+) = \"?([^`\"]*)\"?`",
        r"name a column of the sheet `analyses` `\1.\2`, and write `\3` below it",
    ),
    (r"write `\[tiers\]` on a line of its own and below it `[^`]*`", "write `mooted; adopted; in force`"),
    (r"`\[tiers\]` of `case\.toml`", "`tiers` in the sheet `case`"),
    (r"`\[tiers\]`", "`tiers`"),
    (r"`\[waves\]`", "the sheet `waves`"),
    (r"`\[sheets\]`", "the sheet `sheets`"),
    (r"`(\"[^`]*) = ([^`]*)` under the sheet `sheets`", r"\1 and \2 into the sheet `sheets`"),
    (r"`\[words\.heading\]`", "`heading` in the sheet `words`"),
    (r"`\[words(\.\w+)?\]`", "the sheet `words`"),
    (r" between quotation marks: `[^`]*`", " as text"),
    (r"give the first and the last period, such as \[[^\]]*\]", "fill in the columns `first` and `last`"),
    (r"write a list of ids such as \[[^\]]*\]", "write ids separated by semicolons"),
    (r", or (a `\w+` of the table `\w+`|the name of one) between quotation marks", r", or \1"),
    (r"`case\.toml`", "the sheet `case`"),
)
"""How the settings of `case.toml` are spoken of, and the same in sheets."""
_IN_SHEETS = tuple((re.compile(pattern), sheets) for pattern, sheets in _SAID)


def in_sheets(
    problems: Iterable[Problem], settings_file: str | None, tables: Collection[str]
) -> list[Problem]:
    """Problems in the words of a workbook, where that is where the settings stand; else as they are.

    Parameters
    ----------
    problems : iterable of Problem
    settings_file : str or None
        Where the settings stand.
    tables : collection of str
        Tables that the case has; another one would be a sheet of the same workbook.
    """
    book, sheet, _ = (settings_file or "").partition(SHEET)
    if not sheet:
        return list(problems)
    return [_in_sheets(problem, book, tables) for problem in problems]


def _in_sheets(problem: Problem, book: str, tables: Collection[str]) -> Problem:
    file = problem.file
    if file == SETTINGS:
        file = f"{book}{SHEET}{'case' if problem.column in OF_CASE else 'analyses'}"
    elif problem.table is not None and problem.table not in tables and file == f"{problem.table}.csv":
        file = f"{book}{SHEET}{problem.table}"
    return msgspec.structs.replace(
        problem, file=file, message=_reworded(problem.message), fix=_reworded(problem.fix)
    )


def _reworded(text: str) -> str:
    for pattern, sheets in _IN_SHEETS:
        text = pattern.sub(sheets, text)
    return text
