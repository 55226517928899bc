"""Conditional logit: who adopted among those of a stratum, given how many did; levels of strata fall away.

Chamberlain 1980 (doi:10.2307/2297110): with many small strata a dummy for each biases every coefficient, and
the likelihood given the number of events of each stratum does not. It is computed exactly, by recursion.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from diffuscope.errors import MethodError, PlanError, SeparationError
from diffuscope.models.design.complete_cases import complete, frame_of, need, numbers, outcome
from diffuscope.models.design.formula import learn_columns, read_formula
from diffuscope.models.design.model_frame import independent, standardise
from diffuscope.models.design.repeated_rows import repeated_rows
from diffuscope.models.estimators.fit_record import described_standardised
from diffuscope.models.fit import Fit
from diffuscope.models.inference.clusters import (
    AUTO,
    DYADS,
    by_dyads,
    cluster_columns,
    cluster_covariance,
    inverse,
    with_enough,
)
from diffuscope.models.inference.diagnostics import flat_directions, refuse_unconverged
from diffuscope.models.likelihood.conditional_likelihood import (
    Strata,
    conditional_likelihood,
    separating_columns,
)
from diffuscope.models.likelihood.newton_raphson import newton_raphson
from diffuscope.models.types import CONDITIONAL_LOGIT
from diffuscope.records.phrases import counted, in_code

if TYPE_CHECKING:
    import polars as pl

    from diffuscope.models.design.complete_cases import LeftOut
    from diffuscope.models.design.formula import Columns
    from diffuscope.models.inference.clusters import Cluster
    from diffuscope.models.likelihood.newton_raphson import OptimResult
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Numbers


def conditional_logit(
    formula: str,
    panel: Frame,
    *,
    strata: str | tuple[str, ...] = "policy",
    cluster: Cluster = AUTO,
    offset: str | None = None,
) -> Fit:
    """Conditional (fixed-effects) logit: who adopts within each policy, unit or period, given how many do.

    Parameters
    ----------
    formula : str
        As for `event_history`; an intercept has no meaning here and is left out.
    panel : pandas, Polars or Arrow table, or a panel
        One row per unit, policy and period at risk.
    strata : str or tuple of str
        Column, or columns taken together, such as ``("policy", "time")``, within which rows are compared.
        What all rows of a stratum share falls away. Strata without an event, or with events alone, say
        nothing: they are left out and counted.
    cluster : str, tuple of str, or None
        As for `event_history`; each stratum must be within one cluster. ``"auto"``: the unit and the policy,
        as far as strata are within them; otherwise errors are model-based, and a warning says so.
    offset : str, optional
        Column added to the linear predictor.

    Returns
    -------
    Fit
        Coefficients are log odds ratios within strata.

    Raises
    ------
    PlanError
        If the formula or an option asks for what is not there, or strata are cut by clusters.
    SeparationError
        If a combination of columns is highest at all events of every stratum.
    ConvergenceError
        If the search ended before it found the maximum.
    MethodError
        If no stratum says anything, a column does not vary within any, or the likelihood would take too long.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"policy": ["a"] * 2 + ["b"] * 2 + ["c"] * 2, "event": [1, 0, 1, 0, 0, 1], "near": [1, 0] * 3}
    >>> fit = conditional_logit("adopted ~ near", pl.DataFrame(rows), cluster=None)
    >>> fit.coefficients.round(4).tolist(), round(fit.loglik, 4)
    ([0.6931], -1.9095)
    """
    frame = frame_of(panel)
    columns = (strata,) if isinstance(strata, str) else tuple(strata)
    ways = cluster_columns(cluster, frame)
    data = _stratified(formula, frame, columns, ways, offset)
    likelihood = partial(conditional_likelihood, data.strata, data.x, offset=data.offset)
    optimum = _maximise(data, lambda beta: likelihood(beta)[:3])
    scores = likelihood(optimum.coefficients).scores
    ways, notes = _within(data, ways, cluster, columns)
    variance, clusters = cluster_covariance(
        inverse(optimum.information), scores, np.ones(len(scores)), data.of_strata, ways,
        dyads=by_dyads(cluster, ways),
    )  # fmt: skip
    return Fit(
        model=CONDITIONAL_LOGIT, strata=" and ".join(columns),
        loglik_null=likelihood(np.zeros(data.sd.size)).loglik,
        **described_standardised(
            formula, data, optimum, (variance, clusters), events=int(data.strata.happened.sum()),
            offset=offset, notes=(*notes, *repeated_rows(frame, data.columns.formula.outcome)),
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class _Stratified:
    """Rows of strata that say something: columns of unit standard deviation, and who had the event."""

    rows: pl.DataFrame
    of_strata: pl.DataFrame
    columns: Columns
    x: Numbers
    sd: Numbers
    offset: Numbers | None
    strata: Strata
    left_out: LeftOut


def _stratified(
    formula: str, frame: pl.DataFrame, columns: tuple[str, ...], ways: tuple[str, ...], offset: str | None
) -> _Stratified:
    """The rows of strata with an event and a row without one."""
    import polars as pl

    read = read_formula(formula, frame.columns)
    extra = [*columns, *ways, *([offset] if offset else [])]
    need(frame, extra, "conditional_logit")
    identity = [name for name in ("unit", "policy") if name in frame.columns]
    rows, left_out = complete(frame, [read.outcome, *read.variables, *extra, *identity])
    if rows.is_empty():
        raise MethodError("No row is left: every one has a missing value.")
    outcome(rows, read.outcome)
    rows, left_out = _informative(rows, read.outcome, columns, left_out)
    learned = learn_columns(read, rows)
    if not learned.names:
        raise PlanError(f"The formula `{formula}` has no term; conditional logit needs one.")
    x = np.empty((rows.height, len(learned.names)), order="F")
    learned.fill(rows, x)
    if not np.isfinite(x).all():
        raise MethodError(f"A term of the formula `{formula}` is not a number in some rows, such as log(0).")
    code = rows.select(pl.struct(columns).rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()
    sd = _within_strata(x, learned.names, code)
    strata = Strata.of(np.arange(rows.height), code, outcome(rows, read.outcome))
    # scores come by stratum, so clusters do too: one row stands for each stratum
    first = rows[strata.member[strata.begins]]
    shift = numbers(rows, offset) if offset else None
    return _Stratified(rows, first, learned, x, sd, shift, strata, left_out)


def _informative(
    rows: pl.DataFrame, event: str, columns: tuple[str, ...], left_out: LeftOut
) -> tuple[pl.DataFrame, LeftOut]:
    """Rows of strata with an event and a row without one, and how many strata were left out."""
    import polars as pl

    happened = pl.col(event).cast(pl.Float64)
    for reason, bad in (("no event", happened.max() == 0), ("only events", happened.min() == 1)):
        lost = rows.select(bad.over(columns).alias("lost"))["lost"]
        if lost.any():
            strata = rows.filter(lost).select(columns).unique().height
            named = " and ".join(f"`{one}`" for one in columns)
            what = counted(strata, "stratum", "strata")
            left_out = (*left_out, (f"{reason} in {what} by {named}", int(lost.sum())))
            rows = rows.filter(~lost)
    if rows.is_empty():
        raise MethodError("In no stratum is there an event and a row without one: nothing can be compared.")
    return rows, left_out


def _within_strata(x: Numbers, names: tuple[str, ...], code: Numbers) -> Numbers:
    """Bring columns to mean 0 and standard deviation 1 in place, and refuse what strata leave nothing of."""
    # columns are centred over all rows, which the likelihood given strata does not notice
    sd = 1 / np.diag(standardise(x, names, centre=True))
    size = np.bincount(code)
    means = np.column_stack([np.bincount(code, weights=column) / size for column in x.T])
    within = x - means[code]
    gram = within.T @ within
    # what all rows of a stratum share cancels from numerator and denominator: no information about it is left
    still = [name for name, own in zip(names, np.diag(gram), strict=True) if own < 1e-12 * len(x)]
    if still:
        raise MethodError(f"{in_code(still)} does not vary within any stratum: leave it out.")
    collinear = independent(gram, range(len(names)), np.full(len(names), float(len(x))))[1]
    if collinear:
        aliased = in_code([names[at] for at in collinear])
        raise MethodError(
            f"{aliased} is, within strata, an exact combination of other terms "
            "of the formula; leave one of them out."
        )
    return np.asarray(sd)


def _maximise(data: _Stratified, evaluate: Any) -> OptimResult:
    """The highest conditional likelihood; refused where it rises without end, or no maximum was found."""
    start = np.zeros(data.sd.size)
    top = newton_raphson(evaluate, start, len(data.x))
    # a likelihood that flattened out, or was still rising, is only a reason to ask: the linear programme
    # decides
    if not top.converged or flat_directions(top.information, evaluate(start)[2]):
        endless = separating_columns(data.strata, data.x, data.columns.names)
        if endless:
            raise SeparationError(
                f"The likelihood has no maximum for {in_code(endless)}: it separates the events of every "
                "stratum from the other rows, so no finite estimate exists. Leave it out, or merge "
                "its levels."
            )
    refuse_unconverged(top)
    return top


def _within(
    data: _Stratified, ways: tuple[str, ...], cluster: Cluster, columns: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ways of clustering that no stratum is cut by, and what to say of the others."""
    import polars as pl

    whole = data.rows.select((pl.col(name).n_unique().over(columns) == 1).all().alias(name) for name in ways)
    cut = [name for name in ways if not whole[name][0]]
    if cut and cluster != AUTO:
        what = "units of dyads" if cluster == DYADS else in_code(cut)
        raise PlanError(
            f"Strata by {in_code(columns)} are cut by clusters by {what}, and the conditional likelihood has "
            "one score for each stratum: name clusters that hold whole strata, or None."
        )
    left = tuple(name for name in ways if name not in cut)
    if not cut:
        return with_enough(left, data.of_strata, data.sd.size) if cluster == AUTO and left else (left, ())
    if left:
        kept, notes = with_enough(left, data.of_strata, data.sd.size)
        if data.of_strata[kept[0]].n_unique() >= max(data.sd.size, 2):
            return kept, notes
    return (), (
        f"Errors are model-based: strata by {in_code(columns)} are cut by clusters by {in_code(cut)}.",
    )
