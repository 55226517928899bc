"""From adoption spells to rows at risk, all at once, with an account of what gives no row or no event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from diffuscope.panel.calendar import BEFORE_ALL
from diffuscope.panel.native_frames import ROW
from diffuscope.records.phrases import counted, noun
from diffuscope.records.work_bounds import PANEL_ROWS, SPELLS_AT_RISK, refuse_beyond

if TYPE_CHECKING:
    from diffuscope.panel.bounds import Bounds
    from diffuscope.panel.calendar import Calendar
    from diffuscope.records.arrays import Codes


NEVER = 2**40
NOT_A_UNIT = "the unit is not in the panel"
NOT_A_POLICY = "the policy is not in the panel"
BY_THEN = "known only to have adopted by a date, so it is not known when it was at risk"
UNKNOWN = "it adopted, but the date is unknown"
EARLY = "adopted before the policy's risk began (the first to adopt had nobody before it)"
BEFORE_ENTRY = "adopted before it entered"
BEFORE_WINDOW = "adopted before the window"
PREVALENT = "adopted before the first observation, so no event"
STRADDLES_START = "its date spans the start of its time at risk"
STRADDLES_END = "its date spans the end of the panel: at risk until the span begins"
LATE = "adopted after the panel ends for it"
RANGE = "its date spans several periods: at risk until the span begins"
NEVER_AT_RISK = "no period lies between entry or origin and exit or the end"
NO_EVENT = "the policy has no event in the panel"
REPEATED = "an earlier row already dates this adoption"
LOWER_TIER = "of a lower tier than the one that counts, so not an adoption"


@dataclass(frozen=True)
class Risks:
    """Spells at risk: after an origin or a repeal, until an adoption or the end.

    All arrays have one entry per spell: codes of unit and policy, number of the spell, the period in which
    the adoption before it ended (`BEFORE_ALL` where there is none), and the earliest and latest period and
    the row of the adoption that ends it (`NEVER` where none does; row -1).
    """

    unit: Codes
    policy: Codes
    spell: Codes
    after: Codes
    earliest: Codes
    latest: Codes
    row: Codes


def rows_at_risk(
    spells: pl.DataFrame, bounds: Bounds, calendar: Calendar
) -> tuple[pl.DataFrame, pl.DataFrame, tuple[str, ...]]:
    """Rows at risk, the ledger of what is not among them, and notes.

    Parameters
    ----------
    spells : polars.DataFrame
        As `spells_of` gives them.
    bounds : Bounds
    calendar : Calendar

    Returns
    -------
    rows : polars.DataFrame
        Columns as in `Panel.frame`.
    ledger : polars.DataFrame
        rule, unit, policy, row.
    notes : tuple of str
    """
    own, outside = _own(spells, bounds)
    risks = _risks(own, bounds)
    start, last, event, end, reason = _spans(risks, bounds, calendar)
    # a policy without an event tells nothing of what makes units adopt; its rows would only lower the hazard
    eventful = np.zeros(len(bounds.policies), dtype=bool)
    eventful[risks.policy[event]] = True
    dropped = ~eventful[risks.policy]
    reason[dropped & (reason == "")] = NO_EVENT
    last = np.where(dropped, start - 1, last)
    frame = _rows(risks, bounds, calendar, start=start, last=last, event=event & ~dropped, end=end)
    ledger = pl.concat([outside, _ledger(risks, bounds, reason)])
    return frame, ledger.sort("rule", "policy", "unit", "row"), _notes(bounds, risks, eventful, event)


def outcomes(spells: pl.DataFrame, bounds: Bounds, calendar: Calendar) -> pl.DataFrame:
    """What became of every adoption, and of every unit and policy without one.

    Parameters
    ----------
    spells : polars.DataFrame
        As `spells_of` gives them.
    bounds : Bounds
    calendar : Calendar

    Returns
    -------
    polars.DataFrame
        `unit`, `policy`, `spell` (null outside the panel), `row` (null where no adoption ends the spell),
        `event` (whether the adoption is one), `rule` (why it is none; as in the ledger of the panel), and
        `at_risk` (whether the unit could adopt in any period: it had not adopted before risk began).
    """
    own, outside = _own(spells, bounds)
    risks = _risks(own, bounds)
    start, _, event, _, reason = _spans(risks, bounds, calendar)
    upper = np.minimum(bounds.exit[risks.unit], bounds.closes)
    not_at_risk = np.isin(reason, (EARLY, BEFORE_ENTRY, BEFORE_WINDOW, PREVALENT, BY_THEN, STRADDLES_START))
    outcome_rows = pl.DataFrame(
        {
            "unit": pl.Series(bounds.units, dtype=pl.String).gather(risks.unit),
            "policy": pl.Series(bounds.policies, dtype=pl.String).gather(risks.policy),
            "spell": pl.Series(risks.spell, dtype=pl.Int64),
            "row": pl.Series(risks.row, dtype=pl.Int64).set(pl.Series(risks.row < 0), None),
            "event": pl.Series(event, dtype=pl.Boolean),
            "rule": pl.Series(reason.tolist(), dtype=pl.String).set(pl.Series(event), None),
            "at_risk": pl.Series((start <= upper) & ~not_at_risk, dtype=pl.Boolean),
        }
    )
    return pl.concat([outcome_rows, outside], how="diagonal").with_columns(
        pl.col("event", "at_risk").fill_null(value=False)
    )


def _own(spells: pl.DataFrame, bounds: Bounds) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Spells of units and policies in the panel with their codes; and the ledger of the others."""
    unit = pl.DataFrame({"unit": bounds.units, "u": np.arange(len(bounds.units))}, schema_overrides=_TEXT)
    policy = pl.DataFrame(
        {"policy": bounds.policies, "p": np.arange(len(bounds.policies))}, schema_overrides=_TEXT
    )
    coded = spells.join(unit, on="unit", how="left").join(policy, on="policy", how="left")
    unlisted = coded.filter(pl.col("u").is_null() | pl.col("p").is_null())
    rule = pl.when(pl.col("u").is_null()).then(pl.lit(NOT_A_UNIT)).otherwise(pl.lit(NOT_A_POLICY))
    outside = unlisted.select(rule.alias("rule"), "unit", "policy", pl.col(ROW).alias("row"))
    own = coded.drop_nulls(["u", "p"]).sort("p", "u", "latest", "earliest", ROW, nulls_last=True)
    return own, outside


