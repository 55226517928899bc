"""Who could learn from whom: for each open project, others that are further along with the same thing.

No league table: a unit is offered because of what it has done in one area, with the reason in words.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from diffuscope.monitoring.waves import by_unit
from diffuscope.records.statuses import OPEN
from diffuscope.records.work_bounds import PEERS, Allowance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STAGE = {"planning": 0, "ongoing": 1, "completed": 2}
OFFERED = 3
"""Peers offered for one project."""
COMPARABLE = 2.0
"""Populations within this factor of each other are of comparable size."""
SIZE, ARCHETYPE, LANGUAGE = "population", "archetype", "language"
"""Variables of `attributes` that are looked at."""
_NOTHING: frozenset[str] = frozenset()
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


class _Kind(NamedTuple):
    """What matters of a project for being a peer: alike ones are looked up once."""

    unit: str
    state: str
    sub_area: str | None
    status: str
    partners: frozenset[str]


class _Project(NamedTuple):
    kind: _Kind
    title: str
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

    def shared(self, one: _Kind, other: _Kind) -> list[str]:
        """What two projects' units have in common, in words."""
        traits = []
        archetype = self.archetype(one) & self.archetype(other)
        if archetype:
            traits.append(f"of the same archetype ({', '.join(sorted(archetype))})")
        ratio = self.size(one) / self.size(other)
        if 1 / COMPARABLE <= ratio <= COMPARABLE:
            traits.append("of comparable size")
        partners = one.partners & other.partners
        if partners:
            traits.append(f"same partner ({', '.join(sorted(self.names.get(p, p) for p in partners))})")
        language = self.language(one) & self.language(other)
        if language:
            traits.append(f"same language ({', '.join(sorted(language))})")
        return traits

    def archetype(self, kind: _Kind) -> frozenset[str]:
        """Archetypes of a project's unit."""
        return self.archetypes.get(kind.unit, _NOTHING)

    def language(self, kind: _Kind) -> frozenset[str]:
        """Languages of a project's unit, or else of its state."""
        return self.languages.get(kind.unit) or self.languages.get(kind.state, _NOTHING)

    def size(self, kind: _Kind) -> float:
        """Inhabitants of a project's unit; NaN where unknown, which is comparable to nothing."""
        return self.sizes.get(kind.unit, math.nan)


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
    values_of: dict[str, set[str]] = defaultdict(set)
    for unit, value in rows.select("unit", "value").drop_nulls().iter_rows():
        values_of[unit].add(value)
    return {unit: frozenset(values) for unit, values in values_of.items()}


def peers(prepared: pl.DataFrame, known: Traits, left: Allowance | None = None) -> pl.DataFrame:
    """For each planned or on-going project of the latest wave, units that are further along with its like.

    Parameters
    ----------
    prepared : polars.DataFrame
        From `monitoring.waves.prepared`.
    known : Traits
    left : Allowance, optional
        How many projects may still be compared; counts the areas that are left out.

    Returns
    -------
    polars.DataFrame
        A row per project and peer, at most three peers a project, closest first: those with the same
        sub-area before those with the same area, then those that share more. `shared` counts what the two
        have in common and `reason` says it; `row` and `peer_row` lead to both projects. Each unit of a joint
        project learns, and is learnt from, for itself.
    """
    latest = by_unit(prepared.filter(pl.col("k") == pl.col("k").max()))
    by_area: dict[str, list[_Project]] = defaultdict(list)
    columns = ("unit", "state", "sub_area", "status", "partner", "title", "_row", "area")
    for unit, state, sub_area, status, partner, title, row, area in latest.select(columns).iter_rows():
        if area is not None and status in STAGE:
            kind = _Kind(unit, state, sub_area, status, frozenset(partner or ()))
            by_area[area].append(_Project(kind, title or "", row))
    left = Allowance(PEERS) if left is None else left
    offers_made = []
    for area, projects in by_area.items():
        pool = Pool([project.kind for project in projects], known)
        if not left.takes(pool.distinct**2):
            continue
        for project in projects:
            if project.kind.status == "completed":
                continue
            for at, reason, shared in pool.offered(project.kind):
                other = projects[at]
                about = (project.kind.unit, project.title, area, project.kind.sub_area, project.kind.status)
                peer = (other.kind.unit, other.title, other.kind.status, other.row)
                offers_made.append((*about, project.row, *peer, shared, reason))
    schema = {name: kind for name, kind in PEER_COLUMNS.items() if name != "wave"}
    wave = latest["wave"][0] if latest.height else None
    offers = pl.DataFrame(offers_made, schema=schema, orient="row")
    offers = offers.with_columns(_place=pl.int_range(pl.len())).sort("row", "_place").drop("_place")
    return offers.select(pl.lit(wave, dtype=pl.String).alias("wave"), *schema)


