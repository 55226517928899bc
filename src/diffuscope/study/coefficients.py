"""Coefficients of a model as records: interval, lag, contrast and effect; combined over draws by Rubin's
rules."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from diffuscope.errors import MethodError, PlanError
from diffuscope.records import Coefficient

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diffuscope.models import CombinedFit, Fit, PooledFit
    from diffuscope.models.postestimation.marginal_effects import Contrast
    from diffuscope.records import Estimate
    from diffuscope.study.panels import ExposedPanel

Told = tuple[tuple[Coefficient, ...], list[str]]


def coefficients_of(fit: Fit, exposed_panel: ExposedPanel, *, effects: bool = True) -> Told:
    """What each term of a fit adds, and why effects could not be told.

    Parameters
    ----------
    fit : Fit
    exposed_panel : ExposedPanel
    effects : bool
        Whether effects on the chance of adopting are wanted.
    """
    from diffuscope.models.postestimation.predict import rows_for

    panel = exposed_panel.panel.table()
    rows = rows_for(fit, panel)
    columns = {term: name for term, name in coefficient_columns(fit).items() if _numeric(rows, name)}
    ends = dict(zip(fit.names, zip(fit.ci_low, fit.ci_high, strict=True), strict=True))
    ends_of = {column: ends[term] for term, column in columns.items()} if effects else {}
    told_of, trouble = _effects(fit, panel, ends_of)
    bears = {exposure.name: exposure.mechanism for exposure in exposed_panel.exposures}
    coefficients = []
    for at, name in enumerate(fit.names):
        column = coefficient_columns(fit).get(name)
        start, stop = _contrast(rows, columns.get(name))
        effect = told_of.get(column or "")
        coefficients.append(
            Coefficient(
                term=name,
                mechanism=bears.get(column or ""),
                estimate=float(fit.coefficients[at]),
                std_error=float(fit.std_errors[at]),
                ci_low=_number(fit.ci_low[at]),
                ci_high=_number(fit.ci_high[at]),
                p=_number(fit.p[at]),
                column=column,
                effect=effect and effect.effect,
                effect_low=effect and effect.ci_low,
                effect_high=effect and effect.ci_high,
                effect_from=effect and effect.start,
                effect_to=effect and effect.stop,
                lag=exposed_panel.lags.get(column or ""),
                contrast_from=start,
                contrast_to=stop,
            )
        )
    return tuple(coefficients), trouble


def _numeric(rows: pl.DataFrame, column: str) -> bool:
    return rows[column].dtype.is_numeric() or rows[column].dtype == pl.Boolean


def _contrast(rows: pl.DataFrame, column: str | None) -> tuple[float | None, float | None]:
    """From where to where a column of numbers goes in a contrast."""
    from diffuscope.models.postestimation.marginal_effects import contrast_of

    if column is None or not rows[column].dtype.is_numeric():
        return None, None
    return contrast_of(rows[column].cast(pl.Float64).to_numpy())


def contrasts_of(fit: Fit | PooledFit, panel: pl.DataFrame) -> dict[str, tuple[float | None, float | None]]:
    """From where to where the column of each term goes in a contrast, in the rows of the model.

    Parameters
    ----------
    fit : Fit or PooledFit
    panel : polars.DataFrame
    """
    from diffuscope.models.postestimation.predict import rows_for

    rows = rows_for(fit, panel)
    return {term: _contrast(rows, column) for term, column in coefficient_columns(fit).items()}


def coefficient_columns(fit: Fit | PooledFit) -> dict[str, str]:
    """For each term that holds one column, which no other term holds: that column."""
    columns, own = fit.design.columns, {}
    holds = {name: term.columns for name, term in zip(columns.names, columns.terms, strict=True)}
    for term, held in holds.items():
        if len(held) == 1 and sum(held[0] in others for others in holds.values()) == 1:
            own[term] = held[0]
    return own


def _effects(
    fit: Fit, rows: pl.DataFrame, ends: Mapping[str, tuple[float, float]]
) -> tuple[dict[str, Contrast], list[str]]:
    """Rise of the chance of adopting with each column, given the ends of its coefficient's interval."""
    from diffuscope.models.postestimation.marginal_effects import contrast_effects

    known = {column: (_number(low), _number(high)) for column, (low, high) in ends.items()}
    try:
        return contrast_effects(fit, rows, known), []
    except (MethodError, PlanError) as error:
        return {}, [f"Effects on the chance of adopting are not given: {error}"]


