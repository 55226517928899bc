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
NOTHING_LEFT, NO_EDGES = 1e-9, 1e-12
"""Share of a layer's variance, and sum of squares of edges, below which the rest explains all of it."""


class Overlap(NamedTuple):
    """Association of edges and ties, and its randomization p-value.

    Attributes
    ----------
    correlation : float
        Partial correlation, given the other layers and an effect of each sender and each receiver.
    p : float
        One-sided: the largest of the three below.
    p_relabelled : float
        How often relabelled units give at least as much.
    p_rewired : float
        How often networks with the same in- and out-degrees give at least as much.
    p_direction : float or None
        The larger of the same two for running with the ties more than against them; None where ties run both
        ways alike.
    edges_tied, pairs_tied : float
        Share of the edges, and of all pairs, that run along a tie.
    """

    correlation: float
    p: float
    p_relabelled: float
    p_rewired: float
    p_direction: float | None
    edges_tied: float
    pairs_tied: float


def overlap(
    edges: Numbers, ties: Numbers, others: Sequence[Numbers], draws: int, rng: np.random.Generator
) -> Overlap:
    """Overlap of an inferred network and a layer: it must pass each of three permutation tests.

    Parameters
    ----------
    edges, ties : array of float, shape (N, N)
        Receiver by sender; the diagonal is not looked at.
    others : sequence of array of float, shape (N, N)
        Other layers, and in what units are alike.
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

    Alike units that adopt at like times get edges, and have ties, without any influence; but then neither
    knows a direction. So both tests are repeated with the difference of the ties and their transpose: edges
    must run from the sender to the receiver of ties more than back.
    """
    size = len(edges)
    if size > MOST_UNITS:
        raise MethodError(f"There are {size:,} units; overlap with ties is computed for up to {MOST_UNITS}.")
    apart = ~np.eye(size, dtype=bool)
    basis = _basis(size, [other[apart] for other in others], apart)
    y = _rest(basis, edges[apart])
    if y @ y <= NO_EDGES or not _varies(basis, ties[apart]):
        raise MethodError("Other ties and how often each unit sends and receives leave nothing to compare.")
    turned = ties - ties.T
    compared = [ties, turned] if _varies(basis, turned[apart], ties[apart]) else [ties]
    left = np.zeros((len(compared), size, size))
    left[:, apart] = _rest(basis, np.array([one[apart] for one in compared]).T).T
    observed, relabelled = _relabelled(basis, y, left, draws, rng)
    degrees = _rewired(edges, left, draws, rng)
    larger = [max(pair) for pair in zip(relabelled, degrees, strict=True)]
    tied = ties[apart] > 0
    return Overlap(
        correlation=observed[0],
        p=max(larger),
        p_relabelled=relabelled[0],
        p_rewired=degrees[0],
        p_direction=larger[1] if len(larger) > 1 else None,
        edges_tied=float(tied[edges[apart] > 0].mean()) if edges.any() else 0.0,
        pairs_tied=float(tied.mean()),
    )


def _varies(basis: Numbers, values: Numbers, beside: Numbers | None = None) -> bool:
    """Whether something is left of values; beside others whose size says what counts as something."""
    rest, whole = _rest(basis, values), values if beside is None else beside
    spread = whole - whole.mean()
    return bool(rest @ rest > NOTHING_LEFT * max(float(spread @ spread), 1e-300))


def _relabelled(
    basis: Numbers, y: Numbers, left: Numbers, draws: int, rng: np.random.Generator
) -> tuple[list[float], list[float]]:
    """Correlations with what is left of each matrix, and their p-values over relabelled units."""
    size = left.shape[1]
    apart = ~np.eye(size, dtype=bool)
    drawn = np.empty((draws, len(left)))
    for at in range(draws):
        order = rng.permutation(size)
        drawn[at] = _correlations(y, _rest(basis, left[:, order][:, :, order][:, apart].T))
    observed = _correlations(y, left[:, apart].T)
    tests = [randomization_test(one, column).p for one, column in zip(observed, drawn.T, strict=True)]
    return [float(one) for one in observed], tests


def _rewired(edges: Numbers, left: Numbers, draws: int, rng: np.random.Generator) -> list[float]:
    """P-values of the edges along what is left of each matrix, among networks with the same degrees."""
    receivers, senders = np.nonzero(edges)
    drawn = np.empty((len(left), draws))
    for one in rewired(receivers, senders, left.shape[1], draws, rng):
        drawn[:, one.draws] = left[:, receivers, one.senders].sum(axis=2)
    along = left[:, receivers, senders].sum(axis=1)
    return [randomization_test(float(one), column).p for one, column in zip(along, drawn, strict=True)]


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


def _correlations(one: Numbers, others: Numbers) -> Numbers:
    """Correlation of a vector with each column of others."""
    size = np.sqrt((one @ one) * np.einsum("ij,ij->j", others, others))
    return np.asarray(np.divide(one @ others, size, out=np.zeros(others.shape[1]), where=size > 0))
