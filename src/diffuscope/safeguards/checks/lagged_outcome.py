"""Lagged-outcome placebo and bias-corrected estimate: the unit's own decision one step earlier.

After Egami 2024 (Journal of the Royal Statistical Society A; arXiv:1810.07858). What others had done by the
end of a period can move the decision of the next period, not the one of that period itself. So a unit's
decision is explained by what others had done by the end of that same period, beside what they had done
before. Were nothing left out of the model, the first would say nothing. What it says nevertheless is bias: of
unseen likeness of those who are tied, or of shocks that they share.

Who has adopted is no longer at risk, so in the rows that a model explains the earlier decision is always "not
yet", and cannot be asked for there. It is asked for among those who were at risk then: the rows of the panel,
seen one step earlier. This needs no second policy and no repeated adoption; it needs periods short enough
that nobody decides by what others did in the same one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from diffuscope.records.numbers import decimal
from diffuscope.safeguards.engine.check import Check, SafeguardOptions, missing
from diffuscope.safeguards.engine.draws import MOST_LOST
from diffuscope.safeguards.engine.placebo_exposure import placebo_draws, simulation_test

if TYPE_CHECKING:
    from diffuscope.records import Safeguard
    from diffuscope.safeguards.engine.placebo_exposure import PlaceboDraws
    from diffuscope.safeguards.tested_model import TestedModel

WHAT = "Exposure to what others did in the very period of the decision, in addition to the exposure itself,"
STANDS_OUT = (
    "It cannot have caused the decision. So the model lacks something that tied units have in common, or "
    "units react to others within the same period."
)
PASSES = "Nothing that tied units have in common and the model lacks shows here; a small bias may not."
ASSUMES = "this assumes that bias and effect are the same in each period, on the scale of the coefficients"
LOWEST = 0.05
"""Point of the drawn placebos that bounds the bias from above: 95 % of worlds without bias lie over it."""


@dataclass(frozen=True, kw_only=True)
class BiasCorrected:
    """An exposure's coefficient, freed of the bias that a placebo shows.

    Attributes
    ----------
    estimate, ci_low, ci_high : float or None
        On the scale of the linear predictor, with a 95 % interval; None where nothing finite was found.
    placebo : float or None
        What was taken off: the coefficient of the newest exposure on the decision it cannot have moved.
    uncorrected : float or None
        The coefficient before: of the exposure, with older exposure held fixed as the placebo has it.
    bias_at_most : float or None
        One-sided 95 % upper bound of the bias that the placebo leaves: placebo minus the 5 % point of worlds
        without bias.
    """

    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    placebo: float | None
    uncorrected: float | None
    bias_at_most: float | None


def lagged_outcome(tested: TestedModel, column: str, options: SafeguardOptions) -> Safeguard:
    """Lagged-outcome placebo: does exposure go with a decision that it cannot have moved?

    Parameters
    ----------
    tested : TestedModel
    column : str
        The exposure.
    options : SafeguardOptions

    Returns
    -------
    Safeguard
        Value: the placebo's coefficient, on the scale of the linear predictor; low and high: the 2.5 and
        97.5 % points of worlds drawn from the model. Passed where it is not larger than in them. Its words
        state the bias-corrected estimate and the largest bias that would have been missed.
    """
    if tested.not_simulable is not None:
        return missing(tested.not_simulable)
    draws = placebo_draws(tested, column, options)
    result = simulation_test(float(draws.observed[1]), draws.drawn[:, 1], (WHAT, STANDS_OUT, PASSES))
    return _with(result, bias_corrected(tested, column, options), tested.coefficient(column))


def bias_corrected(tested: TestedModel, column: str, options: SafeguardOptions) -> BiasCorrected | None:
    """Bias-corrected estimate: the coefficient less what exposure seems to do to a decision it cannot move.

    Parameters
    ----------
    tested, column, options
        As for `lagged_outcome`.

    Returns
    -------
    BiasCorrected or None
        None where the model cannot be simulated forward.

    Notes
    -----
    Difference in differences of two coefficients, each of the newest exposure with older exposure held fixed:
    of E(t - 1) beside E(t - 2), and of E(t) beside E(t - 1), on decisions of period t. It is right if effect
    and bias are the same in every period and add up on the scale of the linear predictor; that the ones at
    risk are others in each period stretches this. Its interval is that of worlds drawn from the model, in
    which there is no bias.
    """
    if tested.not_simulable is not None:
        return None
    return _corrected(placebo_draws(tested, column, options), tested.coefficient(column))


def _corrected(draws: PlaceboDraws, fitted: float) -> BiasCorrected:
    _, placebo, plain = (float(one) if np.isfinite(one) else None for one in draws.observed)
    if placebo is None or plain is None:
        return BiasCorrected(
            estimate=None, ci_low=None, ci_high=None, placebo=placebo, uncorrected=plain, bias_at_most=None
        )
    # bias-corrected: effect and bias less bias (Egami 2024, parallel trends of the two coefficients)
    estimate, low, high, most = plain - placebo, None, None, None
    # how far such estimates fall from the truth in worlds whose truth is the fitted coefficient
    errors = draws.drawn[:, 2] - draws.drawn[:, 1] - fitted
    sound = errors[np.isfinite(errors)]
    if len(sound) >= (1 - MOST_LOST) * len(errors) and len(sound):
        above, below = (float(end) for end in np.quantile(sound, (0.025, 0.975)))
        # basic bootstrap interval: quantiles of the error turned round, the upper one giving the lower end
        low, high = estimate - below, estimate - above
    placebos = draws.drawn[np.isfinite(draws.drawn[:, 1]), 1]
    if len(placebos) >= (1 - MOST_LOST) * len(draws.drawn) and len(placebos):
        # what a world without bias shows by chance, at the least in 95 %, cannot be more than the rest is
        # bias
        most = placebo - float(np.quantile(placebos, LOWEST))
    return BiasCorrected(
        estimate=estimate, ci_low=low, ci_high=high, placebo=placebo, uncorrected=plain, bias_at_most=most
    )


def _with(safeguard: Safeguard, corrected: BiasCorrected | None, fitted: float) -> Safeguard:
    """The safeguard, with the corrected estimate and the largest bias in its words."""
    if corrected is None or corrected.estimate is None:
        return safeguard
    reach, most = "", ""
    if corrected.ci_low is not None and corrected.ci_high is not None:
        reach = f" (95 % interval {decimal(corrected.ci_low)} to {decimal(corrected.ci_high)})"
    if corrected.bias_at_most is not None:
        most = f" A bias of {decimal(max(corrected.bias_at_most, 0))} would be missed in one case of twenty."
    says = (
        f"{safeguard.description}{most} Corrected by the placebo, the coefficient is "
        f"{decimal(corrected.estimate)}{reach}, where the model has {decimal(fitted)}; {ASSUMES}."
    )
    return msgspec.structs.replace(safeguard, description=says)


SAFEGUARD = Check(
    name="lagged outcome",
    asks="Is exposure associated with a decision that it cannot have caused, that of its own period?",
    role="decisive",
    run=lagged_outcome,
)
