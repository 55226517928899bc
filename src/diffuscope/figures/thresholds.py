"""Thresholds of adopters by the time they adopted, against how many of all had adopted by then."""

from __future__ import annotations

from statistics import mean, median

import altair as alt
import polars as pl

from diffuscope.figures.figure import Figure
from diffuscope.figures.rows import Layered, Row, data, finish, tooltip
from diffuscope.figures.text import NAMED, clean
from diffuscope.figures.time_axis import When, when
from diffuscope.records.numbers import decimal
from diffuscope.records.phrases import counted, listed

HEIGHT = 260
LARGEST = 500
"""Area of the largest dot in pixels."""
_TOOLTIP = {"period": "adopted", "shown": "threshold", "many": "units", "who": "who"}

_CAPTION = (
    "Each dot is an adopter; a larger dot stands for several. From left to right: when it adopted. From "
    "bottom to top: its threshold, the share of its senders that had adopted before. The line is the share "
    "of all units that had adopted before. Units above the line had more adopters among their own senders "
    "than there were among all; units below it had fewer.{left_out} Source: adoptions and ties."
)


def threshold_plot(table: pl.DataFrame) -> Figure | None:
    """Thresholds of adopters by the time they adopted, against how many of all had adopted by then.

    Parameters
    ----------
    table : polars.DataFrame
        unit, adopted, threshold: one row per unit, as the table of `thresholds`; null where unknown.

    Returns
    -------
    Figure or None
        None where no threshold is known.
    """
    known = table.filter(pl.col("threshold").is_not_null() & pl.col("adopted").is_not_null())
    if known.is_empty():
        return None
    across = when(table["adopted"].drop_nulls().sort().to_list())
    points = _points(known, across)
    line = _before(table, across)
    lost = int(table["adopted"].is_not_null().sum()) - known.height
    note = f" {counted(lost, 'adopter')} without a known threshold {'is' if lost == 1 else 'are'} left out."
    return Figure(
        name="thresholds",
        title="Threshold of each adopter",
        caption=_CAPTION.format(left_out=note if lost else ""),
        alt=_alt(known, points),
        chart=finish(_layers(points, line, across), HEIGHT + across.foot).properties(
            resolve=alt.Resolve(
                scale=alt.ScaleResolveMap(y="independent"), axis=alt.AxisResolveMap(x="independent")
            )
        ),
    )


def _points(known: pl.DataFrame, across: When) -> list[Row]:
    """A dot for each place, with how many adopters stand there and who."""
    dots = (
        known.with_columns(level=pl.col("threshold").round(3))
        .group_by("adopted", "level", maintain_order=True)
        .agg(pl.col("unit"), many=pl.len())
    )
    # the area grows with the number, not the radius: areas are what readers compare
    most = max(dots["many"].to_list())
    return [
        {
            "at": across.places[row["adopted"]],
            "level": row["level"],
            "area": 30 + (LARGEST - 30) * (row["many"] - 1) / max(most - 1, 8),
            "period": clean(row["adopted"], 20),
            "shown": decimal(row["level"]),
            "many": str(row["many"]),
            "who": listed([clean(unit, 40) for unit in row["unit"]], at_most=NAMED),
        }
        for row in dots.iter_rows(named=True)
    ]


def _before(table: pl.DataFrame, across: When) -> list[Row]:
    """Share of all units that had adopted before each period."""
    counts = dict(table["adopted"].drop_nulls().value_counts().iter_rows())
    rows, so_far = [], 0
    for period, place in across.places.items():
        rows.append({"at": place, "level": so_far / table.height})
        so_far += counts.get(period, 0)
    return rows


def _layers(points: list[Row], line: list[Row], across: When) -> list[alt.Chart | alt.LayerChart]:
    scale = alt.Scale(domain=[-0.03, 1.03], range=[HEIGHT, 0], nice=False, zero=False)
    axis = alt.Axis(title="threshold", values=[0, 0.25, 0.5, 0.75, 1], orient="left", format=".0%")
    y = alt.Y("level", type="quantitative", scale=scale, axis=axis)
    size = alt.Size("area", type="quantitative", scale=None, legend=None)
    dots = alt.Chart(data(points)).mark_point(style="dot", filled=True, opacity=0.6)
    plot = [
        alt.Chart(data(line)).mark_line(style="mark", interpolate="step", tooltip=None)
        .encode(x=across.at("at"), y=y),
        dots.encode(
            x=across.at("at", axis=True, title="adopted in"), y=y, size=size, tooltip=tooltip(_TOOLTIP)
        ),
    ]  # fmt: skip
    independent = alt.Resolve(axis=alt.AxisResolveMap(x="independent"))
    return [Layered(layer=plot, resolve=independent), *across.names(HEIGHT, "adopted in")]


def _alt(known: pl.DataFrame, points: list[Row]) -> str:
    values = known["threshold"].to_list()
    largest = max(points, key=lambda point: int(point["many"]))
    return (
        f"Thresholds of {counted(known.height, 'adopter')}: mean {mean(values):.2f}, median "
        f"{median(values):.2f}. Threshold 0, before any of their senders: {values.count(0.0)}. The largest "
        f"dot: {counted(int(largest['many']), 'adopter')} in {largest['period']}, threshold "
        f"{largest['shown']}."
    )
