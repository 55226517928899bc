"""How the chance of adopting in a period moves with time at risk."""

from __future__ import annotations

import polars as pl

from diffuscope.figures.bands import banded, ceiling
from diffuscope.figures.figure import Figure
from diffuscope.records.numbers import decimal

_TOOLTIP = {"at": "time at risk", "shown": "hazard", "reach": "95 % interval", "seen": "observed"}

_CAPTION = (
    "The line is the chance of adopting in a period for a unit that has not adopted before. All terms of the "
    "model are at their means. The band is the 95 % interval. Late in time, few units are still at risk and "
    "the band is wide. Source: the model fitted to this panel."
)


def hazard_by_duration(baseline: pl.DataFrame) -> Figure | None:
    """How the chance of adopting in a period moves with time at risk, with a 95 % band.

    Parameters
    ----------
    baseline : polars.DataFrame
        duration, hazard, ci_low, ci_high, rows, events: per time at risk, as `baseline_hazard` gives.

    Returns
    -------
    Figure or None
        None where there are fewer than two times.
    """
    known = baseline.filter(pl.col("hazard").is_finite()).sort("duration")
    if known.height < 2:
        return None
    points = [
        {
            "group": "all",
            "at": f"{row['duration']:g}",
            "duration": row["duration"],
            "middle": row["hazard"],
            "ci_low": row["ci_low"],
            "ci_high": row["ci_high"],
            "shown": decimal(row["hazard"], 3),
            "reach": f"{decimal(row['ci_low'], 3)} to {decimal(row['ci_high'], 3)}",
            "seen": f"{row['events']} of {row['rows']}",
        }
        for row in known.iter_rows(named=True)
    ]
    ends = (float(points[0]["duration"]), float(points[-1]["duration"]))
    return Figure(
        name="hazard",
        title="When adoption is likely",
        caption=_CAPTION,
        alt=_alt(points),
        chart=banded(
            points,
            x=("duration", "periods at risk", ends),
            y=("chance in a period", (0.0, ceiling([point["ci_high"] for point in points]))),
            tooltip_fields=_TOOLTIP,
        ),
    )


def _alt(points: list[dict[str, object]]) -> str:
    sentences = " ".join(f"At {point['at']}: {point['shown']} ({point['reach']})." for point in points[:30])
    more = f" {len(points) - 30} later times are left out." if len(points) > 30 else ""
    return (
        f"Chance of adopting in a period, by time at risk. 95 % intervals are in brackets. {sentences}{more}"
    )
