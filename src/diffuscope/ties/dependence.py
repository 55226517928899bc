"""Dependence (coercion): what one actor gets from another against its own size, and its asymmetry."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from diffuscope.errors import MethodError, PlanError
from diffuscope.records.phrases import counted
from diffuscope.ties.dates import COUNTED, FIRST_DATE, moment
from diffuscope.ties.layer import refuse_other_senders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl
    from numpy.typing import NDArray

    from diffuscope.ties.layer import Layer, Matrix


def both_ways(flows: Layer, name: str = "trade") -> Layer:
    """Total flows of each two, there and back added up: trade between two from the exports of each.

    Parameters
    ----------
    flows : Layer
    name : str
        Of the layer made.

    Returns
    -------
    Layer

    Raises
    ------
    PlanError
        If senders are not the units.
    """
    refuse_other_senders(flows, "both ways")
    return flows.turned_into(name, lambda matrix: matrix + matrix.T, unit_of_measure=flows.unit_of_measure)


def dependence(flows: Layer, sizes: Mapping[str, float], unit_of_measure: str | None) -> Layer:
    """Dependence D = F / g: how much of a unit's economy, or budget, rests on each sender.

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
        raise MethodError(
            f"The size of `{flows.units[at]}` is {size[at]:g}; dependence needs a size above 0."
        )
    scale = sparse.diags_array(np.where(some, 1 / np.where(some, size, 1), 0.0))
    layer = flows.turned_into("dependence", lambda matrix: scale @ matrix, derived_from=("size",))
    over = max(int((matrix.data > 1).sum()) for _, matrix in layer.snapshots)
    if not over:
        return layer
    note = f"{counted(over, 'tie is', 'ties are')} above 1: the flow is larger than the receiver's size"
    return flows.turned_into(
        "dependence", lambda matrix: scale @ matrix, derived_from=("size",), notes=(note,)
    )


def asymmetries(matrix: Matrix) -> Matrix:
    """Asymmetry of dependence A = (D - Dᵀ) / (D + Dᵀ), between -1 and 1; 0 where neither depends.

    >>> asymmetries(sparse.csr_array([[0, 0.5], [0.05, 0]])).toarray().round(6).tolist()
    [[0.0, 0.818182], [-0.818182, 0.0]]
    """
    there = sparse.csr_array(matrix, dtype=np.float64)
    total = sparse.csr_array(there + there.T)
    # stored entries only: where neither depends on the other there is none, so the ratio stays 0, not 0/0
    total.data = 1 / total.data
    return sparse.csr_array((there - there.T) * total)


def asymmetry(depends: Layer) -> Layer:
    """Positive part of the asymmetry: how much more a unit depends on a sender than the other way round.

    Senders that are no units depend on nobody, so ties to them are as lopsided as can be (1).
    """

    def lopsided(matrix: Matrix) -> Matrix:
        if depends.units != depends.senders:
            return sparse.csr_array(matrix > 0, dtype=np.float64)
        return asymmetries(matrix).maximum(0)

    if depends.units != depends.senders and set(depends.units) & set(depends.senders):
        raise PlanError(
            f"Some senders of layer `{depends.name}` are units and some are not; put promoters into their "
            "own layer, or make the layer square."
        )
    return depends.turned_into("asymmetry", lopsided)


def power_asymmetry(layer: Layer, power: Mapping[str, float]) -> Layer:
    """Relative power c_j / (c_i + c_j): of each two that are tied, the sender's part, between 0 and 1.

    Parameters
    ----------
    layer : Layer
        Says who is tied; how strongly does not matter.
    power : mapping of str to float
        Power of each unit and sender (a capability index, GDP), above 0.

    Returns
    -------
    Layer
        Named ``power-asymmetry``; 0.5 between equals. Its log odds are ln(c_j / c_i).

    Raises
    ------
    MethodError
        If the power of somebody who is tied is missing or not above 0.
    """

    def lopsided(matrix: Matrix) -> Matrix:
        ties = matrix.tocoo()
        ours, theirs = _known(power, layer.units, ties.row), _known(power, layer.senders, ties.col)
        parts = theirs[ties.col] / (ours[ties.row] + theirs[ties.col])
        return sparse.csr_array((parts, (ties.row, ties.col)), shape=ties.shape)

    return layer.turned_into("power-asymmetry", lopsided, derived_from=("power",))


def winsorised(layer: Layer, quantile: float = 0.99) -> Layer:
    """Winsorised ties: the largest are cut to a quantile, so that a few extreme ones do not make a result.

    Parameters
    ----------
    layer : Layer
        Dependence, as a rule: report what is found with and without the cut.
    quantile : float
        Of the ties there are, those of 0 not among them; of each date by itself.

    Returns
    -------
    Layer
        ``dependence`` becomes ``dependence-winsorised``; a note counts what was cut.
    """
    if not 0 < quantile < 1:
        raise PlanError(f"quantile is {quantile!r}; it must be between 0 and 1.")
    cut = 0

    def lowered(matrix: Matrix) -> Matrix:
        nonlocal cut
        if not matrix.nnz:
            return matrix
        most = np.quantile(matrix.data, quantile)
        cut += int((matrix.data > most).sum())
        return matrix.minimum(most)

    result = layer.turned_into(f"{layer.name}-winsorised", lowered, unit_of_measure=layer.unit_of_measure)
    ties = counted(cut, "tie was", "ties were")
    return result.noted([f"{ties} cut to the {100 * quantile:g} % quantile"] if cut else [])


