"""Counting-process form of a panel: spans of time, each as long as nothing about it changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.errors import PlanError
from diffuscope.panel.native_frames import polars_of
from diffuscope.records.native_tables import as_kind

if TYPE_CHECKING:
    from diffuscope.panel.panel import Panel

WHO = ("unit", "receiver", "sender", "policy", "spell")
WHEN = ("period", "time", "duration", "gap", "event")


def counting_process(panel: Panel) -> Panel:
    """Counting-process form of a panel, spans (start, stop] for Cox's model: merged while nothing changes.

    Parameters
    ----------
    panel : Panel
        Of units or of pairs.

    Returns
    -------
    Panel
        Columns `unit`, `policy`, `spell`, `start`, `stop` (on the scale of `duration`), `event` at the stop,
        and covariates. No event and no time at risk is lost.

    Raises
    ------
    PlanError
        If the panel has this form already.

    Examples
    --------
    >>> import diffuscope, polars as pl
    >>> laws = pl.DataFrame({"unit": ["a", "b", "c"], "time": [2001, 2003, None]})
    >>> panel = diffuscope.person_period(laws, censor=2004)
    >>> counting_process(panel).frame.select("unit", "start", "stop", "event").rows()
    [('b', 0, 2, 1), ('c', 0, 3, 0)]
    """
    rows, kind = polars_of(panel.frame, "The panel")
    if "start" in rows.columns and "stop" in rows.columns:
        raise PlanError("The panel already consists of spans (start, stop].")
    who = [name for name in WHO if name in rows.columns]
    same = [name for name in rows.columns if name not in (*who, *WHEN)]
    rows = rows.with_columns(start=pl.col("duration") - pl.col("gap"), stop=pl.col("duration"))
    rows = rows.sort(*who, "time")
    runs = [pl.col(name).ne_missing(pl.col(name).shift(1)) for name in (*who, *same)]
    # a row starts a new span if anything but time changes, or if there is time between, in which it was not
    # at risk
    broken = pl.any_horizontal(*runs, (pl.col("start") - pl.col("stop").shift(1)).abs() > 1e-9)
    merged = (
        rows.with_columns(_run=broken.fill_null(value=True).cum_sum())
        .group_by("_run", maintain_order=True)
        .agg(
            *(pl.col(name).first() for name in who),
            pl.col("start").first(),
            pl.col("stop").last(),
            pl.col("event").max(),
            *(pl.col(name).first() for name in same),
        )
        .drop("_run")
    )
    return replace(panel, frame=as_kind(merged, kind), history=None)
