"""A fitted model in words and as a table for a paper: plain text, LaTeX, HTML."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.models.fit import Fit

HEADS = ("term", "estimate", "error", "p", "95 % interval")
_LATEX = {char: f"\\{char}" for char in "&%$#_{}"} | {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "–": "--",
}  # fmt: skip


def summary(fit: Fit) -> str:
    """The model in plain text: what was fitted, to what, the coefficients, and what to beware of."""
    rows = [HEADS, *cells(fit)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADS))]
    lines = [f"{fit.model}: {fit.formula}", *facts(fit), ""]
    for row in rows:
        first, *others = (
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join([first, *others]).rstrip())
    if fit.warnings:
        lines += ["", *(f"Beware: {told}" for told in fit.warnings)]
    return "\n".join(lines) + "\n"


def cells(fit: Fit) -> list[tuple[str, ...]]:
    """Coefficients as text, in the columns of `HEADS`."""
    return [
        (name, f"{estimate:.4f}", f"{error:.4f}", _p(p), f"{low:.4f} to {high:.4f}")
        for name, estimate, error, p, low, high in zip(
            fit.names, fit.coefficients, fit.errors, fit.p, fit.low, fit.high, strict=True
        )
    ]


def facts(fit: Fit) -> list[str]:
    """What the model rests on, a line each."""
    sizes = [f"{fit.rows:,} rows", f"{fit.events:,} events"]
    sizes += [
        f"{count:,} {what}"
        for what, count in (("units", fit.units), ("policies", fit.policies))
        if count is not None
    ]
    hang = ", ".join(f"{count:,} by {name}" for name, count in fit.clusters)
    lines = [
        "; ".join(sizes),
        f"log-likelihood {fit.loglik:.4f} (null {fit.loglik_null:.4f}); AIC {fit.aic:.2f}; "
        f"BIC {fit.bic_rows:.2f} (rows), {fit.bic_events:.2f} (events)",
        f"errors: {f'clusters: {hang}' if hang else 'model-based'}; intervals: {fit.interval}",
        f"{'converged' if fit.converged else 'not converged'} after {fit.iterations} steps; condition number "
        f"{fit.condition_number:.3g}",
    ]
    if fit.offset:
        lines.append(f"offset: {fit.offset}")
    lines += [f"left out: {count:,} rows, {reason}" for reason, count in fit.left_out]
    return lines


def latex(fit: Fit) -> str:
    """The coefficients as a LaTeX table, for the package booktabs."""
    body = [" & ".join(_latex(cell) for cell in row) + r" \\" for row in cells(fit)]
    notes = [rf"\multicolumn{{5}}{{l}}{{\footnotesize {_latex(line)}}} \\" for line in _notes(fit)]
    return "\n".join(
        [
            r"\begin{tabular}{lrrrr}",
            r"\toprule",
            " & ".join(_latex(head) for head in HEADS) + r" \\",
            r"\midrule",
            *body,
            r"\midrule",
            *notes,
            r"\bottomrule",
            r"\end{tabular}",
            "",
        ]
    )


def html(fit: Fit) -> str:
    """The coefficients as an HTML table; every text in it is escaped."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in HEADS)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in rest)}</tr>'
        for first, *rest in cells(fit)
    )
    notes = "<br>".join(escape(line) for line in _notes(fit))
    caption = f"<caption>{escape(fit.model)}: {escape(fit.formula)}</caption>"
    foot = f'<tfoot><tr><td colspan="{len(HEADS)}">{notes}</td></tr></tfoot>'
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}</table>\n"


def _notes(fit: Fit) -> Iterable[str]:
    return [*facts(fit), *(f"Beware: {told}" for told in fit.warnings)]


def _p(p: float) -> str:
    if math.isnan(p):
        return ""
    return "<0.0001" if p < 1e-4 else f"{p:.4f}"


def _latex(text: str) -> str:
    return "".join(_LATEX.get(char, char) for char in text)
