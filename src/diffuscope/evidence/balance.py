"""Posterior of one mechanism under one of its readings, with the sensitivity analysis and the stance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.evidence.caps import Circumstances, caps_on
from diffuscope.evidence.criteria import as_weights, failed, if_searched, naming, under, without_support
from diffuscope.evidence.odds import Weights, probability, total, totals_without
from diffuscope.evidence.passages import in_reading_order
from diffuscope.evidence.rule import rule
from diffuscope.evidence.stance import leaning, stance_of
from diffuscope.evidence.weigh import TINY
from diffuscope.records import Posterior

if TYPE_CHECKING:
    from diffuscope.evidence.criteria import Reading
    from diffuscope.evidence.rule import Cap
    from diffuscope.mechanisms import Mechanism
    from diffuscope.records import Stance

PIVOTAL_WORK = 3600
"""Most passages judged anew, over all that are left out: the search for the pivotal one is quadratic."""


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """Sensitivity analysis of a posterior probability.

    Attributes
    ----------
    variants : tuple of Posterior
        Every setting that a firm stance has to withstand, besides each passage left out.

    The other attributes are those of `EvidenceDetail`.
    """

    by_rho: tuple[Posterior, ...]
    by_searched: tuple[Posterior, ...]
    one_cluster_per_document: Posterior
    leave_one_out: tuple[Posterior, ...]
    leave_one_source_out: tuple[Posterior, ...]
    variants: tuple[Posterior, ...]


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What the passages come to under one reading of a mechanism.

    Attributes
    ----------
    found : polars.DataFrame
        The passages that count.
    weights : Weights
        The same as numbers.
    sensitivity : Sensitivity
        The probability under other settings.
    lacking : tuple of str
        Needs for which no passage speaks.
    strong : bool
        Whether one passage at least weighs what a firm stance asks for, on the side of the probability.
    caps : dict of str to str
        What limits the stance to leaning, and why.
    uncapped : Stance
        The stance that it would take if nothing limited it to leaning.

    The other attributes are those of `EvidenceDetail`.
    """

    found: pl.DataFrame
    weights: Weights
    decibans: float
    p: float
    sensitivity: Sensitivity
    failed: tuple[str, ...]
    lacking: tuple[str, ...]
    strong: bool
    caps: dict[Cap, str]
    uncapped: Stance
    stance: Stance


def weigh_reading(
    mechanism: Mechanism, reading: Reading, found: pl.DataFrame, circumstances: Circumstances
) -> Balance:
    """What the passages on a mechanism come to when it is read narrowly or broadly.

    Parameters
    ----------
    mechanism : Mechanism
    reading : {"narrow", "broad"}
    found : polars.DataFrame
        From `with_reading`: its passages in one analysis.
    circumstances : Circumstances

    Returns
    -------
    Balance
    """
    counted = under(found, reading)
    weights = as_weights(counted)
    weight = total(weights)
    p = probability(weight)
    sensitivity = _sensitivity(counted, weights)
    side = 1 if p > rule().lines.even else -1
    lacking = without_support(mechanism, reading, counted)
    strong = bool((side * weights.decibans >= rule().firm.passage - TINY).any())
    balance = Balance(
        found=counted,
        weights=weights,
        decibans=weight,
        p=p,
        sensitivity=sensitivity,
        failed=failed(mechanism, reading, counted, weights),
        lacking=lacking,
        strong=strong,
        caps=caps_on(side, counted, weights, circumstances),
        uncapped=stance_of(
            p,
            [variant.p for variant in sensitivity.variants],
            [variant.p for variant in sensitivity.leave_one_out],
            firm=strong and (side < 0 or not lacking),
        ),
        stance="silent",
    )
    return _judged(balance, circumstances)


