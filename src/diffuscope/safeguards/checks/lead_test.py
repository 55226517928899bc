"""Lead test: does what others did afterwards go with adoption, beside what they had done before?

What others do next cannot have moved a unit, so their later adoptions say nothing beside their earlier ones,
unless units alike adopt alike. But a unit that adopts moves those tied to it, who adopt later: so even a true
effect lets the future stand out where ties go both ways. How much is seen in worlds drawn from the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.safeguards.engine.check import Check, SafeguardOptions, missing
from diffuscope.safeguards.engine.placebo_exposure import placebo_draws, simulation_test

if TYPE_CHECKING:
    from diffuscope.records import Safeguard
    from diffuscope.safeguards.tested_model import TestedModel

WHAT = "Exposure to what others did one period later, in addition to the exposure itself,"
PASSES = (
    "Passing does not prove influence: similar units may form ties and adopt for unmeasured reasons, which "
    "this test misses in many simulated worlds."
)
STANDS_OUT = (
    "Later adoptions of others are associated with adoption beyond what the model predicts from earlier "
    "ones: similar units may adopt alike for reasons that the model lacks."
)


def lead_test(tested: TestedModel, column: str, options: SafeguardOptions) -> Safeguard:
    """Lead test: the coefficient of exposure one period later, against worlds drawn from the model.

    Parameters
    ----------
    tested : TestedModel
    column : str
        The exposure.
    options : SafeguardOptions

    Returns
    -------
    Safeguard
        Value: the coefficient of the later exposure, on the scale of the linear predictor; low and high: the
        2.5 and 97.5 % points of the draws. Passed where it is not larger than in them, which does not prove
        influence.

    Notes
    -----
    The exposure of a row of period t to those who had adopted by the end of t + 1 is fitted beside the
    model's own columns. The last period of each policy has no later one and is left out.
    """
    if tested.not_simulable is not None:
        return missing(tested.not_simulable)
    # the null is simulated, not zero: where ties go both ways a true effect makes later adoptions of others
    placebo = placebo_draws(tested, column, options)
    return simulation_test(float(placebo.observed[0]), placebo.drawn[:, 0], (WHAT, STANDS_OUT, PASSES))


SAFEGUARD = Check(
    name="lead test",
    asks="Are adoptions of others one period later associated with adoption, beyond what the model predicts?",
    role="decisive",
    run=lead_test,
)
