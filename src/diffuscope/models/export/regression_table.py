"""A fitted model in words and as a table for a paper: plain text, LaTeX, HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.models.coefficient_table import cells, in_html, in_latex, number, plain
from diffuscope.records.phrases import counted

if TYPE_CHECKING:
    from diffuscope.models.fit import Fit


def summary(fit: Fit) -> str:
    """The model in plain text: what was fitted, to what, the coefficients, and its warnings."""
    return plain(f"{fit.model}: {fit.formula}", facts(fit), cells(fit), fit.warnings)


def facts(fit: Fit) -> list[str]:
    """What the model rests on, a line each."""
    sizes = [counted(fit.rows, "row"), counted(fit.events, "event")]
    sizes += [
        counted(count, *forms)
        for forms, count in ((("unit", "units"), fit.units), (("policy", "policies"), fit.policies))
        if count is not None
    ]
    hang = ", ".join(f"{count:,} by {name}" for name, count in fit.clusters)
    lines = [
        "; ".join(sizes),
        f"log-likelihood {number(fit.loglik)} (null {number(fit.loglik_null)}); AIC {number(fit.aic, 2)}; "
        f"BIC {number(fit.bic_rows, 2)} (rows), {number(fit.bic_events, 2)} (events)",
        f"errors: {f'clusters: {hang}' if hang else 'model-based'}; intervals: {fit.interval}",
        f"{'converged' if fit.converged else 'not converged'} after {counted(fit.iterations, 'step')}; "
        f"condition number {fit.condition_number:.3g}",
    ]
    if fit.offset:
        lines.append(f"offset: {fit.offset}")
    lines += [f"left out: {counted(count, 'row')}, {reason}" for reason, count in fit.left_out]
    return lines


def latex(fit: Fit) -> str:
    """The coefficients as a LaTeX table, for the package booktabs."""
    return in_latex(cells(fit), _notes(fit))


def html(fit: Fit) -> str:
    """The coefficients as an HTML table; every text in it is escaped."""
    return in_html(f"{fit.model}: {fit.formula}", cells(fit), _notes(fit))


def _notes(fit: Fit) -> list[str]:
    return [*facts(fit), *(f"Warning: {warning}" for warning in fit.warnings)]
