"""Permutation test of the exposure coefficient with dates exchanged: does it matter who adopted when?

Exchanging dates while ties and covariates stay is the same as exchanging ties and covariates together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.models.refit import Refitter
from diffuscope.safeguards.engine.check import Check, SafeguardOptions, not_asked
from diffuscope.safeguards.engine.covariates import ExchangedCovariates
from diffuscope.safeguards.engine.draws import drawn
from diffuscope.safeguards.engine.permutation import permutation_result
from diffuscope.safeguards.engine.relabel import blocks, relabellings, too_few

if TYPE_CHECKING:
    from diffuscope.panel.exposure_history import ExposureInputs
    from diffuscope.records import Safeguard
    from diffuscope.records.arrays import Codes, Numbers
    from diffuscope.safeguards.tested_model import TestedModel


NAME = "permuted timing"


@dataclass(frozen=True)
class _Null:
    """What every draw needs."""

    refitter: Refitter
    inputs: tuple[tuple[str, ExposureInputs], ...]
    covariates: ExchangedCovariates
    blocks: tuple[Codes, ...]
    place: int
    seed: int


def permuted_timing(tested: TestedModel, column: str, options: SafeguardOptions) -> Safeguard:
    """Permutation test of an exposure's coefficient: is it larger than where units have each other's dates?

    Every unit keeps its ties and covariates. Units that decided together exchange dates as one. One-sided.

    Parameters
    ----------
    tested : TestedModel
    column : str
        The exposure.
    options : SafeguardOptions

    Returns
    -------
    Safeguard
        As of `permuted_ties`.
    """
    own = tested.channel(column).inputs
    covariates = ExchangedCovariates.of(tested, own.layer.units)
    if not covariates.columns:
        return not_asked("The model has no covariates, so exchanging dates is the same as exchanging ties.")
    exchanged = blocks(tested, own)
    if (few := too_few(exchanged)) is not None:
        return few
    exposures = [one.column for one in tested.used]
    null = _Null(
        refitter=Refitter.of(tested.fit, tested.panel, [*exposures, *covariates.columns]),
        inputs=tuple((one.column, one.inputs) for one in tested.used),
        covariates=covariates,
        blocks=exchanged,
        place=tested.place(column),
        seed=options.seed,
    )
    observed = tested.coefficient(column)
    at_once = min(one.at_once for _, one in null.inputs)
    coefficients = drawn(_draw, null, options.draws, options, at_once=at_once, name=NAME, observed=observed)
    return permutation_result(observed, coefficients, "units exchange their dates")


def _draw(null: _Null, numbers: range) -> Numbers:
    layer = null.inputs[0][1].layer
    orders = relabellings(len(layer.units), null.blocks, numbers, null.seed, NAME)
    # dates stay, and units take each other's ties and covariates: the same worlds as where dates are
    # exchanged, without new risk sets
    columns = {
        column: inputs.exchanged(_in_units(orders, layer.units, inputs.layer.units))
        for column, inputs in null.inputs
    }
    return null.refitter.coefficients(columns | null.covariates.exchanged(orders))[:, null.place]


def _in_units(orders: Codes, units: tuple[str, ...], others: tuple[str, ...]) -> Codes:
    """The same exchanges among the units of another layer; who is in one of them only stays."""
    if units == others:
        return orders
    place = {unit: at for at, unit in enumerate(others)}
    there = np.array([place.get(unit, -1) for unit in units], dtype=np.int64)
    exchanged = np.tile(np.arange(len(others)), (len(orders), 1))
    for row, order in zip(exchanged, orders, strict=True):
        both = (there >= 0) & (there[order] >= 0)
        row[there[both]] = there[order][both]
    return exchanged


SAFEGUARD = Check(
    name=NAME,
    asks="Is the coefficient larger than with the dates of adoption exchanged between units?",
    role="beside",
    run=permuted_timing,
)
