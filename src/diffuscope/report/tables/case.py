"""The tables of the case that a report shows, and what was found wrong in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records.joined_rows import place_of
from diffuscope.report.problems import HEADER
from diffuscope.report.tables.base import PLACE, OutTable
from diffuscope.report.tables.estimates import frames_of_estimates, rows_of

if TYPE_CHECKING:
    from diffuscope.records import Frame
    from diffuscope.result import Result

ROW = "_row"


def case_tables(result: Result) -> tuple[OutTable, ...]:
    """The public rows of the case's tables, each with its file and row, and what monitoring counted.

    Columns that are empty throughout are left out.

    Raises
    ------
    CaseError
        If the rows of a table stand in a file beside the result that was not read with it.
    """
    apart = frames_of_estimates(result)
    return tuple(_table(result, name, frame) for name, frame in result.frames.items() if name not in apart)


def _table(result: Result, name: str, frame: Frame) -> OutTable:
    held = rows_of(name, frame)
    declared = result.tables.get(name)
    says = declared.columns if declared else {}
    used = [
        at
        for at, column in enumerate(frame.columns)
        if column != ROW and any(row[at] is not None for row in held)
    ]
    columns = {frame.columns[at]: says.get(frame.columns[at], "") for at in used}
    rows = tuple(tuple(row[at] for at in used) for row in held)
    from_case = ROW in frame.columns
    if from_case:
        file, place = result.case.files.get(name, name), frame.columns.index(ROW)
        columns |= PLACE
        rows = tuple(
            (*cells, *place_of(file, int(row[place] or 0))) for cells, row in zip(rows, held, strict=True)
        )
    return OutTable(
        name=name,
        a_row_is=declared.a_row_is if declared else f"a row of {name}",
        columns=columns,
        rows=rows,
        from_case=from_case,
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
            "value": "The content of the cell, shortened.",
            "message": "What is wrong.",
            "fix": "What to do about it.",
            "count": "How many equal problems it stands for.",
        },
        rows=tuple(tuple(getattr(problem, name) for name in HEADER) for problem in result.problems),
    )
