"""Who could learn from whom: for each open project, others that are further along with the same thing.

No league table: a unit is offered because of what it has done in one area, with the reason in words.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STAGE = {"planning": 0, "ongoing": 1, "completed": 2}
OFFERED = 3
"""Peers offered for one project."""
COMPARABLE = 2.0
"""Populations within this factor of each other are of comparable size."""
SIZE, ARCHETYPE, LANGUAGE = "population", "archetype", "language"
"""Variables of `attributes` that are looked at."""
PEER_COLUMNS = {
    "wave": pl.String,
    "unit": pl.String,
    "title": pl.String,
    "area": pl.String,
    "sub_area": pl.String,
    "status": pl.String,
    "row": pl.Int64,
    "peer": pl.String,
    "peer_title": pl.String,
    "peer_status": pl.String,
    "peer_row": pl.Int64,
    "shared": pl.Int64,
    "reason": pl.String,
}


class _Project(NamedTuple):
    unit: str
    state: str
    title: str
    area: str | None
    sub_area: str | None
    status: str
    partners: frozenset[str]
    row: int


@dataclass(frozen=True)
class Traits:
    """What is known of units that may make one a useful peer of another.

    Attributes
    ----------
    archetypes, languages : mapping of str to frozenset of str
    sizes : mapping of str to float
        Inhabitants.
    names : mapping of str to str
    """

    archetypes: Mapping[str, frozenset[str]]
    languages: Mapping[str, frozenset[str]]
    sizes: Mapping[str, float]
    names: Mapping[str, str]

    def shared(self, one: _Project, other: _Project) -> list[str]:
        """What two projects' units have in common, in words."""
        found = []
        archetype = self._common(self.archetypes, one, other)
        if archetype:
            found.append(f"of the same archetype ({', '.join(sorted(archetype))})")
        if one.unit in self.sizes and other.unit in self.sizes:
            ratio = self.sizes[one.unit] / self.sizes[other.unit]
            if 1 / COMPARABLE <= ratio <= COMPARABLE:
                found.append("of comparable size")
        partners = one.partners & other.partners
        if partners:
            found.append(f"same partner ({', '.join(sorted(self.names.get(p, p) for p in partners))})")
        language = self._common(self.languages, one, other)
        if language:
            found.append(f"same language ({', '.join(sorted(language))})")
        return found

    @staticmethod
    def _common(values: Mapping[str, frozenset[str]], one: _Project, other: _Project) -> frozenset[str]:
        none: frozenset[str] = frozenset()
        mine = values.get(one.unit) or values.get(one.state, none)
        theirs = values.get(other.unit) or values.get(other.state, none)
        return mine & theirs


def traits(units: pl.DataFrame, attributes: pl.DataFrame) -> Traits:
    """What the case knows of its units: archetype, size, language, name.

    Parameters
    ----------
    units, attributes : polars.DataFrame
        Tables of the case, typed. The latest population counts; a city without a language of its own has
        those of its state.
    """
    sizes = {}
    rows = attributes.filter(pl.col("variable") == SIZE).sort("time", nulls_last=False)
    for unit, value in rows.select("unit", pl.col("value").cast(pl.Float64, strict=False)).iter_rows():
        if value is not None and math.isfinite(value) and value > 0:
            sizes[unit] = value
    names = dict(units.select("unit", "name").iter_rows())
    return Traits(_values(attributes, ARCHETYPE), _values(attributes, LANGUAGE), sizes, names)


def _values(attributes: pl.DataFrame, variable: str) -> dict[str, frozenset[str]]:
    rows = attributes.filter(
        (pl.col("variable") == variable) | pl.col("variable").str.ends_with(f"_{variable}")
    )
    found: dict[str, set[str]] = defaultdict(set)
    for unit, value in rows.select("unit", "value").iter_rows():
        found[unit].add(value)
    return {unit: frozenset(values) for unit, values in found.items()}


