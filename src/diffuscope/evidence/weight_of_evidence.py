"""Pooled weight of evidence and its posterior: log-odds add up, dependent passages are discounted.

Binary mode: the mechanism was at work, or it was not; mechanisms may be at work side by side, so each has
odds of its own (Fairfield & Charman 2017, doi:10.1017/pan.2017.14). All weights are in decibans (dB).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.evidence.rule import rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from diffuscope.records.arrays import Codes, Numbers


NINETY_PERCENT = 1.6448536269514722
"""Standard deviations from the middle of a normal distribution to its 5 % and 95 % points."""


@dataclass(frozen=True)
class Weights:
    """Passages as numbers: what each weighs, and what it hangs together with.

    Attributes
    ----------
    decibans : array of float, shape (n,)
    cluster, document : array of int, shape (n,)
        Codes of the cluster and of the document of each passage.
    coders : array of int, shape (n,)
        How many coders read each.
    """

    decibans: Numbers
    cluster: Codes
    document: Codes
    coders: Codes

    def where(self, mask: NDArray[np.bool_]) -> Weights:
        """Some of the passages."""
        return Weights(self.decibans[mask], self.cluster[mask], self.document[mask], self.coders[mask])


def probability(decibans: float, prior: float | None = None) -> float:
    """Posterior probability after evidence of that weight.

    >>> round(probability(10.0), 7)
    0.9090909
    """
    prior = rule().pooling.prior if prior is None else prior
    # log odds and weights of evidence add (Fairfield & Charman 2017, doi:10.1017/pan.2017.14)
    log_odds = math.log(prior / (1 - prior)) + decibans * math.log(10) / 10
    # of the two forms, the one whose exponential cannot overflow
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    return math.exp(log_odds) / (1 + math.exp(log_odds))


def decibans(p: float) -> float:
    """Weight of evidence that brings even odds to a probability (dB)."""
    return 10 * math.log10(p / (1 - p))


def discounts(decibans: Numbers, cluster: Codes, rho: float, coders: Codes | None = None) -> Numbers:
    """Discount for dependence within a cluster: (1 − ρ)^(k−1) for the k-th of its cluster and side.

    For and against are ranked apart, each by size; a passage without weight counts 0. So adding support never
    lowers a total and a zero changes nothing, which does not hold for ΣW/(1+(n−1)ρ).

    Parameters
    ----------
    decibans : array of float, shape (n,)
    cluster : array of int, shape (n,)
    rho : float
    coders : array of int, shape (n,), optional
        Ranks passages of equal weight, so that a discount follows from no order of rows.
    """
    size = np.abs(decibans)
    side = np.sign(decibans)
    order = np.lexsort((np.zeros(size.size) if coders is None else coders, -size, side, cluster))
    first = np.ones(order.size, dtype=bool)
    first[1:] = (np.diff(cluster[order]) != 0) | (np.diff(side[order]) != 0)
    place = np.arange(order.size)
    rank = np.empty(order.size)
    # place within a run: the first of each cluster and side keeps its whole weight
    rank[order] = place - np.maximum.accumulate(np.where(first, place, 0))
    return np.asarray(np.where(side == 0, 0.0, (1 - rho) ** rank))


def shares(decibans: Numbers, cluster: Codes, rho: float) -> Numbers:
    """What each passage adds to the total (dB); passages of a cluster that weigh the same add the same."""
    added = decibans * discounts(decibans, cluster, rho)
    _, tied = np.unique(np.column_stack([cluster, decibans]), axis=0, return_inverse=True)
    tied = tied.reshape(-1)
    # equal weights share their discounts, so that what a passage adds does not depend on the order of rows
    return np.asarray((np.bincount(tied, weights=added) / np.bincount(tied))[tied])


def pooled(decibans: Numbers, cluster: Codes, rho: float | None = None) -> float:
    """Pooled weight of evidence: Σ over clusters and sides of Σ_k w_(k)·(1 − ρ)^(k−1), by size (dB).

    >>> one = np.zeros(2, dtype=np.int64)
    >>> [round(pooled(np.array(pair), one, 0.3), 2) for pair in ([10, 0.5], [6.0, 6.0], [10.0, -1.0])]
    [10.35, 10.2, 9.0]
    """
    rho = rule().pooling.rho if rho is None else rho
    return float((decibans * discounts(decibans, cluster, rho)).sum())


def total(weights: Weights, rho: float | None = None) -> float:
    """Pooled weight of all passages together (dB)."""
    return pooled(weights.decibans, weights.cluster, rho)


def totals_without(weights: Weights, group: Codes, rho: float | None = None) -> Numbers:
    """Leave-one-out weights of evidence: the rest when one group of passages after another is left out (dB).

    Parameters
    ----------
    weights : Weights
    group : array of int, shape (n,)
        Group of each passage, coded 0 … k−1.
    rho : float, optional

    Returns
    -------
    array of float, shape (k,)
        Passages behind one that is left out move up in their cluster, so they are discounted less.
    """
    if group.size == 0:
        return np.zeros(0)
    keep = 1 - (rule().pooling.rho if rho is None else rho)
    rest = np.full(int(group.max()) + 1, total(weights, rho))
    # each cluster is ranked once, by size; what is left of it keeps that order
    order = np.lexsort((-np.abs(weights.decibans), weights.cluster))
    for members in np.split(order, np.flatnonzero(np.diff(weights.cluster[order])) + 1):
        values, groups = weights.decibans[members], group[members]
        whole = _ranked(values, keep)
        for name in np.unique(groups):
            # only the clusters that the group is in change: total less the old cluster plus the new one
            rest[name] += _ranked(values[groups != name], keep) - whole
    return rest


def _ranked(values: Numbers, keep: float) -> float:
    """Pooled weight of one cluster whose passages come in order of size."""
    above, below = values[values > 0], values[values < 0]
    return float(above @ keep ** np.arange(above.size) + below @ keep ** np.arange(below.size))


def noise(weights: Weights, rho: float | None = None) -> tuple[float, float]:
    """Coder error: 5 % and 95 % points of the probability when every coder errs by N(0, 3 dB), independently.

    Every passage keeps its rank, so the total is a weighted sum of normal errors and normal itself: its
    variance is the sum over passages of 9·(discount)²/coders. Probability rises with decibans, so its
    quantiles are those of the decibans, carried over. Nothing is drawn at random.
    """
    pooling = rule().pooling
    share = discounts(weights.decibans, weights.cluster, pooling.rho if rho is None else rho, weights.coders)
    spread = NINETY_PERCENT * pooling.coder_sd * float(np.sqrt((share**2 / weights.coders).sum()))
    middle = total(weights, rho)
    return probability(middle - spread), probability(middle + spread)
