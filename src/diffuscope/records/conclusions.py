"""Findings of the witnesses, verdicts, and the rules both follow."""

from __future__ import annotations

from typing import Literal

from diffuscope.records.base import AuthorConclusion, Body, Record, RuleOf, Silence, Stance, VerdictName
from diffuscope.records.evidence import EvidenceDetail
from diffuscope.records.notebook import folded
from diffuscope.records.problems import Place
from diffuscope.records.safeguards import SafeguardResults


class Finding(Record, frozen=True, kw_only=True):
    """What one witness says of one mechanism in one analysis, and why.

    Attributes
    ----------
    witness : {"evidence", "event history", "inferred networks"}
        Who says it.
    body : {"evidence", "statistics"}
        The body it belongs to: event history and inferred networks read the same dates and count as one.
    analysis, mechanism : str
        Of what it speaks.
    stance : Stance
        for, leaning for, silent, leaning against, or against.
    reason : str
        Why, in plain words.
    silence : Silence or None
        Why it is silent: there was nothing to look at, or what was looked at does not decide, and why.
    caveats : tuple of str
        What weakens it.
    joint_with : tuple of str
        Rival mechanisms, where the witness can only speak for them together.
    evidence : EvidenceDetail or None
        What the evidence witness computed.
    trial : SafeguardResults or None
        What the event-history witness put its coefficient to, and found.
    """

    witness: Literal["evidence", "event history", "inferred networks"]
    body: Body
    analysis: str
    mechanism: str
    stance: Stance
    reason: str
    silence: Silence | None = None
    caveats: tuple[str, ...] = ()
    joint_with: tuple[str, ...] = ()
    evidence: EvidenceDetail | None = None
    trial: SafeguardResults | None = None


class AuthorVerdict(Record, frozen=True, kw_only=True):
    """Conclusion of an author about one mechanism, in one of four categories.

    Attributes
    ----------
    analysis, mechanism : str
        Of what the author speaks.
    verdict : {"at work", "in part", "not at work", "undecided"}
        What the author concludes.
    wording : str or None
        How it is worded, paraphrased; None where the document is private.
    document, locator : str or None
        Where it stands.
    place : Place
        Its row in the case.
    own_question : bool
        Whether the author asked this question; False: another one, to which this one comes nearest.
    """

    analysis: str
    mechanism: str
    verdict: AuthorConclusion
    wording: str | None
    document: str | None
    locator: str | None
    place: Place
    own_question: bool = True


class Verdict(Record, frozen=True, kw_only=True):
    """The conclusion on one mechanism in one analysis, by the printed rule.

    Attributes
    ----------
    analysis, mechanism : str
        Of what it speaks; "neighbours" for exposure to neighbours, which identifies no mechanism.
    verdict : VerdictName
        The verdict.
    sentence : str
        The verdict with its reason, made from the findings: passages for and against and what they come to,
        what the statistics tried and found, and what would change it.
    rule : str
        The row of the rule that held.
    evidence, statistics : Stance
        The stances of the two bodies it follows from.
    evidence_silence, statistics_silence : Silence or None
        Why a body is silent, where it is.
    author : AuthorVerdict or None
        What the author concluded, where the case says so.
    difference : str or None
        Why the author's conclusion and ours agree or differ.
    would_change : str or None
        The single thing that would change the verdict, tried out with the rule; None where none is known.
    """

    analysis: str
    mechanism: str
    verdict: VerdictName
    sentence: str
    rule: str
    evidence: Stance
    statistics: Stance
    evidence_silence: Silence | None = None
    statistics_silence: Silence | None = None
    author: AuthorVerdict | None = None
    difference: str | None = None
    would_change: str | None = None

    def __repr__(self) -> str:
        """The verdict in a line."""
        return f"<Verdict {self.analysis}, {self.mechanism}: {self.verdict}>"

    def _repr_html_(self) -> str:
        """The verdict with its reason, as a notebook shows it."""
        of = [("reason", self.sentence), ("rule", self.rule), ("would change it", self.would_change)]
        return folded(repr(self)[1:-1], ("of the verdict", ""), of, shown=True)


class MechanismRecord(Record, frozen=True, kw_only=True):
    """A mechanism as it is defined here, with its literature and criteria.

    Attributes
    ----------
    name : str
        The field's word for it.
    claim : str
        What it says happened, with ``{policy}`` for the thing that spread.
    definition, source : str
        The literature's definition, paraphrased, and where it and the criteria come from.
    criteria : tuple of (str, str, str)
        Id, text and role of each criterion.
    rivals : tuple of str
        Mechanisms most easily mistaken for it.
    readings : str or None
        How a narrow and a broad reading differ, where the literature has both.
    """

    name: str
    claim: str
    definition: str
    source: str
    criteria: tuple[tuple[str, str, str], ...] = ()
    rivals: tuple[str, ...] = ()
    readings: str | None = None


class RuleRow(Record, frozen=True, kw_only=True):
    """One row of the verdict rule: the first row that holds gives the verdict.

    Attributes
    ----------
    verdict : VerdictName
        The verdict it gives.
    description : str
        When it holds, in plain words.
    of : {"mechanisms", "neighbours"}
        What it speaks of: each of the two has rows of its own.
    """

    verdict: VerdictName
    description: str
    of: Literal["mechanisms", "neighbours"] = "mechanisms"


class StanceRule(Record, frozen=True, kw_only=True):
    """One row of the rule by which a body of evidence, or a witness, comes to its stance, as printed.

    Attributes
    ----------
    body : {"evidence", "statistics", "inferred networks"}
        Whose rule it is: of coded passages, of estimates, or of networks inferred from many policies.
    stance : str
        The stance it gives, or what it limits a stance to.
    description : str
        When the row holds, in one sentence with its numbers.
    """

    body: RuleOf
    stance: str
    description: str
