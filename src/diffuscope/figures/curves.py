"""How many will have adopted by each time at risk, a curve for each group."""

from __future__ import annotations

import polars as pl

from diffuscope.figures.bands import banded, ceiling
from diffuscope.figures.figure import Figure
from diffuscope.figures.rows import Row
from diffuscope.figures.text import clean
from diffuscope.records.numbers import decimal
from diffuscope.records.phrases import counted

GROUPS_AT_MOST = 6
"""Curves that can be told apart in one picture; of more, those that end highest are drawn."""
_TOOLTIP = {"group": "group", "at": "time at risk", "shown": "adopted", "reach": "95 % interval"}
_ALL = "all"

_CAPTION = (
    "Each curve is the chance of having adopted by that time, computed from the hazards of the model."
    "{interval}{left_out} Source: the model fitted to this panel."
)


def adoption_curves(curves: pl.DataFrame, by: str | None = None) -> Figure | None:
    """How many will have adopted by each time at risk, a curve with its band for each group.

    Parameters
    ----------
    curves : polars.DataFrame
        duration, adopted, ci_low, ci_high, and the column of groups, as `adoption_curve` gives it.
    by : str, optional
        Column of groups.

    Returns
    -------
    Figure or None
        None where no group has two times.
    """
    groups: dict[str, list[Row]] = {}
    for row in curves.sort("duration").iter_rows(named=True):
        name = clean(row[by], 40) if by else _ALL
        groups.setdefault(name, []).append(_point(row, name))
    groups = {name: points for name, points in groups.items() if len(points) > 1}
    if not groups:
        return None
    ranked = sorted(groups, key=lambda name: -groups[name][-1]["middle"])
    left_out = len(ranked) - GROUPS_AT_MOST
    points = [point for name in ranked[:GROUPS_AT_MOST] for point in groups[name]]
    words = f" {counted(left_out, 'group')} that end lower are left out." if left_out > 0 else ""
    first, last = (end(point["duration"] for point in points) for end in (min, max))
    ends = (first, last + 0.12 * (last - first) * (by is not None))  # room for the names
    top = ceiling([point["middle" if by else "ci_high"] for point in points])
    return Figure(
        name="curves",
        title="Share that will have adopted, by time at risk",
        caption=_CAPTION.format(
            left_out=words,
            interval=" The 95 % interval of each is in the table."
            if by
            else " The band is its 95 % interval.",
        ),
        alt=_alt({name: groups[name] for name in ranked[:GROUPS_AT_MOST]}),
        chart=banded(
            points,
            x=("duration", "periods at risk", ends),
            y=("have adopted", (0.0, top)),
            tooltip_fields=_TOOLTIP
            if by
            else {field: says for field, says in _TOOLTIP.items() if field != "group"},
            kind="lines" if by else "band",
        ),
    )


def _point(row: Row, name: str) -> Row:
    return {
        "group": name,
        "at": f"{row['duration']:g}",
        "duration": float(row["duration"]),
        "middle": row["adopted"],
        "ci_low": row["ci_low"],
        "ci_high": row["ci_high"],
        "shown": decimal(row["adopted"]),
        "reach": f"{decimal(row['ci_low'])} to {decimal(row['ci_high'])}",
    }


def _alt(groups: dict[str, list[Row]]) -> str:
    sentences = []
    for name, points in groups.items():
        last = points[-1]
        who = "" if name == _ALL else f"{name}: "
        sentences.append(f"{who}{last['shown']} after {last['at']} periods ({last['reach']}).")
    return f"Chance of having adopted, by time at risk. 95 % intervals are in brackets. {' '.join(sentences)}"
