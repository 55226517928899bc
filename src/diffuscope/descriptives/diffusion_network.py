"""Diffusion network: the times at which units adopted one policy, and the ties among the same units."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from diffuscope.descriptives.toa_matrix import toa_matrix
from diffuscope.descriptives.unit_statistic import UnitStatistic
from diffuscope.errors import PlanError, refuse_other
from diffuscope.records.phrases import counted
from diffuscope.ties.dates import COUNTED, moment
from diffuscope.ties.from_frame import layer_from_frame, read_ids
from diffuscope.ties.last_wave import carried_past_last_wave
from diffuscope.ties.layer import Layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from diffuscope.descriptives.toa_matrix import Period, TimesOfAdoption
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Codes, Numbers
    from diffuscope.ties.layer import Matrix

ENDLESS = 2**31
"""A period after all others; before all others is its negative."""


class Snapshot(NamedTuple):
    """Ties that are in force and known from one period to another, both included."""

    first: int
    last: int
    matrix: Matrix

    @property
    def receivers(self) -> Codes:
        """Receiver of each tie, in the order in which the matrix holds them."""
        return np.repeat(np.arange(self.matrix.shape[0]), np.diff(self.matrix.indptr))

    @property
    def senders(self) -> Codes:
        """Sender of each tie."""
        return np.asarray(self.matrix.indices)

    def weights(self, weighted: bool) -> Numbers:
        """Weight of each tie, or 1 where ties are counted."""
        return np.asarray(self.matrix.data if weighted else np.ones(self.matrix.nnz))

    def within(self, last: int) -> Snapshot | None:
        """The same in the periods from 1 to the last one; None where it is in force in none of them."""
        first, until = max(self.first, 1), min(self.last, last)
        return self._replace(first=first, last=until) if first <= until else None


@dataclass(frozen=True, kw_only=True, eq=False)
class DiffusionNetwork:
    """Diffusion network of one policy: what every statistic of adoptions and ties starts from.

    Attributes
    ----------
    times : TimesOfAdoption
        When each unit adopted.
    layer : Layer
        Ties among the same units, rows and columns in their order.
    """

    times: TimesOfAdoption
    layer: Layer

    def __repr__(self) -> str:
        """How many adopted, among which ties, in one line."""
        units, adopters = counted(len(self.times.units), "unit"), int((self.times.toa > 0).sum())
        return f"<DiffusionNetwork: {adopters:,} of {units} adopted; ties: {self.layer!r}>"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of the adoptions and the ties."""
        if self.layer.last_wave is None:
            return (*self.times.notes, *self.layer.notes)
        dates = [self.times.date(at) for at in range(1, self.times.last + 1)]
        return (*self.times.notes, *self.layer.notes, *carried_past_last_wave(self.layer, dates))

    @cached_property
    def snapshots(self) -> tuple[Snapshot, ...]:
        """Ties by the periods in which they are in force.

        Raises
        ------
        PlanError
            If either ties or periods have dates, but not both.
        """
        held = self.layer.snapshots
        if held[0][0] is None:
            return (Snapshot(-ENDLESS, ENDLESS, held[0][1]),)
        dates = np.array([moment(self.times.date(at), "A period") for at in range(1, self.times.last + 1)])
        starts = [moment(since, "a date") for since, _ in held if since is not None]
        if (starts[0] < COUNTED) != (dates[0] < COUNTED):
            raise PlanError(
                f"Layer `{self.layer.name}` is dated ({held[0][0]}), the periods are not, or the reverse."
            )
        # ties dated within a period are in force from that period on: they were known by its end
        firsts = [*(int(at) + 1 for at in np.searchsorted(dates, starts)), ENDLESS]
        spans = zip(firsts, firsts[1:], held, strict=False)
        return tuple(
            Snapshot(first, after - 1, matrix) for first, after, (_, matrix) in spans if first < after
        )

    def watched_snapshots(self) -> Iterator[Snapshot]:
        """Ties by the periods from the first adoption to the last period watched."""
        return (snapshot for one in self.snapshots if (snapshot := one.within(self.times.last)) is not None)

    def unit_statistic(
        self, name: str, values: Numbers, why: Sequence[str | None], notes: Iterable[str] = ()
    ) -> UnitStatistic:
        """A number for each unit, with when it adopted."""
        return UnitStatistic(
            name=name,
            units=self.times.units,
            adopted=tuple(self.times.names(self.times.toa)),
            values=values,
            why=tuple(why),
            notes=(*self.notes, *notes),
        )


def diffusion_network(
    adoptions: Frame,
    ties: Layer | Frame,
    *,
    period: Period = "year",
    waves: Mapping[Any, Any] | Sequence[Any] | None = None,
    censor: Any = None,
    units: Iterable[str] | None = None,
) -> DiffusionNetwork:
    """Diffusion network from a frame of adoptions and a layer or frame of ties.

    Parameters
    ----------
    adoptions : pandas, Polars or Arrow table
        A row per unit: `unit` and `time`, which is empty if it never adopted.
    ties : Layer, or pandas, Polars or Arrow table
        A frame has the columns `sender`, `receiver` and, if ties differ, `weight`: the receiver looks to the
        sender.
    period, waves, censor, units
        As for `adoption_rates`.

    Returns
    -------
    DiffusionNetwork
        What `thresholds`, `infectiousness`, `susceptibility`, `degree_time`, `structure_test` and
        `moran_by_period` start from. A unit without ties is an isolate.

    Raises
    ------
    CaseError
        If a time or tie cannot be read.
    MethodError
        If nobody adopted, or a date is a range of periods.
    PlanError
        If a unit has ties but no row among the adoptions, so that nobody knows whether it adopted.

    Examples
    --------
    >>> laws = pl.DataFrame({"unit": ["a", "b"], "time": [2001, 2003]})
    >>> network = diffusion_network(laws, pl.DataFrame({"sender": ["a"], "receiver": ["b"]}))
    >>> network.times.toa.tolist(), network.layer.units
    ([1, 3], ('a', 'b'))
    """
    times = toa_matrix(adoptions, period=period, waves=waves, censor=censor, units=units)
    return DiffusionNetwork(times=times, layer=_among(ties, times.units))


def _among(ties: Layer | Frame, units: tuple[str, ...]) -> Layer:
    """Ties among some units; whoever has no row has no ties."""
    if isinstance(ties, Layer):
        if ties.units == units == ties.senders:
            return ties
        _refuse_unknown((*ties.units, *ties.senders), units)
        moved = ties.among(units)
        return moved if moved.senders == units else moved.from_senders(units)
    layer = layer_from_frame(ties, units=units)
    named = read_ids(ties, ["receiver", "sender"])
    _refuse_unknown(pl.concat([named["receiver"], named["sender"]]).drop_nulls().unique(), units)
    return layer


def _refuse_unknown(named: Iterable[str], units: tuple[str, ...]) -> None:
    unknown = sorted(set(named) - set(units))
    if unknown:
        raise PlanError(
            f"Nothing is known of the adoption of {counted(len(unknown), 'unit')} in the ties "
            f"(`{unknown[0]}`). "
            "Give them rows among the adoptions; an empty time means never."
        )


def refuse_no_network(network: object) -> None:
    """Refuse what is not a diffusion network, such as a frame of adoptions."""
    refuse_other(network, DiffusionNetwork, "make it with `diffusion_network(adoptions, ties)`")
