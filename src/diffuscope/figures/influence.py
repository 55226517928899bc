"""Who is followed at once, and who follows at once."""

from __future__ import annotations

import altair as alt
import polars as pl

from diffuscope.figures.bands import PLOT
from diffuscope.figures.figure import Figure
from diffuscope.figures.rows import Row, data, finish, tooltip
from diffuscope.figures.text import NAMED, clean
from diffuscope.records.phrases import counted, listed

HEIGHT = 300
LARGEST = 500
"""Area of the largest dot in pixels."""
STEPS = 50
"""Places along each side; adopters nearer than one step share a dot."""
_TOOLTIP = {"across": "susceptibility", "up": "infectiousness", "many": "units", "who": "who"}

_CAPTION = (
    "Each dot is an adopter; a larger dot stands for several. From left to right: susceptibility, the share "
    "of its earlier-adopting senders that adopted just before it. From bottom to top: infectiousness, the "
    "share of its later-adopting receivers that adopted just after it. Those at the upper right both follow "
    "and are followed at once. Source: adoptions and ties."
)


def influence_plot(infectious: pl.DataFrame, susceptible: pl.DataFrame) -> Figure | None:
    """Who is followed at once, and who follows at once: infectiousness against susceptibility.

    Parameters
    ----------
    infectious : polars.DataFrame
        unit, infectiousness, as the table of `infectiousness`; null where unknown.
    susceptible : polars.DataFrame
        unit, susceptibility, as the table of `susceptibility`.

    Returns
    -------
    Figure or None
        None where no unit has both.
    """
    both = infectious.select("unit", "infectiousness").join(
        susceptible.select("unit", "susceptibility"), on="unit", maintain_order="left"
    )
    known = both.drop_nulls()
    if known.is_empty():
        return None
    tops = [max(float(known[name].max()), 0.0) or 1.0 for name in ("susceptibility", "infectiousness")]  # type: ignore[arg-type]
    points = _points(known, tops)
    return Figure(
        name="influence",
        title="Infectiousness and susceptibility of each adopter",
        caption=_CAPTION,
        alt=_alt(known),
        chart=finish(_layers(points, tops), HEIGHT),
    )


def _points(known: pl.DataFrame, tops: list[float]) -> list[Row]:
    grid = [
        (pl.col(name) / top * STEPS).round() / STEPS * top
        for name, top in zip(("susceptibility", "infectiousness"), tops, strict=True)
    ]
    dots = (
        known.with_columns(grid)
        .group_by("susceptibility", "infectiousness", maintain_order=True)
        .agg(pl.col("unit"), many=pl.len())
    )
    # the area grows with the number, not the radius: areas are what readers compare
    most = max(dots["many"].to_list())
    return [
        {
            "x": row["susceptibility"],
            "y": row["infectiousness"],
            "area": 30 + (LARGEST - 30) * (row["many"] - 1) / max(most - 1, 8),
            "across": f"{row['susceptibility']:.3g}",
            "up": f"{row['infectiousness']:.3g}",
            "many": str(row["many"]),
            "who": listed([clean(unit, 40) for unit in row["unit"]], at_most=NAMED),
        }
        for row in dots.iter_rows(named=True)
    ]


def _layers(points: list[Row], tops: list[float]) -> list[alt.Chart]:
    ends = [[-0.04 * top, 1.06 * top] for top in tops]
    x = alt.X(
        "x",
        type="quantitative",
        scale=alt.Scale(domain=ends[0], range=PLOT.range(), nice=False, zero=False),
        axis=alt.Axis(orient="bottom", title="susceptibility", tickCount=5, labelFlush=False),
    )
    y = alt.Y(
        "y",
        type="quantitative",
        scale=alt.Scale(domain=ends[1], nice=False, zero=False),
        axis=alt.Axis(orient="left", title="infectiousness", tickCount=5),
    )
    size = alt.Size("area", type="quantitative", scale=None, legend=None)
    dots = alt.Chart(data(points)).mark_point(style="dot", filled=True, opacity=0.6)
    return [dots.encode(x=x, y=y, size=size, tooltip=tooltip(_TOOLTIP))]


def _alt(known: pl.DataFrame) -> str:
    infects, takes = (known[name] > 0 for name in ("infectiousness", "susceptibility"))
    return (
        f"Infectiousness and susceptibility of {counted(known.height, 'adopter')}. "
        f"Both follow at once and are followed at once: {int((infects & takes).sum())}. "
        f"Only followed at once: {int((infects & ~takes).sum())}. "
        f"Only follow at once: {int((~infects & takes).sum())}. Neither: {int((~infects & ~takes).sum())}."
    )
