"""Shuffled success: learning or emulation, does it matter how it went with those who adopted?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.compute import stream
from diffuscope.panel.adoptions import DECISION
from diffuscope.safeguards.engine.check import Check, SafeguardOptions, missing, not_asked
from diffuscope.safeguards.engine.draws import drawn
from diffuscope.safeguards.engine.permutation import permutation_result
from diffuscope.safeguards.engine.relabel import FEW_EXCHANGES, possible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from diffuscope.models.refit import Refitter
    from diffuscope.panel.exposure_history import ExposureInputs
    from diffuscope.records import Safeguard
    from diffuscope.records.arrays import Codes, Numbers
    from diffuscope.safeguards.tested_model import TestedModel


NAME = "shuffled success"


@dataclass(frozen=True)
class _Null:
    """What every draw needs."""

    refitter: Refitter
    column: str
    inputs: ExposureInputs
    groups: Mapping[str, tuple[Codes, ...]]
    place: int
    seed: int


def shuffled_success(tested: TestedModel, column: str, options: SafeguardOptions) -> Safeguard:
    """Permutation test of an exposure to success: is it larger than where adopters exchange their results?

    Ties and dates stay. Those who adopted a policy in the same period exchange how it went with them; those
    who decided together do so as one, with as many others who decided together.
    Learning must fall to nothing then; emulation does not mind. One-sided.

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
    inputs = tested.channel(column).inputs
    if all(part.success is None for part in inputs.parts):
        return not_asked("The exposure does not depend on the results of the adopters.")
    policies = dict.fromkeys(part.policy for part in inputs.parts)
    groups = {policy: tuple(_exchangeable(tested, inputs, policy)) for policy in policies}
    worlds = possible([group for own in groups.values() for group in own])
    if worlds < FEW_EXCHANGES:
        return missing(
            f"Results can be exchanged in only {worlds} ways, because hardly any units adopted at the same "
            "time."
        )
    null = _Null(tested.refitter, column, inputs, groups, tested.place(column), options.seed)
    observed = tested.coefficient(column)
    coefficients = drawn(
        _draw,
        null,
        options.draws,
        options,
        at_once=inputs.at_once,
        name=f"{NAME} {column}",
        observed=observed,
    )
    return permutation_result(observed, coefficients, "adopters of one period exchange their results")


def _exchangeable(tested: TestedModel, inputs: ExposureInputs, policy: str) -> Iterator[Codes]:
    """Senders who adopted in the same periods and of whom it is known how it went; shape (M, K).

    Rows of each exchange: K senders that decided together, 1 where they decided alone. They stand by their
    results, not by name, so that draws do not depend on what units are called.
    """
    parts = [part for part in inputs.parts if part.policy == policy]
    success = parts[0].success
    if success is None:
        return
    # those who decided together do not hear of each other, but somebody else hears of each of them
    adopted = np.any([part.state == 1 for part in parts], axis=0)
    known = adopted.any(axis=1) & np.isfinite(success).any(axis=1)
    first = np.where(adopted.any(axis=1), adopted.argmax(axis=1), -1)
    order = np.lexsort(np.nan_to_num(success, nan=-np.inf).T)
    decision = _decisions(tested, policy)
    together: dict[str, list[int]] = {}
    for place in order[known[order]].tolist():
        sender = inputs.layer.senders[place]
        together.setdefault(decision.get(sender, f"alone {sender}"), []).append(place)
    groups: dict[tuple[int, ...], list[list[int]]] = {}
    for places in together.values():
        ordered = sorted(places, key=lambda place: first[place])
        # dates in order are the kind of a group: groups exchange only with those of the same dates
        groups.setdefault(tuple(int(first[place]) for place in ordered), []).append(ordered)
    for _, rows in sorted(groups.items()):
        yield np.array(rows, dtype=np.int64)


def _decisions(tested: TestedModel, policy: str) -> dict[str, str]:
    """The decision of each unit that decided on a policy together with others."""
    history = tested.panel.history
    if history is None:
        return {}
    spells = history.spells.filter(pl.col("policy") == policy).drop_nulls(DECISION)
    return {unit: f"decision {name}" for unit, name in spells.select("unit", DECISION).iter_rows()}


def _draw(null: _Null, numbers: range) -> Numbers:
    inputs, values = null.inputs, np.full((len(numbers), null.inputs.rows), np.nan)
    streams = [stream(null.seed, f"{NAME} {null.column}", number) for number in numbers]
    # dealt once for each policy, so that all of its rows see one world
    dealt = {
        policy: np.array([_dealt(success, null.groups[policy], rng) for rng in streams])
        for policy, success in {part.policy: part.success for part in inputs.parts}.items()
        if success is not None
    }
    for part in inputs.parts:
        states = np.repeat(part.state[None], len(numbers), axis=0)
        values[:, part.at] = inputs.of_states(part, states, dealt.get(part.policy))[:, part.unit, part.time]
    values[:, inputs.unknown_units] = np.nan
    return null.refitter.coefficients({null.column: values})[:, null.place]


def _dealt(success: Numbers, groups: tuple[Codes, ...], rng: np.random.Generator) -> Numbers:
    shuffled = success.copy()
    for group in groups:
        shuffled[group] = success[group[rng.permutation(len(group))]]
    return shuffled


SAFEGUARD = Check(
    name=NAME,
    asks="Is the coefficient larger than with results exchanged among units that adopted together?",
    role="beside",
    run=shuffled_success,
)
