"""The register of a programme: what each wave holds, and what changed from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.records.phrases import counted, listed, upper_first
from diffuscope.records.shares import share_words
from diffuscope.report.projects import UNKNOWN, Cells, Register, status_words, whole
from diffuscope.report.sections.changes import (
    CHANGES,
    SHOWN,
    both_waves,
    change_names,
    changes,
    count_changes,
    gaps,
    latest_change,
    links,
    rows_of,
)
from diffuscope.report.sections.returns import rate_of, response, rests_on

if TYPE_CHECKING:
    from diffuscope.report.names import Names
    from diffuscope.result import Result


def register(result: Result, names: Names) -> dict[str, Any] | None:
    """The register by wave, area and change, and what waits for somebody to confirm it.

    Parameters
    ----------
    result : Result
    names : Names

    Returns
    -------
    dict or None
        `lead` (sentences), `joint` (a sentence on joint projects), `facts`, `totals`, `areas`, `latest`
        (areas by status), `change` (between the last two waves), `changes` (between all neighbouring waves),
        `links`, `gaps` (with `gaps_of`, the wave they are of, and `gaps_rest_on`), `returns` (response rates)
        and `rests_on`; None where the result counts no register.
    """
    register = Register(result, names)
    if not register.waves:
        return None
    return {
        "lead": register_sentences(result, names),
        "facts": _facts(result, register),
        "totals": _totals(result, register),
        "returns": response(result, names),
        "rests_on": rests_on(result, names, register.waves[-1], always=True),
        "areas": _areas(register),
        "latest": _by_status(register),
        "change": latest_change(result, register),
        "changes": changes(result),
        "change_names": [CHANGES[name] for name in change_names(result)],
        "joint": register.joint,
        "links": links(result, names),
        "links_hidden": max(0, rows_of(result, "links_to_confirm") - SHOWN),
        "gaps": gaps(result, register),
        "gaps_rest_on": rests_on(result, names, register.last_listed or register.waves[-1], always=True),
        "gaps_of": register.wave(register.last_listed or register.waves[-1]),
        "noun": register.noun,
        "file": result.case.files.get("projects", "projects"),
    }


def register_sentences(result: Result, names: Names) -> list[str]:
    """What the latest wave of a register holds and what changed since the one before, in sentences.

    Parameters
    ----------
    result : Result
    names : Names

    Returns
    -------
    list of str
        Empty where the result counts no register.
    """
    register = Register(result, names)
    if not register.waves:
        return []
    now = register.totals[-1]
    statuses = [
        f"{now.counts[status]:,} {status_words(status)}" for status in register.statuses if now.counts[status]
    ]
    says = f"{register.shows(now)}: {listed(statuses)}" if statuses else register.shows(now)
    sentences = [f"{upper_first(says)}."]
    sentences += filter(None, [rests_on(result, names, now.wave)])
    count = count_changes(result)
    if count:
        sentences.append(_since(register, count, both_waves(result)))
    return sentences


def in_few_words(result: Result, names: Names) -> str:
    """How many projects the latest wave shows; empty where the result counts no register."""
    register = Register(result, names)
    if not register.waves:
        return ""
    now = register.totals[-1]
    sentence = f"{upper_first(register.shows(now))}."
    return " ".join(filter(None, [sentence, rests_on(result, names, now.wave)]))


def _since(register: Register, count: dict[str, int], shown_twice: dict[str, int]) -> str:
    both, open_twice = sum(shown_twice.values()), shown_twice.get("unknown", 0)
    counts = [
        f"{count[change]:,} {words}"
        for change, words in (
            ("moved on", "moved on"),
            ("stayed", "stayed as they were"),
            ("moved back", "moved back"),
            ("put on hold", "put on hold"),
            ("resumed", "resumed"),
            ("cancelled", "cancelled"),
            ("reinstated", "reinstated after they had been cancelled"),
        )
        if count[change]
    ]
    if open_twice:
        counts.append(f"for {open_twice:,} it is unknown, because a status is unknown")
    start = (
        f"Since {register.wave(register.waves[-2])}, {counted(count['entered'], 'project')} entered the "
        f"register and {count['left']:,} left it{_renamed(count)}"
    )
    told_twice = f"{start}; of the {both:,} in both waves, {listed(counts)}." if both else f"{start}."
    once = count["unknown"] - open_twice
    if not once:
        return told_twice
    more = "in one wave only it is unknown, because a return is missing"
    return f"{told_twice} Of {counted(once, 'more project')} {more}."


def _renamed(count: dict[str, int]) -> str:
    """How many projects went on under other ids, in words; empty where none did."""
    gone, new = count["succeeded"], count["succeeds"]
    ids = "another id" if new == 1 else "other ids"
    if gone and new:
        return f"; {gone:,} continued as {new:,} under {ids}"
    return f"; {new:,} {'goes' if new == 1 else 'go'} on from earlier ones under {ids}" if new else ""


def _facts(result: Result, register: Register) -> list[tuple[str, str]]:
    now = register.totals[-1]
    if not now.known:
        return [(UNKNOWN, f"projects in {register.wave(now.wave)}: no return came in")]
    facts = [
        (f"{now.projects:,}", f"projects in {register.wave(now.wave)}"),
        (f"{now.units:,}", f"{register.noun[now.units != 1]} with projects"),
    ]
    facts += [
        (
            f"{now.counts[status]:,}",
            f"{status_words(status)} ({share_words(now.counts[status], now.projects)})",
        )
        for status in register.statuses
        if now.counts[status]
    ]
    count = count_changes(result)
    before = register.wave(register.waves[-2]) if count else ""
    facts += [
        (f"{count[change]:,}", f"{change} since {before}")
        for change in ("entered", "left", "moved on")
        if count and count[change]
    ]
    return facts


def _totals(result: Result, register: Register) -> dict[str, Any]:
    return {
        "returns": any(rate_of(result, total.wave) for total in register.totals),
        "statuses": [status_words(status) for status in register.statuses],
        "judged": any(total.judged for total in register.totals),
        "rows": [
            {
                "wave": total.wave,
                "returns": rate_of(result, total.wave),
                "date": register.dated(total.wave),
                "projects": f"{total.projects:,}" if total.known else UNKNOWN,
                "units": f"{total.units:,}" if total.known else UNKNOWN,
                "counts": [
                    {
                        "n": f"{total.counts[status]:,}" if total.known else UNKNOWN,
                        "share": share_words(total.counts[status], total.projects),
                    }
                    for status in register.statuses
                ],
                "judged": f"{total.judged:,}" if total.known else UNKNOWN,
            }
            for total in register.totals
        ],
    }


def _areas(register: Register) -> dict[str, Any] | None:
    """Projects by area and wave, with and without those whose status is a judgement."""
    cells_by_area: dict[str, dict[str, Cells]] = {}
    for row in register.counts("area"):
        if row["status"] is None:
            cells_by_area.setdefault(str(row["name"]), {})[str(row["wave"])] = row
    if not cells_by_area:
        return None
    waves = [wave for wave in register.waves if any(wave in cells for cells in cells_by_area.values())]
    totals = {total.wave: total.projects for total in register.totals}
    named = {
        wave: sum(whole(cells[wave]["projects"]) for cells in cells_by_area.values() if wave in cells)
        for wave in waves
    }
    unnamed = {wave: totals[wave] - named[wave] for wave in waves}
    return {
        "waves": waves,
        "without": [wave for wave in register.waves if wave not in waves],
        "rows": [
            {"name": name, "cells": [_area(cells.get(wave), totals[wave]) for wave in waves]}
            for name, cells in sorted(cells_by_area.items())
        ],
        "unnamed": [f"{unnamed[wave]:,}" for wave in waves] if any(unnamed.values()) else [],
        "judged": any(
            whole(cell["sure"]) < whole(cell["projects"])
            for cells in cells_by_area.values()
            for cell in cells.values()
        ),
    }


def _area(cell: Cells | None, total: int) -> dict[str, str]:
    projects, sure = (whole(cell["projects"]), whole(cell["sure"])) if cell else (0, 0)
    return {
        "n": f"{projects:,}",
        "share": share_words(projects, total),
        "sure": f"{sure:,}" if sure < projects else "",
    }


def _by_status(register: Register) -> dict[str, Any] | None:
    """Projects of the latest wave by area and status."""
    latest = register.waves[-1]
    counts_by_area: dict[str, dict[str, int]] = {}
    for row in register.counts("area"):
        if row["status"] is not None and row["wave"] == latest:
            counts_by_area.setdefault(str(row["name"]), {})[str(row["status"])] = whole(row["projects"])
    statuses = [
        status for status in register.statuses if any(status in cells for cells in counts_by_area.values())
    ]
    if not counts_by_area:
        return None
    return {
        "wave": latest,
        "statuses": [status_words(status) for status in statuses],
        "rows": [
            {
                "name": name,
                "cells": [
                    {
                        "n": f"{cells.get(status, 0):,}",
                        "share": share_words(cells.get(status, 0), sum(cells.values())),
                    }
                    for status in statuses
                ],
                "all": f"{sum(cells.values()):,}",
            }
            for name, cells in sorted(counts_by_area.items())
        ],
    }
