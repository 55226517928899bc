"""The order of events: who came first, how many at once, and every row that was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.report.names import spoken
from diffuscope.report.words import as_written, counted, when

if TYPE_CHECKING:
    from diffuscope.records import Analysis, Chronology, LeftOut
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
        One per analysis: `reason`, `facts` (number, meaning), `spells`, `left_out`.
    """
    questions = {analysis.id: analysis for analysis in result.analyses}
    return [
        {
            "id": found.analysis,
            "spoken": spoken(questions[found.analysis]),
            "question": questions[found.analysis].question,
            "testable": found.testable,
            "reason": found.reason,
            "warnings": found.warnings,
            "facts": _facts(found, questions[found.analysis]),
            "several": len({spell.policy for spell in found.order}) > 1,
            "folded": len(found.order) > LONG,
            "count": counted(len(found.order), "adoption"),
            "spells": [
                {
                    "who": names.unit(spell.unit),
                    "what": names.policy(spell.policy),
                    "when": when(spell.first, spell.last),
                    "sure": "before the record begins"
                    if spell.baseline
                    else spell.confidence or "not stated",
                    "place": names.place(spell.place),
                }
                for spell in found.order
            ],
            "left_out": [left_out(left, names) for left in found.left_out],
        }
        for found in result.chronology
    ]


def _facts(found: Chronology, analysis: Analysis) -> list[tuple[str, str]]:
    facts = [(f"{found.adopters} of {found.units}", "possible adopters that adopted")]
    if found.baseline:
        facts.append(
            (f"{found.baseline} of {found.adoptions}", "adoptions already there when the record begins")
        )
    if found.modal_share is not None and found.modal_period is not None:
        dated = found.adoptions - found.baseline
        facts.append(
            (
                f"{found.modal_count} of {dated}",
                f"dated adoptions in the fullest {analysis.period}, {as_written(found.modal_period)} "
                f"({found.modal_share:.0%})",
            )
        )
    if found.at_risk_after_first is not None:
        facts.append(
            (
                f"{found.at_risk_after_first:,}",
                "pairs of adopter and policy still open after the first adoption",
            )
        )
    pairs = found.pairs_ordered + found.pairs_same + found.pairs_unknown
    if pairs:
        facts.append(
            (
                f"{found.pairs_ordered:,} of {pairs:,}",
                "pairs of adoptions of which it is clear which came first "
                f"({found.pairs_same:,} fall in the same {analysis.period}, {found.pairs_unknown:,} are "
                "unknown)",
            )
        )
    return facts


def left_out(left: LeftOut, names: Names) -> dict[str, Any]:
    """Rows left out for one reason, with the first of them named one by one."""
    links: list[Link] = [names.row(left.table, row) for row in left.rows[:_ROWS_NAMED]]
    return {
        "reason": left.reason,
        "count": left.count,
        "rows": [(str(row), link.href) for row, link in zip(left.rows, links, strict=False)],
        "more": max(0, len(left.rows) - _ROWS_NAMED),
        "file": links[0].text.rpartition(",")[0] if links else left.table,
    }
