"""The part of the world that a map shows: around the units of a case, wherever they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from diffuscope.figures.countries import Box, Line, Points

ACROSS = 1000
"""Width of the frame in steps of the grid that positions are rounded to: finer than a screen shows it."""

_MARGIN = 0.07
_LEAST = 5.0  # degrees: a single city is shown with what is around it
_SLIMMEST, _WIDEST = 0.75, 2.3
_PAST_SIDES, _PAST_ENDS = 0.9, 0.4
# what lies around the frame, in frames: it fills a view of other proportions
_WORLDWIDE, _BERING_STRAIT = 200, -169.0
# degrees: what reaches farther around the globe is shown on the usual map, cut where it cuts no country
_OUTSIDE = 3
# how much coarser it is drawn there

Grid = list[list[int]]


@dataclass(frozen=True)
class Frame:
    """A window on the world, and how positions fall into it.

    The projection is equirectangular and true to scale along the frame's middle. Positions are counted in
    steps from the upper left corner.

    Attributes
    ----------
    west, north : float
        Upper left corner in degrees; `west` may lie beyond 180 where the frame crosses the date line.
    east_step, south_step : float
        Degrees per step.
    down : int
        Height of the frame in steps; its width is `ACROSS`.
    around : tuple of (float, float, float, float)
        Left, top, right and bottom of what is drawn, frame included, in steps.
    """

    west: float
    north: float
    east_step: float
    south_step: float
    down: int
    around: tuple[float, float, float, float]

    def place(self, points: Points) -> Points:
        """Positions in steps, as near the frame as turning around the globe brings them."""
        moved = np.array(points, dtype=np.float64)
        centre = self.west + self.east_step * ACROSS / 2
        # longitudes within half a turn of the centre, for the date line may lie inside the frame
        moved[:, 0] = (moved[:, 0] - centre + 180) % 360 - 180 + centre
        return self._steps(moved)

    def _steps(self, points: Points) -> Points:
        return (points - (self.west, self.north)) / (self.east_step, -self.south_step)

    def turns(self, box: Box) -> list[int]:
        """Turns around the globe, in degrees, that bring a box into view."""
        left, top, right, bottom = self.around
        west, south, east, north = box
        if self.north - bottom * self.south_step > north or self.north - top * self.south_step < south:
            return []
        return [
            turn
            for turn in (-360, 0, 360)
            if east + turn > self.west + left * self.east_step
            and west + turn < self.west + right * self.east_step
        ]

    def thin(self, lines: Sequence[Line], coarse: float) -> list[Points]:
        """Lines in degrees without positions that a straight stretch stands for (Douglas & Peucker 1973).

        They stray from the originals by less than `coarse` steps, outside the frame by less than several
        times that. Ends stay, so that neighbours still meet; of lines out of view only the ends do.
        """
        turns = [self.turns(line.box) for line in lines]
        shown = [at for at, own in enumerate(turns) if own]
        steps = [self._steps(lines[at].points) for at in shown]
        tolerances = [
            coarse if self._in_frame(points, turns[at]) else _OUTSIDE * coarse
            for at, points in zip(shown, steps, strict=True)
        ]
        thinned = [line.points[[0, -1]] for line in lines]
        for at, needed in zip(shown, simplified(steps, tolerances), strict=True):
            thinned[at] = lines[at].points[needed]
        return thinned

    def _in_frame(self, steps: Points, turns: Sequence[int]) -> bool:
        (left, top), (right, bottom) = steps.min(axis=0), steps.max(axis=0)
        return any(
            right + moved >= 0 and left + moved <= ACROSS and bottom >= 0 and top <= self.down
            for moved in (turn / self.east_step for turn in turns)
        )

    def ring(self, ring: Points, turn: int) -> Grid:
        """The visible part of a ring, closed and rounded; empty where it rounds to nothing."""
        rounded = _rounded(self._within(self._steps(ring + np.array([turn, 0.0]))))
        return [*rounded, rounded[0]] if len(rounded) > 2 else []

    def lines(self, line: Points, turn: int) -> list[Grid]:
        """The visible parts of a line, rounded."""
        left, top, right, bottom = self.around
        steps = self._steps(line + np.array([turn, 0.0]))
        visible = (steps[:, 0] > left) & (steps[:, 0] < right) & (steps[:, 1] > top) & (steps[:, 1] < bottom)
        edges = np.flatnonzero(np.diff(visible.astype(int))) + 1
        parts = zip(np.split(steps, edges), np.split(visible, edges), strict=True)
        rounded = [_rounded(part) for part, kept in parts if kept[0]]
        return [part for part in rounded if len(part) > 1]

    def _within(self, ring: Points) -> Points:
        left, top, right, bottom = self.around
        for axis, bound, sign in ((0, left, 1), (0, right, -1), (1, top, 1), (1, bottom, -1)):
            if len(ring):
                ring = _cut(ring, axis, bound, sign)
        return ring


def frame_around(points: Points) -> Frame:
    """The frame that holds all these positions with some room around them.

    Parameters
    ----------
    points : array of shape (n, 2)
        Longitude and latitude in degrees, at least one.

    Returns
    -------
    Frame
        It crosses the date line where that makes it narrower.
    """
    west, wide = _shortest_arc(points[:, 0])
    south, north = float(points[:, 1].min()), float(points[:, 1].max())
    # a degree of longitude is cos(latitude) as long as one of latitude; near the poles that would vanish
    middle = np.cos(np.radians(min(abs(south + north) / 2, 75)))
    east_middle, north_middle = west + wide / 2, (south + north) / 2
    wide = max(wide * (1 + 2 * _MARGIN), _LEAST / middle)
    high = max((north - south) * (1 + 2 * _MARGIN), _LEAST)
    wide = min(max(wide, high * _SLIMMEST / middle), 360.0)
    high = min(max(high, wide * middle / _WIDEST), 180.0)
    step = wide / ACROSS
    down = round(high / (step * middle))
    north = min(north_middle + high / 2, 90.0)
    # no more than one turn of the globe in all, or countries would be drawn twice
    margin = min(_PAST_SIDES, (360 / wide - 1) / 2) * ACROSS
    above, below = float((north - 90) / (step * middle)), float((north + 90) / (step * middle))
    return Frame(
        west=float(east_middle - wide / 2),
        north=float(north),
        east_step=float(step),
        south_step=float(step * middle),
        down=down,
        around=(
            -margin,
            max(-_PAST_ENDS * down, above),
            ACROSS + margin,
            min((1 + _PAST_ENDS) * down, below),
        ),
    )


def _shortest_arc(longitudes: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Western end and width of the shortest stretch of the globe that holds all longitudes."""
    # the shortest arc leaves out the widest gap between neighbours on the circle
    around = np.unique(np.mod(longitudes, 360))
    gaps = np.diff(np.append(around, around[0] + 360))
    widest = int(gaps.argmax())
    if gaps[widest] < 360 - _WORLDWIDE:
        return _BERING_STRAIT, 360.0
    west = float(around[(widest + 1) % len(around)])
    wide = 360 - float(gaps[widest])
    return (west - 360 if west + wide / 2 > 180 else west), wide


