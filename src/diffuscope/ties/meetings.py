"""Co-attendance: who could hear from whom because both were at a meeting (a channel of learning)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy import sparse

from diffuscope.errors import PlanError
from diffuscope.records.phrases import counted, noun
from diffuscope.ties.dates import COUNTED, moment
from diffuscope.ties.from_frame import read_ids
from diffuscope.ties.layer import Layer, without_self
from diffuscope.ties.when_named import refuse_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

YEAR = 365.25


def co_attendance(
    attendance: Any,
    events: Any,
    units: Sequence[str],
    *,
    decay: float | None = None,
    dates: Sequence[str | int] | None = None,
    source: str | None = None,
) -> Layer:
    """Co-attendance (one-mode projection by Newman): each event adds 1/(n - 1), where n were there.

    Parameters
    ----------
    attendance : pandas, Polars or Arrow table
        Columns `event` and `unit`; who was there in several roles counts once.
    events : pandas, Polars or Arrow table
        Columns `event` and `start`.
    units : sequence of str
        Whose ties are wanted; n counts them alone.
    decay : float, optional
        A meeting t years ago counts exp(-decay · t); whole numbers as dates count themselves.
    dates : sequence of str or int, optional
        When ties are looked at; needed with decay, each event's own date otherwise.
    source : str, optional

    Returns
    -------
    Layer
        Named ``co-attendance``; it changes with every date. Events without date, or with fewer than two of
        the units, are left out, which notes tell.

    Raises
    ------
    PlanError
        If a column is lacking, decay is given without dates, or no two units ever met.

    References
    ----------
    Newman 2001, Physical Review E 64: 016132.
    """
    if decay is not None and (dates is None or decay < 0):
        raise PlanError("Decay must not be below 0 and needs `dates`: ties then change at every date.")
    held = read_ids(events, ("event", "start"))
    there = read_ids(attendance, ("event", "unit")).select("event", "unit").unique()
    there = there.filter(pl.col("unit").is_in(list(units)))
    undated = set(held.filter(pl.col("start").is_null())["event"]) & set(there["event"])
    dated = held.drop_nulls("start").select("event", "start").iter_rows()
    start = {name: moment(day, f"The start of `{name}`") for name, day in dated}
    counts = there.group_by("event").len().filter(pl.col("event").is_in(list(start)))
    met = sorted(counts.filter(pl.col("len") > 1)["event"].to_list(), key=lambda name: (start[name], name))
    small = counts.height - len(met)
    if not met:
        raise PlanError("No two units attended the same dated event.")
    days = np.array([start[name] for name in met])
    looks = _looks(dates, days)
    presence = _presence(there, met, units)
    per_year = 1 if looks[0] < COUNTED else YEAR

    def at(look: int) -> Any:
        # negative ages are cut to 0 before the exponential, which would overflow; they count 0 by the first
        # factor
        counts_now = (days <= look) * np.exp(-(decay or 0) * np.maximum(look - days, 0) / per_year)
        return without_self(presence * counts_now @ presence.T)

    return Layer(
        name="co-attendance",
        units=tuple(units),
        weights=tuple((_date(look), at(look)) for look in looks),
        source=source,
        unit_of_measure="meetings, each divided among those present",
        derived_from=("attendance", "events"),
        notes=_left_out(len(undated), small),
    )


def _left_out(undated: int, small: int) -> tuple[str, ...]:
    left_out = ((undated, "without a date"), (small, "with fewer than two of the units"))
    return tuple(
        f"{counted(count, 'event')} {what} {noun(count, 'was', 'were')} left out"
        for count, what in left_out
        if count
    )


def _looks(dates: Sequence[str | int] | None, days: np.ndarray) -> list[int]:
    """When ties are looked at: at the dates given, or whenever there was an event."""
    moments = (
        sorted({moment(day, "A date") for day in dates}) if dates is not None else np.unique(days).tolist()
    )
    looks = [int(look) for look in moments if look >= days[0]]
    if not looks:
        raise PlanError("All dates are before the first event.")
    return looks


def _presence(there: pl.DataFrame, met: list[str], units: Sequence[str]) -> sparse.csr_array:
    """Who was there, shape (N, events), so scaled that a product with itself shares each event out."""
    present = there.filter(pl.col("event").is_in(met)).group_by("event").len()["len"].cast(pl.Int64)
    refuse_pairs("co-attendance", int((present**2).sum()))
    row = {unit: at for at, unit in enumerate(units)}
    column = {event: at for at, event in enumerate(met)}
    rows = there.filter(pl.col("event").is_in(met))
    at = [(row[unit], column[event]) for event, unit in rows.iter_rows()]
    ends = np.array(at, dtype=np.int64).T
    size = np.bincount(ends[1], minlength=len(met))
    # the square root on either side, so that the product with itself gives each event 1/(n - 1) (Newman 2001)
    data = 1 / np.sqrt(size[ends[1]] - 1)
    return sparse.csr_array((data, (ends[0], ends[1])), shape=(len(units), len(met)))


def _date(at: int) -> str:
    return str(at) if at < COUNTED else date.fromordinal(at).isoformat()
