"""Sandwich covariance, cluster-robust or dyad-robust: how sure a coefficient is where rows hang together.

Bread B is the inverse information, meat the outer product of the scores summed by cluster. Several ways:
Cameron, Gelbach & Miller 2011 (doi:10.1198/jbes.2010.07136). Dyads: Aronow, Samii & Assenova 2015
(doi:10.1093/pan/mpv018).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np

from diffuscope.models.inference.grouped_sandwich import GroupedBread, cluster_sums, positive_part
from diffuscope.models.likelihood.newton_raphson import blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.records.arrays import Codes, Numbers


Correction = Literal["clusters", "clusters and columns", "none"]
"""G/(G-1) as Stata's logit; that times (n-1)/(n-k) as statsmodels; or nothing."""


@dataclass(frozen=True)
class Robust:
    """Robust (sandwich) covariance, which allows for rows that hang together.

    Attributes
    ----------
    covariance : array of float, shape (k, k)
    clusters : tuple of int
        How many clusters each way has; of dyads, how many units.
    psd_adjusted : bool
        Whether negative eigenvalues were set to zero.
    others : tuple of array of float, shape (k, k)
        Of several ways, the variances that no coefficient's may be below: by fewer ways, and by none.
    """

    covariance: Numbers
    clusters: tuple[int, ...]
    psd_adjusted: bool = False
    others: tuple[Numbers, ...] = ()

    def brought_back(self, back: Numbers) -> Numbers:
        """The variance of coefficients on the columns as they came; of several ways, the largest for each.

        The difference of meats is often below the one-way variances where clusters are few, and its tests
        reject too often. The largest of it, those of fewer ways and the model's own variance is safer
        (MacKinnon, Nielsen & Webb 2024, Jackknife inference with two-way clustering). Correlations stay.

        Parameters
        ----------
        back : array of float, shape (k, k)
            Takes coefficients to those on the columns as they came.
        """
        # compared on the data's scale: the largest variance of a centred column is not that of the column as
        # it came
        covariance = _back_transformed(self.covariance, back)
        if not self.others:
            return covariance
        own = np.maximum(np.diag(covariance), 0.0)
        diagonals = [np.diag(_back_transformed(one, back)) for one in self.others]
        highest = np.max([own, *diagonals], axis=0)
        scale = np.where(own > 0, np.sqrt(highest / np.where(own > 0, own, 1.0)), 0.0)
        scaled = covariance * np.outer(scale, scale)
        np.fill_diagonal(scaled, highest)
        return np.asarray(scaled)


def _back_transformed(covariance: Numbers, back: Numbers) -> Numbers:
    """Covariance of the coefficients on the columns as they came; effects of groups stay what they are."""
    moved = np.flatnonzero((back != np.eye(len(back))).any(axis=1))
    first = slice(0, int(moved[-1]) + 1 if moved.size else 0)
    transformed = covariance.copy()
    transformed[first] = back[first, first] @ transformed[first]
    transformed[:, first] = transformed[:, first] @ back[first, first].T
    return np.asarray(transformed)


def cluster_robust(
    bread: Numbers,
    x: Numbers,
    score: Numbers,
    ways: Sequence[Codes],
    correction: Correction = "clusters",
    *,
    groups: Codes | None = None,
) -> Robust:
    """Cluster-robust covariance: rows of one cluster hang together, in one way or in several.

    Parameters
    ----------
    bread : array of float, shape (k, k)
        Inverse of the information.
    x : array of float, shape (n, k)
    score : array of float, shape (n,)
        Derivative of each row's log-likelihood by its linear predictor, times its weight.
    ways : sequence of arrays of int, shape (n,)
        Cluster of each row.
    correction : {"clusters", "clusters and columns", "none"}
        Each term of the sum is multiplied by its own G/(G-1); with columns, by (n-1)/(n-k) too.
    groups : array of int, shape (n,), optional
        Groups whose effects follow those of `x` in the bread, as for `maximum_likelihood`.

    Returns
    -------
    Robust
    """
    coded = [_coded(way) for way in ways]
    counts = tuple(count for _, count in coded)
    # pairs of rows that share two clusters were counted in both meats, and are taken out once; those that
    # share three were then taken out once too often (Cameron, Gelbach & Miller 2011)
    total = np.zeros_like(bread)
    blocked = None if groups is None else GroupedBread.of(bread, x.shape[1])
    for many in range(1, len(coded) + 1):
        for chosen in combinations(coded, many):
            code, count = _crossed(chosen)
            factor = _factor(correction, count, score.size, len(bread)) * (1 if many % 2 else -1)
            if blocked is None or groups is None:
                total += factor * _meat(x, score, code, count)
            else:
                total += factor * blocked.variance(*cluster_sums(x, score, [code], count, groups))
    if len(coded) == 1:  # a sum of squares is never negative
        return Robust(total if blocked else bread @ total @ bread, counts)
    return _blocked(bread, total, counts) if blocked else _psd_adjusted(bread, total, counts)


