"""Rows with words on the left and marks on the right, in one view that follows the width it is given.

Positions down the page are pixels, counted here; positions across are fractions of the view's width, which
only the reader's screen knows. On a narrow screen words may stand above their marks instead of beside them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Literal

import altair as alt

from diffuscope.figures.text import at_most_pixels
from diffuscope.figures.theme import TEXT

NARROW = "width < 680"
"""Whether the view is as narrow as on a phone."""
NARROWEST = 320
"""Pixels of the narrowest phone."""
GAP = 6
"""Pixels between a text and what it stands beside."""

Align = Literal["left", "center", "right"]
Row = dict[str, Any]
Values = Sequence[Mapping[str, object]]


@dataclass(frozen=True)
class Across:
    """A part of the view from left to right: pixels (negative: from the right) or fractions of the width.

    Parameters
    ----------
    narrow, wide : tuple of (float, float)
        Where it begins and ends on a narrow and on a wide view; numbers within ±1 are fractions.
    """

    narrow: tuple[float, float]
    wide: tuple[float, float]

    def range(self) -> list[alt.ExprRef]:
        """Its two ends, as the range of a scale."""
        return [self.at(0), self.at(1)]

    def at(self, end: int) -> alt.ExprRef:
        """One end, 0 or 1."""
        return alt.ExprRef(expr=f"{NARROW} ? {_pixels(self.narrow[end])} : {_pixels(self.wide[end])}")

    def before(self) -> alt.ExprRef:
        """Pixels to the left of it, less a gap."""
        narrow, wide = (f"{_pixels(ends[0])} - {GAP}" for ends in (self.narrow, self.wide))
        return alt.ExprRef(expr=f"{NARROW} ? {narrow} : {wide}")


def _pixels(number: float) -> str:
    if -1 <= number <= 1 and number != 0:
        return f"width * {number}"
    return f"width - {-number}" if number < 0 else f"{number}"


def stacked(heights: Sequence[int]) -> tuple[list[int], int]:
    """Top of every row, and the height of all, in pixels."""
    ends = list(accumulate(heights, initial=0))
    return ends[:-1], ends[-1]


def down(field: str, height: int) -> alt.Y:
    """Position down the page from a field that holds pixels."""
    scale = alt.Scale(domain=[0, height], range=[0, height], nice=False, zero=False)
    return alt.Y(field, type="quantitative", axis=None, scale=scale, stack=None)


def data(values: Values) -> alt.InlineData:
    """Rows to be drawn, held inside the chart."""
    # charts copy their lists, but not tuples, each time they are put together
    return alt.InlineData(values=tuple(dict(row) for row in values))


def outlines(values: Values) -> alt.InlineData:
    """Shapes to be drawn, held inside the chart as text: copying thousands of positions takes seconds."""
    text = json.dumps([dict(row) for row in values], ensure_ascii=False, separators=(",", ":"))
    return alt.InlineData(values=text, format=alt.JsonDataFormat(type="json"))


def words(
    values: Values,
    height: int,
    *,
    style: str = "text",
    at: alt.ExprRef | float = 0,
    align: Align = "left",
    field: str = "text",
    y: str = "y",
    limit: alt.ExprRef | float = 0,
) -> alt.Chart:
    """Texts, one a row, at one place across; a field that holds a list is drawn as lines, limit 0 is none."""
    text = alt.Chart(data(values)).mark_text(
        style=style, align=align, baseline="middle", lineHeight=15, x=at, limit=limit, tooltip=None
    )
    drawn: alt.Chart = text.encode(y=down(y, height), text=alt.Text(field, type="nominal"))
    return drawn


def labels(values: Values, height: int, plot: Across, *, style: str = "text") -> list[alt.Chart]:
    """Texts to the left of a plot, one a row; those that might reach into it are cut where they would.

    To cut a text it is measured several times, which takes longer than all else of a figure: those that are
    short enough whatever the font are not.
    """
    room = min(_least_pixels(end) for end in (plot.narrow[0], plot.wide[0])) - GAP
    short: list[Mapping[str, object]] = []
    long: list[Mapping[str, object]] = []
    for row in values:
        (short if at_most_pixels(str(row["text"]), TEXT) <= room else long).append(row)
    return [words(short, height, style=style), words(long, height, style=style, limit=plot.before())]


def _least_pixels(end: float) -> float:
    return end * NARROWEST if -1 <= end <= 1 else end if end > 0 else NARROWEST + end


def tooltip(fields: Mapping[str, str]) -> list[alt.Tooltip]:
    """What a pointer shows: fields of a row, each under a plain title."""
    return [alt.Tooltip(field, type="nominal", title=title) for field, title in fields.items()]


class Layered(alt.LayerChart):
    """Layered chart that keeps its layers as they are given.

    `altair.LayerChart` copies all layers, and all they hold, several times whenever it is made, and is made
    anew on the way to JSON: to lift parameters, widths and heights out of them. Ours have none, and the
    copies took longer than the rest of a figure.
    """

    def __init__(self, layer: Sequence[alt.Chart | alt.LayerChart] = (), **properties: Any) -> None:
        alt.TopLevelLayerSpec.__init__(self, layer=list(layer), **properties)


class Concatenated(alt.ConcatChart):
    """Concatenated charts that keep their panels as they are given, for the reason of `Layered`."""

    def __init__(self, concat: Sequence[alt.LayerChart] = (), **properties: Any) -> None:
        alt.TopLevelConcatSpec.__init__(self, concat=list(concat), **properties)


def sharing(layers: Sequence[alt.Chart]) -> alt.LayerChart:
    """Layers on one scale across, each with its own axis or none; those without rows are left out."""
    apart = alt.Resolve(axis=alt.AxisResolveMap(x="independent"))
    return Layered(layer=_with_rows(layers), resolve=apart)


def finish(layers: Sequence[alt.Chart | alt.LayerChart], height: int) -> alt.LayerChart:
    """Layers as one chart that takes the width of what holds it; those without rows are left out."""
    apart = alt.Resolve(scale=alt.ScaleResolveMap(x="independent"), axis=alt.AxisResolveMap(x="independent"))
    return Layered(layer=_with_rows(layers), width="container", height=height, resolve=apart)


def _with_rows(layers: Sequence[alt.Chart | alt.LayerChart]) -> list[alt.Chart | alt.LayerChart]:
    return [layer for layer in layers if getattr(layer.data, "values", None) != ()]
