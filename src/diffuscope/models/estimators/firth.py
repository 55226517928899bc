"""Firth's penalised logit, for few events or separated ones, with intervals by profile likelihood.

Firth 1993 (doi:10.1093/biomet/80.1.27); Heinze & Schemper 2002 (doi:10.1002/sim.1047).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.special import chdtrc, chdtri

from diffuscope.errors import PlanError
from diffuscope.models.design.complete_cases import frame_of
from diffuscope.models.design.model_frame import INTERCEPT, model_frame
from diffuscope.models.design.repeated_rows import repeated_rows
from diffuscope.models.estimators.fit_record import described
from diffuscope.models.fit import Fit
from diffuscope.models.inference.clusters import inverse
from diffuscope.models.inference.diagnostics import (
    condition_number,
    nearly_collinear,
    refuse_unconverged,
    too_few_events,
    unknown_ends,
)
from diffuscope.models.inference.wald import LEVEL, wald
from diffuscope.models.likelihood.links import likelihood_contributions
from diffuscope.models.likelihood.newton_raphson import (
    evaluate,
    maximum_likelihood,
    newton_raphson,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from diffuscope.models.design.model_frame import ModelFrame
    from diffuscope.models.likelihood.newton_raphson import OptimResult
    from diffuscope.models.types import DurationForm, PolicyEffects
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Numbers

FLIC = "Firth logit (FLIC)"
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
    correct_intercept: bool = False,
) -> Fit:
    """Firth's penalised logit: who adopts in a period, where events are few or some column predicts them all.

    Estimates are finite under separation and nearly unbiased with few events. Predicted hazards are a little
    too high on average, as the penalty draws them towards one half; `correct_intercept` mends that.

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
    correct_intercept : bool
        FLIC, Firth's logit with intercept correction (Puhr et al. 2017, doi:10.1002/sim.7273): the intercept
        is estimated again by maximum likelihood with all else held, so that the mean of the predicted hazards
        is the observed share of events. Other coefficients and their intervals stay; the error of the
        intercept is by the delta method, and its interval Wald's.

    Returns
    -------
    Fit
        Its intervals and p-values are those of the profile penalised likelihood; its errors are
        model-based, as clusters have no place in it. AIC and BIC are of the likelihood without the penalty.

    Examples
    --------
    >>> import polars as pl
    >>> panel = pl.DataFrame({"event": [0] * 10 + [1] * 4 + [0] * 6, "near": [0] * 10 + [1] * 10})
    >>> fit = firth("adopted ~ near", panel)
    >>> fit.coefficients.round(4).tolist()
    [-3.0445, 2.6768]
    """
    frame = frame_of(panel)
    data = model_frame(
        formula, frame, duration=duration, weights=weights, offset=offset, policy_effects=policy_effects
    )
    x = data.design.matrix(data.frame)
    length = np.sqrt(np.einsum("rk,rk->k", x, x) / len(x))
    x /= length
    optimum = penalised(data, x)
    refuse_unconverged(optimum)
    # the penalty ½ log|I| is that of columns of unit length: back to those that came, it grows by the
    # logarithm of each one's length
    highest = optimum.loglik + float(np.log(length).sum())
    ends = _ends(interval, data, x, optimum, length)
    if correct_intercept:
        optimum = with_mean_hazard(data, x, optimum)
        _correct(ends, data.design.names.index(INTERCEPT), optimum, length)
    # the penalty grows with the unit of every column, so that criteria rest on the likelihood without it
    optimum = replace(optimum, loglik=_plain(data, x, optimum.coefficients))
    warnings = (
        *too_few_events(int(data.y.sum()), x.shape[1]),
        *nearly_collinear(condition_number(optimum.information)),
        *unknown_ends(data.design.names, ends["ci_low"], ends["ci_high"]),
        *repeated_rows(frame, data.design.columns.formula.outcome),
    )
    return Fit(
        model=FLIC if correct_intercept else "Firth logit", coefficients=optimum.coefficients / length,
        clusters=(), loglik_null=_null(data), loglik_penalised=highest, warnings=warnings, weights=weights,
        **ends, **described(formula, data, optimum),
    )  # fmt: skip


def with_mean_hazard(data: ModelFrame, x: Numbers, firth: OptimResult) -> OptimResult:
    """Intercept correction: the intercept whose mean hazard is the share of events, and its information.

    Raises
    ------
    PlanError
        If the formula has no intercept.
    ConvergenceError
    """
    if INTERCEPT not in data.design.names:
        raise PlanError("There is no intercept to correct; remove `0` or `-1` from the formula.")
    at = data.design.names.index(INTERCEPT)
    # all coefficients enter as an offset, so that the shift of the intercept is the only one estimated
    eta = x @ firth.coefficients if data.offset is None else x @ firth.coefficients + data.offset
    one = np.ones((data.y.size, 1))
    shift = maximum_likelihood("logit", one, data.y, weights=data.weights, offset=eta)
    refuse_unconverged(shift, "intercept")
    beta = firth.coefficients.copy()
    beta[at] += shift.coefficients[0] / x[0, at]
    information = evaluate("logit", x, data.y, beta, weights=data.weights, offset=data.offset)[2]
    return replace(firth, coefficients=beta, information=whole(information))


def _correct(ends: dict[str, Any], at: int, corrected: OptimResult, length: Numbers) -> None:
    """Put the intercept's own error, p-value and interval in place of those before its correction.

    Given the other coefficients it is an estimate by itself, whose variance is one over its information; it
    moves with them as much as the mean hazard would (delta method).
    """
    row = corrected.information[at] * length * length[at]
    moves = np.delete(row / row[at], at)
    covariance, others = ends["covariance"].copy(), np.arange(length.size) != at
    along = covariance[np.ix_(others, others)] @ moves
    covariance[at, others] = covariance[others, at] = -along
    # variance of the intercept given the others, plus what it inherits from them
    covariance[at, at] = 1 / row[at] + moves @ along
    own = wald(corrected.coefficients / length, covariance, None)
    ends |= {name: np.where(others, ends[name], own[name]) for name in ("p", "ci_low", "ci_high")}
    ends["covariance"] = covariance


def _ends(
    interval: str, data: ModelFrame, x: Numbers, optimum: OptimResult, length: Numbers
) -> dict[str, Any]:
    """p-values and intervals, by field of `Fit`."""
    covariance = inverse(optimum.information) / np.outer(length, length)
    if interval == "wald":
        return wald(optimum.coefficients / length, covariance, None)
    if interval != "profile":
        raise PlanError(f"interval is {interval!r}; it must be one of 'profile', 'wald'.")
    ends = [profile(data, x, optimum, at) for at in range(x.shape[1])]
    return {
        "covariance": covariance,
        "p": np.array([p for _, _, p in ends]),
        "ci_low": np.array([low for low, _, _ in ends]) / length,
        "ci_high": np.array([high for _, high, _ in ends]) / length,
        "df": None,
        "interval": "profile penalised likelihood",
    }


def penalised(
    data: ModelFrame, x: Numbers, fixed: int | None = None, start: Numbers | None = None
) -> OptimResult:
    """Maximum of the penalised likelihood, all coefficients free or one of them held.

    Parameters
    ----------
    data : ModelFrame
    x : array of float, shape (n, k)
        Columns of the model, of about unit length.
    fixed : int, optional
        Coefficient that keeps its value in `start`.
    start : array of float, shape (k,), optional
    """
    start = _start(data, x) if start is None else start
    free = np.array([at for at in range(start.size) if at != fixed], dtype=np.int64)
    likelihood = penalty_of(x, data.y, data.offset, data.weights)
    return newton_raphson(likelihood, start, data.y.size, free=free, longest=LONGEST, scoring=True)


def _start(data: ModelFrame, x: Numbers) -> Numbers:
    """Where a search begins: zeros; the log odds of the event in a column that is the same in all rows."""
    start, same = np.zeros(x.shape[1]), np.flatnonzero((x == x[0]).all(axis=0) & (x[0] != 0))
    if data.offset is None and same.size:
        start[same[0]] = _log_odds(data) / x[0, same[0]]
    return start


def _log_odds(data: ModelFrame) -> float:
    """Log odds of the event with half an event and half a non-event more: Firth's intercept alone."""
    weights = np.ones(data.y.size) if data.weights is None else data.weights
    return float(np.log((weights @ data.y + 0.5) / (weights @ (1 - data.y) + 0.5)))


