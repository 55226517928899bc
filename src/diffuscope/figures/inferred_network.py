"""Inferred networks: how the objective rises with each edge, and the first edges drawn."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import altair as alt

from diffuscope.figures.bands import PLOT
from diffuscope.figures.figure import Figure
from diffuscope.figures.rows import Row, data, finish, tooltip
from diffuscope.figures.text import NAMED, clean
from diffuscope.records.phrases import counted, listed

if TYPE_CHECKING:
    import polars as pl

CURVE, CIRCLE = 260, 520
"""Heights in pixels."""
MOST_POINTS = 400
"""Points of a curve; of more edges every second, third … is drawn."""
MOST_NAMES = 80
"""Units that have room for their names around a circle."""
STEPS = 12
"""Points of each edge's curve."""
_ROOM = 1.55
"""Half the side of the square, in radii of the circle: names stand outside it."""
_CURVE_TOOLTIP = {"edge": "edge", "shown": "improvement so far", "of": "share of all"}
_EDGE_TOOLTIP = {"who": "edge", "gain": "improvement", "volume": "adoptions explained"}
_CURVE_CAPTION = (
    "From left to right: edges in the order in which the search added them. From bottom to top: what all "
    "edges so far improve, as a share of what all {many} improve together. A curve that flattens early says "
    "that few edges explain most of what can be explained. Source: dates of adoption."
)
_CIRCLE_CAPTION = (
    "The first {shown} of {all} inferred edges, in the order of the search. Each line leads from a unit that "
    "adopted earlier to one that followed; the dot on it lies near the one that followed. Larger dots have "
    "more followers. An edge is a persistent order in time; it does not prove influence. Source: dates of "
    "adoption."
)


def gain_curve_plot(curve: pl.DataFrame) -> Figure | None:
    """How the objective of an inferred network rises with each edge.

    Parameters
    ----------
    curve : polars.DataFrame
        edges, improvement, objective, share: as the gain curve of a network.

    Returns
    -------
    Figure or None
        None without edges.
    """
    known = curve.drop_nulls("share")
    if known.is_empty():
        return None
    every = max(1, math.ceil(known.height / MOST_POINTS))
    points = [
        {
            "x": row["edges"], "y": row["share"], "edge": f"{row['edges']:,}",
            "shown": f"{row['objective']:,.1f}", "of": f"{row['share']:.1%}",
        }
        for at, row in enumerate(known.iter_rows(named=True))
        if at % every == 0 or at + 1 == known.height
    ]  # fmt: skip
    half = int(known.filter(known["share"] >= 0.5)["edges"][0])
    return Figure(
        name="inferred-gains",
        title="Improvement by each inferred edge",
        caption=_CURVE_CAPTION.format(many=f"{known.height:,}"),
        alt=f"Improvement of the objective by {counted(known.height, 'edge')}, in the order of the search. "
        f"The first {half:,} make half of it; the first alone makes {known['share'][0]:.1%}.",
        chart=finish(_curve(points, known.height), CURVE),
    )


def _curve(points: list[Row], edges: int) -> list[alt.Chart]:
    x = alt.X(
        "x", type="quantitative",
        scale=alt.Scale(domain=[0, edges], range=PLOT.range(), nice=False, zero=False),
        axis=alt.Axis(orient="bottom", title="edges", tickCount=6, labelFlush=False),
    )  # fmt: skip
    y = alt.Y(
        "y", type="quantitative", scale=alt.Scale(domain=[0, 1.02], nice=False, zero=False),
        axis=alt.Axis(orient="left", title="share of the improvement", tickCount=5, format=".0%"),
    )  # fmt: skip
    line = alt.Chart(data(points)).mark_line(style="adopted line")
    dots = alt.Chart(data(points)).mark_point(style="dot", filled=True, size=14)
    return [line.encode(x=x, y=y), dots.encode(x=x, y=y, tooltip=tooltip(_CURVE_TOOLTIP))]


def network_drawing(table: pl.DataFrame, edges: int = 60) -> Figure | None:
    """The first edges of an inferred network, between units on a circle.

    Parameters
    ----------
    table : polars.DataFrame
        sender, receiver, improvement, volume: as the table of a network.
    edges : int

    Returns
    -------
    Figure or None
        None without edges.
    """
    if table.is_empty():
        return None
    first = table.head(max(1, edges))
    followers: dict[str, int] = dict(first["sender"].value_counts().iter_rows())
    names = sorted({*first["sender"], *first["receiver"]})
    angle = {name: 2 * math.pi * at / len(names) for at, name in enumerate(names)}
    leading = sorted(followers, key=lambda one: (-followers[one], one))
    listed_names = listed(
        [f"{clean(one, 40)} ({followers[one]:,})" for one in leading[:NAMED]], at_most=NAMED
    )
    return Figure(
        name="inferred-network",
        title=f"The first {counted(first.height, 'inferred edge')}",
        caption=_CIRCLE_CAPTION.format(shown=f"{first.height:,}", all=f"{table.height:,}"),
        alt=f"Network of {counted(len(names), 'unit')} with {counted(first.height, 'edge')}. "
        f"Most followers: {listed_names}.",
        chart=finish(_circle(first, angle, followers), CIRCLE),
    )


