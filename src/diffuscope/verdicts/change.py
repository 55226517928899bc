"""Sensitivity of a verdict: the single thing that would change it, tried out with the rule itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from diffuscope.records.numbers import signed
from diffuscope.records.phrases import listed
from diffuscope.verdicts.bodies import verdict_if
from diffuscope.verdicts.passages import broad_differs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.records import Chronology, EvidenceDetail, Finding, Posterior, Stance
    from diffuscope.verdicts.bodies import Statistics

ZONES: tuple[Stance, ...] = ("against", "leaning against", "silent", "leaning for", "for")
_CAP: dict[Stance, Stance] = {"for": "leaning for", "against": "leaning against"}


class _Case(NamedTuple):
    """A verdict and what it rests on, to be decided again with one thing different."""

    verdict: str
    evidence: Stance
    statistics: Statistics
    chronology: Chronology

    def decided(self, evidence: Stance | None = None, statistics: Stance | None = None) -> str | None:
        """The verdict with another stance of one body; None where it stays the same."""
        changed = self.statistics._replace(stance=statistics or self.statistics.stance)
        verdict = verdict_if(evidence or self.evidence, changed, self.chronology)
        return None if verdict == self.verdict else verdict


def would_change(
    verdict: str, finding: Finding | None, statistics: Statistics, chronology: Chronology
) -> str | None:
    """Which single thing would change a verdict, as a sentence; None where none is known.

    Tried in this order: one passage or document left out, rivals ruled out, the other reading, the only cap
    lifted, the fewest decibans to the next line, other statistics.

    Parameters
    ----------
    verdict : str
    finding : Finding or None
        Of the evidence.
    statistics : Statistics
    chronology : Chronology
    """
    if chronology.testable is False:
        return "Only different dates of adoption would change this."
    if statistics.divided:
        return "This would change if event history and inferred networks agreed."
    case = _Case(verdict, finding.stance if finding else "silent", statistics, chronology)
    detail = finding.evidence if finding else None
    ways = [
        *(_left_out(case, detail) if finding and detail else ()),
        *_rivals(case),
        *(_otherwise(case, finding, detail) if finding and detail else ()),
        *_statistics(case),
    ]
    return next(iter(ways), None)


def _left_out(case: _Case, detail: EvidenceDetail) -> Iterator[str]:
    """Passages, then documents, without which the evidence takes another stance."""
    for settings in (detail.leave_one_out, detail.leave_one_source_out):
        changes = [(one, new) for one in settings if (new := _without(case, detail, one)) is not None]
        if changes:
            one, new = max(changes, key=lambda pair: abs(pair[0].decibans - detail.decibans))
            instead = f"{signed(one.decibans)} dB instead of {signed(detail.decibans)} dB"
            yield f"The verdict would be {new} {one.setting} ({instead})."


def _without(case: _Case, detail: EvidenceDetail, one: Posterior) -> str | None:
    up, down = detail.tipping
    moved = one.decibans - detail.decibans
    # a failed necessary condition holds whatever the total is; otherwise the total has to cross a line
    if detail.failed or ((up is None or moved < up) and (down is None or -moved <= down)):
        return None
    step = 1 if moved > 0 else -1
    stance = _beyond(case.evidence, detail, step)
    # a stance that would have to be firmer without a passage is not claimed
    inward = stance == "silent" or (stance is not None and abs(_at(stance)) < abs(_at(_zone(case, detail))))
    return case.decided(evidence=stance) if stance is not None and inward else None


def _rivals(case: _Case) -> Iterator[str]:
    joint = case.statistics.joint_with
    if joint and case.statistics.stance in ("for", "leaning for"):
        alone = case.statistics._replace(joint_with=())
        new = case._replace(statistics=alone).decided()
        if new is not None:
            rivals = listed(joint)
            yield f"The verdict would be {new} if {rivals} were in the model or could be ruled out."


def _otherwise(case: _Case, finding: Finding, detail: EvidenceDetail) -> Iterator[str]:
    """The other reading, the only cap lifted, and the fewest decibans to the next line."""
    if broad_differs(detail, finding.stance) and (new := case.decided(evidence=detail.other_stance)):
        yield f"The verdict would be {new} if the mechanism is read broadly."
    if len(detail.caps) == 1 and detail.uncapped and (new := case.decided(evidence=detail.uncapped)):
        yield f"The verdict could be {new} if {detail.lifts[0]}."
    steps = [
        (size, side, new)
        for size, side, step in ((detail.tipping[0], "for", 1), (detail.tipping[1], "against", -1))
        if size is not None and not detail.failed
        and (stance := _beyond(case.evidence, detail, step)) is not None
        and (new := case.decided(evidence=stance)) is not None
    ]  # fmt: skip
    if steps:
        size, side, new = min(steps)
        yield f"The verdict could be {new} with {size:.1f} dB more {side} it."


def _statistics(case: _Case) -> Iterator[str]:
    if case.statistics.stance == "silent":
        if (new := case.decided(statistics="for")) is not None:
            yield f"The verdict would be {new} if statistics spoke for it."
    elif (new := case.decided(statistics="silent")) is not None:
        yield f"The verdict would be {new} without the statistics."


def _zone(case: _Case, detail: EvidenceDetail) -> Stance:
    """Where the probability lies, whatever keeps the stance from it."""
    up, down = detail.tipping
    if up is None:
        return "for"
    return "against" if down is None else case.evidence


def _beyond(stance: Stance, detail: EvidenceDetail, step: int) -> Stance | None:
    """The stance beyond the next line upwards or downwards; None where it stays what it is."""
    up, down = detail.tipping
    start: Stance = "for" if up is None else "against" if down is None else stance
    size = up if step > 0 else down
    if size is None:
        return None
    next_stance = ZONES[max(0, min(len(ZONES) - 1, ZONES.index(start) + step))]
    weight = detail.decibans + step * size
    # a lean needs the total on its own side of 0 dB: the line crossed first is then that to silence
    if (_at(next_stance) > 0 and weight < 0) or (_at(next_stance) < 0 and weight > 0):
        next_stance = "silent"
    capped = _CAP.get(next_stance, next_stance) if detail.caps else next_stance
    return None if capped == stance else capped


def _at(stance: Stance) -> int:
    return ZONES.index(stance) - ZONES.index("silent")
