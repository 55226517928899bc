"""Chronology: did it diffuse at all, or was it there, or launched, all at once?

A claim of diffusion needs time: an adoption by one has to come before the decision of another. Where the
dates leave no such sequence, no evidence and no model can restore it, so this is asked first. It is asked of
the same adoption history that the panel is made from, in days: periods are for models.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl
from msgspec.structs import replace

from diffuscope.panel.from_case import history_of_case, in_days
from diffuscope.panel.launch import BY_YEAR, MONTH, window_of
from diffuscope.panel.risk import account_of
from diffuscope.panel.sequence import (
    PolicyDates,
    dates_of_policy,
    judged,
    share_within,
    silenced,
    warnings_of,
)
from diffuscope.panel.spans import (
    BEFORE_WINDOW,
    LATE,
    LOWER_TIER,
    NOT_A_POLICY,
    NOT_A_UNIT,
    PREVALENT,
    REPEATED,
    UNKNOWN,
)  # fmt: skip
from diffuscope.panel.tiered import at_tier
from diffuscope.records import Analysis, Chronology, Excluded, Place, Spell
from diffuscope.records.dates import OF_LOWER_TIER, SECOND_DATE
from diffuscope.records.phrases import noun
from diffuscope.tables.keys import row_keys

if TYPE_CHECKING:
    from diffuscope.panel.panel import History
    from diffuscope.tables.dates import Duration

LEFT_OUT = {
    NOT_A_UNIT: "the unit is not in this analysis",
    NOT_A_POLICY: "the policy is not in this analysis",
    UNKNOWN: "the date is unknown",
    REPEATED: SECOND_DATE,
    LOWER_TIER: OF_LOWER_TIER,
}
"""Rows that date no adoption of the question, by rule of the panel's ledger."""
AGAIN = "adopted again after a repeal"
AFTER_EXIT, AFTER_WINDOW, AFTER_WAVES = (
    "adopted after it left",
    "adopted after the window",
    "adopted after the last wave",
)


