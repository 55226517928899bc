"""How we know: every coded passage with its weight, and how firm the conclusions are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.records.numbers import signed
from diffuscope.records.phrases import counted
from diffuscope.report.names import spoken
from diffuscope.report.sections.firmness import firmness
from diffuscope.report.words import DIRECTIONS, ROLES, TESTS, as_written, times, weight_words

if TYPE_CHECKING:
    from diffuscope.records import CriterionRecord, EvidenceDetail, EvidenceItem, Finding
    from diffuscope.report.names import Names
    from diffuscope.result import Result

_FULL_BAR = 10.0
"""Decibans at which the bar beside a weight is full."""


def evidence(result: Result, names: Names) -> list[dict[str, Any]]:
    """The coded evidence of every analysis that has any, mechanism by mechanism.

    Parameters
    ----------
    result : Result
    names : Names

    Returns
    -------
    list of dict
        One per analysis: `id`, `question`, `mechanisms`, `tests` (terms to explain), `agreement`, `drivers`.
    """
    parts = []
    for analysis in result.analyses:
        findings = [
            finding
            for finding in result.findings
            if finding.analysis == analysis.id and finding.evidence and finding.evidence.items
        ]
        if findings:
            parts.append(
                {
                    "id": analysis.id,
                    "spoken": spoken(analysis),
                    "question": analysis.question,
                    "mechanisms": [
                        _mechanism(finding, finding.evidence, names)
                        for finding in findings
                        if finding.evidence
                    ],
                    "tests": _tests(findings),
                    "agreement": [
                        agreement for agreement in result.agreement if agreement.analysis == analysis.id
                    ],
                    "drivers": [share for share in result.drivers if share.analysis == analysis.id],
                }
            )
    return parts


def _mechanism(finding: Finding, detail: EvidenceDetail, names: Names) -> dict[str, Any]:
    return {
        "name": finding.mechanism,
        "stance": finding.stance,
        "reason": finding.reason,
        "caveats": finding.caveats,
        "items": [_item(item, names) for item in detail.items],
        "criteria": [_criterion(criterion) for criterion in detail.criteria],
        **firmness(finding, detail),
    }


def _item(item: EvidenceItem, names: Names) -> dict[str, Any]:
    return {
        "id": item.id,
        "direction": DIRECTIONS[item.direction],
        "kind": item.direction,
        "says": item.paraphrase,
        "private": item.share == "private",
        "criteria": item.criteria,
        "weight": signed(item.decibans),
        "words": weight_words(item.decibans),
        "times": times(item.decibans),
        "bar": round(min(1.0, abs(item.decibans) / _FULL_BAR) * 50, 1),
        "below": item.decibans < 0,
        "document": names.document(item.document),
        "locator": item.locator,
        "remarks": _remarks(item, names),
        "places": [names.place(place) for place in item.places],
        "anchors": [f"{place.table}-{place.row}" for place in item.places],
    }


def _remarks(item: EvidenceItem, names: Names) -> list[str]:
    """What else is known of a passage, each as a short sentence."""
    remarks = []
    if item.p_if_true is not None and item.p_if_false is not None:
        remarks.append(
            f"Chance of the trace: {item.p_if_true:g} if the mechanism was at work, "
            f"{item.p_if_false:g} otherwise."
        )
    if item.rival:
        remarks.append(f"The alternative is: {item.rival}.")
    if item.searched is not None:
        remarks.append(f"Chance that the search would have found it: {item.searched:g}.")
    if item.test:
        remarks.append(f"Kind of test: {item.test}.")
    if item.definition:
        remarks.append(f"Counts under the {item.definition} reading only.")
    if item.unit:
        remarks.append(f"Names {names.unit(item.unit)}.")
    if item.date:
        remarks.append(f"Date: {as_written(item.date)}.")
    if item.bears_on is not None:
        remarks.append(f"Dated so that it can bear on {counted(item.bears_on, 'adoption')}.")
    if item.coders > 1:
        remarks.append(f"Mean of {item.coders} coders.")
    if item.note:
        remarks.append(item.note)
    return remarks


def _criterion(criterion: CriterionRecord) -> dict[str, Any]:
    return {
        "id": criterion.id,
        "text": criterion.text,
        "role": ROLES.get(criterion.role, criterion.role),
        "items": criterion.items,
        "weight": None if criterion.decibans is None else signed(criterion.decibans),
        "words": "no passage" if criterion.decibans is None else weight_words(criterion.decibans),
        "side": _side(criterion.decibans),
        "note": criterion.note,
    }


def _side(decibans: float | None) -> str:
    if decibans is None or weight_words(decibans) == "none":
        return ""
    return "for" if decibans > 0 else "against"


def _tests(findings: list[Finding]) -> dict[str, str]:
    """The names of tests that occur, with what they mean."""
    used = {item.test for finding in findings if finding.evidence for item in finding.evidence.items}
    return {name: says for name, says in TESTS.items() if name in used}
