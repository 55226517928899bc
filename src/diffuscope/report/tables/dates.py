"""The order of events: what was counted, and every row that was not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records.joined_rows import place_of
from diffuscope.report.tables.base import ANALYSIS, PLACE, OutTable

if TYPE_CHECKING:
    from diffuscope.result import Result


COUNTED = (
    "units",
    "adopters",
    "adoptions",
    "baseline",
    "at_risk_after_first",
    "modal_period",
    "modal_count",
    "modal_share",
    "launch_days",
    "launch_count",
    "launch_share",
    "launch_from",
    "launch_to",
    "share_30_days",
    "share_365_days",
    "events_after_launch",
    "never",
    "pairs_ordered",
    "pairs_same",
    "pairs_unknown",
    "pairs_total",
    "silenced",
)
"""What a chronology counts, field by field as the record names it."""

_LAUNCH = {
    "launch_days": "Within how many days adoptions count as one launch.",
    "launch_count": "Most dated adoptions of one policy known to lie within so many days of each "
    "other, summed over policies.",
    "launch_share": "Their share of all dated adoptions.",
    "launch_from": "First day of the launch; empty where each of several policies has its own.",
    "launch_to": "Last day of the launch.",
    "share_30_days": "The same share within 30 days.",
    "share_365_days": "The same share within a year.",
    "events_after_launch": "Events outside the launch: adoptions by units that were at risk.",
    "never": "Pairs of unit and policy that could have adopted within the record and did not.",
}
"""How many adopted at once, and who was left to follow."""


def chronology(result: Result) -> OutTable:
    """Whether the order of events leaves any diffusion to explain."""
    return OutTable(
        name="chronology",
        a_row_is="the order of events of one analysis",
        columns={
            **ANALYSIS,
            "testable": "Whether the dates leave any diffusion to explain; empty where that is unknown.",
            "reason": "Why.",
            "warnings": "What weakens the order of events, separated by semicolons.",
            "units": "Units in the analysis.",
            "adopters": "Units that adopted.",
            "adoptions": "Adoptions counted.",
            "baseline": "Adoptions before the record begins.",
            "at_risk_after_first": "Pairs of unit and policy left after the first adoption that could adopt.",
            "modal_period": "The period with most adoptions.",
            "modal_count": "Adoptions in it.",
            "modal_share": "Their share of all dated adoptions.",
            **_LAUNCH,
            "pairs_ordered": "Pairs of adoptions of one policy of which it is clear which came first.",
            "pairs_same": "Pairs dated alike (the same day, month, year or range): neither came first.",
            "pairs_unknown": "Other pairs whose dates overlap, so that their order is unknown.",
            "pairs_total": "All pairs of adoptions of one policy.",
            "silenced": "Why the dates prevent statistics and limit the evidence to leaning, where they do.",
        },
        rows=tuple(
            (
                *(getattr(entry, name) for name in ("analysis", "testable", "reason")),
                "; ".join(entry.warnings) or None,
                *(getattr(entry, name) for name in COUNTED),
            )
            for entry in result.chronology
        ),
    )


def order(result: Result) -> OutTable:
    """The adoptions that were counted, earliest first."""
    return OutTable(
        name="order",
        a_row_is="one adoption as counted in one analysis, earliest first",
        columns={
            **ANALYSIS,
            "unit": "Who adopted.",
            "policy": "What was adopted.",
            "first_day": "First day on which it may have happened; empty: adopted by the last day.",
            "last_day": "Last day on which it may have happened.",
            "period": "Period it falls in; empty where its range spans several.",
            "baseline": "Whether it happened before the record begins.",
            "confidence": "How sure the date is.",
            "launch": "Whether it is part of the launch of its policy.",
            **PLACE,
        },
        rows=tuple(
            (
                entry.analysis,
                spell.unit,
                spell.policy,
                spell.first,
                spell.last,
                spell.period,
                spell.baseline,
                spell.confidence,
                spell.launch,
                *spell.place.own,
            )
            for entry in result.chronology
            for spell in entry.order
        ),
    )


def left_out(result: Result) -> OutTable:
    """Every row that did not enter the order of events, and why."""
    return OutTable(
        name="left_out",
        a_row_is="one row of the case that an analysis left out",
        columns={**ANALYSIS, "reason": "Why it was left out.", **PLACE},
        rows=tuple(
            (entry.analysis, left.reason, *place_of(result.case.files.get(left.table, left.table), row))
            for entry in result.chronology
            for left in entry.left_out
            for row in left.rows
        ),
    )
