"""What changed since the last report, by country, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records.labels import CHANGES, NOTES
from diffuscope.report.edition.contents import Group, Part
from diffuscope.report.names import rows
from diffuscope.report.projects import UNKNOWN, several, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.report.edition.source import Source
    from diffuscope.report.projects import Cells

COUNTED = ("stayed", "unknown")
"""Changes of which only the number is told."""


def changes(source: Source) -> Part:
    """By country: projects in both reports, those that are new, moved, or are no longer listed."""
    label = source.labels
    title = label("Changes since the last report")
    before = source.before
    if before is None:
        return Part("changes", title)
    last = [row for row in rows(source.result, "movements") if row["to_wave"] == source.wave]
    groups = [
        Group(source.names.unit(state), points)
        for state in sorted({*_states(last), *source.states}, key=source.names.unit)
        if (points := tuple(_points(source, state, before, last)))
    ]
    unknown = any(row["change"] == "unknown" for row in last)
    notes = (label(NOTES["unknown"]),) if unknown else ()
    return Part("changes", title, (f"{before} → {source.wave}",), groups=tuple(groups), notes=notes)


def _states(movements: list[Cells]) -> set[str]:
    return {state for row in movements for state in several(row["state"])}


def _points(source: Source, state: str, before: str, movements: list[Cells]) -> Iterator[str]:
    own = [row for row in movements if state in several(row["state"])]
    counts = [_counted(source, state, wave) for wave in (before, source.wave)]
    if any(counts):
        yield f"{source.labels('Projects')}: {' → '.join(map(_number, counts))}"
    yield from _returns(source, state, before)
    for change, words in CHANGES.items():
        changed = [row for row in own if row["change"] == change]
        if changed and change in COUNTED:
            yield f"{source.labels(words)}: {len(changed):,}"
        elif changed:
            examples = "; ".join(_movement(source, row) for row in changed)
            yield f"{source.labels(words)} ({len(changed):,}): {examples}"


def _returns(source: Source, state: str, before: str) -> Iterator[str]:
    """On how many returns the two numbers rest, where one of a country is missing in either wave."""
    told, missing = [], False
    for wave in (before, source.wave):
        own = [
            row for row in rows(source.result, "wave_returns") if (row["wave"], row["state"]) == (wave, state)
        ]
        expected = [row for row in own if row["standing"] != "excused"]
        came = sum(row["standing"] in ("received", "nil") for row in expected)
        missing |= came < len(expected)
        told.append(f"{came:,} / {len(expected):,}")
    if missing:
        yield f"{source.labels('Returns received')}: {' → '.join(told)}"


def _number(count: int | None) -> str:
    return UNKNOWN if count is None else f"{count:,}"


def _counted(source: Source, state: str, wave: str) -> int | None:
    """Projects of a state in a wave; None where nothing is known of them."""
    for row in source.register.counts("state"):
        if row["wave"] == wave and row["name"] == state and row["status"] is None:
            return whole(row["projects"])
    return 0 if source.register.is_known(wave, state) else None


def _movement(source: Source, row: Cells) -> str:
    cities = source.named(several(row["unit"]))
    statuses = [str(cell) for cell in (row["status_before"], row["status"]) if cell is not None]
    moved = " → ".join(map(source.labels.status, dict.fromkeys(statuses)))
    return f"{row['title']} ({cities}; {moved})"
