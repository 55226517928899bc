"""States and cities: their projects across waves, with partners and the rows of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.records.phrases import counted
from diffuscope.report.names import ROW, rows
from diffuscope.report.projects import UNKNOWN, Project, Register, status_words, whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.report.names import Names
    from diffuscope.result import Result

MOST_ROWS = 3000
"""Rows of the register up to which the page shows each project of each city; a longer one is counted."""
MOST_CITIES = 400
"""Cities that the page shows; more stand in a file."""


def places(result: Result, names: Names) -> dict[str, Any] | None:
    """Every state with its cities, and every city with its projects.

    Parameters
    ----------
    result : Result
    names : Names

    Returns
    -------
    dict or None
        `states`: each with `name`, `anchor`, `says`, `waves` (counts by status), and `cities`: each with
        `name`, `anchor`, `place`, `projects`; `listed`: whether projects are listed one by one; `hidden`:
        cities beyond those shown; `flat`: whether no state holds other places. None without a register.
    """
    register = Register(result, names)
    if not register.waves:
        return None
    listed = len(register.projects) <= MOST_ROWS
    units = {str(row["unit"]): row for row in rows(result, "units")}
    own: dict[str, list[Project]] = {}
    for project in register.projects:
        for unit in project.units:
            own.setdefault(unit, []).append(project)
    above: dict[str, list[str]] = {}
    for unit in sorted(own, key=names.unit)[:MOST_CITIES]:
        above.setdefault(str(units.get(unit, {}).get("parent") or unit), []).append(unit)
    by_state = _counts(register)
    states = [
        {
            "name": names.unit(state),
            "anchor": f"state-{units[state][ROW]}" if state in units else "",
            "says": _says(register, by_state.get(state, {}), cities, state),
            "waves": _waves(register, by_state.get(state, {}), state),
            "cities": [
                _city(register, city, units.get(city), own[city] if listed else ()) for city in cities
            ],
        }
        for state, cities in sorted(above.items(), key=lambda pair: names.unit(pair[0]))
    ]
    return {
        "states": states,
        "waves": register.waves,
        "statuses": [status_words(status) for status in register.statuses],
        "listed": listed,
        "hidden": max(0, len(own) - MOST_CITIES),
        "flat": all(cities == [state] for state, cities in above.items()),
        "noun": register.noun,
        "joint": register.joint,
    }


def _counts(register: Register) -> dict[str, dict[str, dict[str, int]]]:
    """Projects by state, wave and status."""
    counts: dict[str, dict[str, dict[str, int]]] = {}
    for row in register.counts("state"):
        if row["status"] is not None:
            wave = counts.setdefault(str(row["name"]), {}).setdefault(str(row["wave"]), {})
            wave[str(row["status"])] = whole(row["projects"])
    return counts


def _says(register: Register, counts: dict[str, dict[str, int]], cities: list[str], state: str) -> str:
    latest = register.waves[-1]
    now = sum(counts.get(latest, {}).values())
    many = counted(now, "project") if register.is_known(latest, state) else "nothing known"
    held = "" if cities == [state] else f"{register.places(len(cities))}, "
    return f"{held}{many} in {register.wave(latest)}"


def _waves(register: Register, counts: dict[str, dict[str, int]], state: str) -> list[dict[str, Any]]:
    return [
        {
            "wave": wave,
            "counts": [
                f"{counts.get(wave, {}).get(status, 0):,}" if register.is_known(wave, state) else UNKNOWN
                for status in register.statuses
            ],
            "all": f"{sum(counts.get(wave, {}).values()):,}" if register.is_known(wave, state) else UNKNOWN,
        }
        for wave in register.waves
    ]


def _city(
    register: Register, id_: str, unit: dict[str, Any] | None, projects: Iterable[Project]
) -> dict[str, Any]:
    members: dict[str, dict[str, Project]] = {}
    for project in projects:
        members.setdefault(project.member, {})[project.wave] = project
    order = {wave: at for at, wave in enumerate(register.waves)}
    shown = [
        sorted(waves.values(), key=lambda project: order.get(project.wave, -1)) for waves in members.values()
    ]
    shown.sort(key=lambda history: (-order.get(history[-1].wave, -1), history[-1].title))
    return {
        "name": register.names.unit(id_),
        "anchor": f"city-{unit[ROW]}" if unit else "",
        "place": register.names.row("units", whole(unit[ROW])) if unit else None,
        "projects": [_history(register, history, id_) for history in shown],
    }


def _history(register: Register, projects: list[Project], unit: str) -> dict[str, Any]:
    last = projects[-1]
    earlier = dict.fromkeys(project.title for project in projects[:-1] if project.title != last.title)
    by_wave = {project.wave: project for project in projects}
    partners = dict.fromkeys(partner for project in projects for partner in project.partners)
    return {
        "title": last.title,
        "with": [register.names.unit(other) for other in last.units if other != unit],
        "earlier": list(earlier),
        "area": ": ".join(part for part in (last.area, last.sub_area) if part),
        "waves": [_cell(register, by_wave.get(wave)) for wave in register.waves],
        "partners": [register.names.unit(partner) for partner in partners],
    }


def _cell(register: Register, project: Project | None) -> dict[str, Any] | None:
    if project is None:
        return None
    return {
        "status": status_words(project.status),
        "mark": project.status.replace(" ", "-"),
        "judged": project.judged,
        "place": register.names.row("projects", project.row),
    }
