"""What the dates and ties say by themselves: who was at risk, exposed to whom, and the models of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.records.phrases import counted, listed
from diffuscope.report.models import files_of
from diffuscope.report.names import spoken
from diffuscope.report.sections.channels import channels, together
from diffuscope.report.sections.fits import model, repetitions
from diffuscope.report.sections.order import left_out
from diffuscope.report.sections.safeguards import statistics
from diffuscope.report.terms import main_of

if TYPE_CHECKING:
    from diffuscope.records import Analysis, EventHistory
    from diffuscope.report.names import Names
    from diffuscope.result import Result

PERIODS = {"year": "year", "month": "month", "day": "day", "wave": "reporting wave"}


def estimates(result: Result, names: Names) -> list[dict[str, Any]]:
    """The panel of every analysis, its channels, and its models; or why there is no panel.

    Parameters
    ----------
    result : Result
    names : Names

    Returns
    -------
    list of dict
        One per analysis: `id`, `spoken`, `question`, `refused`, `notes`, `statistics` (what follows for each
        mechanism), `ledger`, `repetitions`, `files`, and where there is a panel `asked`, `facts`, `channels`,
        `together`, `inseparable`, `model`.
    """
    questions = {analysis.id: analysis for analysis in result.analyses}
    mechanisms = [mechanism.name for mechanism in result.mechanisms]
    parts = []
    for history in result.histories:
        analysis = questions[history.analysis]
        part = {
            "id": history.analysis,
            "spoken": spoken(analysis),
            "question": analysis.question,
            "refused": history.refused,
            "notes": history.notes,
            "statistics": statistics(result, history),
            "ledger": _ledger(history, names),
            "repetitions": repetitions(history),
            "files": files_of(result, history),
        }
        if history.refused is None:
            part |= _panel(history, analysis, mechanisms, names)
        parts.append(part)
    return parts


def _panel(history: EventHistory, analysis: Analysis, mechanisms: list[str], names: Names) -> dict[str, Any]:
    main, period = main_of(history), PERIODS[analysis.period]
    return {
        "asked": _question_sentence(analysis, names),
        "facts": _facts(history, period),
        "channels": channels(history, mechanisms, period),
        "together": together(history),
        "inseparable": history.inseparable,
        "model": None if main is None else model(history, main),
    }


def _question_sentence(analysis: Analysis, names: Names) -> str:
    policies = [names.policy(policy) for policy in analysis.policies]
    what = counted(len(policies), "policy", "policies") if len(policies) > 3 else listed(policies, "or")
    return (
        f"Among those who had not adopted {what} yet, did the more exposed to earlier adopters adopt sooner?"
    )


def _facts(history: EventHistory, period: str) -> list[tuple[str, str]]:
    policies = f" of {counted(history.policies, 'policy', 'policies')}" if history.policies > 1 else ""
    facts = [
        (f"{history.rows:,}", f"rows at risk: one unit that could still adopt, in one {period}"),
        (f"{history.events:,}", f"events: adoptions{policies} in these rows"),
        (f"{history.units:,}", "units that were ever at risk"),
    ]
    if history.simultaneous:
        facts.append(
            (
                f"{history.simultaneous:,} of {history.events:,}",
                f"events that share their {period} with another of the same policy: neither came first",
            )
        )
    return facts


def _ledger(history: EventHistory, names: Names) -> dict[str, Any] | None:
    if not history.left_out:
        return None
    number = sum(left.count for left in history.left_out)
    return {
        "count": counted(number, "row or unit", "rows or units"),
        "rows": [left_out(left, names) for left in history.left_out],
    }
