"""Discrete-time event history: who adopts, given that they have not adopted yet."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.models.design.complete_cases import frame_of
from diffuscope.models.design.model_frame import INTERCEPT, model_frame
from diffuscope.models.design.repeated_rows import repeated_rows
from diffuscope.models.design.separation import refuse_separation
from diffuscope.models.estimators.fit_record import described_with_errors
from diffuscope.models.fit import Fit
from diffuscope.models.inference.clusters import (
    AUTO,
    by_dyads,
    cluster_columns,
    cluster_covariance,
    counted_coefficients,
    inverse,
    with_enough,
)
from diffuscope.models.inference.diagnostics import flat_directions, refuse_unconverged
from diffuscope.models.likelihood.grouped_information import GroupedInformation
from diffuscope.models.likelihood.links import likelihood_contributions, predictor
from diffuscope.models.likelihood.newton_raphson import (
    blocks,
    evaluate,
    linear_predictor,
    maximum_likelihood,
    newton_raphson,
    whole,
)
from diffuscope.models.types import known_link

if TYPE_CHECKING:
    from diffuscope.models.design.model_frame import ModelFrame
    from diffuscope.models.inference.clusters import Cluster
    from diffuscope.models.likelihood.newton_raphson import OptimResult
    from diffuscope.models.types import DurationForm, Link, PolicyEffects
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Numbers


def event_history(
    formula: str,
    panel: Frame,
    *,
    link: Link = "logit",
    cluster: Cluster = AUTO,
    duration: DurationForm | None = None,
    weights: str | None = None,
    offset: str | None = None,
    policy_effects: PolicyEffects = "none",
) -> Fit:
    """Discrete-time hazard model: who adopts in a period, given that they have not adopted yet.

    Parameters
    ----------
    formula : str
        Such as ``"adopted ~ coercion + learning + log(gdp_per_head)"``. `adopted` stands for the column
        `event` of a panel.
    panel : pandas, Polars or Arrow table, or a panel
        One row per unit, policy and period at risk. Rows with a missing value are left out and counted.
    link : {"logit", "cloglog", "probit"}
        cloglog is the proportional-hazards model of grouped time (Prentice & Gloeckler 1978,
        doi:10.2307/2529588). Coefficients of probit are in standard deviations of a normal propensity to
        adopt, and have no ratio; its errors rest on the observed information, as in Stata.
    cluster : str, tuple of str, or None
        Which rows hang together: a column; two or three columns; ``"dyads"``, any two rows that share a unit
        in the columns `receiver` and `sender`; None, no rows. ``"auto"``: dyads where these two columns
        stand; otherwise the unit, and also the policy where there are several.
    duration : {"cubic", "spline", "dummies"}, optional
        How the hazard moves with the column `duration`.
    weights : str, optional
        Column of weights; a row of weight 0 is absent.
    offset : str, optional
        Column added to the linear predictor. Left out: ln(gap) if the column `gap` is uneven.
    policy_effects : {"none", "fixed"}
        Whether each policy has an intercept of its own.

    Returns
    -------
    Fit

    Raises
    ------
    PlanError
        If the formula or an option asks for what is not there.
    SeparationError
        If a combination of columns predicts every event, for which `firth` is the way out.
    ConvergenceError
        If the search ended before it found the maximum.
    MethodError
        If the model cannot be estimated: an outcome other than 0 and 1, a column without variation, columns
        that add up to another, or too few clusters.

    Examples
    --------
    >>> import polars as pl
    >>> panel = pl.DataFrame({"event": [1] * 12 + [0] * 28 + [1] * 5 + [0] * 55, "near": [1] * 40 + [0] * 60})
    >>> fit = event_history("adopted ~ near", panel, cluster=None)
    >>> fit.coefficients.round(4).tolist(), fit.std_errors.round(4).tolist()
    ([-2.3979, 1.5506], [0.4671, 0.5807])
    """
    known_link(link)
    frame = frame_of(panel)
    ways = cluster_columns(cluster, frame)
    data = model_frame(
        formula, frame, duration=duration, weights=weights, offset=offset, policy_effects=policy_effects,
        also=ways,
    )  # fmt: skip
    optimum = _fitted(link, data)
    score = row_scores(link, data, optimum.coefficients)
    ways, set_aside = (
        with_enough(ways, data.frame, counted_coefficients(data.x)) if cluster == AUTO else (ways, ())
    )
    dyads = by_dyads(cluster, ways)
    variance, clusters = cluster_covariance(
        _bread(data, optimum.information), data.x, score, data.frame, ways, dyads=dyads, groups=data.groups
    )
    notes = (*set_aside, *repeated_rows(frame, data.design.columns.formula.outcome))
    if cluster == AUTO and not ways:
        notes = (*notes, "The frame has no column `unit`, so rows are treated as independent.")
    return Fit(
        model=link, loglik_null=_null(link, data), weights=weights,
        **described_with_errors(formula, data, optimum, (variance, clusters), notes),
    )  # fmt: skip


def _fitted(link: Link, data: ModelFrame) -> OptimResult:
    """The maximum of the likelihood.

    A concave likelihood that is level at a point, and curved in every direction, has its only maximum there.
    With many policies that proves overlap, and the linear programme is asked only where the search found no
    such point.

    Raises
    ------
    SeparationError
        If a combination of columns is found that predicts every event.
    ConvergenceError
        If there is none, and the search found no maximum all the same.
    """
    # the linear programme first: under separation Newton's method can settle by rounding far out, as if at a
    # maximum
    if data.groups is None:
        refuse_separation(data.x, data.y, data.design.names)
    start = _start(link, data)
    likelihood = partial(
        evaluate, link, data.x, data.y, weights=data.weights, offset=data.offset, groups=data.groups
    )
    # with many policies the programme is large, and a maximum with curvature everywhere proves overlap by
    # itself
    optimum = newton_raphson(likelihood, start, data.y.size)
    if data.groups is not None and (
        not optimum.converged
        or flat_directions(optimum.information, whole(likelihood(start)[2]), data.shared)
    ):
        refuse_separation(data.x, data.y, data.design.names, data.groups)
    refuse_unconverged(optimum)
    return optimum


def row_scores(link: Link, data: ModelFrame, coefficients: Numbers) -> Numbers:
    """Derivative of each row's log-likelihood by its linear predictor, times its weight, shape (n,)."""
    score = np.empty(data.y.size)
    for rows in blocks(data.y.size):
        eta = linear_predictor(data.x[rows], coefficients, rows, data.offset, data.groups)
        score[rows] = likelihood_contributions(link, eta, data.y[rows]).score
    return score if data.weights is None else score * data.weights


