"""The tables of the case that a report shows, and what was found wrong in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.errors import CaseError
from diffuscope.report.problems import HEADER
from diffuscope.report.tables.base import PLACE, OutTable

if TYPE_CHECKING:
    from diffuscope.result import Result

ROW = "_row"


def case_tables(result: Result) -> tuple[OutTable, ...]:
    """The public rows of the case's tables, each with its file and row, without columns that are all empty.

    Raises
    ------
    CaseError
        If the rows of a table stand in a file beside the result that was not read with it.
    """
    return tuple(_case_table(result, name) for name in result.frames)


def _case_table(result: Result, name: str) -> OutTable:
    frame = result.frames[name]
    if frame.rows is None:
        raise CaseError(
            f"The rows of `{name}` stand in `{frame.file}`; read the result with read_result, which finds it."
        )
    said = result.tables.get(name)
    used = [
        at
        for at, column in enumerate(frame.columns)
        if column != ROW and any(row[at] is not None for row in frame.rows)
    ]
    place = frame.columns.index(ROW)
    file = result.case.files.get(name, name)
    says = said.columns if said else {}
    return OutTable(
        name=name,
        a_row_is=said.a_row_is if said else f"a row of {name}",
        columns={**{frame.columns[at]: says.get(frame.columns[at], "") for at in used}, **PLACE},
        rows=tuple((*(row[at] for at in used), file, row[place]) for row in frame.rows),
        from_case=True,
    )


def problems(result: Result) -> OutTable:
    """What was found wrong in the case."""
    return OutTable(
        name="problems",
        a_row_is="one place, or several alike, where the case breaks a rule",
        columns={
            "level": "error or warning.",
            "rule": "Short name of the rule.",
            "file": "File or sheet of the case.",
            "table": "Table of the case format.",
            "row": "Row, as a spreadsheet shows it.",
            "column": "Column.",
            "value": "What stands there, shortened.",
            "message": "What is wrong.",
            "mend": "What to do about it.",
            "count": "How many alike it stands for.",
        },
        rows=tuple(tuple(getattr(problem, name) for name in HEADER) for problem in result.problems),
    )
