"""Placebo exposure: what cannot have moved a decision, beside what could, observed and in drawn worlds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from diffuscope.compute import randomization_test
from diffuscope.models.refit import TimeVaryingDesign
from diffuscope.panel.global_share import GLOBAL_SHARE
from diffuscope.records import Safeguard
from diffuscope.records.numbers import decimal, p_equals
from diffuscope.safeguards.engine.check import LEVEL, SafeguardOptions, missing
from diffuscope.safeguards.engine.draws import MOST_LOST, drawn
from diffuscope.simulate.copies import SimulatedPanels

if TYPE_CHECKING:
    from diffuscope.records.arrays import Numbers
    from diffuscope.safeguards.tested_model import TestedModel
    from diffuscope.simulate.forward import ForwardSimulation


WORLDS = 199
"""Worlds run forward at most: they know a p-value of 5 % to within 1.5 points (one standard error)."""
AHEAD = 1
"""Periods after a row's own that the lead test looks at."""


class PlaceboDraws(NamedTuple):
    """Coefficients of placebo exposures, observed and in worlds drawn from the model.

    Attributes
    ----------
    observed : array of float, shape (3,)
        Of exposure one period later (lead); of exposure in the very period (lagged outcome); and of the
        exposure itself with older exposure held fixed, as the lagged outcome has it.
    drawn : array of float, shape (B, 3)
    """

    observed: Numbers
    drawn: Numbers


@dataclass(frozen=True)
class _Null:
    simulation: ForwardSimulation
    column: str
    place: int
    lag: int
    seed: int


def placebo_draws(tested: TestedModel, column: str, options: SafeguardOptions) -> PlaceboDraws:
    """Placebo coefficients of an exposure, from the same drawn worlds for every test that asks for them."""
    key = ("placebo draws", column, options.seed, min(options.draws, WORLDS))
    if key not in tested.kept:
        lag = tested.channel(column).inputs.spec.lag
        null = _Null(tested.simulation, column, tested.place(column), lag, options.seed)
        observed = _coefficients(observed_panel(tested), column, null.place, lag)[0]
        worlds = min(options.draws, WORLDS)
        coefficients = drawn(_draw, null, worlds, options, at_once=null.simulation.at_once, name="worlds")
        tested.kept[key] = PlaceboDraws(observed, coefficients)
    return tested.kept[key]  # type: ignore[no-any-return]


def observed_panel(tested: TestedModel) -> SimulatedPanels:
    """The panel as it was, as one copy."""
    rows, fit = tested.panel.table(), tested.fit
    inputs = {one.column: one.inputs for one in tested.used}
    varying = [*inputs, *([GLOBAL_SHARE] if GLOBAL_SHARE in fit.design.needs() else [])]
    y = rows[fit.outcome].cast(pl.Float64).fill_null(np.nan).to_numpy()[None]
    others = {
        name: rows[name].cast(pl.Float64).fill_null(np.nan).to_numpy()[None]
        for name in varying
        if name not in inputs
    }
    return SimulatedPanels(
        design=TimeVaryingDesign.of(fit, rows, varying),
        y=y,
        mask=np.ones(y.shape, dtype=bool),
        inputs=inputs,
        states={name: tuple(part.state[None] for part in one.parts) for name, one in inputs.items()},
        success={name: tuple(part.success for part in one.parts) for name, one in inputs.items()},
        others=others,
    )


def _draw(null: _Null, numbers: range) -> Numbers:
    # one name for all exposures of a model: they are tested in the same worlds
    worlds = null.simulation.worlds(numbers, null.seed, "worlds")
    return _coefficients(worlds, null.column, null.place, null.lag)


def _coefficients(panels: SimulatedPanels, column: str, place: int, lag: int) -> Numbers:
    # E(t + 1) beside the exposure: what others did next
    lead = fit_with_placebo(panels, column, place, panels.shifted(column, AHEAD))[:, -1]
    # E(t) beside E(t - lag): what others did in the very period of the decision
    newest = fit_with_placebo(panels, column, place, panels.shifted(column, 0))[:, -1]
    # E(t - lag) beside E(t - 2 lag): the same contrast one step earlier, which it can have moved
    plain = fit_with_placebo(panels, column, place, panels.shifted(column, -2 * lag))[:, place]
    return np.column_stack([lead, newest, plain])


def fit_with_placebo(panels: SimulatedPanels, column: str, place: int, other: Numbers) -> Numbers:
    """Coefficients of the model with a placebo exposure beside one of its own, in every copy; that one last.

    Parameters
    ----------
    panels : SimulatedPanels
    column : str
    place : int
        Which coefficient is the exposure's.
    other : array of float, shape (B, n)
        The other exposure, which enters in the same form; rows in which it is not known are left out.
    """
    refitted = panels.design.refit(
        panels.values, panels.y, mask=panels.mask, added_column=(column, place, other)
    )
    return refitted.coefficients


def simulation_test(observed: float, simulated: Numbers, words: tuple[str, str, str]) -> Safeguard:
    """Simulation test: passed where a placebo is not larger than in worlds drawn from the model, one-sided.

    What the model lacks (unseen likeness of those who are tied, shocks that they share) lifts the placebo, so
    only the upper tail is asked.

    Parameters
    ----------
    observed : float
        NaN: no estimate.
    simulated : array of float
        The same of worlds drawn from the model; NaN where a world gave none.
    words : tuple of str
        What was looked at, as the subject of a sentence; what to add where it stands out; and where not.
    """
    what, stands_out, passes = words
    lost = int(np.isnan(simulated).sum())
    if not np.isfinite(observed) or lost > MOST_LOST * len(simulated):
        where = (
            f" in {lost:,} of {len(simulated):,} worlds drawn from the model" if np.isfinite(observed) else ""
        )
        return missing(f"{what} gave no coefficient{where}, so no comparison is possible.", len(simulated))
    test = randomization_test(observed, simulated)
    low, high = (float(end) for end in np.quantile(simulated[np.isfinite(simulated)], (0.025, 0.975)))
    passed = test.p >= LEVEL
    missed = (
        f" {lost:,} simulated worlds gave no estimate; they count as at least as extreme." if lost else ""
    )
    return Safeguard(
        name="", applies=True, passed=passed,
        description=f"{what} has the coefficient {decimal(observed)}; in 95 % of {len(simulated):,} worlds "
        f"drawn from the model it lies between {decimal(low)} and {decimal(high)} "
        f"(one-sided {p_equals(test.p)}). "
        f"{passes if passed else stands_out}{missed}",
        value=observed, ci_low=low, ci_high=high, p=test.p, p_smallest=test.p_smallest, equal=test.equal,
        draws=len(simulated),
    )  # fmt: skip
