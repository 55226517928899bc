"""Problems in the order a person fixes them, thousands alike told once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec

from diffuscope.records.phrases import counted

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from diffuscope.records import Problem

ROWS_NAMED = 8
VALUES_NAMED = 5
FIXES_NAMED = 20
"""Further values with a fix of their own that are told one by one."""


def sort_problems(problems: Iterable[Problem]) -> list[Problem]:
    """Errors before warnings; within them what concerns a whole file or sheet; then by file, row, column."""
    return sorted(problems, key=_turn)


def _turn(problem: Problem) -> tuple[str | int, ...]:
    # whoever names a sheet or heading first need not look at its cells twice
    place = problem.row is not None, problem.file or "", problem.row or 0, problem.column or ""
    return problem.level, *place, problem.rule, problem.value or "", problem.message, problem.count


def group_problems(problems: Iterable[Problem], limit: int = 5) -> list[Problem]:
    """Thousands of problems alike told as a few, with how many they stand for.

    Problems are alike when file, column and rule are the same. Up to `limit` of them stay as they are; more
    are told once per value, with their rows; and of more than `limit` values those with one fix are told as
    one. What has a fix of its own never bears that of another.

    Parameters
    ----------
    problems : iterable of Problem
    limit : int
        How many problems alike are told one by one.

    Returns
    -------
    list of Problem
        Sorted; the counts add up to those given.
    """
    groups: dict[Hashable, list[Problem]] = defaultdict(list)
    for problem in sort_problems(problems):
        key = (problem.level, problem.file, problem.table, problem.rule, problem.column)
        groups[key].append(problem)
    grouped: list[Problem] = []
    for group in groups.values():
        grouped += group if len(group) <= limit else _by_value(group, limit)
    return sort_problems(grouped)


def _by_value(group: list[Problem], limit: int) -> list[Problem]:
    values: dict[Hashable, list[Problem]] = defaultdict(list)
    for problem in group:
        stands = problem.value if problem.row is not None and problem.row > 1 else problem.column
        values[stands, problem.fix].append(problem)
    # What stands in most rows is fixed first.
    often = sorted(values.values(), key=lambda same: (-_count(same), same[0].row or 0))
    grouped = [_as_one(same) for same in often[:limit]]
    fixes: dict[str, list[list[Problem]]] = defaultdict(list)
    for same in often[limit:]:
        fixes[same[0].fix].append(same)
    groups = list(fixes.values())
    grouped += [_as_rest(values) for values in groups[:FIXES_NAMED]]
    return grouped + ([_of_many_fixes(groups[FIXES_NAMED:])] if len(groups) > FIXES_NAMED else [])


def _as_rest(values: list[list[Problem]]) -> Problem:
    """Several values with one fix, told as one."""
    first = _as_one([problem for same in values for problem in same])
    if len(values) == 1:
        return first
    named = [f"`{value}`" for same in values[:VALUES_NAMED] if (value := same[0].value) is not None]
    listed = (
        f": {', '.join(dict.fromkeys(named))}{' …' if len(values) > VALUES_NAMED else ''}" if named else ""
    )
    message = f"{first.message} {counted(len(values), 'value has', 'values have')} this problem{listed}."
    return msgspec.structs.replace(first, message=message)


def _of_many_fixes(groups: list[list[list[Problem]]]) -> Problem:
    """Very many values with a fix of their own, counted; none of their fixes is told for another."""
    values = [same for each in groups for same in each]
    first = _as_rest(values)
    fix = "each of these values has its own fix: `diffuscope check CASE --out problems.csv` lists them all"
    return msgspec.structs.replace(first, fix=fix)


def _as_one(same: list[Problem]) -> Problem:
    if len(same) == 1:
        return same[0]
    ordered = sorted(same, key=lambda problem: problem.row or 0)
    count = _count(same)
    rows = [f"{problem.row:,}" for problem in ordered[:ROWS_NAMED] if problem.row is not None]
    more = " …" if count > len(rows) else ""
    message = f"{ordered[0].message} In {counted(count, 'row')}: {', '.join(rows)}{more}."
    return msgspec.structs.replace(ordered[0], message=message, count=count, key=None)


def _count(same: list[Problem]) -> int:
    return sum(problem.count for problem in same)
