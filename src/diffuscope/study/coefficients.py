"""Coefficients of a model as records: interval, lag, contrast and effect; combined over draws by Rubin's
rules."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from diffuscope.errors import MethodError, PlanError
from diffuscope.records import Coefficient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.models import CombinedFit, Fit
    from diffuscope.records import Estimate
    from diffuscope.study.panels import Exposed

Told = tuple[tuple[Coefficient, ...], list[str]]


def coefficients_of(fit: Fit, found: Exposed) -> Told:
    """What each term of a fit adds, and why effects could not be told."""
    from diffuscope.models.predict import rows_for

    panel = found.panel.table()
    rows = rows_for(fit, panel)
    effects, trouble = _effects(fit, panel)
    columns = _columns(fit)
    bears = {exposure.name: exposure.mechanism for exposure in found.exposures}
    told = []
    for at, name in enumerate(fit.names):
        column = columns.get(name)
        ends = _contrast(rows, column)
        effect = effects.get(column or "", {})
        reach = _reach(fit, panel, column if effect else None, fit.low[at], fit.high[at])
        told.append(
            Coefficient(
                term=name,
                mechanism=bears.get(column or ""),
                estimate=float(fit.coefficients[at]),
                error=float(fit.errors[at]),
                low=_number(fit.low[at]),
                high=_number(fit.high[at]),
                p=_number(fit.p[at]),
                column=column,
                effect=_number(effect.get("effect")),
                effect_low=reach[0],
                effect_high=reach[1],
                effect_from=_number(effect.get("from")),
                effect_to=_number(effect.get("to")),
                lag=found.lags.get(column or ""),
                contrast_from=_number(ends[0]),
                contrast_to=_number(ends[1]),
            )
        )
    return tuple(told), trouble


def _contrast(rows: pl.DataFrame, column: str | None) -> tuple[float | None, float | None]:
    """From where to where a column of numbers goes in a contrast."""
    from diffuscope.models.effects import contrast_of

    if column is None or not rows[column].dtype.is_numeric():
        return None, None
    return contrast_of(rows[column].cast(pl.Float64).to_numpy())


def _columns(fit: Fit) -> dict[str, str]:
    """For each term that holds one column, which no other term holds: that column."""
    variables, own = fit.design.columns.formula.variables, {}
    holds = {
        term: [one for one in variables if one == term or one in re.findall(r"\w+", term)]
        for term in fit.design.columns.names
    }
    for term, held in holds.items():
        if len(held) == 1 and sum(held[0] in others for others in holds.values()) == 1:
            own[term] = held[0]
    return own


def _effects(fit: Fit, rows: pl.DataFrame) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Rise of the chance of adopting with each column."""
    from diffuscope.models import average_marginal_effects

    try:
        table = average_marginal_effects(fit, rows)
    except (MethodError, PlanError) as error:
        return {}, [f"Effects on the chance of adopting are not told: {error}"]
    return {row["column"]: row for row in table.iter_rows(named=True)}, []


def combined(
    record: Estimate, fits: Sequence[Fit], found: Exposed, first: tuple[Coefficient, ...]
) -> tuple[Estimate, tuple[Coefficient, ...], list[str]]:
    """An estimate over all draws of the dates: Rubin's rules for coefficients and effects.

    Parameters
    ----------
    record : Estimate
        As told of the first draw; its counts stay those.
    fits : sequence of Fit
        One a draw.
    found : Exposed
    first : tuple of Coefficient
        Of the first draw: terms, contrasts and lags are its own.

    Returns
    -------
    Estimate
    tuple of Coefficient
    list of str
        What the combination warns of.
    """
    from diffuscope.models import combine_fits

    whole = combine_fits(fits)
    between = whole.between_share
    panels = [panel.table() for panel in (found.panel, *found.draws)]
    effects = [_effects(fit, rows)[0] for fit, rows in zip(fits, panels, strict=True)]
    told = []
    for one in first:
        if one.term not in whole.names:
            continue  # a term of time on other knots in each draw
        at = whole.names.index(one.term)
        told.append(
            msgspec.structs.replace(
                one,
                estimate=float(whole.coefficients[at]),
                error=float(whole.errors[at]),
                low=_number(whole.low[at]),
                high=_number(whole.high[at]),
                p=_number(whole.p[at]),
                between=float(between[at]),
                **_effect(one.column, effects, fits, panels, (whole.low[at], whole.high[at])),
            )
        )
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
        says=f"{record.says} {_says(whole, share)}",
    )
    return record, tuple(told), list(whole.warnings)


def _says(whole: CombinedFit, share: float) -> str:
    return (
        f"Dates known as ranges were drawn {whole.draws} times and the estimates combined: up to "
        f"{share:.0%} of a coefficient's variance lies between the draws."
    )


def _effect(
    column: str | None,
    effects: Sequence[dict[str, dict[str, Any]]],
    fits: Sequence[Fit],
    panels: Sequence[pl.DataFrame],
    ends: tuple[float, float],
) -> dict[str, float | None]:
    """An effect on the chance of adopting over all draws, their mean; nothing where a draw has none."""
    if column is None or any(column not in each for each in effects):
        return dict.fromkeys(("effect", "effect_low", "effect_high"))
    reach = [_reach(fit, rows, column, *ends) for fit, rows in zip(fits, panels, strict=True)]
    return {
        "effect": _mean([each[column]["effect"] for each in effects]),
        "effect_low": _mean([low for low, _ in reach]),
        "effect_high": _mean([high for _, high in reach]),
    }


def _reach(
    fit: Fit, rows: pl.DataFrame, column: str | None, low: float, high: float
) -> tuple[float | None, float | None]:
    """Ends of an effect's interval, from those of the coefficient."""
    from diffuscope.models.effects import effect_interval

    return (None, None) if column is None else effect_interval(fit, rows, column, _number(low), _number(high))


def _mean(values: list[float | None]) -> float | None:
    known = [one for one in values if one is not None]
    return sum(known) / len(known) if known and len(known) == len(values) else None


def _number(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
