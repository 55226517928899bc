"""Risk sets: one row for every unit, policy and period in which it could still adopt.

Rules after Box-Steffensmeier and Jones 2004 and, for pooled policies, Kreitzer and Boehmke 2016
(doi:10.1177/1532440015592798).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from diffuscope.panel.adoptions import times_of
from diffuscope.panel.bounds import AFTER_FIRST, FAR, bounds_of, chosen, refuse_early, units_of
from diffuscope.panel.calendar import BEFORE_ALL, calendar_of
from diffuscope.panel.covariates import joined
from diffuscope.panel.decisions import with_deciders
from diffuscope.panel.native_frames import ROW, polars_of
from diffuscope.panel.panel import History, Panel
from diffuscope.panel.spans import (
    LOWER_TIER,
    NOT_A_POLICY,
    NOT_A_UNIT,
    REPEATED,
    UNKNOWN,
    outcomes,
    rows_at_risk,
)
from diffuscope.panel.tiered import adopted_spells
from diffuscope.records.native_tables import as_kind
from diffuscope.records.phrases import counted, noun
from diffuscope.tables.tiers import COUNTS, TIERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diffuscope.panel.native_frames import Frame


def person_period(
    adoptions: Frame,
    *,
    units: Iterable[str] | Frame | None = None,
    policies: Iterable[str] | None = None,
    period: Literal["year", "month", "day", "wave"] = "year",
    waves: Mapping[Any, Any] | Sequence[Any] | None = None,
    window: tuple[Any, Any] | None = None,
    origin: Any = AFTER_FIRST,
    censor: Any = None,
    entry: Mapping[str, Any] | Any = None,
    exit: Mapping[str, Any] | Any = None,  # noqa: A002 the word beside entry
    ranges: Literal["collapse", "censor"] = "collapse",
    undated: Literal["never", "unknown"] = "never",
    since: Literal["origin", "spell"] = "origin",
    strict: bool = False,
    tier: str = COUNTS,
    tiers: Sequence[str] = TIERS,
    covariates: Frame | None = None,
    lag: int = 1,
    carry: int = 0,
) -> Panel:
    """Person-period data: a row per unit, policy and period at risk, and who adopted.

    Parameters
    ----------
    adoptions : pandas, Polars or Arrow table
        A row per adoption: `unit`, `time`; if need be `policy`, `time_latest` (it adopted between the two, or
        by then if `time` is empty), `until` (the period in which the adoption ended: from the next one on
        the unit is at risk again, in a new spell), `tier` (how far it had gone) and `decision` (rows with the
        same value were decided together). Times are whole numbers, dates, or text (2018, 2018-07,
        2018-07-08, or names of waves).
    units : iterable of str, or frame, optional
        Who could adopt; a frame has the column `unit` and may have `entered` and `left`. By default everybody
        in `adoptions`, so that units that never adopted have to stand there with an empty time.
    policies : iterable of str, optional
        By default all in `adoptions`.
    period : {"year", "month", "day", "wave"}
        The grain at which order is known. Adoptions in one period never precede each other.
    waves : mapping or sequence, optional
        Name and date of each wave; or names in order, or years. What is there at a unit's first wave is no
        event.
    window : (first, last), optional
        Periods to which rows are restricted, both included. Earlier adoptions still influence.
    origin : {"after first", "first"}, time, or mapping of policy to time
        When risk begins: the period after the first adoption anywhere, of units outside the panel too; the
        period of the first adoption, so that the first to adopt is an event; or a time. A mapping may hold
        all three.
    censor : time, "last", or mapping of policy to time, optional
        When watching ends, with that period: by default the last period that any adoption is dated to, the
        same for all policies; ``"last"`` ends each policy with its last adoption, which inflates hazards.
    entry, exit : time, or mapping of unit to time, optional
        First and last period of each unit. Adopting before entry is no event, but it can influence.
    ranges : {"collapse", "censor"}
        A date known only as a span of periods makes one row as long as the span, its length in `gap` (exact
        with ``link="cloglog"``); or the unit is watched until the span begins. `impute_dates` draws dates.
    undated : {"never", "unknown"}
        What an empty time (without `time_latest`) means: never adopted, or adopted nobody knows when, which
        takes unit and policy out of the panel.
    since : {"origin", "spell"}
        What `duration` is counted from: the policy's origin, or the unit's own start at risk.
    strict : bool
        Refuse adoptions before entry instead of leaving them out.
    tier : str
        The tier that counts, where the adoptions have tiers: an event is the first date at which a unit
        reaches it or a higher one. An empty tier counts as this one.
    tiers : sequence of str
        All tiers, lowest first.
    covariates : frame, optional
        As for `add_covariates`.
    lag, carry : int
        As for `add_covariates`.

    Returns
    -------
    Panel
        Rows ordered by policy, unit and time; every row of `adoptions` is an event or at risk in it, or
        stands in its ledger.

    Raises
    ------
    CaseError
        If adoptions of one tier surely overlap, a tier is none of `tiers`, times cannot be read or, with
        `strict`, precede entry; with every such row.
    PlanError
        If an option is none of its choices, or risk would begin after watching ends.

    Examples
    --------
    >>> import polars as pl
    >>> laws = pl.DataFrame({"unit": ["a", "b", "c"], "time": [2001, 2003, None]})
    >>> panel = person_period(laws, censor=2004)
    >>> panel.frame.select("unit", "period", "duration", "event").rows()
    [('b', 2002, 1, 0), ('b', 2003, 2, 1), ('c', 2002, 1, 0), ('c', 2003, 2, 0), ('c', 2004, 3, 0)]
    >>> panel.ledger["rule"].to_list()
    ["adopted before the policy's risk began (the first to adopt had nobody before it)"]
    """
    frame, kind = polars_of(adoptions, "The frame of adoptions")
    calendar = calendar_of(period, times_of(frame), waves)
    unknown = not chosen("undated", undated, "never", "unknown")
    spells, uncounted = adopted_spells(frame, calendar, tiers, tier, undated=unknown)
    named, entered, left = units_of(units, uncounted.and_of(spells))
    bounds = bounds_of(
        spells, calendar, named, policies, window=window, origin=origin, censor=censor,
        entry=entered if entry is None else entry, exit=left if exit is None else exit,
        collapse=chosen("ranges", ranges, "collapse", "censor"), since=since,
    )  # fmt: skip
    if strict:
        refuse_early(spells, bounds)
    extra = [] if covariates is None else [(polars_of(covariates, "The frame of covariates")[0], lag, carry)]
    return panel_from(History(spells, calendar, bounds, kind, unknown, tuple(extra), uncounted=uncounted))


def panel_from(history: History) -> Panel:
    """The panel of an adoption history."""
    spells = settled(history)
    rows, ledger, notes = rows_at_risk(spells, history.bounds, history.calendar)
    ledger = pl.concat([ledger, _uncounted(history)]).with_columns(rule=_or_unknown("row", history))
    rows = with_deciders(rows, history.spells)
    for extra, lag, carry in history.covariates:
        rows, more_notes = joined(rows, extra, history.calendar, lag=lag, carry=carry)
        notes += more_notes
    return Panel(
        frame=as_kind(rows, history.kind),
        ledger=ledger.sort("rule", "policy", "unit", "row"),
        period=history.calendar.period,
        units=history.bounds.units,
        policies=tuple(rows["policy"].unique(maintain_order=True)),
        notes=history.uncounted.notes + notes + _unstated_end(rows, history),
        history=history,
    )


def account_of(history: History) -> pl.DataFrame:
    """What became of every adoption of a history, as `outcomes` tells it: an event, or why it is none."""
    outcome_rows = outcomes(settled(history), history.bounds, history.calendar)
    return pl.concat([outcome_rows, _uncounted(history)], how="diagonal").with_columns(
        pl.col("event", "at_risk").fill_null(value=False), rule=_or_unknown("row", history)
    )


def settled(history: History) -> pl.DataFrame:
    """Spells, with any time possible for an adoption at an unknown date (if that is what no date means)."""
    if not history.undated:
        return history.spells
    lost = pl.col("latest").is_null()
    return history.spells.with_columns(
        # an adoption of unknown date may have been at any time: no period is surely at risk
        earliest=pl.when(lost).then(pl.lit(BEFORE_ALL, pl.Int64)).otherwise("earliest"),
        latest=pl.col("latest").fill_null(FAR),
    )


def _or_unknown(row: str, history: History) -> pl.Expr:
    """The rule, or that the date is unknown."""
    if not history.undated:
        return pl.col("rule")
    lost = history.spells.filter(pl.col("latest").is_null())[ROW]
    outside = pl.col("rule").is_in([NOT_A_UNIT, NOT_A_POLICY])
    is_lost = pl.col(row).is_in(lost.implode()) & ~outside
    return pl.when(is_lost).then(pl.lit(UNKNOWN)).otherwise("rule")


def _uncounted(history: History) -> pl.DataFrame:
    """The ledger of rows that date an adoption again, and of those of a lower tier."""
    rules = ((REPEATED, history.uncounted.repeated), (LOWER_TIER, history.uncounted.below))
    return pl.concat(
        rows.select(pl.lit(rule).alias("rule"), "unit", "policy", pl.col(ROW).alias("row"))
        for rule, rows in rules
    )


def _unstated_end(rows: pl.DataFrame, history: History) -> tuple[str, ...]:
    """Whether units that never adopted are watched until a date that nobody stated."""
    bounds = history.bounds
    if bounds.end_stated or rows.is_empty():
        return ()
    ends = rows.group_by("unit", "policy", "spell").agg(pl.col("event").max(), pl.col("time").max())
    open_ended = ends.join(
        pl.DataFrame(
            {"policy": bounds.policies, "censor": bounds.censor}, schema_overrides={"policy": pl.String}
        ),
        on="policy",
    ).filter(pl.col("event") == 0, pl.col("time") == pl.col("censor"))
    if open_ended.is_empty():
        return ()
    end = history.calendar.name(int(open_ended["censor"].max()))  # type: ignore[arg-type]
    many = open_ended.select("unit", "policy").n_unique()
    who = "1 unit that had not adopted is" if many == 1 else f"{many:,} units that had not adopted are"
    if len(bounds.policies) > 1:
        who = f"{counted(many, 'pair')} of unit and policy without an adoption {noun(many, 'is', 'are')}"
    return (
        f"No end of the record is given, so {who} watched until {end}, the last date of any adoption. "
        "Give the last period that the record covers: `window` in a case, `censor` for frames.",
    )
