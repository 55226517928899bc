"""Who could learn from whom: open projects with others that are further along, and why. Nobody is ranked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.records.phrases import counted
from diffuscope.report.names import rows
from diffuscope.report.projects import Cells, Register, status_words, whole
from diffuscope.report.sections.returns import rests_on

if TYPE_CHECKING:
    from diffuscope.report.names import Names
    from diffuscope.result import Result

SHOWN = 2000
"""Pairs of projects that the page shows; more stand in a file."""


def peers(result: Result, names: Names) -> dict[str, Any] | None:
    """Every city with its open projects, and who is further along with the same.

    Parameters
    ----------
    result : Result
    names : Names

    Returns
    -------
    dict or None
        `wave`, `rests_on` (on how many returns), `cities` (by name, each with `name`, `says`, `groups`:
        projects with the same peers together), `hidden` (pairs beyond those shown); None where the result
        offers no peers.
    """
    offers = list(rows(result, "learning_peers"))
    if not offers:
        return None
    register = Register(result, names)
    by_unit: dict[str, dict[int, list[Cells]]] = {}
    for row in offers[:SHOWN]:
        by_unit.setdefault(str(row["unit"]), {}).setdefault(whole(row["row"]), []).append(row)
    opened = [
        project
        for project in register.projects
        if project.wave == offers[0]["wave"] and project.status in ("planning", "ongoing")
    ]
    alone: dict[str, list[dict[str, Any]]] = {}
    helped = {(str(row["unit"]), whole(row["row"])) for row in offers}
    for project in opened:
        for unit in project.units:
            if (unit, project.row) not in helped:
                alone.setdefault(unit, []).append(_named(project.title, project.row, names))
    return {
        "wave": register.wave(str(offers[0]["wave"])),
        "rests_on": rests_on(result, names, str(offers[0]["wave"]), always=True),
        "noun": register.noun,
        "file": result.case.files.get("projects", "projects"),
        "cities": [
            _city(unit, projects, alone.get(unit, []), names)
            for unit, projects in sorted(by_unit.items(), key=lambda pair: names.unit(pair[0]))
        ],
        "hidden": max(0, len(offers) - SHOWN),
        "alone": counted(len({one["row"] for own in alone.values() for one in own}), "open project"),
        "others": [names.unit(unit) for unit in sorted(alone, key=names.unit) if unit not in by_unit],
    }


def _city(
    unit: str, projects: dict[int, list[Cells]], alone: list[dict[str, Any]], names: Names
) -> dict[str, Any]:
    groups: dict[tuple[object, ...], list[list[Cells]]] = {}
    for offered in projects.values():
        first = offered[0]
        same = (first["area"], first["sub_area"], first["status"])
        groups.setdefault((*same, *((row["peer_row"], row["reason"]) for row in offered)), []).append(offered)
    peers = {row["peer"] for offered in projects.values() for row in offered}
    return {
        "name": names.unit(unit),
        "says": f"{counted(len(projects), 'open project')}, {counted(len(peers), 'peer')}",
        "groups": [_group(group, names) for group in groups.values()],
        "alone": alone,
    }


def _group(group: list[list[Cells]], names: Names) -> dict[str, Any]:
    """Projects of one city that have the same peers for the same reasons."""
    first = group[0][0]
    return {
        "area": ": ".join(str(part) for part in (first["area"], first["sub_area"]) if part),
        "status": status_words(str(first["status"])),
        "projects": [_named(str(offered[0]["title"]), whole(offered[0]["row"]), names) for offered in group],
        "peers": [
            {
                "name": names.unit(str(row["peer"])),
                "reason": _reason(row),
                **_named(str(row["peer_title"]), whole(row["peer_row"]), names),
            }
            for row in group[0]
        ],
    }


def _named(title: str, row: int, names: Names) -> dict[str, Any]:
    return {"title": title, "row": row, "place": names.row("projects", row)}


def _reason(row: Cells) -> str:
    """The reason, with the status as the report words it."""
    status = str(row["peer_status"])
    carried = "; carried forward from an earlier wave" if row.get("carried_forward") else ""
    return f"{status_words(status)}{str(row['reason']).removeprefix(status)}{carried}"