def combined(
    record: Estimate,
    fits: Sequence[Fit],
    exposed_panel: ExposedPanel,
    first: tuple[Coefficient, ...],
    *,
    effects: bool = True,
) -> tuple[Estimate, tuple[Coefficient, ...], list[str]]:
    """An estimate over all draws of the dates: Rubin's rules for coefficients and effects.

    Parameters
    ----------
    record : Estimate
        As told of the first draw; its counts stay those.
    fits : sequence of Fit
        One a draw.
    exposed_panel : ExposedPanel
    first : tuple of Coefficient
        Of the first draw: terms, contrasts and lags are its own.
    effects : bool
        Whether effects on the chance of adopting are wanted.

    Returns
    -------
    Estimate
    tuple of Coefficient
    list of str
        What the combination warns of.
    """
    from diffuscope.models import combine_fits

    whole = combine_fits(fits)
    coefficients = _over_draws(whole, fits, exposed_panel, first, effects=effects)
    between = whole.between_share
    share = float(between.max()) if between.size else 0.0
    record = msgspec.structs.replace(
        record,
        draws=whole.draws,
        between=share,
        loglik=None,
        aic=None,
        bic_rows=None,
        bic_events=None,
        interval=f"Rubin's rules over {whole.draws} draws of the dates, t",
        description=f"{record.description} {_says(whole, share)}",
    )
    return record, tuple(coefficients), list(whole.warnings)


def _over_draws(
    whole: CombinedFit,
    fits: Sequence[Fit],
    exposed_panel: ExposedPanel,
    first: tuple[Coefficient, ...],
    *,
    effects: bool,
) -> list[Coefficient]:
    """The coefficients of the first draw with what they come to over all; arguments as for `combined`."""
    ends = {
        name: (low, high) for name, low, high in zip(whole.names, whole.ci_low, whole.ci_high, strict=True)
    }
    ends_of = {one.column: ends[one.term] for one in first if one.effect is not None and one.term in ends}
    drawn = _effects_of_draws(fits, exposed_panel, ends_of) if effects else []
    coefficients = []
    for one in first:
        if one.term not in whole.names:
            continue  # a term of time on other knots in each draw
        at = whole.names.index(one.term)
        coefficients.append(
            msgspec.structs.replace(
                one,
                estimate=float(whole.coefficients[at]),
                std_error=float(whole.std_errors[at]),
                ci_low=_number(whole.ci_low[at]),
                ci_high=_number(whole.ci_high[at]),
                p=_number(whole.p[at]),
                between=float(whole.between_share[at]),
                **_mean_effect([each.get(one.column or "") for each in drawn]),
            )
        )
    return coefficients


def _says(whole: CombinedFit, share: float) -> str:
    return (
        f"Dates known as ranges were drawn {whole.draws} times and the estimates combined: up to "
        f"{share:.0%} of a coefficient's variance is between the draws."
    )


def _effects_of_draws(
    fits: Sequence[Fit], exposed_panel: ExposedPanel, ends: Mapping[str | None, tuple[float, float]]
) -> list[dict[str, Contrast]]:
    """Effects in every draw, at the ends of the interval over all draws."""
    panels = [panel.table() for panel in (exposed_panel.panel, *exposed_panel.draws)]
    ends_of = {column: reach for column, reach in ends.items() if column is not None}
    return [_effects(fit, rows, ends_of)[0] for fit, rows in zip(fits, panels, strict=True)]


def _mean_effect(drawn: Sequence[Contrast | None]) -> dict[str, float | None]:
    """An effect on the chance of adopting over all draws, their mean; nothing where a draw has none."""
    known = [one for one in drawn if one is not None]
    if not known or len(known) < len(drawn):
        return dict.fromkeys(("effect", "effect_low", "effect_high"))
    return {
        "effect": _mean([one.effect for one in known]),
        "effect_low": _mean([one.ci_low for one in known]),
        "effect_high": _mean([one.ci_high for one in known]),
    }


def _mean(values: Sequence[float | None]) -> float | None:
    known = [one for one in values if one is not None]
    return sum(known) / len(known) if known and len(known) == len(values) else None


def _number(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
