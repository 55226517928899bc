"""Proximity weights: one over the geodesic distance from each unit to those it can reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from diffuscope.descriptives.options import whole_number
from diffuscope.ties.layer import refuse_other_senders

if TYPE_CHECKING:
    from diffuscope.ties.layer import Layer, Matrix

STEPS = 6


def proximity_weights(layer: Layer, *, steps: int = STEPS) -> Layer:
    """Proximity weights: each unit looks to all within some steps, to the nearer ones more.

    Parameters
    ----------
    layer : Layer
        Square; weights are not used.
    steps : int
        Whoever is farther away is no tie.

    Returns
    -------
    Layer
        Weights are 1 over the number of steps.

    Raises
    ------
    PlanError
        If the layer is not square, or steps are below 1.
    """
    refuse_other_senders(layer, "steps")
    steps = whole_number("steps", steps, 1)
    return layer.turned_into("nearness", lambda matrix: _near(matrix, steps), unit_of_measure="1 / steps")


def _near(matrix: Matrix, steps: int) -> Matrix:
    """Breadth-first search from all units at once: sparse as long as few are within reach."""
    next_to = sparse.csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape)
    reached = sparse.csr_array(sparse.eye_array(matrix.shape[0]))
    edge, proximity = reached, sparse.csr_array(matrix.shape)
    for step in range(1, steps + 1):
        edge = sparse.csr_array(edge @ next_to)
        edge.data[:] = 1.0
        # those reached for the first time in this step: their geodesic distance is its number
        edge = sparse.csr_array(edge - edge.multiply(reached))
        edge.eliminate_zeros()
        if not edge.nnz:
            break
        reached, proximity = reached + edge, proximity + edge / step
    return proximity
