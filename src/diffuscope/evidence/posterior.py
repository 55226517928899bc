"""Posterior of one mechanism under one of its readings, with the sensitivity analysis and the stance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from diffuscope.evidence.caps import Circumstances, limits_on
from diffuscope.evidence.criteria import failed, under, without_support
from diffuscope.evidence.passage_arrays import PassageArrays
from diffuscope.evidence.passages import in_reading_order
from diffuscope.evidence.rule import rule
from diffuscope.evidence.stance import leaning, stance_of
from diffuscope.evidence.weigh import TINY
from diffuscope.evidence.weight_of_evidence import Weights, probability, total, totals_without
from diffuscope.records import Posterior
from diffuscope.records.work_bounds import PIVOTAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.evidence.criteria import Reading
    from diffuscope.evidence.rule import Cap
    from diffuscope.mechanisms import Mechanism
    from diffuscope.records import Stance
    from diffuscope.records.arrays import Flags


class Grounds(NamedTuple):
    """What a stance rests on: its side, and the passages that carry it, as rows and as arrays."""

    side: int
    passages: pl.DataFrame
    arrays: PassageArrays


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
class MechanismPosterior:
    """Posterior of a mechanism under one of its readings; each part is computed when it is asked for.

    Attributes
    ----------
    mechanism : Mechanism
    reading : {"narrow", "broad"}
    passages : polars.DataFrame
        The passages that count.
    arrays : PassageArrays
        The same as arrays.
    circumstances : Circumstances
    weights : Weights
        What each of them weighs.
    sensitivity : Sensitivity
        The probability under other settings.
    lacking : tuple of str
        Needs for which no passage speaks.
    strong : bool
        Whether one passage at least weighs what a firm stance asks for, on the side of the probability.
    rests_on : Grounds
        The side of the stance, and the passages on which it rests: all, or those on the criteria that fail.
    uncapped : Stance
        The stance that it would take if nothing limited it to leaning.

    The other attributes are those of `EvidenceDetail`.
    """

    mechanism: Mechanism
    reading: Reading
    passages: pl.DataFrame
    arrays: PassageArrays
    circumstances: Circumstances

    @property
    def weights(self) -> Weights:
        """What each passage weighs."""
        return self.arrays.weights

    @cached_property
    def decibans(self) -> float:
        """The pooled weight of the passages."""
        return total(self.weights)

    @property
    def p(self) -> float:
        """The posterior probability."""
        return probability(self.decibans)

    @property
    def side(self) -> int:
        """Whether the probability speaks for the mechanism (1) or not (-1)."""
        return 1 if self.p > rule().lines.even else -1

    @cached_property
    def without_one(self) -> tuple[float, ...]:
        """Leave-one-out weights of evidence, in the order of the passages."""
        return tuple(totals_without(self.weights, np.arange(self.arrays.size)).tolist())

    @cached_property
    def sensitivity(self) -> Sensitivity:
        """The probability under every other setting that is shown or must be withstood."""
        return _sensitivity(self.passages["name"], self.arrays, self.without_one)

    @cached_property
    def failed(self) -> tuple[str, ...]:
        """Necessary criteria that fail."""
        return failed(self.mechanism, self.reading, self.arrays)

    @cached_property
    def lacking(self) -> tuple[str, ...]:
        """Needs for which no passage speaks."""
        return without_support(self.mechanism, self.reading, self.arrays)

    @property
    def strong(self) -> bool:
        """Whether one passage at least weighs what a firm stance asks for."""
        return bool((self.side * self.weights.decibans >= rule().firm.passage - TINY).any())

    @cached_property
    def _by_probability(self) -> Stance:
        """The stance that the probability gives, before criteria that fail and before any cap."""
        alone = [probability(weight) for weight in self.without_one]
        # first without the many variants: only a stance beyond leaning has to withstand them, and they cost
        # most
        stance = stance_of(self.p, (), alone)
        if stance not in ("for", "against"):
            return stance
        firm = self.strong and (self.side < 0 or not self.lacking)
        return stance_of(self.p, [variant.p for variant in self.sensitivity.variants], alone, firm=firm)

    @cached_property
    def _limits_of_all(self) -> dict[Cap, str]:
        return limits_on(self.side, self.arrays, self.circumstances)

    @cached_property
    def sinks(self) -> bool:
        """Whether the stance rests on criteria that fail.

        A probability that is against by itself, and unlimited, needs no criterion to fail.
        """
        return bool(self.failed) and not (self._by_probability == "against" and not self._limits_of_all)

    @cached_property
    def rests_on(self) -> Grounds:
        """The side of the stance, and the passages that carry it: what limits it is looked for in these."""
        if not self.sinks:
            return Grounds(self.side, self.passages, self.arrays)
        names = self._naming_failed
        return Grounds(-1, self.passages.filter(pl.Series(names)), self.arrays.where(names))

    @property
    def _naming_failed(self) -> Flags:
        return np.asarray(np.any([self.arrays.naming(name) for name in self.failed], axis=0))

    @property
    def uncapped(self) -> Stance:
        """The stance if nothing limited it to leaning."""
        return "against" if self.sinks else self._by_probability

    @cached_property
    def limits(self) -> dict[Cap, str]:
        """What limits the stance to leaning, by cap."""
        if not self.sinks:
            return self._limits_of_all
        return limits_on(-1, self.arrays.where(self._naming_failed), self.circumstances)

    @property
    def caps(self) -> tuple[str, ...]:
        """What limits the stance to leaning."""
        return tuple(self.limits.values())

    @cached_property
    def stance(self) -> Stance:
        """The stance, after necessary criteria that fail and what limits it to a leaning stance."""
        firm = self.uncapped in ("for", "against")
        return leaning(self.uncapped) if firm and self.caps else self.uncapped


def weigh_reading(
    mechanism: Mechanism, reading: Reading, passages: pl.DataFrame, circumstances: Circumstances
) -> MechanismPosterior:
    """Posterior of a mechanism when it is read narrowly or broadly.

    Parameters
    ----------
    mechanism : Mechanism
    reading : {"narrow", "broad"}
    passages : polars.DataFrame
        From `with_reading`: its passages in one analysis.
    circumstances : Circumstances

    Returns
    -------
    MechanismPosterior
    """
    return weigh_counted(mechanism, reading, under(passages, reading), circumstances)


def weigh_counted(
    mechanism: Mechanism, reading: Reading, counted: pl.DataFrame, circumstances: Circumstances
) -> MechanismPosterior:
    """Posterior from the passages that count under a reading, as `weigh_reading` has it."""
    return MechanismPosterior(
        mechanism=mechanism,
        reading=reading,
        passages=counted,
        arrays=PassageArrays.of(counted),
        circumstances=circumstances,
    )


def _sensitivity(names: pl.Series, arrays: PassageArrays, each: Sequence[float]) -> Sensitivity:
    """Sensitivity analysis: every other setting that is shown or that a firm stance has to withstand."""
    weights = arrays.weights
    by_document = posterior("one cluster per document", total(replace(weights, cluster=weights.document)))
    sources, firm = _without_sources(arrays), rule().firm
    return Sensitivity(
        by_rho=tuple(posterior(f"rho = {rho:g}", total(weights, rho)) for rho in rule().shown.rhos),
        by_searched=tuple(_searched(arrays, chance) for chance in rule().shown.searched),
        one_cluster_per_document=by_document,
        leave_one_out=tuple(
            posterior(f"without {name}", rest) for name, rest in zip(names, each, strict=True)
        ),
        leave_one_source_out=sources,
        variants=(
            *sources,
            *(posterior(f"rho = {rho:g}", total(weights, rho)) for rho in firm.rhos),
            by_document,
            *(_searched(arrays, chance) for chance in firm.searched),
        ),
    )


def posterior(setting: str, weight: float) -> Posterior:
    """Posterior that a weight of evidence gives, from even odds."""
    return Posterior(setting=setting, decibans=float(weight), p=probability(float(weight)))


def _searched(arrays: PassageArrays, chance: float) -> Posterior:
    """The probability if every search would have found its trace with one and the same chance."""
    return posterior(f"searched = {chance:g}", total(arrays.if_searched(chance)))


def tried_passages(many: int) -> int:
    """Of how many passages it is tried whether the stance hangs on them: the weightiest, one at least.

    >>> tried_passages(60), tried_passages(120), tried_passages(10_000)
    (60, 30, 1)
    """
    return min(many, max(1, PIVOTAL.most // max(many, 1)))


def pivotal(
    mechanism: Mechanism, reading: Reading, balance: MechanismPosterior, circumstances: Circumstances
) -> tuple[str, Stance] | None:
    """Pivotal passage: the single one without which the stance would be another, and that stance.

    Parameters
    ----------
    mechanism : Mechanism
    reading : {"narrow", "broad"}
    balance : MechanismPosterior
        As weighed with all passages.
    circumstances : Circumstances

    Returns
    -------
    tuple of (str, Stance) or None
        Of several, the one that moves the probability most. Everything is judged anew without each passage;
        of more than 60 passages, without those that move it most.
    """
    moves = [abs(probability(rest) - balance.p) for rest in balance.without_one]
    order = sorted(range(len(moves)), key=lambda place: (-round(moves[place], 9), place))
    for place in order[: tried_passages(len(order))]:
        keep = np.arange(len(order)) != place
        rest = MechanismPosterior(
            mechanism=mechanism,
            reading=reading,
            passages=balance.passages.filter(pl.Series(keep)),
            arrays=balance.arrays.where(keep),
            circumstances=circumstances,
        )
        if rest.stance != balance.stance:
            return str(balance.passages["name"][place]), rest.stance
    return None


def _without_sources(arrays: PassageArrays) -> tuple[Posterior, ...]:
    """Leave-one-document-out: the posterior without each document in turn.

    A document is named only if a public passage stands in it.
    """
    rest = totals_without(arrays.weights, arrays.weights.document)
    present = np.unique(arrays.weights.document).tolist()
    weights_without = [(arrays.documents[document], float(rest[document])) for document in present]
    named = sorted(
        ((name, left) for name, left in weights_without if name), key=lambda one: in_reading_order(one[0])
    )
    private = enumerate(sorted(left for name, left in weights_without if not name), start=1)
    return (
        *(posterior(f"without {name}", left) for name, left in named),
        *(posterior(f"without private source {number}", left) for number, left in private),
    )