def _circle(first: pl.DataFrame, angle: dict[str, float], followers: dict[str, int]) -> list[alt.Chart]:
    lines, heads = [], []
    for at, row in enumerate(first.iter_rows(named=True)):
        path = _path(angle[row["sender"]], angle[row["receiver"]])
        lines += [{"edge": at, "step": step, "x": x, "y": y} for step, (x, y) in enumerate(path)]
        heads.append(
            {
                "x": path[-2][0], "y": path[-2][1],
                "who": f"{clean(row['sender'], 40)} → {clean(row['receiver'], 40)}",
                "gain": f"{row['improvement']:,.1f}", "volume": f"{row['volume']:,.4g}",
            }
        )  # fmt: skip
    top = max(followers.values())
    nodes = [
        {
            "x": math.sin(turn), "y": math.cos(turn), "text": clean(name, 24),
            "area": 20 + 280 * followers.get(name, 0) / top,
            "many": counted(followers.get(name, 0), "follower"),
        }
        for name, turn in angle.items()
    ]  # fmt: skip
    edge = _placed(alt.Chart(data(lines)).mark_line(style="adopted line", opacity=0.35))
    head = _placed(alt.Chart(data(heads)).mark_point(style="dot", filled=True, size=16))
    node = _placed(alt.Chart(data(nodes)).mark_point(style="dot", filled=True))
    area = alt.Size("area", type="quantitative", scale=None, legend=None)
    order = alt.Order("step", type="quantitative")
    return [
        edge.encode(detail=alt.Detail("edge", type="nominal"), order=order),
        head.encode(tooltip=tooltip(_EDGE_TOOLTIP)),
        node.encode(size=area, tooltip=tooltip({"text": "unit", "many": "followers"})),
        *_names(angle),
    ]


def _path(sender: float, receiver: float) -> list[tuple[float, float]]:
    """A curve between two places of the circle that bends towards its middle, sender first."""
    (ax, ay), (bx, by) = [(math.sin(turn), math.cos(turn)) for turn in (sender, receiver)]
    steps = [at / (STEPS - 1) for at in range(STEPS)]
    # a quadratic Bézier curve whose control point lies halfway between the chord and the middle
    cx, cy = (ax + bx) / 4, (ay + by) / 4
    return [
        (
            (1 - t) ** 2 * ax + 2 * t * (1 - t) * cx + t**2 * bx,
            (1 - t) ** 2 * ay + 2 * t * (1 - t) * cy + t**2 * by,
        )
        for t in steps
    ]


def _placed(chart: alt.Chart) -> alt.Chart:
    """At `x` and `y` in a square in the middle of the view; on a narrow view the circle is an ellipse."""
    half = f"min(width / 2, {CIRCLE / 2})"
    ends = [alt.ExprRef(expr=f"width / 2 - {half}"), alt.ExprRef(expr=f"width / 2 + {half}")]
    scale = alt.Scale(domain=[-_ROOM, _ROOM], nice=False, zero=False)
    across = alt.Scale(domain=[-_ROOM, _ROOM], range=ends, nice=False, zero=False)
    placed: alt.Chart = chart.encode(
        x=alt.X("x", type="quantitative", scale=across, axis=None),
        y=alt.Y("y", type="quantitative", scale=scale, axis=None),
    )
    return placed


def _names(angle: dict[str, float]) -> list[alt.Chart]:
    """Names along the radii, those on the left turned so that they can be read."""
    if len(angle) > MOST_NAMES:
        return []
    charts = []
    for right in (True, False):
        rows = [
            {
                "x": 1.12 * math.sin(turn), "y": 1.12 * math.cos(turn), "text": clean(name, 24),
                "angle": (math.degrees(turn) - (90 if right else -90)) % 360,
            }
            for name, turn in angle.items()
            if (turn < math.pi) == right
        ]  # fmt: skip
        # x is a sine and y a cosine, so that angles run clockwise from the top, as Vega turns text
        if rows:
            marks = alt.Chart(data(rows)).mark_text(
                style="text", align="left" if right else "right", baseline="middle", fontSize=10, tooltip=None
            )
            turned = alt.Angle("angle", type="quantitative", scale=None)
            charts.append(_placed(marks).encode(text=alt.Text("text", type="nominal"), angle=turned))
    return charts
