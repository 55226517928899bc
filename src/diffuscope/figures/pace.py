"""When adoption is likely, and how it adds up: a chance in each period, and below it their sum."""

from __future__ import annotations

import altair as alt
import polars as pl

from diffuscope.figures.bands import PLOT, across_axis, ceiling
from diffuscope.figures.figure import Figure
from diffuscope.figures.rows import Row, data, finish, tooltip

_PANEL, _GAP, _HEADING = 112, 26, 22
_HEIGHT = 2 * (_HEADING + _PANEL) + _GAP
_SAID = {"at": "time at risk", "shown": "chance", "reach": "95 % interval", "seen": "observed"}

_CAPTION = (
    "Above, the chance of adopting in a period, given that it has not happened before (the hazard), with all "
    "terms of the model at their means; below, the chance of having adopted by then, by the hazards of those "
    "still at risk. Bands are 95 % intervals. Late in time few are still at risk, and the bands are wide. "
    "Source: the model fitted to this panel."
)


def pace(baseline: pl.DataFrame, curve: pl.DataFrame) -> Figure | None:
    """When adoption is likely and how it adds up, by time at risk, each with its 95 % band.

    Parameters
    ----------
    baseline : polars.DataFrame
        duration, hazard, low, high, rows, events: one row per time at risk, as `baseline_hazard` gives it.
    curve : polars.DataFrame
        duration, adopted, low, high: one curve, as `adoption_curve` gives it.

    Returns
    -------
    Figure or None
        None where either has fewer than two times.
    """
    hazards = [_point(row, "hazard") for row in _known(baseline, "hazard").iter_rows(named=True)]
    adopted = [_point(row, "adopted") for row in _known(curve, "adopted").iter_rows(named=True)]
    if min(len(hazards), len(adopted)) < 2:
        return None
    ends = [point["duration"] for point in (*hazards, *adopted)]
    across = alt.Scale(domain=[min(ends), max(ends)], range=PLOT.range(), nice=False, zero=False)
    below = _HEADING + _PANEL + _GAP
    apart = alt.Resolve(scale=alt.ScaleResolveMap(y="independent"), axis=alt.AxisResolveMap(x="independent"))
    layers = [
        *_panel(hazards, across, 0, "chance of adopting in a period", last=False),
        *_panel(adopted, across, below, "chance of having adopted by then", last=True),
    ]
    chart = finish(layers, _HEIGHT).properties(resolve=apart)
    return Figure(
        name="pace",
        title="When adoption is likely, and how it adds up",
        caption=_CAPTION,
        alt=_alt(hazards, adopted),
        chart=chart,
    )


def _known(frame: pl.DataFrame, field: str) -> pl.DataFrame:
    return frame.filter(pl.col(field).is_finite()).sort("duration")


def _point(row: Row, field: str) -> Row:
    seen = {"seen": f"{row['events']} of {row['rows']}"} if "events" in row else {}
    return {
        "at": f"{row['duration']:g}",
        "duration": float(row["duration"]),
        "middle": row[field],
        "low": row["low"],
        "high": row["high"],
        "shown": f"{row[field]:.3f}",
        "reach": f"{row['low']:.3f} to {row['high']:.3f}",
        **seen,
    }


def _panel(
    points: list[Row], across: alt.Scale, top: int, heading: str, *, last: bool
) -> list[alt.LayerChart | alt.Chart]:
    """One of the two: its heading, and a line over its band on a scale of its own."""
    roof = ceiling([point["high"] for point in points])
    foot = top + _HEADING + _PANEL
    scale = alt.Scale(domain=[0, roof], range=[foot, top + _HEADING], nice=False, zero=False)
    up = alt.Axis(title=None, tickCount=3, orient="left", format=".0%" if roof > 0.2 else ".1%")
    axis = across_axis("periods at risk", [point["duration"] for point in points])
    base = alt.Chart(data(points))

    def placed(chart: alt.Chart, field: str, axis: alt.Axis | None = None) -> alt.Chart:
        drawn: alt.Chart = chart.encode(
            x=alt.X("duration", type="quantitative", scale=across, axis=axis),
            y=alt.Y(field, type="quantitative", scale=scale, axis=up, stack=None),
        )
        return drawn

    said = {name: title for name, title in _SAID.items() if name in points[0]}
    named = alt.Chart(data([{"text": heading}])).mark_text(
        style="strong", align="left", baseline="top", x=0, y=top, tooltip=None
    )
    return [
        alt.LayerChart(
            layer=[
                placed(base.mark_area(style="span", tooltip=None), "low").encode(y2="high"),
                placed(base.mark_line(style="mark", tooltip=None), "middle"),
                placed(base.mark_point(style="dot", filled=True, size=36), "middle", axis if last else None)
                .encode(tooltip=tooltip(said)),
            ],
            resolve=alt.Resolve(axis=alt.AxisResolveMap(x="independent")),
        ),
        named.encode(text=alt.Text("text", type="nominal")),
    ]  # fmt: skip


def _alt(hazards: list[Row], adopted: list[Row]) -> str:
    told = "; ".join(f"{point['at']}: {point['shown']}, {point['reach']}" for point in hazards[:20])
    more = f"; and {len(hazards) - 20} later times" if len(hazards) > 20 else ""
    end = adopted[-1]
    return (
        f"Chance of adopting in a period by time at risk, with 95 % intervals. {told}{more}. Chance of "
        f"having adopted after {end['at']} periods: {end['shown']}, {end['reach']}."
    )
