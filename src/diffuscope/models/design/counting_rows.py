"""Rows of a counting process: complete spans (start, stop], and who is at risk when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.errors import MethodError, PlanError
from diffuscope.models.design.complete_cases import codes, complete, need, numbers, outcome
from diffuscope.models.design.formula import learn_columns, read_formula
from diffuscope.models.design.model_frame import independent, standardise
from diffuscope.models.likelihood.partial_likelihood import risk_sets
from diffuscope.records.phrases import counted

if TYPE_CHECKING:
    import polars as pl

    from diffuscope.models.design.complete_cases import LeftOut
    from diffuscope.models.design.formula import Columns
    from diffuscope.models.likelihood.partial_likelihood import RiskSets
    from diffuscope.records.arrays import Codes, Numbers


@dataclass(frozen=True)
class CountingRows:
    """Rows of a counting process: columns of unit standard deviation, and who is at risk when.

    Attributes
    ----------
    rows : polars.DataFrame
        Those without missing values.
    columns : Columns
    x : array of float, shape (n, k)
        Columns of mean 0 and standard deviation 1.
    sd : array of float, shape (k,)
        What they were divided by.
    start, stop, event : array of float, shape (n,)
    strata : array of int, shape (n,), or None
    sets : RiskSets
    left_out : tuple of (str, int)
    """

    rows: pl.DataFrame
    columns: Columns
    x: Numbers
    sd: Numbers
    start: Numbers
    stop: Numbers
    event: Numbers
    strata: Codes | None
    sets: RiskSets
    left_out: LeftOut


def with_spans(frame: pl.DataFrame, start: str, stop: str) -> tuple[pl.DataFrame, str, str]:
    """The frame with the span of each row, worked out from its time at risk where it has none."""
    import polars as pl

    if stop in frame.columns or "duration" not in frame.columns:
        need(frame, [start, stop], "A model or curve of time at risk")
        return frame, start, stop
    # a discrete-time row at duration d was at risk since the period before: (d - gap, d]
    gap = pl.col("gap") if "gap" in frame.columns else pl.lit(1.0)
    spans = [(pl.col("duration") - gap).alias("start"), pl.col("duration").alias("stop")]
    return frame.with_columns(spans), "start", "stop"


def counting_rows(
    formula: str, frame: pl.DataFrame, span: tuple[str, str], strata: str | None, ways: tuple[str, ...]
) -> CountingRows:
    """Rows of spans (start, stop] with the columns of a formula, complete, and who is at risk when.

    Raises
    ------
    PlanError
        If the formula has no term, or a column is not there.
    MethodError
        If a span does not end after it starts, or a term is not a number.
    """
    read = read_formula(formula, frame.columns)
    start, stop = span
    extra = [start, stop, *ways, *([strata] if strata else [])]
    need(frame, extra, "cox")
    identity = [name for name in ("unit", "policy") if name in frame.columns]
    rows, left_out = complete(frame, [read.outcome, *read.variables, *extra, *identity])
    if rows.is_empty():
        raise MethodError("No row is left: every one has a missing value.")
    event = outcome(rows, read.outcome)
    begin, end = numbers(rows, start), numbers(rows, stop)
    if (end <= begin).any():
        late = counted(int((end <= begin).sum()), "row has", "rows have")
        raise MethodError(f"{late} a `{stop}` that is not after the `{start}`.")
    columns = learn_columns(read, rows)
    x = np.empty((rows.height, len(columns.names)), order="F")
    columns.fill(rows, x)
    if not columns.names:
        raise PlanError(f"The formula `{formula}` has no term; Cox's model needs one.")
    if not np.isfinite(x).all():
        raise MethodError(f"A term of the formula `{formula}` is not a number in some rows, such as log(0).")
    # a partial likelihood does not change when a column is centred; Newton's steps are better conditioned
    sd = _standardised(x, columns.names)
    strata_codes = codes(rows, [strata])[0] if strata else None
    sets = risk_sets(begin, end, event, strata_codes)
    return CountingRows(rows, columns, x, sd, begin, end, event, strata_codes, sets, left_out)


def _standardised(x: Numbers, names: tuple[str, ...]) -> Numbers:
    """Standardise columns in place (mean 0, standard deviation 1), and refuse those that are collinear."""
    back = standardise(x, names, centre=True)
    collinear = independent(x.T @ x / len(x), range(len(names)))[1]
    if collinear:
        aliased = ", ".join(f"`{names[at]}`" for at in collinear)
        raise MethodError(
            f"{aliased} is an exact combination of other terms of the formula; leave one of them out."
        )
    return np.asarray(1 / np.diag(back))
