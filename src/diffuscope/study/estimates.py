"""Models of who adopted when in a case, chosen by rules that the record states."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from diffuscope.errors import MethodError, PlanError, SeparationError
from diffuscope.panel.decisions import DECIDER
from diffuscope.records import Estimate
from diffuscope.records.library_warnings import library_warnings
from diffuscope.records.phrases import counted, in_code, lower_first, noun, upper_first
from diffuscope.study.coefficients import coefficients_of, combined
from diffuscope.study.firth_errors import by_firth
from diffuscope.study.time_control import ENOUGH, UNTIMED, Control, control_of_formula, time_control

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from diffuscope.models import Fit
    from diffuscope.records import Analysis
    from diffuscope.records.models import NotFitted
    from diffuscope.study.panels import ExposedPanel

FEWEST = 5
"""Events below which nothing is estimated."""
ERRORS: dict[str, str | tuple[str, ...] | None] = {
    "auto": "auto",
    "unit": "unit",
    "unit and policy": ("unit", "policy"),
    "none": None,
}
OUTCOME = "adopted"


class TooFewEventsError(MethodError):
    """There are too few events for any estimate."""


class NotToldFromTimeError(MethodError):
    """An exposure moves with time alone."""


@dataclass(frozen=True, kw_only=True)
class Modelled:
    """An estimate, and the fit it comes from.

    Attributes
    ----------
    record : Estimate
    fit : Fit or None
        To the panel, which is the first draw where dates are drawn; None where nothing could be fitted.
    exposures : tuple of str
        Exposures among its terms.
    silence : {"too few events", "cannot be told from time"} or None
        What kind of reason there is for having no fit.
    """

    record: Estimate
    fit: Fit | None
    exposures: tuple[str, ...]
    silence: NotFitted | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is fitted, and why.

    Attributes
    ----------
    formula : str
    control : Control
    model : str
        Such as ``logit`` or ``firth``.
    extra : dict
        Duration and policy effects, as `event_history` takes them.
    why : str
        Reason for the model, in words.
    """

    formula: str
    control: Control
    model: str
    extra: dict[str, Any]
    why: str


def estimate(
    analysis: Analysis,
    exposed_panel: ExposedPanel,
    id: str,  # noqa: A002 the word of the record
    says: str,
    exposures: tuple[str, ...],
    *,
    effects: bool = True,
) -> Modelled:
    """The model that a question asks for, fitted to a panel; or why it cannot be.

    Parameters
    ----------
    analysis : Analysis
    exposed_panel : ExposedPanel
    id : str
        Of the estimate.
    says : str
        What is different from the main model; empty for the main model itself.
    exposures : tuple of str
        What explains adoption beside the covariates; a formula of the question stands in place of both.
    effects : bool
        Whether effects on the chance of adopting are wanted, beside the coefficients.

    Returns
    -------
    Modelled
        Dates known as ranges were drawn several times: then the model is fitted to each draw, and the
        estimates are combined by Rubin's rules.
    """
    with library_warnings() as messages:
        made = _estimated(analysis, exposed_panel, id, says, exposures, effects=effects)
    warnings = (*made.record.warnings, *messages)
    return replace(made, record=msgspec.structs.replace(made.record, warnings=warnings)) if messages else made


def _estimated(
    analysis: Analysis,
    exposed_panel: ExposedPanel,
    id: str,  # noqa: A002 the word of the record
    says: str,
    exposures: tuple[str, ...],
    *,
    effects: bool,
) -> Modelled:
    formula = analysis.formula or formula_of((*exposures, *analysis.covariates))
    record = Estimate(id=id, description=says, formula=formula)
    try:
        plan = planned(analysis, exposed_panel, exposures)
        record = msgspec.structs.replace(
            record, formula=plan.formula, timed=plan.control.timed, control=plan.control.why,
            description=" ".join(filter(None, (says, plan.why, plan.control.why))),
        )  # fmt: skip
        fits, remark = _fitted(analysis, exposed_panel, plan)
    except (MethodError, PlanError) as error:
        silence: NotFitted | None = None
        if isinstance(error, TooFewEventsError):
            silence = "too few events"
        elif isinstance(error, NotToldFromTimeError):
            silence = "cannot be told from time"
        refused = msgspec.structs.replace(record, description=says, refused=str(error))
        return Modelled(record=refused, fit=None, exposures=exposures, silence=silence)
    if remark:
        record = msgspec.structs.replace(record, description=f"{record.description} {remark}")
    used = set(fits[0].design.columns.formula.variables)
    own = tuple(one.name for one in exposed_panel.exposures if one.name in used)
    with_all = with_coefficients(exposed_panel, fits, record, effects=effects)
    return Modelled(record=with_all, fit=fits[0], exposures=own)


def formula_of(terms: Iterable[str]) -> str:
    """The formula that explains adoption by some columns; empty without any."""
    from diffuscope.models.design.terms import in_backticks

    right_side = " + ".join(in_backticks(term) for term in terms)
    return f"{OUTCOME} ~ {right_side}" if right_side else ""


