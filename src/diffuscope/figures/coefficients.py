"""Estimates of a model with their intervals, a row each, against no difference."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import altair as alt
import polars as pl

from diffuscope.figures.figure import Figure
from diffuscope.figures.rows import Across, Row, data, down, finish, labels, tooltip
from diffuscope.figures.text import clean
from diffuscope.records.numbers import MINUS, signed, times
from diffuscope.records.phrases import counted, listed

Measure = Literal["coefficient", "ratio", "points"]

_PLOT = Across(narrow=(136, -14), wide=(230, -14))
_ROW, _TOP, _FOOT = 24, 8, 8
_TOOLTIP = {"text": "term", "shown": "estimate", "reach": "95 % interval"}
_NEAR = (0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10)
_FAR = (1e-6, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1e3, 1e4, 1e6)
"""Ratios that may stand on an axis; those within reach do."""


@dataclass(frozen=True)
class _Scale:
    """What estimates measure, and how their numbers are told."""

    measure: Measure
    title: str

    def text(self, number: float) -> str:
        """An estimate, or the end of an interval, as a reader meets it."""
        if math.isnan(number):
            return "unknown"
        if math.isinf(number):
            return "no end"
        if self.measure == "ratio":
            ratio = math.exp(min(number, 700.0))
            return "above 9,999" if ratio > 9999.5 else times(ratio)
        return signed(number) if self.measure == "points" else f"{number:.3g}".replace("-", MINUS)

    def axis(self, low: float, high: float) -> alt.Axis:
        """The axis; ratios stand where their logarithms are."""
        if self.measure != "ratio":
            return alt.Axis(orient="bottom", title=self.title, tickCount=5, labelFlush=False)
        ticks = _NEAR if high - low < math.log(30) else _FAR
        at = [math.log(tick) for tick in ticks if low <= math.log(tick) <= high]
        shown = "format(exp(datum.value), datum.value < 6.8 ? '.4~g' : ',.0f')"
        return alt.Axis(
            orient="bottom", title=f"times the {self.title}", values=at, labelExpr=shown, labelOverlap=True,
            labelFlush=False,
        )  # fmt: skip


_HELD = "All other terms of the model are held constant"
_DOT = "Each dot is an estimate, and the bar is its 95 % interval"
_SOURCE = "Source: the model fitted to this panel."
_UNLIKE = "Compare sizes only between terms that are measured in the same unit"
_CAPTIONS: dict[Measure, str] = {
    "coefficient": f"{_DOT}, on the scale of {{title}}. {_HELD}. {_UNLIKE}.",
    "ratio": f"{_DOT}: the number by which one unit more of the term multiplies the {{title}}. {_HELD}. "
    f"Equal distances on the axis are equal factors. {_UNLIKE}.",
    "points": f"{_DOT}: the average difference in the chance of adopting in a period, in percentage points, "
    f"between a low value and a high value of the term. {_HELD}.{{reach}}",
}
_LINE: dict[Measure, str] = {"coefficient": "at zero", "ratio": "at one", "points": "at zero"}
_AGAIN = (
    "Fainter names are estimates of other models: of the term above, or of another exposure in its place."
)


def coefficients(
    table: pl.DataFrame, scale: str = "log odds", *, measure: Measure = "coefficient", more: int = 0
) -> Figure | None:
    """Estimates of a model with their intervals, a row each, against no difference.

    Parameters
    ----------
    table : polars.DataFrame
        term, estimate, ci_low, ci_high, in the order to be drawn, as a fit's table holds them; the intercept
        is left out; so is a term without a finite estimate. An end at infinity reaches the edge. Where there
        is a column `again`, rows that hold true come from other models and are fainter. Columns `start` and
        `stop` say between which values of the term an effect is told.
    scale : str
        What the estimates measure, such as ``log odds``, ``odds``, ``percentage points``.
    measure : {"coefficient", "ratio", "points"}
        Coefficients are drawn as they are; ratios are coefficients whose axis tells what one unit multiplies
        the odds or the hazard by; points are effects in percentage points.
    more : int
        Rows that the table was cut by, which the caption owns up to.

    Returns
    -------
    Figure or None
        None where no term is left.
    """
    known = table.filter(pl.col("estimate").is_finite() & (pl.col("term") != "(intercept)"))
    if known.is_empty():
        return None
    axis_scale = _Scale(measure, clean(scale, 40))
    ends = [
        value for name in ("ci_low", "estimate", "ci_high") for value in known[name] if math.isfinite(value)
    ]
    low, high = min(*ends, 0.0), max(*ends, 0.0)
    room = 0.04 * (high - low) or 1.0
    drawn = (low - room, high + room)
    rows = [_row(row, at, drawn, axis_scale) for at, row in enumerate(known.iter_rows(named=True))]
    height = _TOP + _ROW * len(rows) + _FOOT
    return Figure(
        name="coefficients",
        title="What is associated with adoption",
        caption=_caption(known, axis_scale, table.height - known.height - _intercepts(table), more),
        alt=_alt(rows, axis_scale),
        chart=finish(_layers(rows, drawn, height, axis_scale), height),
    )


def _intercepts(table: pl.DataFrame) -> int:
    return int((table["term"] == "(intercept)").sum())


def _caption(known: pl.DataFrame, scale: _Scale, infinite: int, more: int) -> str:
    """What the bars are, and how many cross the line of no difference, reach the edge, or are not drawn."""
    has_contrast = "start" in known.columns and known["start"].is_not_null().any()
    reach = " The figure in words and the table of terms give both values." if has_contrast else ""
    parts = [_CAPTIONS[scale.measure].format(title=scale.title, reach=reach)]
    crossing = int(((known["ci_low"] <= 0) & (known["ci_high"] >= 0)).sum())
    bars = counted(known.height, "bar")
    parts.append(
        f"{crossing} of {bars} {'crosses' if crossing == 1 else 'cross'} the line {_LINE[scale.measure]}, "
        "which means no difference: the data leave the direction of these open."
        if crossing
        else f"The line {_LINE[scale.measure]} means no difference."
    )
    endless = int((known["ci_low"].is_infinite() | known["ci_high"].is_infinite()).sum())
    if endless:
        verb = "has no end and reaches" if endless == 1 else "have no end and reach"
        parts.append(f"{counted(endless, 'bar')} {verb} the edge of the picture.")
    unknown = int((known["ci_low"].is_nan() | known["ci_high"].is_nan()).sum())
    if unknown:
        verb = "has an end that is" if unknown == 1 else "have ends that are"
        parts.append(f"{counted(unknown, 'bar')} {verb} unknown and not drawn.")
    lost = [
        f"{counted(number, 'row')} {why}"
        for number, why in ((infinite, "without a finite estimate"), (more, "for lack of room"))
        if number
    ]
    if lost:
        parts.append(f"Not drawn: {listed(lost)}.")
    if "again" in known.columns and known["again"].any():
        parts.append(_AGAIN)
    return " ".join([*parts, _SOURCE])


def _row(row: Row, at: int, drawn: tuple[float, float], scale: _Scale) -> Row:
    low, high = row["ci_low"], row["ci_high"]
    return {
        "text": clean(row["term"], 60),
        "again": bool(row.get("again")),
        "estimate": row["estimate"],
        # an end that no search found is not drawn: the bar stops at the estimate
        "ci_low": row["estimate"] if math.isnan(low) else max(low, drawn[0]),
        "ci_high": row["estimate"] if math.isnan(high) else min(high, drawn[1]),
        "shown": scale.text(row["estimate"]),
        "reach": _reach(low, high, scale),
        "values": "" if row.get("start") is None else f"from {row['start']:.3g} to {row['stop']:.3g}",
        "y": _TOP + _ROW * at + _ROW / 2,
    }


def _reach(low: float, high: float, scale: _Scale) -> str:
    return f"{scale.text(low)} to {scale.text(high)}"


def _layers(rows: list[Row], drawn: tuple[float, float], height: int, axis_scale: _Scale) -> list[alt.Chart]:
    scale = alt.Scale(domain=list(drawn), range=_PLOT.range(), nice=False, zero=False)

    def across(field: str, axis: alt.Axis | None = None) -> alt.X:
        return alt.X(field, type="quantitative", scale=scale, axis=axis)

    y = down("y", height)
    zero = alt.Chart(data([{"zero": 0.0, "top": 0, "foot": height}]))
    span = alt.Chart(data(rows)).mark_bar(style="span", orient="horizontal", height=8, tooltip=None)
    dot = alt.Chart(data(rows)).mark_point(style="dot", filled=True, size=50)
    return [
        zero.mark_rule(style="mark", tooltip=None).encode(
            x=across("zero", axis_scale.axis(*drawn)), y=down("top", height), y2="foot"
        ),
        *labels([row for row in rows if not row["again"]], height, _PLOT),
        *labels([row for row in rows if row["again"]], height, _PLOT, style="quiet"),
        span.encode(x=across("ci_low"), x2="ci_high", y=y),
        dot.encode(x=across("estimate"), y=y, tooltip=tooltip(_TOOLTIP)),
    ]


def _alt(rows: list[Row], scale: _Scale) -> str:
    sentences = " ".join(
        f"{', '.join(filter(None, (row['text'], row['values'])))}: {row['shown']} ({row['reach']})."
        for row in rows
    )
    what = {
        "coefficient": f"Estimates on the scale of {scale.title}",
        "ratio": f"How many times the {scale.title} one unit more gives",
        "points": "Difference in the chance of adopting in a period, in percentage points",
    }[scale.measure]
    return f"{what}. 95 % intervals are in brackets. {sentences}"
