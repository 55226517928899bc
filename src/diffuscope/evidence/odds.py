"""From weights to a posterior: log-odds add up, and passages that hang together are discounted together.

Binary mode: the mechanism was at work, or it was not; mechanisms may be at work side by side, so each has
odds of its own. All weights are in decibans (dB).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Codes = NDArray[np.int64]

PRIOR = 0.5
PRIORS = (0.1, 0.25, 0.5, 0.75, 0.9)
RHO = 0.3
RHOS = (0.0, 0.3, 0.5, 1.0)
CODER_SD = 3.0
"""Standard deviation of a coder's error (dB)."""
NINETY_PERCENT = 1.6448536269514722
"""Standard deviations from the middle of a normal distribution to its 5 % and 95 % points."""


@dataclass(frozen=True)
class Weights:
    """Passages as numbers: what each weighs, and what it hangs together with.

    Attributes
    ----------
    decibans : array of float, shape (n,)
    cluster, document : array of int, shape (n,)
        Codes of the cluster and of the source document of each passage.
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


def probability(decibans: float, prior: float = PRIOR) -> float:
    """Posterior probability after evidence of that weight.

    >>> round(probability(10.0), 7)
    0.9090909
    """
    log_odds = math.log(prior / (1 - prior)) + decibans * math.log(10) / 10
    # of the two forms, the one whose exponential cannot overflow
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    return math.exp(log_odds) / (1 + math.exp(log_odds))


def decibans(p: float) -> float:
    """Weight of evidence that brings even odds to a probability (dB)."""
    return 10 * math.log10(p / (1 - p))


def discounts(cluster: Codes, rho: float) -> Numbers:
    """By how much each passage of a cluster of n counts: 1/(1+(n−1)ρ); at ρ = 1 their mean is left."""
    _, code, size = np.unique(cluster, return_inverse=True, return_counts=True)
    return np.asarray(1 / (1 + (size[code] - 1) * rho))


def total(weights: Weights, rho: float = RHO) -> float:
    """Weight of all passages together: Σ over clusters of ΣW/(1+(n−1)ρ) (dB)."""
    return float((weights.decibans * discounts(weights.cluster, rho)).sum())


def totals_without(weights: Weights, group: Codes, rho: float = RHO) -> Numbers:
    """Weight of the rest when one group of passages after another is left out (dB).

    Parameters
    ----------
    weights : Weights
    group : array of int, shape (n,)
        Group of each passage, coded 0 … k−1.
    rho : float

    Returns
    -------
    array of float, shape (k,)
        Clusters shrink with what is left out, so what remains of them is discounted less.
    """
    if group.size == 0:
        return np.zeros(0)
    _, cluster = np.unique(weights.cluster, return_inverse=True)
    size = np.bincount(cluster)
    whole = np.bincount(cluster, weights=weights.decibans)
    before = whole / (1 + (size - 1) * rho)
    pair, code = np.unique(group * size.size + cluster, return_inverse=True)
    its_group, its_cluster = np.divmod(pair, size.size)
    left = size[its_cluster] - np.bincount(code)
    rest = whole[its_cluster] - np.bincount(code, weights=weights.decibans)
    after = np.where(left > 0, rest / (1 + np.maximum(left - 1, 0) * rho), 0.0)
    change = np.bincount(its_group, weights=after - before[its_cluster])
    return np.asarray(before.sum() + change)


def noise(weights: Weights, rho: float = RHO) -> tuple[float, float]:
    """5 % and 95 % points of the probability when every coder errs by N(0, 3 dB), independently.

    The total is a weighted sum of independent normal errors, so it is normal itself: its variance is the sum
    over passages of 9·(discount)²/coders. Probability rises with decibans, so its quantiles are those of the
    decibans, carried over. Nothing is drawn at random.
    """
    share = discounts(weights.cluster, rho)
    spread = NINETY_PERCENT * CODER_SD * float(np.sqrt((share**2 / weights.coders).sum()))
    middle = total(weights, rho)
    return probability(middle - spread), probability(middle + spread)
