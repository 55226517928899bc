"""Discrete-time event history: who adopts, given that they have not adopted yet."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from diffuscope.errors import MethodError, PlanError
from diffuscope.models.design.complete_cases import frame_of
from diffuscope.models.design.model_frame import INTERCEPT, model_frame
from diffuscope.models.design.separation import separation
from diffuscope.models.fit import Fit
from diffuscope.models.inference.clusters import (
    AUTO,
    DYADS,
    ENDS,
    cluster_columns,
    cluster_covariance,
    inverse,
    with_several,
)
from diffuscope.models.inference.diagnostics import cautions, condition_number, monotone_likelihood
from diffuscope.models.inference.wald import degrees_of, wald
from diffuscope.models.likelihood.links import likelihood_contributions, predictor
from diffuscope.models.likelihood.newton_raphson import (
    blocks,
    evaluate,
    linear_predictor,
    maximum_likelihood,
    newton_raphson,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.models.design.model_frame import ModelFrame
    from diffuscope.models.inference.clusters import Cluster
    from diffuscope.models.likelihood.newton_raphson import OptimResult
    from diffuscope.models.types import DurationForm, Link, PolicyEffects
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Numbers

SEARCHED = 2 * 10**7
"""Numbers in the columns of a model with policy effects up to which separation is searched before the fit."""


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
    """Who adopts in a period, given that they have not adopted yet: a discrete-time hazard.

    Parameters
    ----------
    formula : str
        Such as ``"adopted ~ coercion + learning + log(gdp_per_head)"``. `adopted` stands for the column
        `event` of a panel.
    panel : pandas, Polars or Arrow table, or a panel
        One row per unit, policy and period at risk. Rows with a missing value are left out and counted.
    link : {"logit", "cloglog"}
        cloglog is the proportional-hazards model of grouped time (Prentice & Gloeckler 1978,
        doi:10.2307/2529588).
    cluster : str, tuple of str, or None
        Which rows hang together: a column; two columns; ``"dyads"``, any two rows that share a unit in the
        columns `receiver` and `sender`; None, no rows. ``"auto"``: dyads where these two columns stand;
        otherwise the unit, and also the policy where there are several.
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
    MethodError
        If the model cannot be estimated: an outcome other than 0 and 1, a column without variation, columns
        that add up to another, or separation, for which `firth` is the way out.

    Examples
    --------
    >>> import polars as pl
    >>> panel = pl.DataFrame({"event": [1] * 12 + [0] * 28 + [1] * 5 + [0] * 55, "near": [1] * 40 + [0] * 60})
    >>> fit = event_history("adopted ~ near", panel, cluster=None)
    >>> fit.coefficients.round(4).tolist(), fit.std_errors.round(4).tolist()
    ([-2.3979, 1.5506], [0.4671, 0.5807])
    """
    if link not in ("logit", "cloglog"):
        raise PlanError(f"link is {link!r}; it must be one of 'logit', 'cloglog'.")
    frame = frame_of(panel)
    ways = cluster_columns(cluster, frame)
    data = model_frame(
        formula, frame, duration=duration, weights=weights, offset=offset, policy_effects=policy_effects,
        also=ways,
    )  # fmt: skip
    refuse_separation(data)
    found = _fitted(link, data)
    slope = slopes(link, data, found.coefficients)
    ways = with_several(ways, data.frame) if cluster == AUTO else ways
    dyads = ways == ENDS and cluster in (AUTO, DYADS)
    variance, clusters = cluster_covariance(
        inverse(found.information), data.x, slope, data.frame, ways, dyads=dyads, groups=data.groups
    )
    covariance = data.back @ variance.covariance @ data.back.T
    coefficients = data.back @ found.coefficients
    told = cautions(data, found, clusters, variance.psd_adjusted)
    if cluster == AUTO and not ways:
        told = (*told, "The frame has no column `unit`, so rows are treated as independent.")
    return Fit(
        model=link, coefficients=coefficients, clusters=clusters, loglik_null=_null(link, data),
        warnings=told, weights=weights, **wald(coefficients, covariance, degrees_of(variance.clusters)),
        **described(formula, data, found),
    )  # fmt: skip


def refuse_separation(data: ModelFrame) -> None:
    """Refuse a sample in which some mixture of columns predicts every event, naming them.

    With many policies the search waits until the fit: see `_fitted`.
    """
    if data.groups is not None and data.y.size * data.back.shape[0] > SEARCHED:
        return
    x = data.x
    if data.groups is not None:
        x = np.column_stack([x, data.groups[:, None] == np.arange(1, int(data.groups.max()) + 1)])
    found = separation(x, data.y, data.design.names)
    if found.kind != "none":
        raise _separated(f" ({found.kind})", found.columns)


def _fitted(link: Link, data: ModelFrame) -> OptimResult:
    """The maximum; refused where a coefficient has run off."""
    start = _start(link, data)
    likelihood = partial(
        evaluate, link, data.x, data.y, weights=data.weights, offset=data.offset, groups=data.groups
    )
    optimum = newton_raphson(likelihood, start, data.y.size)
    if data.groups is not None:
        endless = monotone_likelihood(optimum.information, likelihood(start)[2], data.design.names)
        if endless:
            raise _separated("", endless)
    return optimum


def _separated(kind: str, columns: Sequence[str]) -> MethodError:
    names = [f"`{name}`" for name in columns if name != INTERCEPT]
    named = (
        ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "") or "the intercept"
    )
    return MethodError(
        f"Events are separated{kind} by {named}: a combination of these columns predicts them exactly, so no "
        "finite estimate exists. `diffuscope.firth` gives finite estimates; or leave a column out."
    )


def slopes(link: Link, data: ModelFrame, coefficients: Numbers) -> Numbers:
    """Derivative of each row's log-likelihood by its linear predictor, times its weight, shape (n,)."""
    slope = np.empty(data.y.size)
    for rows in blocks(data.y.size):
        eta = linear_predictor(data.x[rows], coefficients, rows, data.offset, data.groups)
        slope[rows] = likelihood_contributions(link, eta, data.y[rows]).slope
    return slope if data.weights is None else slope * data.weights


