"""How the chance of adopting, or its slope, changes over the observed range of an exposure; with a rug."""

from __future__ import annotations

from typing import Literal

import altair as alt
import polars as pl

from diffuscope.figures.bands import HEIGHT, PLOT, across_axis
from diffuscope.figures.figure import Figure
from diffuscope.figures.rows import Row, data, finish, tooltip
from diffuscope.figures.text import clean
from diffuscope.records.numbers import decimal
from diffuscope.records.phrases import counted, upper_first

Measure = Literal["hazard", "slope"]
RUG = 9
"""Height of the rug in pixels, in a strip of its own below the curve."""
_STRIP = 18
RUG_AT_MOST = 300
"""Lines of a rug; values closer together than the range over this share one."""
FEW_DOTS = 12
_TOOLTIP = {"at": "value", "shown": "estimate", "reach": "95 % interval"}
_RUG_SAID = {"at": "value", "many": "rows"}
_TITLES: dict[Measure, str] = {
    "hazard": "chance of adopting in a period",
    "slope": "rise of the chance per unit",
}
_CAPTIONS: dict[Measure, str] = {
    "hazard": "The line is the mean chance of adopting in a period if every row had this value of {column} "
    "and kept all else.",
    "slope": "The line is by how much the chance of adopting in a period rises per unit of {column}, on "
    "average over the rows, where {column} has this value. At zero it neither rises nor falls.",
}


def effect_range(
    curve: pl.DataFrame, observed: pl.DataFrame, column: str, measure: Measure = "hazard"
) -> Figure | None:
    """Predicted hazard or marginal effect over the observed range of an exposure, with a band and a rug.

    Parameters
    ----------
    curve : polars.DataFrame
        value, estimate, ci_low, ci_high, as the table of `effects_over_range`. Values beyond those observed
        are not drawn.
    observed : polars.DataFrame
        value, rows: the observed values, as `effects_over_range` gives them.
    column : str
        What the exposure is called.
    measure : {"hazard", "slope"}

    Returns
    -------
    Figure or None
        None where there are fewer than two values to draw.
    """
    if observed.is_empty():
        return None
    ends = (float(observed["value"].min()), float(observed["value"].max()))  # type: ignore[arg-type]
    known = curve.filter(pl.col("estimate").is_finite() & pl.col("value").is_between(*ends)).sort("value")
    if known.height < 2:
        return None
    points = [_point(row) for row in known.iter_rows(named=True)]
    rug = _rug(observed, ends)
    name = clean(column, 40)
    return Figure(
        name="effect",
        title=f"{upper_first(_TITLES[measure])}, by {name}",
        caption=_caption(name, measure, observed),
        alt=_alt(points, name, measure, ends),
        chart=finish(_layers(points, rug, name, measure, ends), HEIGHT),
    )


def _point(row: Row) -> Row:
    return {
        "value": row["value"],
        "middle": row["estimate"],
        "ci_low": row["ci_low"],
        "ci_high": row["ci_high"],
        "at": f"{row['value']:.3g}",
        "shown": decimal(row["estimate"], 3),
        "reach": f"{decimal(row['ci_low'], 3)} to {decimal(row['ci_high'], 3)}",
    }


def _rug(observed: pl.DataFrame, ends: tuple[float, float]) -> list[Row]:
    """Observed values; those too close to be told apart are drawn as one line."""
    step = (ends[1] - ends[0]) / RUG_AT_MOST
    every = observed
    if observed.height > RUG_AT_MOST and step:
        # the first and the last stay where they are, so that the rug ends where the curve does
        place = ((pl.col("value") - ends[0]) / step).round()
        every = observed.group_by(place.alias("place")).agg(
            pl.col("value").first(), pl.col("value").last().alias("last"), pl.col("rows").sum()
        )
        last = pl.col("place") == pl.col("place").max()
        every = every.with_columns(value=pl.when(last).then("last").otherwise("value"))
    return [
        {"value": row["value"], "at": f"{row['value']:.3g}", "many": f"{row['rows']:,}"}
        for row in every.sort("value").iter_rows(named=True)
    ]


def _layers(
    points: list[Row], rug: list[Row], name: str, measure: Measure, ends: tuple[float, float]
) -> list[alt.Chart]:
    low, high = _domain(points, measure)
    across = alt.Scale(domain=list(ends), range=PLOT.range(), nice=False, zero=False)
    scale = alt.Scale(domain=[low, high], range=[HEIGHT - _STRIP, 0], nice=False, zero=False)
    shares = ".0%" if high - low > 0.2 else ".1%"
    up = alt.Axis(
        title=_TITLES[measure], tickCount=5, orient="left", format=shares if measure == "hazard" else ".3~g"
    )
    below = across_axis(name, [point["value"] for point in points])

    def x(axis: alt.Axis | None = None) -> alt.X:
        return alt.X("value", type="quantitative", scale=across, axis=axis)

    def y(field: str) -> alt.Y:
        return alt.Y(field, type="quantitative", scale=scale, axis=up, stack=None)

    base = alt.Chart(data(points))
    zero = alt.Chart(data([{"zero": 0.0, "value": ends[0], "stop": ends[1]}] if measure == "slope" else []))
    dots = base.mark_point(style="dot", filled=True, size=36, opacity=1 if len(points) <= FEW_DOTS else 0)
    lines = alt.Chart(data(rug)).mark_rule(style="border", strokeWidth=1, opacity=0.7)
    return [
        zero.mark_rule(style="thin", tooltip=None).encode(x=x(), x2="stop", y=y("zero")),
        base.mark_area(style="span", tooltip=None).encode(x=x(), y=y("ci_low"), y2="ci_high"),
        base.mark_line(style="mark", tooltip=None).encode(x=x(), y=y("middle")),
        dots.encode(x=x(below), y=y("middle"), tooltip=tooltip(_TOOLTIP)),
        lines.encode(x=x(), y=alt.value(HEIGHT - RUG), y2=alt.value(HEIGHT), tooltip=tooltip(_RUG_SAID)),
    ]


def _domain(points: list[Row], measure: Measure) -> tuple[float, float]:
    """What goes up: chances from zero, slopes with zero among them, so that its side is seen."""
    low = min(0.0, *(point["ci_low"] for point in points))
    high = max(0.0, *(point["ci_high"] for point in points))
    room = 0.05 * (high - low) or 0.01
    if measure == "hazard":
        return 0.0, min(1.0, high + room)
    return low - room, high + room


def _caption(name: str, measure: Measure, observed: pl.DataFrame) -> str:
    rows = counted(int(observed["rows"].sum()), "row")
    values = counted(observed.height, "distinct value")
    return (
        f"{_CAPTIONS[measure].format(column=name)} The band is the 95 % interval by the delta method. Each "
        f"line at the foot is an observed value ({values} in {rows}); nothing is drawn beyond them, and "
        "where there are few lines the model says little. Source: the model fitted to this panel."
    )


def _alt(points: list[Row], name: str, measure: Measure, ends: tuple[float, float]) -> str:
    step = max(1, (len(points) - 1) // 8)
    few = [*points[:-1:step], points[-1]]
    values = " ".join(f"At {point['at']}: {point['shown']} ({point['reach']})." for point in few)
    return (
        f"{upper_first(_TITLES[measure])} by {name}, from {ends[0]:.3g} to {ends[1]:.3g}. 95 % intervals are "
        f"in brackets. {values}"
    )
