"""Files by which somebody else can fit the models again, or print them: panels, scripts, tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diffuscope.report.model_table import model_table
from diffuscope.report.names import Link
from diffuscope.report.regression import regression_page, regression_word
from diffuscope.report.terms import main_of

if TYPE_CHECKING:
    from diffuscope.records import EventHistory
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
    """Scripts that refit the main model of each analysis, and a table of it beside its repetitions.

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
        table = model_table(history)
        if table is not None:
            files[f"{name}.tex"] = table.latex().encode()
            files[f"{name}.html"] = regression_page(table)
            files[f"{name}.docx"] = regression_word(table)
    return files


def _any_fitted(history: EventHistory) -> bool:
    """Whether the main model or any repetition was fitted."""
    return any(one.refused is None and one.coefficients for one in history.estimates)


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
        *(
            (f"the models side by side for {program}", f"models/{name}.{ending}", _any_fitted(history))
            for program, ending in (("LaTeX", "tex"), ("Word", "docx"), ("a page", "html"))
        ),
    ]
    return [Link(words, href) for words, href, is_there in there if is_there]