def _risks(own: pl.DataFrame, bounds: Bounds) -> Risks:
    """A spell at risk for each pair, and one after each adoption that ended."""
    n = len(bounds.units)
    refuse_beyond(SPELLS_AT_RISK, n * len(bounds.policies))
    pair = own["p"].to_numpy().astype(np.int64) * n + own["u"].to_numpy()
    earliest, latest, until, row = (
        own[name].fill_null(NEVER).to_numpy().astype(np.int64)
        for name in ("earliest", "latest", "until", ROW)
    )
    place = np.arange(pair.size)
    begins = np.r_[True, pair[1:] != pair[:-1]] if pair.size else np.zeros(0, dtype=bool)
    # position within its pair: place less that of the pair's first row
    order = place - np.maximum.accumulate(np.where(begins, place, 0)) if pair.size else place
    first = np.full(n * len(bounds.policies), -1)
    first[pair[begins]] = np.flatnonzero(begins)
    repealed = np.flatnonzero(until != NEVER)
    follows = repealed + 1
    known = follows < pair.size
    known[known] = pair[follows[known]] == pair[repealed[known]]
    ended_by = np.concatenate([first, np.where(known, follows, -1)])
    pairs = np.concatenate([np.arange(first.size), pair[repealed]])
    spell = np.concatenate([np.ones(first.size, dtype=np.int64), order[repealed] + 2])
    after = np.concatenate([np.full(first.size, BEFORE_ALL), until[repealed]])
    sort = np.lexsort((spell, pairs))
    pairs, spell, after, ended_by = pairs[sort], spell[sort], after[sort], ended_by[sort]

    def of_next(values: Codes, otherwise: int) -> Codes:
        return np.where(ended_by >= 0, np.append(values, otherwise)[ended_by], otherwise)

    dates = of_next(earliest, NEVER), of_next(latest, NEVER)
    return Risks(pairs % n, pairs // n, spell, after, *dates, of_next(row, -1))


def _spans(risks: Risks, bounds: Bounds, calendar: Calendar) -> tuple[Codes, Codes, Any, Codes, Any]:
    """First and last row of each spell, whether it ends in an event, the event's last period; and why not."""
    # left truncation: at risk from the later of origin and entry on
    lower = np.maximum(bounds.origin[risks.policy], bounds.entry[risks.unit])
    start = np.maximum(np.maximum(lower, bounds.opens), risks.after + 1)
    upper = np.minimum(bounds.censor[risks.policy], bounds.exit[risks.unit])
    upper = np.minimum(upper, bounds.closes)
    adopts = risks.latest != NEVER
    wide = adopts & (risks.earliest != risks.latest)
    # surely adopted before it was at risk: a prevalent case, no event
    early = adopts & (risks.latest < start)
    by_then = adopts & (risks.earliest == BEFORE_ALL) & ~early
    # the range reaches back before the risk began: whether it was ever at risk is unknown, so no row is made
    astride = wide & ~early & ~by_then & (risks.earliest < start)
    late = adopts & (risks.earliest > upper)
    past = wide & ~late & (risks.latest > upper)
    not_at_risk = early | by_then | astride
    # watched until the range begins, then censored: nothing is known of the periods in it
    cut = ~not_at_risk & (past | (wide & ~late & (not bounds.collapse)))
    event = adopts & ~not_at_risk & ~cut & ~late
    # an event dated to a range is one row that begins with it and is as long as the range (`gap`)
    last = np.where(event, risks.earliest, np.where(cut, risks.earliest - 1, upper))
    last = np.where(not_at_risk, start - 1, np.minimum(last, upper))
    reason = np.full(start.size, "", dtype=object)
    reason[last < start] = NEVER_AT_RISK
    before = PREVALENT if calendar.period == "wave" else BEFORE_ENTRY
    for rows, rule in (
        (adopts & late, LATE), (cut, RANGE), (cut & past, STRADDLES_END), (astride, STRADDLES_START),
        (early, EARLY), (early & (risks.latest < bounds.opens), BEFORE_WINDOW),
        (early & (risks.latest < bounds.entry[risks.unit]), before), (by_then, BY_THEN),
    ):  # fmt: skip
        reason[rows] = rule
    return start, last, event, np.where(event, risks.latest, last), reason


def _rows(
    risks: Risks, bounds: Bounds, calendar: Calendar, *, start: Codes, last: Codes, event: Any, end: Codes
) -> pl.DataFrame:
    many = np.maximum(last - start + 1, 0)
    refuse_beyond(PANEL_ROWS, int(many.sum()))
    at = np.repeat(np.arange(many.size), many)
    ends = np.cumsum(many)
    time = start[at] + np.arange(at.size) - (ends - many)[at]
    final = np.zeros(at.size, dtype=bool)
    final[ends[many > 0] - 1] = event[many > 0]
    closing = np.where(final, end[at], time)
    zero = start[at] if bounds.since == "spell" else bounds.origin[risks.policy[at]]
    passed = calendar.clock(closing)
    frame = {
        "unit": pl.Series(bounds.units, dtype=pl.String).gather(risks.unit[at]),
        "policy": pl.Series(bounds.policies, dtype=pl.String).gather(risks.policy[at]),
        "period": calendar.names(time),
        "time": time,
        "duration": passed - calendar.clock(zero - 1),
        "event": final.astype(np.int8),
        # exposure time of the row; ln(gap) is an exact offset under cloglog (Prentice & Gloeckler 1978)
        "gap": passed - calendar.clock(time - 1),
        "spell": risks.spell[at].astype(np.int32),
    }
    return pl.DataFrame(frame)


def _ledger(risks: Risks, bounds: Bounds, reason: Any) -> pl.DataFrame:
    at = np.flatnonzero(reason != "")
    # a later spell at risk that comes to nothing, and that no adoption ends, leaves nobody out
    at = at[(risks.spell[at] == 1) | (risks.row[at] >= 0)]
    row = pl.Series("row", risks.row[at], dtype=pl.Int64)
    return pl.DataFrame(
        {
            "rule": pl.Series(reason[at].tolist(), dtype=pl.String),
            "unit": pl.Series(bounds.units, dtype=pl.String).gather(risks.unit[at]),
            "policy": pl.Series(bounds.policies, dtype=pl.String).gather(risks.policy[at]),
            "row": row.set(row < 0, None),
        }
    )


def _notes(bounds: Bounds, risks: Risks, eventful: Any, event: Any) -> tuple[str, ...]:
    notes = []
    without = [bounds.policies[at] for at in np.flatnonzero(~eventful)]
    if without:
        names = ", ".join(without[:5]) + (" …" if len(without) > 5 else "")
        notes.append(
            f"{counted(len(without), 'policy', 'policies')} without an event "
            f"{noun(len(without), 'is', 'are')} left out: {names}."
        )
    spanning = int((event & (risks.earliest < risks.latest)).sum())
    if spanning:
        notes.append(
            f"{spanning:,} of {counted(int(event.sum()), 'adoption')} "
            f"{noun(spanning, 'has a date that spans', 'have dates that span')} "
            "several periods; each is one row as long as its span. `impute_dates` draws dates instead."
        )
    return tuple(notes)


_TEXT = {"unit": pl.String, "policy": pl.String}
