"""Claims: statements of a document about the data, each checked on every reading it allows."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from diffuscope.monitoring.claims.facts import Claim, Facts
from diffuscope.monitoring.claims.lists import ListFinding, adds_or_drops, kept
from diffuscope.monitoring.claims.numbers import all_completed, shares, totals, trends
from diffuscope.monitoring.claims.ranks import first, only
from diffuscope.records import ClaimRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from diffuscope.records import Outcome, Place, Reading

__all__ = ["Facts", "check_claims"]


def check_claims(claims: pl.DataFrame, facts: Facts) -> tuple[ClaimRow, ...]:
    """Every claim of a case, checked.

    Parameters
    ----------
    claims : polars.DataFrame
        The table of the case, typed.
    facts : Facts

    Returns
    -------
    tuple of ClaimRow
        In the order of the table.
    """
    columns = [name for name in Claim._fields if name != "row"]
    read = [Claim(*cells) for cells in claims.select(*columns, "_row").iter_rows()]
    same_subject: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in read:
        same_subject[_about(claim)].append(claim)
    return tuple(_checked(claim, facts, same_subject[_about(claim)]) for claim in read)


def _about(claim: Claim) -> tuple[object, ...]:
    """What claims have in common that speak of one list."""
    return claim.document, claim.unit, claim.kind, claim.from_wave, claim.to_wave


def _checked(claim: Claim, facts: Facts, others: Sequence[Claim]) -> ClaimRow:
    finding = _list_finding(claim, facts, others)
    outcome = _outcome(finding)
    waves = _waves(claim, facts)
    returns = facts.returns.rates(waves, claim.unit)
    says = _says(outcome, finding)
    if returns and any(facts.returns.absent(wave) for wave in waves):
        says += f" It rests on {returns}." if len(waves) == 1 else f" Returns by wave: {returns}."
    return ClaimRow(
        id=claim.id,
        document=claim.document,
        kind=claim.kind,
        paraphrase=claim.paraphrase,
        outcome=outcome,
        description=says,
        locator=claim.locator,
        readings=finding.readings,
        known=f"{claim.known_by}: {claim.known_why}" if claim.known_by else None,
        rows=(facts.place("claims", claim.row), *finding.places),
        returns=returns or None,
    )


def _waves(claim: Claim, facts: Facts) -> tuple[str, ...]:
    """Waves whose returns a claim rests on; none where it is about an attribute."""
    if claim.kind == "only" and claim.quantity is not None:
        return ()
    if claim.kind == "first":
        return tuple(facts.register.sort("k")["wave"].head(1))
    named = tuple(wave for wave in (claim.from_wave, claim.to_wave) if wave is not None)
    return named or (tuple(facts.returns.waves) if claim.kind == "total" else ())


def _list_finding(claim: Claim, facts: Facts, others: Sequence[Claim]) -> ListFinding:
    if claim.kind in ("adds", "drops"):
        return adds_or_drops(claim, facts, others)
    if claim.kind == "unchanged" and claim.unit and not claim.area:
        return kept(claim, facts)
    readings = {
        "total": totals,
        "share": shares,
        "rises": trends,
        "falls": trends,
        "unchanged": trends,
        "all completed": all_completed,
        "first": first,
        "only": only,
    }[claim.kind]
    places: tuple[Place, ...] = ()
    if facts.can_count(claim, claim.to_wave) and (claim.unit or claim.area):
        places = facts.places("projects", facts.rows(claim, claim.to_wave)["_row"].to_list())
    return ListFinding(tuple(readings(claim, facts)), (), places)


def _outcome(finding: ListFinding) -> Outcome:
    sure = {reading.holds for reading in finding.readings if reading.holds is not None}
    # where an absent return decides, what came in says only how it looks so far
    so_far = {reading.received for reading in finding.readings if reading.received is not None}
    if not sure:
        return "ambiguous" if True in so_far else "not checkable"
    if len(sure | so_far) == 2:
        return "ambiguous"
    if sure == {False}:
        return "differs"
    return "incomplete" if finding.left_out else "confirmed"


def _says(outcome: Outcome, finding: ListFinding) -> str:
    if outcome == "not checkable":
        return f"Not checkable: {_readings_text(finding.readings) or 'nothing in the case bears on it'}."
    if outcome == "ambiguous":
        return _ambiguous(finding.readings)
    if outcome == "incomplete":
        return f"True, but not all: {', '.join(finding.left_out)} as well."
    start = "Confirmed" if outcome == "confirmed" else "Differs"
    return f"{start}: {_readings_text(finding.readings)}."


def _ambiguous(readings: Sequence[Reading]) -> str:
    yes = _readings_text([reading for reading in readings if reading.holds is True])
    no = _readings_text([reading for reading in readings if reading.holds is False])
    if yes and no:
        return f"True on one reading ({yes}), not on another ({no})."
    so_far = _readings_text([reading for reading in readings if reading.received is (not yes)])
    if yes:
        return f"True on one reading ({yes}), not on another of the returns received ({so_far})."
    if no:
        return f"Not true on one reading ({no}), true on another of the returns received ({so_far})."
    return f"True of the returns received ({so_far})."


def _readings_text(readings: Sequence[Reading]) -> str:
    return "; ".join(f"{reading.looks_at}: {reading.found}" for reading in readings)
