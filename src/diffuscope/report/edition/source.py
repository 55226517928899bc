"""A register as an edition reads it: its latest wave, places, areas and statuses, in the network's words."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from diffuscope.errors import PlanError
from diffuscope.records.labels import Labels
from diffuscope.records.phrases import upper_first
from diffuscope.report.names import Names, rows
from diffuscope.report.projects import Cells, Register, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diffuscope.report.projects import Project
    from diffuscope.result import Result

ALWAYS = ("planning", "ongoing", "completed")
"""Statuses that a table shows even where no project has them."""
COUNTRIES = ("", "country", "state", "member state", "nation")
"""Kinds of places that an edition calls countries."""


class Tally(NamedTuple):
    """Projects counted under one name: all of them, and by status."""

    all: int
    by_status: dict[str, int]


class Source:
    """The register of a result, ready to be printed.

    Parameters
    ----------
    result : Result
    wave : str, optional
        The wave to report on; by default the latest.

    Raises
    ------
    PlanError
        If the result counts no register or no such wave, or was made before editions could be printed from
        it.
    """

    def __init__(self, result: Result, wave: str | None = None) -> None:
        self.result = result
        self.names = Names(result)
        self.register = Register(result, self.names)
        self.labels = Labels(result.case.words)
        if not self.register.waves:
            raise PlanError(
                "There is no register to report on: the case has neither a table `projects` nor `returns`."
            )
        if "city_areas" not in result.frames and self.register.last_listed is not None:
            raise PlanError(
                "This result was made before editions could be printed from it: run the case again, or give "
                "the case itself."
            )
        waves = self.register.waves
        if wave is not None and wave not in waves:
            raise PlanError(f"The register has no wave `{wave}`; its waves are {', '.join(waves)}.")
        self.wave = waves[-1] if wave is None else wave
        at = waves.index(self.wave)
        self.before = waves[at - 1] if at else None
        self.total = self.register.totals[at]
        self.totals = self.register.totals[: at + 1]

    @property
    def latest(self) -> bool:
        """Whether no later wave is known."""
        return self.wave == self.register.waves[-1]

    @property
    def date(self) -> str:
        """The date of the wave as the case has it; empty where it has none."""
        return self.result.case.waves.get(self.wave, "")

    @cached_property
    def dated(self) -> str:
        """The date of the wave, in the network's words; empty where it has none."""
        return self.labels.date(self.register.dated(self.wave))

    @cached_property
    def statuses(self) -> list[str]:
        """Statuses that tables have a column for."""
        return [name for name in self.total.counts if name in ALWAYS or self.total.counts[name]]

    @cached_property
    def judged(self) -> int:
        """How many statuses of the wave are judgements."""
        return self.total.judged

    @cached_property
    def areas(self) -> list[str]:
        """Areas of the classification, and those that projects name beside it."""
        declared = [str(row["area"]) for row in rows(self.result, "areas")]
        named = sorted(str(row["name"]) for row in self.register.counts("area") if row["wave"] == self.wave)
        return list(dict.fromkeys([*declared, *named]))

    def tallies(self, dimension: str) -> dict[str, Tally]:
        """Projects of the wave by area, state or city."""
        own = (row for row in self.register.counts(dimension) if row["wave"] == self.wave)
        return {key[0]: tally for key, tally in _tallied(own, ("name",)).items()}

    @cached_property
    def of_cities(self) -> dict[str, dict[str, Tally]]:
        """Projects of the wave by city and area; those of no area under an empty name."""
        own = (row for row in rows(self.result, "city_areas") if row["wave"] == self.wave)
        tallies: dict[str, dict[str, Tally]] = {}
        for (city, area), tally in _tallied(own, ("city", "area")).items():
            tallies.setdefault(city, {})[area] = tally
        return tallies

    @cached_property
    def sub_areas(self) -> dict[str, dict[str, Tally]]:
        """Projects of the wave by area and sub-area; empty where the register names no sub-areas."""
        own = (row for row in self.register.counts("sub-area") if row["wave"] == self.wave)
        tallies: dict[str, dict[str, Tally]] = {}
        for (area, name), tally in _tallied(own, ("area", "name")).items():
            tallies.setdefault(area, {})[name] = tally
        return tallies

    @cached_property
    def returns(self) -> list[Cells]:
        """What became of the return of every unit of the network in the wave."""
        return [row for row in rows(self.result, "wave_returns") if row["wave"] == self.wave]

    @cached_property
    def standing(self) -> dict[str, str]:
        """The same, by unit."""
        return {str(row["unit"]): str(row["standing"]) for row in self.returns}

    @cached_property
    def states(self) -> dict[str, list[str]]:
        """The cities of each state, with projects in the wave or expected to report, by name."""
        expected = [row for row in self.returns if row["standing"] != "excused"]
        pairs = {(str(row["state"]), str(row["unit"])) for row in expected}
        pairs |= {
            (str(row["state"]), str(row["city"]))
            for row in rows(self.result, "city_areas")
            if row["wave"] == self.wave
        }
        cities: dict[str, list[str]] = {}
        for state, city in sorted(pairs, key=lambda pair: tuple(map(self.names.unit, pair))):
            cities.setdefault(state, []).append(city)
        return cities

    def cells(self, table: str) -> dict[int, Cells]:
        """Rows of a table of the case by their number."""
        return {whole(row["_row"]): row for row in rows(self.result, table)}

    @cached_property
    def projects(self) -> list[Project]:
        """Projects of the wave, by country, city and title."""
        own = [project for project in self.register.projects if project.wave == self.wave]
        return sorted(own, key=lambda one: (self.countries(one), self.cities(one), one.title))

    def countries(self, project: Project) -> str:
        """The countries of a project, by name."""
        return self.named(dict.fromkeys(self.parent(unit) for unit in project.units))

    def cities(self, project: Project) -> str:
        """Its cities, by name."""
        return self.named(project.units)

    def named(self, units: Iterable[str]) -> str:
        """Units by name."""
        return ", ".join(map(self.names.unit, units))

    @cached_property
    def _parents(self) -> dict[str, str]:
        known = rows(self.result, "units")
        return {str(row["unit"]): str(row["parent"]) for row in known if row.get("parent") is not None}

    def parent(self, unit: str) -> str:
        """The state of a city; the unit itself where it has none."""
        return self._parents.get(unit, unit)

    def carried(self, project: Project) -> bool:
        """Whether a row is that of an earlier wave."""
        return bool(project.units) and all(
            self.standing.get(unit) == "carried forward" for unit in project.units
        )

    @cached_property
    def city(self) -> tuple[str, str]:
        """What a place with projects is called, one and several."""
        one, many = self.register.noun
        return ("City", "Cities") if one in ("member", "city") else (upper_first(one), upper_first(many))

    def head(self, *labels: str) -> tuple[str, ...]:
        """Heads of columns, in the network's words."""
        kinds = {"City": self.city[0], "Cities": self.city[1]}
        return tuple(self.labels(label, kinds.get(label)) for label in labels)

    def status_head(self) -> tuple[str, ...]:
        """A head for each status."""
        return tuple(map(self.labels.status, self.statuses))


def _tallied(lines: Iterator[Cells], keys: tuple[str, ...]) -> dict[tuple[str, ...], Tally]:
    tallies: dict[tuple[str, ...], Tally] = {}
    every: dict[tuple[str, ...], int] = {}
    by_status: dict[tuple[str, ...], dict[str, int]] = {}
    for row in lines:
        key = tuple(str(row[name] or "") for name in keys)
        if row["status"] is None:
            every[key] = whole(row["projects"])
        else:
            by_status.setdefault(key, {})[str(row["status"])] = whole(row["projects"])
    for key, count in every.items():
        tallies[key] = Tally(count, by_status.get(key, {}))
    return tallies
