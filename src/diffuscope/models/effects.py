"""By how much the chance of adopting in a period rises with a column: average marginal effects.

Discrete changes leave the other columns as they were observed (Hanmer & Kalkan 2013,
doi:10.1111/j.1540-5907.2012.00602.x). Errors by the delta method, from the fit's own covariance.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import numpy as np

from diffuscope.errors import MethodError, PlanError
from diffuscope.models.intervals import wald
from diffuscope.models.links import hazard, hazard_slope
from diffuscope.models.predict import link_of, parts, rows_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from diffuscope.models.fit import Fit
    from diffuscope.models.types import Frame, Numbers

Change = Literal["slope", "contrast"]
LOW, HIGH = 0.1, 0.9
"""Where a contrast goes from and to, as shares of the observed values."""
FAR = 40.0
"""Linear predictor beyond which a hazard is 0 or 1 to the last digit."""
HALVINGS = 80
"""Halvings of the interval in which an intercept is sought: to the last digit."""
STEP = 1e-5
"""Of a numerical slope, in standard deviations: columns such as log(x) or x² move with x."""


def average_marginal_effects(
    fit: Fit, panel: Frame, columns: Sequence[str] | None = None, *, change: Change = "contrast"
) -> pl.DataFrame:
    """By how much the hazard rises, on average over the rows, when a column changes.

    Exposures are bounded, so the change is that of `contrast_of`: from the observed 10th to the 90th
    percentile, not by one unit; a column of 0 and 1 goes from 0 to 1. Adoption feeds back on exposure, so the
    effect within one period understates what a change does over time. Intervals are by the delta method: with
    few events they may exclude zero where the interval of the coefficient holds it; judge by the latter.

    Parameters
    ----------
    fit : Fit
        By `event_history` or `firth`.
    panel : pandas, Polars or Arrow table, or a panel
        Rows to average over.
    columns : sequence of str, optional
        Columns of the frame; all that hold numbers where left out.
    change : {"contrast", "slope"}
        A slope is the mean derivative of the hazard by the column.

    Returns
    -------
    polars.DataFrame
        column, from, to (null of slopes), effect, error, p, low, high.
    """
    import polars as pl

    if change not in ("contrast", "slope"):
        raise PlanError(f"change is {change!r}; it is one of 'contrast', 'slope'.")
    rows = rows_for(fit, panel)
    variables = fit.design.columns.formula.variables
    asked = [name for name in variables if _numeric(rows, name)] if columns is None else list(columns)
    for name in asked:
        if name not in variables or not _numeric(rows, name):
            raise PlanError(f"`{name}` is no column of numbers in the formula `{fit.formula}`.")
    found = [_effect(fit, rows, name, change) for name in asked]
    effects = np.array([effect for effect, _, _, _ in found])
    if not np.isfinite(effects).all():
        name = asked[int(np.flatnonzero(~np.isfinite(effects))[0])]
        raise MethodError(f"A small change of `{name}` leaves a term of `{fit.formula}` without a number.")
    gradient = np.array([row for _, row, _, _ in found]).reshape(len(found), len(fit.names))
    told = wald(effects, gradient @ fit.covariance @ gradient.T, fit.degrees)
    return pl.DataFrame(
        {
            "column": asked,
            "from": [low for _, _, low, _ in found],
            "to": [high for _, _, _, high in found],
            "effect": effects,
            "error": np.sqrt(np.maximum(np.diag(told["covariance"]), 0)),
            "p": told["p"],
            "low": told["low"],
            "high": told["high"],
        },
        schema_overrides={"column": pl.String, "from": pl.Float64, "to": pl.Float64},
    )


def effect_interval(
    fit: Fit, panel: Frame, column: str, low: float | None, high: float | None
) -> tuple[float | None, float | None]:
    """Interval of a contrast's effect: the effect at the ends of the coefficient's interval.

    A monotone function of a parameter has its confidence limits at the function of the parameter's limits, so
    that the interval of the effect holds zero exactly where that of the coefficient does, and stays between
    -1 and 1. The delta method does neither where events are few. The other coefficients stay; the intercept
    moves so that the mean hazard does.

    Parameters
    ----------
    fit : Fit
        By `event_history` or `firth`.
    panel : pandas, Polars or Arrow table, or a panel
        Rows to average over.
    column : str
        Of the frame; one term of the model holds it.
    low, high : float or None
        Ends of the coefficient's interval; None where it has no end.

    Returns
    -------
    tuple of float or None
        Lower and upper end; None where the coefficient's interval has no end.

    Raises
    ------
    PlanError
        If no term, or more than one, holds the column.
    """
    import polars as pl

    rows = rows_for(fit, panel)
    holding = [at for at, name in enumerate(fit.names) if column in (name, *re.findall(r"\w+", name))]
    if len(holding) != 1:
        raise PlanError(f"`{column}` stands in {len(holding)} terms of `{fit.formula}`.")
    at, values = holding[0], rows[column].cast(pl.Float64)
    settings = (values, *(pl.repeat(one, rows.height, eager=True) for one in contrast_of(values.to_numpy())))
    made = [_with_column(fit, rows, column, at, own) for own in settings]
    first, last = (None if end is None else _effect_at(fit, at, end, made) for end in (low, high))
    return first, last


def _with_column(
    fit: Fit, rows: pl.DataFrame, name: str, at: int, values: pl.Series
) -> tuple[Numbers, Numbers]:
    """Linear predictor, and the one term, with a column set to some values."""
    made = [(eta, x[:, at]) for x, eta in parts(fit, rows.with_columns(values.alias(name)))]
    return np.concatenate([eta for eta, _ in made]), np.concatenate([term for _, term in made])


def _effect_at(fit: Fit, at: int, coefficient: float, settings: list[tuple[Numbers, Numbers]]) -> float:
    """Effect of a contrast at another coefficient, with the intercept at which the mean hazard stays.

    Settings are the rows as observed, and with the column at its low and its high value.
    """
    observed, lower, upper = settings
    link, change = link_of(fit), coefficient - float(fit.coefficients[at])
    mean = float(hazard(link, observed[0]).mean())
    eta = observed[0] + change * observed[1]
    below, above = float(-eta.max()) - FAR, float(-eta.min()) + FAR
    for _ in range(HALVINGS):
        middle = (below + above) / 2
        if float(hazard(link, eta + middle).mean()) < mean:
            below = middle
        else:
            above = middle
    high, low = (
        float(hazard(link, own + change * term + (below + above) / 2).mean()) for own, term in (upper, lower)
    )
    return high - low


def contrast_of(values: Numbers) -> tuple[float, float]:
    """From where to where a column goes in a contrast: from its 10th to its 90th percentile.

    A column of 0 and 1 goes from 0 to 1. Where the percentiles coincide, as where few are exposed at all, it
    goes from 0 to the mean of the rows that are not 0.

    >>> contrast_of(np.array([0.0] * 19 + [0.4]))
    (0.0, 0.4)
    """
    if not values.size or np.isin(values, (0.0, 1.0)).all():
        return 0.0, 1.0
    low, high = (float(end) for end in np.quantile(values, (LOW, HIGH)))
    exposed = values[values != 0]
    return (0.0, float(exposed.mean())) if low == high and exposed.size else (low, high)


def _numeric(rows: pl.DataFrame, name: str) -> bool:
    import polars as pl

    return rows[name].dtype.is_numeric() or rows[name].dtype == pl.Boolean


def _effect(
    fit: Fit, rows: pl.DataFrame, name: str, change: Change
) -> tuple[float, Numbers, float | None, float | None]:
    """Effect of one column, its gradient by the coefficients, and from where to where it went."""
    import polars as pl

    values = rows[name].cast(pl.Float64)
    if change == "slope":
        step = STEP * float(np.std(values.to_numpy()) or 1.0)
        up, down = (_mean_hazard(fit, rows, name, values + side * step) for side in (1, -1))
        return (up[0] - down[0]) / (2 * step), (up[1] - down[1]) / (2 * step), None, None
    low, high = contrast_of(values.to_numpy())
    at_high, at_low = (
        _mean_hazard(fit, rows, name, pl.repeat(end, rows.height, eager=True)) for end in (high, low)
    )
    return at_high[0] - at_low[0], at_high[1] - at_low[1], low, high


def _mean_hazard(fit: Fit, rows: pl.DataFrame, name: str, values: pl.Series) -> tuple[float, Numbers]:
    """Mean hazard with a column set to some values, and its gradient by the coefficients."""
    link, whole, gradient = link_of(fit), 0.0, np.zeros(len(fit.names))
    for x, eta in parts(fit, rows.with_columns(values.alias(name))):
        whole += float(hazard(link, eta).sum())
        gradient += x.T @ hazard_slope(link, eta)
    return whole / rows.height, gradient / rows.height
