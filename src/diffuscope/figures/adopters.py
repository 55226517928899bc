"""How adoption adds up, as it was observed: new adopters of each period, and all so far."""

from __future__ import annotations

import altair as alt
import polars as pl

from diffuscope.figures.figure import Figure
from diffuscope.figures.rows import Layered, Row, data, finish, tooltip
from diffuscope.figures.text import clean
from diffuscope.figures.time_axis import When, when
from diffuscope.records.numbers import decimal
from diffuscope.records.phrases import counted

_PANEL, _GAP, _HEADING = 112, 20, 22
_SECOND = _HEADING + _PANEL + _GAP
HEIGHT = _SECOND + _HEADING + _PANEL
_TOOLTIP = {"period": "period", "new": "new adopters", "so far": "so far", "shown": "share of all"}

_CAPTION = (
    "The upper part shows how many adopted in each period. The lower part shows the share of all units that "
    "had adopted by its end.{model} Source: adoptions."
)
_MODEL = " The thin line is the curve of a model fitted to the new adopters."


def adopter_curve(rates: pl.DataFrame, expected: pl.Series | None = None) -> Figure | None:
    """How adoption adds up, as it was observed: new adopters of each period, and all so far.

    Parameters
    ----------
    rates : polars.DataFrame
        period, new, cumulative, share: one row per period, as the table of `adoption_rates`.
    expected : polars.Series, optional
        New adopters that a model expects in each period, drawn as a line above.

    Returns
    -------
    Figure or None
        None where there are fewer than two periods.
    """
    if rates.height < 2:
        return None
    across = when(rates["period"].to_list())
    rows = _rows(rates, expected, across)
    return Figure(
        name="adopters",
        title="New adopters, and all adopters so far",
        caption=_CAPTION.format(model=_MODEL if expected is not None else ""),
        alt=_alt(rates, rows),
        chart=finish(_layers(rows, across, expected is not None), HEIGHT + across.foot).properties(
            resolve=alt.Resolve(
                scale=alt.ScaleResolveMap(y="independent"), axis=alt.AxisResolveMap(x="independent")
            )
        ),
    )


def _rows(rates: pl.DataFrame, expected: pl.Series | None, across: When) -> list[Row]:
    foreseen = [None] * rates.height if expected is None else expected.to_list()
    return [
        {
            "at": across.places[row["period"]],
            "count": row["new"],
            "none": 0,
            "share": row["share"],
            "expected": forecast,
            "period": clean(row["period"], 20),
            "new": str(row["new"]),
            "so far": str(row["cumulative"]),
            "shown": decimal(row["share"], 3),
        }
        for row, forecast in zip(rates.iter_rows(named=True), foreseen, strict=True)
    ]


def _layers(rows: list[Row], across: When, modelled: bool) -> list[alt.Chart | alt.LayerChart]:
    tops = (max(max(row["count"], row["expected"] or 0) for row in rows), max(row["share"] for row in rows))
    base = alt.Chart(data(rows))

    def panel(top: int, roof: float, kind: str) -> alt.Y:
        scale = alt.Scale(
            domain=[0, 1.05 * roof], range=[top + _HEADING + _PANEL, top + _HEADING], nice=False, zero=False
        )
        step = max(1, round(roof / 3))
        few = list(range(0, int(roof) + 1, step)) if kind == "count" else [0, 0.25, 0.5, 0.75, 1]
        axis = alt.Axis(title=None, orient="left", values=few, format="d" if kind == "count" else ".0%")
        return alt.Y(kind, type="quantitative", scale=scale, axis=axis, stack=None)

    count, share = panel(0, tops[0], "count"), panel(_SECOND, tops[1], "share")
    bars = base.mark_rule(style="span", strokeWidth=7).encode(
        x=across.at("at"), y=count, y2="none", tooltip=tooltip(_TOOLTIP)
    )
    model = base.mark_line(style="mark", tooltip=None).encode(x=across.at("at"), y=_same(count, "expected"))
    line = base.mark_line(style="mark", tooltip=None).encode(x=across.at("at"), y=share)
    dots = base.mark_point(style="dot", filled=True, size=36).encode(
        x=across.at("at", axis=True), y=share, tooltip=tooltip(_TOOLTIP)
    )
    apart = alt.Resolve(axis=alt.AxisResolveMap(x="independent"))
    return [
        Layered(layer=[bars, model] if modelled else [bars], resolve=apart),
        Layered(layer=[line, dots], resolve=apart),
        *(
            _heading(text, top)
            for text, top in (("new adopters", 0), ("share of all that had adopted", _SECOND))
        ),
        *across.names(HEIGHT),
    ]


def _same(y: alt.Y, field: str) -> alt.Y:
    """Another field on the same scale."""
    other: alt.Y = y.copy()
    other.shorthand = field
    return other


def _heading(text: str, top: int) -> alt.Chart:
    named = alt.Chart(data([{"text": text}])).mark_text(
        style="strong", align="left", baseline="top", x=0, y=top, tooltip=None
    )
    written: alt.Chart = named.encode(text=alt.Text("text", type="nominal"))
    return written


def _alt(rates: pl.DataFrame, rows: list[Row]) -> str:
    peak, last = max(rows, key=lambda row: row["count"]), rows[-1]
    return (
        f"Adoption over {counted(rates.height, 'period')}, from {rows[0]['period']} to {last['period']}. "
        f"Most units adopted in {peak['period']} ({peak['new']}). In the end {last['so far']} had adopted, "
        f"{float(last['shown']):.0%} of all."
    )
