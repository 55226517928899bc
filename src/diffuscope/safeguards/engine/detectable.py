"""Detectable effect, by simulation: how large an effect such data would show in four cases of five.

The rule of thumb exp(2.8 · standard error) takes the error at the observed estimate and misleads where events
are few: on 41 rows with 3 events it says 20.4, where simulated power is 28 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.optimize import brentq
from scipy.special import chdtri

from diffuscope.models.design.model_frame import INTERCEPT
from diffuscope.models.likelihood.links import predictor_change
from diffuscope.models.postestimation.predict import link_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from diffuscope.records.arrays import Numbers
    from diffuscope.safeguards.engine.check import SafeguardOptions
    from diffuscope.safeguards.tested_model import TestedModel
    from diffuscope.simulate.copies import SimulatedPanels
    from diffuscope.simulate.forward import ForwardSimulation


RATIOS = (1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1000.0)
"""Odds ratios tried, from the least."""
POWER = 0.8
WORLDS = 199
"""Drawn for each ratio; no more than decide whether that share of them shows it."""
AT_ONCE = 50
"""Worlds between two looks at whether that is decided."""
REACH = float(chdtri(1, 0.05))
WITHIN, FAR = 0.005, 15.0
"""How exactly the intercept is sought, and how far from the fitted one."""


@dataclass(frozen=True)
class _Null:
    simulation: ForwardSimulation
    place: int
    coefficients: Numbers
    seed: int


def detectable_odds_ratio(
    tested: TestedModel, column: str, width: float, options: SafeguardOptions
) -> float | None:
    """Minimum detectable effect: least odds ratio tried that is shown in four of five worlds of the model.

    Parameters
    ----------
    tested : TestedModel
    column : str
        The exposure.
    width : float
        Of its contrast.
    options : SafeguardOptions

    Returns
    -------
    float or None
        Infinite where even the largest is not shown; None where the model cannot be simulated forward.

    Notes
    -----
    The intercept is moved so that as many adopt on average as did; where all did, which any high intercept
    would give, so that they are at risk as long on average. Shown: the likelihood-ratio test of the
    coefficient (penalised for Firth) is significant at 5 % and the coefficient above zero.
    """
    if tested.not_simulable is not None or INTERCEPT not in tested.fit.names:
        return None
    if not tested.fit.model.startswith("Firth"):
        # the larger the effect, the more worlds in which events are separated and nothing is estimated, so
        # that the power need not rise
        shown = (ratio for ratio in RATIOS if _shows(tested, column, ratio, width, options))
        return next(shown, math.inf)
    low, high = 0, len(RATIOS)
    while low < high:  # every world has an estimate and the power rises: the least is found by bisection
        middle = (low + high) // 2
        if _shows(tested, column, RATIOS[middle], width, options):
            high = middle
        else:
            low = middle + 1
    return math.inf if low == len(RATIOS) else RATIOS[low]


def _shows(tested: TestedModel, column: str, ratio: float, width: float, options: SafeguardOptions) -> bool:
    return _power(tested, column, odds_multiplied(tested, ratio) / width, options, POWER) >= POWER


def odds_multiplied(tested: TestedModel, ratio: float) -> float:
    """By how much the linear predictor rises where the odds (of cloglog, the hazard) are multiplied so often.

    Of probit that depends on the hazard before: the share of rows with an event.
    """
    share = tested.fit.events / tested.fit.rows
    return predictor_change(link_of(tested.fit), math.log(ratio), share)


def _power(
    tested: TestedModel, column: str, effect: float, options: SafeguardOptions, enough: float | None = None
) -> float:
    """Share of worlds that show the effect; with `enough`, drawn until it is known which side it is on."""
    place = tested.place(column)
    coefficients = tested.fit.coefficients.copy()
    coefficients[place] = effect
    # a larger effect with the same intercept makes more events, and power would be that of a larger sample
    coefficients = _with_as_many_events(tested, coefficients, options.seed)
    null = _Null(tested.simulation, place, coefficients, options.seed)
    needed = WORLDS if enough is None else math.ceil(enough * WORLDS)
    shown, size = 0, min(null.simulation.at_once, AT_ONCE)
    for start in range(0, WORLDS, size):
        stop = min(start + size, WORLDS)
        shown += int(_draw(null, range(start, stop)).sum())
        if enough is not None and (shown >= needed or shown + WORLDS - stop < needed):
            break
    return shown / WORLDS


def _with_as_many_events(tested: TestedModel, coefficients: Numbers, seed: int) -> Numbers:
    """The coefficients with the intercept at which as many adopt on average as did."""
    measure, wanted = _held(tested)
    at = tested.fit.names.index(INTERCEPT)
    numbers = range(min(tested.simulation.at_once, AT_ONCE))
    chance = tested.simulation.chance(numbers, seed, "calibration")
    known: dict[float, float] = {}

    def over(intercept: float) -> float:
        if intercept not in known:
            tried = coefficients.copy()
            tried[at] = intercept
            known[intercept] = measure(tested.simulation.run(chance, tried)) - wanted
        return known[intercept]

    shifted, least, most = coefficients.copy(), coefficients[at] - FAR, coefficients[at] + FAR
    # where the observed mean of the linear predictor would stay
    x = tested.refitter.complete[1]
    middle = float(coefficients[at] + (x @ (tested.fit.coefficients - coefficients)).mean())
    low, high = _bracket(over, min(max(middle, least), most), least, most)
    # Brent's method on common random numbers: the same worlds at every intercept, so that the count is
    # monotone
    shifted[at] = low if low == high else brentq(over, low, high, xtol=WITHIN)
    return shifted


def _bracket(over: Callable[[float], float], middle: float, least: float, most: float) -> tuple[float, float]:
    """Two values between which a rising function crosses zero; twice the end that it does not reach."""
    above, reach = over(middle) > 0, 1.0
    end = least if above else most
    inner = middle
    while inner != end:
        outer = max(middle - reach, least) if above else min(middle + reach, most)
        if (over(outer) > 0) != above:
            return (outer, inner) if above else (inner, outer)
        inner, reach = outer, 2 * reach
    return end, end


def _held(tested: TestedModel) -> tuple[Callable[[SimulatedPanels], float], float]:
    """What is the same on average as it was, rising with the intercept, and how much it was."""
    rows, _, y, _ = tested.refitter.complete
    last = rows.select("unit", "policy", y=pl.Series(y)).group_by("unit", "policy").agg(pl.col("y").max())
    if (last["y"] == 1).all():
        return lambda worlds: -float(_known(worlds).sum(axis=1).mean()), -float(len(y))
    return lambda worlds: float((worlds.y * _known(worlds)).sum(axis=1).mean()), float(y.sum())


def _known(worlds: SimulatedPanels) -> Numbers:
    """Rows at risk of which everything is known, as 0 and 1."""
    known = worlds.mask & worlds.design.known
    for one in worlds.values.values():
        known = known & np.isfinite(one)
    return known.astype(np.float64)


def _draw(null: _Null, numbers: range) -> Numbers:
    """Whether each world shows the effect."""
    worlds = null.simulation.worlds(numbers, null.seed, "power", null.coefficients)
    full = worlds.design.refit(worlds.values, worlds.y, mask=worlds.mask)
    without = worlds.design.refit(worlds.values, worlds.y, mask=worlds.mask, held=null.place)
    rise = 2 * (full.loglik - without.loglik)
    shown = (rise > REACH) & (full.coefficients[:, null.place] > 0)
    return np.asarray(shown, dtype=np.float64)