def chronology(
    analysis: Analysis,
    adoptions: pl.DataFrame,
    waves: Mapping[str, str],
    file: str = "adoptions.csv",
    *,
    tables: Mapping[str, pl.DataFrame] | None = None,
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
    tables : mapping of str to polars.DataFrame, optional
        The tables `units`, for entry and exit, and `policies`, for their origin.

    Returns
    -------
    Chronology
        `testable` is False for one policy where the dates are known and none follows another, or where nobody
        is listed who could have adopted and did not and the launch holds more than half; for several
        policies, where it is False for each.
    """
    rows = adoptions.filter(pl.col("policy").is_in(analysis.policies))
    if rows.is_empty() or not analysis.units:
        return _undated(analysis, "The case holds no adoptions for this question", ())
    if at_tier(in_days(rows), analysis.tiers, analysis.tier)[0].is_empty():
        lower = "1 row is" if rows.height == 1 else f"{rows.height:,} rows are"
        reason = f"No adoption has reached the tier `{analysis.tier}` ({lower} of a lower one)"
        return _undated(analysis, reason, _all_below(rows))
    history = history_of_case({**(tables or {}), "adoptions": adoptions}, analysis, waves)
    account = account_of(history)
    counted = _counted(history, account, rows, analysis)
    if counted["left_out"].null_count() == 0:
        reason = "No adoption of these policies by these units is dated within the record"
        return _undated(analysis, reason, _left_out(counted))
    return _chronology(analysis, history, account, counted, file)


def _undated(analysis: Analysis, reason: str, left_out: tuple[Excluded, ...]) -> Chronology:
    return Chronology(
        analysis=analysis.id,
        testable=None,
        reason=f"{reason}, so only the evidence can say something.",
        units=len(analysis.units),
        left_out=left_out,
    )


def _counted(history: History, account: pl.DataFrame, rows: pl.DataFrame, analysis: Analysis) -> pl.DataFrame:
    """Every adoption row with its days and periods, what became of it in the panel, and why it is left out.

    What counts is the first dated spell of every unit and policy. Rows of other adoptions are none of the
    question's; pairs without an adoption have no row here.
    """
    uncounted = history.uncounted
    spells = pl.concat([history.spells, uncounted.repeated, uncounted.below], how="diagonal")
    exits = pl.DataFrame(
        {"unit": history.bounds.units, "exit": history.bounds.exit}, schema_overrides={"unit": pl.String}
    )
    after = AFTER_WAVES if analysis.period == "wave" and analysis.window is None else AFTER_WINDOW
    # an exit is of the unit, an end of the window of the question: the reader is told which
    late = pl.when(pl.col("earliest") > pl.col("exit")).then(pl.lit(AFTER_EXIT)).otherwise(pl.lit(after))
    confidence = rows.select(pl.col("_row").cast(pl.Int64), "time", "time_latest", "confidence")
    return (
        spells.join(
            account.drop_nulls("row").select(_row="row", rule="rule", spell="spell", event="event"),
            on="_row",
            how="left",
        )
        .join(exits, on="unit", how="left")
        .join(confidence, on="_row", how="left")
        .with_columns(
            left_out=pl.when(pl.col("rule").is_in(list(LEFT_OUT)))
            .then(pl.col("rule").replace(LEFT_OUT))
            .when(pl.col("spell") > 1)
            .then(pl.lit(AGAIN))
            .when(pl.col("rule") == LATE)
            .then(late),
            baseline=pl.col("first").is_null()
            | pl.col("rule").is_in([PREVALENT, BEFORE_WINDOW]).fill_null(value=False),
        )
        .sort("last", "first", "unit", "policy", "_row", nulls_last=False)
    )


def _left_out(counted: pl.DataFrame) -> tuple[Excluded, ...]:
    excluded = (
        counted.filter(pl.col("left_out").is_not_null())
        .group_by("left_out")
        .agg(pl.len().alias("count"), pl.col("_row").sort())
        .sort("left_out")
    )
    return tuple(
        Excluded(table="adoptions", reason=reason, count=count, rows=tuple(rows))
        for reason, count, rows in excluded.iter_rows()
    )


def _all_below(rows: pl.DataFrame) -> tuple[Excluded, ...]:
    at = tuple(rows["_row"].sort().to_list())
    return (Excluded(table="adoptions", reason=OF_LOWER_TIER, count=len(at), rows=at),)


def _of_lower_tiers(rows: int, tier: str) -> str:
    """What the reason adds where adoptions of a lower tier are known: another tier could be asked."""
    if not rows:
        return ""
    return f" {rows:,} {noun(rows, 'adoption')} below the tier `{tier}` {noun(rows, 'does', 'do')} not count."


def _chronology(
    analysis: Analysis, history: History, account: pl.DataFrame, counted: pl.DataFrame, file: str
) -> Chronology:
    kept = counted.filter(pl.col("left_out").is_null())
    events = kept.filter(~pl.col("baseline"))
    window = window_of(analysis, events)
    policies = kept["policy"].unique().sort()
    by_policy = [dates_of_policy(history, account, counted, policy, window) for policy in policies]
    testable, reason = judged(by_policy, events["unit"].n_unique(), len(analysis.units), window)
    if testable is False:
        reason += _of_lower_tiers(history.uncounted.below.height, analysis.tier)
    modal_period, modal_count = _mode(events, history)
    dates = Chronology(
        analysis=analysis.id,
        testable=testable,
        reason=reason,
        units=len(analysis.units),
        adopters=kept["unit"].n_unique(),
        adoptions=kept.height,
        baseline=kept.height - events.height,
        at_risk_after_first=_at_risk(account, policies),
        never=sum(one.never for one in by_policy),
        modal_period=modal_period,
        modal_count=modal_count or None,
        modal_share=modal_count / events.height if events.height else None,
        pairs_ordered=sum(one.ordered for one in by_policy),
        pairs_same=sum(one.same for one in by_policy),
        pairs_unknown=sum(one.total - one.ordered - one.same for one in by_policy),
        pairs_total=sum(one.total for one in by_policy),
        order=_spells(kept, history, {row for one in by_policy for row in one.launch.rows}, file),
        left_out=_left_out(counted),
    )
    dates = _with_launch(dates, by_policy, counted, events, window)
    return replace(
        dates, warnings=warnings_of(dates, analysis, by_policy, kept, window) + history.uncounted.notes
    )


def _with_launch(
    dates: Chronology,
    by_policy: list[PolicyDates],
    counted: pl.DataFrame,
    events: pl.DataFrame,
    window: Duration,
) -> Chronology:
    """The record with the launches of its policies, and what they leave for statistics."""
    launched = [row for one in by_policy for row in one.launch.rows]
    outside = int((counted["event"] & ~counted["_row"].is_in(launched)).sum())
    first, last = _extent(by_policy)
    return replace(
        dates,
        launch_days=window.days,
        launch_count=len(launched) if events.height else None,
        launch_share=len(launched) / events.height if events.height else None,
        launch_from=first,
        launch_to=last,
        share_30_days=share_within(events, MONTH),
        share_365_days=share_within(events, BY_YEAR),
        events_after_launch=outside,
        silenced=silenced(dates.testable, len(launched), events.height, outside, window),
    )


def _mode(events: pl.DataFrame, history: History) -> tuple[str | None, int]:
    """The period with most adoptions, as a description: nothing is concluded from it."""
    known = events.filter(pl.col("earliest") == pl.col("latest"))
    if known.is_empty():
        return None, 0
    counts = known.group_by("earliest").len().sort(["len", "earliest"], descending=[True, False])
    return str(history.calendar.name(counts["earliest"][0])), counts["len"][0]


def _at_risk(account: pl.DataFrame, policies: pl.Series) -> int:
    """Unit-policy pairs at risk after the first adoption of their policy, as the panel has them."""
    first = account.filter(pl.col("spell") == 1, pl.col("policy").is_in(policies.implode()))
    return int((first["at_risk"] & first["rule"].ne_missing(UNKNOWN)).sum())


def _extent(by_policy: list[PolicyDates]) -> tuple[str | None, str | None]:
    """From when to when the launch lasted, where there is one policy."""
    launches = [one.launch for one in by_policy if one.launch.rows]
    if len(launches) != 1 or launches[0].first is None or launches[0].last is None:
        return None, None
    return launches[0].first.isoformat(), launches[0].last.isoformat()


def _spells(kept: pl.DataFrame, history: History, launched: set[int], file: str) -> tuple[Spell, ...]:
    one_period = pl.col("earliest") == pl.col("latest")
    columns = kept.with_columns(at=pl.when(one_period).then("earliest")).select(
        "unit", "policy", pl.col("first").dt.to_string(), pl.col("last").dt.to_string(), "at", "baseline",
        "confidence", "_row",
    )  # fmt: skip
    keys = row_keys("adoptions", kept, kept["_row"])
    return tuple(
        Spell(
            unit=unit,
            policy=policy,
            first=first,
            last=last,
            period=None if at is None else str(history.calendar.name(at)),
            baseline=baseline,
            confidence=confidence,
            place=Place(table="adoptions", file=file, row=row, key=keys.get(row)),
            launch=row in launched,
        )
        for unit, policy, first, last, at, baseline, confidence, row in columns.iter_rows()
    )
