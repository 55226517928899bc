"""How sure a coefficient is where rows hang together: sandwich variances by cluster, two ways, or by dyad.

Bread B is the inverse information, meat the outer product of the scores summed by cluster. Two ways: Cameron,
Gelbach & Miller 2011 (doi:10.1198/jbes.2010.07136). Dyads: Aronow, Samii & Assenova 2015
(doi:10.1093/pan/mpv018).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from diffuscope.models.newton import blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.models.types import Codes, Numbers

Correction = Literal["clusters", "clusters and columns", "none"]
"""G/(G-1) as Stata's logit; that times (n-1)/(n-k) as statsmodels; or nothing."""


@dataclass(frozen=True)
class Robust:
    """A variance that allows for rows that hang together.

    Attributes
    ----------
    covariance : array of float, shape (k, k)
    clusters : tuple of int
        How many clusters each way has; of dyads, how many units.
    mended : bool
        Whether negative eigenvalues were set to zero.
    """

    covariance: Numbers
    clusters: tuple[int, ...]
    mended: bool = False


def cluster_robust(
    bread: Numbers,
    x: Numbers,
    slope: Numbers,
    ways: Sequence[Codes],
    correction: Correction = "clusters",
) -> Robust:
    """Variance where rows of one cluster hang together, in one way or in two.

    Parameters
    ----------
    bread : array of float, shape (k, k)
        Inverse of the information.
    x : array of float, shape (n, k)
    slope : array of float, shape (n,)
        Derivative of each row's log-likelihood by its linear predictor, times its weight.
    ways : sequence of one or two arrays of int, shape (n,)
        Cluster of each row.
    correction : {"clusters", "clusters and columns", "none"}
        Each term of the sum is multiplied by its own G/(G-1); with columns, by (n-1)/(n-k) too.

    Returns
    -------
    Robust
    """
    coded = [_coded(way) for way in ways]
    counts = tuple(count for _, count in coded)
    meat = sum((_meat(x, slope, code, count, correction) for code, count in coded), np.zeros_like(bread))
    if len(coded) == 2:
        (one, _), (other, size) = coded
        both, count = _coded(one * size + other)
        meat = meat - _meat(x, slope, both, count, correction)
    return _mended(bread @ meat @ bread, counts)


def dyad_robust(
    bread: Numbers,
    x: Numbers,
    slope: Numbers,
    ends: tuple[Codes, Codes],
    correction: Correction = "clusters",
) -> Robust:
    """Variance where any two rows that share a unit, as receiver or sender, hang together.

    Rows that share both units are counted once: Σ over units of S S' less Σ over unordered pairs of S S'.

    Parameters
    ----------
    bread, x, slope
        As for `cluster_robust`.
    ends : tuple of two arrays of int, shape (n,)
        Codes of receiver and sender of each row, in one numbering.
    correction : {"clusters", "clusters and columns", "none"}
        With clusters: N/(N-1), N being the number of units.

    Returns
    -------
    Robust
    """
    both, count = _coded(np.concatenate(ends))
    one, other = both[: slope.size], both[slope.size :]
    sums = _sums(x, slope, one, count) + _sums(x, slope, other, count)
    pair, pairs = _coded(np.minimum(one, other) * count + np.maximum(one, other))
    once = _sums(x, slope, pair, pairs)
    meat = (sums.T @ sums - once.T @ once) * _factor(correction, count, *x.shape)
    return _mended(bread @ meat @ bread, (count,))


def _coded(way: Codes) -> tuple[Codes, int]:
    """Clusters numbered 0 … G-1, and G."""
    low, high = int(way.min()), int(way.max())
    if high - low < 4 * way.size + 1000:  # counting is faster than sorting
        seen = np.bincount(way - low) > 0
        place = np.cumsum(seen) - 1
        return place[way - low], int(seen.sum())
    values, code = np.unique(way, return_inverse=True)
    return code, values.size


def _factor(correction: Correction, groups: int, rows: int, columns: int) -> float:
    if correction == "none":
        return 1.0
    factor = groups / (groups - 1) if groups > 1 else 1.0
    return factor * (rows - 1) / (rows - columns) if correction == "clusters and columns" else factor


def _meat(x: Numbers, slope: Numbers, code: Codes, count: int, correction: Correction) -> Numbers:
    factor = _factor(correction, count, *x.shape)
    if count == slope.size:  # each row its own cluster
        meat = np.zeros((x.shape[1], x.shape[1]))
        for rows in blocks(slope.size):
            scores = x[rows] * slope[rows][:, None]
            meat += scores.T @ scores
        return meat * factor
    sums = _sums(x, slope, code, count)
    return np.asarray(sums.T @ sums * factor)


def _sums(x: Numbers, slope: Numbers, code: Codes, count: int) -> Numbers:
    """Scores summed by cluster, one column after another."""
    sums = np.empty((count, x.shape[1]), order="F")
    for column in range(x.shape[1]):
        sums[:, column] = np.bincount(code, weights=x[:, column] * slope, minlength=count)
    return sums


def _mended(covariance: Numbers, clusters: tuple[int, ...]) -> Robust:
    """The same with negative eigenvalues set to zero, where the difference of two meats left some."""
    covariance = (covariance + covariance.T) / 2
    values, vectors = np.linalg.eigh(covariance)
    if values.min() >= -1e-12 * max(values.max(), 0.0):
        return Robust(covariance, clusters)
    return Robust((vectors * np.maximum(values, 0)) @ vectors.T, clusters, mended=True)