def peers(prepared: pl.DataFrame, known: Traits) -> pl.DataFrame:
    """For each planned or on-going project of the latest wave, units that are further along with its like.

    Parameters
    ----------
    prepared : polars.DataFrame
        From `monitoring.waves.prepared`.
    known : Traits

    Returns
    -------
    polars.DataFrame
        A row per project and peer, at most three peers a project, closest first: those with the same
        sub-area before those with the same area, then those that share more. `shared` counts what the two
        have in common and `reason` says it; `row` and `peer_row` lead to both projects.
    """
    latest = prepared.filter(pl.col("k") == pl.col("k").max())
    if latest.is_empty():
        return pl.DataFrame(schema=PEER_COLUMNS)
    projects = [_project(row) for row in latest.iter_rows(named=True)]
    by_area: dict[str, list[_Project]] = defaultdict(list)
    for project in projects:
        if project.area is not None and project.status in STAGE:
            by_area[project.area].append(project)
    wave = latest["wave"][0]
    found = []
    for project in projects:
        if project.area is not None and project.status in ("planning", "ongoing"):
            for other, shared, reason in _offered(project, by_area[project.area], known):
                about = (wave, project.unit, project.title, project.area, project.sub_area, project.status)
                offered = (other.unit, other.title, other.status, other.row, shared, reason)
                found.append((*about, project.row, *offered))
    return pl.DataFrame(found, schema=PEER_COLUMNS, orient="row")


def _project(row: dict[str, object]) -> _Project:
    partners = row["partner"]
    return _Project(
        unit=str(row["unit"]),
        state=str(row["state"]),
        title=str(row["title"]),
        area=None if row["area"] is None else str(row["area"]),
        sub_area=None if row["sub_area"] is None else str(row["sub_area"]),
        status=str(row["status"]),
        partners=frozenset(str(name) for name in partners) if isinstance(partners, list) else frozenset(),
        row=int(str(row["_row"])),
    )


def _offered(project: _Project, others: Iterable[_Project], known: Traits) -> list[tuple[_Project, int, str]]:
    best: dict[str, tuple[tuple[int, ...], _Project, int, str]] = {}
    for other in others:
        if other.unit == project.unit or STAGE[other.status] <= STAGE[project.status]:
            continue
        shared = known.shared(project, other)
        same = project.sub_area is not None and project.sub_area == other.sub_area
        rank = (-int(same), -len(shared), -STAGE[other.status], other.row)
        reason = f"{other.status} in the same {'sub-area' if same else 'area'}"
        reason = "; ".join([reason, *shared])
        if other.unit not in best or rank < best[other.unit][0]:
            best[other.unit] = (rank, other, len(shared), reason)
    chosen = sorted(best.values(), key=lambda offer: offer[0])[:OFFERED]
    return [(other, shared, reason) for _, other, shared, reason in chosen]


def gaps(prepared: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """Areas and sub-areas in which nobody has finished a project yet.

    Parameters
    ----------
    prepared : polars.DataFrame
        From `monitoring.waves.prepared`.
    areas : polars.DataFrame
        The table of the case, typed. Sub-areas are looked at only where project rows name them.

    Returns
    -------
    polars.DataFrame
        `area`, `sub_area`, `open`: planned or on-going projects in the latest wave, `units`: how many units
        they are in, `unknown`: projects whose status is not known, any of which may be finished.
    """
    named = prepared["sub_area"].null_count() < prepared.height
    wanted = (
        areas.select("area", "sub_area")
        .filter(pl.col("sub_area").is_null() | named)
        .unique(maintain_order=True)
    )
    ever = prepared.filter(pl.col("status") == "completed")
    latest = prepared.filter(pl.col("k") == pl.col("k").max())
    rows = []
    for area, sub_area in wanted.iter_rows():
        here = pl.col("area") == area
        if sub_area is not None:
            here = here & (pl.col("sub_area") == sub_area)
        if ever.filter(here).height:
            continue
        still = latest.filter(here & pl.col("status").is_in(["planning", "ongoing"]))
        unknown = latest.filter(here & ~pl.col("status").is_in(list(STAGE))).height
        rows.append((area, sub_area, still.height, still["unit"].n_unique(), unknown))
    schema = {
        "area": pl.String,
        "sub_area": pl.String,
        "open": pl.Int64,
        "units": pl.Int64,
        "unknown": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
