"""Rolling networks: one for each span of years, inferred from the adoptions of that span alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from diffuscope.descriptives.options import whole_number
from diffuscope.errors import MethodError, PlanError
from diffuscope.networks.from_frame import cascades_from_frame
from diffuscope.networks.infer import network_of, settings_of
from diffuscope.records.phrases import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.networks.cascades import Cascades
    from diffuscope.networks.delays import DelayName, Rate
    from diffuscope.networks.infer import Dialect, Ties
    from diffuscope.networks.inferred import InferredNetwork
    from diffuscope.panel.native_frames import Frame


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RollingNetworks:
    """Networks of windows that move through time.

    Attributes
    ----------
    width : int
        Years of each window.
    networks : mapping of int to InferredNetwork
        By the last year of the window.
    refused : mapping of int to str
        Why a window has no network, by its last year.
    """

    width: int
    networks: dict[int, InferredNetwork]
    refused: dict[int, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """How many windows, in a line."""
        return f"<RollingNetworks: {counted(len(self.networks), 'window')} of {counted(self.width, 'year')}>"

    def table(self) -> pl.DataFrame:
        """Edges of all windows: `first` and `last` year, then the columns of a network's table."""
        tables = [
            network.table().select(
                pl.lit(last - self.width + 1).alias("first"), pl.lit(last).alias("last"), pl.all()
            )
            for last, network in self.networks.items()
        ]
        if not tables:
            raise MethodError(
                "No window has a network: " + next(iter(self.refused.values()), "there is none.")
            )
        return pl.concat(tables, how="vertical_relaxed")

    def senders(self) -> pl.DataFrame:
        """Whom others follow, over time: `last` year of the window, `sender`, `receivers` (its followers)."""
        return (
            self.table()
            .group_by("last", "sender")
            .agg(receivers=pl.len())
            .sort("last", "receivers", "sender", descending=[False, True, False])
        )


def rolling_networks(
    adoptions: Frame,
    *,
    width: int,
    step: int = 1,
    first: int | None = None,
    last: int | None = None,
    edges: int | None = None,
    stop: float | None = None,
    delay: DelayName = "exponential",
    rate: Rate | None = None,
    ties: Ties = "never",
    dialect: Dialect = "R",
    seed: int = 0,
    units: Iterable[str] | None = None,
    workers: int | None = None,
) -> RollingNetworks:
    """Inferred networks of rolling windows: who followed whom, as far as could be seen by each year.

    Parameters
    ----------
    adoptions : pandas, Polars or Arrow table
        As for `infer_network`; times are years or other whole numbers.
    width : int
        Years of a window.
    step : int
        Years from one window to the next.
    first, last : int, optional
        Last year of the first and of the last window; by default all windows that lie within the data.
    edges, stop, delay, rate, ties, dialect, seed, units, workers
        As for `infer_network`. Without a rate, each window's own is estimated.

    Returns
    -------
    RollingNetworks
        A window that has no network says why.

    Raises
    ------
    CaseError
        If a time cannot be read, or a unit adopts a policy twice.
    MethodError
        If nobody adopted.
    PlanError
        If times are no whole numbers, or an option is out of range.
    """
    whole_number("width", width, 1)
    whole_number("step", step, 1)
    every = cascades_from_frame(adoptions, units=units)
    if every.calendar is None or (every.events.times % 1 != 0).any():
        raise PlanError(
            "Rolling windows count whole numbers, such as years; these times are no whole numbers."
        )
    start, end = int(every.events.times.min()), int(every.events.times.max())
    networks, refused = {}, {}
    for at in range(start + width - 1 if first is None else first, (end if last is None else last) + 1, step):
        span = (at - width + 1, at)
        try:
            own = within(every, *span)
            settings = settings_of(
                own, edges=edges, stop=stop, delay=delay, rate=rate, ties=ties, dialect=dialect, seed=seed,
                workers=workers,
            )  # fmt: skip
            networks[at] = network_of(own, settings, window=span, lenient=True)
        except MethodError as error:
            refused[at] = str(error)
    return RollingNetworks(width=width, networks=networks, refused=refused)


def within(cascades: Cascades, first: float, last: float) -> Cascades:
    """The adoptions of one span of time; policies without any are left out.

    Raises
    ------
    MethodError
        If there is no adoption.
    """
    from dataclasses import replace

    from diffuscope.networks.cascades import sorted_events

    events = cascades.events
    inside = (events.times >= first) & (events.times <= last)
    if not inside.any():
        raise MethodError(f"There are no adoptions from {first:g} to {last:g}.")
    kept, places = np.unique(events.cascades[inside], return_inverse=True)
    own: Any = sorted_events(
        events.units[inside], places, events.times[inside], events.joint[inside], len(kept)
    )
    return replace(
        cascades, policies=tuple(cascades.policies[at] for at in kept), events=own, notes=(), index=None
    )
