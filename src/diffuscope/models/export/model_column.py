"""One model as a column of a regression table: its coefficients, and what it is and rests on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from diffuscope.models.coefficient_table import UNKNOWN, number
from diffuscope.models.estimators.pooled import PooledFit
from diffuscope.models.fit import Fit
from diffuscope.models.inference.multiple_imputation import CombinedFit
from diffuscope.records.phrases import listed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

AnyFit = Fit | CombinedFit | PooledFit

NO = "no"
FORMS = {"cubic": "cubic polynomial", "spline": "spline", "dummies": "dummies"}


@dataclass(frozen=True, kw_only=True)
class ModelCoefficient:
    """A coefficient of one model: its term, the lag of its columns where known, and its numbers."""

    term: str
    lag: int | None
    estimate: float
    std_error: float
    ci_low: float
    ci_high: float
    p: float | None

    @property
    def shown(self) -> str:
        """The term with its lag."""
        return self.term if self.lag is None else f"{self.term} (lag {self.lag})"


def model_coefficients(fit: AnyFit, lags: Mapping[str, int]) -> list[ModelCoefficient]:
    """Coefficients of a model, each with the lag of the columns that its term is made from.

    Parameters
    ----------
    fit : Fit, CombinedFit or PooledFit
    lags : mapping of str to int
        By column of the frame. A term made from columns of several lags has none.
    """
    p = getattr(fit, "p", np.full(len(fit.names), np.nan))
    return [
        ModelCoefficient(
            term=name,
            lag=_lag(fit, name, lags),
            estimate=float(fit.coefficients[at]),
            std_error=float(fit.std_errors[at]),
            ci_low=float(fit.ci_low[at]),
            ci_high=float(fit.ci_high[at]),
            p=None if math.isnan(p[at]) else float(p[at]),
        )
        for at, name in enumerate(fit.names)
    ]


def of_time_or_policies(fit: AnyFit) -> set[str]:
    """Coefficients of time at risk and of policies, by name."""
    if isinstance(fit, CombinedFit):
        return {name for name in fit.names if name.startswith(("duration ", "policy "))}
    own = set(fit.design.columns.names)
    return {name for name in fit.names if name not in own and fit.design.uses(name)}


def of_columns(fit: AnyFit, columns: Collection[str]) -> set[str]:
    """Coefficients of terms that are made from some columns of the frame, by name."""
    if isinstance(fit, CombinedFit):
        return {
            name
            for name in fit.names
            if any(name == column or name.startswith((f"{column}[", f"C({column})[")) for column in columns)
        }
    return {name for name in fit.names if set(fit.design.uses(name)) & set(columns)}


def model_facts(fit: AnyFit, *, ratios: bool = False) -> dict[str, str]:
    """What a model is and rests on, by the name of the fact; a dash stands for what it does not have."""
    return {
        "Estimator": f"{fit.model}, {fit.draws} draws" if isinstance(fit, CombinedFit) else fit.model,
        "Coefficients": _scale(fit.model, ratios=ratios),
        "Errors": _errors(fit),
        "Intervals": _intervals(fit),
        "Policy effects": _policies(fit),
        "Time at risk": _time(fit),
        "Rows": _size(fit.rows),
        "Events": _size(fit.events),
        "Units": _size(getattr(fit, "units", None)),
        "Policies": _size(getattr(fit, "policies", None)),
        "Log-likelihood": _measure(fit, "loglik"),
        "AIC": _measure(fit, "aic"),
        "BIC (rows)": _measure(fit, "bic_rows"),
        "BIC (events)": _measure(fit, "bic_events"),
    }


def _scale(model: str, *, ratios: bool) -> str:
    """What the coefficients of a model measure."""
    if has_no_ratios(model):
        return "probit index"
    multiplied = "hazard" if "cloglog" in model or _is_cox(model) else "odds"
    return f"{'' if ratios else 'log '}{multiplied} ratios"


def has_no_ratios(model: str) -> bool:
    """Whether exponentiated coefficients of a model are ratios of nothing: those of a probit."""
    return "probit" in model


def _lag(fit: AnyFit, name: str, lags: Mapping[str, int]) -> int | None:
    if name in lags or isinstance(fit, CombinedFit):
        return lags.get(name)
    known = {lags.get(column) for column in fit.design.uses(name)}
    return known.pop() if len(known) == 1 else None


def _errors(fit: AnyFit) -> str:
    if isinstance(fit, PooledFit):
        return "standard deviation of the draws"
    ways = listed([f"{name} ({count:,})" for name, count in fit.clusters])
    return f"clustered by {ways}" if ways else "model-based"


def _intervals(fit: AnyFit) -> str:
    if isinstance(fit, PooledFit):
        return "95 % of the draws"
    return "Wald, t" if isinstance(fit, CombinedFit) else fit.interval


def _policies(fit: AnyFit) -> str:
    if isinstance(fit, PooledFit):
        return f"random, by {fit.by} ({len(fit.groups):,})"
    if isinstance(fit, CombinedFit):
        return "yes" if any(name.startswith("policy ") for name in fit.names) else NO
    if fit.strata is not None:
        return f"strata by {fit.strata}"
    return f"yes ({len(fit.design.policies):,})" if fit.design.policies else NO


def _time(fit: AnyFit) -> str:
    if _is_cox(fit.model):
        return "unspecified baseline"
    if isinstance(fit, CombinedFit):
        return "yes" if any(name.startswith("duration ") for name in fit.names) else NO
    return NO if fit.design.basis is None else FORMS[fit.design.basis.form]


def _is_cox(model: str) -> bool:
    return model.startswith("Cox")


def _size(size: Any) -> str:
    if size is None:
        return UNKNOWN
    low, high = size if isinstance(size, tuple) else (size, size)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _measure(fit: AnyFit, name: str) -> str:
    value = getattr(fit, name, None)
    return UNKNOWN if value is None else number(value, 2)
