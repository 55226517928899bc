"""Whether what a model predicted for later periods came true as often as it said."""

from __future__ import annotations

import math
from statistics import NormalDist

import altair as alt
import polars as pl

from diffuscope.figures.bands import PLOT, banded, ceiling
from diffuscope.figures.figure import Figure
from diffuscope.figures.rows import Row, data
from diffuscope.records.numbers import decimal

_TOOLTIP = {"said": "predicted", "shown": "adopted", "reach": "95 % interval", "seen": "events"}
_Z = NormalDist().inv_cdf(0.975)

_CAPTION = (
    "Rows of later periods are sorted into groups by their predicted hazard. From left to right: the hazard "
    "that the model predicts. From bottom to top: the share that adopted, with its 95 % interval (Wilson). "
    "On the straight line, both are equal. Source: the model fitted to the earlier periods."
)


def calibration(bins: pl.DataFrame) -> Figure | None:
    """Whether what a model predicted for later periods came true as often as it said.

    Parameters
    ----------
    bins : polars.DataFrame
        predicted, observed, events, rows: one row per group by rising hazard, as a validation's table.

    Returns
    -------
    Figure or None
        None where there are fewer than two groups.
    """
    known = bins.filter(pl.col("rows") > 0).sort("predicted")
    if known.height < 2:
        return None
    points = [_point(row) for row in known.iter_rows(named=True)]
    top = ceiling([max(point["ci_high"], point["predicted"]) for point in points])
    line = alt.Chart(data([{"predicted": at, "ci_low": at, "group": "line"} for at in (0.0, top)]))
    scale = alt.Scale(domain=[0, top], range=PLOT.range(), nice=False)
    straight = line.mark_line(style="thin", tooltip=None).encode(
        x=alt.X("predicted", type="quantitative", scale=scale, axis=None),
        y=alt.Y("ci_low", type="quantitative", scale=alt.Scale(domain=[0, top], nice=False, zero=False)),
    )
    return Figure(
        name="calibration",
        title="Did as many adopt as predicted?",
        caption=_CAPTION,
        alt=_alt(points),
        chart=banded(
            points, x=("predicted", "hazard predicted", (0.0, top)), y=("share that adopted", (0.0, top)),
            tooltip_fields=_TOOLTIP, kind="bars", more=straight,
        ),
    )  # fmt: skip


def _point(row: Row) -> Row:
    low, high = wilson(row["events"], row["rows"])
    return {
        "group": "bins",
        "predicted": row["predicted"],
        "middle": row["observed"],
        "ci_low": low,
        "ci_high": high,
        "said": decimal(row["predicted"], 3),
        "shown": decimal(row["observed"], 3),
        "reach": f"{decimal(low, 3)} to {decimal(high, 3)}",
        "seen": f"{row['events']} of {row['rows']}",
    }


def wilson(events: int, rows: int) -> tuple[float, float]:
    """95 % interval of a share, after Wilson 1927.

    >>> [round(end, 4) for end in wilson(0, 10)]
    [0.0, 0.2775]
    """
    share, unit = events / rows, _Z**2 / rows
    middle = (share + unit / 2) / (1 + unit)
    reach = _Z * math.sqrt(share * (1 - share) / rows + unit / (4 * rows)) / (1 + unit)
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


def _alt(points: list[Row]) -> str:
    sentences = " ".join(
        f"Predicted {point['said']}: {point['shown']} adopted ({point['seen']})." for point in points
    )
    return f"Hazards predicted for later periods, and the share that adopted. {sentences}"
