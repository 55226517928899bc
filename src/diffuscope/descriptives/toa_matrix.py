"""Who adopted when, as whole numbers of periods, and the ties among them: what all statistics start from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from diffuscope.errors import MethodError, PlanError
from diffuscope.panel.adoptions import times_of
from diffuscope.panel.calendar import BEFORE_ALL, Calendar, calendar_of
from diffuscope.panel.native_frames import ids, polars_of
from diffuscope.panel.tiered import adopted_spells
from diffuscope.ties.dates import COUNTED, moment
from diffuscope.ties.from_frame import layer_from_frame, read_ids
from diffuscope.ties.layer import Layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Codes
    from diffuscope.ties.layer import Matrix

Period = Literal["year", "month", "day", "wave"]
NEVER = 0
"""Period of a unit that had not adopted when observation ended (right-censored)."""
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, kw_only=True)
class Adopters:
    """Who adopted one policy, and in which period.

    Attributes
    ----------
    units : tuple of str, length N
    when : array of int, shape (N,)
        Period of adoption, 1 to `last`; 0 if it had not adopted by then.
    last : int
        Number of the last period; the first is that of the first adoption.
    start : int
        The calendar's number of period 1.
    calendar : Calendar
    notes : tuple of str
    """

    units: tuple[str, ...]
    when: Codes
    last: int
    start: int
    calendar: Calendar = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def ever(self) -> np.ndarray:
        """Whether each adopted."""
        return np.asarray(self.when != NEVER)

    def names(self, periods: Codes) -> list[Any]:
        """What periods are called; None for never."""
        called = self.calendar.names(np.maximum(periods, 1) + self.start - 1).to_list()
        return [name if at else None for name, at in zip(called, periods.tolist(), strict=True)]

    def date(self, period: int) -> str | int:
        """The date by which ties in force in a period are looked up."""
        index = period + self.start - 1
        calendar = self.calendar
        if calendar.period == "wave" and not isinstance(calendar.waves[0], int):
            if not calendar.dated:
                raise PlanError("The ties are dated, but the waves are not; give the waves dates.")
            return str(date.fromordinal(EPOCH + int(calendar.looks[index])))
        name = calendar.name(index)
        return name if isinstance(name, int) else str(name)


def toa_matrix(
    adoptions: Frame,
    *,
    period: Period = "year",
    waves: Mapping[Any, Any] | Sequence[Any] | None = None,
    censor: Any = None,
) -> Adopters:
    """Who adopted one policy when, from a frame `unit`, `time`; an empty time means never.

    Raises
    ------
    CaseError
        If a time cannot be read, or a unit stands in two rows; with every such row.
    MethodError
        If a date is known only as a range of periods, or nobody adopted.
    PlanError
        If there are several policies or ended adoptions, for which these statistics have no meaning.
    """
    frame, _ = polars_of(adoptions, "The frame of adoptions")
    calendar = calendar_of(period, times_of(frame), waves)
    spells = adopted_spells(frame, calendar)[0]
    _refuse(spells)
    order = pl.DataFrame({"unit": ids(frame["unit"]).unique(maintain_order=True)})
    spells = order.join(spells, on="unit", how="left", maintain_order="left")
    last = None if censor is None else calendar.index(censor, "censor", last=True)
    known = spells["hi"].drop_nulls()
    if known.is_empty() or (last is not None and int(known.min()) > last):  # type: ignore[arg-type]
        raise MethodError("Nobody adopted, so nothing can be said of adoption.")
    start, last = int(known.min()), int(known.max()) if last is None else last  # type: ignore[arg-type]
    when = spells["hi"].fill_null(start - 1).to_numpy() - start + 1
    late = when > last - start + 1
    notes = (
        (f"{int(late.sum())} units adopted after the last period and count as not yet",) if late.any() else ()
    )
    return Adopters(
        units=tuple(spells["unit"].to_list()),
        when=np.where(late, NEVER, when),
        last=last - start + 1,
        start=start,
        calendar=calendar,
        notes=notes,
    )


def _refuse(spells: pl.DataFrame) -> None:
    """What these statistics cannot take: several policies, adoptions that ended, dates that are ranges."""
    policies = spells["policy"].unique().sort()
    if len(policies) > 1:
        raise PlanError(
            f"The adoptions are of {len(policies)} policies (`{policies[0]}`, `{policies[1]}` …), but this "
            "statistic is of one: keep the rows of that policy."
        )
    if spells["until"].null_count() < spells.height:
        unit = spells.filter(pl.col("until").is_not_null())["unit"][0]
        raise PlanError(
            f"The adoption of `{unit}` ended; this statistic is of first adoptions. Take the column "
            "`until` out to use it all the same."
        )
    wide = spells.filter((pl.col("lo") != pl.col("hi")) | (pl.col("lo") == BEFORE_ALL))
    if wide.height:
        raise MethodError(
            f"The adoption of `{wide['unit'][0]}` ({wide.height:,} in all) is dated only to a range of "
            "periods. Give it one period, count in longer ones, or take it out."
        )


def layer_of(ties: Layer | Frame, adopters: Adopters) -> Layer:
    """Ties among the adopters, rows and columns in their order; whoever has no row has no ties.

    Raises
    ------
    PlanError
        If somebody has ties but stands not among the adoptions, so that nobody knows whether it adopted.
    """
    if isinstance(ties, Layer):
        if ties.units == adopters.units == ties.senders:
            return ties
        _refuse_strange((*ties.units, *ties.senders), adopters)
        moved = ties.among(adopters.units)
        return moved if moved.senders == adopters.units else moved.from_senders(adopters.units)
    layer = layer_from_frame(ties, units=adopters.units)
    named = read_ids(ties, ["receiver", "sender"])
    _refuse_strange(pl.concat([named["receiver"], named["sender"]]).drop_nulls().unique(), adopters)
    return layer


def _refuse_strange(named: Iterable[str], adopters: Adopters) -> None:
    known = set(adopters.units)
    strange = sorted({unit for unit in named if unit not in known})
    if strange:
        raise PlanError(
            f"Nothing is known of the adoption of {len(strange):,} units in the ties (`{strange[0]}`). "
            "Give them rows among the adoptions; an empty time means never."
        )


def pieces(layer: Layer, adopters: Adopters) -> list[tuple[int, int, Matrix]]:
    """Matrices of ties, each with the first and last period in which it is the one in force and known."""
    snapshots = layer.snapshots
    if snapshots[0][0] is None:
        return [(-(2**31), 2**31, snapshots[0][1])]
    dates = np.array([moment(adopters.date(at), "A period") for at in range(1, adopters.last + 1)])
    starts = [moment(since, "a date") for since, _ in snapshots if since is not None]
    if (starts[0] < COUNTED) != (dates[0] < COUNTED):
        raise PlanError(
            f"Layer `{layer.name}` is dated ({snapshots[0][0]}), the periods are not, or the reverse."
        )
    firsts = [*(int(at) + 1 for at in np.searchsorted(dates, starts)), 2**31]
    return [
        (first, after - 1, matrix)
        for first, after, (_, matrix) in zip(firsts, firsts[1:], snapshots, strict=False)
        if first < after
    ]


def rows_of(matrix: Matrix) -> Codes:
    """Receiver of each tie, in the order in which the matrix holds them."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
