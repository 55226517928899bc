"""Defence against likeness: is there a reason to believe that unseen similarity is not all there is?

Similar units may form ties and adopt for the same unmeasured reasons (homophily), which no test of the
coefficient can exclude. Two defences are known: an estimate freed of the bias that a placebo shows (Egami
2024, arXiv:1810.07858), or measured drivers of the ties in the model together with a bound on what is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records import Safeguard
from diffuscope.records.numbers import decimal
from diffuscope.records.phrases import in_code
from diffuscope.safeguards.checks.lagged_outcome import bias_corrected
from diffuscope.safeguards.engine.check import Check, SafeguardOptions, missing
from diffuscope.safeguards.engine.homophily import driver_tests

if TYPE_CHECKING:
    from diffuscope.safeguards.tested_model import TestedModel


def defence_against_likeness(tested: TestedModel, column: str, options: SafeguardOptions) -> Safeguard:
    """Defence against likeness: passed where either of two defences holds.

    Either the bias-corrected interval lies above zero; or drivers are declared, go with the ties (QAP
    p < .05), precede them and are in the model, and the one-sided 95 % upper bound of the bias that the
    lagged placebo leaves lies below the estimate.

    Parameters
    ----------
    tested : TestedModel
    column : str
        The exposure.
    options : SafeguardOptions

    Returns
    -------
    Safeguard
        Value, low and high: the bias-corrected estimate with its interval.
    """
    corrected = bias_corrected(tested, column, options)
    if corrected is None:
        return missing(tested.not_simulable or "The model cannot be simulated forward.")
    if corrected.estimate is None or corrected.ci_low is None or corrected.ci_high is None:
        return missing("The bias-corrected estimate has no finite interval.")
    ends = f"{decimal(corrected.ci_low)} to {decimal(corrected.ci_high)}"
    first = f"The bias-corrected estimate is {decimal(corrected.estimate)} (95 % interval {ends})"
    if corrected.ci_low > 0:
        return Safeguard(
            name="", applies=True, passed=True, description=f"{first}: above zero.", value=corrected.estimate,
            ci_low=corrected.ci_low, ci_high=corrected.ci_high,
        )  # fmt: skip
    second, holds = _drivers(tested, column, options, corrected.bias_at_most)
    return Safeguard(
        name="", applies=True, passed=holds, description=f"{first}, which includes zero. {second}",
        value=corrected.estimate, ci_low=corrected.ci_low, ci_high=corrected.ci_high,
    )  # fmt: skip


def _drivers(
    tested: TestedModel, column: str, options: SafeguardOptions, most: float | None
) -> tuple[str, bool]:
    """Whether measured drivers of the ties are a defence, and why or why not."""
    declared = options.drivers.get(column, ())
    if not declared:
        return "No drivers of the ties are declared.", False
    inside = tested.fit.design.columns.formula.variables
    tests = driver_tests(tested, column, declared, options)
    # a covariate that does not go with the ties, or is measured after them, cannot stand for why they formed
    sound = [name for name, one in tests.items() if one.goes and one.precedes and name in inside]
    if not sound:
        return (
            "No declared driver is associated with the ties (QAP), is dated before them and is in the model.",
            False,
        )
    named = in_code(sound)
    estimate = tested.coefficient(column)
    if most is None:
        return f"With {named} in the model, no bound could be computed for the remaining bias.", False
    where = "below" if most < estimate else "not below"
    return (
        f"With {named} in the model, the bias that the lagged placebo still allows is at most "
        f"{decimal(max(most, 0))} (one-sided 95 %), {where} the estimate of {decimal(estimate)}.",
        most < estimate,
    )


SAFEGUARD = Check(
    name="defence against likeness",
    asks="Is there a defence against unmeasured similarity of tied units?",
    role="confirming",
    run=defence_against_likeness,
)
