"""What changed in a register from wave to wave, what waits for confirmation, and what nobody has finished."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.records.phrases import counted
from diffuscope.report.names import rows
from diffuscope.report.projects import Cells, Register, several, status_words, whole

if TYPE_CHECKING:
    from diffuscope.report.names import Names
    from diffuscope.result import Result

CHANGES = {
    "entered": "Entered",
    "left": "Left",
    "succeeds": "Go on from others",
    "succeeded": "Went on in others",
    "moved on": "Moved on",
    "moved back": "Moved back",
    "put on hold": "Put on hold",
    "resumed": "Resumed",
    "cancelled": "Cancelled",
    "reinstated": "Reinstated",
    "stayed": "Stayed",
    "unknown": "Unknown",
}
"""What can become of a project, and how a table heads it."""
ALWAYS = ("entered", "left", "moved on", "moved back", "stayed", "unknown")
"""Changes that a table shows even where none occurred."""
IN_BOTH = tuple(name for name in CHANGES if name not in ("entered", "left", "succeeds", "succeeded"))
"""Changes of projects that both waves show."""
NO_STATUS = "a status is not known"
"""Why nobody can tell what became of a project that both waves show."""
SHOWN = 200
"""Projects in one list of what changed, and candidates for links; more stand in a file."""


def count_changes(result: Result) -> dict[str, int]:
    """How many projects changed in which way between the last two waves; empty where there is one wave."""
    changes = list(rows(result, "wave_changes"))
    if not changes:
        return {}
    last = (changes[-1]["from_wave"], changes[-1]["to_wave"])
    count = dict.fromkeys(CHANGES, 0)
    for row in changes:
        if (row["from_wave"], row["to_wave"]) == last and row["area"] is None:
            count[str(row["change"])] = whole(row["projects"])
    return count


def both_waves(result: Result) -> dict[str, int]:
    """How many projects that both of the last two waves show changed in which way."""
    changes = list(rows(result, "wave_changes"))
    last = (changes[-1]["from_wave"], changes[-1]["to_wave"]) if changes else None
    return {
        str(row["change"]): whole(row["in_both"] if "in_both" in row else row["projects"])
        for row in changes
        if (row["from_wave"], row["to_wave"]) == last and row["area"] is None and row["change"] in IN_BOTH
    }


def change_names(result: Result) -> list[str]:
    """Changes that the table of changes has a column for: those of every table, and those that occur."""
    met = {str(row["change"]) for row in rows(result, "wave_changes")}
    return [name for name in CHANGES if name in met or name in ALWAYS]


def changes(result: Result) -> list[dict[str, Any]]:
    """What changed between all neighbouring waves, over all areas."""
    names = change_names(result)
    counts_by_waves: dict[tuple[str, str], dict[str, tuple[int, int]]] = {}
    for row in rows(result, "wave_changes"):
        if row["area"] is None:
            between = (str(row["from_wave"]), str(row["to_wave"]))
            counts_by_waves.setdefault(between, {})[str(row["change"])] = (
                whole(row["projects"]),
                whole(row["sure"]),
            )
    return [
        {
            "waves": f"{before} → {after}",
            "cells": [
                {"n": f"{count:,}", "sure": f"{sure:,}" if sure < count else ""}
                for count, sure in (counts.get(change, (0, 0)) for change in names)
            ],
        }
        for (before, after), counts in counts_by_waves.items()
    ]


def latest_change(result: Result, register: Register) -> dict[str, Any] | None:
    """Who entered, left and moved between the last two waves, one by one."""
    movements = list(rows(result, "movements"))
    if not movements:
        return None
    before, after = movements[-1]["from_wave"], movements[-1]["to_wave"]
    last = [row for row in movements if (row["from_wave"], row["to_wave"]) == (before, after)]
    lists = []
    for change, says in CHANGES.items():
        if change == "stayed":
            continue
        # of those in both waves that have no status, nothing more can be said one by one
        own = [
            row
            for row in last
            if row["change"] == change and (change != "unknown" or row.get("why") not in (None, NO_STATUS))
        ]
        if own:
            own.sort(key=lambda row: (register.units(row["unit"]), str(row["title"])))
            lists.append(
                {
                    "change": change,
                    "title": f"{says} ({len(own):,})",
                    "rows": [_moved(register, row) for row in own[:SHOWN]],
                    "hidden": max(0, len(own) - SHOWN),
                }
            )
    return {
        "before": register.wave(str(before)),
        "after": register.wave(str(after)),
        "lists": lists,
        "unlinked": len(register.unlinked),
    }


def _moved(register: Register, row: Cells) -> dict[str, Any]:
    statuses = [str(cell) for cell in (row["status_before"], row["status"]) if cell is not None]
    here = row["row"] if row["row"] is not None else row["row_before"]
    return {
        "title": row["title"],
        "unit": register.units(row["unit"]),
        "goes_on": "; ".join(filter(None, [_goes_on(row), str(row.get("why") or "")])),
        "area": row["area"] or row["area_before"] or "",
        "status": " → ".join(map(status_words, statuses)),
        "judged": row["judged"],
        "row": here,
        "place": register.names.row("projects", whole(here)),
    }


def _goes_on(row: Cells) -> str:
    """With which project, under another id, a project goes on; empty where there is none."""
    before, after = several(row.get("succeeds")), several(row.get("succeeded_by"))
    parts = [f"goes on from {', '.join(before)}"] if before else []
    return "; ".join([*parts, *([f"went on in {', '.join(after)}"] if after else [])])


def links(result: Result, names: Names) -> list[dict[str, Any]]:
    """Candidates for links, those of one row together."""
    offers: dict[int, dict[str, Any]] = {}
    for row in list(rows(result, "links_to_confirm"))[:SHOWN]:
        mine = whole(row["row"])
        new = offers.setdefault(
            mine,
            {
                "title": row["title"],
                "unit": ", ".join(map(names.unit, several(row["unit"]))),
                "wave": row["wave"],
                "row": mine,
                "place": names.row("projects", mine),
                "candidates": [],
            },
        )
        new["candidates"].append(
            {
                "title": row["earlier_title"],
                "unit": _other_unit(row, names),
                "column": str(row.get("column") or "project"),
                "wave": row["earlier_wave"],
                "row": row["earlier_row"],
                "place": names.row("projects", whole(row["earlier_row"])),
                "score": f"{row['score']:.2f}",
                "reason": row["reason"],
                "project": row["project"],
            }
        )
    return list(offers.values())


def _other_unit(row: Cells, names: Names) -> str:
    """Where the earlier project is, if that is elsewhere."""
    mine, other = several(row["unit"]), several(row.get("earlier_unit"))
    return "" if set(mine) & set(other) else ", ".join(map(names.unit, other))


def gaps(result: Result, register: Register) -> list[dict[str, str]]:
    """Areas in which nobody has finished a project."""
    unfinished = []
    for row in rows(result, "unfinished_areas"):
        opened, places, unknown = (whole(row[name]) for name in ("open", "units", "unknown"))
        says = (
            f"{counted(opened, 'project')} planned or under way in {register.places(places)}"
            if opened
            else "no project planned or under way"
        )
        if unknown:
            says += f"; the status of {unknown:,} more is unknown, and any of them may be finished"
        name = f"{row['area']}: {row['sub_area']}" if row["sub_area"] else str(row["area"])
        unfinished.append({"name": name, "says": says})
    return unfinished


def register_limits(result: Result, names: Names) -> list[tuple[str, str | None]]:
    """What weakens the counts of a register: judgements, unknown statuses, rows that nobody linked.

    Parameters
    ----------
    result : Result
    names : Names

    Returns
    -------
    list of (str, str or None)
        A sentence, and the address where its numbers are.
    """
    register = Register(result, names)
    limits: list[tuple[str, str | None]] = []
    for total in register.totals:
        about = f"In {register.wave(total.wave)}"
        unknown = total.counts["undetermined"] + total.counts["not stated"]
        if unknown:
            says = f"{about} the status of {unknown:,} of {counted(total.projects, 'project')} is not known."
            limits.append((says, "#register-totals"))
        if total.judged:
            judged = f"{counted(total.judged, 'status', 'statuses')} {'is' if total.judged == 1 else 'are'}"
            limits.append((f"{about} {judged} judged, not reported.", "#register-totals"))
    unlinked = len(register.unlinked)
    if unlinked:
        about = f"{counted(unlinked, 'row')} of {register.wave(register.waves[-1])}"
        says = f"{about} {'is' if unlinked == 1 else 'are'} not linked to an earlier wave: counted as new."
        limits.append((says, "#register-links" if rows_of(result, "links_to_confirm") else "#register"))
    return limits


def rows_of(result: Result, table: str) -> int:
    """How many rows a table of a result has."""
    frame = result.frames.get(table)
    return frame.n if frame else 0
