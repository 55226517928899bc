"""Files by which somebody else can fit the models again, or print them: panels, scripts, LaTeX tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diffuscope.records.numbers import decimal
from diffuscope.records.phrases import counted
from diffuscope.records.quoting import latex_row, latex_text
from diffuscope.report.names import Link
from diffuscope.report.terms import (
    INTERCEPT,
    chance,
    fitted,
    interval_on_scale,
    label,
    main_of,
    multiplies,
    neighbours,
    on_scale,
    with_lag,
)

if TYPE_CHECKING:
    from diffuscope.records import Estimate, EventHistory
    from diffuscope.result import Result

FRAMES = ("panel", "hazard", "curve")
"""Frames of a result that belong to one analysis: the rows at risk, and two that figures are drawn from."""


def stem(analysis: str) -> str:
    """An analysis as a part of the names of files: letters, digits, ``-``, ``_`` and ``.``, never a path.

    Examples
    --------
    >>> stem("smart-cities"), stem("../a b")
    ('smart-cities', '-a-b')
    """
    return re.sub(r"[^\w.-]+", "-", analysis).lstrip(".") or "analysis"


def model_files(result: Result) -> dict[str, bytes]:
    """Scripts that refit the main model of each analysis, and its coefficients as a LaTeX table.

    Parameters
    ----------
    result : Result

    Returns
    -------
    dict of str to bytes
        By path inside the folder of the report.
    """
    files = {}
    for history in result.histories:
        name, main = f"models/{stem(history.analysis)}", main_of(history)
        if main is None:
            continue
        if main.r_script:
            files[f"{name}.R"] = main.r_script.encode()
        if main.stata_script:
            files[f"{name}.do"] = main.stata_script.encode()
        if fitted(history) is not None:
            files[f"{name}.tex"] = latex(history, main).encode()
    return files


def files_of(result: Result, history: EventHistory) -> list[Link]:
    """What stands beside the report for one analysis: words and addresses.

    Parameters
    ----------
    result : Result
    history : EventHistory
    """
    name, main = stem(history.analysis), main_of(history)
    there = [
        ("the panel, row by row", f"tables/panel-{name}.csv", f"panel_{history.analysis}" in result.frames),
        ("all coefficients", "tables/coefficients.csv", main is not None and bool(main.coefficients)),
        ("a script for R", f"models/{name}.R", main is not None and bool(main.r_script)),
        ("a script for Stata", f"models/{name}.do", main is not None and bool(main.stata_script)),
        ("a table for LaTeX", f"models/{name}.tex", fitted(history) is not None),
    ]
    return [Link(words, href) for words, href, is_there in there if is_there]


def latex(history: EventHistory, main: Estimate) -> str:
    """The coefficients of a model as a LaTeX table, for the package booktabs.

    Parameters
    ----------
    history : EventHistory
    main : Estimate
    """
    unidentified = neighbours(history)
    of = multiplies(main.model)
    ratios = "Ratio" if of is None else f"Ratio of {of}"
    head = ("", "Coefficient", "Std. error", ratios, "95 % interval", "p")
    body = [
        (
            "Intercept"
            if one.term == INTERCEPT
            else with_lag(label(one.term, one.mechanism, unidentified), one.lag),
            decimal(one.estimate, 3),
            decimal(one.std_error, 3),
            "–" if of is None else on_scale(main.model, one.estimate),
            interval_on_scale(main.model, one.ci_low, one.ci_high),
            chance(one.p),
        )
        for one in main.coefficients
    ]
    notes = [
        f"Without safeguards, these are no evidence of a mechanism. {main.model}: {main.formula}",
        f"{counted(main.rows, 'row')}, {counted(main.events, 'event')}, {counted(main.units, 'unit')}. "
        f"Intervals: {main.interval or 'not recorded'}.",
        *(f"Warning: {warning}" for warning in main.warnings),
    ]
    lines = [
        r"\begin{tabular}{lrrrrr}",
        r"\toprule",
        latex_row(head),
        r"\midrule",
        *(latex_row(row) for row in body),
        r"\bottomrule",
        *(
            rf"\multicolumn{{6}}{{p{{0.9\linewidth}}}}{{\footnotesize {latex_text(note)}}} \\"
            for note in notes
        ),
        r"\end{tabular}",
    ]
    return "\n".join(lines) + "\n"
