"""Respecification: the tested model with other terms, or fitted to other rows, by the same estimator."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from diffuscope.errors import ConvergenceError, MethodError, SeparationError
from diffuscope.models.design.model_frame import model_frame
from diffuscope.models.estimators.event_history import event_history
from diffuscope.models.estimators.firth import firth, penalised, profile
from diffuscope.models.inference.clusters import DYADS, UNITS_OF_DYADS
from diffuscope.models.inference.diagnostics import refuse_unconverged
from diffuscope.models.postestimation.predict import link_of
from diffuscope.records.numbers import decimal

if TYPE_CHECKING:
    import polars as pl

    from diffuscope.models import Fit
    from diffuscope.models.inference.clusters import Cluster
    from diffuscope.models.types import DurationForm, PolicyEffects
    from diffuscope.safeguards.tested_model import TestedModel

LARGEST = 2 * 10**7
"""Rows times squared columns up to which Firth's estimator is tried where the likelihood has no maximum."""


@dataclass(frozen=True, kw_only=True)
class Respecified:
    """What a column adds to the linear predictor of another model.

    Attributes
    ----------
    estimate, ci_low, ci_high : float
        With the ends of its 95 % interval.
    rows, events, parameters : int
        What the other model rests on.
    by_firth : bool
        Whether events were separated, so that Firth's estimator stood in.
    """

    estimate: float
    ci_low: float
    ci_high: float
    rows: int
    events: int
    parameters: int
    by_firth: bool = False

    def __str__(self) -> str:
        """The estimate with its interval, as every safeguard prints it."""
        how = " by Firth's estimator, as events are separated" if self.by_firth else ""
        return f"{between(self.estimate, self.ci_low, self.ci_high)}{how}"


def between(estimate: float, low: float, high: float) -> str:
    """An estimate and its 95 % interval in a line."""
    return f"{decimal(estimate)} [{decimal(low)}, {decimal(high)}]"


def known(value: float) -> float | None:
    """A number as records hold it: None where it has no end or is not known."""
    return value if math.isfinite(value) else None


def respecify(
    tested: TestedModel,
    column: str,
    *,
    formula: str | None = None,
    rows: pl.DataFrame | None = None,
    policies: bool | None = None,
    timed: bool = True,
) -> Respecified:
    """What a column adds where the model has other terms, or is fitted to other rows.

    Parameters
    ----------
    tested : TestedModel
    column : str
        The exposure.
    formula : str, optional
    rows : polars.DataFrame, optional
        Of the panel.
    policies : bool, optional
        Whether each policy has an effect of its own; as in the question's model where left out.
    timed : bool
        Whether a smooth function of time that the model has is kept.

    Raises
    ------
    MethodError
        If there is no finite estimate.
    PlanError
        If the formula names what the rows do not have.
    """
    fit = tested.fit
    name = fit.names[tested.place(column)]
    basis = fit.design.basis
    own = bool(fit.design.policies) if policies is None else policies
    effects: PolicyEffects = "fixed" if own else "none"
    arguments = (
        formula or fit.formula,
        tested.panel.table() if rows is None else rows,
        basis.form if basis and timed else None,
        None if fit.offset == "ln(gap)" else fit.offset,
        effects,
    )
    if fit.model.startswith("Firth"):
        return _by_firth(name, arguments, by_firth=False)
    try:
        fitted = event_history(
            arguments[0], arguments[1], link=link_of(fit), cluster=_clusters(fit), duration=arguments[2],
            offset=arguments[3], policy_effects=arguments[4],
        )  # fmt: skip
    except SeparationError:
        if link_of(fit) != "logit":
            raise
        return _by_firth(name, arguments, by_firth=True)
    return _of(fitted, _place(name, fitted.names))


def respecified_fit(tested: TestedModel, formula: str) -> Fit:
    """The tested model with another formula, by the same estimator, as a whole fit.

    Raises
    ------
    MethodError
        If there is no finite estimate.
    """
    fit = tested.fit
    basis = fit.design.basis
    how: dict[str, Any] = {
        "duration": basis.form if basis else None,
        "policy_effects": "fixed" if fit.design.policies else "none",
        "offset": None if fit.offset == "ln(gap)" else fit.offset,
    }
    rows = tested.panel.table()
    if fit.model.startswith("Firth"):
        return firth(formula, rows, **how)
    return event_history(formula, rows, link=link_of(fit), cluster=_clusters(fit), **how)


def _of(fit: Fit, at: int) -> Respecified:
    return Respecified(
        estimate=float(fit.coefficients[at]),
        ci_low=float(fit.ci_low[at]),
        ci_high=float(fit.ci_high[at]),
        rows=fit.rows,
        events=fit.events,
        parameters=len(fit.names),
    )


def _by_firth(
    name: str,
    arguments: tuple[str, pl.DataFrame, DurationForm | None, str | None, PolicyEffects],
    *,
    by_firth: bool,
) -> Respecified:
    """The same by Firth's estimator, with the interval of this coefficient alone: others take their time."""
    formula, rows, duration, offset, policies = arguments
    data = model_frame(formula, rows, duration=duration, weights=None, offset=offset, policy_effects=policies)
    x = data.design.matrix(data.frame)
    if by_firth and x.size * x.shape[1] > LARGEST:
        raise SeparationError("Events are separated, and the model is too large for Firth's estimator.")
    at = _place(name, data.design.names)
    # columns of unit length, as in `firth`: the longest step of the search is measured on them
    length = np.sqrt(np.einsum("rk,rk->k", x, x) / len(x))
    x /= length
    optimum = penalised(data, x)
    refuse_unconverged(optimum)
    low, high, _ = profile(data, x, optimum, at)
    if np.isnan(low) or np.isnan(high):
        raise ConvergenceError("The search for an end of the interval did not converge.")
    return Respecified(
        estimate=float(optimum.coefficients[at] / length[at]), ci_low=float(low / length[at]),
        ci_high=float(high / length[at]), rows=data.y.size, events=int(data.y.sum()), parameters=x.shape[1],
        by_firth=by_firth,
    )  # fmt: skip


def _place(name: str, names: tuple[str, ...]) -> int:
    if name not in names:
        raise MethodError(f"The other terms leave no variation in `{name}`.")
    return names.index(name)


def _clusters(fit: Fit) -> Cluster:
    ways = tuple(name for name, _ in fit.clusters)
    return DYADS if UNITS_OF_DYADS in ways else ways or None
