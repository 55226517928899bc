"""Cities and projects of an edition, for pages that show it piece by piece, and a map without a library."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from diffuscope.report.edition.source import Source
from diffuscope.report.names import rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.figures.map_extent import Grid
    from diffuscope.report.projects import Project
    from diffuscope.result import Result


class City(NamedTuple):
    """One city in a wave.

    Attributes
    ----------
    unit, name, state : str
        The state by its name.
    projects : int or None
        0 where the city said that there is nothing to report; None where it lists no project without saying
        so, or where no return came, so that nothing is known.
    standing : str
        received, nil, carried forward, silent or unknown; empty where the wave does not say.
    at : tuple of float or None
        Where it is on the map, in steps from the upper left corner; None without coordinates.
    """

    unit: str
    name: str
    state: str
    projects: int | None
    standing: str
    at: tuple[float, float] | None


class Listed(NamedTuple):
    """One project in a wave, in the network's words.

    Attributes
    ----------
    state, city, title, area, status : str
        An empty area is not known.
    code : str
        The status as a case has it, whatever the network calls it.
    units : tuple of str
        Its cities, by id.
    carried : bool
        Whether its rows are those of an earlier wave.
    """

    state: str
    city: str
    title: str
    area: str
    status: str
    code: str
    units: tuple[str, ...]
    carried: bool


class Places(NamedTuple):
    """What an edition shows, place by place.

    Attributes
    ----------
    cities : list of City
        By state and name.
    projects : list of Listed
        By state, city and title.
    names : dict of str to str
        Names of all units, by id.
    land, borders : list of str
        Outlines around the cities as paths of SVG.
    wide, high : int
        Of the map; 0 where no city has coordinates.
    """

    cities: list[City]
    projects: list[Listed]
    names: dict[str, str]
    land: list[str]
    borders: list[str]
    wide: int
    high: int


def edition_places(result: Result, wave: str | None = None) -> Places:
    """Cities, projects and the map of an edition.

    Parameters
    ----------
    result : Result
        That holds a register.
    wave : str, optional
        By default the latest.

    Returns
    -------
    Places
    """
    from diffuscope.figures.atlas import atlas_of
    from diffuscope.figures.map_extent import ACROSS

    source = Source(result, wave)
    tallies = source.of_cities
    known = {str(row["unit"]): row for row in rows(result, "units")}
    units = [city for cities in source.states.values() for city in cities if city in known]
    columns = ("unit", "name", "kind", "lat", "lon")
    types = {**dict.fromkeys(columns, pl.String), "lat": pl.Float64, "lon": pl.Float64}
    frame = pl.DataFrame([{name: known[unit][name] for name in columns} for unit in units], schema=types)
    atlas = atlas_of(frame.with_columns(kind=pl.lit("city")), panel=True)
    at = {one.unit: one.point or one.middle for one in atlas.places} if atlas is not None else {}
    cities = []
    for state, own in source.states.items():
        for unit in own:
            standing = source.standing.get(unit, "")
            counts = tallies.get(unit)
            total = sum(one.all for one in counts.values()) if counts else None
            number = 0 if total is None and standing == "nil" else total
            names = source.names.unit(unit), source.names.unit(state)
            cities.append(City(unit, *names, number, standing, at.get(unit)))
    return Places(
        cities=cities,
        projects=[_listed(source, one) for one in source.projects],
        names={unit: source.names.unit(unit) for unit in known},
        land=[_path(polygon) for polygon in atlas.land] if atlas is not None else [],
        borders=[_line(border) for border in atlas.borders] if atlas is not None else [],
        wide=ACROSS if atlas is not None else 0,
        high=atlas.frame.down if atlas is not None else 0,
    )


def _listed(source: Source, one: Project) -> Listed:
    return Listed(
        source.countries(one), source.cities(one), one.title, one.area or "",
        source.labels.status(one.status), one.status, tuple(one.units), source.carried(one),
    )  # fmt: skip


def _path(polygon: Sequence[Grid]) -> str:
    """A country: its rings closed, a hole among them."""
    return "".join(f"{_line(ring)}Z" for ring in polygon)


def _line(points: Grid) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points)
