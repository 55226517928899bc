"""The layers of a map, for a page that gives it a width and a slider, and for panels side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from diffuscope.figures.atlas import Atlas
from diffuscope.figures.map_extent import ACROSS
from diffuscope.figures.rows import NARROW, Align, Concatenated, Layered, Row, data, outlines, tooltip

HEIGHT, PANEL = 440, 236
"""Pixels: height of the map on a page; width of a panel."""

LEVELS = ("none on record", "date uncertain", "adopted")
"""States of one policy, in the order of the palette."""

_TOOLTIP = {"name": "who", "now": "at that time", "dates": "all dates"}
_LETTER, _LINE, _OFFSET = 6.8, 13, 9
# room that a letter, a line and the gap to a point take, in pixels
_NARROWEST, _PRINTED = 344, 712
# widths for which it is settled whose name has room
_ALIGNED: tuple[Align, Align, Align] = ("center", "left", "right")

_Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class View:
    """One picture: how large, at which period, and what else is shown.

    Attributes
    ----------
    width : str
        Pixels, or the expression that gives them.
    height : int
    step : str
        Place of the period in the lists of each unit: a number, or the expression that gives it.
    boundaries : str
        Whether boundaries are drawn: true, false, or the name of the parameter that says so.
    names : bool
        Whether units are named.
    """

    width: str
    height: int
    step: str
    boundaries: str
    names: bool


@dataclass(frozen=True)
class Drawing:
    """A map that can be drawn in several views.

    Attributes
    ----------
    places : sequence of dict
        Units: name, levels, says, labels (lists by period), dates, rings, point, middle.
    labels : sequence of str
        Names of the periods.
    policies : int
    """

    atlas: Atlas
    places: Sequence[Row]
    labels: Sequence[str]
    policies: int

    def layers(self, view: View) -> list[alt.Chart]:
        """Land, units, boundaries, points, names and the period, from the ground up."""
        shapes = [
            {**_properties(place), **_feature("MultiPolygon", place["rings"])}
            for place in self.places
            if place["rings"]
        ]
        points = [
            {**_properties(place), "x": place["point"][0], "y": place["point"][1]}
            for place in self.places
            if place["point"]
        ]
        land = outlines([_feature("MultiPolygon", self.atlas.land)])
        lines = outlines([_feature("MultiLineString", self.atlas.borders)])
        opacity = alt.ExprRef(expr=f"{view.boundaries} ? 1 : 0")
        ground = alt.Chart(land).mark_geoshape(style="land", clip=True, tooltip=None)
        border = alt.Chart(lines).mark_geoshape(
            style="border", clip=True, filled=False, opacity=opacity, tooltip=None
        )
        unit = self._at(outlines(shapes), view).mark_geoshape(clip=True, opacity=1)
        place = self._at(data(points), view).mark_point(style="place", filled=True, opacity=1)
        x, y = self._position(view)
        color = self._color()
        return [
            _sea(),
            self._projected(ground, view),
            self._projected(unit.encode(color=color, tooltip=tooltip(_TOOLTIP)), view),
            self._projected(border, view),
            place.encode(x=x, y=y, color=color, size=self._size(view), tooltip=tooltip(_TOOLTIP)),
            *(self._names(view, x, y) if view.names else []),
            *self._period(view),
        ]

    def with_slider(self, first: int, name: str, boundaries: bool) -> alt.LayerChart:
        """The map for a page: a slider through the periods and a checkbox for boundaries.

        Parameters
        ----------
        first : int
            What the slider shows for the first period: its year, or 1.
        name : str
            What the slider is called.
        boundaries : bool
            Whether they are drawn at first.
        """
        last = first + len(self.labels) - 1
        dial = alt.binding_range(min=first, max=last, step=1, name=f"{name} ")
        moving = last > first
        slider = alt.param("period", value=last, bind=dial) if moving else alt.param("period", value=last)
        box = alt.param(name="boundaries", value=boundaries, bind=alt.binding_checkbox(name="Boundaries "))
        view = View("width", HEIGHT, f"period - {first}", "boundaries", names=True)
        return Layered(
            layer=self.layers(view),
            width="container",
            height=HEIGHT,
            params=[_kept(slider), _kept(box)],
        )

    def side_by_side(self, steps: Sequence[int], boundaries: bool) -> alt.ConcatChart:
        """Panels for some of the periods."""
        height = round(PANEL * min(1.3, max(0.5, self.atlas.frame.down / ACROSS)))
        panels = [
            Layered(
                layer=self.layers(View(str(PANEL), height, str(step), str(boundaries).lower(), names=False)),
                width=PANEL,
                height=height,
            )
            for step in steps
        ]
        return Concatenated(concat=panels, columns=3 if len(panels) > 4 else 2, spacing=8)

    def named(self) -> list[tuple[int, bool, bool]]:
        """Where the name of each unit stands, and whether it has room on a page and on a phone.

        Larger shapes are named first. A name stands in the middle of its shape, or to the right or left of
        its point, wherever it meets no other name and no point.
        """
        wide = min(_PRINTED / ACROSS, HEIGHT / self.atlas.frame.down)
        views = (wide, min(_NARROWEST / ACROSS, HEIGHT / self.atlas.frame.down))
        occupied = [[_dot(place, scale) for place in self.places if place["point"]] for scale in views]
        labels = [(0, False, False)] * len(self.places)
        # greedy, for placing as many names as possible is NP-hard (Formann & Wagner 1991)
        for number in sorted(range(len(self.places)), key=lambda number: -_extent(self.places[number])):
            place = self.places[number]
            best: tuple[bool, bool, int] = (False, False, 0)
            for side in (1, 2) if place["point"] else (0,):
                boxes = [_box(place, side, scale) for scale in views]
                free = [
                    box[0] >= -_OFFSET
                    and box[2] <= ACROSS * scale + _OFFSET
                    and not any(_meet(box, other) for other in others)
                    for box, others, scale in zip(boxes, occupied, views, strict=True)
                ]
                best = max(best, (free[0], free[1], -side))
            labels[number] = (-best[2], best[0], best[1])
            for others, scale, shown in zip(occupied, views, best[:2], strict=True):
                if shown:
                    others.append(_box(place, -best[2], scale))
        return labels

    def _at(self, values: alt.InlineData, view: View) -> alt.Chart:
        """Units as they are at the period of a view."""
        chart: alt.Chart = alt.Chart(values).transform_calculate(
            level=f"datum.levels[{view.step}]", now=f"datum.says[{view.step}]"
        )
        return chart

    def _projected(self, chart: alt.Chart, view: View) -> alt.Chart:
        """A chart of shapes whose frame fills its view."""
        scale, left, top = self._fit(view)
        projected: alt.Chart = chart.project(
            type="identity", scale=alt.ExprRef(expr=scale), translate=alt.ExprRef(expr=f"[{left}, {top}]")
        )
        return projected

    def _fit(self, view: View) -> tuple[str, str, str]:
        """Pixels for a step of the grid, and where the frame begins, as expressions."""
        down = self.atlas.frame.down
        scale = f"min({view.width} / {ACROSS}, {view.height} / {down})"
        return scale, f"({view.width} - {ACROSS} * {scale}) / 2", f"({view.height} - {down} * {scale}) / 2"

    def _position(self, view: View) -> tuple[alt.X, alt.Y]:
        scale, left, top = self._fit(view)
        down = self.atlas.frame.down

        def ends(start: str, steps: int) -> list[alt.ExprRef]:
            return [alt.ExprRef(expr=start), alt.ExprRef(expr=f"{start} + {steps} * {scale}")]

        across = alt.Scale(domain=[0, ACROSS], range=ends(left, ACROSS), nice=False, zero=False)
        along = alt.Scale(domain=[0, down], range=ends(top, down), nice=False, zero=False)
        return (
            alt.X("x", type="quantitative", axis=None, scale=across),
            alt.Y("y", type="quantitative", axis=None, scale=along),
        )

    def _color(self) -> alt.Color:
        if self.policies == 1:
            scale = alt.Scale(domain=[0, 1, 2], range="ordinal")
            return alt.Color("level", type="ordinal", scale=scale, legend=self._legend())
        scale = alt.Scale(domain=[0, self.policies], range="ramp")
        return alt.Color("level", type="quantitative", scale=scale, legend=self._legend())

    def _size(self, view: View) -> alt.Size:
        # with several policies, colour and size say the same, in one legend
        legend = None if self.policies == 1 else self._legend()
        return alt.Size("level", type="quantitative", scale=self._sizes(view), legend=legend)

    def _legend(self) -> alt.Legend:
        if self.policies == 1:
            words = "', '".join(LEVELS)
            shown = f"['{words}'][datum.value]"
            return alt.Legend(orient="top", title=None, labelExpr=shown, symbolType="square")
        return alt.Legend(
            orient="top",
            title=f"how many of {self.policies} policies",
            format="d",
            tickMinStep=1,
            gradientLength=180,
        )

    def _sizes(self, view: View) -> alt.Scale:
        most = 2 if self.policies == 1 else self.policies
        small, large = (40, 130 if self.policies == 1 else 260) if view.names else (16, 60)
        return alt.Scale(domain=[0, most], range=[small, large])

    def _names(self, view: View, x: alt.X, y: alt.Y) -> list[alt.Chart]:
        """Names of units where there is room for them: in the middle of shapes, beside points."""
        rows: list[Row] = [
            {
                "labels": place["labels"],
                "x": place["middle"][0],
                "y": place["middle"][1],
                "side": side,
                "wide": wide,
                "narrow": narrow,
            }
            for place, (side, wide, narrow) in zip(self.places, self.named(), strict=True)
            if wide or narrow
        ]
        shown = alt.ExprRef(expr=f"({NARROW} ? datum.narrow : datum.wide) ? 1 : 0")
        drawn = []
        for side, align in enumerate(_ALIGNED):
            own = alt.Chart(data([row for row in rows if row["side"] == side]))
            for style in ("halo", "quiet ink"):
                text = own.mark_text(
                    style=style,
                    align=align,
                    dx=(0, _OFFSET, -_OFFSET)[side],
                    baseline="middle",
                    lineHeight=_LINE,
                    # lines stand around the place, not below it
                    dy=alt.ExprRef(expr=f"-{_LINE / 2} * (length(datum.labels[{view.step}]) - 1)"),
                    text=alt.ExprRef(expr=f"datum.labels[{view.step}]"),
                    opacity=shown,
                    clip=True,
                    tooltip=None,
                )
                drawn.append(text.encode(x=x, y=y))
        return drawn

    def _period(self, view: View) -> list[alt.Chart]:
        """The year or wave, in the corner."""
        row = alt.Chart(data([{"labels": list(self.labels)}]))
        text = row.transform_calculate(label=f"datum.labels[{view.step}]")
        return [
            text.mark_text(style=style, align="left", baseline="top", x=8, y=7, tooltip=None).encode(
                text=alt.Text("label:N")
            )
            for style in ("heading halo", "heading")
        ]


def _kept(param: alt.Parameter) -> alt.VariableParameter:
    """A parameter as a chart keeps it."""
    kept = param.param
    if not isinstance(kept, alt.VariableParameter):
        raise TypeError("a slider and a checkbox are variable parameters")
    return kept


def _sea() -> alt.Chart:
    chart: alt.Chart = alt.Chart(data([{"what": "sea"}])).mark_rect(
        style="sea", x=0, x2="width", y=0, y2="height", tooltip=None
    )
    return chart


def _feature(kind: str, coordinates: Sequence[object]) -> Row:
    """A shape as GeoJSON, in steps of the grid."""
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}}


def _properties(place: Row) -> Row:
    return {field: place[field] for field in ("unit", "name", "levels", "says", "dates")}


def _extent(place: Row) -> float:
    """How much room a unit takes: larger shapes are named first, points last."""
    corners = [corner for polygon in place["rings"] for corner in polygon[0]]
    across, down = zip(*corners, strict=True) if corners else ((0,), (0,))
    return float((max(across) - min(across)) * (max(down) - min(down)))


def _wide(place: Row) -> float:
    return _LETTER * max(len(line) for label in place["labels"] for line in label)


def _box(place: Row, side: int, scale: float) -> _Box:
    """The box that a name takes: 0 in the middle, 1 to the right, 2 to the left."""
    wide, high = _wide(place), _LINE * max(len(label) for label in place["labels"]) + 3
    x, y = place["middle"][0] * scale, place["middle"][1] * scale
    left = (x - wide / 2, x + _OFFSET, x - _OFFSET - wide)[side]
    return left, y - high / 2, left + wide, y + high / 2


def _dot(place: Row, scale: float) -> _Box:
    x, y = place["point"][0] * scale, place["point"][1] * scale
    return x - 5, y - 5, x + 5, y + 5


def _meet(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
