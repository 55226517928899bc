"""From the findings of the witnesses to one verdict on one mechanism in one analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records import Verdict
from diffuscope.records.phrases import upper_first
from diffuscope.verdicts.author import difference
from diffuscope.verdicts.bodies import statistics_on
from diffuscope.verdicts.change import would_change
from diffuscope.verdicts.rule import decide, decide_neighbours
from diffuscope.verdicts.wording import sentence, statistics_say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.records import AuthorVerdict, Chronology, Finding, Stance

NEIGHBOURS = "neighbours"
"""What stands in place of a mechanism where exposure to neighbours is told, which identifies none."""


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
        What the witnesses say in this analysis, of this mechanism and of its rivals; none on this one: both
        bodies are silent.
    author : AuthorVerdict, optional
        What an author concluded, to be set beside ours.

    Returns
    -------
    Verdict
    """
    own = (one for one in findings if one.mechanism == mechanism and one.body == "evidence")
    evidence = next(own, None)
    statistics = statistics_on(mechanism, findings)
    stance: Stance = evidence.stance if evidence else "silent"
    row = decide(stance, statistics.stance, statistics.flags(chronology))
    change = would_change(row.verdict, evidence, statistics, chronology)
    return Verdict(
        analysis=chronology.analysis,
        mechanism=mechanism,
        verdict=row.verdict,
        sentence=sentence(row.verdict, chronology, evidence, statistics, change),
        rule=row.description,
        evidence=stance,
        statistics=statistics.stance,
        evidence_silence=evidence.silence if evidence else "no data",
        statistics_silence=statistics.silence,
        would_change=change,
        author=author,
        difference=None
        if author is None
        else difference(row.verdict, author, chronology, evidence, statistics),
    )


def neighbours_verdict(chronology: Chronology, findings: Sequence[Finding]) -> Verdict | None:
    """What the statistics say of exposure to neighbours, which identifies no mechanism.

    Parameters
    ----------
    chronology : Chronology
    findings : sequence of Finding
        What the witnesses say in this analysis.

    Returns
    -------
    Verdict or None
        None where no witness was asked about neighbours. Where the dates rule diffusion out, there is no
        effect of neighbours to find either: no data.
    """
    if not any(one.mechanism == NEIGHBOURS for one in findings):
        return None
    statistics = statistics_on(NEIGHBOURS, findings)
    if chronology.testable is False:
        statistics = statistics._replace(stance="silent", silence="no data")
    row = decide_neighbours(statistics.stance, statistics.silence)
    says = chronology.reason if chronology.testable is False else statistics_say(statistics)
    return Verdict(
        analysis=chronology.analysis,
        mechanism=NEIGHBOURS,
        verdict=row.verdict,
        sentence=f"{upper_first(row.verdict)} (mechanism not identified). {says}",
        rule=row.description,
        evidence="silent",
        statistics=statistics.stance,
        evidence_silence="not asked",
        statistics_silence=statistics.silence,
    )
