"""Verdicts in words: exact, and diplomatic. No sentence says that one named government coerced another.

Whatever a sentence counts or compares is taken from the findings, so that it can be counted again from the
result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records.numbers import decimal, p_equals, p_value
from diffuscope.records.phrases import listed, upper_first
from diffuscope.records.wording import silence_words
from diffuscope.verdicts.bodies import POSITIVE, UNTESTED
from diffuscope.verdicts.passages import broad, broad_differs, come_to, for_and_against, speak

if TYPE_CHECKING:
    from diffuscope.records import Chronology, EvidenceDetail, Finding, SafeguardResults, Stance
    from diffuscope.verdicts.bodies import Statistics

EVIDENCE: dict[Stance, str] = {
    "for": "the coded evidence speaks for it",
    "leaning for": "the coded evidence leans towards it",
    "silent": "the coded evidence is inconclusive",
    "leaning against": "the coded evidence leans against it",
    "against": "the coded evidence speaks against it",
}
STATISTICS: dict[Stance, str] = {
    "for": "the statistics speak for it",
    "leaning for": "the statistics lean towards it",
    "silent": "the statistics do not decide",
    "leaning against": "the statistics lean against it",
    "against": "the statistics lean against it",
}
BROADLY: dict[Stance, str] = {
    "for": "speaks for it",
    "leaning for": "leans towards it",
    "silent": "is inconclusive",
    "leaning against": "leans against it",
    "against": "speaks against it",
}
NO_EVIDENCE = "no evidence was coded"


def sentence(
    verdict: str, chronology: Chronology, evidence: Finding | None, statistics: Statistics, change: str | None
) -> str:
    """A verdict with its reason: what the evidence and the statistics say, and what would change it."""
    start = upper_first(verdict)
    if verdict == "not testable":
        parts = [f"{start}. {upper_first(chronology.reason)}"]
        if evidence is not None and evidence.evidence is not None and evidence.evidence.items:
            parts.append(f"The evidence is about motives only: {speak(evidence.evidence)}.")
    else:
        parts = [f"{start}. {upper_first(evidence_says(evidence))}", statistics_say(statistics)]
    return " ".join([*parts, *([change] if change else [])])


def evidence_says(finding: Finding | None) -> str:
    """What the evidence says of a mechanism: counts, weight, range, both readings, and what limits it."""
    if finding is None or finding.evidence is None:
        return f"{NO_EVIDENCE}."
    if finding.silence == "no data":
        return "no coded passage can count."
    detail = finding.evidence
    parts = [f"{EVIDENCE[finding.stance]}: {passages_say(detail)}."]
    if detail.failed:
        condition = "A necessary condition fails" if len(detail.failed) == 1 else "Necessary conditions fail"
        parts.append(f"{condition}: {listed(detail.failed)}.")
    if detail.caps and finding.stance in ("leaning for", "leaning against"):
        parts.append(f"It is limited to leaning, because {listed(detail.caps)}.")
    if broad_differs(detail, finding.stance):
        parts.append(readings_say(detail, finding.stance))
    return " ".join(parts)


def passages_say(detail: EvidenceDetail) -> str:
    """How many passages speak for and against, and what they come to."""
    together = "together " if sum(for_and_against(detail)) > 1 else ""
    return f"{speak(detail)}, {together}{come_to(detail)}"


def readings_say(detail: EvidenceDetail, stance: Stance) -> str:
    """What the broad reading of a mechanism makes of the evidence, where it leads to another stance."""
    other = detail.other_stance
    if other is None or other == stance:
        return ""
    return f"This is the narrow reading; read broadly, the evidence {BROADLY[other]} ({broad(detail)})."


def statistics_say(statistics: Statistics) -> str:
    """What the statistics tried and found, as one or two sentences."""
    if statistics.divided:
        return "Event history and inferred networks point in opposite directions."
    finding = statistics.finding
    if statistics.stance == "silent":
        label = silence_words(statistics.silence)
        lost = statistics.silence == "does not withstand"
        if finding is not None and lost and (names := failed(finding.trial)):
            label = f"does not withstand: {listed(names)}"
        if finding is None or statistics.silence == "not asked":
            return f"Statistics: {label}."
        if finding.trial is not None:
            return f"Statistics: {label}; {coefficient(finding.trial)}."
        return f"Statistics: {label}. {finding.reason}".rstrip()
    clause = upper_first(STATISTICS[statistics.stance])
    if finding is not None and finding.trial is not None:
        grounds = withstood if statistics.stance in POSITIVE else below
        clause += f": {coefficient(finding.trial)}{grounds(finding.trial)}"
    if not statistics.joint_with:
        return f"{clause}."
    rivals = listed(statistics.joint_with)
    joint = f"{clause}. This holds only jointly with {rivals}: the data do not show which of them it was."
    if statistics.untested:
        joint += f" {upper_first(listed(statistics.untested))} could not be tested."
    return joint


def coefficient(trial: SafeguardResults) -> str:
    """An estimate with its interval, and how it compares with relabelled ties."""
    interval = f"95 % interval {decimal(trial.ci_low)} to {decimal(trial.ci_high)}"
    sentence = f"the coefficient is {decimal(trial.estimate)} ({interval})"
    permuted = next((one for one in trial.safeguards if one.name == "permuted ties"), None)
    if permuted is None or permuted.p is None:
        return sentence
    if trial.p_holm is not None and trial.p_holm != permuted.p:
        return (
            f"{sentence}; permuted ties {p_equals(permuted.p)}, {p_value(trial.p_holm)} over all mechanisms"
        )
    return f"{sentence}; permuted ties {p_equals(permuted.p)}"


def withstood(trial: SafeguardResults) -> str:
    """How many of the safeguards that bear on the stance are passed, and which are not."""
    relevant = [one for one in trial.safeguards if one.role != "beside" and one.applies]
    if not relevant:
        return ""
    lacking = [
        f"{one.name} {'missing' if one.passed is None else 'failed'}" for one in relevant if not one.passed
    ]
    passed = f"; {len(relevant) - len(lacking)} of {len(relevant)} relevant safeguards are passed"
    return f"{passed} ({', '.join(lacking)})" if lacking else passed


def below(trial: SafeguardResults) -> str:
    """What a stance against rests on: an interval below the smallest effect of interest, or the ties."""
    if trial.smallest is not None and trial.ci_high is not None and trial.ci_high < trial.smallest:
        return "; the whole interval lies below the smallest effect of interest"
    if trial.p_holm_less is not None:
        return (
            f"; {p_equals(trial.p_holm_less)} over all mechanisms that relabelled ties give a "
            "coefficient as small"
        )
    return ""


def failed(trial: SafeguardResults | None) -> list[str]:
    """Safeguards that decide and that the estimate does not withstand."""
    safeguards = () if trial is None else trial.safeguards
    return [one.name for one in safeguards if one.role == "decisive" and one.applies and one.passed is False]


def nothing_to_judge(evidence: Finding | None, statistics: Statistics) -> bool:
    """Whether neither body had anything to look at."""
    no_passage = evidence is None or evidence.evidence is None or evidence.silence == "no data"
    return no_passage and statistics.stance == "silent" and statistics.silence in UNTESTED
