"""What an estimator hands back: coefficients, how sure they are, and what kept them from being surer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.records.numbers import decimal
from diffuscope.records.phrases import counted

if TYPE_CHECKING:
    import polars as pl

    from diffuscope.models.design.complete_cases import LeftOut
    from diffuscope.models.design.model_frame import Design
    from diffuscope.records.arrays import Numbers

MOST_SHOWN = 12
"""Coefficients that a line each shows where a fit is printed."""


@dataclass(frozen=True, kw_only=True)
class Fit:
    """An event-history model fitted to a frame.

    Attributes
    ----------
    model : str
        Such as ``"logit"``, ``"cloglog"``, ``"Firth logit"``, ``"Cox (efron)"``.
    formula : str
    outcome : str
        Column of the event.
    names : tuple of str
        Of the coefficients.
    coefficients : array of float, shape (k,)
        On the scale of the linear predictor: log odds, or log hazard.
    covariance : array of float, shape (k, k)
    p : array of float, shape (k,)
        Two-sided p-values; of Firth's estimator, of the profile likelihood ratio.
    ci_low, ci_high : array of float, shape (k,)
        95 % intervals; of Firth's estimator, by profile.
    interval : str
        How the intervals were made.
    df : int or None
        Degrees of freedom of the t distribution; None for the normal one.
    clusters : tuple of (str, int)
        Ways in which rows hang together, with the number of clusters each; none: model-based errors.
    rows, events : int
    units, policies : int or None
        None where the frame does not name them.
    left_out : tuple of (str, int)
        Reasons for which rows were left out, with counts.
    dropped_terms : tuple of str
        Terms that fixed effects or time at risk leave nothing of.
    loglik, loglik_null : float
        At the estimate, and with an intercept alone (of Cox: with no covariate). Without penalty, for Firth
        too.
    aic, bic_rows, bic_events : float
        Smaller is better; BIC with the number of rows and with the number of events.
    converged : bool
    iterations : int
    gradient_norm : float
        Largest element of the gradient, on columns of unit standard deviation.
    condition_number : float
        Of the information, its columns brought to one length; large where columns nearly repeat each other.
    offset : str or None
        What was added to the linear predictor.
    warnings : tuple of str
        Why the estimates may not be trusted.
    weights, strata : str or None
        Columns of weights and, of Cox, of groups with a baseline of their own.
    span : tuple of (str, str) or None
        Of Cox: the columns in which a row's time at risk starts and stops.
    design : Design
        What turns further rows into columns of this model.
    loglik_penalised : float or None
        Of Firth: with the penalty. It depends on the unit of every column, so that only those of one model
        with some coefficients held can be compared, as `likelihood_ratio` does.
    """

    model: str
    formula: str
    outcome: str
    names: tuple[str, ...]
    coefficients: Numbers
    covariance: Numbers = field(repr=False)
    p: Numbers = field(repr=False)
    ci_low: Numbers = field(repr=False)
    ci_high: Numbers = field(repr=False)
    interval: str
    df: int | None
    clusters: tuple[tuple[str, int], ...]
    rows: int
    events: int
    units: int | None
    policies: int | None
    left_out: LeftOut
    dropped_terms: tuple[str, ...]
    loglik: float
    loglik_null: float
    aic: float
    bic_rows: float
    bic_events: float
    converged: bool
    iterations: int
    gradient_norm: float
    condition_number: float
    offset: str | None
    warnings: tuple[str, ...]
    design: Design = field(repr=False)
    weights: str | None = None
    strata: str | None = None
    span: tuple[str, str] | None = None
    loglik_penalised: float | None = None

    @property
    def std_errors(self) -> Numbers:
        """Standard errors of the coefficients, shape (k,)."""
        # a negative variance can only be rounding here: variances were made positive semi-definite before
        return np.asarray(np.sqrt(np.maximum(np.diag(self.covariance), 0)))

    def table(self) -> pl.DataFrame:
        """Coefficients as a frame: term, estimate, std_error, statistic, p, ci_low, ci_high."""
        import polars as pl

        from diffuscope.models.inference.wald import statistics

        statistic, _ = statistics(self.coefficients, self.std_errors, self.df)
        return pl.DataFrame(
            {
                "term": list(self.names),
                "estimate": self.coefficients,
                "std_error": self.std_errors,
                "statistic": statistic,
                "p": self.p,
                "ci_low": self.ci_low,
                "ci_high": self.ci_high,
            }
        ).with_columns(pl.col("statistic", "p").fill_nan(None))

    def __repr__(self) -> str:
        """What was fitted to what, and each coefficient with its interval."""
        size = f"{counted(self.rows, 'row')}, {counted(self.events, 'event')}"
        head = f"<Fit, {self.model}: {self.formula}; {size}"
        shown = zip(self.names, self.coefficients, self.ci_low, self.ci_high, strict=True)
        lines = [f"  {name} {decimal(b)} ({decimal(low)} to {decimal(high)})" for name, b, low, high in shown]
        if len(lines) > MOST_SHOWN:
            lines[MOST_SHOWN:] = [f"  and {counted(len(lines) - MOST_SHOWN, 'more coefficient')}"]
        return "\n".join([head, *lines]) + ">"

    def _repr_html_(self) -> str:
        """The coefficients, as a notebook shows them."""
        return self.html()

    def summary(self) -> str:
        """The model in plain text: what was fitted, to what, the coefficients, and its warnings."""
        from diffuscope.models.export.regression_table import summary

        return summary(self)

    def latex(self) -> str:
        """The coefficients as a LaTeX table."""
        from diffuscope.models.export.regression_table import latex

        return latex(self)

    def html(self) -> str:
        """The coefficients as an HTML table."""
        from diffuscope.models.export.regression_table import html

        return html(self)

    def r_script(self, data: str = "panel.csv") -> str:
        """A script that fits the same model in R and compares the coefficients with those expected here."""
        from diffuscope.models.export.r_script import r_script

        return r_script(self, data)

    def stata_script(self, data: str = "panel.csv") -> str:
        """A script that fits the same model in Stata and lists the coefficients to expect."""
        from diffuscope.models.export.stata_script import stata_script

        return stata_script(self, data)