def _cut(ring: Points, axis: int, bound: float, sign: int) -> Points:
    """The part of a ring on one side of a line (Sutherland & Hodgman 1974)."""
    inside = sign * (ring[:, axis] - bound) >= 0
    if inside.all():
        return ring
    following = np.concatenate([ring[1:], ring[:1]])  # `np.roll` takes several times as long
    crosses = inside != np.append(inside[1:], inside[0])
    step = following[:, axis] - ring[:, axis]
    share = np.where(crosses, (bound - ring[:, axis]) / np.where(step == 0, 1, step), 0)
    # each corner, then the crossing on the edge after it, so that the order around the ring is kept
    both = np.stack([ring, ring + share[:, None] * (following - ring)], axis=1).reshape(-1, 2)
    kept: Points = both[np.stack([inside, crosses], axis=1).reshape(-1)]
    return kept


def _rounded(points: Points) -> Grid:
    """Whole steps, without a position that falls on the one before."""
    if not len(points):
        return []
    whole = np.rint(points).astype(int)
    moved = np.append(True, np.any(np.diff(whole, axis=0), axis=1))
    kept: Grid = whole[moved].tolist()
    return kept


def simplified(lines: Sequence[Points], tolerances: Sequence[float]) -> list[npt.NDArray[np.bool_]]:
    """Which positions keep each line within its tolerance of where it was (Douglas & Peucker 1973).

    All stretches of all lines are halved at once, at the position farthest from their chord: a stretch by
    itself has too few positions for an array.
    """
    if not lines:
        return []
    points, ends = np.concatenate(lines), np.cumsum([len(line) for line in lines])
    needed = np.zeros(len(points), dtype=bool)
    start, end = np.append(0, ends[:-1]), ends - 1
    needed[start] = needed[end] = True
    tolerance = np.asarray(tolerances, dtype=np.float64)
    while len(start):
        inner = end - start - 1
        some = inner > 0
        start, end, inner, tolerance = start[some], end[some], inner[some], tolerance[some]
        if not len(start):
            break
        # the inner positions of all stretches lie one after another in flat arrays; each stretch begins at
        # `first`
        first = np.cumsum(inner) - inner
        stretch = np.repeat(np.arange(len(start)), inner)
        place = np.arange(len(stretch)) - first[stretch] + start[stretch] + 1
        distance = _from_chord(points, start[stretch], end[stretch], place)
        farthest = np.maximum.reduceat(distance, first)
        middle = np.minimum.reduceat(np.where(distance == farthest[stretch], place, len(points)), first)
        bent = farthest > tolerance
        start, end, middle = start[bent], end[bent], middle[bent]
        needed[middle] = True
        start, end, tolerance = np.r_[start, middle], np.r_[middle, end], np.tile(tolerance[bent], 2)
    return np.split(needed, ends[:-1])


