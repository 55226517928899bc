"""Permutation test of the exposure coefficient: would any such ties do?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diffuscope.safeguards.engine.check import Check, SafeguardOptions
from diffuscope.safeguards.engine.draws import drawn
from diffuscope.safeguards.engine.permutation import permutation_result
from diffuscope.safeguards.engine.relabel import blocks, relabellings, too_few

if TYPE_CHECKING:
    from diffuscope.models.refit import Refitter
    from diffuscope.panel.exposure_history import ExposureInputs
    from diffuscope.records import Safeguard
    from diffuscope.records.arrays import Codes, Numbers
    from diffuscope.safeguards.tested_model import TestedModel


NAME = "permuted ties"


@dataclass(frozen=True)
class _Null:
    """What every draw needs."""

    refitter: Refitter
    inputs: tuple[tuple[str, ExposureInputs], ...]
    blocks: tuple[Codes, ...]
    place: int
    seed: int
    name: str


def permuted_ties(tested: TestedModel, column: str, options: SafeguardOptions) -> Safeguard:
    """Permutation test of an exposure's coefficient: is it larger than where units have each other's ties?

    All units ever at risk are relabelled once, the same for all periods and policies; who adopted when and
    every covariate stays. Units that decided together are relabelled as one, with as many others that did.
    One-sided.

    Parameters
    ----------
    tested : TestedModel
    column : str
        The exposure.
    options : SafeguardOptions

    Returns
    -------
    Safeguard
        Value, and the 2.5 and 97.5 % points of the draws, on the scale of the linear predictor.
    """
    key = (NAME, column, options.seed, options.draws, options.stop_early)
    if key not in tested.kept:
        tested.kept[key] = _tested(tested, column, options)
    return tested.kept[key]  # type: ignore[no-any-return]


def _tested(tested: TestedModel, column: str, options: SafeguardOptions) -> Safeguard:
    own = tested.channel(column).inputs
    exchanged = blocks(tested, own)
    if (few := too_few(exchanged)) is not None:
        return few
    null = _Null(
        refitter=tested.refitter,
        # exposures through the same ties move together: with one of them held, the others would carry the old
        # ties
        inputs=tuple((one.column, one.inputs) for one in tested.same_ties(column)),
        blocks=exchanged,
        place=tested.place(column),
        seed=options.seed,
        name=f"{NAME} {own.layer.name}",
    )
    observed = tested.coefficient(column)
    at_once = min(one.at_once for _, one in null.inputs)
    coefficients = drawn(
        _draw, null, options.draws, options, at_once=at_once, name=null.name, observed=observed
    )
    return permutation_result(observed, coefficients, "units exchange their ties")


def _draw(null: _Null, numbers: range) -> Numbers:
    layer = null.inputs[0][1].layer
    orders = relabellings(len(layer.units), null.blocks, numbers, null.seed, null.name)
    columns = {column: inputs.exchanged(orders) for column, inputs in null.inputs}
    return null.refitter.coefficients(columns)[:, null.place]


SAFEGUARD = Check(
    name=NAME,
    asks="Is the coefficient larger than with the ties exchanged between units?",
    role="gate",
    run=permuted_ties,
)
