"""Claims: statements of a document about the data, each checked on every reading it allows."""

from __future__ import annotations

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
    return tuple(_checked(claim, facts, read) for claim in read)


def _checked(claim: Claim, facts: Facts, every: Sequence[Claim]) -> ClaimRow:
    found = _look(claim, facts, every)
    outcome = _outcome(found)
    return ClaimRow(
        id=claim.id,
        document=claim.document,
        kind=claim.kind,
        paraphrase=claim.paraphrase,
        outcome=outcome,
        says=_says(outcome, found),
        locator=claim.locator,
        readings=found.readings,
        known=f"{claim.known_by}: {claim.known_why}" if claim.known_by else None,
        rows=(facts.place("claims", claim.row), *found.places),
    )


def _look(claim: Claim, facts: Facts, every: Sequence[Claim]) -> ListFinding:
    if claim.kind in ("adds", "drops"):
        same = ("document", "unit", "kind", "from_wave", "to_wave")
        others = [one for one in every if all(getattr(one, name) == getattr(claim, name) for name in same)]
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


def _outcome(found: ListFinding) -> Outcome:
    known = {reading.holds for reading in found.readings if reading.holds is not None}
    if not known:
        return "not checkable"
    if known == {True, False}:
        return "ambiguous"
    if known == {False}:
        return "differs"
    return "incomplete" if found.left_out else "confirmed"


def _says(outcome: Outcome, found: ListFinding) -> str:
    if outcome == "not checkable":
        return f"Not checkable: {_told(found.readings) or 'nothing in the case bears on it'}."
    if outcome == "ambiguous":
        yes = _told([reading for reading in found.readings if reading.holds is True])
        no = _told([reading for reading in found.readings if reading.holds is False])
        return f"True by one reading ({yes}), not by another ({no})."
    if outcome == "incomplete":
        return f"True, but not all: {', '.join(found.left_out)} as well."
    start = "Confirmed" if outcome == "confirmed" else "Differs"
    return f"{start}: {_told(found.readings)}."


def _told(readings: Sequence[Reading]) -> str:
    return "; ".join(f"{reading.looks_at}: {reading.found}" for reading in readings)
