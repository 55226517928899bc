"""Cox's proportional hazards where covariates change over time.

Cox 1972; ties by Efron 1977 (doi:10.1080/01621459.1977.10480613) or Breslow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from diffuscope.errors import MethodError, PlanError, SeparationError
from diffuscope.models.design.complete_cases import codes, complete, frame_of, need, numbers, outcome
from diffuscope.models.design.formula import learn_columns, read_formula
from diffuscope.models.design.model_frame import Design, independent, standardise
from diffuscope.models.design.monotone import monotone
from diffuscope.models.design.repeated_rows import repeated_rows
from diffuscope.models.fit import Fit
from diffuscope.models.inference.clusters import (
    AUTO,
    DYADS,
    ENDS,
    cluster_columns,
    cluster_covariance,
    inverse,
    with_enough,
)
from diffuscope.models.inference.diagnostics import (
    PSD_ADJUSTED,
    condition_number,
    few_clusters,
    few_events,
    flat_directions,
    nearly_alike,
    refuse_unconverged,
)
from diffuscope.models.inference.sandwich import Robust
from diffuscope.models.inference.wald import degrees_of, wald
from diffuscope.models.likelihood.newton_raphson import newton_raphson
from diffuscope.models.likelihood.partial_likelihood import risk_sets, score_residuals, sweep
from diffuscope.records.phrases import in_code

if TYPE_CHECKING:
    import polars as pl

    from diffuscope.models.design.complete_cases import LeftOut
    from diffuscope.models.design.formula import Columns
    from diffuscope.models.inference.clusters import Cluster
    from diffuscope.models.likelihood.newton_raphson import OptimResult
    from diffuscope.models.likelihood.partial_likelihood import RiskSets
    from diffuscope.models.types import Ties
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Numbers


DEGENERATE = 1e13
"""Condition number of the information at zero beyond which columns are the same for all at risk at events."""


def cox(
    formula: str,
    panel: Frame,
    *,
    ties: Ties = "efron",
    cluster: Cluster = AUTO,
    strata: str | None = None,
    start: str = "start",
    stop: str = "stop",
) -> Fit:
    """How covariates that change over time speed or slow adoption: Cox's model of a counting process.

    Parameters
    ----------
    formula : str
        As for `event_history`; an intercept has no meaning here and is left out.
    panel : pandas, Polars or Arrow table, or a panel
        One row per unit and span of time (start, stop] with constant covariates. Without the columns `start`
        and `stop`, a row's span is that of its `duration`: (duration - gap, duration]. Of pairs (`receiver`,
        `sender`), one adoption is an event in every pair at once: far more events are counted, and tied, than
        there are adoptions, so prefer `event_history` there.
    ties : {"efron", "breslow"}
        What is done with adoptions at one time. Where most are tied, prefer
        ``event_history(…, link="cloglog")``.
    cluster : str, tuple of str, or None
        As for `event_history`.
    strata : str, optional
        Column of groups with a baseline hazard of their own, such as `policy`.
    start, stop : str
        Columns of the span.

    Returns
    -------
    Fit
        Coefficients are log hazard ratios.

    Raises
    ------
    PlanError
        If the formula or an option asks for what is not there.
    SeparationError
        If a combination of columns is highest at every event, so that no finite estimate exists.
    ConvergenceError
        If the search ended before it found the maximum.
    MethodError
        If a span does not end after it starts, or nothing differs between units at risk.
    """
    if ties not in ("efron", "breslow"):
        raise PlanError(f"ties is {ties!r}; it must be one of 'efron', 'breslow'.")
    frame, start, stop = _spans(frame_of(panel), start, stop)
    ways = cluster_columns(cluster, frame)
    data = _history(formula, frame, (start, stop), strata, ways)
    optimum = _maximise(data, ties)
    variance, clusters, set_aside = _variance(data, optimum, ties, cluster, ways)
    covariance = variance.brought_back(np.diag(1 / data.spread))
    null = sweep(data.sets, data.x, np.zeros(data.spread.size), ties).loglik
    condition = condition_number(optimum.information)
    told = (
        *few_events(data.sets.events.size, data.spread.size, fix="fewer terms"),
        *few_clusters(clusters),
        *nearly_alike(condition),
        *([PSD_ADJUSTED] if variance.psd_adjusted else []),
        *set_aside,
        *repeated_rows(frame, data.columns.formula.outcome, (start, stop)),
    )
    return Fit(
        model=f"Cox ({ties})", coefficients=optimum.coefficients / data.spread, clusters=clusters,
        loglik_null=null, warnings=told, strata=strata, span=(start, stop),
        **wald(optimum.coefficients / data.spread, covariance, degrees_of(variance.clusters), len(clusters)),
        **_described(formula, data, optimum),
    )  # fmt: skip


def _variance(
    data: _History, optimum: OptimResult, ties: Ties, cluster: Cluster, ways: tuple[str, ...]
) -> tuple[Robust, tuple[tuple[str, int], ...], tuple[str, ...]]:
    """The variance, how many clusters each way has, and what to say of ways that were set aside."""
    bread = inverse(optimum.information)
    if not ways:
        return Robust(bread, ()), (), ()
    # per row, the scores are what a slope times the columns is in other models
    scores = score_residuals(data.sets, data.x, sweep(data.sets, data.x, optimum.coefficients, ties))
    set_aside: tuple[str, ...] = ()
    if cluster == AUTO:
        ways, set_aside = with_enough(ways, data.rows, data.spread.size)
    dyads = ways == ENDS and cluster in (AUTO, DYADS)
    variance, clusters = cluster_covariance(bread, scores, np.ones(len(scores)), data.rows, ways, dyads=dyads)
    return variance, clusters, set_aside


@dataclass(frozen=True)
class _History:
    """Rows of a counting process: columns of unit spread, and who is at risk when."""

    rows: pl.DataFrame
    columns: Columns
    x: Numbers
    spread: Numbers
    sets: RiskSets
    left_out: LeftOut


def _spans(frame: pl.DataFrame, start: str, stop: str) -> tuple[pl.DataFrame, str, str]:
    """The frame with the span of each row, worked out from its time at risk where it has none."""
    import polars as pl

    if stop in frame.columns or "duration" not in frame.columns:
        need(frame, [start, stop], "cox")
        return frame, start, stop
    gap = pl.col("gap") if "gap" in frame.columns else pl.lit(1.0)
    spans = [(pl.col("duration") - gap).alias("start"), pl.col("duration").alias("stop")]
    return frame.with_columns(spans), "start", "stop"


def _history(
    formula: str, frame: pl.DataFrame, span: tuple[str, str], strata: str | None, ways: tuple[str, ...]
) -> _History:
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
        raise MethodError(
            f"{int((end <= begin).sum()):,} rows have a `{stop}` that is not after their `{start}`."
        )
    columns = learn_columns(read, rows)
    x = np.empty((rows.height, len(columns.names)), order="F")
    columns.fill(rows, x)
    if not columns.names:
        raise PlanError(f"The formula `{formula}` has no term; Cox's model needs one.")
    if not np.isfinite(x).all():
        raise MethodError(f"A term of the formula `{formula}` is not a number in some rows, such as log(0).")
    spread = _unit_spread(x, columns.names)
    strata_codes = codes(rows, [strata])[0] if strata else None
    return _History(rows, columns, x, spread, risk_sets(begin, end, event, strata_codes), left_out)


def _unit_spread(x: Numbers, names: tuple[str, ...]) -> Numbers:
    """Bring columns to mean 0 and spread 1 in place, and refuse those that cannot be told apart."""
    back = standardise(x, names, centre=True)
    alike = independent(x.T @ x / len(x), range(len(names)))[1]
    if alike:
        told = ", ".join(f"`{names[at]}`" for at in alike)
        raise MethodError(
            f"{told} is an exact combination of other terms of the formula; leave one of them out."
        )
    return np.asarray(1 / np.diag(back))


def _maximise(data: _History, ties: Ties) -> OptimResult:
    """The highest partial likelihood; refused where it rises without end, or where no maximum was found."""

    def evaluate(beta: Numbers) -> tuple[float, Numbers, Numbers]:
        found = sweep(data.sets, data.x, beta, ties)
        return found.loglik, found.gradient, found.information

    start = np.zeros(data.spread.size)
    top = newton_raphson(evaluate, start, len(data.x))
    at_zero = evaluate(start)[2]
    if condition_number(at_zero) > DEGENERATE:
        raise MethodError("At every event, all units at risk have equal values: no model can be estimated.")
    if not top.converged or flat_directions(top.information, at_zero):
        _refuse_monotone(data)
    refuse_unconverged(top)
    return top


def _refuse_monotone(data: _History) -> None:
    """Refuse a partial likelihood that rises without end along some mixture of columns."""
    endless = monotone(data.x, data.sets, data.columns.names)
    if endless:
        raise SeparationError(
            f"The likelihood has no maximum for {in_code(endless)}: at every event it is as high (or as low) "
            "as for any unit at risk, so no finite estimate exists. Leave it out, or merge its levels."
        )


def _described(formula: str, data: _History, optimum: OptimResult) -> dict[str, Any]:
    """What the fit says about itself, by field of `Fit`."""
    k, events, rows = data.spread.size, data.sets.events.size, data.rows.height
    return {
        "formula": formula,
        "outcome": data.columns.formula.outcome,
        "names": data.columns.names,
        "rows": rows,
        "events": events,
        "units": data.rows["unit"].n_unique() if "unit" in data.rows.columns else None,
        "policies": data.rows["policy"].n_unique() if "policy" in data.rows.columns else None,
        "left_out": data.left_out,
        "dropped_terms": (),
        "loglik": optimum.loglik,
        "aic": 2 * k - 2 * optimum.loglik,
        "bic_rows": k * float(np.log(rows)) - 2 * optimum.loglik,
        "bic_events": k * float(np.log(events)) - 2 * optimum.loglik,
        "converged": optimum.converged,
        "iterations": optimum.iterations,
        "gradient_norm": optimum.gradient_norm,
        "condition_number": condition_number(optimum.information),
        "offset": None,
        "design": Design(data.columns, None, (), data.columns.names, None),
    }
