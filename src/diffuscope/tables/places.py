"""From rows that break a rule to problems with a place: every distinct value first, thousands alike once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
import polars as pl

from diffuscope.records import Problem
from diffuscope.records.phrases import counted
from diffuscope.tables.raw import ROW

if TYPE_CHECKING:
    from collections.abc import Callable

    from diffuscope.records import Level
    from diffuscope.tables.raw import RawTable

TOLD = 500
"""Rows told one by one for a column and rule; the others are counted in one more problem."""
SHOWN = 80
"""Characters of a cell that a problem shows."""
PRIVATE = "(private)"


class Wording(NamedTuple):
    """What is wrong with a value, under which rule, and what to do about it.

    `meant` says what to do as read off the value itself; it is told instead of `fix`, but never of a private
    row, for it would give the value away.
    """

    rule: str
    message: str
    fix: str
    meant: str | None = None


def shorten(value: str) -> str:
    """A cell as a problem shows it: one line, at most 80 characters, control characters made visible.

    >>> shorten("a" * 100) == "a" * 79 + "…", shorten("a" + chr(0))
    (True, 'a␀')
    """
    cut = value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"
    return "".join(_visible(letter) for letter in cut)


def _visible(letter: str) -> str:
    code = ord(letter)
    if code < 32:
        return chr(0x2400 + code)
    if letter.isprintable():
        return letter
    return " " if letter.isspace() else "�"


def of_table(
    raw: RawTable,
    wording: Wording,
    *,
    column: str | None = None,
    row: int | None = 1,
    level: Level = "error",
    count: int = 1,
) -> Problem:
    """A problem of a table as a whole, or of its header."""
    return Problem(
        level=level,
        rule=wording.rule,
        message=wording.message,
        fix=wording.meant or wording.fix,
        file=raw.file,
        table=raw.name,
        row=row,
        column=None if column is None else shorten(column),
        count=count,
    )


def of_rows(
    raw: RawTable,
    column: str,
    broken: pl.DataFrame,
    word: Callable[[str | None], Wording],
    level: Level = "error",
) -> list[Problem]:
    """The problems of one column, at the rows that break a rule.

    Parameters
    ----------
    broken : polars.DataFrame
        The rows: `_row`, the text `value` (null where nothing stands there), and `other`, a second row that
        the message speaks of as ``{other}``, if there is one.
    word : callable
        Says what is wrong with a value. The words themselves never hold the value: it may be private.
    """
    if broken.is_empty():
        return []
    if "other" not in broken.columns:
        broken = broken.with_columns(other=pl.lit(None, dtype=pl.UInt32()))
    chosen, rest = _chosen(broken.select(ROW, "value", "other"))
    hidden = private_rows(raw)
    words: dict[str | None, Wording] = {}
    problems = []
    for row, value, other in chosen.iter_rows():
        if value not in words:
            words[value] = word(value)
        problems.append(_problem(raw, column, (row, value, other), words[value], level=level, hidden=hidden))
    if rest.height:
        at = rest.row(0)
        problem = _problem(raw, column, at, word(at[1]), level=level, hidden=hidden)
        rest_of_them = f"The same is true of {counted(rest.height, 'more row')}, not listed one by one."
        message = f"{problem.message} {rest_of_them}"
        problems.append(msgspec.structs.replace(problem, message=message, count=rest.height))
    return problems


def private_rows(raw: RawTable) -> frozenset[int]:
    """Rows whose words must reach no output: every row of a private document or passage.

    Anything but an empty cell or ``public`` counts as private, for a misspelt ``private`` must not leak.
    """
    if "share" not in raw.cells.columns:
        return frozenset()
    share = pl.col("share").str.to_lowercase()
    return frozenset(raw.cells.filter(share.is_not_null() & (share != "public"))[ROW].to_list())


def _chosen(broken: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    if broken.height <= TOLD:
        return broken, broken.clear()
    turn = pl.int_range(pl.len()).over("value")
    ranked = broken.with_columns(turn.alias("_turn")).sort("_turn", ROW).drop("_turn")
    return ranked.head(TOLD).sort(ROW), ranked.slice(TOLD).sort(ROW)


def _problem(
    raw: RawTable,
    column: str,
    at: tuple[int, str | None, int | None],
    wording: Wording,
    *,
    level: Level,
    hidden: frozenset[int],
) -> Problem:
    row, value, other = at
    shown = None if value is None else PRIVATE if row in hidden else shorten(value)
    fix = wording.fix if row in hidden else wording.meant or wording.fix
    return Problem(
        level=level,
        rule=wording.rule,
        message=wording.message.replace("{other}", str(other)),
        fix=fix.replace("{other}", str(other)),
        file=raw.file,
        table=raw.name,
        row=row,
        column=shorten(column),
        value=shown,
    )
