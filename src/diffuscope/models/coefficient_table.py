"""Coefficients of a fit as a table of text: plain, LaTeX, HTML; what fits of all kinds have in common."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from diffuscope.records.numbers import decimal, p_value
from diffuscope.records.quoting import html_text, latex_row, latex_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.models.fit import Fit
    from diffuscope.models.inference.multiple_imputation import CombinedFit

    Row = tuple[str, ...]

HEADS = ("term", "estimate", "std_error", "p", "95 % interval")
UNKNOWN = "–"
"""What stands for a number that was not computed."""


def plain(title: str, facts: Sequence[str], rows: Sequence[Row], warnings: Sequence[str]) -> str:
    """A model in plain text: a title, what it rests on, the rows below `HEADS`, and its warnings."""
    every = [HEADS, *rows]
    widths = [max(len(row[at]) for row in every) for at in range(len(HEADS))]
    lines = [title, *facts, ""]
    for row in every:
        first, *others = (
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join([first, *others]).rstrip())
    if warnings:
        lines += ["", *(f"Warning: {warning}" for warning in warnings)]
    return "\n".join(lines) + "\n"


def cells(fit: Fit | CombinedFit) -> list[Row]:
    """Coefficients as text, in the columns of `HEADS`."""
    return [
        (name, number(estimate), number(error), _p(p), f"{number(low)} to {number(high)}")
        for name, estimate, error, p, low, high in zip(
            fit.names, fit.coefficients, fit.std_errors, fit.p, fit.ci_low, fit.ci_high, strict=True
        )
    ]


def number(value: float, decimals: int = 4) -> str:
    """A number in a table: with its sign whatever its size; a dash where it was not computed."""
    return UNKNOWN if math.isnan(value) else decimal(value, decimals)


def in_latex(rows: Sequence[Row], notes: Sequence[str]) -> str:
    """Rows below `HEADS` as a LaTeX table, with notes under them."""
    return "\n".join(
        [
            r"\begin{tabular}{lrrrr}",
            r"\toprule",
            latex_row(HEADS),
            r"\midrule",
            *(latex_row(row) for row in rows),
            r"\midrule",
            *(rf"\multicolumn{{5}}{{l}}{{\footnotesize {latex_text(line)}}} \\" for line in notes),
            r"\bottomrule",
            r"\end{tabular}",
            "",
        ]
    )


def in_html(title: str, rows: Sequence[Row], notes: Sequence[str]) -> str:
    """Rows below `HEADS` as an HTML table with a caption and notes; every text in it is escaped."""
    head = "".join(f'<th scope="col">{html_text(name)}</th>' for name in HEADS)
    body = "".join(
        f'<tr><th scope="row">{html_text(first)}</th>'
        f"{''.join(f'<td>{html_text(cell)}</td>' for cell in rest)}</tr>"
        for first, *rest in rows
    )
    below = "<br>".join(html_text(line) for line in notes)
    foot = f'<tfoot><tr><td colspan="{len(HEADS)}">{below}</td></tr></tfoot>'
    return (
        f"<table><caption>{html_text(title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}"
        "</table>\n"
    )


def _p(p: float) -> str:
    if math.isnan(p):
        return ""
    return p_value(p, 4)
