"""When adoption happened and how it added up, beside what a model says of it."""

from __future__ import annotations

import math

import altair as alt
import polars as pl

from diffuscope.figures.bands import PLOT, across_axis, ceiling
from diffuscope.figures.figure import Figure
from diffuscope.figures.rows import Layered, Row, data, finish, tooltip

_PANEL, _GAP, _HEADING = 112, 26, 22
_HEIGHT = 2 * (_HEADING + _PANEL) + _GAP
_TOOLTIP = {"at": "time at risk", "seen": "observed", "shown": "by the model", "reach": "95 % interval"}

_CAPTION = (
    "Dots are observations. Above: the share that adopted at each time at risk, of those still at risk. "
    "Below: the share that would have adopted by then if all had been at risk from the beginning.{model} "
    "Late in time, few units are still at risk. Source: the panel of this question."
)
_MODEL = (
    " Lines are predictions of the model, and bands are their 95 % intervals. Above, all other terms are at "
    "their means; below, they are as observed."
)


def pace(hazards: pl.DataFrame, curve: pl.DataFrame, unit: str = "periods") -> Figure | None:
    """When adoption happened and how it added up, by time at risk, beside what a model says of it.

    Parameters
    ----------
    hazards : polars.DataFrame
        duration, at_risk, events, hazard (observed), model, ci_low, ci_high, null without a model: one row
        per time at risk.
    curve : polars.DataFrame
        duration, observed, and adopted (by the model), ci_low, ci_high, null where no model has it.
    unit : str
        What time at risk is counted in.

    Returns
    -------
    Figure or None
        None where there are fewer than two times.
    """
    above = [_point(row, "hazard", "model") for row in hazards.sort("duration").iter_rows(named=True)]
    below = [_point(row, "observed", "adopted") for row in curve.sort("duration").iter_rows(named=True)]
    if min(len(above), len(below)) < 2:
        return None
    ends = [point["duration"] for point in (*above, *below)]
    across = alt.Scale(domain=[min(ends), max(ends)], range=PLOT.range(), nice=False, zero=False)
    layers = [
        *_panel(above, across, 0, "Adopted, of those still at risk", None),
        *_panel(below, across, _HEADING + _PANEL + _GAP, "Adopted by then", f"{unit} at risk"),
    ]
    independent = alt.Resolve(
        scale=alt.ScaleResolveMap(y="independent"), axis=alt.AxisResolveMap(x="independent")
    )
    modelled = any(_line(points) for points in (above, below))
    return Figure(
        name="pace",
        title="When units adopted, and what share had adopted",
        caption=_CAPTION.format(model=_MODEL if modelled else ""),
        alt=_alt(above, below, unit),
        chart=finish(layers, _HEIGHT).properties(resolve=independent),
    )


def _point(row: Row, observed: str, modelled: str) -> Row:
    middle, low, high = (_known(row[name]) for name in (modelled, "ci_low", "ci_high"))
    whole = middle is not None and low is not None and high is not None
    of = f" ({row['events']} of {row['at_risk']})" if "at_risk" in row else ""
    return {
        "at": f"{row['duration']:.3g}",
        "duration": float(row["duration"]),
        "observed": row[observed],
        "middle": middle if whole else None,
        "ci_low": low if whole else None,
        "ci_high": high if whole else None,
        "seen": f"{row[observed]:.0%}{of}",
        "shown": f"{middle:.0%}" if whole else "–",
        "reach": f"{low:.0%} to {high:.0%}" if whole else "–",
    }


def _known(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def _line(points: list[Row]) -> list[Row]:
    """Where the model says something; nothing where that is no line."""
    known = [point for point in points if point["middle"] is not None]
    return known if len(known) > 1 else []


def _panel(
    points: list[Row], across: alt.Scale, top: int, heading: str, title: str | None
) -> list[alt.LayerChart | alt.Chart]:
    """One of the two on a scale of its own: heading, dots, and a line over its band where there is one."""
    modelled = _line(points)
    roof = ceiling([*(point["ci_high"] for point in modelled), *(point["observed"] for point in points)])
    scale = alt.Scale(
        domain=[0, roof], range=[top + _HEADING + _PANEL, top + _HEADING], nice=False, zero=False
    )
    up = alt.Axis(title=None, tickCount=3, orient="left", format=".0%" if roof > 0.2 else ".1%")
    axis = None if title is None else across_axis(title, [point["duration"] for point in points])

    def placed(chart: alt.Chart, field: str, axis: alt.Axis | None = None) -> alt.Chart:
        drawn: alt.Chart = chart.encode(
            x=alt.X("duration", type="quantitative", scale=across, axis=axis),
            y=alt.Y(field, type="quantitative", scale=scale, axis=up, stack=None),
        )
        return drawn

    tooltip_fields = (
        _TOOLTIP if modelled else {name: words for name, words in _TOOLTIP.items() if name in ("at", "seen")}
    )
    line = alt.Chart(data(modelled))
    dots = alt.Chart(data(points)).mark_point(style="mark", filled=True, size=40, opacity=1)
    layers = [placed(dots, "observed", axis).encode(tooltip=tooltip(tooltip_fields))]
    if modelled:
        layers = [
            placed(line.mark_area(style="span", tooltip=None), "ci_low").encode(y2="ci_high"),
            placed(line.mark_line(style="dot", tooltip=None), "middle"),
            *layers,
        ]
    named = alt.Chart(data([{"text": heading}])).mark_text(
        style="strong", align="left", baseline="top", x=0, y=top, tooltip=None
    )
    within = alt.Resolve(axis=alt.AxisResolveMap(x="independent"))
    return [Layered(layer=layers, resolve=within), named.encode(text=alt.Text("text", type="nominal"))]


def _alt(above: list[Row], below: list[Row], unit: str) -> str:
    sentences = " ".join(f"At {point['at']}: {point['seen']}{_by_model(point)}." for point in above[:20])
    more = f" {len(above) - 20} later times are left out." if len(above) > 20 else ""
    last = below[-1]
    return (
        f"Share that adopted of those still at risk, by {unit} at risk. {sentences}{more} Adopted after "
        f"{last['at']} {unit}: {last['seen']}{_by_model(last)}."
    )


def _by_model(point: Row) -> str:
    return "" if point["middle"] is None else f"; by the model {point['shown']} ({point['reach']})"
