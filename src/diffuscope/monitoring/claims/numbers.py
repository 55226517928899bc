"""Claims about numbers: totals, shares, what rises, falls or stays, and whether all is completed."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.monitoring.bounds import Judged, compared, count_span, is_value, reading
from diffuscope.monitoring.percent import percent, rounded_how
from diffuscope.records import Reading
from diffuscope.records.phrases import counted
from diffuscope.records.shares import TABLE_DECIMALS, as_printed
from diffuscope.records.statuses import OPEN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from diffuscope.monitoring.audit.printed import Figure
    from diffuscope.monitoring.bounds import Number, Span
    from diffuscope.monitoring.claims.facts import Claim, Facts


def totals(claim: Claim, facts: Facts) -> Iterator[Reading]:
    """A stated number of projects, cities or areas."""
    if claim.value is None:
        yield Reading(looks_at="the claim", found="it states no number", holds=None)
        return
    quantity = claim.quantity or "projects"
    waves = [claim.to_wave] if claim.to_wave else sorted(facts.register["wave"].unique())
    for wave in waves:
        for figure in facts.printed(claim, wave, quantity):
            yield Reading(
                looks_at=f"printed in {_where(figure)}, {wave}",
                found=figure.plain,
                holds=figure.value == claim.value,
            )
        if facts.can_count(claim, wave):
            yield _counted_total(claim, facts, wave, quantity)


def _counted_total(claim: Claim, facts: Facts, wave: str | None, quantity: str) -> Reading:
    rows = facts.cities(claim, wave) if quantity == "cities" else facts.rows(claim, wave)
    looks_at = f"counted in the register, {wave}"
    column = {"cities": "unit", "areas": "area"}.get(quantity)
    if quantity != "projects" and column is None:
        return Reading(looks_at=looks_at, found=f"the register has nothing called `{quantity}`", holds=None)
    if column is None:
        span = facts.count(claim, wave)
    else:
        fresh, observed = (part[column].drop_nulls().n_unique() for part in (facts.fresh(rows), rows))
        absent = facts.absent(claim, wave)
        span = count_span(fresh, observed, len(absent), per_unit=1 if quantity == "cities" else None)
        if quantity == "areas" and facts.areas is not None and span.high is None:
            span = span._replace(high=max(observed, facts.areas))
    stated = claim.value if claim.value is not None else -1
    return reading(looks_at, str(span.observed), is_value(span, stated))


def shares(claim: Claim, facts: Facts) -> Iterator[Reading]:
    """A stated share of all projects of a wave, in per cent."""
    wave = claim.to_wave
    for figure in facts.printed(claim, wave, "share"):
        yield Reading(
            looks_at=f"printed in {_where(figure)}", found=figure.plain, holds=figure.value == claim.value
        )
    if claim.value is not None and facts.can_count(claim, wave):
        looks_at, span = f"counted in the register, {wave}", facts.share(claim, wave)
        if span is None:
            yield Reading(looks_at=looks_at, found="no projects there", holds=None)
            return
        observed = (
            f"{counted(int(facts.count(claim, wave).observed), 'project')}, "
            f"{_per_cent(span.observed)} per cent"
        )
        yield reading(looks_at, observed, _is_share(span, claim.value))


def _is_share(span: Span, value: float) -> Judged:
    """Whether a share is a stated one, with the precision it is stated with."""
    stated = f"{value:.9f}".rstrip("0").rstrip(".")
    exact = percent(stated)
    if exact is None:
        return Judged(False)
    observed = Fraction(span.observed)
    held = rounded_how(stated, exact, observed.numerator, observed.denominator) is not None
    if span.exact:
        return Judged(held)
    high = Fraction(1 if span.high is None else span.high)
    most = as_printed(high.numerator, high.denominator, exact.decimals)
    return Judged(False) if exact.digits > most.digits else Judged(None, held)


def _per_cent(share: Number) -> str:
    exact = Fraction(share)
    return str(as_printed(exact.numerator, exact.denominator, TABLE_DECIMALS))


def trends(claim: Claim, facts: Facts) -> Iterator[Reading]:
    """What rises, falls or stays between two waves: by numbers and by shares, printed and counted."""
    before, after = claim.from_wave, claim.to_wave
    countable = facts.can_count(claim, before) and facts.can_count(claim, after)
    part = claim.area is not None or claim.unit is not None
    if countable:
        counts = (facts.count(claim, before), facts.count(claim, after))
        observed = _arrow(*(span.observed for span in counts))
        yield reading("number of projects in the register", observed, compared(claim.kind, *counts))
    if countable and part:
        yield _share_trend(claim.kind, facts.share(claim, before), facts.share(claim, after))
    for quantity, what in (("projects", "number of projects printed"), ("share", "share printed, per cent")):
        yield from _printed_trend(claim, facts, quantity, what)


def _share_trend(kind: str, before: Span | None, after: Span | None) -> Reading:
    looks_at = "share of all projects in the register, per cent"
    if before is None or after is None:
        return Reading(looks_at=looks_at, found="a wave has no projects, so there is no share", holds=None)
    observed = _arrow(_per_cent(before.observed), _per_cent(after.observed))
    return reading(looks_at, observed, compared(kind, before, after))


def _printed_trend(claim: Claim, facts: Facts, quantity: str, what: str) -> Iterator[Reading]:
    # an earlier wave may have no report of its own; then any document's figure for it will do
    olds = facts.printed(claim, claim.from_wave, quantity) or [
        figure
        for figure in facts.printed_figures.by_key.get(
            (quantity, claim.unit, claim.area, claim.sub_area, None, claim.from_wave), []
        )
        if figure.document != claim.document
    ]
    printed_pairs = set()
    for old in olds:
        for new in facts.printed(claim, claim.to_wave, quantity):
            comparable = old.locator == new.locator or len(olds) == 1
            if comparable and (old.value, new.value, new.locator) not in printed_pairs:
                printed_pairs.add((old.value, new.value, new.locator))
                where = f"{what} ({new.locator})" if new.locator else what
                spans = (
                    facts.of_print(claim, claim.from_wave, old),
                    facts.of_print(claim, claim.to_wave, new),
                )
                yield reading(where, _arrow(old.plain, new.plain), compared(claim.kind, *spans))


def _arrow(before: object, after: object) -> str:
    return f"{before} → {after}"


def all_completed(claim: Claim, facts: Facts) -> Iterator[Reading]:
    """That every project is completed; of `quantity` implementation also that every one is under way."""
    absent = facts.absent(claim, claim.to_wave)
    if facts.can_count(claim, claim.to_wave):
        rows = facts.rows(claim, claim.to_wave)
        fresh = facts.fresh(rows)
        looks_at = "every project completed, in the register"
        yield _every(rows, fresh, ("completed",), looks_at, absent)
        if claim.quantity == "implementation":
            looks_at = "every project under way or completed, in the register"
            yield _every(rows, fresh, ("completed", "ongoing"), looks_at, absent)
    for figure in facts.printed(claim, claim.to_wave, "share", "completed"):
        looks_at = f"share completed, printed in {_where(figure)}"
        yield reading(looks_at, figure.plain, _all_printed(figure.value == 100, absent))
    if claim.quantity == "implementation":
        for figure in facts.printed(claim, claim.to_wave, "share", "ongoing"):
            done = facts.printed(claim, claim.to_wave, "share", "completed")
            total = figure.value + (done[0].value if done else 0)
            looks_at = f"share under way or completed, printed in {_where(figure)}"
            # two shares of two decimals are off by half a last digit each, .01 together
            yield reading(looks_at, f"{total:g}", _all_printed(abs(total - 100) < 0.02, absent))


def _where(figure: Figure) -> str:
    return ", ".join(filter(None, (figure.document, figure.locator)))


def _all_printed(held: bool, absent: Collection[str]) -> Judged:
    # one unfinished project is enough to refute it, and no absent return can fix that
    return Judged(None, received=True) if held and absent else Judged(held)


def _every(
    rows: pl.DataFrame,
    fresh: pl.DataFrame,
    statuses: tuple[str, ...],
    looks_at: str,
    absent: Collection[str],
) -> Reading:
    fit = rows.filter(pl.col("status").is_in(statuses)).height
    unknown = rows.filter(pl.col("status").is_in(OPEN)).height
    observed = f"{fit} of {rows.height}" + (f", {unknown} not known" if unknown else "")
    if rows.is_empty():
        return Reading(looks_at=looks_at, found="no projects there", holds=None)
    if not fresh.filter(~pl.col("status").is_in([*statuses, *OPEN])).is_empty():
        return Reading(looks_at=looks_at, found=observed, holds=False)
    if fit + unknown < rows.height:
        # only rows of an earlier wave are unfinished, and may be finished by now
        return reading(looks_at, observed, Judged(None, received=False))
    if unknown:
        return Reading(looks_at=looks_at, found=observed, holds=None)
    return reading(looks_at, observed, _all_printed(True, absent))
