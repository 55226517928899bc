"""Cox's proportional hazards model, where covariates change over time.

Cox 1972; ties by Efron 1977 (doi:10.1080/01621459.1977.10480613), by Breslow, or exactly.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from diffuscope.errors import MethodError, PlanError, SeparationError
from diffuscope.models.design.complete_cases import frame_of
from diffuscope.models.design.counting_rows import counting_rows, with_spans
from diffuscope.models.design.monotone import monotone
from diffuscope.models.design.repeated_rows import repeated_rows
from diffuscope.models.estimators.fit_record import described_standardised
from diffuscope.models.fit import Fit
from diffuscope.models.inference.clusters import (
    AUTO,
    by_dyads,
    cluster_columns,
    cluster_covariance,
    inverse,
    with_enough,
)
from diffuscope.models.inference.diagnostics import condition_number, flat_directions, refuse_unconverged
from diffuscope.models.inference.sandwich import Robust
from diffuscope.models.likelihood.conditional_likelihood import (
    Strata,
    conditional_likelihood,
    separating_columns,
)
from diffuscope.models.likelihood.newton_raphson import newton_raphson
from diffuscope.models.likelihood.partial_likelihood import at_risk, partial_likelihood, score_residuals
from diffuscope.models.types import TIES
from diffuscope.records.phrases import in_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from diffuscope.models.design.counting_rows import CountingRows
    from diffuscope.models.inference.clusters import Cluster
    from diffuscope.models.likelihood.newton_raphson import OptimResult
    from diffuscope.models.types import Ties
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Numbers


MODEL_BASED = "Errors are model-based: the exact partial likelihood has no score of single rows to cluster."
DEGENERATE = 1e13
"""Condition number of the information at zero beyond which columns are the same for all at risk at events."""


def cox(
    formula: str,
    panel: Frame,
    *,
    ties: Ties = "efron",
    cluster: Cluster = AUTO,
    strata: str | None = None,
    start: str = "start",
    stop: str = "stop",
) -> Fit:
    """Cox's proportional hazards model: how covariates that change over time speed or slow adoption.

    Parameters
    ----------
    formula : str
        As for `event_history`; an intercept has no meaning here and is left out.
    panel : pandas, Polars or Arrow table, or a panel
        One row per unit and span of time (start, stop] with constant covariates. Without the columns `start`
        and `stop`, a row's span is that of its `duration`: (duration - gap, duration]. Of pairs (`receiver`,
        `sender`), one adoption is an event in every pair at once: far more events are counted, and tied, than
        there are adoptions, so prefer `event_history` there.
    ties : {"efron", "breslow", "exact"}
        What is done with adoptions at one time. Exact: the likelihood of those that adopted among all choices
        of as many, which is right where time is discrete, and takes longer; its errors are model-based. Where
        most are tied, prefer ``event_history(…, link="cloglog")``.
    cluster : str, tuple of str, or None
        As for `event_history`.
    strata : str, optional
        Column of groups with a baseline hazard of their own, such as `policy`.
    start, stop : str
        Columns of the span.

    Returns
    -------
    Fit
        Coefficients are log hazard ratios.

    Raises
    ------
    PlanError
        If the formula or an option asks for what is not there.
    SeparationError
        If a combination of columns is highest at every event, so that no finite estimate exists.
    ConvergenceError
        If the search ended before it found the maximum.
    MethodError
        If a span does not end after it starts, nothing differs between units at risk, or the exact likelihood
        would take too long.
    """
    if ties not in TIES:
        raise PlanError(f"ties is {ties!r}; it must be one of {', '.join(map(repr, TIES))}.")
    if ties == "exact" and cluster is not None and cluster != AUTO:
        raise PlanError(
            "The exact partial likelihood has no score of single rows, so its errors cannot be clustered: "
            "leave `cluster` out, or take ties='efron'."
        )
    frame, start, stop = with_spans(frame_of(panel), start, stop)
    ways = cluster_columns(cluster, frame)
    data = counting_rows(formula, frame, (start, stop), strata, ways)
    likelihood = _likelihood(data, ties)
    optimum = _maximise(data, ties, likelihood)
    variance, clusters, set_aside = _variance(data, optimum, ties, cluster, ways)
    return Fit(
        model=f"Cox ({ties})", strata=strata, span=(start, stop),
        # with all coefficients zero, everybody at risk is as likely: no covariates
        loglik_null=likelihood(np.zeros(data.sd.size))[0],
        **described_standardised(
            formula, data, optimum, (variance, clusters), events=data.sets.events.size,
            notes=(*set_aside, *repeated_rows(frame, data.columns.formula.outcome, (start, stop))),
        ),
    )  # fmt: skip


def _variance(
    data: CountingRows, optimum: OptimResult, ties: Ties, cluster: Cluster, ways: tuple[str, ...]
) -> tuple[Robust, tuple[tuple[str, int], ...], tuple[str, ...]]:
    """The variance, how many clusters each way has, and what to say of ways that were set aside."""
    bread = inverse(optimum.information)
    if ties == "exact":
        return Robust(bread, ()), (), ((MODEL_BASED,) if ways else ())
    if not ways:
        return Robust(bread, ()), (), ()
    # sandwich of score residuals summed by cluster (Lin & Wei 1989): per row, they are what a slope times the
    # columns is in other models, its part in the risk sets of others included
    scores = score_residuals(
        data.sets, data.x, partial_likelihood(data.sets, data.x, optimum.coefficients, ties)
    )
    set_aside: tuple[str, ...] = ()
    if cluster == AUTO:
        ways, set_aside = with_enough(ways, data.rows, data.sd.size)
    variance, clusters = cluster_covariance(
        bread, scores, np.ones(len(scores)), data.rows, ways, dyads=by_dyads(cluster, ways)
    )
    return variance, clusters, set_aside


def _likelihood(data: CountingRows, ties: Ties) -> Callable[[Numbers], tuple[float, Numbers, Numbers]]:
    """From coefficients to the partial log-likelihood, its gradient and its information."""
    at: Callable[[Numbers], Any]
    if ties == "exact":
        at = partial(conditional_likelihood, _choices(data), data.x)
    else:
        at = partial(partial_likelihood, data.sets, data.x, ties=ties)

    def evaluate(beta: Numbers) -> tuple[float, Numbers, Numbers]:
        value = at(beta)
        return value.loglik, value.gradient, value.information

    return evaluate


def _choices(data: CountingRows) -> Strata:
    """Who adopted among those at risk, one event time after another."""
    row, begins = at_risk(data.sets)
    time = np.repeat(np.arange(begins.size), np.diff(np.append(begins, row.size)))
    last = data.sets.after[row] - 1  # a row has its event at the last time at which it is at risk
    return Strata.of(row, time, np.where(last == time, data.event[row], 0.0))


def _maximise(
    data: CountingRows, ties: Ties, evaluate: Callable[[Numbers], tuple[float, Numbers, Numbers]]
) -> OptimResult:
    """The highest partial likelihood; refused where it rises without end, or where no maximum was found."""
    start = np.zeros(data.sd.size)
    top = newton_raphson(evaluate, start, len(data.x))
    # at zero the information is the covariance of the columns within risk sets: singular where these do not
    # vary
    at_zero = evaluate(start)[2]
    if condition_number(at_zero) > DEGENERATE:
        raise MethodError("At every event, all units at risk have equal values: no model can be estimated.")
    if not top.converged or flat_directions(top.information, at_zero):
        _refuse_monotone(data, ties)
    refuse_unconverged(top)
    return top


def _refuse_monotone(data: CountingRows, ties: Ties) -> None:
    """Refuse a partial likelihood that rises without end along some mixture of columns."""
    names = data.columns.names
    if ties == "exact":
        endless = separating_columns(_choices(data), data.x, names)
    else:
        endless = monotone(data.x, data.sets, names)
    if endless:
        raise SeparationError(
            f"The likelihood has no maximum for {in_code(endless)}: at every event it is as high (or as low) "
            "as for any unit at risk, so no finite estimate exists. Leave it out, or merge its levels."
        )