def dyad_robust(
    bread: Numbers,
    x: Numbers,
    score: Numbers,
    ends: tuple[Codes, Codes],
    correction: Correction = "clusters",
    *,
    groups: Codes | None = None,
) -> Robust:
    """Dyadic-robust covariance: any two rows that share a unit, as receiver or sender, hang together.

    Rows that share both units are counted once: Σ over units of S S' less Σ over unordered pairs of S S'.

    Parameters
    ----------
    bread, x, score
        As for `cluster_robust`.
    ends : tuple of two arrays of int, shape (n,)
        Codes of receiver and sender of each row, in one numbering.
    correction : {"clusters", "clusters and columns", "none"}
        With clusters: N/(N-1), N being the number of units.
    groups : array of int, shape (n,), optional
        As for `cluster_robust`.

    Returns
    -------
    Robust
    """
    both, count = _coded(np.concatenate(ends))
    one, other = both[: score.size], both[score.size :]
    # rows that share both units were counted for each of them (Aronow, Samii & Assenova 2015)
    pair = _coded(np.minimum(one, other) * count + np.maximum(one, other))
    factor = _factor(correction, count, x.shape[0], len(bread))
    if groups is not None:
        blocked = GroupedBread.of(bread, x.shape[1])
        total = blocked.variance(*cluster_sums(x, score, [one, other], count, groups))
        total -= blocked.variance(*cluster_sums(x, score, [pair[0]], pair[1], groups))
        return _blocked(bread, total * factor, (count,))
    # a row counts in the sums of both its units
    either = _sums(x, score, one, count) + _sums(x, score, other, count)
    meat = either.T @ either - _meat(x, score, *pair)
    return _psd_adjusted(bread, meat * factor, (count,))


def _coded(way: Codes) -> tuple[Codes, int]:
    """Clusters numbered 0 … G-1, and G."""
    low, high = int(way.min()), int(way.max())
    if high - low < 4 * way.size + 1000:  # counting is faster than sorting
        present = np.bincount(way - low) > 0
        place = np.cumsum(present) - 1
        return place[way - low], int(present.sum())
    values, code = np.unique(way, return_inverse=True)
    return code, values.size


def _crossed(ways: Sequence[tuple[Codes, int]]) -> tuple[Codes, int]:
    """Clusters of rows that share a cluster in every way."""
    code, count = ways[0]
    for other, size in ways[1:]:
        code, count = _coded(code * size + other)
    return code, count


def _factor(correction: Correction, groups: int, rows: int, columns: int) -> float:
    if correction == "none":
        return 1.0
    # small-sample correction, as scores of G clusters sum to zero at the maximum
    factor = groups / (groups - 1) if groups > 1 else 1.0
    return factor * (rows - 1) / (rows - columns) if correction == "clusters and columns" else factor


def _meat(x: Numbers, score: Numbers, code: Codes, count: int) -> Numbers:
    """Σ over clusters of S S'."""
    if count == score.size:  # each row its own cluster
        meat = np.zeros((x.shape[1], x.shape[1]))
        for rows in blocks(score.size):
            scores = x[rows] * score[rows][:, None]
            meat += scores.T @ scores
        return meat
    sums = _sums(x, score, code, count)
    return np.asarray(sums.T @ sums)


def _sums(x: Numbers, score: Numbers, code: Codes, count: int) -> Numbers:
    """Scores summed by cluster, one column after another."""
    sums = np.empty((count, x.shape[1]), order="F")
    for column in range(x.shape[1]):
        sums[:, column] = np.bincount(code, weights=x[:, column] * score, minlength=count)
    return sums


def _blocked(bread: Numbers, variance: Numbers, clusters: tuple[int, ...]) -> Robust:
    """A variance made by blocks, without its negative part."""
    covariance, adjusted = positive_part(bread, variance)
    return Robust(covariance, clusters, psd_adjusted=adjusted)


def _psd_adjusted(bread: Numbers, meat: Numbers, clusters: tuple[int, ...]) -> Robust:
    """Bread, meat, bread; with negative eigenvalues set to zero, where the difference of two meats left some.

    Eigenvalues are those of the meat in the metric of the bread, so that the units of a column do not matter.
    """
    # a difference of two meats may have negative variances where clusters are few; these are set to zero
    # and reported (Cameron, Gelbach & Miller 2011)
    values, vectors = np.linalg.eigh((bread + bread.T) / 2)
    root = vectors * np.sqrt(np.maximum(values, 0))
    inner, turns = np.linalg.eigh(root.T @ (meat + meat.T) @ root / 2)
    turned = root @ turns
    adjusted = bool(inner.min() < -1e-9 * max(float(inner.max()), 0.0))
    return Robust((turned * np.maximum(inner, 0)) @ turned.T, clusters, psd_adjusted=adjusted)
