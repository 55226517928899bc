"""The two bodies of evidence: which stance each takes on one mechanism, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from diffuscope.verdicts.rule import decide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.records import Chronology, Finding, Silence, Stance, VerdictName
    from diffuscope.verdicts.rule import Flag

POSITIVE: tuple[Stance, ...] = ("for", "leaning for")
NEGATIVE: tuple[Stance, ...] = ("against", "leaning against")
UNTESTED: tuple[Silence, ...] = ("no data", "not asked", "too few events")
"""Kinds of silence in which nothing was tested."""


class Statistics(NamedTuple):
    """What event history and inferred networks together say of one mechanism.

    Attributes
    ----------
    stance : Stance
    silence : Silence or None
    joint_with : tuple of str
        Rivals without which it does not speak for the mechanism.
    divided : bool
        Whether the two witnesses point in opposite directions.
    finding : Finding or None
        The finding that the stance is taken from.
    untested : tuple of str
        Rivals of `joint_with` on which the statistics could not be asked.
    """

    stance: Stance
    silence: Silence | None
    joint_with: tuple[str, ...] = ()
    divided: bool = False
    finding: Finding | None = None
    untested: tuple[str, ...] = ()

    def flags(self, chronology: Chronology) -> frozenset[Flag]:
        """What the rule has to know beside the stances."""
        flags: set[Flag] = set()
        if chronology.testable is False:
            flags.add("ruled_out")
        if self.joint_with and self.stance in POSITIVE:
            flags.add("joint")
        if self.divided:
            flags.add("divided")
        return frozenset(flags)


def verdict_if(stance: Stance, statistics: Statistics, chronology: Chronology) -> VerdictName:
    """The verdict that the rule gives when the evidence takes one stance and all else stays as it is.

    Parameters
    ----------
    stance : Stance
        Of the evidence.
    statistics : Statistics
    chronology : Chronology

    Returns
    -------
    VerdictName
    """
    return decide(stance, statistics.stance, statistics.flags(chronology)).verdict


def statistics_on(mechanism: str, findings: Sequence[Finding]) -> Statistics:
    """The statistical body: event history's stance, or the networks' where that is silent.

    Both read the same dates, so they are one body; pointing opposite ways they cancel each other.

    Parameters
    ----------
    mechanism : str
    findings : sequence of Finding
        Of one analysis, those on other mechanisms among them.
    """
    own = {one.witness: one for one in findings if one.mechanism == mechanism and one.body == "statistics"}
    history, networks = own.get("event history"), own.get("inferred networks")
    # both use the same dates of adoption: agreement is no second witness, and contradiction leaves nothing
    if history and networks and _opposite(history.stance, networks.stance):
        return Statistics("silent", "tested, inconclusive", divided=True, finding=history)
    if history and history.stance != "silent":
        return _speaks(history, history.stance, findings)
    if networks and networks.stance != "silent":
        # inferred ties alone never carry more than a lean
        return _speaks(networks, "leaning for" if networks.stance == "for" else networks.stance, findings)
    silent = [one for one in (history, networks) if one is not None]
    if not silent:
        return Statistics("silent", "not asked")
    # what was tested says more than what could not be
    decisive = next((one for one in silent if one.silence not in UNTESTED), silent[0])
    return Statistics("silent", decisive.silence or "no data", finding=decisive)


def _speaks(finding: Finding, stance: Stance, findings: Sequence[Finding]) -> Statistics:
    untested = {one.mechanism for one in findings if one.body == "statistics" and one.silence in UNTESTED}
    return Statistics(
        stance, None, finding.joint_with, finding=finding,
        untested=tuple(rival for rival in finding.joint_with if rival in untested),
    )  # fmt: skip


def _opposite(one: Stance, other: Stance) -> bool:
    return (one in POSITIVE and other in NEGATIVE) or (one in NEGATIVE and other in POSITIVE)
