"""Chronology: did it diffuse at all, or was it there, or launched, all at once?

A claim of diffusion needs time: an adoption by one has to come before the decision of another. Where the
dates leave no such sequence, no evidence and no model can restore it, so this is asked first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.panel.periods import period_indices
from diffuscope.records import Analysis, Chronology, LeftOut, Place, Spell
from diffuscope.tables.dates import PATTERN, first_day, last_day

if TYPE_CHECKING:
    from collections.abc import Mapping

HALF = 0.5
UNDATED = "the date is unknown"


def chronology(
    analysis: Analysis,
    adoptions: pl.DataFrame,
    waves: Mapping[str, str],
    file: str = "adoptions.csv",
) -> Chronology:
    """Who adopted when in one analysis, and whether the order of events leaves any diffusion to explain.

    Parameters
    ----------
    analysis : Analysis
    adoptions : polars.DataFrame
        The table `adoptions`, typed.
    waves : mapping of str to str
        Date of each reporting wave; needed where the analysis counts in waves.
    file : str
        Name of the file the rows stand in, for reference.

    Returns
    -------
    Chronology
        `testable` is False where more than half of the dated adoptions share one period (in `wave` analyses
        this only warns), or nobody was left who could adopt after the first adoption.
    """
    rows = adoptions.filter(pl.col("policy").is_in(analysis.policies))
    if rows.is_empty():
        return _undated(analysis, "The case holds no adoptions for this question", ())
    sorted_out = _sort_out(rows, analysis, waves)
    kept = sorted_out.filter(pl.col("reason").is_null())
    if kept.is_empty():
        reason = "No adoption of these policies by these units is dated"
        return _undated(analysis, reason, _ledger(sorted_out))
    return _told(analysis, kept, sorted_out, file)


def _undated(analysis: Analysis, reason: str, left_out: tuple[LeftOut, ...]) -> Chronology:
    return Chronology(
        analysis=analysis.id,
        testable=None,
        reason=f"{reason}, so only the evidence can speak.",
        units=len(analysis.units),
        left_out=left_out,
    )


def _told(analysis: Analysis, kept: pl.DataFrame, sorted_out: pl.DataFrame, file: str) -> Chronology:
    events = kept.filter(~pl.col("baseline"))
    modal = _mode(events)
    at_risk = _at_risk_after_first(kept, sorted_out, analysis)
    testable, reason = _judge(analysis, kept, events, modal, at_risk)
    ordered, same, unknown = _pairs(kept)
    return Chronology(
        analysis=analysis.id,
        testable=testable,
        reason=reason,
        warnings=_warnings(analysis, kept, events, modal),
        units=len(analysis.units),
        adopters=kept["unit"].n_unique(),
        adoptions=kept.height,
        baseline=kept.height - events.height,
        at_risk_after_first=at_risk,
        modal_period=modal[0],
        modal_count=modal[1] or None,
        modal_share=modal[1] / events.height if events.height else None,
        pairs_ordered=ordered,
        pairs_same=same,
        pairs_unknown=unknown,
        order=_spells(kept, file),
        left_out=_ledger(sorted_out),
    )


def _sort_out(rows: pl.DataFrame, analysis: Analysis, waves: Mapping[str, str]) -> pl.DataFrame:
    """Every row with its first and last day, its period, and in `reason` why it does not count, if so.

    What counts is the first dated spell of every unit and policy.
    """
    dated = rows.with_columns(
        first=first_day(pl.col("time")), last=last_day(pl.coalesce("time_latest", "time"))
    )
    dated = period_indices(dated, analysis, waves)
    start, end = _bounds(analysis, waves)
    after_window = pl.lit(False) if end is None else pl.col("first") > end
    before_window = pl.lit(False) if start is None else pl.col("last") < start
    dated = dated.with_columns(
        reason=pl.when(~pl.col("unit").is_in(analysis.units))
        .then(pl.lit("the unit is not in this analysis"))
        .when(pl.col("last").is_null())
        .then(pl.lit(UNDATED))
        .when(after_window)
        .then(pl.lit("adopted after the window")),
        baseline=pl.col("first").is_null() | before_window,
    ).sort("last", "first", "unit", "policy", "_row", nulls_last=False)
    again = pl.col("reason").is_null() & (pl.int_range(pl.len()).over("unit", "policy", "reason") > 0)
    return dated.with_columns(
        reason=pl.when(again)
        .then(pl.lit("a later spell, or a second date, of an adoption already counted"))
        .otherwise("reason")
    )


def _ledger(sorted_out: pl.DataFrame) -> tuple[LeftOut, ...]:
    counted = (
        sorted_out.filter(pl.col("reason").is_not_null())
        .group_by("reason")
        .agg(pl.len().alias("count"), pl.col("_row").sort())
        .sort("reason")
    )
    return tuple(
        LeftOut(table="adoptions", reason=reason, count=count, rows=tuple(rows))
        for reason, count, rows in counted.iter_rows()
    )


def _bounds(analysis: Analysis, waves: Mapping[str, str]) -> tuple[pl.Expr | None, pl.Expr | None]:
    """First and last day of the window as expressions; None where the analysis has no window."""
    if analysis.window is None:
        return None, None
    # Waves are often named by their year; where years are counted, 2023 is that whole year, not a wave.
    in_waves = analysis.period == "wave"
    opening, closing = (
        edge if re.match(PATTERN, edge) and not in_waves else waves.get(edge, edge)
        for edge in analysis.window
    )
    return first_day(pl.lit(opening)), last_day(pl.lit(closing))


def _mode(events: pl.DataFrame) -> tuple[str | None, int]:
    known = events.filter(pl.col("period").is_not_null())
    if known.is_empty():
        return None, 0
    counts = known.group_by("period").len().sort(["len", "period"], descending=[True, False])
    return counts["period"][0], counts["len"][0]


def _at_risk_after_first(kept: pl.DataFrame, sorted_out: pl.DataFrame, analysis: Analysis) -> int:
    """Unit-policy pairs known not to have adopted when the first adoption of their policy was over."""
    firsts = kept.group_by("policy").agg(pl.col("last_index").min().alias("opening"))
    gone = kept.join(firsts, on="policy").filter(pl.col("first_index") <= pl.col("opening"))
    # an adoption without a date may have been the first: the pair is not known to be at risk
    undated = sorted_out.filter(pl.col("reason") == UNDATED).select("unit", "policy").unique()
    undated = undated.join(firsts, on="policy", how="semi").join(kept, on=["unit", "policy"], how="anti")
    return len(analysis.units) * firsts.height - gone.height - undated.height


def _judge(
    analysis: Analysis, kept: pl.DataFrame, events: pl.DataFrame, modal: tuple[str | None, int], at_risk: int
) -> tuple[bool | None, str]:
    n = events.height
    if at_risk == 0:
        return (
            False,
            "After the first adoption nobody was left who could adopt, so nothing can have spread.",
        )
    if n == 0:
        # not ruled out: it may have spread before anybody kept a record
        return (
            None,
            "Every adoption was there when the record begins, so no order of events is known and only the "
            "evidence can speak.",
        )
    period, count = modal
    if n == 1 and analysis.period != "wave":
        apart = "" if kept.height == 1 else "Apart from what was there when the record begins, "
        when = "" if period is None else f" ({period})"
        only = f"{apart}only one adoption is dated{when}, and one date makes no sequence."
        return False, only[0].upper() + only[1:]
    if period is not None and count > HALF * n and analysis.period != "wave":
        return False, (
            f"{count} of {n} dated adoptions ({100 * count / n:.0f} %) fall in {period}: they look like a "
            "coordinated launch, which leaves no sequence among them to explain."
        )
    many = "" if kept["policy"].n_unique() == 1 else f" of {kept['policy'].n_unique()} policies"
    most = f", at most {count} in one {analysis.period}" if period is not None else ""
    told, are = ("1 adoption", "is") if n == 1 else (f"{n} adoptions", "are")
    return True, (
        f"{told}{many} by {events['unit'].n_unique()} of {len(analysis.units)} units {are} dated{most}: "
        "there is an order of events to explain."
    )


def _warnings(
    analysis: Analysis, kept: pl.DataFrame, events: pl.DataFrame, modal: tuple[str | None, int]
) -> tuple[str, ...]:
    found = []
    period, count = modal
    if analysis.period == "wave" and period is not None and count > HALF * events.height:
        found.append(
            f"{count} of {events.height} later adoptions are first seen in wave {period}; "
            "a wave says when somebody looked, not when it happened."
        )
    if kept.height == len(analysis.units) * kept["policy"].n_unique():
        found.append(
            "Every unit listed adopted in the end: none is on record that could have adopted and did not, so "
            "later adopters have nobody to be compared with."
        )
    unsure = events.filter(pl.col("confidence").is_in(["low", "medium"])).height
    if unsure:
        found.append(f"{unsure} of {events.height} dates are of medium or low confidence.")
    spanning = events.filter(pl.col("period").is_null()).height
    if spanning:
        found.append(f"{spanning} of {events.height} dates are known only as a range of several periods.")
    return tuple(found)


def _pairs(kept: pl.DataFrame) -> tuple[int, int, int]:
    """Pairs of adoptions of one policy: clear order, same period, unknown. By sorting, O(n log n)."""
    ordered = same = total = 0
    for _, group in kept.group_by("policy"):
        first = np.sort(group["first_index"].to_numpy())
        last = group["last_index"].to_numpy()
        n = group.height
        total += n * (n - 1) // 2
        ordered += int((n - np.searchsorted(first, last, side="right")).sum())
        counts = group.filter(pl.col("period").is_not_null()).group_by("period").len()["len"].to_numpy()
        same += int((counts * (counts - 1) // 2).sum())
    return ordered, same, total - ordered - same


def _spells(kept: pl.DataFrame, file: str) -> tuple[Spell, ...]:
    columns = kept.select(
        "unit",
        "policy",
        pl.col("first").dt.to_string(),
        pl.col("last").dt.to_string(),
        "period",
        "baseline",
        "confidence",
        "_row",
    )
    return tuple(
        Spell(
            unit=unit,
            policy=policy,
            first=first,
            last=last,
            period=period,
            baseline=baseline,
            confidence=confidence,
            place=Place(table="adoptions", file=file, row=row),
        )
        for unit, policy, first, last, period, baseline, confidence, row in columns.iter_rows()
    )
