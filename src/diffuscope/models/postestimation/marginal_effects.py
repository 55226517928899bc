"""Average marginal effects: by how much the chance of adopting in a period rises with a column.

Discrete changes leave the other columns as they were observed (Hanmer & Kalkan 2013,
doi:10.1111/j.1540-5907.2012.00602.x). Errors by the delta method, from the fit's own covariance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from diffuscope.errors import MethodError, PlanError
from diffuscope.models.design.complete_cases import numbers
from diffuscope.models.inference.wald import WALD, wald
from diffuscope.models.likelihood.links import hazard, hazard_derivative
from diffuscope.models.postestimation.predict import AT_ONCE, link_of, parts, rows_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import polars as pl

    from diffuscope.models.fit import Fit
    from diffuscope.models.types import Link
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Numbers

Change = Literal["slope", "contrast"]
LOW, HIGH = 0.1, 0.9
"""Where a contrast goes from and to, as shares of the observed values."""
FAR = 40.0
"""Linear predictor beyond which a hazard is 0 or 1 to the last digit."""
STEP = 1e-5
"""Of a numerical slope, in standard deviations: columns such as log(x) or x² move with x."""


def average_marginal_effects(
    fit: Fit, panel: Frame, columns: Sequence[str] | None = None, *, change: Change = "contrast"
) -> pl.DataFrame:
    """Average marginal effects: by how much the hazard rises, averaged over the rows, if a column changes.

    Exposures are bounded, so the change is that of `contrast_of`: from the observed 10th to the 90th
    percentile, not by one unit; a column of 0 and 1 goes from 0 to 1. Adoption feeds back on exposure, so the
    effect within one period understates what a change does over time. Intervals are by the delta method; of
    contrasts by Firth's estimator, those of the coefficient carried over, with its p-value, so that both hold
    zero or neither does.

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
        column, from, to (null of slopes), effect, std_error, p, ci_low, ci_high.
    """
    import polars as pl

    if change not in ("contrast", "slope"):
        raise PlanError(f"change is {change!r}; it must be one of 'contrast', 'slope'.")
    rows = EffectRows.of(fit, panel)
    variables = fit.design.columns.formula.variables
    selected = (
        [name for name in variables if is_numeric(rows.frame, name)] if columns is None else list(columns)
    )
    for name in selected:
        if name not in variables or not is_numeric(rows.frame, name):
            raise PlanError(f"`{name}` is not a column of numbers in the formula `{fit.formula}`.")
    results = [_effect(rows, name, change) for name in selected]
    effects = np.array([effect for effect, _, _, _ in results])
    if not np.isfinite(effects).all():
        name = selected[int(np.flatnonzero(~np.isfinite(effects))[0])]
        raise MethodError(f"A small change of `{name}` leaves a term of `{fit.formula}` without a number.")
    gradient = np.array([row for _, row, _, _ in results]).reshape(len(results), len(fit.names))
    wald_test = wald(effects, gradient @ fit.covariance @ gradient.T, fit.df)
    if not fit.interval.startswith(WALD) and change == "contrast":
        _carry_over(rows, selected, wald_test)
    return pl.DataFrame(
        {
            "column": selected,
            "from": [low for _, _, low, _ in results],
            "to": [high for _, _, _, high in results],
            "effect": effects,
            "std_error": np.sqrt(np.maximum(np.diag(wald_test["covariance"]), 0)),
            "p": wald_test["p"],
            "ci_low": wald_test["ci_low"],
            "ci_high": wald_test["ci_high"],
        },
        schema_overrides={"column": pl.String, "from": pl.Float64, "to": pl.Float64},
    )


def _carry_over(rows: EffectRows, columns: Sequence[str], tests: dict[str, Any]) -> None:
    """Put the interval and p of a coefficient in the place of the delta method's, where one term holds it."""
    fit = rows.fit
    for at, column in enumerate(columns):
        holding = fit.design.holding(column)
        if len(holding) != 1:
            continue
        low, high = (
            float(end) if math.isfinite(end) else None
            for end in (fit.ci_low[holding[0]], fit.ci_high[holding[0]])
        )
        contrast = _contrast(rows, column, (low, high))
        sides = sorted(math.nan if end is None else end for end in (contrast.ci_low, contrast.ci_high))
        tests["ci_low"][at], tests["ci_high"][at] = sides
        tests["p"][at] = fit.p[holding[0]]


def contrast_effects(
    fit: Fit, panel: Frame, intervals: Mapping[str, tuple[float | None, float | None]]
) -> dict[str, Contrast]:
    """Average marginal effects of contrasts, with the coefficient's own interval carried over.

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
    intervals : mapping of str to tuple of (float or None, float or None)
        By column of the frame, which one term of the model holds: the ends of the coefficient's interval,
        None where it has no end.

    Returns
    -------
    dict of str to Contrast

    Raises
    ------
    MethodError
        If a term is not a number at an end of the contrast.
    PlanError
        If no term, or more than one, holds a column, or it does not hold numbers.
    """
    rows = EffectRows.of(fit, panel)
    return {name: _contrast(rows, name, ends) for name, ends in intervals.items()}


class Contrast(NamedTuple):
    """Rise of the mean hazard when a column goes from one value to another.

    Attributes
    ----------
    start, stop : float
        The two values, by `contrast_of`.
    effect : float
    ci_low, ci_high : float or None
        Its interval; None where the coefficient's has no end.
    """

    start: float
    stop: float
    effect: float
    ci_low: float | None
    ci_high: float | None


