"""Every safeguard, asked of one exposure's coefficient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from diffuscope.errors import MethodError, PlanError
from diffuscope.records import Safeguard, Trial
from diffuscope.safeguards.confounder import unmeasured_confounder
from diffuscope.safeguards.drivers import drivers_of_ties
from diffuscope.safeguards.fixed_effects import fixed_effects
from diffuscope.safeguards.lagged_outcome import lagged_outcome
from diffuscope.safeguards.lead import lead_test
from diffuscope.safeguards.leave_out import leave_one_policy_out, leave_one_unit_out
from diffuscope.safeguards.permuted import permuted_ties, permuted_timing
from diffuscope.safeguards.placebo_outcome import placebo_outcome
from diffuscope.safeguards.separable import separable
from diffuscope.safeguards.shuffled import shuffled_success

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from diffuscope.records import SafeguardName
    from diffuscope.safeguards.question import Question
    from diffuscope.safeguards.witness import How


MOST_RUN = 199
"""Worlds run forward at most: each takes as long as ten in which units exchange places."""


def trial_of(question: Question, column: str, how: How) -> tuple[Trial, tuple[str, ...]]:
    """What an exposure's coefficient is put to, and what it withstands.

    Parameters
    ----------
    question : Question
    column : str
        The exposure.
    how : How

    Returns
    -------
    trial : Trial
        Its permutation p-value is not yet adjusted over mechanisms.
    joint_with : tuple of str
        Columns of rival exposures without which it does not stand.

    Raises
    ------
    PlanError
        If no single coefficient belongs to the exposure.
    """
    at = question.place(column)
    safeguards = []
    for name, ask in _asked(question, column, how):
        if how.progress is not None:
            how.progress(f"{column}: {name}")
        safeguards.append(_answered(name, ask))
    rivals: tuple[str, ...] = ()
    try:
        told, rivals = separable(question, column)
    except (MethodError, PlanError) as error:
        told = Safeguard(name="separable", applies=True, passed=None, says=str(error))
    fit = question.fit
    trial = Trial(
        term=fit.names[at],
        mechanism=question.channel(column).mechanism,
        estimate=float(fit.coefficients[at]),
        low=_end(fit.low[at]),
        high=_end(fit.high[at]),
        safeguards=(*safeguards, told),
    )
    return trial, rivals


def _asked(
    question: Question, column: str, how: How
) -> Iterator[tuple[SafeguardName, Callable[[], Safeguard]]]:
    drawn: dict[str, Any] = {"draws": how.draws, "seed": how.seed, "workers": how.workers}
    run: dict[str, Any] = {**drawn, "draws": min(how.draws, MOST_RUN)}
    declared = how.drivers.get(column, ())
    yield "permuted ties", lambda: permuted_ties(question, column, **drawn)
    yield "permuted timing", lambda: permuted_timing(question, column, **drawn)
    yield "shuffled success", lambda: shuffled_success(question, column, **drawn)
    yield "lead test", lambda: lead_test(question, column, **run)
    yield "lagged outcome", lambda: lagged_outcome(question, column, **run)
    yield "placebo outcome", lambda: placebo_outcome(question, column, **run)
    yield "fixed effects", lambda: fixed_effects(question, column)
    yield "drivers of ties", lambda: drivers_of_ties(question, column, declared, **drawn)
    yield "unmeasured confounder", lambda: unmeasured_confounder(question, column)
    yield "leave one unit out", lambda: leave_one_unit_out(question, column, workers=how.workers)
    yield "leave one policy out", lambda: leave_one_policy_out(question, column, workers=how.workers)


def _answered(name: SafeguardName, ask: Callable[[], Safeguard]) -> Safeguard:
    """The answer, or why there is none: then the safeguard is missing."""
    try:
        return ask()
    except (MethodError, PlanError) as error:
        return Safeguard(name=name, applies=True, passed=None, says=str(error))


def _end(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