def planned(analysis: Analysis, exposed_panel: ExposedPanel, exposures: tuple[str, ...]) -> Plan:
    """What is to be fitted to how many events, and why.

    Parameters
    ----------
    analysis : Analysis
    exposed_panel : ExposedPanel
    exposures : tuple of str
        As for `estimate`.

    Returns
    -------
    Plan

    Raises
    ------
    MethodError
        If there is nothing to estimate, or too little to estimate it from.
    PlanError
        If the formula cannot be read.
    """
    from diffuscope.models.design.formula import read_formula

    rows = exposed_panel.panel.table()
    if rows.is_empty():
        raise MethodError("No unit is known to have adopted while at risk, so there is nothing to explain.")
    if analysis.formula is not None:
        _refuse_refused(analysis.formula, exposed_panel)
        read = read_formula(analysis.formula, rows.columns)
        control, named = control_of_formula(analysis, read.variables), tuple(read.variables)
        formula, many, complete = analysis.formula, len(read.order), complete_rows(rows, read.variables)
    else:
        terms = (*exposures, *analysis.covariates)
        if not terms:
            raise MethodError(
                "No exposure can be used and no covariate is named, so there is nothing to estimate."
            )
        _refuse_time(rows, exposures)
        complete = complete_rows(rows, terms)
        _refuse_few(complete, _never_known(rows, terms))
        control = time_control(analysis, complete, 1 + len(terms))
        formula, many = formula_of((*terms, *control.terms)), len(terms) + len(control.terms)
        complete, named = complete_rows(complete, control.terms), terms
    events = _refuse_few(complete, _never_known(rows, named))
    extra, many, why = policy_effects_of(analysis, complete, control, 1 + many)
    model, reason = _model(analysis, events, many)
    return Plan(formula=formula, control=control, model=model, extra=extra, why=f"{reason} {why}".strip())