def penalty_of(
    x: Numbers, y: Numbers, offset: Numbers | None = None, weights: Numbers | None = None
) -> Callable[[Numbers], tuple[float, Numbers, Numbers]]:
    """Penalised log-likelihood, the modified score U* and the information, as a function of the coefficients.

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
        own = likelihood_contributions("logit", eta, y)
        w = own.weight * own_weights
        information = x.T @ (x * w[:, None])
        # Jeffreys' prior ½ log|I|; by its logarithm, as the determinant of many small weights underflows
        sign, volume = np.linalg.slogdet(information)
        if sign <= 0:
            return -np.inf, np.zeros_like(beta), information
        # diagonal of the hat matrix W^½ X I⁻¹ X' W^½ (Heinze & Schemper 2002)
        leverage = np.einsum("rk,rk->r", x @ inverse(information), x) * w
        # y minus the slope of the logit is the hazard
        score = x.T @ (own.score * own_weights + leverage * (0.5 - y + own.score))
        # Fisher information of the likelihood without the penalty: what the score's slope lacks is learnt by
        # the search
        return float(own.loglik @ own_weights) + volume / 2, score, information

    return whole


def profile(data: ModelFrame, x: Numbers, optimum: OptimResult, at: int) -> tuple[float, float, float]:
    """Profile likelihood interval: the ends of 95 % of one coefficient, and the p-value of its being zero.

    Parameters
    ----------
    data : ModelFrame
    x : array of float, shape (n, k)
        Columns of the model, of about unit length.
    optimum : OptimResult
        By `penalised`.
    at : int
        Which coefficient; the interval is on the scale of `x`.
    """
    error = float(np.sqrt(inverse(optimum.information)[at, at]))
    own = _Profile(data, x, optimum, at, max(error, 1e-12), optimum.coefficients.copy())
    # penalised likelihood-ratio test of β = 0, with one degree of freedom
    fall, _ = own.drop(0.0, optimum.coefficients.copy())
    return own.end(-1.0), own.end(1.0), float(chdtrc(1, np.maximum(fall, 0.0)))


REACH = float(chdtri(1, 1 - LEVEL))
"""By how much twice the log-likelihood falls at an end of an interval."""
NEAR = 1e-7
"""How near to that fall an end is found."""
FAR = 3.0
"""Standard errors beyond which an end is far; that of a likelihood with one maximum is near 1.96."""
DOUBLED = 40
"""How often the reach is doubled before the likelihood is taken never to fall so far."""


@dataclass(frozen=True)
class _Profile:
    """Profile of the penalised likelihood along one coefficient.

    Under separation the penalised likelihood may have several maxima with the coefficient held: a search that
    goes on from the last one may stay on the lower of them. So a far end is sought from several starts.

    Attributes
    ----------
    error : float
        Standard error of the coefficient.
    start : array of float, shape (k,)
        Where the next search begins: where the last one ended.
    """

    data: ModelFrame
    x: Numbers
    optimum: OptimResult
    at: int
    error: float
    start: Numbers

    def drop(self, value: float, start: Numbers) -> tuple[float, float]:
        """By how much twice the log-likelihood falls with the coefficient held there, and its slope.

        The slope of a profile is that of the whole likelihood, as all else is at its maximum. NaN where the
        search does not settle. The start is moved there.
        """
        if not np.isfinite(value):
            return float("nan"), float("nan")
        start[self.at] = value
        held = penalised(self.data, self.x, self.at, start)
        start[:] = held.coefficients
        if not held.converged:
            return float("nan"), float("nan")
        return 2 * (self.optimum.loglik - held.loglik), -2 * float(held.gradient[self.at])

    def highest(self, value: float) -> tuple[float, float]:
        """The least fall of searches from the last maximum, the estimate, the estimate stretched, and none.

        Under separation all coefficients grow together, or some grow in place of others.
        """
        estimate = self.optimum.coefficients
        stretched = (
            estimate * np.clip(value / estimate[self.at], -10, 10) if estimate[self.at] else 0 * estimate
        )
        falls = [
            self.drop(value, start)
            for start in (self.start, estimate.copy(), stretched, _start(self.data, self.x))
        ]
        return min((one for one in falls if np.isfinite(one[0])), default=falls[0])

    def end(self, side: float) -> float:
        """End of the interval: by Newton's method on the signed root of the fall, nearly a straight line.

        NaN where no search settles there.
        """
        from scipy.optimize import root_scalar

        middle, root = float(self.optimum.coefficients[self.at]), float(np.sqrt(REACH))

        def beyond(value: float) -> tuple[float, float]:
            fall, slope = self.drop(value, self.start)
            # twice the fall is near a parabola, so its root is near a straight line: Newton's method needs
            # few steps
            straight = float(np.sqrt(max(fall, 1e-300)))
            return straight - root, slope / (2 * straight)

        self.start[:] = self.optimum.coefficients
        # Wald's end is where the profile's would be if the likelihood were quadratic
        first = middle + side * root * self.error
        solution = root_scalar(beyond, x0=first, fprime=True, xtol=1e-9 * self.error, maxiter=20)
        if solution.converged and side * (solution.root - middle) > 0 and self._is_end(solution.root):
            return float(solution.root)
        return self._between(side, middle)

    def _is_end(self, value: float) -> bool:
        """Whether the likelihood falls by so much there; a far one is sought from several starts."""
        far = abs(value - self.optimum.coefficients[self.at]) > FAR * self.error
        fall, _ = self.highest(value) if far else self.drop(value, self.start)
        return abs(fall - REACH) < NEAR

    def _between(self, side: float, middle: float) -> float:
        """The same between two values that hold it; infinite where the likelihood never falls so far."""
        from scipy.optimize import brentq

        self.start[:] = self.optimum.coefficients
        known = {middle: -REACH}

        def over(value: float) -> float:
            # a value asked for again is not sought again from elsewhere, so that a bracket stays one
            if value not in known:
                known[value] = self.highest(value)[0] - REACH
            return known[value]

        inner, outer = middle, middle + 2 * side * self.error
        for _ in range(DOUBLED):
            if over(outer) > 0:
                try:
                    end = float(brentq(over, inner, outer, xtol=1e-9 * self.error, rtol=1e-12))
                except ValueError:  # a search in between did not converge
                    return float("nan")
                return end if abs(over(end)) < 1e3 * NEAR else float("nan")
            inner, outer = outer, outer + 2 * (outer - middle)
        return side * float("inf") if np.isfinite(over(inner)) else float("nan")


def _plain(data: ModelFrame, x: Numbers, beta: Numbers) -> float:
    """Log-likelihood without the penalty."""
    eta = x @ beta if data.offset is None else x @ beta + data.offset
    own = likelihood_contributions("logit", eta, data.y).loglik
    return float(own.sum() if data.weights is None else own @ data.weights)


def _null(data: ModelFrame) -> float:
    """Log-likelihood without the penalty, at Firth's estimate of an intercept alone.

    Without offset that is known: log odds with half an event and half a non-event more (Firth 1993).
    """
    one = np.ones((data.y.size, 1))
    optimum = penalised(data, one, start=np.array([_log_odds(data)]))
    return _plain(data, one, optimum.coefficients) if optimum.converged else float("nan")