def _from_chord(
    points: Points, start: npt.NDArray[np.int64], end: npt.NDArray[np.int64], place: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """How far positions lie from the straight line between two others, or from both where these are one."""
    x, y = points[:, 0], points[:, 1]
    along, up = x[end] - x[start], y[end] - y[start]
    right, above = x[place] - x[start], y[place] - y[start]
    length = np.hypot(along, up)
    # height of a triangle: twice its area (the cross product) over its base
    away = np.abs(along * above - up * right) / np.where(length == 0, 1, length)
    return np.where(length == 0, np.hypot(right, above), away)


def roomiest(ring: Grid) -> tuple[float, float]:
    """The position inside a ring farthest from its corners, of those on a net: where a name has most room."""
    corners = np.array(ring, dtype=np.float64)
    low, high = corners.min(axis=0), corners.max(axis=0)
    net = [np.linspace(start, end, 18)[1:-1] for start, end in zip(low, high, strict=True)]
    candidates = np.stack(np.meshgrid(*net), axis=-1).reshape(-1, 2)
    candidates = candidates[_inside(candidates, corners)]
    if not len(candidates):
        return float(corners[:, 0].mean()), float(corners[:, 1].mean())
    distance = np.abs(candidates[:, None, :] - corners[None, :, :])
    # names are wider than high
    room = np.hypot(distance[..., 0], 2 * distance[..., 1]).min(axis=1)
    best = candidates[int(room.argmax())]
    return round(float(best[0]), 1), round(float(best[1]), 1)


def _inside(points: Points, ring: Points) -> npt.NDArray[np.bool_]:
    """Which positions lie inside a closed ring: a line to the right crosses it an odd number of times."""
    (x1, y1), (x2, y2) = ring[:-1].T, ring[1:].T
    x, y = points[:, :1], points[:, 1:]
    # half-open in y, so that a corner level with the position counts once, not twice
    spans = (y1 > y) != (y2 > y)
    crossing = x1 + (y - y1) * (x2 - x1) / np.where(y2 == y1, 1, y2 - y1)
    return np.asarray((spans & (x < crossing)).sum(axis=1) % 2 == 1)


def twice_area(ring: Grid) -> float:
    """Twice the area of a closed ring, in square steps; negative where it runs the other way round."""
    points = np.array(ring, dtype=np.float64)
    # shoelace formula
    return float((points[:-1, 0] * points[1:, 1] - points[1:, 0] * points[:-1, 1]).sum())
