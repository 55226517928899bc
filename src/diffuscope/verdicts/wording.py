"""Verdicts in words: exact, and diplomatic. No sentence says that one named government coerced another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diffuscope.records import AuthorVerdict, Chronology, Finding, Silence, Stance, VerdictName

_EVIDENCE: dict[Stance, str] = {
    "for": "the coded evidence speaks for it",
    "leaning for": "the coded evidence leans towards it",
    "silent": "the coded evidence does not decide",
    "leaning against": "the coded evidence leans against it",
    "against": "the coded evidence speaks against it",
}
_STATISTICS: dict[Stance, str] = {
    "for": "the statistics speak for it",
    "leaning for": "the statistics lean towards it",
    "silent": "the statistics were tried and do not decide",
    "leaning against": "the statistics lean against it",
    "against": "the statistics speak against it",
}
NO_EVIDENCE = "no evidence was coded"
_AUTHOR = {
    "at work": "concludes that it was at work",
    "in part": "concludes that it was at work in part",
    "not at work": "concludes that it was not at work",
    "undecided": "leaves it open",
}
_WHY_NOT: dict[VerdictName, str] = {
    "not separable": "it cannot be told from its rivals",
    "contested": "what was found points both ways",
    "supported": "both bodies speak for it",
    "supported by one body": "one body speaks for it",
    "weak": "what was found leans towards it and does not carry more",
    "opposed": "what was found speaks against it",
    "not shown": "nothing that was found speaks for it",
}
_AGREES: dict[str, frozenset[VerdictName]] = {
    "at work": frozenset({"supported", "supported by one body"}),
    "in part": frozenset({"supported by one body", "weak"}),
    "not at work": frozenset({"opposed", "not shown"}),
    "undecided": frozenset({"not testable", "not separable", "contested", "not shown"}),
}


def evidence_clause(finding: Finding | None) -> str:
    """What the evidence says of a mechanism, as part of a sentence."""
    if finding is None or finding.evidence is None:
        return NO_EVIDENCE
    if finding.silence == "no data":
        return "nothing that was coded can count"
    detail = finding.evidence
    clause = f"{_EVIDENCE[finding.stance]} (probability {detail.p:.2f}"
    if detail.other_definition is not None and finding.stance != detail.other_stance:
        clause += f"; {detail.other_definition.p:.2f} if the mechanism is read broadly"
    clause += ")"
    if detail.failed:
        clause += f", because a necessary condition fails ({', '.join(detail.failed)})"
    if detail.caps and finding.stance in ("leaning for", "leaning against"):
        clause += f"{',' if detail.failed else ''} and can do no more than lean: {', '.join(detail.caps)}"
    return clause


def statistics_clause(
    stance: Stance, silence: Silence | None, rivals: tuple[str, ...], *, divided: bool
) -> str:
    """What the statistics say of a mechanism, as part of a sentence."""
    if divided:
        return "event history and inferred networks point opposite ways"
    if silence == "no data":
        return "the statistics had no data"
    if silence == "not asked":
        return "the statistics were not asked"
    clause = _STATISTICS[stance]
    if rivals:
        clause += f", but only together with {' and '.join(rivals)}"
    return clause


def sentence(verdict: VerdictName, chronology: Chronology, evidence: str, statistics: str) -> str:
    """A verdict with its reason, as one sentence."""
    start = verdict[0].upper() + verdict[1:]
    if verdict == "not testable":
        motive = "" if evidence == NO_EVIDENCE else " The evidence shows motive only."
        return f"{start} — {_lower(chronology.reason)}{motive}"
    return f"{start} — {evidence}; {statistics}."


def difference(verdict: VerdictName, author: AuthorVerdict, chronology: Chronology) -> str:
    """Why an author's conclusion and ours agree or differ; what ours rests on stands in its own sentence."""
    theirs = _AUTHOR[author.verdict]
    if verdict in _AGREES[author.verdict]:
        return f"The author {theirs}; so do we, as far as the data go."
    if verdict == "not testable":
        return f"The author {theirs}; the dates do not allow that conclusion: {_lower(chronology.reason)}"
    return f"The author {theirs}; here it is {verdict}: {_WHY_NOT[verdict]}."


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
