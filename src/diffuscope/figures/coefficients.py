"""Estimates of a model with their intervals, a row each, against zero."""

from __future__ import annotations

import math

import altair as alt
import polars as pl

from diffuscope.figures.figure import Figure
from diffuscope.figures.rows import Across, Row, data, down, finish, tooltip, words
from diffuscope.figures.text import clean

_PLOT = Across(narrow=(130, -14), wide=(230, -14))
_ROW, _TOP, _FOOT = 24, 8, 8
_SAID = {"text": "term", "shown": "estimate", "reach": "95 % interval"}

_CAPTION = (
    "Each dot is an estimate, the bar its 95 % interval; where a bar crosses the line at zero, the data "
    "do not tell the direction. Estimates are on the scale of {scale}, with all other terms of the model "
    "held constant; terms in other units are not comparable by size. Source: the model fitted to this "
    "panel."
)


def coefficients(table: pl.DataFrame, scale: str = "log odds") -> Figure | None:
    """Estimates of a model with their intervals, a row each, against zero.

    Parameters
    ----------
    table : polars.DataFrame
        term, estimate, low, high, in the order to be drawn, as a fit's table holds them; the intercept is
        left out, and so is a term without a finite estimate. An end at infinity reaches the edge.
    scale : str
        What the estimates measure.

    Returns
    -------
    Figure or None
        None where no term is left.
    """
    known = table.filter(pl.col("estimate").is_finite() & (pl.col("term") != "(intercept)"))
    if known.is_empty():
        return None
    ends = [value for name in ("low", "estimate", "high") for value in known[name] if math.isfinite(value)]
    low, high = min(*ends, 0.0), max(*ends, 0.0)
    room = 0.04 * (high - low) or 1.0
    drawn = (low - room, high + room)
    rows = [_row(row, at, drawn) for at, row in enumerate(known.iter_rows(named=True))]
    height = _TOP + _ROW * len(rows) + _FOOT
    return Figure(
        name="coefficients",
        title="What goes with adoption",
        caption=_CAPTION.format(scale=clean(scale, 40)),
        alt=_alt(rows, clean(scale, 40)),
        chart=finish(_layers(rows, drawn, height, clean(scale, 40)), height),
    )


def _row(row: Row, at: int, drawn: tuple[float, float]) -> Row:
    low, high = row["low"], row["high"]
    return {
        "text": clean(row["term"], 60),
        "estimate": row["estimate"],
        "low": max(low, drawn[0]),
        "high": min(high, drawn[1]),
        "shown": f"{row['estimate']:.3g}",
        "reach": f"{low:.3g} to {high:.3g}",
        "y": _TOP + _ROW * at + _ROW / 2,
    }


def _layers(rows: list[Row], drawn: tuple[float, float], height: int, title: str) -> list[alt.Chart]:
    scale = alt.Scale(domain=list(drawn), range=_PLOT.range(), nice=False, zero=False)
    axis = alt.Axis(orient="bottom", title=title, tickCount=5, labelFlush=False)

    def across(field: str, axis: alt.Axis | None = None) -> alt.X:
        return alt.X(field, type="quantitative", scale=scale, axis=axis)

    y = down("y", height)
    zero = alt.Chart(data([{"zero": 0.0, "top": 0, "foot": height}]))
    span = alt.Chart(data(rows)).mark_bar(style="span", orient="horizontal", height=8, tooltip=None)
    dot = alt.Chart(data(rows)).mark_point(style="dot", filled=True, size=50)
    return [
        zero.mark_rule(style="mark", tooltip=None).encode(
            x=across("zero", axis), y=down("top", height), y2="foot"
        ),
        words(rows, height, limit=_PLOT.before()),
        span.encode(x=across("low"), x2="high", y=y),
        dot.encode(x=across("estimate"), y=y, tooltip=tooltip(_SAID)),
    ]


def _alt(rows: list[Row], scale: str) -> str:
    told = "; ".join(f"{row['text']}: {row['shown']}, {row['reach']}" for row in rows)
    return f"Estimates on the scale of {scale} with 95 % intervals. {told}."
