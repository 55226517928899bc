"""Every safeguard, asked of one exposure's coefficient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from diffuscope.records import SafeguardResults
from diffuscope.safeguards.checks import checks
from diffuscope.safeguards.stance import LEFT_OUT

if TYPE_CHECKING:
    from diffuscope.records import Safeguard
    from diffuscope.safeguards.engine.check import Check, SafeguardOptions
    from diffuscope.safeguards.tested_model import TestedModel


def run_safeguards(tested: TestedModel, column: str, options: SafeguardOptions) -> SafeguardResults:
    """Every safeguard of the folder, asked of one exposure's coefficient.

    Parameters
    ----------
    tested : TestedModel
    column : str
        The exposure.
    options : SafeguardOptions
        Where tests may end early, those that cannot change the stance are not asked.

    Returns
    -------
    SafeguardResults
        Its permutation p-values are not yet adjusted over mechanisms.

    Raises
    ------
    PlanError
        If no single coefficient belongs to the exposure.
    """
    at = tested.place(column)
    fit = tested.fit
    answers: list[Safeguard] = []
    for check in checks():
        if not options.stop_early or _can_change_stance(check, answers):
            answers.append(check(tested, column, options))
    return SafeguardResults(
        term=fit.names[at],
        mechanism=tested.channel(column).mechanism,
        estimate=float(fit.coefficients[at]),
        ci_low=_end(fit.ci_low[at]),
        ci_high=_end(fit.ci_high[at]),
        safeguards=tuple(answers),
    )


def _can_change_stance(check: Check, before: list[Safeguard]) -> bool:
    """Whether a stance may hang on a safeguard, after what those before it found.

    Holm's method only raises a p-value, so a gate that fails by itself has failed; then no row of the rule
    looks at a decisive or confirming test, only at whether the sign holds without any unit.
    """
    if check.role == "beside":
        return False
    failed = any(one.role == "gate" and one.passed is False for one in before)
    return not failed or check.name == LEFT_OUT


def gate_of(trial: SafeguardResults) -> Safeguard | None:
    """The gate among the safeguards of a trial."""
    return next((one for one in trial.safeguards if one.role == "gate"), None)


def _end(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
