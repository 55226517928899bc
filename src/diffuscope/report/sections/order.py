"""The order of events: who came first, how many at once, and every row that was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.records.phrases import counted, listed
from diffuscope.records.shares import share_words
from diffuscope.report.names import spoken
from diffuscope.report.words import as_written, when

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.records import Analysis, Chronology, Excluded
    from diffuscope.report.names import Link, Names
    from diffuscope.result import Result

_ROWS_NAMED = 12
"""Rows of the ledger that are named one by one; more are counted."""
LONG = 20
"""Adoptions above which the list is folded away."""


def order(result: Result, names: Names) -> list[dict[str, Any]]:
    """The order of events of every analysis.

    Parameters
    ----------
    result : Result
    names : Names

    Returns
    -------
    list of dict
        One per analysis: `testable` (in words), `reason`, `warnings`, `facts` (number, meaning), `spells`,
        `left_out`.
    """
    questions = {analysis.id: analysis for analysis in result.analyses}
    return [
        {
            "id": chronology.analysis,
            "spoken": spoken(questions[chronology.analysis]),
            "question": questions[chronology.analysis].question,
            "testable": _TESTABLE[chronology.testable],
            "reason": chronology.reason,
            "warnings": chronology.warnings,
            "facts": _facts(chronology, questions[chronology.analysis]),
            "several": len({spell.policy for spell in chronology.order}) > 1,
            "folded": len(chronology.order) > LONG,
            "count": counted(len(chronology.order), "adoption"),
            "spells": [
                {
                    "who": names.unit(spell.unit),
                    "what": names.policy(spell.policy),
                    "when": when(spell.first, spell.last),
                    "sure": "before the record begins"
                    if spell.baseline
                    else spell.confidence or "not stated",
                    "launch": spell.launch and (chronology.launch_count or 0) > 1,
                    "place": names.place(spell.place),
                }
                for spell in chronology.order
            ],
            "left_out": [left_out(left, names) for left in chronology.left_out],
        }
        for chronology in result.chronology
    ]


_TESTABLE = {True: "There is a sequence.", False: "Not testable.", None: "Unknown."}


Fact = tuple[str, str]
"""A number, and what it counts."""


def _facts(dates: Chronology, analysis: Analysis) -> list[Fact]:
    facts = [(f"{dates.adopters} of {dates.units}", "possible adopters that adopted")]
    if dates.baseline:
        facts.append((f"{dates.baseline} of {dates.adoptions}", "adoptions before the record begins"))
    dated = dates.adoptions - dates.baseline
    if dates.modal_share is not None and dates.modal_period is not None:
        facts.append(
            (
                f"{dates.modal_count} of {dated}",
                f"dated adoptions in the fullest {analysis.period}, {as_written(dates.modal_period)} "
                f"({share_words(dates.modal_count or 0, dated)})",
            )
        )
    return [*facts, *_launch(dates, dated), *_open(dates), *_pairs(dates, analysis)]


def _launch(dates: Chronology, dated: int) -> Iterator[Fact]:
    """How many adopted at once; none in results that do not say so."""
    if dates.launch_count is None or dates.launch_share is None:
        return
    yield f"{dates.launch_count} of {dated}", _of_launch(dates, dated)
    if dates.share_30_days is not None and dates.share_365_days is not None:
        yield (
            listed(
                share_words(round(share * dated), dated)
                for share in (dates.share_30_days, dates.share_365_days)
            ),
            "of dated adoptions known to lie within 30 days, and within a year, of each other",
        )
    if dates.events_after_launch is not None:
        yield (
            f"{dates.events_after_launch:,}",
            "events outside the launch: adoptions by units that could have followed others",
        )


def _of_launch(dates: Chronology, dated: int) -> str:
    """What the adoptions counted as the launch are; an adoption counts if its whole range lies within."""
    window = counted(dates.launch_days, "day")
    if not dates.launch_count:
        return f"dated adoptions known to within {window}, so no launch can be seen"
    several = len({spell.policy for spell in dates.order}) > 1
    if dates.launch_count == 1 and not several:
        return f"dated adoptions at most within {window} of each other: there was no joint launch"
    most = "the most of each policy" if several else "the most there are"
    days = "" if dates.launch_from is None else f", {when(dates.launch_from, dates.launch_to)}"
    return (
        f"dated adoptions known to lie within {window} of each other, {most}: the launch{days} "
        f"({share_words(dates.launch_count, dated)})"
    )


def _open(dates: Chronology) -> Iterator[Fact]:
    """Who was left to follow, and who never did."""
    if dates.at_risk_after_first is not None:
        yield (
            f"{dates.at_risk_after_first:,}",
            "pairs of adopter and policy still open after the first adoption",
        )
    if dates.never is not None:
        yield f"{dates.never:,}", "pairs that could have adopted within the record and did not"


def _pairs(dates: Chronology, analysis: Analysis) -> Iterator[Fact]:
    pairs = dates.pairs_ordered + dates.pairs_same + dates.pairs_unknown
    if pairs:
        # results that do not count all pairs called those of one period the same
        alike, unknown = "are dated alike", "have dates that overlap"
        if not dates.pairs_total:
            alike, unknown = f"fall in the same {analysis.period}", "are unknown"
        yield (
            f"{dates.pairs_ordered:,} of {pairs:,}",
            "pairs of adoptions of which it is clear which came first "
            f"({dates.pairs_same:,} {alike}, {dates.pairs_unknown:,} {unknown})",
        )


def left_out(left: Excluded, names: Names) -> dict[str, Any]:
    """Rows left out for one reason, with the first of them named one by one."""
    links: list[Link] = [names.row(left.table, row) for row in left.rows[:_ROWS_NAMED]]
    places = [link.text.rpartition(", row ") for link in links]
    one_file = len({where for where, _, _ in places}) == 1  # several sheets can make one table
    return {
        "reason": left.reason,
        "count": left.count,
        "rows": [
            (row if one_file else f"{where} {row}", link.href)
            for (where, _, row), link in zip(places, links, strict=True)
        ],
        "more": max(0, len(left.rows) - _ROWS_NAMED),
        "file": places[0][0] if one_file else left.table,
    }
