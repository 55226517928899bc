"""Separation by a dummy: policies and durations whose own level would be infinite are left out, and named."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from diffuscope.models.design.complete_cases import numbers, outcome
from diffuscope.models.design.duration_dependence import informative
from diffuscope.records.phrases import in_code

if TYPE_CHECKING:
    import polars as pl

    from diffuscope.models.design.complete_cases import LeftOut


def with_events_by_policy(rows: pl.DataFrame, event: str, left_out: LeftOut) -> tuple[pl.DataFrame, LeftOut]:
    """Rows of policies that have an event and a row without one: of others an own intercept is infinite."""
    import polars as pl

    happened = pl.col(event).cast(pl.Float64)
    # the maximum-likelihood intercept of a policy without events is minus infinity, and of one with events
    # alone infinity: its rows add a factor of 1 to the likelihood of the other coefficients
    for reason, bad in (
        ("no event of the policy, so its own intercept is infinite", happened.max() == 0),
        ("only events of the policy, so its own intercept is infinite", happened.min() == 1),
    ):
        lost = rows.select(bad.over("policy").alias("lost"))["lost"]
        if lost.any():
            names = rows.filter(lost)["policy"].unique().sort().to_list()
            named = in_code(names, 5)
            left_out = (*left_out, (f"{reason}: {named}", int(lost.sum())))
            rows = rows.filter(~lost)
    return rows, left_out


class InfiniteLevels(NamedTuple):
    """Durations whose own level would be infinite: without any event, and with events alone."""

    never: tuple[float, ...] = ()
    always: tuple[float, ...] = ()


def with_events_by_duration(
    rows: pl.DataFrame, event: str, left_out: LeftOut
) -> tuple[pl.DataFrame, LeftOut, InfiniteLevels]:
    """Rows of durations with an event and a row without one: of others an own level is infinite."""
    import polars as pl

    time, y = numbers(rows, "duration"), outcome(rows, event)
    kept = informative(time, y)
    if kept.all() or not kept.any():
        return rows, left_out, InfiniteLevels()
    lost = np.unique(time[~kept])
    happens = np.isin(lost, time[y > 0])
    for reason, which in (
        ("no event at the duration, so its own level is infinite", ~happens),
        ("only events at the duration, so its own level is infinite", happens),
    ):
        if which.any():
            named = in_code([f"{one:g}" for one in lost[which]], 5)
            left_out = (*left_out, (f"{reason}: {named}", int(np.isin(time, lost[which]).sum())))
    levels = InfiniteLevels(tuple(map(float, lost[~happens])), tuple(map(float, lost[happens])))
    return rows.filter(pl.Series(kept)), left_out, levels
