"""Source counts: how many of those that a unit seemed to follow so far had adopted before it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.descriptives.options import whole_number
from diffuscope.errors import MethodError, PlanError
from diffuscope.networks.from_frame import cascades_from_frame
from diffuscope.networks.infer import network_of, settings_of
from diffuscope.networks.windows import within
from diffuscope.records.native_tables import as_kind
from diffuscope.records.phrases import counted, noun

if TYPE_CHECKING:
    from collections.abc import Callable

    from diffuscope.networks.cascades import Cascades
    from diffuscope.networks.delays import DelayName, Rate
    from diffuscope.networks.infer import Dialect, Ties
    from diffuscope.panel import Panel
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Flags, Numbers


def add_source_counts(
    panel: Panel,
    adoptions: Frame,
    *,
    width: int,
    edges: int | None = None,
    stop: float | None = None,
    name: str = "sources",
    delay: DelayName = "exponential",
    rate: Rate | None = None,
    ties: Ties = "never",
    dialect: Dialect = "SNAP",
    seed: int = 0,
    workers: int | None = None,
) -> Panel:
    """A panel with source counts: inferred sources of each unit that had adopted the policy before.

    Parameters
    ----------
    panel : Panel
        From `person_period`, by year, month or day; not paired or merged.
    adoptions : pandas, Polars or Arrow table
        Of many policies, those of the panel among them; as for `infer_network`, on the panel's calendar.
    width : int
        Periods that each network sees: for a row of period t those from t - width to t - 1.
    edges, stop : int and float, optional
        As for `infer_network`.
    name : str
        Of the new column.
    delay, rate, ties, dialect, seed, workers
        As for `infer_network`.

    Returns
    -------
    Panel
        With the column: how many senders of the unit, in the network inferred from the window before the
        row's period, had adopted the row's policy before that period. Null where the window gives no network.

    Raises
    ------
    CaseError
        If a time cannot be read, or a unit adopts a policy twice.
    MethodError
        If nobody adopted.
    PlanError
        If the panel counts waves, is paired or merged, or has such a column.

    References
    ----------
    Desmarais, Harden & Boehmke 2015, American Political Science Review 109: 392–406,
    doi:10.1017/S0003055415000040.
    """
    _refuse(panel, name)
    assert panel.history is not None
    whole_number("width", width, 1)
    rows = panel.table()
    every = cascades_from_frame(adoptions, period=panel.history.calendar.period)

    def sources_before(time: int) -> Flags | None:
        try:
            own = within(every, time - width, time - 1)
            settings = settings_of(
                own, edges=edges, stop=stop, delay=delay, rate=rate, ties=ties, dialect=dialect, seed=seed,
                workers=workers,
            )  # fmt: skip
            found = network_of(own, settings, lenient=True).edges
        except MethodError:
            return None  # told in the panel's notes
        sources = np.zeros((len(every.units), len(every.units)), dtype=bool)
        sources[found.receivers, found.senders] = True
        return sources

    counts, refused = _counted(every, rows, sources_before)
    gives = noun(refused, "gives", "give")
    words = f"`{name}` is unknown in {counted(refused, 'period')} whose window {gives} no network."
    notes = (*panel.notes, words) if refused else panel.notes
    column = pl.Series(name, counts, nan_to_null=True)
    return replace(panel, frame=as_kind(rows.with_columns(column), panel.history.kind), notes=notes)


def _refuse(panel: Panel, name: str) -> None:
    """Refuse a panel that cannot take the column."""
    if panel.history is None:
        raise PlanError("Source counts are added before units are paired or rows are merged.")
    if name in panel.table().columns:
        raise PlanError(f"The panel has a column `{name}` already; give the source counts another name.")
    if panel.history.calendar.period == "wave":
        raise PlanError("Source counts need windows of equal length; this panel counts waves.")


def _counted(
    cascades: Cascades, rows: pl.DataFrame, sources_before: Callable[[int], Flags | None]
) -> tuple[Numbers, int]:
    """Count of each row, and the periods whose window has no network."""
    when, counts, refused = _when(cascades), np.full(rows.height, np.nan), 0
    for (time,), part in rows.with_row_index("_at").group_by("time", maintain_order=True):
        sources = sources_before(int(time))
        if sources is None:
            refused += 1
        else:
            counts[part["_at"].to_numpy()] = _counts(cascades, when, sources, part, int(time))
    return counts, refused


def _when(cascades: Cascades) -> Numbers:
    """Time of each unit's adoption of each policy; infinite where it never adopted."""
    events = cascades.events
    when = np.full((len(cascades.policies), len(cascades.units)), np.inf)
    when[events.cascades, events.units] = events.times
    return when


def _counts(cascades: Cascades, when: Numbers, sources: Flags, rows: pl.DataFrame, time: int) -> Numbers:
    """Sources of each row's unit that had the row's policy; 0 for units and policies without any adoption."""
    unit = {one: at for at, one in enumerate(cascades.units)}
    policy = {one: at for at, one in enumerate(cascades.policies)}
    who = np.array([unit.get(one, -1) for one in rows["unit"].to_list()])
    what = np.array([policy.get(one, -1) for one in rows["policy"].to_list()])
    known = (who >= 0) & (what >= 0)
    counts = np.zeros(rows.height)
    had = when[what[known]] < time
    counts[known] = (sources[who[known]] & had).sum(axis=1)
    return counts
