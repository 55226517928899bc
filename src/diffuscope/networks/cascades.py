"""Cascades: the order in which units adopted each policy, as the arrays that network inference reads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from diffuscope.errors import MethodError, PlanError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from diffuscope.panel.calendar import Calendar
    from diffuscope.records.arrays import Codes, Numbers

    Places = NDArray[np.int32]


class Events(NamedTuple):
    """Adoptions sorted by cascade and time, as flat arrays that compiled code can read.

    Attributes
    ----------
    units : array of int32, shape (E,)
        Place of the unit that adopted.
    cascades : array of int32, shape (E,)
    times : array of float, shape (E,)
    starts : array of int, shape (C + 1,)
        Place of the first event of each cascade.
    tie_first, tie_after : array of int32, shape (E,)
        The events of the same cascade and time as each event: the first of them, and the first after them.
    joint : array of int32, shape (E,)
        Number of the decision that several units took together; -1 for an adoption of one's own.
    """

    units: Places
    cascades: Places
    times: Numbers
    starts: Codes
    tie_first: Places
    tie_after: Places
    joint: Places


class Receivers(NamedTuple):
    """Index of events by the unit that adopted.

    Attributes
    ----------
    order : array of int32, shape (E,)
        Places of the events, unit after unit; those of one unit by cascade.
    cascades, times : array, shape (E,)
        Of these events, in this order.
    starts : array of int, shape (N + 1,)
        Where those of each unit begin.
    """

    order: Places
    cascades: Places
    times: Numbers
    starts: Codes

    def own(self, receiver: int) -> Places:
        """Places of the events of one unit."""
        return self.order[self.starts[receiver] : self.starts[receiver + 1]]

    @property
    def adopting(self) -> Codes:
        """Units with events."""
        return np.flatnonzero(np.diff(self.starts) > 0)


def receivers_of(events: Events, units: int) -> Receivers:
    """The index of some events."""
    order = np.argsort(events.units, kind="stable")
    starts = np.searchsorted(events.units[order], np.arange(units + 1))
    return Receivers(
        order.astype(np.int32), events.cascades[order], events.times[order], starts.astype(np.int64)
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Cascades:
    """Cascades of adoption among named units.

    Attributes
    ----------
    units : tuple of str, length N
        In alphabetical order; those that adopted nothing among them where they are named.
    policies : tuple of str, length C
    events : Events
    copies : int
        How many jittered copies of each policy's cascade stand one after another; 1 without jitter.
    calendar : Calendar or None
        What times count; None where they are numbers of a scale of their own.
    notes : tuple of str
    index : Receivers or None
        Of events that are kept in files; otherwise it is made when it is asked for.
    """

    units: tuple[str, ...]
    policies: tuple[str, ...]
    events: Events = field(repr=False)
    copies: int = 1
    calendar: Calendar | None = None
    notes: tuple[str, ...] = ()
    index: Receivers | None = field(default=None, repr=False)

    @property
    def resolution(self) -> float:
        """Smallest distance of two times of one cascade: how finely time was recorded; NaN without any."""
        events = self.events
        inside = np.diff(events.times)[np.diff(events.cascades) == 0]
        apart = inside[inside > 0]
        return float(apart.min()) if len(apart) else float("nan")

    @property
    def followers(self) -> int:
        """Adoptions that come after another adoption of the same policy, copies not counted."""
        events = self.events
        return int((events.tie_first > events.starts[events.cascades]).sum()) // self.copies

    def by_receiver(self) -> Receivers:
        """Events of each unit, as an index."""
        return receivers_of(self.events, len(self.units)) if self.index is None else self.index

    def with_times(self, times: Numbers) -> Cascades:
        """The same adoptions at other times, in the order of these events."""
        events = self.events
        mixed = sorted_events(events.units, events.cascades, times, events.joint, len(self.policies))
        return replace(self, events=mixed, index=None)


def sorted_events(  # noqa: PLR0917 the columns of a table
    units: Any, cascades: Any, times: Any, joint: Any, policies: int, copies: int = 1
) -> Events:
    """Events by cascade and time; of one time in the order of the units, which nothing depends on."""
    order = np.lexsort((units, times, cascades))
    cascade, time = np.asarray(cascades)[order], np.asarray(times)[order]
    many = len(order)
    begins = np.ones(many, dtype=bool)
    begins[1:] = (cascade[1:] != cascade[:-1]) | (time[1:] != time[:-1])
    firsts = np.flatnonzero(begins)
    run = np.cumsum(begins) - 1
    after = np.append(firsts[1:], many)
    return Events(
        units=np.asarray(units)[order].astype(np.int32),
        cascades=cascade.astype(np.int32),
        times=time.astype(np.float64),
        starts=np.searchsorted(cascade, np.arange(policies * copies + 1)).astype(np.int64),
        tie_first=firsts[run].astype(np.int32) if many else np.zeros(0, dtype=np.int32),
        tie_after=after[run].astype(np.int32) if many else np.zeros(0, dtype=np.int32),
        joint=np.asarray(joint)[order].astype(np.int32),
    )


def cascades_from_columns(
    rows: pl.DataFrame,
    units: tuple[str, ...] | None,
    calendar: Calendar | None,
    notes: tuple[str, ...] = (),
) -> Cascades:
    """Cascades from the columns unit, policy, time and joint (the decision; null for one's own).

    Raises
    ------
    MethodError
        If there is no adoption.
    PlanError
        If a unit that adopted is not among the units.
    """
    if rows.is_empty():
        raise MethodError("There are no dated adoptions, so no network can be inferred.")
    adopting = rows["unit"].unique().sort().to_list()
    named = tuple(sorted(dict.fromkeys(units))) if units is not None else tuple(adopting)
    place = {name: at for at, name in enumerate(named)}
    strange = [name for name in adopting if name not in place]
    if strange:
        raise PlanError(f"`{strange[0]}` adopted, but is not among the units.")
    policies = tuple(rows["policy"].unique().sort().to_list())
    joint = pl.repeat(-1, rows.height, dtype=pl.Int32, eager=True)
    if rows["joint"].null_count() < rows.height:
        decisions = rows.select(pl.struct("policy", "joint").rank("dense").alias("code"))["code"]
        joint = decisions.cast(pl.Int32).set(rows["joint"].is_null(), -1)
    codes = pl.Series(policies).to_frame("policy").with_row_index("code")
    events = sorted_events(
        rows["unit"].replace_strict(place, return_dtype=pl.Int32).to_numpy(),
        rows.join(codes, on="policy", how="left", maintain_order="left")["code"].to_numpy(),
        rows["time"].to_numpy(),
        joint.to_numpy(),
        len(policies),
    )
    return Cascades(units=named, policies=policies, events=events, calendar=calendar, notes=notes)


def jittered(cascades: Cascades, draws: int, rng: np.random.Generator) -> Cascades:
    """Copies of each cascade in which times are spread evenly over the period that each stands for.

    Who decided together moves together. Copies of one policy stand one after another.
    """
    events, width = cascades.events, cascades.resolution
    if not np.isfinite(width):
        raise MethodError("All adoptions of each policy have one time, so nothing says how long a period is.")
    many, total = len(events.units), int(events.joint.max(initial=-1)) + 1
    times, owners = [], []
    for draw in range(draws):
        own, shared = rng.random(many), rng.random(max(total, 1))
        spread = np.where(events.joint < 0, own, shared[events.joint])
        times.append(events.times + width * spread)
        owners.append(events.cascades.astype(np.int64) * draws + draw)
    made = sorted_events(
        np.tile(events.units, draws),
        np.concatenate(owners),
        np.concatenate(times),
        np.tile(events.joint, draws),
        len(cascades.policies),
        draws,
    )
    return replace(cascades, events=made, copies=draws, index=None)
