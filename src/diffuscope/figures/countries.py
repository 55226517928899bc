"""Outlines of the world's countries (Natural Earth, see `shapes/PROVENANCE.md`), and how to find one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from diffuscope.gazetteer import gazetteer, resolve_country

Points = npt.NDArray[np.float64]
"""Positions, one a row: first east (or right), then north (or down)."""
CODE = 3
"""Letters of a code that is taken for a country's."""


Box = tuple[float, float, float, float]
"""West, south, east, north."""


@dataclass(frozen=True)
class Line:
    """A line in degrees, with the box that holds it."""

    points: Points
    box: Box

    @classmethod
    def through(cls, points: Points) -> Line:
        """The line through these positions."""
        (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
        return cls(points, (float(west), float(south), float(east), float(north)))


@dataclass(frozen=True)
class World:
    """Countries as polygons made of arcs; neighbours share the arcs between them.

    Attributes
    ----------
    arcs : list of Line
    polygons : dict of str to list of list of list of int
        By id of the shape: polygons, each its outer ring and its holes, each ring the numbers of its arcs; a
        negative number ``~n`` is arc n read backwards.
    boxes : dict of str to list of (float, float, float, float)
        The box that holds each polygon.
    borders : list of int
        Arcs between two different countries; coasts are not among them.
    """

    arcs: list[Line]
    polygons: dict[str, list[list[list[int]]]]
    boxes: dict[str, list[Box]]
    borders: list[int]


@cache
def world() -> World:
    """All countries of the file, decoded once."""
    topology = msgspec.json.decode(_file("countries-50m.json"))
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    # TopoJSON: positions of an arc are differences from the one before, in whole steps of a grid
    arcs = [
        Line.through(_unbroken(np.cumsum(np.array(arc, dtype=np.float64), axis=0) * scale + shift))
        for arc in topology["arcs"]
    ]
    polygons: dict[str, list[list[list[int]]]] = {}
    owners: dict[int, set[str]] = {}
    for country in topology["objects"]["countries"]["geometries"]:
        shape = country.get("id") or country["properties"]["name"]
        for rings in _rings(country):
            polygons.setdefault(shape, []).append(rings)
            for arc in (arc for ring in rings for arc in ring):
                owners.setdefault(arc if arc >= 0 else ~arc, set()).add(shape)
    boxes = {
        shape: [_around([arcs[arc if arc >= 0 else ~arc].box for arc in rings[0]]) for rings in own]
        for shape, own in polygons.items()
    }
    return World(arcs, polygons, boxes, [arc for arc, of in sorted(owners.items()) if len(of) > 1])


def _unbroken(arc: Points) -> Points:
    """An arc that goes on beyond 180 degrees where the file jumps to the other end of the map.

    An arc around the pole is closed along it.
    """
    arc[:, 0] = np.unwrap(arc[:, 0], period=360)
    if abs(arc[-1, 0] - arc[0, 0]) > 180:
        pole = np.copysign(90, arc[0, 1])
        arc = np.concatenate([arc, [(arc[-1, 0], pole), (arc[0, 0], pole), arc[0]]])
    return arc


def _rings(country: dict[str, Any]) -> list[list[list[int]]]:
    arcs: list[Any] = country.get("arcs", [])
    return [arcs] if country["type"] == "Polygon" else arcs


def _around(boxes: Sequence[Box]) -> Box:
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def joined(ring: Sequence[int], arcs: Sequence[Points] | Mapping[int, Points]) -> Points:
    """A ring from its arcs, not closed: where two arcs meet, the position counts once."""
    parts = [arcs[arc] if arc >= 0 else arcs[~arc][::-1] for arc in ring]
    return np.concatenate([part[:-1] for part in parts])


def shape_of(words: Iterable[str]) -> str | None:
    """The shape of the country that a word names, by its ISO 3166-1 code of three letters or its name.

    Of the words, the first that means one country with a shape counts. Numbers and codes of two letters are
    not taken for countries: they may be those of American states.

    Examples
    --------
    >>> shape_of(["SGP"]), shape_of(["viet-nam", "Viet Nam", "Vietnam"]), shape_of(["Atlantis"])
    ('702', '704', None)
    """
    return next((shape for word in words if (shape := _shape(word)) is not None), None)


@cache
def _shape(word: str) -> str | None:
    code = word.strip().upper()
    country = gazetteer().countries.get(code) if len(code) == CODE else None
    if country is None:
        named = [one.country for one in resolve_country(word).candidates if one.read_as == "name"]
        country = named[0] if len(named) == 1 else None
    if country is None:
        return None
    shapes = world().polygons
    return next((one for one in (country.numeric, country.name) if one in shapes), None)


@cache
def main_part(shape: str, share: float = 0.8) -> tuple[Points, ...]:
    """The largest pieces of a country that make up most of it: without far-off islands and territories."""
    arcs = [line.points for line in world().arcs]
    pieces = [joined(rings[0], arcs) for rings in world().polygons[shape]]
    area = np.array([_area(piece) for piece in pieces])
    order = np.argsort(-area, kind="stable")
    # the fewest, largest first, that reach the share
    kept = 1 + int(np.searchsorted(np.cumsum(area[order]), share * area.sum()))
    return tuple(pieces[at] for at in order[:kept])


def _area(ring: Points) -> float:
    """Area of a ring in square degrees, shrunk towards the poles as on the globe (shoelace formula)."""
    x, y = ring[:, 0] * np.cos(np.radians(ring[:, 1].mean())), ring[:, 1]
    within = np.dot(x[:-1], y[1:]) - np.dot(y[:-1], x[1:])
    return float(abs(within + x[-1] * y[0] - y[-1] * x[0]) / 2)


def _file(name: str) -> str:
    return files(__package__).joinpath("shapes", name).read_text(encoding="utf-8")
