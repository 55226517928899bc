"""The launch of a policy: the most adoptions within a short time, in days and never in periods.

Many adoptions at once may be one joint decision, a directive or a founding meeting, instead of many decisions
of which each could have followed another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.errors import PlanError
from diffuscope.records.native_tables import as_kind
from diffuscope.records.phrases import counted, noun
from diffuscope.tables.dates import Duration, duration_of

if TYPE_CHECKING:
    from datetime import date

    from diffuscope.panel.panel import Panel
    from diffuscope.records import Analysis, Chronology

DEFAULT, BY_YEAR, MONTH = (
    Duration("90d", 90, "90 days"),
    Duration("1y", 365, "1 year"),
    Duration("30d", 30, ""),
)
IN_LAUNCH = "part of the launch, which counts as one decision: at risk until then, and not a separate event"


@dataclass(frozen=True, kw_only=True)
class Launch:
    """The most adoptions of one policy within a window of time.

    Attributes
    ----------
    rows : tuple of int
        The adoptions, by their rows.
    first, last : date or None
        First day on which one of them may have happened, and last; None where there is none.
    """

    rows: tuple[int, ...] = ()
    first: date | None = None
    last: date | None = None


def window_of(analysis: Analysis, written: pl.DataFrame) -> Duration:
    """The launch window of a question: as it says, else 90 days, or the dates' own precision where coarser.

    Parameters
    ----------
    analysis : Analysis
    written : polars.DataFrame
        `time` and `time_latest` of the dated adoptions, as the case writes them.

    Raises
    ------
    PlanError
        If the question says something that is not a length of time.
    """
    if analysis.launch is not None:
        window = duration_of(analysis.launch)
        if window is None:
            raise PlanError(f'launch is {analysis.launch!r}; write a length of time such as "90 days".')
        return window
    # one year written among many days must not stretch the window: what most dates are known to decides
    by_year = written.select(
        (pl.min_horizontal(pl.col("time", "time_latest").str.len_chars()) == 4).fill_null(value=False).sum()
    ).item()
    return BY_YEAR if written.height and 2 * by_year >= written.height else DEFAULT


def launch_of(dated: pl.DataFrame, window: Duration) -> Launch:
    """The most adoptions within any stretch of time as long as the window; the earliest of several.

    Parameters
    ----------
    dated : polars.DataFrame
        Adoptions of one policy: days `first` and `last`, `_row`. One counts if it lies within as a whole.
    window : Duration
    """
    # the fullest stretch can begin with one of the adoptions in it
    dated = dated.drop_nulls(["first", "last"]).sort("first", "_row")
    starts = dated.select(start=pl.col("first").unique().sort())
    # a window of 90 days ends on day 90, its first day included
    starts = starts.with_columns(end=pl.col("start").dt.offset_by(window.offset).dt.offset_by("-1d"))
    first, last = dated["first"].to_numpy(), dated["last"].to_numpy()
    # what begins within the window lies side by side; each adoption is looked at once for each day of it
    begins = np.searchsorted(first, starts["start"].to_numpy())
    ends = np.searchsorted(first, starts["end"].to_numpy(), side="right")
    best, within = 0, None
    for begin, stop, end in zip(begins.tolist(), ends.tolist(), starts["end"].to_numpy(), strict=True):
        # only what surely lies within: a date of a whole year does not fall into a window of 90 days
        inside = last[begin:stop] <= end
        if inside.sum() > best:
            best, within = int(inside.sum()), begin + np.flatnonzero(inside)
    if within is None:
        return Launch()
    part = dated[within.tolist()]
    return Launch(
        rows=tuple(part["_row"].sort().to_list()),
        first=part["first"].min(),
        last=part["last"].max(),
    )


def without_launch(panel: Panel, dates: Chronology) -> Panel:
    """Panel in which the launch is one decision: its adoptions are no events, and influence others as before.

    Units that adopted in the launch are at risk until the period before it. Exposures and covariates of the
    panel stay as they are.

    Parameters
    ----------
    panel : Panel
        Of the same question; not paired or merged.
    dates : Chronology
        Of the question.

    Returns
    -------
    Panel
        Its ledger names every adoption of the launch; a policy that keeps no event is left out.

    Raises
    ------
    PlanError
        If units are paired, or rows merged.
    """
    if panel.history is None:
        raise PlanError("Remove the launch before units are paired or rows are merged.")
    launched = [spell.place.row for spell in dates.order if spell.launch]
    spells = panel.history.spells.filter(pl.col("_row").is_in(launched))
    events = spells.select("unit", "policy", pl.col("earliest").alias("time"), pl.col("_row").alias("row"))
    rows = panel.table()
    in_launch = rows.filter(pl.col("event") == 1).join(events, on=["unit", "policy", "time"])
    kept = rows.join(in_launch, on=["unit", "policy", "time"], how="anti", maintain_order="left")
    left = kept.filter(pl.col("event").sum().over("policy") > 0) if kept.height else kept
    ledger = in_launch.select(pl.lit(IN_LAUNCH).alias("rule"), "unit", "policy", "row")
    notes = panel.notes
    if in_launch.height:
        notes += (
            f"{counted(in_launch.height, 'adoption')} of the launch "
            f"{noun(in_launch.height, 'is not an event', 'are not events')}; "
            f"{noun(in_launch.height, 'it still counts', 'they still count')} as exposure of others.",
        )
    still = set(left["policy"])
    lost = [policy for policy in panel.policies if policy not in still]
    if lost:
        notes += (
            f"{counted(len(lost), 'policy', 'policies')} without another event "
            f"{noun(len(lost), 'is', 'are')} left out: {', '.join(lost[:5])}.",
        )
    return replace(
        panel,
        frame=as_kind(left, panel.history.kind),
        ledger=pl.concat([panel.ledger, ledger]).sort("rule", "policy", "unit", "row"),
        policies=tuple(left["policy"].unique(maintain_order=True)),
        notes=notes,
    )
