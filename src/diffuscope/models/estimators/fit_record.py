"""The record of a fit, whichever likelihood was maximised: information criteria, errors and warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from diffuscope.models.design.model_frame import Design
from diffuscope.models.inference.diagnostics import cautions, condition_number, varying_in_one_cluster
from diffuscope.models.inference.wald import degrees_of, wald

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import polars as pl

    from diffuscope.models.design.complete_cases import LeftOut
    from diffuscope.models.design.formula import Columns
    from diffuscope.models.design.model_frame import ModelFrame
    from diffuscope.models.inference.sandwich import Robust
    from diffuscope.models.likelihood.newton_raphson import OptimResult
    from diffuscope.records.arrays import Numbers

    Errors = tuple[Robust, tuple[tuple[str, int], ...]]
    """A covariance, and how many clusters each way of clustering has."""


class StandardisedRows(Protocol):
    """Rows whose columns were standardised: as much of them as the record of a fit needs."""

    @property
    def rows(self) -> pl.DataFrame:
        """The rows that count."""

    @property
    def x(self) -> Numbers:
        """Standardised columns, shape (n, k)."""

    @property
    def columns(self) -> Columns:
        """Columns of the formula."""

    @property
    def sd(self) -> Numbers:
        """What each column was divided by, shape (k,)."""

    @property
    def left_out(self) -> LeftOut:
        """Rows that do not count, by reason."""


def described(formula: str, data: ModelFrame, optimum: OptimResult) -> dict[str, Any]:
    """What every fit to a model frame says about itself, by field of `Fit`."""
    return {
        **_criteria(optimum, data.back.shape[0], int(data.y.sum()), data.frame),
        "formula": formula,
        "names": data.design.names,
        "outcome": data.design.columns.formula.outcome,
        "left_out": data.left_out,
        "dropped_terms": data.absorbed,
        "condition_number": condition_number(optimum.information, data.shared),
        "offset": data.design.offset,
        "design": data.design,
    }


def described_with_errors(
    formula: str, data: ModelFrame, optimum: OptimResult, errors: Errors, notes: Sequence[str]
) -> dict[str, Any]:
    """The same, with coefficients, Wald statistics and warnings; as `described_standardised`."""
    fields = described(formula, data, optimum)
    # columns were centred and scaled: on the scale of the data b = B beta, with covariance B V B', where B
    # mixes the intercept in, which takes up the means
    estimates = data.back @ optimum.coefficients, errors[0].brought_back(data.back)
    lone = varying_in_one_cluster(errors[1], data.design.names, data.x, data.frame)
    return fields | _with_errors(estimates, errors, notes, (fields, lone))


def described_standardised(
    formula: str,
    data: StandardisedRows,
    optimum: OptimResult,
    errors: Errors,
    *,
    events: int,
    offset: str | None = None,
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """What a fit on standardised columns says about itself, back on the scale of the data, by field of `Fit`.

    Parameters
    ----------
    formula : str
    data : StandardisedRows
    optimum : OptimResult
        On the standardised columns.
    errors : (Robust, tuple of (str, int))
        The covariance, of the same scale, and how many clusters each way of clustering has.
    events : int
    offset : str, optional
    notes : sequence of str
        Warnings that follow those every fit is checked for.
    """
    names = data.columns.names
    fields = {
        **_criteria(optimum, data.sd.size, events, data.rows),
        "formula": formula,
        "names": names,
        "outcome": data.columns.formula.outcome,
        "left_out": data.left_out,
        "dropped_terms": (),
        "condition_number": condition_number(optimum.information),
        "offset": offset,
        "design": Design(data.columns, None, (), names, offset),
    }
    # x = (column - mean) / sd: coefficients of the columns are beta / sd; no intercept takes up the means
    estimates = optimum.coefficients / data.sd, errors[0].brought_back(np.diag(1 / data.sd))
    lone = varying_in_one_cluster(errors[1], names, data.x, data.rows)
    return fields | _with_errors(estimates, errors, notes, (fields, lone), fix="fewer terms")


def _with_errors(
    estimates: tuple[Numbers, Numbers],
    errors: Errors,
    notes: Sequence[str],
    known: tuple[dict[str, Any], Iterable[str]],
    *,
    fix: str = "`diffuscope.firth`, or fewer terms",
) -> dict[str, Any]:
    """Coefficients with Wald statistics and warnings, from them and their covariance on the data's scale."""
    (variance, clusters), (fields, lone) = errors, known
    coefficients, covariance = estimates
    warnings = cautions(
        clusters, events=fields["events"], parameters=coefficients.size,
        condition=fields["condition_number"], psd_adjusted=variance.psd_adjusted,
        dropped=fields["dropped_terms"], lone=lone, fix=fix,
    )  # fmt: skip
    return {
        "coefficients": coefficients,
        "clusters": clusters,
        "warnings": (*warnings, *notes),
        **wald(coefficients, covariance, degrees_of(variance.clusters), len(clusters)),
    }


def _criteria(optimum: OptimResult, k: int, events: int, rows: pl.DataFrame) -> dict[str, Any]:
    """Sizes of a sample, information criteria, and how the search ended."""
    return {
        "rows": rows.height,
        "events": events,
        "units": rows["unit"].n_unique() if "unit" in rows.columns else None,
        "policies": rows["policy"].n_unique() if "policy" in rows.columns else None,
        "loglik": optimum.loglik,
        "aic": 2 * k - 2 * optimum.loglik,
        "bic_rows": k * float(np.log(rows.height)) - 2 * optimum.loglik,
        # the information of survival data grows with events, not rows (Volinsky & Raftery 2000); both are
        # printed
        "bic_events": k * float(np.log(events)) - 2 * optimum.loglik,
        "converged": optimum.converged,
        "iterations": optimum.iterations,
        "gradient_norm": optimum.gradient_norm,
    }
