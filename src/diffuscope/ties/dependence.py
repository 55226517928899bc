"""Dependence: what one actor gets from another against its own size, and how lopsided that is (coercion)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from diffuscope.errors import MethodError, PlanError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from diffuscope.ties.layer import Layer, Matrix


def both_ways(flows: Layer, name: str = "trade") -> Layer:
    """Flows there and back, added up: trade between two from the exports of each.

    Raises
    ------
    PlanError
        If senders are not the units.
    """
    _square(flows)
    return flows.turned_into(name, lambda matrix: matrix + matrix.T, unit_of_measure=flows.unit_of_measure)


def dependence(flows: Layer, sizes: Mapping[str, float], unit_of_measure: str | None) -> Layer:
    """How much of a unit's economy, or budget, rests on each sender: D = F / g.

    Parameters
    ----------
    flows : Layer
        Exports to, loans or aid from each sender.
    sizes : mapping of str to float
        Size of each unit (GDP, revenue), for every unit that has flows.
    unit_of_measure : str or None
        Unit of the sizes, the same as that of the flows: ``constant 2015 USD``.

    Returns
    -------
    Layer
        Named ``dependence``; shares above 1 are kept and counted in a note.

    Raises
    ------
    PlanError
        If units of measure are not given, or differ.
    MethodError
        If a size is missing or not above 0.
    """
    if unit_of_measure is None or unit_of_measure != flows.unit_of_measure:
        raise PlanError(
            f"Layer `{flows.name}` is measured in {flows.unit_of_measure!r}, sizes in {unit_of_measure!r}; "
            "give the same unit of measure for both, currency and year of prices included."
        )
    some = sum(np.diff(matrix.indptr) for _, matrix in flows.snapshots) > 0
    size = np.array([sizes.get(unit, np.nan) for unit in flows.units], dtype=np.float64)
    wrong = np.flatnonzero(some & ~((size > 0) & np.isfinite(size)))
    if len(wrong):
        at = wrong[0]
        raise MethodError(f"The size of `{flows.units[at]}` is {size[at]:g}; dependence needs one above 0.")
    scale = sparse.diags_array(np.where(some, 1 / np.where(some, size, 1), 0.0))
    found = flows.turned_into("dependence", lambda matrix: scale @ matrix, derived_from=("size",))
    over = max(int((matrix.data > 1).sum()) for _, matrix in found.snapshots)
    if not over:
        return found
    note = f"{over} ties are above 1: the flow is larger than the size of the receiver"
    return flows.turned_into(
        "dependence", lambda matrix: scale @ matrix, derived_from=("size",), notes=(note,)
    )


def asymmetries(matrix: Matrix) -> Matrix:
    """How lopsided dependence is: A = (D - Dᵀ) / (D + Dᵀ), between -1 and 1; 0 where neither depends.

    >>> asymmetries(sparse.csr_array([[0, 0.5], [0.05, 0]])).toarray().round(6).tolist()
    [[0.0, 0.818182], [-0.818182, 0.0]]
    """
    there = sparse.csr_array(matrix, dtype=np.float64)
    total = sparse.csr_array(there + there.T)
    total.data = 1 / total.data
    return sparse.csr_array((there - there.T) * total)


def asymmetry(depends: Layer) -> Layer:
    """How much more a unit depends on a sender than the other way round; 0 where it does not.

    Senders that are no units depend on nobody, so ties to them are as lopsided as can be (1).
    """

    def lopsided(matrix: Matrix) -> Matrix:
        if depends.units != depends.senders:
            return sparse.csr_array(matrix > 0, dtype=np.float64)
        return asymmetries(matrix).maximum(0)

    if depends.units != depends.senders and set(depends.units) & set(depends.senders):
        raise PlanError(
            f"Senders of layer `{depends.name}` are units in part; take promoters apart, or make it square."
        )
    return depends.turned_into("asymmetry", lopsided)


def pressure(depends: Layer, conditions: Layer | None = None, raised_by: float = 0.0) -> Layer:
    """Dependence where it is lopsided, raised by conditions: D · A⁺ · (1 + κC).

    Parameters
    ----------
    depends : Layer
    conditions : Layer, optional
        Number of binding conditions by which a sender asks a unit for the policy.
    raised_by : float
        κ, by how much one condition raises pressure. It is a choice, not a finding, so 0 unless given.
    """
    if raised_by < 0:
        raise PlanError(f"raised_by is {raised_by}; it is not below 0.")
    lopsided = asymmetry(depends)
    if depends.changes or (conditions is not None and conditions.changes):
        raise PlanError("Pressure is computed from ties of one time; take one date with `Layer.at`.")
    (_, own), (_, tilt) = depends.snapshots[0], lopsided.snapshots[0]
    weights = own * tilt
    if conditions is None:
        return lopsided.turned_into("pressure", lambda _: weights)
    if (conditions.units, conditions.senders) != (depends.units, depends.senders):
        raise PlanError("Conditions and dependence name other units or senders.")
    weights = weights + raised_by * (weights * conditions.snapshots[0][1])
    return lopsided.turned_into("pressure", lambda _: weights, derived_from=(conditions.name,))


def concentration(flows: Matrix) -> NDArray[np.float64]:
    """How far each receiver rests on one patron: H = Σ (F/ΣF)²; 1 is a single one, NaN who gets nothing.

    >>> concentration(sparse.csr_array([[3.0, 1.0], [0.0, 2.0], [0.0, 0.0]])).tolist()
    [0.625, 1.0, nan]
    """
    matrix = sparse.csr_array(flows, dtype=np.float64)
    total = np.asarray(matrix.sum(axis=1)).ravel()
    squares = np.asarray((matrix * matrix).sum(axis=1)).ravel()
    return np.where(total > 0, squares / np.where(total > 0, total, 1) ** 2, np.nan)


def _square(layer: Layer) -> None:
    if layer.units != layer.senders:
        raise PlanError(
            f"Senders of layer `{layer.name}` are not its units; both ways need the same on both."
        )