def _start(link: Link, data: ModelFrame) -> Numbers:
    start = np.zeros(data.back.shape[0])
    if data.design.names[:1] == (INTERCEPT,):
        start[0] = predictor(link, float(data.y.mean()))
        if data.offset is not None:
            start[0] -= float(data.offset.mean())
    return start


def _null(link: Link, data: ModelFrame) -> float:
    """Log-likelihood with an intercept alone."""
    if data.offset is None:
        own = np.ones(data.y.size) if data.weights is None else data.weights
        whole, events = float(own.sum()), float(own @ data.y)
        return float(events * np.log(events / whole) + (whole - events) * np.log1p(-events / whole))
    one = np.ones((data.y.size, 1))
    start = np.array([predictor(link, float(data.y.mean())) - float(data.offset.mean())])
    return maximum_likelihood(link, one, data.y, weights=data.weights, offset=data.offset, start=start).loglik


def described(formula: str, data: ModelFrame, optimum: OptimResult) -> dict[str, Any]:
    """What every fit to a sample says about itself, by field of `Fit`."""
    k, events = data.back.shape[0], int(data.y.sum())
    return {
        "formula": formula,
        "names": data.design.names,
        "outcome": data.design.columns.formula.outcome,
        "rows": data.y.size,
        "events": events,
        "units": data.frame["unit"].n_unique() if "unit" in data.frame.columns else None,
        "policies": data.frame["policy"].n_unique() if "policy" in data.frame.columns else None,
        "left_out": data.left_out,
        "dropped_terms": data.absorbed,
        "loglik": optimum.loglik,
        "aic": 2 * k - 2 * optimum.loglik,
        "bic_rows": k * float(np.log(data.y.size)) - 2 * optimum.loglik,
        "bic_events": k * float(np.log(events)) - 2 * optimum.loglik,
        "converged": optimum.converged,
        "iterations": optimum.iterations,
        "gradient_norm": optimum.gradient_norm,
        "condition_number": condition_number(optimum.information),
        "offset": data.design.offset,
        "design": data.design,
    }