def _bread(data: ModelFrame, information: Numbers) -> Numbers:
    """Inverse of the information, policies eliminated by their diagonal block."""
    if data.groups is None:
        return inverse(information)
    try:
        # Schur complement of the policies' diagonal block: O(k² g) in place of O((k + g)³)
        return GroupedInformation.of(information, data.x.shape[1]).inverse()
    except np.linalg.LinAlgError:
        return inverse(information)


def _start(link: Link, data: ModelFrame) -> Numbers:
    """Where the search begins: at the hazard of all rows, or that of each policy where each has an effect."""
    start = np.zeros(data.back.shape[0])
    if data.design.names[:1] != (INTERCEPT,):
        return start
    groups = np.zeros(data.y.size, dtype=np.int64) if data.groups is None else data.groups
    weights = np.ones(data.y.size) if data.weights is None else data.weights
    own = np.bincount(groups, weights=weights)
    share = np.bincount(groups, weights=weights * data.y) / own
    level = np.array([predictor(link, float(one)) for one in share])
    if data.offset is not None:
        # the link of the mean hazard, less the mean offset: exact where the offset is constant, near
        # otherwise
        level -= np.bincount(groups, weights=weights * data.offset) / own
    start[0] = level[0]
    start[data.x.shape[1] :] = level[1:] - level[0]
    return start


def _null(link: Link, data: ModelFrame) -> float:
    """Log-likelihood with an intercept alone."""
    if data.offset is None:
        own = np.ones(data.y.size) if data.weights is None else data.weights
        # with an intercept alone every link gives the share of events as hazard: the likelihood is known in
        # closed form
        whole, events = float(own.sum()), float(own @ data.y)
        return float(events * np.log(events / whole) + (whole - events) * np.log1p(-events / whole))
    one = np.ones((data.y.size, 1))
    start = np.array([predictor(link, float(data.y.mean())) - float(data.offset.mean())])
    optimum = maximum_likelihood(link, one, data.y, weights=data.weights, offset=data.offset, start=start)
    return optimum.loglik if optimum.converged else float("nan")