def complete_rows(rows: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """Rows in which each of some columns is known; a name that is no column is passed over."""
    return rows.drop_nulls([name for name in names if name in rows.columns])


def _refuse_refused(formula: str, exposed_panel: ExposedPanel) -> None:
    from diffuscope.models.design.formula import columns_in

    words = columns_in(formula)
    for record in exposed_panel.exposures:
        if record.refused is not None and record.name in words:
            raise MethodError(f"`{record.name}` cannot enter the model: {record.refused}")


def _refuse_time(rows: pl.DataFrame, exposures: Iterable[str]) -> None:
    from diffuscope.study.time_control import moves_with_time_alone

    for name in exposures:
        if moves_with_time_alone(rows, name):
            raise NotToldFromTimeError(
                f"`{name}` is the same for all units at risk in each period, so it cannot be distinguished "
                "from time."
            )


def _never_known(rows: pl.DataFrame, names: Iterable[str]) -> list[str]:
    """Columns that have no value in any row."""
    return [name for name in names if name in rows.columns and rows[name].null_count() == rows.height]


def _refuse_few(rows: pl.DataFrame, never_known: Sequence[str] = ()) -> int:
    events = int(rows["event"].sum())
    if events < FEWEST:
        count = "There is 1 event" if events == 1 else f"There are {events} events"
        blank = f" {in_code(never_known)} {noun(len(never_known), 'is', 'are')} unknown in every row."
        raise TooFewEventsError(
            f"{count} in the {counted(rows.height, 'row')} without missing values; below {FEWEST} no "
            f"model is estimated.{blank if never_known else ''}"
        )
    return events


def policy_effects_of(
    analysis: Analysis, rows: pl.DataFrame, control: Control, many: int
) -> tuple[dict[str, Any], int, str]:
    """What enters beside the formula, the number of coefficients with it, and what to say.

    Parameters
    ----------
    analysis : Analysis
    rows : polars.DataFrame
        Complete rows, one per unit, policy and period.
    control : Control
    many : int
        Coefficients of the formula and the intercept.
    """
    policies, events = rows["policy"].n_unique() - 1, int(rows["event"].sum())
    extra: dict[str, Any] = {}
    if control.duration is not None:
        extra["duration"] = control.duration
        many += 3 if control.duration in ("cubic", "spline") else 0
    if analysis.policy_effects != "auto":
        extra["policy_effects"] = analysis.policy_effects
        return extra, many + (policies if analysis.policy_effects == "fixed" else 0), ""
    if policies and events >= ENOUGH * (many + policies):
        return extra | {"policy_effects": "fixed"}, many + policies, ""
    if policies:
        return extra, many, f"No policy effects: there would be fewer than {ENOUGH} events for each."
    return extra, many, ""


def _model(analysis: Analysis, events: int, many: int) -> tuple[str, str]:
    """The estimator, and why it is taken."""
    if analysis.model in ("logit", "cloglog", "probit"):
        return analysis.model, f"{upper_first(analysis.model)}, as the question asks."
    if analysis.model == "firth":
        return "firth", "Firth's logit, as the question asks."
    if events < ENOUGH * many:
        few = (
            f"{counted(events, 'event')} for {counted(many, 'coefficient')} "
            f"{noun(events, 'is', 'are')} fewer than {ENOUGH} each"
        )
        return "firth", f"Firth's logit, because {few}."
    if analysis.period == "wave":
        return "cloglog", "Cloglog, because periods are waves."
    return "logit", "Logit."


def _fitted(analysis: Analysis, exposed_panel: ExposedPanel, plan: Plan) -> tuple[list[Fit], str]:
    """The fit to each draw of the dates, and what more to say."""
    panels = [panel.table() for panel in (exposed_panel.panel, *exposed_panel.draws)]
    if plan.model == "firth":
        return by_firth(plan.formula, panels, plan.extra, analysis.errors, exposed_panel.seed), ""
    from diffuscope.models import event_history

    cluster: Any = _clusters(analysis, panels[0])
    link: Any = plan.model
    try:
        return [
            event_history(plan.formula, rows, link=link, cluster=cluster, **plan.extra) for rows in panels
        ], ""
    except SeparationError as error:
        if analysis.model != "auto":
            raise
        reason = str(error).partition(":")[0]
        fits = by_firth(plan.formula, panels, plan.extra, analysis.errors, exposed_panel.seed)
        return fits, f"Firth's logit instead, because {lower_first(reason)}."


def _clusters(analysis: Analysis, rows: pl.DataFrame) -> str | tuple[str, ...] | None:
    """Which rows hang together: where the question says by unit, units that decided together are one."""
    errors = ERRORS[analysis.errors]
    if DECIDER not in rows.columns or errors in ("auto", None):
        return errors
    return DECIDER if errors == "unit" else (DECIDER, "policy")


def with_coefficients(
    exposed_panel: ExposedPanel, fits: Sequence[Fit], record: Estimate, *, effects: bool
) -> Estimate:
    """The record of an estimate with what its fit came to: counts, criteria, coefficients, warnings.

    Parameters
    ----------
    exposed_panel : ExposedPanel
        The rows that were fitted.
    fits : sequence of Fit
        One per draw of the dates.
    record : Estimate
    effects : bool
        As for `estimate`.
    """
    fit = fits[0]
    warnings = [*fit.warnings]
    if not record.timed:
        warnings.append(UNTIMED)
    record = msgspec.structs.replace(
        record,
        model=fit.model,
        rows=fit.rows,
        events=fit.events,
        units=fit.units or 0,
        policies=fit.policies or 0,
        clusters=tuple(fit.clusters),
        interval=fit.interval,
        loglik=_number(fit.loglik),
        aic=_number(fit.aic),
        bic_rows=_number(fit.bic_rows),
        bic_events=_number(fit.bic_events),
        left_out=tuple((str(why), int(count)) for why, count in fit.left_out),
    )
    coefficients, trouble = coefficients_of(fit, exposed_panel, effects=effects)
    if len(fits) > 1:
        record, coefficients, more = combined(record, fits, exposed_panel, coefficients, effects=effects)
        trouble = [*trouble, *more]
    return msgspec.structs.replace(record, coefficients=coefficients, warnings=(*warnings, *trouble))


def hazards(exposed_panel: ExposedPanel, fit: Fit | None) -> pl.DataFrame:
    """Hazard by time at risk: observed, and as the model has it where time at risk is one of its terms."""
    observed = exposed_panel.panel.hazard()
    if fit is None or fit.design.basis is None:
        nothing = [pl.lit(None, pl.Float64).alias(name) for name in ("model", "ci_low", "ci_high")]
        return observed.with_columns(nothing)
    from diffuscope.models import baseline_hazard

    modelled = baseline_hazard(fit, exposed_panel.panel.table()).select(
        "duration", pl.col("hazard").alias("model"), "ci_low", "ci_high"
    )
    return observed.join(modelled, on="duration", how="left", maintain_order="left")


def curves(exposed_panel: ExposedPanel, fit: Fit | None) -> pl.DataFrame:
    """Share that had adopted by each time at risk: observed, and as the model predicts it."""
    hazard = exposed_panel.panel.hazard()
    observed = hazard.select("duration", observed=1 - (1 - pl.col("hazard")).cum_prod())
    if fit is None:
        nothing = [pl.lit(None, pl.Float64).alias(name) for name in ("adopted", "ci_low", "ci_high")]
        return observed.with_columns(nothing)
    from diffuscope.models import adoption_curve

    predicted = adoption_curve(fit, exposed_panel.panel.table())
    return observed.join(predicted, on="duration", how="left", maintain_order="left")


def _number(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def in_formula(formula: str | None, known: Iterable[str]) -> tuple[str, ...]:
    """Which of some names a formula speaks of.

    >>> in_formula("adopted ~ log(wealth) + coercion", ["wealth", "age"])
    ('wealth',)
    """
    from diffuscope.models.design.formula import columns_in

    named = columns_in(formula) if formula else frozenset()
    return tuple(name for name in known if name in named)
