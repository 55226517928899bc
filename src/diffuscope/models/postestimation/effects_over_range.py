"""Predicted hazard, or marginal effect, at each value of a column within its observed range.

All other columns stay as they were observed (Hanmer & Kalkan 2013, doi:10.1111/j.1540-5907.2012.00602.x).
Errors by the delta method, from the fit's own covariance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from diffuscope.errors import MethodError, PlanError
from diffuscope.models.inference.wald import critical
from diffuscope.models.postestimation.marginal_effects import STEP, EffectRows, is_numeric, mean_hazard

if TYPE_CHECKING:
    import polars as pl

    from diffuscope.models.fit import Fit
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Numbers

Measure = Literal["hazard", "slope"]
FEW_VALUES = 12
"""Distinct values up to which a curve has a point at each of them and at nothing between."""


@dataclass(frozen=True, kw_only=True)
class EffectCurve:
    """Mean predicted hazard, or mean marginal effect, over the observed range of a column.

    Attributes
    ----------
    column : str
    measure : {"hazard", "slope"}
    table : polars.DataFrame
        value, estimate, std_error, ci_low, ci_high; from the smallest to the largest observed value.
    observed : polars.DataFrame
        value, rows: the distinct observed values, and how many rows have each, for a rug.
    """

    column: str
    measure: Measure
    table: pl.DataFrame = field(repr=False)
    observed: pl.DataFrame = field(repr=False)


def effects_over_range(
    fit: Fit, panel: Frame, column: str, *, measure: Measure = "hazard", points: int = 41
) -> EffectCurve:
    """Mean predicted hazard, or marginal effect, at each value of a column, with a 95 % band.

    Parameters
    ----------
    fit : Fit
        By `event_history` or `firth`.
    panel : pandas, Polars or Arrow table, or a panel
        Rows to average over: in each, the column is set to the value and all else stays.
    column : str
        A column of numbers in the formula, such as an exposure.
    measure : {"hazard", "slope"}
        The mean hazard where all rows have the value, or the mean derivative of the hazard by the column.
    points : int
        Values from the smallest observed to the largest; a column of few distinct values has these instead.

    Returns
    -------
    EffectCurve
        Ends of the interval of a hazard are by the delta method on its log odds, so they stay within 0 and 1.

    Raises
    ------
    PlanError
        If the formula has no such column of numbers, or there are fewer than two points.
    MethodError
        If the column does not vary, or a term is not a number within its range.
    """
    if measure not in ("hazard", "slope"):
        raise PlanError(f"measure is {measure!r}; it must be one of 'hazard', 'slope'.")
    if points < 2:
        raise PlanError(f"points is {points}; a curve needs at least two.")
    rows = EffectRows.of(fit, panel)
    if column not in fit.design.columns.formula.variables or not is_numeric(rows.frame, column):
        raise PlanError(f"`{column}` is not a column of numbers in the formula `{fit.formula}`.")
    values = np.unique(rows.values(column))
    if values.size < 2:
        raise MethodError(f"`{column}` has one value in all rows, so there is no range to go over.")
    at = values if values.size <= FEW_VALUES else np.linspace(values[0], values[-1], points)
    made = [_at(rows, column, float(value), measure) for value in at]
    estimates = np.array([estimate for estimate, _ in made])
    if not np.isfinite(estimates).all():
        raise MethodError(f"Within the range of `{column}` a term of `{fit.formula}` is not a number.")
    gradient = np.array([row for _, row in made])
    errors = np.sqrt(np.maximum(np.einsum("rk,kl,rl->r", gradient, fit.covariance, gradient), 0))
    low, high = _ends(estimates, critical(fit.df) * errors, measure)
    return EffectCurve(
        column=column, measure=measure,
        table=_table(at, estimates, errors, low, high),
        observed=_observed(rows.values(column)),
    )  # fmt: skip


def _at(rows: EffectRows, column: str, value: float, measure: Measure) -> tuple[float, Numbers]:
    """Estimate at one value, and its gradient by the coefficients."""
    if measure == "hazard":
        return mean_hazard(rows, rows.parts_with(column, value))
    # central differences: their error is of order step², below the rounding of the difference at 1e-5
    step = STEP * float(np.std(rows.values(column)))
    up, down = (mean_hazard(rows, rows.parts_with(column, value + side * step)) for side in (1, -1))
    return (up[0] - down[0]) / (2 * step), (up[1] - down[1]) / (2 * step)


def _ends(estimates: Numbers, reach: Numbers, measure: Measure) -> tuple[Numbers, Numbers]:
    if measure == "slope":
        return estimates - reach, estimates + reach
    # d logit(p) = dp / (p (1 - p))
    spread = np.clip(estimates * (1 - estimates), np.finfo(float).tiny, None)
    odds = np.log(estimates) - np.log1p(-estimates)
    low, high = (1 / (1 + np.exp(-(odds + side * reach / spread))) for side in (-1, 1))
    return low, high


def _table(at: Numbers, estimates: Numbers, errors: Numbers, low: Numbers, high: Numbers) -> pl.DataFrame:
    import polars as pl

    columns = {"value": at, "estimate": estimates, "std_error": errors, "ci_low": low, "ci_high": high}
    return pl.DataFrame({name: numbers.astype(float) for name, numbers in columns.items()})


def _observed(values: Numbers) -> pl.DataFrame:
    """Distinct values, with the number of rows of each."""
    import polars as pl

    distinct, counts = np.unique(values, return_counts=True)
    return pl.DataFrame({"value": distinct, "rows": counts})
