"""Logit for few events or separated ones: the likelihood with Firth's penalty, and intervals by profile.

Firth 1993 (doi:10.1093/biomet/80.1.27); Heinze & Schemper 2002 (doi:10.1002/sim.1047).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.special import chdtrc, chdtri

from diffuscope.errors import PlanError
from diffuscope.models.clusters import inverse
from diffuscope.models.fit import Fit
from diffuscope.models.history import described
from diffuscope.models.intervals import LEVEL, wald
from diffuscope.models.links import hazard, pieces
from diffuscope.models.newton import climb
from diffuscope.models.sample import sample
from diffuscope.models.warn import condition_number, few_at_all, unsettled

if TYPE_CHECKING:
    from collections.abc import Callable

    from diffuscope.models.newton import Maximum
    from diffuscope.models.sample import Sample
    from diffuscope.models.types import DurationForm, Frame, Numbers, PolicyEffects

LONGEST = 2.0
"""Longest step of a coefficient on a column of unit length: further out, the quadratic is a poor guide."""


def firth(
    formula: str,
    panel: Frame,
    *,
    duration: DurationForm | None = None,
    weights: str | None = None,
    offset: str | None = None,
    policy_effects: PolicyEffects = "none",
    interval: Literal["profile", "wald"] = "profile",
) -> Fit:
    """Who adopts in a period, where events are few or some column foretells them all: Firth's logit.

    Estimates are finite under separation and nearly unbiased with few events. Predicted hazards are a little
    too high on average, as the penalty draws them towards one half.

    Parameters
    ----------
    formula : str
        As for `event_history`.
    panel : pandas, Polars or Arrow table, or a panel
        One row per unit, policy and period at risk.
    duration, weights, offset, policy_effects
        As for `event_history`.
    interval : {"profile", "wald"}
        Wald's from the penalised information are quicker and worse; they are for `combine_fits`, which has no
        likelihood of all draws to profile.

    Returns
    -------
    Fit
        Its intervals and p-values are those of the profile penalised likelihood; its errors are
        model-based, as clusters have no place in it.

    Examples
    --------
    >>> import polars as pl
    >>> panel = pl.DataFrame({"event": [0] * 10 + [1] * 4 + [0] * 6, "near": [0] * 10 + [1] * 10})
    >>> fit = firth("adopted ~ near", panel)
    >>> fit.coefficients.round(4).tolist()
    [-3.0445, 2.6768]
    """
    data = sample(
        formula, panel, duration=duration, weights=weights, offset=offset, policy_effects=policy_effects
    )
    x = data.design.matrix(data.frame)
    length = np.sqrt(np.einsum("rk,rk->k", x, x) / len(x))
    x /= length
    found = penalised(data, x)
    shift = -float(np.log(length).sum())  # of the penalty, from columns of unit length to those that came
    covariance = inverse(found.information) / np.outer(length, length)
    if interval == "profile":
        ends = _profiles(data, x, found, covariance, length)
    elif interval == "wald":
        ends = wald(found.coefficients / length, covariance, None)
    else:
        raise PlanError(f"interval is {interval!r}; it is one of 'profile', 'wald'.")
    found = replace(found, loglik=found.loglik - shift)
    null = _null(data)
    told = (
        *few_at_all(int(data.y.sum()), x.shape[1]),
        *unsettled(found.converged, found.gradient_norm, condition_number(found.information)),
    )
    return Fit(
        model="Firth logit", coefficients=found.coefficients / length, clusters=(), loglik_null=null,
        warnings=told, weights=weights, **ends, **described(formula, data, found),
    )  # fmt: skip


def _profiles(
    data: Sample, x: Numbers, found: Maximum, covariance: Numbers, length: Numbers
) -> dict[str, Any]:
    """p-values and intervals by the profile penalised likelihood, by field of `Fit`."""
    ends = [profile(data, x, found, at) for at in range(x.shape[1])]
    return {
        "covariance": covariance,
        "p": np.array([p for _, _, p in ends]),
        "low": np.array([low for low, _, _ in ends]) / length,
        "high": np.array([high for _, high, _ in ends]) / length,
        "degrees": None,
        "interval": "profile penalised likelihood",
    }


def penalised(data: Sample, x: Numbers, fixed: int | None = None, start: Numbers | None = None) -> Maximum:
    """Where the penalised likelihood is highest, all coefficients free or one of them held.

    Parameters
    ----------
    data : Sample
    x : array of float, shape (n, k)
        Columns of the model, of about unit length.
    fixed : int, optional
        Coefficient that keeps its value in `start`.
    start : array of float, shape (k,), optional
    """
    start = np.zeros(x.shape[1]) if start is None else start
    free = np.array([at for at in range(start.size) if at != fixed], dtype=np.int64)
    whole = penalty_of(x, data.y, data.offset, data.weights)
    return climb(whole, start, data.y.size, free=free, longest=LONGEST)


def penalty_of(
    x: Numbers, y: Numbers, offset: Numbers | None = None, weights: Numbers | None = None
) -> Callable[[Numbers], tuple[float, Numbers, Numbers]]:
    """From coefficients to the penalised log-likelihood, the modified score U* and the information.

    Parameters
    ----------
    x : array of float, shape (n, k)
        Columns of the model, of about unit length.
    y : array of float, shape (n,)
    offset, weights : array of float, shape (n,), optional
    """
    own_weights = np.ones(y.size) if weights is None else weights

    def whole(beta: Numbers) -> tuple[float, Numbers, Numbers]:
        eta = x @ beta if offset is None else x @ beta + offset
        own = pieces("logit", eta, y)
        w = own.weight * own_weights
        information = x.T @ (x * w[:, None])
        sign, volume = np.linalg.slogdet(information)
        if sign <= 0:
            return -np.inf, np.zeros_like(beta), information
        leverage = np.einsum("rk,rk->r", x @ inverse(information), x) * w
        score = x.T @ (own.slope * own_weights + leverage * (0.5 - hazard("logit", eta)))
        return float(own.loglik @ own_weights) + volume / 2, score, information

    return whole


def profile(data: Sample, x: Numbers, found: Maximum, at: int) -> tuple[float, float, float]:
    """Ends of the 95 % interval of one coefficient, and the p-value of its being zero.

    Parameters
    ----------
    data : Sample
    x : array of float, shape (n, k)
        Columns of the model, of about unit length.
    found : Maximum
        By `penalised`.
    at : int
        Which coefficient; the interval is on the scale of `x`.
    """
    from scipy.optimize import brentq

    reach = float(chdtri(1, 1 - LEVEL))
    error = float(np.sqrt(inverse(found.information)[at, at]))
    middle = float(found.coefficients[at])
    start = found.coefficients.copy()
    known = {middle: 0.0}

    def drop(value: float) -> float:
        # a value asked for again is not sought again from elsewhere, so that a bracket stays one
        if value not in known:
            start[at] = value
            held = penalised(data, x, at, start)
            start[:] = held.coefficients
            known[value] = 2 * (found.loglik - held.loglik)
        return known[value]

    def end(side: float) -> float:
        start[:] = found.coefficients
        inner, outer = middle, middle + 2 * side * error
        for _ in range(40):
            if drop(outer) > reach:
                return float(
                    brentq(_less(drop, reach), inner, outer, xtol=1e-9 * max(error, 1e-12), rtol=1e-12)
                )
            inner, outer = outer, outer + 2 * (outer - middle)
        return side * float("inf")

    low, high = end(-1.0), end(1.0)
    start[:] = found.coefficients
    return low, high, float(chdtrc(1, max(drop(0.0), 0.0)))


def _less(drop: Callable[[float], float], reach: float) -> Callable[[float], float]:
    return lambda value: drop(value) - reach


def _null(data: Sample) -> float:
    """Penalised log-likelihood with an intercept alone.

    Without offset its estimate is known: log odds with half an event and half a non-event more (Firth 1993).
    """
    weights = np.ones(data.y.size) if data.weights is None else data.weights
    events, others = float(weights @ data.y) + 0.5, float(weights @ (1 - data.y)) + 0.5
    start = np.array([np.log(events / others)])
    return penalised(data, np.ones((data.y.size, 1)), start=start).loglik
