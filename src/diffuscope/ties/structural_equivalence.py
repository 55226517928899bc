"""Structural equivalence: who stands in the same position of a network, tied to the same others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from diffuscope.ties.layer import refuse_other_senders
from diffuscope.ties.when_named import refuse_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from diffuscope.ties.layer import Layer, Matrix

BLOCK = 512
"""Units whose distances to all others are computed at a time."""


def structural_equivalence(layer: Layer, *, unreachable: float = 1.0) -> Layer:
    """Structural equivalence: ties between units in like positions, by their distances to all others.

    Parameters
    ----------
    layer : Layer
        A square layer, weights not used.
    unreachable : float
        Distance of units that no path joins, where the longest path is 1. Where all paths are single steps,
        these are half as long. (netdiffuseR takes 0, which puts the unreachable nearer than neighbours.)

    Returns
    -------
    Layer
        ``(dmax_i - d_ij) / Σ_k (dmax_i - d_ik)``: each unit's ties add up to 1.

    Raises
    ------
    MethodError
        If there are more pairs of units than `diffuscope` compares (5,000 units with all others).

    References
    ----------
    Burt 1987, American Journal of Sociology 92: 1287–1335, doi:10.1086/228667.
    """
    refuse_other_senders(layer, "positions")
    refuse_pairs("structural-equivalence", len(layer.units) ** 2)
    return layer.turned_into("structural-equivalence", lambda matrix: _equivalence(matrix, unreachable))


def distances(matrix: Matrix, unreachable: float = 1.0) -> NDArray[np.float64]:
    """Euclidean distance of each two positions, shape (N, N), after Burt (1987)."""
    from scipy.sparse import csgraph

    z: NDArray[np.float64] = csgraph.shortest_path(sparse.csr_array(matrix), unweighted=True)
    longest = z[np.isfinite(z)].max(initial=0.0) or 1.0
    if longest == 1 and unreachable >= 1:
        longest = 2.0  # where every path is one step, who is out of reach would stand as near as a neighbour
    # steps are whole numbers, so that |a - b|² = |a|² + |b|² - 2ab loses nothing to rounding
    z[~np.isfinite(z)] = unreachable * longest
    squares = z * z
    length = squares.sum(axis=1) + squares.sum(axis=0)
    distance = np.empty_like(z)
    for start in range(0, len(z), BLOCK):
        some = slice(start, start + BLOCK)
        block = length[some, None] + length - 2 * (z[some] @ z.T + z[:, some].T @ z)
        block[block < 1e-12 * length[some, None]] = 0
        # the sums are over all k but the two themselves; their own difference enters once
        block -= 2 * (squares[some] + squares[:, some].T) - (z[some] - z[:, some].T) ** 2
        distance[some] = np.sqrt(np.maximum(block, 0)) / longest
    return distance


def _equivalence(matrix: Matrix, unreachable: float) -> Matrix:
    distance = distances(matrix, unreachable)
    # Burt 1987: proximity is how much nearer a position is than the farthest one from i
    near = distance.max(axis=1, keepdims=True) - distance
    np.fill_diagonal(near, 0)
    near[near < 1e-12] = 0
    total = near.sum(axis=1, keepdims=True)
    return sparse.csr_array(near / np.where(total > 0, total, 1))
