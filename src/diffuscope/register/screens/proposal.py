"""What a proposed edition says, for whoever decides on it: read from its frozen files alone."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.records.statuses import STATUSES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STATED = tuple(dict.fromkeys((*STATUSES, "undetermined", "not stated")))
"""Columns of the totals of a wave that count its projects by status."""


class Facts(NamedTuple):
    """The totals of a wave as its edition prints them.

    Attributes
    ----------
    projects, cities : int
        Projects, and the cities that have them.
    statuses : list of tuple of (str, int)
        Projects by status, those that occur.
    expected, returned, nil, carried : int
        Cities that were to report, that did, those of them with nothing to report, and cities whose projects
        are carried forward from an earlier wave.
    carried_projects : int
    silent : list of str
        Names of cities from which nothing came; of their projects nothing is known.
    before : str
        The wave before; empty where there is none.
    before_projects : int
    warnings : int
        Problems of rows that the edition lists.
    """

    projects: int
    cities: int
    statuses: list[tuple[str, int]]
    expected: int
    returned: int
    nil: int
    carried: int
    carried_projects: int
    silent: list[str]
    before: str
    before_projects: int
    warnings: int


def facts_of(folder: Path, wave: str, fingerprint: str) -> Facts | None:
    """What the draft in a folder says of a wave; None where it has no counts, as without projects.

    Parameters
    ----------
    folder : Path
    wave : str
    fingerprint : str
        Of the edition: another proposal in the same folder is read anew.
    """
    file = folder / "result.json"
    return _facts(file, wave, fingerprint) if file.is_file() else None


@lru_cache(maxsize=8)
def _facts(file: Path, wave: str, _fingerprint: str) -> Facts | None:
    from diffuscope.result import from_json

    result = from_json(file.read_bytes())
    totals = {str(row["wave"]): row for row in _rows(result, "wave_totals")}
    if wave not in totals:
        return None
    names = {str(row["unit"]): str(row["name"]) for row in _rows(result, "units")}
    own, earlier = totals[wave], list(totals)[: list(totals).index(wave)]
    missing = [unit for unit in str(own["missing"] or "").split(";") if unit]
    return Facts(
        own["projects"], own["units"], [(status, own[status]) for status in STATED if own[status]],
        own["expected"], own["returned"], own["nil"], own["carried_forward"], own["carried_projects"],
        [names.get(unit, unit) for unit in missing], earlier[-1] if earlier else "",
        totals[earlier[-1]]["projects"] if earlier else 0, len(result.problems),
    )  # fmt: skip


def _rows(result: Any, name: str) -> list[Mapping[str, Any]]:
    frame = result.frames.get(name)
    return [dict(zip(frame.columns, row, strict=True)) for row in frame.rows] if frame is not None else []