class _Offer(NamedTuple):
    """A peer: which project, why, and how many things the two have in common."""

    at: int
    reason: str
    shared: int


class Pool:
    """All projects of one area, held as arrays, so that each kind of project finds its peers in one sweep.

    Parameters
    ----------
    kinds : sequence of _Kind
        In the order of their rows.
    known : Traits
    """

    def __init__(self, kinds: Sequence[_Kind], known: Traits) -> None:
        self._kinds = kinds
        self._known = known
        self._found: dict[_Kind, list[_Offer]] = {}
        # of projects alike in everything that matters, the first stands for all
        first: dict[_Kind, int] = {}
        for at, kind in enumerate(kinds):
            first.setdefault(kind, at)
        self._at = np.array(list(first.values()), dtype=np.int64)
        distinct = list(first)
        self.distinct = len(distinct)
        self._units = np.array([kind.unit for kind in distinct])
        self._stage = np.array([STAGE[kind.status] for kind in distinct])
        self._sub_area = np.array([kind.sub_area or "" for kind in distinct])
        self._size = np.array([known.size(kind) for kind in distinct])
        self._archetype = _Sets([known.archetype(kind) for kind in distinct])
        self._language = _Sets([known.language(kind) for kind in distinct])
        self._partner = _Sets([kind.partners for kind in distinct])

    def offered(self, kind: _Kind) -> list[_Offer]:
        """Peers for a project of that kind."""
        if kind not in self._found:
            self._found[kind] = [self._reason(kind, at) for at in self._best(kind)]
        return self._found[kind]

    def _best(self, kind: _Kind) -> list[int]:
        further = np.flatnonzero((self._stage > STAGE[kind.status]) & (self._units != kind.unit))
        if not further.size:
            return []
        ratio = self._size[further] / self._known.size(kind)
        shared = (
            ((ratio >= 1 / COMPARABLE) & (ratio <= COMPARABLE)).astype(np.int64)
            + self._archetype.meet(self._known.archetype(kind))[further]
            + self._language.meet(self._known.language(kind))[further]
            + self._partner.meet(kind.partners)[further]
        )
        same = (self._sub_area[further] == kind.sub_area) if kind.sub_area else np.zeros(further.size, bool)
        # lexicographic: at most four things are shared and a stage is at most 2, so that the parts never
        # overlap
        closeness = 100 * same + 10 * shared + self._stage[further]
        order = np.argsort(-closeness, kind="stable")
        units: dict[str, int] = {}
        for at in further[order]:
            units.setdefault(str(self._units[at]), int(self._at[at]))
            if len(units) == OFFERED:
                break
        return list(units.values())

    def _reason(self, kind: _Kind, at: int) -> _Offer:
        other = self._kinds[at]
        shared = self._known.shared(kind, other)
        same = kind.sub_area is not None and kind.sub_area == other.sub_area
        reason = f"{other.status} in the same {'sub-area' if same else 'area'}"
        return _Offer(at, "; ".join([reason, *shared]), len(shared))


class _Sets:
    """Many small sets of words; which of them meet a given one is asked of all at once."""

    def __init__(self, sets: Sequence[frozenset[str]]) -> None:
        self._count = len(sets)
        self._holders: dict[str, list[int]] = defaultdict(list)
        for at, words in enumerate(sets):
            for word in words:
                self._holders[word].append(at)

    def meet(self, words: frozenset[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        meets = np.zeros(self._count, dtype=np.int64)
        for word in words:
            meets[self._holders.get(word, [])] = 1
        return meets


def _in_areas(rows: pl.DataFrame) -> dict[tuple[str | None, str | None], list[Sequence[str]]]:
    """Units of each project, by area, and by area and sub-area."""
    units_in: dict[tuple[str | None, str | None], list[Sequence[str]]] = defaultdict(list)
    for area, sub_area, units in rows.select("area", "sub_area", "units").iter_rows():
        units_in[area, None].append(units or ())
        if sub_area is not None:
            units_in[area, sub_area].append(units or ())
    return dict(units_in)


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
    ever = set(_in_areas(prepared.filter(pl.col("status") == "completed")))
    latest = prepared.filter(pl.col("k") == pl.col("k").max())
    still = _in_areas(latest.filter(pl.col("status").is_in(["planning", "ongoing"])))
    unknown = _in_areas(latest.filter(pl.col("status").is_in(OPEN)))
    rows = []
    for place in wanted.iter_rows():
        if place not in ever:
            units = {unit for own in still.get(place, ()) for unit in own}
            rows.append((*place, len(still.get(place, ())), len(units), len(unknown.get(place, ()))))
    schema = {
        "area": pl.String,
        "sub_area": pl.String,
        "open": pl.Int64,
        "units": pl.Int64,
        "unknown": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
