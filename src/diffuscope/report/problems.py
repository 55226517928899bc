"""The problems of a case as a file that a spreadsheet opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.report.lists import write_list

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from diffuscope.records import Problem

HEADER = ("level", "rule", "file", "table", "row", "column", "value", "message", "fix", "count")


def write_problems(problems: Sequence[Problem], file: Path) -> None:
    """Every place where a case breaks a rule, one a row, as a CSV file.

    Parameters
    ----------
    problems : sequence of Problem
    file : Path
        An earlier list of problems is replaced; any other file is left alone.

    Raises
    ------
    PlanError
        If the file exists and is not a list of problems.
    """
    rows = [tuple(getattr(problem, name) for name in HEADER) for problem in problems]
    write_list(HEADER, rows, file, "a list of problems")