def pressure(depends: Layer, conditions: Layer | None = None, raised_by: float = 0.0) -> Layer:
    """Coercive pressure D · A⁺ · (1 + κC): dependence where it is asymmetric, raised by conditions.

    Parameters
    ----------
    depends : Layer
    conditions : Layer, optional
        Number of binding conditions by which a sender asks a unit for the policy. Before any is known, none
        is counted.
    raised_by : float
        κ, by how much one condition raises pressure. It is a choice, not a finding, so 0 unless given.

    Returns
    -------
    Layer
        Named ``pressure``; it changes whenever dependence or conditions do.

    Raises
    ------
    PlanError
        If κ is below 0, or the two layers name other units or senders.
    """
    if not (np.isfinite(raised_by) and raised_by >= 0):
        raise PlanError(f"raised_by is {raised_by}; it must be a number not below 0.")
    lopsided = asymmetry(depends)
    if conditions is None:
        tilt = dict(lopsided.snapshots)
        dated = {since: own * tilt[since] for since, own in depends.snapshots}
    else:
        if (conditions.units, conditions.senders) != (depends.units, depends.senders):
            raise PlanError("Conditions and dependence have different units or senders.")
        dated = {
            # D A⁺ (1 + κC), multiplied out so that the matrices stay sparse: 1 + κC would fill all of it
            since: own * tilt + raised_by * (own * tilt * condition)
            for since, own, tilt, condition in _side_by_side(depends, lopsided, conditions)
        }
    named = () if conditions is None else (conditions.name,)
    layer = lopsided.turned_into("pressure", lambda matrix: matrix, derived_from=named)
    if len(dated) == 1:
        [(since, weights)] = dated.items()
        return replace(layer, weights=weights, known_from=since)
    first = next(since for since in dated if since is not None)
    always = "0" if moment(first, "a date") < COUNTED else FIRST_DATE
    return replace(
        layer, weights=tuple((since or always, weights) for since, weights in dated.items()), known_from=None
    )


class _InForce(NamedTuple):
    """Dependence, its asymmetry and conditions as they are from a date on; None: always."""

    since: str | None
    depends: Matrix
    asymmetry: Matrix
    conditions: Matrix


def _side_by_side(depends: Layer, lopsided: Layer, conditions: Layer) -> Iterator[_InForce]:
    """What is in force whenever one of the two changes."""
    none = sparse.csr_array((len(depends.units), len(depends.senders)))
    sinces = [since for layer in (depends, conditions) for since, _ in layer.snapshots]
    at = {moment(since, "a date"): since for since in sinces if since is not None}
    if depends.snapshots[0][0] is None:
        since, condition = conditions.snapshots[0]
        yield _InForce(None, depends.snapshots[0][1], lopsided.snapshots[0][1], none if since else condition)
    for _, date in sorted(at.items()):
        own, tilt, now = (layer.at(date) for layer in (depends, lopsided, conditions))
        if own is not None:
            yield _InForce(date, own, tilt, none if now is None else now)


def concentration(flows: Layer) -> pl.DataFrame:
    """Herfindahl–Hirschman index H = Σ (F/ΣF)²: how far each receiver rests on one patron; 1: on one alone.

    Parameters
    ----------
    flows : Layer
        Aid, loans or exports, from each sender.

    Returns
    -------
    polars.DataFrame
        Columns `unit`, `concentration` (null who gets nothing), and `time`, from when on it holds, where
        flows are dated; `add_covariates` takes it.

    References
    ----------
    Hirschman 1945, National Power and the Structure of Foreign Trade.

    Examples
    --------
    >>> from diffuscope.ties import Layer
    >>> aid = Layer(name="aid", units=("a", "b", "c"), senders=("x", "y"), weights=[[3, 1], [0, 2], [0, 0]])
    >>> concentration(aid).rows()
    [('a', 0.625), ('b', 1.0), ('c', None)]
    """
    import polars as pl

    parts = []
    for since, matrix in flows.snapshots:
        total = np.asarray(matrix.sum(axis=1)).ravel()
        squares = np.asarray((matrix * matrix).sum(axis=1)).ravel()
        # 1/n where n senders give equally, 1 where one gives all
        h = np.where(total > 0, squares / np.where(total > 0, total, 1) ** 2, np.nan)
        part = pl.DataFrame({"unit": flows.units, "concentration": h}).with_columns(
            pl.col("concentration").fill_nan(None)
        )
        parts.append(part if since is None else part.with_columns(time=pl.lit(since)))
    return pl.concat(parts)


def _known(power: Mapping[str, float], names: Sequence[str], tied: NDArray[np.int64]) -> NDArray[np.float64]:
    """Power of each name; refused where somebody who is tied has none."""
    values = np.array([power.get(name, np.nan) for name in names], dtype=np.float64)
    wrong = np.unique(tied)[~((values > 0) & np.isfinite(values))[np.unique(tied)]]
    if len(wrong):
        raise MethodError(f"The power of `{names[wrong[0]]}` is {values[wrong[0]]:g}; give one above 0.")
    return values
