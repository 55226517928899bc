"""Overlap of inferred edges and ties: QAP regression and degree-preserving permutation."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from diffuscope.compute import randomization_test
from diffuscope.descriptives.rewire import rewired
from diffuscope.errors import MethodError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.records.arrays import Numbers

MOST_UNITS = 200
"""Units beyond which the pairs, with an effect of each sender and receiver, take minutes."""
NOTHING_LEFT = 1e-9
"""Share of a layer's variance below which the rest explains all of it."""


class Overlap(NamedTuple):
    """Association of edges and ties, and its randomization p-value.

    Attributes
    ----------
    correlation : float
        Partial correlation, given the other layers and an effect of each sender and each receiver.
    p : float
        One-sided: the larger of `p_relabelled` and `p_rewired`.
    p_relabelled : float
        How often relabelled units give at least as much.
    p_rewired : float
        How often networks with the same in- and out-degrees give at least as much.
    edges_tied, pairs_tied : float
        Share of the edges, and of all pairs, that run along a tie.
    """

    correlation: float
    p: float
    p_relabelled: float
    p_rewired: float
    edges_tied: float
    pairs_tied: float


def overlap(
    edges: Numbers, ties: Numbers, others: Sequence[Numbers], draws: int, rng: np.random.Generator
) -> Overlap:
    """Overlap of an inferred network and a layer: it must pass both of two permutation tests.

    Parameters
    ----------
    edges, ties : array of float, shape (N, N)
        Receiver by sender; the diagonal is not looked at.
    others : sequence of array of float, shape (N, N)
        Other layers.
    draws : int
    rng : numpy.random.Generator

    Returns
    -------
    Overlap

    Raises
    ------
    MethodError
        If there are too many units, or other layers and degrees leave nothing of the ties.

    Notes
    -----
    Double semi-partialling: what the other layers and the effects of senders and receivers leave of the ties
    is permuted, rows and columns alike, and correlated with what they leave of the edges (Dekker, Krackhardt
    & Snijders 2007, doi:10.1007/s11336-007-9016-1).

    These effects are additive. Where the chance of an edge is bounded, as all chances are, frequent senders
    and frequent receivers meet more or less often than their sum says, in edges and ties alike; relabelled
    units break that pattern, and the test rejects too often. So the edges are also rewired with all degrees
    kept, which is exact where the log odds of an edge are additive.
    """
    size = len(edges)
    if size > MOST_UNITS:
        raise MethodError(f"There are {size:,} units; overlap with ties is computed for up to {MOST_UNITS}.")
    apart = ~np.eye(size, dtype=bool)
    basis = _basis(size, [other[apart] for other in others], apart)
    y, x = _rest(basis, edges[apart]), _rest(basis, ties[apart])
    whole = ties[apart] - ties[apart].mean()
    if x @ x <= NOTHING_LEFT * max(float(whole @ whole), 1e-300) or y @ y <= 1e-12:
        raise MethodError("Other ties and how often each unit sends and receives leave nothing to compare.")
    left = np.zeros((size, size))
    left[apart] = x
    drawn = np.empty(draws)
    for at in range(draws):
        order = rng.permutation(size)
        drawn[at] = _correlation(y, _rest(basis, left[np.ix_(order, order)][apart]))
    observed = _correlation(y, x)
    tied = ties[apart] > 0
    relabelled, degrees = randomization_test(observed, drawn).p, _rewired(edges, left, draws, rng)
    return Overlap(
        correlation=observed,
        p=max(relabelled, degrees),
        p_relabelled=relabelled,
        p_rewired=degrees,
        edges_tied=float(tied[edges[apart] > 0].mean()) if edges.any() else 0.0,
        pairs_tied=float(tied.mean()),
    )


def _rewired(edges: Numbers, left: Numbers, draws: int, rng: np.random.Generator) -> float:
    """P-value of the edges along what is left of the ties, among networks with the same degrees."""
    receivers, senders = np.nonzero(edges)
    drawn = np.empty(draws)
    for one in rewired(receivers, senders, len(edges), draws, rng):
        drawn[one.draws] = left[receivers, one.senders].sum(axis=1)
    return randomization_test(float(left[receivers, senders].sum()), drawn).p


def _basis(size: int, others: list[Numbers], apart: Numbers) -> Numbers:
    """Orthonormal columns that span the other layers and the effects of receivers and senders."""
    receiver, sender = np.nonzero(apart)
    columns = np.zeros((len(receiver), 2 * size - 1 + len(others)))
    columns[np.arange(len(receiver)), receiver] = 1
    sends = sender < size - 1
    columns[np.flatnonzero(sends), size + sender[sends]] = 1
    for at, other in enumerate(others):
        columns[:, 2 * size - 1 + at] = other
    u, values, _ = np.linalg.svd(columns, full_matrices=False)
    return np.asarray(u[:, values > 1e-9 * values[0]])


def _rest(basis: Numbers, values: Numbers) -> Numbers:
    return np.asarray(values - basis @ (basis.T @ values))


def _correlation(one: Numbers, other: Numbers) -> float:
    size = float(np.sqrt((one @ one) * (other @ other)))
    return float(one @ other) / size if size > 0 else 0.0
