"""The shapes and points of one map: the units of a case, the land around them, and the boundaries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import polars as pl

from diffuscope.figures.countries import Points, joined, main_part, shape_of, world
from diffuscope.figures.map_extent import ACROSS, Frame, Grid, frame_around, roomiest, twice_area
from diffuscope.figures.rows import Row

POSITIONS_AT_MOST = 15_000
"""Corners of all outlines together: more than that is drawn coarser, so that a report stays small."""

UNITS_AT_MOST = 1_500
"""Units with a place on the map."""

TINY = 28
"""Steps of the grid: a country whose largest part is smaller than that is marked by a point as well."""


@dataclass(frozen=True)
class Place:
    """Where a unit is on the map: as a shape, as a point, or both where the shape is too small to be seen."""

    unit: str
    rings: list[list[Grid]]
    point: tuple[float, float] | None
    middle: tuple[float, float]


@dataclass(frozen=True)
class Atlas:
    """What a map is drawn from, in steps of the frame's grid.

    Attributes
    ----------
    places : tuple of Place
    nowhere : tuple of str
        Units without a shape or coordinates.
    beyond : int
        Units with a place that are not drawn, beyond the limit.
    land : list of polygons
        Countries that are no units of the case.
    borders : list of lines
    """

    frame: Frame
    places: tuple[Place, ...]
    nowhere: tuple[str, ...]
    beyond: int
    land: list[list[Grid]]
    borders: list[Grid]


def atlas_of(units: pl.DataFrame, *, panel: bool = False) -> Atlas | None:
    """The map around the units of a case.

    Parameters
    ----------
    units : polars.DataFrame
        unit, name, kind, lat, lon; aliases (list, or joined by semicolons) where known.

    panel : bool
        Whether it is for a small picture: coarser, and nothing around the frame.

    Returns
    -------
    Atlas or None
        None where no unit has a place.
    """
    rows = list(units.unique("unit", keep="first", maintain_order=True).iter_rows(named=True))
    shapes = _shapes(rows)
    placed = [row for row in rows if row["unit"] in shapes or _has_point(row)]
    if not placed:
        return None
    kept = placed[:UNITS_AT_MOST]
    frame = frame_around(_extent(kept, shapes))
    if panel:
        frame = replace(frame, around=(-20, -20, ACROSS + 20, frame.down + 20))
    rings, borders = _outlines(frame, (2, 4) if panel else (0.7, 1.2, 2, 3.5, 6))
    own = set(shapes.values())
    return Atlas(
        frame=frame,
        places=tuple(
            _place(row, shape, rings.get(shape or "", []), frame)
            for row in kept
            for shape in [shapes.get(row["unit"])]
        ),
        nowhere=tuple(row["unit"] for row in rows if row["unit"] not in shapes and not _has_point(row)),
        beyond=len(placed) - len(kept),
        land=[polygon for shape, polygons in rings.items() if shape not in own for polygon in polygons],
        borders=borders,
    )


def _shapes(rows: Sequence[Row]) -> dict[str, str]:
    """Shapes of units that are countries.

    Most units of their kind must be: a state of a federation may share its name, a firm its letters, with a
    country. Coordinates that lie elsewhere say that it is not that country.
    """
    kinds: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        kinds[row["kind"]].append(row)
    shapes: dict[str, str] = {}
    for of_kind in kinds.values():
        matched = {
            row["unit"]: shape
            for row in of_kind
            if (shape := shape_of([row["unit"], *_aliases(row), row["name"] or ""])) and _lies_in(row, shape)
        }
        if 2 * len(matched) >= len(of_kind):
            shapes |= matched
    return shapes


def _aliases(row: Row) -> list[str]:
    named = row.get("aliases") or []
    return named.split(";") if isinstance(named, str) else list(named)


def _has_point(row: Row) -> bool:
    return row["lat"] is not None and row["lon"] is not None


def _lies_in(row: Row, shape: str) -> bool:
    """Whether the coordinates of a unit, if any, are in or near the country."""
    if not _has_point(row):
        return True
    lat, lon = float(row["lat"]), float(row["lon"])
    boxes = world().boxes[shape]
    return any(
        south - 1 <= lat <= north + 1 and any(west - 1 <= lon + turn <= east + 1 for turn in (-360, 0, 360))
        for west, south, east, north in boxes
    )


def _extent(rows: Sequence[Row], shapes: dict[str, str]) -> Points:
    """Positions that must be in the frame: points, and the main parts of countries."""
    parts = [points for row in rows if row["unit"] in shapes for points in main_part(shapes[row["unit"]])]
    single = [(float(row["lon"]), float(row["lat"])) for row in rows if row["unit"] not in shapes]
    return np.concatenate([*parts, np.array(single, dtype=np.float64).reshape(-1, 2)])


def _outlines(frame: Frame, grades: Sequence[float]) -> tuple[dict[str, list[list[Grid]]], list[Grid]]:
    """Polygons of every country in view, and the borders, at the finest grade that is not too much."""
    earth = world()
    for coarse in grades:
        arcs = _thinned(frame, coarse)
        # arcs, not outlines, are thinned: neighbours share theirs, so that no gaps open between them
        polygons = {shape: _polygons(frame, shape, arcs) for shape in earth.polygons}
        borders = [
            part
            for number in earth.borders
            for turn in frame.turns(earth.arcs[number].box)
            for part in frame.lines(arcs[number], turn)
        ]
        size = sum(len(ring) for own in polygons.values() for polygon in own for ring in polygon)
        if size + sum(map(len, borders)) <= POSITIONS_AT_MOST:
            break
    return polygons, borders


@lru_cache(maxsize=8)
def _thinned(frame: Frame, coarse: float) -> Mapping[int, Points]:
    """Every arc as coarse as asked; maps of one case often share their frame."""
    return dict(enumerate(frame.thin(world().arcs, coarse)))


def _polygons(frame: Frame, shape: str, arcs: Mapping[int, Points]) -> list[list[Grid]]:
    """Polygons of a country as far as they are in view; specks that round to nothing are left out."""
    drawn = []
    for rings, box in zip(world().polygons[shape], world().boxes[shape], strict=True):
        for turn in frame.turns(box):
            outer, *holes = [frame.ring(joined(ring, arcs), turn) for ring in rings]
            if outer:
                drawn.append([outer, *(hole for hole in holes if hole)])
    return drawn


def _place(row: Row, shape: str | None, rings: list[list[Grid]], frame: Frame) -> Place:
    """Where a unit stands: shapes have their name in the middle, points beside them."""
    outer = [polygon[0] for polygon in rings]
    largest = max(outer, key=lambda ring: abs(twice_area(ring)), default=[[0, 0]])
    # geometric mean of width and height
    if np.sqrt(np.ptp(np.array(largest), axis=0).prod()) >= TINY:
        return Place(row["unit"], rings, None, roomiest(largest))
    if _has_point(row):
        at = np.array([[float(row["lon"]), float(row["lat"])]])
    else:
        at = main_part(shape or "")[0].mean(axis=0, keepdims=True)
    x, y = frame.place(at)[0]
    point = (round(float(x), 1), round(float(y), 1))
    return Place(row["unit"], rings, point, point)
