"""What each unit had at the end of each year or wave: surely, perhaps, or not on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from diffuscope.figures.dates import first_day, in_words, last_day
from diffuscope.figures.rows import Row
from diffuscope.figures.text import NAMED, clean
from diffuscope.records.phrases import listed

PERIODS_AT_MOST = 60
"""Steps of a slider; of a longer history the last are shown."""

NONE, PERHAPS, SURE = 0, 1, 2
"""States of one policy: none on record, its date may be later or earlier, surely there."""


@dataclass(frozen=True)
class Period:
    """A year or wave, and its last day."""

    label: str
    end: date


@dataclass(frozen=True, kw_only=True)
class History:
    """What one unit had, period by period.

    Attributes
    ----------
    levels : tuple of int
        One policy: `NONE`, `PERHAPS` or `SURE`. Several: how many are surely there.
    says : tuple of str
        The same in words.
    since : tuple of str
        When it came, or how many there are, as a name on a map may carry it; empty where nothing is there.
    dates : str
        Every adoption with its date.
    """

    levels: tuple[int, ...]
    says: tuple[str, ...]
    since: tuple[str, ...]
    dates: str


def periods_of(adoptions: pl.DataFrame, waves: Mapping[str, str] | None) -> list[Period]:
    """The steps of the slider: waves from the first that surely shows an adoption; without waves, years.

    Years run from the first to the last day that any adoption can have.
    """
    latest = [row["time_latest"] or row["time"] for row in adoptions.iter_rows(named=True)]
    sure = [day for cell in latest if (day := last_day(cell))]
    if not sure:
        return []
    if waves:
        dated = [(end, label) for label, day in waves.items() if (end := last_day(day))]
        periods = [Period(clean(label, 20), end) for end, label in sorted(dated) if end >= min(sure)]
    else:
        starts = [day for cell in adoptions["time"].to_list() if (day := first_day(cell))]
        years = range(min([*starts, *sure]).year, max(sure).year + 1)
        periods = [Period(str(year), date(year, 12, 31)) for year in years]
    return periods[-PERIODS_AT_MOST:]


def history(
    rows: Sequence[Row], periods: Sequence[Period], policies: int, names: Mapping[str, str]
) -> History:
    """What one unit had at the end of each period.

    Parameters
    ----------
    rows : sequence of dict
        Its adoptions: policy, time, time_latest, until.
    policies : int
        How many policies the map is about.
    names : mapping of str to str
        Names of policies.
    """
    levels, says, since = [], [], []
    for period in periods:
        state: dict[str, int] = {}
        for row in rows:
            state[row["policy"]] = max(state.get(row["policy"], NONE), _state(row, period.end))
        sure = sum(level == SURE for level in state.values())
        perhaps = sum(level == PERHAPS for level in state.values())
        if policies == 1:
            level = max(state.values(), default=NONE)
            levels.append(level)
            says.append(("none on record", "perhaps", "adopted")[level])
            since.append(_came(rows) if level == SURE else ("", "?")[level])
        else:
            levels.append(sure)
            says.append(f"{sure} of {policies}" + (f", perhaps {perhaps} more" if perhaps else ""))
            since.append(str(sure) if sure else "")
    dates = sorted({_dated_adoption(row, names) for row in rows})
    return History(
        levels=tuple(levels),
        says=tuple(says),
        since=tuple(since),
        dates=listed(dates, at_most=NAMED) if dates else "none on record",
    )


def _dated_adoption(row: Row, names: Mapping[str, str]) -> str:
    """One adoption with its date, and how that came about where it was not reported."""
    basis = row.get("basis") or "reported"
    judged = "" if basis == "reported" else f" ({clean(basis, 40)})"
    name = clean(names.get(row["policy"], row["policy"]), 60)
    return f"{name} {in_words(row['time'], row['time_latest'])}{judged}"


def _state(row: Row, end: date) -> int:
    """What is known of one adoption at the end of a period."""
    first, last, over = (
        first_day(row["time"]),
        last_day(row["time_latest"] or row["time"]),
        first_day(row["until"]),
    )
    # it has ended by then, whenever it began
    if over and over <= end:
        return NONE
    if last is None:
        return PERHAPS
    # even the last day it can have come on has passed
    if last <= end:
        return SURE
    return PERHAPS if first is None or first <= end else NONE


def _came(rows: Sequence[Row]) -> str:
    """Year or years in which the first adoption came."""
    spans = [
        (last, first_day(row["time"]))
        for row in rows
        if (last := last_day(row["time_latest"] or row["time"]))
    ]
    last, first = min(spans, key=lambda span: (span[0], span[1] or date.min))
    if first is None:
        return f"by {last.year}"
    return str(last.year) if first.year == last.year else f"{first.year}–{last.year}"
