"""Claims about what a unit takes up, gives up, or keeps between two waves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from diffuscope.monitoring.claims.facts import same_label, shown
from diffuscope.records import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from diffuscope.monitoring.claims.facts import Claim, Facts, Label
    from diffuscope.records import Place


class ListFinding(NamedTuple):
    """Readings of a claim about lists, what it leaves out, and the rows that decide."""

    readings: tuple[Reading, ...]
    left_out: tuple[str, ...]
    places: tuple[Place, ...]


def adds_or_drops(claim: Claim, facts: Facts, others: Sequence[Claim]) -> ListFinding:
    """Whether a unit took up (or gave up) an area or sub-area, and what else it did that nobody claims.

    Parameters
    ----------
    claim : Claim
        Of kind ``adds`` or ``drops``.
    facts : Facts
    others : sequence of Claim
        Claims of the same document, unit, kind and waves.
    """
    before, how = facts.labels(claim.unit, claim.from_wave)
    after, _ = facts.labels(claim.unit, claim.to_wave)
    if not before or not after:
        return _cannot(claim, how, before=bool(before))
    source, target = (before, after) if claim.kind == "adds" else (after, before)
    wanted = _label(claim)
    had, has = _among(wanted, source, claim), _among(wanted, target, claim)
    found = f"{claim.from_wave}: {_there(had if claim.kind == 'adds' else has)}; "
    found += f"{claim.to_wave}: {_there(has if claim.kind == 'adds' else had)}"
    holds = bool(has) and not had
    claimed = [_label(other) for other in others]
    new = [label for label in target if not any(same_label(label, known) for known in source)]
    left_out = tuple(shown(label) for label in new if not _claimed(label, claimed))
    decisive = [place for label in [*had, *has] for place in (*before.get(label, ()), *after.get(label, ()))]
    reading = Reading(looks_at=how, found=found, holds=holds)
    return ListFinding((reading,), left_out if holds else (), tuple(decisive))


def kept(claim: Claim, facts: Facts) -> ListFinding:
    """Whether a unit has the same areas or sub-areas in both waves."""
    before, how = facts.labels(claim.unit, claim.from_wave)
    after, _ = facts.labels(claim.unit, claim.to_wave)
    if not before or not after:
        return _cannot(claim, how, before=bool(before))
    new = [label for label in after if not any(same_label(label, known) for known in before)]
    gone = [label for label in before if not any(same_label(label, known) for known in after)]
    said = [
        f"{word}: {', '.join(shown(label) for label in labels)}"
        for word, labels in (("new", new), ("gone", gone))
        if labels
    ]
    places = [place for label in (*new, *gone) for place in (*before.get(label, ()), *after.get(label, ()))]
    reading = Reading(looks_at=how, found="; ".join(said) or "the same", holds=not said)
    return ListFinding((reading,), (), tuple(places))


def _cannot(claim: Claim, how: str, *, before: bool) -> ListFinding:
    wave = claim.to_wave if before else claim.from_wave
    reading = Reading(looks_at=how, found=f"nothing is known of {wave}", holds=None)
    return ListFinding((reading,), (), ())


def _label(claim: Claim) -> Label:
    return claim.area or "", claim.sub_area or ""


def _among(wanted: Label, labels: Iterable[Label], claim: Claim) -> list[Label]:
    """The labels a claim speaks of; one that names an area only speaks of all its sub-areas."""
    if claim.sub_area is None:
        return [label for label in labels if same_label((label[0], ""), (wanted[0], ""))]
    return [label for label in labels if same_label(label, wanted)]


def _claimed(label: Label, claimed: Iterable[Label]) -> bool:
    return any(same_label(label, one) or (not one[1] and same_label((label[0], ""), one)) for one in claimed)


def _there(labels: Sequence[Label]) -> str:
    return "there" if labels else "not there"
