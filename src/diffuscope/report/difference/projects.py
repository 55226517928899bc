"""Rows of a register that differ between two results: what stood in each changed cell, and what stands."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from diffuscope.report.difference.records import NONE, ProjectDifference
from diffuscope.report.names import ROW, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.report.projects import Cells
    from diffuscope.result import Result

TABLE = "projects"
WHOLE = ""
"""In place of a column: the row itself is new, or gone."""

Key = tuple[str, ...]


def changed_projects(old: Result, new: Result) -> Iterator[ProjectDifference]:
    """Every cell of `projects` that differs, in the order of waves and rows.

    Rows are matched by wave and id, and where a row has no id, or several rows of a wave share one, by wave,
    actors and title.

    Parameters
    ----------
    old, new : Result
        Nothing is said where one of them does not hold the rows of its register.
    """
    if not all(_held(result) for result in (old, new)):
        return
    before, after = (dict(_keyed(result)) for result in (old, new))
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        if was is None or now is None:
            yield _difference(was, now, WHOLE, _row(was), _row(now))
            continue
        for column in dict.fromkeys([*was, *now]):
            one, other = _cell(was, column), _cell(now, column)
            if column != ROW and one != other:
                yield _difference(was, now, column, one, other)


def _held(result: Result) -> bool:
    frame = result.frames.get(TABLE)
    return frame is not None and frame.rows is not None


def _keyed(result: Result) -> Iterator[tuple[Key, Cells]]:
    held = list(rows(result, TABLE))
    ids = Counter((row["wave"], row.get("project")) for row in held)
    met: Counter[Key] = Counter()
    for row in held:
        named = row.get("project") is not None and ids[row["wave"], row["project"]] == 1
        about = ("project", row["project"]) if named else ("title", row["unit"], row["title"])
        key = tuple(map(str, (row["wave"], *about)))
        met[key] += 1
        yield (*key, str(met[key])), row  # rows that nothing tells apart are matched in their order


def _difference(
    was: Cells | None, now: Cells | None, column: str, before: str, after: str
) -> ProjectDifference:
    here = now or was or {}
    return ProjectDifference(
        wave=str(here["wave"]),
        project=None if here.get("project") is None else str(here["project"]),
        unit=str(here["unit"]),
        title=str(here["title"]),
        column=column,
        before=before,
        after=after,
    )


def _cell(row: Cells, column: str) -> str:
    value = row.get(column)
    return NONE if value is None else str(value)


def _row(row: Cells | None) -> str:
    """A whole row in short."""
    return NONE if row is None else f"{row['status']}, row {row[ROW]}"
