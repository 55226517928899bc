"""Models of who adopted when in a case, chosen by rules that the record states."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import polars as pl

from diffuscope.errors import MethodError, PlanError
from diffuscope.records import Coefficient, Estimate
from diffuscope.study.channels import NEIGHBOURS, column_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.models import Fit
    from diffuscope.records import Analysis
    from diffuscope.study.panels import Exposed

ENOUGH = 10
"""Events for each coefficient below which Firth's estimator is taken, and no further term enters."""
CUBIC = 3
"""Coefficients of time at risk."""
SEPARATED = "Events are separated"
ERRORS: dict[str, str | tuple[str, ...] | None] = {
    "auto": "auto",
    "unit": "unit",
    "unit and policy": ("unit", "policy"),
    "none": None,
}
OUTCOME = "adopted"


def formula_of(analysis: Analysis, found: Exposed) -> str:
    """The formula of a question: its own, or exposures that stand and covariates.

    Raises
    ------
    MethodError
        If it names an exposure that is refused, or there is nothing to explain adoption by.
    """
    if found.panel.table().is_empty():
        raise MethodError("Nobody is known to have adopted while at risk, so there is nothing to explain.")
    if analysis.formula is not None:
        words = set(re.findall(r"\w+", analysis.formula))
        for record in found.exposures:
            if record.refused is not None and record.name in words:
                raise MethodError(f"`{record.name}` cannot enter the model: {record.refused}")
        return analysis.formula
    terms = [*_exposures(analysis, found), *analysis.covariates]
    if not terms:
        raise MethodError(
            "No exposure stands and no covariate is asked for, so there is nothing to estimate."
        )
    return f"{OUTCOME} ~ {' + '.join(_quoted(term) for term in terms)}"


def _exposures(analysis: Analysis, found: Exposed) -> tuple[str, ...]:
    """Exposures that bear a mechanism or stand beside one; neighbours too where events allow, or alone."""
    asked = analysis.layers.get(NEIGHBOURS, ())
    near = {column_of(layer) for layer in ((asked,) if isinstance(asked, str) else asked)}
    own = tuple(name for name in found.standing if name not in near)
    both = found.standing
    terms = 1 + len(both) + len(analysis.covariates)
    known = found.panel.table().drop_nulls([name for name in both if name not in near])
    return both if not own or int(known["event"].sum()) >= ENOUGH * terms else own


def estimate(analysis: Analysis, found: Exposed, id: str, says: str) -> tuple[Estimate, Fit | None]:  # noqa: A002
    """The model that a question asks for, fitted to a panel; or why it cannot be.

    Parameters
    ----------
    analysis : Analysis
    found : Exposed
    id : str
        Of the estimate.
    says : str
        What is different from the main model; empty for the main model itself.
    """
    formula = analysis.formula or ""
    try:
        formula = formula_of(analysis, found)
        fit, why = _fitted(analysis, found, formula)
    except (MethodError, PlanError) as error:
        return Estimate(id=id, says=says, formula=formula, refused=str(error)), None
    return _told(
        analysis, found, fit, Estimate(id=id, says=" ".join(filter(None, (says, why))), formula=formula)
    ), fit


def _fitted(analysis: Analysis, found: Exposed, formula: str) -> tuple[Fit, str]:
    """The fit, and why it is what it is."""
    from diffuscope.models import event_history, firth
    from diffuscope.models.formula import read_formula

    rows = found.panel.table()
    read = read_formula(formula, rows.columns)
    complete = rows.drop_nulls([name for name in read.variables if name in rows.columns])
    events, terms = int(complete["event"].sum()), 1 + len(read.order)
    extra, why = _extra(analysis, complete, events, terms, timed="duration" in read.variables)
    link = "cloglog" if analysis.period == "wave" else "logit"
    reason = ""
    if analysis.model in ("logit", "cloglog"):
        link, reason = analysis.model, f"{analysis.model}, as the question asks."
    elif analysis.model == "firth":
        return firth(formula, rows, **extra), f"Firth's logit, as the question asks. {why}"
    elif events < ENOUGH * terms:
        few = f"{events} events for {terms} coefficients are fewer than {ENOUGH} each"
        return firth(formula, rows, **extra), f"Firth's logit, because {few}. {why}"
    else:
        reason = "cloglog, because periods are waves." if link == "cloglog" else "logit."
    cluster: Any = ERRORS[analysis.errors]
    try:
        fit = event_history(
            formula, rows, link="cloglog" if link == "cloglog" else "logit", cluster=cluster, **extra
        )
    except MethodError as error:
        if analysis.model != "auto" or not str(error).startswith(SEPARATED):
            raise
        told = str(error).partition(":")[0]
        return firth(formula, rows, **extra), f"Firth's logit, because {told[0].lower()}{told[1:]}. {why}"
    return fit, f"{reason[0].upper()}{reason[1:]} {why}"


