"""Claims about numbers: totals, shares, what rises, falls or stays, and whether all is completed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.monitoring.percent import percent, rounded_how
from diffuscope.monitoring.waves import OPEN
from diffuscope.records import Reading
from diffuscope.records.shares import TABLE_DECIMALS, as_printed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction

    from diffuscope.monitoring.claims.facts import Claim, Facts

HOLDS: dict[str, Callable[[float | Fraction, float | Fraction], bool]] = {
    "rises": lambda before, after: after > before,
    "falls": lambda before, after: after < before,
    "unchanged": lambda before, after: after == before,
}


def totals(claim: Claim, facts: Facts) -> Iterator[Reading]:
    """A stated number of projects, cities or areas."""
    if claim.value is None:
        yield Reading(looks_at="the claim", found="it states no number", holds=None)
        return
    quantity = claim.quantity or "projects"
    waves = [claim.to_wave] if claim.to_wave else sorted(facts.register["wave"].unique())
    for wave in waves:
        for figure in facts.printed(claim, wave, quantity):
            where = ", ".join(filter(None, (figure.document, figure.locator)))
            yield Reading(
                looks_at=f"printed in {where}, {wave}", found=figure.plain, holds=figure.value == claim.value
            )
        if facts.can_count(claim, wave):
            yield _counted_total(claim, facts, wave, quantity)


def _counted_total(claim: Claim, facts: Facts, wave: str | None, quantity: str) -> Reading:
    rows = facts.cities(claim, wave) if quantity == "cities" else facts.rows(claim, wave)
    looks_at = f"counted in the register, {wave}"
    column = {"cities": "unit", "areas": "area"}.get(quantity)
    if quantity != "projects" and column is None:
        return Reading(looks_at=looks_at, found=f"it holds nothing called `{quantity}`", holds=None)
    count = rows.height if column is None else rows[column].drop_nulls().n_unique()
    return Reading(looks_at=looks_at, found=str(count), holds=count == claim.value)


def shares(claim: Claim, facts: Facts) -> Iterator[Reading]:
    """A stated share of all projects of a wave, in per cent."""
    wave = claim.to_wave
    for figure in facts.printed(claim, wave, "share"):
        where = ", ".join(filter(None, (figure.document, figure.locator)))
        yield Reading(looks_at=f"printed in {where}", found=figure.plain, holds=figure.value == claim.value)
    if claim.value is not None and facts.can_count(claim, wave):
        share = facts.share(claim, wave)
        # a stated share has the precision it is stated with
        stated = f"{claim.value:.9f}".rstrip("0").rstrip(".")
        exact = percent(stated)
        how = exact and rounded_how(stated, exact, share.numerator, share.denominator)
        found = f"{facts.rows(claim, wave).height} projects, {_per_cent(share)} per cent"
        yield Reading(looks_at=f"counted in the register, {wave}", found=found, holds=how is not None)


def _per_cent(share: Fraction) -> str:
    return str(as_printed(share.numerator, share.denominator, TABLE_DECIMALS))


def trends(claim: Claim, facts: Facts) -> Iterator[Reading]:
    """What rises, falls or stays between two waves: by numbers and by shares, printed and counted."""
    holds = HOLDS[claim.kind]
    before, after = claim.from_wave, claim.to_wave
    countable = facts.can_count(claim, before) and facts.can_count(claim, after)
    part = claim.area is not None or claim.unit is not None
    if countable:
        counts = (facts.rows(claim, before).height, facts.rows(claim, after).height)
        yield Reading(
            looks_at="number of projects in the register", found=_arrow(*counts), holds=holds(*counts)
        )
    if countable and part:
        parts = (facts.share(claim, before), facts.share(claim, after))
        told = _arrow(*map(_per_cent, parts))
        yield Reading(
            looks_at="share of all projects in the register, per cent",
            found=told,
            holds=holds(*parts),
        )
    for quantity, what in (("projects", "number of projects printed"), ("share", "share printed, per cent")):
        yield from _printed_trend(claim, facts, quantity, what)


def _printed_trend(claim: Claim, facts: Facts, quantity: str, what: str) -> Iterator[Reading]:
    # an earlier wave may have no report of its own; then any document's figure for it will do
    olds = facts.printed(claim, claim.from_wave, quantity) or [
        figure
        for figure in facts.told.by_key.get(
            (quantity, claim.unit, claim.area, claim.sub_area, None, claim.from_wave), []
        )
        if figure.document != claim.document
    ]
    seen = set()
    for old in olds:
        for new in facts.printed(claim, claim.to_wave, quantity):
            alike = old.locator == new.locator or len(olds) == 1
            if alike and (old.value, new.value, new.locator) not in seen:
                seen.add((old.value, new.value, new.locator))
                where = f"{what} ({new.locator})" if new.locator else what
                held = HOLDS[claim.kind](old.value, new.value)
                yield Reading(looks_at=where, found=_arrow(old.plain, new.plain), holds=held)


def _arrow(before: object, after: object) -> str:
    return f"{before} → {after}"


def all_completed(claim: Claim, facts: Facts) -> Iterator[Reading]:
    """That every project is completed; of `quantity` implementation also that every one is under way."""
    if facts.can_count(claim, claim.to_wave):
        rows = facts.rows(claim, claim.to_wave)
        yield _every(rows, ("completed",), "every project completed, in the register")
        if claim.quantity == "implementation":
            yield _every(
                rows, ("completed", "ongoing"), "every project under way or completed, in the register"
            )
    for figure in facts.printed(claim, claim.to_wave, "share", "completed"):
        where = ", ".join(filter(None, (figure.document, figure.locator)))
        looks_at = f"share completed, printed in {where}"
        yield Reading(looks_at=looks_at, found=figure.plain, holds=figure.value == 100)
    if claim.quantity == "implementation":
        for figure in facts.printed(claim, claim.to_wave, "share", "ongoing"):
            where = ", ".join(filter(None, (figure.document, figure.locator)))
            done = facts.printed(claim, claim.to_wave, "share", "completed")
            total = figure.value + (done[0].value if done else 0)
            looks_at = f"share under way or completed, printed in {where}"
            yield Reading(looks_at=looks_at, found=f"{total:g}", holds=abs(total - 100) < 0.02)


def _every(rows: pl.DataFrame, statuses: tuple[str, ...], looks_at: str) -> Reading:
    fit = rows.filter(pl.col("status").is_in(statuses)).height
    unknown = rows.filter(pl.col("status").is_in(OPEN)).height
    found = f"{fit} of {rows.height}" + (f", {unknown} not known" if unknown else "")
    if rows.is_empty():
        return Reading(looks_at=looks_at, found="no projects there", holds=None)
    if fit + unknown < rows.height:
        return Reading(looks_at=looks_at, found=found, holds=False)
    return Reading(looks_at=looks_at, found=found, holds=None if unknown else True)
