"""From the findings of the witnesses to one verdict on one mechanism in one analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from diffuscope.records import Verdict
from diffuscope.verdicts.rule import decide
from diffuscope.verdicts.wording import difference, evidence_clause, sentence, statistics_clause

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.records import AuthorVerdict, Chronology, Finding, Silence, Stance
    from diffuscope.verdicts.rule import Flag

_POSITIVE = ("for", "leaning for")
_NEGATIVE = ("against", "leaning against")


class _Body(NamedTuple):
    stance: Stance
    silence: Silence | None
    joint_with: tuple[str, ...] = ()
    divided: bool = False


def verdict(
    mechanism: str,
    chronology: Chronology,
    findings: Sequence[Finding],
    author: AuthorVerdict | None = None,
) -> Verdict:
    """What can be concluded about one mechanism in one analysis, by the printed rule.

    Parameters
    ----------
    mechanism : str
    chronology : Chronology
        Of the same analysis; where it rules diffusion out, no evidence can restore it.
    findings : sequence of Finding
        What the witnesses say of this mechanism in this analysis; none: both bodies are silent.
    author : AuthorVerdict, optional
        What an author concluded, to be set beside ours.

    Returns
    -------
    Verdict
    """
    evidence = next((finding for finding in findings if finding.body == "evidence"), None)
    statistics = _statistics(findings)
    stance: Stance = evidence.stance if evidence else "silent"
    row = decide(stance, statistics.stance, _flags(chronology, statistics))
    evidence_says = evidence_clause(evidence)
    statistics_say = statistics_clause(
        statistics.stance, statistics.silence, statistics.joint_with, divided=statistics.divided
    )
    return Verdict(
        analysis=chronology.analysis,
        mechanism=mechanism,
        verdict=row.verdict,
        sentence=sentence(row.verdict, chronology, evidence_says, statistics_say),
        rule=row.says,
        evidence=stance,
        statistics=statistics.stance,
        evidence_silence=evidence.silence if evidence else "no data",
        statistics_silence=statistics.silence,
        author=author,
        difference=None if author is None else difference(row.verdict, author, chronology),
    )


def _statistics(findings: Sequence[Finding]) -> _Body:
    """The statistical body: event history's stance, or the networks' where that is silent.

    Both read the same dates, so they are one body; pointing opposite ways they cancel each other.
    """
    history = next((finding for finding in findings if finding.witness == "event history"), None)
    networks = next((finding for finding in findings if finding.witness == "inferred networks"), None)
    if history and networks and _opposite(history.stance, networks.stance):
        return _Body("silent", "tested, inconclusive", divided=True)
    if history and history.stance != "silent":
        return _Body(history.stance, None, history.joint_with)
    if networks and networks.stance != "silent":
        # inferred ties alone never carry more than a lean
        stance: Stance = "leaning for" if networks.stance == "for" else networks.stance
        return _Body(stance, None, networks.joint_with)
    if history is None and networks is None:
        return _Body("silent", "not asked")
    tried = any(finding and finding.silence == "tested, inconclusive" for finding in (history, networks))
    return _Body("silent", "tested, inconclusive" if tried else "no data")


def _opposite(one: Stance, other: Stance) -> bool:
    return (one in _POSITIVE and other in _NEGATIVE) or (one in _NEGATIVE and other in _POSITIVE)


def _flags(chronology: Chronology, statistics: _Body) -> set[Flag]:
    flags: set[Flag] = set()
    if chronology.testable is False:
        flags.add("ruled_out")
    if statistics.joint_with:
        flags.add("joint")
    if statistics.divided:
        flags.add("divided")
    return flags
