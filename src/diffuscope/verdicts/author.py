"""The author's conclusion beside ours, compared from the record: readings first, then what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records.phrases import listed, lower_first, upper_first
from diffuscope.records.probability import about_text
from diffuscope.records.wording import silence_words
from diffuscope.verdicts.passages import broad, broad_differs, speak
from diffuscope.verdicts.wording import BROADLY, STATISTICS, nothing_to_judge

if TYPE_CHECKING:
    from diffuscope.records import AuthorVerdict, Chronology, EvidenceDetail, Finding, VerdictName
    from diffuscope.verdicts.bodies import Statistics

_AUTHOR = {
    "at work": "concludes that it was at work",
    "in part": "concludes that it was at work in part",
    "not at work": "concludes that it was not at work",
    "undecided": "leaves it open",
}
_SAME: dict[str, frozenset[VerdictName]] = {
    "at work": frozenset({"supported", "supported by one body"}),
    "in part": frozenset({"supported by one body", "weak"}),
    "not at work": frozenset({"opposed"}),
    "undecided": frozenset({"not testable", "not separable", "contested", "not shown"}),
}


def difference(
    verdict: VerdictName,
    author: AuthorVerdict,
    chronology: Chronology,
    evidence: Finding | None,
    statistics: Statistics,
) -> str:
    """How an author's conclusion and our verdict compare, and why.

    Where the author asked another question, or the readings of the mechanism differ in stance, that is said
    first. Where neither body had
    data, nothing is confirmed and nothing contradicted.

    Parameters
    ----------
    verdict : VerdictName
    author : AuthorVerdict
    chronology : Chronology
    evidence : Finding or None
    statistics : Statistics
    """
    start = f"The author {_AUTHOR[author.verdict]}"
    if verdict == "not testable":
        return f"{start}; the dates do not allow a test: {lower_first(chronology.reason)}"
    if nothing_to_judge(evidence, statistics):
        return (
            f"{start}; here no passage that can count was coded and the statistics could not test anything "
            f"({silence_words(statistics.silence)}), so this can neither be confirmed nor contradicted."
        )
    same = verdict in _SAME[author.verdict]
    parts = [f"{start}; our verdict is {verdict}{', which agrees' if same else ''}."]
    if not author.own_question:
        parts.append("The author asked another question; this is the closest one.")
    if evidence is not None and evidence.evidence is not None:
        parts += _evidence(evidence, evidence.evidence)
    elif evidence is None or evidence.evidence is None:
        parts.append("No evidence was coded.")
    parts.append(_statistics(statistics))
    return " ".join(parts)


def _evidence(finding: Finding, detail: EvidenceDetail) -> list[str]:
    parts = []
    if broad_differs(detail, finding.stance) and detail.other_stance is not None:
        parts.append(
            f"The definition matters: on the narrow reading the evidence "
            f"{BROADLY[finding.stance]}, on the broad reading it {BROADLY[detail.other_stance]} "
            f"({broad(detail)})."
        )
    parts.append(f"{upper_first(speak(detail))}; the probability is {about_text(detail.p, detail.noise)}.")
    if detail.failed:
        condition = "a necessary condition fails" if len(detail.failed) == 1 else "necessary conditions fail"
        parts.append(f"{upper_first(condition)}: {listed(detail.failed)}.")
    if detail.caps and finding.stance in ("leaning for", "leaning against"):
        parts.append(f"The evidence is limited to leaning, because {listed(detail.caps)}.")
    return parts


def _statistics(statistics: Statistics) -> str:
    if statistics.divided:
        return "Event history and inferred networks point in opposite directions."
    if statistics.stance == "silent":
        return f"Statistics: {silence_words(statistics.silence)}."
    joint = f", jointly with {listed(statistics.joint_with)}" if statistics.joint_with else ""
    return f"{upper_first(STATISTICS[statistics.stance])}{joint}."
