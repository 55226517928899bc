"""Lines with a band around them over one axis: what the hazard, the curves and the calibration share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import altair as alt

from diffuscope.figures.rows import Across, Values, data, finish, tooltip

PLOT = Across(narrow=(6, -14), wide=(8, -20))
"""The labels of what goes up stand to the left of it, outside."""
HEIGHT, _TICKS = 260, 12
DOMAIN = tuple[float, float]


def banded(
    points: Values,
    *,
    x: tuple[str, str, DOMAIN],
    y: tuple[str, DOMAIN],
    tooltip_fields: Mapping[str, str],
    kind: Literal["band", "lines", "bars"] = "band",
    more: alt.Chart | None = None,
) -> alt.LayerChart:
    """A line for each `group` over a band from `ci_low` to `ci_high`, with a dot at each point.

    Parameters
    ----------
    points : sequence of dict
        group, middle, ci_low, ci_high and the field across; in the order to be drawn.
    x : tuple of (str, str, (float, float))
        Field across, its title, and from where to where it goes.
    y : tuple of (str, (float, float))
        Title and range of what goes up.
    tooltip_fields : mapping of str to str
        Fields that a pointer shows, each under a plain title.
    kind : {"band", "lines", "bars"}
        Lines have no band but names at their ends; bars stand for themselves and are not joined.
    more : altair chart, optional
        A layer below the rest, on the same scales.
    """
    field, title, across = x
    axis = across_axis(title, [float(str(point[field])) for point in points])
    scale_x = alt.Scale(domain=list(across), range=PLOT.range(), nice=False, zero=False)
    scale_y = alt.Scale(domain=list(y[1]), nice=False, zero=False)
    up = alt.Axis(title=y[0], tickCount=5, orient="left", format=".0%" if y[1][1] > 0.2 else ".1%")

    def placed(chart: alt.Chart, at: str, axis: alt.Axis | None = None) -> alt.Chart:
        drawn: alt.Chart = chart.encode(
            x=alt.X(field, type="quantitative", scale=scale_x, axis=axis),
            y=alt.Y(at, type="quantitative", scale=scale_y, axis=up, stack=None),
            detail=alt.Detail("group", type="nominal"),
        )
        return drawn

    base = alt.Chart(data(points))
    dots = placed(base.mark_point(style="dot", filled=True, size=36), "middle", axis)
    layers = [dots.encode(tooltip=tooltip(tooltip_fields))]
    if kind == "bars":
        bars = base.mark_rule(style="span", strokeWidth=7, tooltip=None)
        layers.insert(0, placed(bars, "ci_low").encode(y2="ci_high"))
    else:
        layers.insert(0, placed(base.mark_line(style="mark", tooltip=None), "middle"))
    if kind == "band":
        layers.insert(0, placed(base.mark_area(style="span", tooltip=None), "ci_low").encode(y2="ci_high"))
    if kind == "lines":
        names = alt.Chart(data(_spaced(points, 0.06 * (y[1][1] - y[1][0]))))
        for style in ("halo", "quiet ink"):
            mark = names.mark_text(style=style, align="left", baseline="middle", dx=8, tooltip=None)
            layers.append(placed(mark, "place").encode(text=alt.Text("group", type="nominal")))
    return finish([*([more] if more else []), *layers], HEIGHT)


def across_axis(title: str, values: Sequence[float]) -> alt.Axis:
    """The axis below: whole numbers, such as periods, have a tick each while they are few."""
    whole = sorted({int(value) for value in values}) if all(value % 1 == 0 for value in values) else []
    few = 0 < len(whole) <= _TICKS
    ticks: dict[str, Any] = {"values": whole} if few else {"tickCount": 8 if whole else 5}
    if whole:
        ticks |= {"format": "d", "tickMinStep": 1}
    return alt.Axis(orient="bottom", title=title, grid=False, labelFlush=False, **ticks)


def _spaced(points: Values, room: float) -> list[dict[str, object]]:
    """The last point of each group, with places for their names that keep some room between them."""
    ends = [dict(point) for point in {str(point["group"]): point for point in points}.values()]
    ends.sort(key=lambda end: float(str(end["middle"])))
    middles = [float(str(end["middle"])) for end in ends]
    places: list[float] = []
    for middle in middles:
        places.append(max(middle, places[-1] + room) if places else middle)
    # names were pushed upwards only: all move down by the mean push, so that none is far from its line
    lifted = sum(places) - sum(middles)
    return [{**end, "place": place - lifted / len(ends)} for end, place in zip(ends, places, strict=True)]


def ceiling(values: list[float]) -> float:
    """Top of a scale for chances: a little above the highest, and never above one."""
    return min(1.0, 1.08 * max(values, default=1.0) or 1.0)