def _contrast(rows: EffectRows, column: str, ends: tuple[float | None, float | None]) -> Contrast:
    fit = rows.fit
    holding = fit.design.holding(column)
    if len(holding) != 1:
        raise PlanError(f"`{column}` is in {len(holding)} terms of `{fit.formula}`.")
    start, stop = contrast_of(rows.values(column))
    settings = [
        _predicted(parts, holding[0])
        for parts in (rows.parts(), rows.parts_with(column, start), rows.parts_with(column, stop))
    ]
    own = float(fit.coefficients[holding[0]])
    effect = _effect_at(fit, 0.0, settings)
    low, high = (None if end is None else _effect_at(fit, end - own, settings) for end in ends)
    if not math.isfinite(effect):
        raise MethodError(f"A contrast of `{column}` leaves a term of `{fit.formula}` without a number.")
    return Contrast(start, stop, effect, low, high)


def _predicted(parts: Iterable[tuple[Numbers, Numbers]], at: int) -> tuple[Numbers, Numbers]:
    """Linear predictor of all rows, and the one term."""
    made = [(eta, x[:, at]) for x, eta in parts]
    return np.concatenate([eta for eta, _ in made]), np.concatenate([term for _, term in made])


def _effect_at(fit: Fit, change: float, settings: Sequence[tuple[Numbers, Numbers]]) -> float:
    """Effect of a contrast at another coefficient, with the intercept at which the mean hazard stays.

    Settings are the rows as observed, and with the column at its low and its high value.
    """
    observed, lower, upper = settings
    link = link_of(fit)
    shift = 0.0
    if change:
        eta = observed[0] + change * observed[1]
        # a coefficient at the end of its interval goes with another intercept: held, the mean hazard would be
        # off
        shift = _intercept_for(link, eta, float(hazard(link, observed[0]).mean()))
    high, low = (float(hazard(link, own + change * term + shift).mean()) for own, term in (upper, lower))
    return high - low


def _intercept_for(link: Link, eta: Numbers, mean: float) -> float:
    """What must be added to linear predictors for their hazards to have some mean."""
    from scipy.optimize import brentq

    below, above = float(-eta.max()) - FAR, float(-eta.min()) + FAR

    def over(shift: float) -> float:
        return float(hazard(link, eta + shift).mean()) - mean

    if over(below) >= 0 or over(above) <= 0:
        return below if over(below) >= 0 else above
    return float(brentq(over, below, above, xtol=1e-13, rtol=1e-14))


@dataclass(frozen=True)
class EffectRows:
    """Rows to average over, and the columns of the model made of them once.

    Most columns are terms by themselves: to set them to a value, no term has to be made again.
    """

    fit: Fit
    frame: pl.DataFrame
    made: list[tuple[Numbers, Numbers]]
    """Columns and linear predictor as observed; empty where all rows at once would not fit."""

    @classmethod
    def of(cls, fit: Fit, panel: Frame) -> EffectRows:
        """Rows of a frame that the model can say something about."""
        frame = rows_for(fit, panel)
        return cls(fit, frame, list(parts(fit, frame)) if frame.height <= AT_ONCE else [])

    def values(self, name: str) -> Numbers:
        """A column of numbers."""
        return numbers(self.frame, name)

    def parts(self) -> Iterable[tuple[Numbers, Numbers]]:
        """Columns and linear predictor as observed, some rows at a time."""
        return self.made or parts(self.fit, self.frame)

    def parts_with(self, name: str, value: float | Numbers) -> Iterator[tuple[Numbers, Numbers]]:
        """The same with a column set to some value, or to one for each row."""
        import polars as pl

        if name in self.fit.design.columns.formula.plain and self.made and name in self.fit.names:
            at = self.fit.names.index(name)
            for x, eta in self.made:
                moved = x.copy(order="K")
                moved[:, at] = value
                yield moved, eta + self.fit.coefficients[at] * (moved[:, at] - x[:, at])
            return
        column = pl.lit(value, pl.Float64) if isinstance(value, float) else pl.Series(value)
        yield from parts(self.fit, self.frame.with_columns(column.alias(name)))


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


def is_numeric(rows: pl.DataFrame, name: str) -> bool:
    """Whether a column holds numbers, or true and false."""
    import polars as pl

    return rows[name].dtype.is_numeric() or rows[name].dtype == pl.Boolean


def _effect(rows: EffectRows, name: str, change: Change) -> tuple[float, Numbers, float | None, float | None]:
    """Effect of one column, its gradient by the coefficients, and from where to where it went."""
    values = rows.values(name)
    if change == "slope":
        step = STEP * float(np.std(values) or 1.0)
        up, down = (mean_hazard(rows, rows.parts_with(name, values + side * step)) for side in (1, -1))
        return (up[0] - down[0]) / (2 * step), (up[1] - down[1]) / (2 * step), None, None
    low, high = contrast_of(values)
    at_high, at_low = (mean_hazard(rows, rows.parts_with(name, end)) for end in (high, low))
    return at_high[0] - at_low[0], at_high[1] - at_low[1], low, high


def mean_hazard(rows: EffectRows, parts: Iterable[tuple[Numbers, Numbers]]) -> tuple[float, Numbers]:
    """Mean hazard over rows, and its gradient by the coefficients."""
    link, whole, gradient = link_of(rows.fit), 0.0, np.zeros(len(rows.fit.names))
    for x, eta in parts:
        whole += float(hazard(link, eta).sum())
        # delta method: d mean(h) / d beta = mean of dh/d eta times the columns
        gradient += x.T @ hazard_derivative(link, eta)
    return whole / rows.frame.height, gradient / rows.frame.height
