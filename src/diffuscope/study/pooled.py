"""Pooled event history of a question: each of its policies with an intercept of its own, partially pooled.

Kreitzer & Boehmke 2016 (doi:10.1177/1532440015592798). Needs the extra `bayes`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from diffuscope.errors import MethodError
from diffuscope.records import Coefficient
from diffuscope.records.numbers import decimal
from diffuscope.study.coefficients import coefficient_columns, contrasts_of
from diffuscope.study.dyads import link_of
from diffuscope.study.estimates import planned
from diffuscope.study.mechanism_models import joint_exposures

if TYPE_CHECKING:
    from diffuscope.models import PooledFit
    from diffuscope.records import Analysis, Estimate
    from diffuscope.study.panels import ExposedPanel


def pooled_model(analysis: Analysis, exposed_panel: ExposedPanel, record: Estimate, seed: int) -> Estimate:
    """The joint model of a question with partially pooled intercepts of its policies.

    Parameters
    ----------
    analysis : Analysis
    exposed_panel : ExposedPanel
    record : Estimate
        With its id and description.
    seed : int
        Of the draws.

    Raises
    ------
    MethodError
        If it cannot be estimated: Firth's logit, dates known as ranges, too few events.
    PlanError
        If the extra `bayes` is not installed, or only one policy has rows.
    """
    from diffuscope.models import pooled_history

    link: Any = link_of(analysis)
    if exposed_panel.others is not None:
        raise MethodError(
            "Some dates are known as ranges. They are drawn several times, and a pooled model is not fitted "
            "to several draws."
        )
    other = msgspec.structs.replace(analysis, model=link, policy_effects="none")
    plan = planned(other, exposed_panel, joint_exposures(other, exposed_panel))
    rows = exposed_panel.panel.table()
    fit = pooled_history(plan.formula, rows, link=link, duration=plan.extra.get("duration"), seed=seed)
    record = msgspec.structs.replace(record, timed=plan.control.timed, control=plan.control.why)
    return pooled_record(fit, exposed_panel, record)


def pooled_record(fit: PooledFit, exposed_panel: ExposedPanel, record: Estimate) -> Estimate:
    """The record of a pooled model; the spread of the intercepts stands in its description.

    Parameters
    ----------
    fit : PooledFit
    exposed_panel : ExposedPanel
    record : Estimate
        With its id, description and control of time.
    """
    spread, low, high = (decimal(float(end[0]), 3) for end in (fit.sd, fit.sd_low, fit.sd_high))
    says = (
        record.description,
        "Each policy has an intercept of its own from a common distribution: the standard deviation between "
        f"policies is {spread} ({low} to {high}).",
        f"{fit.chains} chains of {fit.draws:,} draws, seed {fit.seed}; largest R-hat "
        f"{decimal(float(fit.rhat.max()), 3)}.",
        record.control,
    )
    return msgspec.structs.replace(
        record,
        description=" ".join(filter(None, says)),
        formula=fit.formula,
        model=fit.model,
        rows=fit.rows,
        events=fit.events,
        units=fit.units or 0,
        policies=len(fit.groups),
        interval="95 % of the posterior draws",
        coefficients=_coefficients(fit, exposed_panel),
        left_out=fit.left_out,
        warnings=fit.warnings,
    )


def _coefficients(fit: PooledFit, exposed_panel: ExposedPanel) -> tuple[Coefficient, ...]:
    """Posterior means and standard deviations of the common coefficients; they have no p-value."""
    bears = {exposure.name: exposure.mechanism for exposure in exposed_panel.exposures}
    columns = coefficient_columns(fit)
    contrasts = contrasts_of(fit, exposed_panel.panel.table())
    coefficients = []
    for at, name in enumerate(fit.names):
        column = columns.get(name)
        start, stop = contrasts.get(name, (None, None))
        coefficients.append(
            Coefficient(
                term=name,
                mechanism=bears.get(column or ""),
                estimate=float(fit.coefficients[at]),
                std_error=float(fit.std_errors[at]),
                ci_low=float(fit.ci_low[at]),
                ci_high=float(fit.ci_high[at]),
                p=None,
                column=column,
                lag=exposed_panel.lags.get(column or ""),
                contrast_from=start,
                contrast_to=stop,
            )
        )
    return tuple(coefficients)