def _extra(
    analysis: Analysis, rows: pl.DataFrame, events: int, terms: int, *, timed: bool
) -> tuple[dict[str, Any], str]:
    """What enters beside the formula: as the question asks, else as far as events allow; and what to say."""
    policies, durations = rows["policy"].n_unique() - 1, rows["duration"].n_unique()
    extra: dict[str, Any] = {}
    left_out = []
    if analysis.duration != "auto":
        extra |= {} if analysis.duration == "none" else {"duration": analysis.duration}
    elif not timed and durations > CUBIC and events >= ENOUGH * (terms + CUBIC):
        extra["duration"] = "cubic"
        terms += CUBIC
    elif not timed and durations > 1:
        left_out.append("time at risk")
    if analysis.policy_effects != "auto":
        extra["policy_effects"] = analysis.policy_effects
    elif policies and events >= ENOUGH * (terms + policies):
        extra["policy_effects"] = "fixed"
    elif policies:
        left_out.append("policies of their own level")
    if not left_out:
        return extra, ""
    return extra, f"No terms for {' or '.join(left_out)}: there would be fewer than {ENOUGH} events each."


def _told(analysis: Analysis, found: Exposed, fit: Fit, record: Estimate) -> Estimate:
    import msgspec

    effects, trouble = _effects(fit, found)
    bears = {exposure.name: exposure.mechanism for exposure in found.exposures}
    warnings = [*fit.warnings, *trouble]
    if fit.model.startswith("Firth") and analysis.errors in ("unit", "unit and policy"):
        warnings.append("Firth's errors are model-based: rows of one unit are taken to be independent.")
    return msgspec.structs.replace(
        record,
        model=fit.model,
        rows=fit.rows,
        events=fit.events,
        units=fit.units or 0,
        policies=fit.policies or 0,
        clusters=tuple(fit.clusters),
        interval=fit.interval,
        coefficients=tuple(_coefficient(fit, at, bears, effects) for at in range(len(fit.names))),
        loglik=_number(fit.loglik),
        aic=_number(fit.aic),
        bic_rows=_number(fit.bic_rows),
        bic_events=_number(fit.bic_events),
        left_out=tuple((str(why), int(count)) for why, count in fit.left_out),
        warnings=tuple(warnings),
    )


def _coefficient(
    fit: Fit, at: int, bears: dict[str, str | None], effects: dict[str, dict[str, float]]
) -> Coefficient:
    name = fit.names[at]
    effect = effects.get(name, {})
    return Coefficient(
        term=name,
        mechanism=bears.get(name),
        estimate=float(fit.coefficients[at]),
        error=float(fit.errors[at]),
        low=_number(fit.low[at]),
        high=_number(fit.high[at]),
        p=_number(fit.p[at]),
        effect=_number(effect.get("effect")),
        effect_low=_number(effect.get("low")),
        effect_high=_number(effect.get("high")),
        effect_from=_number(effect.get("from")),
        effect_to=_number(effect.get("to")),
    )


def _effects(fit: Fit, found: Exposed) -> tuple[dict[str, dict[str, float]], list[str]]:
    """Rise of the chance of adopting with each column, by the one term that holds the column."""
    from diffuscope.models import average_marginal_effects

    try:
        table = average_marginal_effects(fit, found.panel.table())
    except (MethodError, PlanError) as error:
        return {}, [f"Effects on the chance of adopting are not told: {error}"]
    effects = {}
    for row in table.iter_rows(named=True):
        holding = [
            name for name in fit.names if row["column"] in re.findall(r"\w+", name) or row["column"] == name
        ]
        if len(holding) == 1:
            effects[holding[0]] = row
    return effects, []


def hazards(found: Exposed, fit: Fit | None) -> pl.DataFrame:
    """Hazard by time at risk: observed, and as the model has it where time at risk is one of its terms."""
    seen = found.panel.hazard()
    if fit is None or fit.design.basis is None:
        nothing = [pl.lit(None, pl.Float64).alias(name) for name in ("model", "low", "high")]
        return seen.with_columns(nothing)
    from diffuscope.models import baseline_hazard

    modelled = baseline_hazard(fit, found.panel.table()).select(
        "duration", pl.col("hazard").alias("model"), "low", "high"
    )
    return seen.join(modelled, on="duration", how="left", maintain_order="left")


def curves(found: Exposed, fit: Fit | None) -> pl.DataFrame:
    """Share that had adopted by each time at risk: observed, and as the model foretells it."""
    seen = found.panel.hazard()
    observed = seen.select("duration", observed=1 - (1 - pl.col("hazard")).cum_prod())
    if fit is None:
        nothing = [pl.lit(None, pl.Float64).alias(name) for name in ("adopted", "low", "high")]
        return observed.with_columns(nothing)
    from diffuscope.models import adoption_curve

    foretold = adoption_curve(fit, found.panel.table())
    return observed.join(foretold, on="duration", how="left", maintain_order="left")


def _number(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*", name) else f"`{name}`"


def in_formula(formula: str | None, known: Iterable[str]) -> tuple[str, ...]:
    """Which of some names a formula speaks of.

    >>> in_formula("adopted ~ log(wealth) + coercion", ["wealth", "age"])
    ('wealth',)
    """
    words = set(re.findall(r"\w+|`[^`]+`", formula or ""))
    return tuple(name for name in known if name in words or f"`{name}`" in words)
