"""Every verdict with its reason and its rule, beside what the author concluded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.records.phrases import counted, listed
from diffuscope.report.names import rows, spoken
from diffuscope.report.sections.safeguards import address, of_history
from diffuscope.report.words import AUTHOR, NEIGHBOURS, as_written, by_strength, mechanism_label, stance_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.records import Analysis, Verdict
    from diffuscope.report.names import Names
    from diffuscope.result import Result

_PERIODS = {"year": "years", "month": "months", "day": "days", "wave": "reporting waves"}


def conclusions(result: Result, names: Names) -> list[dict[str, Any]]:
    """The verdicts of every analysis; mechanisms that share one for one reason stand together.

    Parameters
    ----------
    result : Result
    names : Names

    Returns
    -------
    list of dict
        One per analysis: `id`, `spoken`, `question`, `facts`, `note`, `cards`.
    """
    return [
        {
            "id": analysis.id,
            "spoken": spoken(analysis),
            "question": analysis.question,
            "facts": _facts(result, analysis, names),
            "note": analysis.note,
            "cards": list(_cards(result, analysis, names)),
        }
        for analysis in result.analyses
    ]


def frozen_says(result: Result) -> str | None:
    """Whether the questions were kept as they were frozen; None where that was not recorded."""
    frozen = result.run.frozen
    if frozen is None:
        return None
    if frozen.state == "never frozen":
        return "The questions were never frozen: they may have been chosen after looking at the data."
    day = as_written((frozen.date or "")[:10])
    if frozen.state == "kept":
        return f"The questions were frozen on {day} and kept (SHA-256 {frozen.sha256})."
    changed = "; ".join(frozen.changes)
    return f"The questions were frozen on {day} and have changed since: {changed}."


def _facts(result: Result, analysis: Analysis, names: Names) -> str:
    policies = [names.policy(policy) for policy in analysis.policies]
    what = counted(len(policies), "policy", "policies") if len(policies) > 3 else listed(policies)
    parts = [
        what or "answered from the coded evidence alone",
        counted(len(analysis.units), "possible adopter"),
    ]
    if analysis.window:
        parts.append(f"{analysis.window[0]} to {analysis.window[1]}")
    if analysis.policies:
        parts.append(f"order known in {_PERIODS[analysis.period]}")
    if any(row.get("tier") and row["policy"] in analysis.policies for row in rows(result, "adoptions")):
        parts.append(f"an adoption is a row that reaches the tier “{analysis.tier}” or a higher one")
    return " · ".join(parts)


def _cards(result: Result, analysis: Analysis, names: Names) -> Iterator[dict[str, Any]]:
    together: dict[tuple[object, ...], list[Verdict]] = {}
    for verdict in sorted(result.verdicts, key=lambda verdict: by_strength(verdict.verdict)):
        if verdict.analysis == analysis.id:
            alone = verdict.mechanism if verdict.author else None
            together.setdefault((verdict.sentence, verdict.rule, alone), []).append(verdict)
    for alike in together.values():
        yield _card(result, alike, names)


def _card(result: Result, alike: list[Verdict], names: Names) -> dict[str, Any]:
    verdict = alike[0]
    says = [row.description for row in result.rule]
    return {
        "mechanisms": [mechanism_label(same.mechanism) for same in alike],
        "neighbours": verdict.mechanism == NEIGHBOURS,
        "verdict": verdict.verdict,
        "sentence": verdict.sentence,
        "rule": verdict.rule,
        "rule_row": says.index(verdict.rule) + 1 if verdict.rule in says else None,
        "evidence": stance_label(verdict.evidence, verdict.evidence_silence, "evidence"),
        "statistics": stance_label(verdict.statistics, verdict.statistics_silence),
        "statistics_at": address(of_history(result, verdict.analysis), [same.mechanism for same in alike]),
        "author": _author(verdict, names),
        "difference": verdict.difference,
    }


def _author(verdict: Verdict, names: Names) -> dict[str, Any] | None:
    conclusion = verdict.author
    if conclusion is None:
        return None
    return {
        "verdict": AUTHOR[conclusion.verdict],
        "wording": conclusion.wording,
        "document": names.document(conclusion.document),
        "locator": conclusion.locator,
        "anchor": f"{conclusion.place.table}-{conclusion.place.row}",
        "place": names.place(conclusion.place).text,
    }
