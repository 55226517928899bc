"""Claims that somebody was first, or is the only one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.monitoring.audit.lists import plain
from diffuscope.monitoring.bounds import Judged, reading
from diffuscope.monitoring.waves import by_unit
from diffuscope.records import Reading
from diffuscope.records.phrases import counted
from diffuscope.tables.dates import first_day, last_day

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from diffuscope.monitoring.claims.facts import Claim, Facts


def first(claim: Claim, facts: Facts) -> Iterator[Reading]:
    """Who was first: in the register, and in each policy that the unit adopted."""
    register = by_unit(facts.register.filter(pl.col("k") == pl.col("k").min()))
    mine = (pl.col("unit") == claim.unit) | (pl.col("state") == claim.unit)
    if register.height:
        wave, units = register["wave"][0], register["unit"].n_unique()
        alone = register.filter(~mine).is_empty()
        present = register.filter(mine).height > 0
        absent = set(facts.returns.absent(wave))
        own = set(facts.returns.absent(wave, claim.unit))
        observed = f"{wave}: " + (
            "alone" if alone else f"with {counted(units - 1, 'other')}" if present else "not there"
        )
        # somebody else's fresh row refutes it; an absent return of another, or its own, can still decide
        others = not facts.fresh(register.filter(~mine)).is_empty()
        decides = not others and bool(absent - own if present else own or absent)
        held = present and alone
        yield reading("first wave of the register", observed, Judged(None, held) if decides else Judged(held))
    yield from _first_adopter(claim, facts)


def _first_adopter(claim: Claim, facts: Facts) -> Iterator[Reading]:
    dated = facts.adoptions.with_columns(
        _first=first_day(pl.col("time")), _last=last_day(pl.coalesce("time_latest", "time"))
    ).filter(pl.col("_first").is_not_null())
    for policy in dated.filter(pl.col("unit") == claim.unit)["policy"].unique(maintain_order=True):
        rows = dated.filter(pl.col("policy") == policy)
        own = rows.filter(pl.col("unit") == claim.unit).sort("_first").row(0, named=True)
        others = rows.filter(pl.col("unit") != claim.unit)
        if others.is_empty():
            continue
        earlier = others.filter(pl.col("_last") < own["_first"]).height
        maybe = others.filter(pl.col("_first") <= own["_last"]).height
        # interval order: surely earlier only if the other's last possible day is before this one's first
        holds = False if earlier else None if maybe else True
        observed = f"{own['time']}: {earlier} before, {maybe - earlier} perhaps"
        yield Reading(looks_at=f"adoptions of `{policy}`", found=observed, holds=holds)


def only(claim: Claim, facts: Facts) -> Iterator[Reading]:
    """Whether nobody else has an attribute (named in `quantity`), or projects in the area."""
    if claim.quantity is not None:
        having = facts.attributes.filter(
            pl.col("value").map_elements(plain, return_dtype=pl.String) == plain(claim.quantity)
        )
        units = sorted(having["unit"].unique())
        judged = Judged(units == [claim.unit] if units else None)
        yield reading(f"units with the attribute `{claim.quantity}`", _few(units, facts), judged)
        return
    wave = claim.to_wave
    about = claim._replace(unit=None)
    if not facts.can_count(about, wave):
        yield Reading(looks_at=f"the register of {wave}", found="it does not name this", holds=None)
        return
    rows = by_unit(facts.rows(about, wave))
    level = "state" if claim.unit in set(rows["state"]) else "unit"
    units = sorted(rows[level].unique())
    judged = _alone(claim, facts, facts.fresh(rows)[level].to_list(), units)
    yield reading(f"units with such projects, {wave}", _few(units, facts), judged)


def _alone(claim: Claim, facts: Facts, fresh: Collection[str], units: Collection[str]) -> Judged:
    """Somebody else's fresh project refutes it; without one, an absent return of another can still do so."""
    if not units:
        return Judged(None)
    held = list(units) == [claim.unit]
    if set(fresh) - {claim.unit}:
        return Judged(held)
    others = set(facts.returns.absent(claim.to_wave)) - set(facts.absent(claim, claim.to_wave))
    return Judged(None, held) if others or claim.unit not in fresh else Judged(held)


def _few(units: Sequence[str], facts: Facts) -> str:
    names = ", ".join(facts.printed_figures.name(unit) for unit in units[:5]) or "none"
    return names + (f" and {len(units) - 5} more" if len(units) > 5 else "")
