"""Repetitions: does the sign hold where the question is asked otherwise?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records import Safeguard
from diffuscope.records.numbers import decimal
from diffuscope.records.phrases import counted
from diffuscope.safeguards.engine.check import Check, SafeguardOptions, not_asked

if TYPE_CHECKING:
    from diffuscope.safeguards.tested_model import TestedModel

FEWEST = 5
"""Events below which a repetition says nothing."""
SHARE = 0.5
"""Share of repetitions whose interval has to lie above zero."""


def repetitions(tested: TestedModel, column: str, options: SafeguardOptions) -> Safeguard:
    """Repetitions: passed where the sign holds in every one with five events, and the interval in half.

    Parameters
    ----------
    tested : TestedModel
    column : str
        The exposure.
    options : SafeguardOptions
        With what repetitions found.

    Returns
    -------
    Safeguard
        Value: the share of repetitions whose coefficient is above zero; low: that of those whose interval is.
    """
    every = options.repeated.get(column, ())
    fitted = [one for one in every if one.estimate is not None and one.events >= FEWEST]
    if not fitted:
        if not every:
            return not_asked("The question has no repetition.")
        return not_asked(
            f"No repetition of the question has {FEWEST} events and a coefficient of the exposure."
        )
    sign = [one for one in fitted if one.estimate is not None and one.estimate > 0]
    clear = [one for one in sign if one.ci_low is not None and one.ci_low > 0]
    reverse = [f"`{one.id}` ({decimal(one.estimate)})" for one in fitted if one not in sign]
    says = (
        f"The coefficient is above zero in {len(sign)} of {counted(len(fitted), 'repetition')} "
        f"with {FEWEST} events, "
        f"its interval in {len(clear)} of {len(fitted)}."
    )
    if reverse:
        says += f" It is not in {', '.join(reverse)}."
    # the sign in all, the interval in half: intervals of smaller samples are wider by themselves
    passed = len(sign) == len(fitted) and len(clear) >= SHARE * len(fitted)
    return Safeguard(
        name="", applies=True, passed=passed, description=says, value=len(sign) / len(fitted),
        ci_low=len(clear) / len(fitted),
    )  # fmt: skip


SAFEGUARD = Check(
    name="repetitions",
    asks="Does the sign hold in every repetition of the question, and the interval in half of them?",
    role="confirming",
    run=repetitions,
)
