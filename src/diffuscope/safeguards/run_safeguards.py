"""Every safeguard, asked of one exposure's coefficient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from diffuscope.records import Trial
from diffuscope.safeguards.checks import checks

if TYPE_CHECKING:
    from diffuscope.records import Safeguard
    from diffuscope.safeguards.engine.check import SafeguardOptions
    from diffuscope.safeguards.question import Question


def run_safeguards(question: Question, column: str, options: SafeguardOptions) -> Trial:
    """Every safeguard of the folder, asked of one exposure's coefficient.

    Parameters
    ----------
    question : Question
    column : str
        The exposure.
    options : SafeguardOptions
        Where tests may end early, those that decide nothing are not asked.

    Returns
    -------
    Trial
        Its permutation p-values are not yet adjusted over mechanisms.

    Raises
    ------
    PlanError
        If no single coefficient belongs to the exposure.
    """
    at = question.place(column)
    fit = question.fit
    asked = [one for one in checks() if not (options.stop_early and one.role == "beside")]
    return Trial(
        term=fit.names[at],
        mechanism=question.channel(column).mechanism,
        estimate=float(fit.coefficients[at]),
        low=_end(fit.low[at]),
        high=_end(fit.high[at]),
        safeguards=tuple(check(question, column, options) for check in asked),
    )


def gate_of(trial: Trial) -> Safeguard | None:
    """The gate among the safeguards of a trial."""
    return next((one for one in trial.safeguards if one.role == "gate"), None)


def _end(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
