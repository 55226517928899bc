"""Placebo outcome: does exposure to one policy's adopters go with the adoption of another, unrelated one?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.safeguards.engine.check import Check, SafeguardOptions, missing, not_asked
from diffuscope.safeguards.engine.draws import drawn
from diffuscope.safeguards.engine.placebo_exposure import (
    WORLDS,
    fit_with_placebo,
    observed_panel,
    simulation_test,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffuscope.records import Safeguard
    from diffuscope.records.arrays import Numbers
    from diffuscope.safeguards.tested_model import TestedModel
    from diffuscope.simulate.copies import SimulatedPanels
    from diffuscope.simulate.forward import ForwardSimulation


NAME = "placebo outcome"
WHAT = "Exposure to adopters of other policies, in addition to those of the policy itself,"
STANDS_OUT = "If the policies are unrelated, tied units have something in common that the model lacks."
PASSES = "What tied units have in common, and the model lacks, does not show here."
ALONE = "The panel has one policy: there is no other policy for a comparison."


@dataclass(frozen=True)
class _Null:
    """What every draw needs: the model, and the period of the first column of what is seen, by policy."""

    simulation: ForwardSimulation
    column: str
    place: int
    first: Mapping[str, int]
    seed: int


def placebo_outcome(tested: TestedModel, column: str, options: SafeguardOptions) -> Safeguard:
    """Placebo outcome: the coefficient of exposure to adopters of the other policies of the panel.

    Parameters
    ----------
    tested : TestedModel
    column : str
        The exposure.
    options : SafeguardOptions

    Returns
    -------
    Safeguard
        Value: the coefficient of exposure to adopters of the other policies, beside exposure to those of the
        own, on the scale of the linear predictor; low and high: the 2.5 and 97.5 % points of worlds drawn
        from the model, in which each policy spreads by itself.

    Notes
    -----
    Exposure to the own policy's adopters stays in the model: policies that each spread through the same ties
    rise together, and would stand out without it. Of several other policies the mean is taken.
    """
    if len(tested.panel.policies) == 1:
        return not_asked(ALONE)
    if tested.not_simulable is not None:
        return missing(tested.not_simulable)
    first = {part.policy: part.start for part in tested.channel(column).inputs.parts}
    null = _Null(tested.simulation, column, tested.place(column), first, options.seed)
    observed = _across(null, observed_panel(tested))[0]
    worlds = min(options.draws, WORLDS)
    coefficients = drawn(_draw, null, worlds, options, at_once=null.simulation.at_once, name="worlds")
    return simulation_test(float(observed), coefficients, (WHAT, STANDS_OUT, PASSES))


def _draw(null: _Null, numbers: range) -> Numbers:
    return _across(null, null.simulation.worlds(numbers, null.seed, "worlds"))


def _across(null: _Null, panels: SimulatedPanels) -> Numbers:
    other = others_exposure(panels, null.column, null.first)
    return fit_with_placebo(panels, null.column, null.place, other)[:, -1]


def others_exposure(panels: SimulatedPanels, column: str, first: Mapping[str, int]) -> Numbers:
    """Mean exposure of each row to adopters of all policies but its own, shape (B, n).

    Parameters
    ----------
    panels : SimulatedPanels
    column : str
    first : mapping of str to int
        Period of the first column of what is seen, by policy.
    """
    inputs = panels.inputs[column]
    total, many = _over_all_policies(panels, column, first)
    begin = min(first.values())
    means = np.full(panels.y.shape, np.nan)
    for part in inputs.parts:
        own = [
            every
            for source, every in zip(inputs.parts, panels.by_period[column], strict=True)
            if source.policy == part.policy and source.units is None
        ]
        # the period that counts is `lag` before the row's
        time = part.time - inputs.spec.lag
        calendar = time + first[part.policy] - begin
        inside = (calendar >= 0) & (calendar < total.shape[2])
        sums = total[:, part.unit[inside], calendar[inside]]
        counts = many[:, part.unit[inside], calendar[inside]]
        for every in own:
            watched = (time[inside] >= 0) & (time[inside] < every.shape[2])
            seen = every[:, part.unit[inside][watched], time[inside][watched]]
            known = np.isfinite(seen)
            sums[:, watched] -= np.where(known, seen, 0.0)
            counts[:, watched] -= known
        means[:, part.at[inside]] = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    means[:, inputs.unknown_units] = np.nan
    return means


def _over_all_policies(
    panels: SimulatedPanels, column: str, first: Mapping[str, int]
) -> tuple[Numbers, Numbers]:
    """Sum of exposures to adopters of all policies, and how many are known, by unit and calendar period.

    Made once, so that the own policy can be taken away: with many policies each pair of them takes too long.
    """
    parts = list(zip(panels.inputs[column].parts, panels.by_period[column], strict=True))
    begin = min(first.values())
    end = max(first[part.policy] + every.shape[2] for part, every in parts)
    total = np.zeros((*parts[0][1].shape[:2], end - begin))
    many = np.zeros(total.shape)
    for source, every in parts:
        if source.units is not None:  # what only those who decided together see of their own policy
            continue
        known, start = np.isfinite(every), first[source.policy] - begin
        total[:, :, start : start + every.shape[2]] += np.where(known, every, 0.0)
        many[:, :, start : start + every.shape[2]] += known
    return total, many


SAFEGUARD = Check(
    name=NAME,
    asks="Is exposure to adopters of one policy associated with the adoption of another?",
    role="beside",
    run=placebo_outcome,
)