def _sensitivity(counted: pl.DataFrame, weights: Weights) -> Sensitivity:
    """The probability under every other setting that is shown or that a firm stance has to withstand."""
    apart = posterior("one cluster per document", total(replace(weights, cluster=weights.document)))
    sources, firm = _without_sources(counted, weights), rule().firm
    each = totals_without(weights, np.arange(counted.height))
    return Sensitivity(
        by_rho=tuple(posterior(f"rho = {rho:g}", total(weights, rho)) for rho in rule().shown.rhos),
        by_searched=tuple(_searched(counted, weights, chance) for chance in rule().shown.searched),
        one_cluster_per_document=apart,
        leave_one_out=tuple(
            posterior(f"without {name}", rest) for name, rest in zip(counted["name"], each, strict=True)
        ),
        leave_one_source_out=sources,
        variants=(
            *sources,
            *(posterior(f"rho = {rho:g}", total(weights, rho)) for rho in firm.rhos),
            apart,
            *(_searched(counted, weights, chance) for chance in firm.searched),
        ),
    )


def _judged(balance: Balance, circumstances: Circumstances) -> Balance:
    """The stance, after necessary criteria that fail and what limits it to leaning.

    What rests on a failed criterion is limited by what carries that criterion; a probability that is against
    by itself, and unlimited, needs no criterion to fail.
    """
    if balance.failed and not (balance.uncapped == "against" and not balance.caps):
        names = np.any([naming(balance.found, name) for name in balance.failed], axis=0)
        rest = balance.found.filter(pl.Series(names))
        balance = replace(
            balance,
            uncapped="against",
            caps=caps_on(-1, rest, balance.weights.where(names), circumstances),
        )
    stance = leaning(balance.uncapped) if balance.caps else balance.uncapped
    return replace(balance, stance=stance)


def posterior(setting: str, weight: float) -> Posterior:
    """The probability that a weight of evidence gives, from even odds."""
    return Posterior(setting=setting, decibans=float(weight), p=probability(float(weight)))


def _searched(counted: pl.DataFrame, weights: Weights, chance: float) -> Posterior:
    """The probability if every search would have found its trace with one and the same chance."""
    return posterior(f"searched = {chance:g}", total(if_searched(counted, weights, chance)))


def pivotal(
    mechanism: Mechanism, reading: Reading, balance: Balance, circumstances: Circumstances
) -> tuple[str, Stance] | None:
    """The single passage without which the stance would be another, and that stance.

    Parameters
    ----------
    mechanism : Mechanism
    reading : {"narrow", "broad"}
    balance : Balance
        As weighed with all passages.
    circumstances : Circumstances

    Returns
    -------
    tuple of (str, Stance) or None
        Of several, the one that moves the probability most. Everything is judged anew without each passage;
        of more than 60 passages, without those that move it most.
    """
    moves = [abs(without.p - balance.p) for without in balance.sensitivity.leave_one_out]
    order = sorted(range(len(moves)), key=lambda place: (-round(moves[place], 9), place))
    for place in order[: PIVOTAL_WORK // max(len(order), 1)]:
        row = balance.found.row(place, named=True)
        rest = balance.found.filter(pl.col("id") != row["id"])
        other = weigh_reading(mechanism, reading, rest, circumstances).stance
        if other != balance.stance:
            return str(row["name"]), other
    return None


def _without_sources(counted: pl.DataFrame, weights: Weights) -> tuple[Posterior, ...]:
    """The probability without each document in turn.

    A document is named only if a public passage stands in it.
    """
    public = pl.col("document").filter(~pl.col("private"))
    documents = counted.group_by("source", maintain_order=True).agg(name=public.sort().first())
    rest = totals_without(weights, weights.document)
    told = list(zip(documents["name"], rest, strict=True))
    named = sorted(((name, left) for name, left in told if name), key=lambda one: in_reading_order(one[0]))
    private = enumerate(sorted(left for name, left in told if not name), start=1)
    return (
        *(posterior(f"without {name}", left) for name, left in named),
        *(posterior(f"without private source {number}", left) for number, left in private),
    )
