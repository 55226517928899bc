"""Claims about what a unit takes up, gives up, or keeps between two waves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from diffuscope.monitoring.bounds import Judged, reading
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
    for wave, labels in ((claim.from_wave, before), (claim.to_wave, after)):
        if not labels and not facts.returns.is_known(wave, claim.unit):
            return _cannot(wave, how)
    source, target = (before, after) if claim.kind == "adds" else (after, before)
    wanted = _label(claim)
    had, has = _among(wanted, source, claim), _among(wanted, target, claim)
    labels_by_wave = f"{claim.from_wave}: {_there(had if claim.kind == 'adds' else has)}; "
    labels_by_wave += f"{claim.to_wave}: {_there(has if claim.kind == 'adds' else had)}"
    judged = _moved(claim, facts, had, has)
    claimed = [_label(other) for other in others]
    new = [label for label in target if not any(same_label(label, known) for known in source)]
    left_out = tuple(shown(label) for label in new if not _claimed(label, claimed))
    decisive = [place for label in [*had, *has] for place in (*before.get(label, ()), *after.get(label, ()))]
    reading_of_lists = reading(how, labels_by_wave, judged)
    return ListFinding((reading_of_lists,), left_out if judged.holds else (), tuple(decisive))


def _moved(claim: Claim, facts: Facts, had: Sequence[Label], has: Sequence[Label]) -> Judged:
    """Whether a label that one wave lacks is there in the other, for all that absent returns may hold.

    What a wave does not show may stand in a return that is absent; what it shows only in rows carried forward
    may be gone.
    """
    source, target = (claim.from_wave, claim.to_wave)
    if claim.kind == "drops":
        source, target = target, source
    held = bool(has) and not had
    surely_had, surely_has = _fresh(claim, facts, source, had), _fresh(claim, facts, target, has)
    may_have_had = bool(had) or bool(facts.absent(claim, source))
    may_have = bool(has) or bool(facts.absent(claim, target))
    if surely_had or not may_have:
        return Judged(False)
    return Judged(True) if surely_has and not may_have_had else Judged(None, held)


def _fresh(claim: Claim, facts: Facts, wave: str | None, labels: Sequence[Label]) -> bool:
    """Whether any of these stands in a return of the wave itself."""
    if not labels or not facts.returns.carried(wave, claim.unit):
        return bool(labels)
    fresh = facts.fresh(facts.rows(claim, wave))
    return not fresh.is_empty()


def kept(claim: Claim, facts: Facts) -> ListFinding:
    """Whether a unit has the same areas or sub-areas in both waves."""
    before, how = facts.labels(claim.unit, claim.from_wave)
    after, _ = facts.labels(claim.unit, claim.to_wave)
    for wave, labels in ((claim.from_wave, before), (claim.to_wave, after)):
        if not labels and not facts.returns.is_known(wave, claim.unit):
            return _cannot(wave, how)
    new = [label for label in after if not any(same_label(label, known) for known in before)]
    gone = [label for label in before if not any(same_label(label, known) for known in after)]
    changes = [
        f"{word}: {', '.join(shown(label) for label in labels)}"
        for word, labels in (("new", new), ("gone", gone))
        if labels
    ]
    places = [place for label in (*new, *gone) for place in (*before.get(label, ()), *after.get(label, ()))]
    reading_of_lists = reading(
        how, "; ".join(changes) or "the same", _unchanged(claim, facts, new=new, gone=gone)
    )
    return ListFinding((reading_of_lists,), (), tuple(places))


def _unchanged(claim: Claim, facts: Facts, *, new: Sequence[Label], gone: Sequence[Label]) -> Judged:
    """Something new refutes it if the earlier wave is known whole, something gone if the later one is."""
    before, after = (facts.absent(claim, wave) for wave in (claim.from_wave, claim.to_wave))
    if not before and not after:
        return Judged(not new and not gone)
    carried = any(facts.returns.carried(wave, claim.unit) for wave in (claim.from_wave, claim.to_wave))
    if not carried and ((new and not before) or (gone and not after)):
        return Judged(False)
    return Judged(None, not new and not gone)


def _cannot(wave: str | None, how: str) -> ListFinding:
    reading_of_lists = Reading(looks_at=how, found=f"nothing is known of {wave}", holds=None)
    return ListFinding((reading_of_lists,), (), ())


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
