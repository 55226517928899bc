"""Covariate-adjusted edges: an edge joins an event-history model where it lowers the model's BIC (NEHA)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from diffuscope.errors import ConvergenceError, MethodError, PlanError
from diffuscope.models.likelihood.links import hazard
from diffuscope.models.likelihood.newton_raphson import maximum_likelihood, whole
from diffuscope.panel.native_frames import need
from diffuscope.records.phrases import counted, noun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.panel import Panel
    from diffuscope.records.arrays import Codes, Numbers

TRIED = 10
"""Candidate senders that are fitted at each step: those with the largest score tests."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AdjustedNetwork:
    """Edges that explain adoptions beyond covariates.

    Attributes
    ----------
    edges : polars.DataFrame
        receiver · sender · coefficient (log odds of adopting right after the sender) · std_error · bic_drop
        (by how much the edge lowered BIC when it joined), in the order in which they joined.
    covariates : polars.DataFrame
        term · coefficient · std_error of the final model.
    decay : float
        Rate per period at which the influence of an adoption fades.
    bic_before, bic_after : float
        Of the model of the covariates alone, and with all edges; the sample size is the number of rows.
    rows, events : int
    notes : tuple of str
    """

    edges: pl.DataFrame = field(repr=False)
    covariates: pl.DataFrame = field(repr=False)
    decay: float
    bic_before: float
    bic_after: float
    rows: int
    events: int
    notes: tuple[str, ...] = ()

    def table(self) -> pl.DataFrame:
        """Edges in the order in which they joined."""
        return self.edges

    def __repr__(self) -> str:
        """Edges and BIC, in a line."""
        fell = self.bic_before - self.bic_after
        return f"<AdjustedNetwork: {counted(self.edges.height, 'edge')}, BIC lower by {fell:.1f}>"


class _Fit(NamedTuple):
    beta: Numbers
    covariance: Numbers
    bic: float


def infer_adjusted_network(
    panel: Panel, covariates: Sequence[str] = (), *, decay: float | None = None, most: int = 5
) -> AdjustedNetwork:
    """Covariate-adjusted network: edges that an event-history model of many policies gains from, by BIC.

    Parameters
    ----------
    panel : Panel
        From `person_period` of many policies; not paired or merged.
    covariates : sequence of str
        Numeric columns of the panel, such as `global_share`. Rows in which one is unknown are left out, and
        counted.
    decay : float, optional
        Rate per period at which the influence of an adoption fades; by default it falls to 0.9 over the whole
        panel.
    most : int
        Edges into one receiver at most.

    Returns
    -------
    AdjustedNetwork

    Raises
    ------
    ConvergenceError
        If the model of the covariates alone has no maximum.
    MethodError
        If there are no events.
    PlanError
        If a column is lacking or no number, or an option is out of range.

    Notes
    -----
    ``logit Pr(y_ict) = x β + Σ_j γ_ji exp(-d (t - t_jc))`` with the adoption of policy c by j at an earlier
    t_jc. For each receiver i the sender that lowers BIC most joins, as long as one does; all coefficients are
    estimated anew at each step, and only positive edges join. Of all senders the ten with the largest score
    tests are fitted. Edges are chosen because they fit, so that their standard errors are too small.

    References
    ----------
    The idea is that of R's package neha (Harden, Desmarais and others).
    """
    rows, notes = _complete(panel, covariates)
    y = rows["event"].to_numpy().astype(np.float64)
    if not y.any():
        raise MethodError("The panel has no events, so no edge can explain one.")
    x = np.column_stack(
        [np.ones(rows.height), *(rows[name].cast(pl.Float64).to_numpy() for name in covariates)]
    )
    rate = _decay(rows, decay)
    base = _fitted(x, y)
    if base is None:
        raise ConvergenceError(
            "The model of the covariates alone has no maximum: there is nothing to compare with."
        )
    found: list[tuple[str, str, float, Numbers]] = []
    lost = 0
    for receiver in rows["unit"].unique().sort().to_list():
        own = np.flatnonzero((rows["unit"] == receiver).to_numpy())
        joined, skipped = _edges_into(panel, rows, own, x, y, base, rate, most)
        found += [(receiver, *edge) for edge in joined]
        lost += skipped
    if lost:
        what = counted(lost, "candidate")
        notes += (f"{what} {noun(lost, 'was', 'were')} left out, because the model with it has no maximum",)
    return _final(rows, x, y, covariates, found, (rate, base.bic), notes)


def _complete(panel: Panel, covariates: Sequence[str]) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Rows in which every covariate is known."""
    if panel.history is None:
        raise PlanError("A network is inferred before units are paired or rows are merged.")
    rows = panel.table()
    need(rows, covariates, "The panel")
    words = [
        name for name in covariates if not (rows[name].dtype.is_numeric() or rows[name].dtype == pl.Boolean)
    ]
    if words:
        raise PlanError(f"The covariate `{words[0]}` must be a number.")
    known = rows.drop_nulls(list(covariates)) if covariates else rows
    out = rows.height - known.height
    what = counted(out, "row")
    return known, (f"{what} with an unknown covariate {noun(out, 'is', 'are')} left out",) if out else ()


def _decay(rows: pl.DataFrame, decay: float | None) -> float:
    if decay is not None:
        if isinstance(decay, bool) or not isinstance(decay, int | float) or not 0 <= decay < math.inf:
            raise PlanError(f"decay is {decay!r}; it must be a number of at least 0.")
        return float(decay)
    times = rows["time"].to_numpy()
    span = float(times.max() - times.min())
    return -math.log(0.9) / span if span > 0 else 0.0


def _edges_into(  # noqa: PLR0917 what one receiver's search needs
    panel: Panel, rows: pl.DataFrame, own: Codes, x: Numbers, y: Numbers, base: _Fit, rate: float, most: int
) -> tuple[list[tuple[str, float, Numbers]], int]:
    """Senders of one receiver in the order in which they join: each with its drop of BIC and its column."""
    candidates = _columns(panel, rows[own], rate)
    now, design = base, x
    joined: list[tuple[str, float, Numbers]] = []
    skipped = 0
    while candidates and len(joined) < most:
        best: tuple[float, str, _Fit] | None = None
        for sender in _largest_scores(design, y, now, own, candidates):
            column = np.zeros(len(y))
            column[own] = candidates[sender]
            fit = _fitted(np.column_stack([design, column]), y)
            skipped += fit is None
            if fit is not None and fit.beta[-1] > 0 and (best is None or fit.bic < best[0]):
                best = fit.bic, sender, fit
        if best is None or best[0] >= now.bic:
            break
        column = np.zeros(len(y))
        column[own] = candidates.pop(best[1])
        joined.append((best[1], now.bic - best[0], column))
        now, design = best[2], np.column_stack([design, column])
    return joined, skipped


def _columns(panel: Panel, rows: pl.DataFrame, rate: float) -> dict[str, Numbers]:
    """Influence of each sender in the rows of one receiver; senders that never came first are left out."""
    assert panel.history is not None
    time = rows["time"].to_numpy().astype(np.float64)
    columns: dict[str, Numbers] = {}
    for (policy,), part in rows.with_row_index("_at").group_by("policy", maintain_order=True):
        spells = panel.history.of_policy(str(policy)).select("unit", "latest").drop_nulls()
        at = part["_at"].to_numpy()
        for sender, when in spells.iter_rows():
            lag = time[at] - when
            if (lag > 0).any() and sender != rows["unit"][0]:
                own = columns.setdefault(sender, np.zeros(rows.height))
                own[at] = np.where(lag > 0, np.exp(-rate * np.maximum(lag, 0.0)), 0.0)
    return columns


def _largest_scores(
    design: Numbers, y: Numbers, fit: _Fit, own: Codes, candidates: dict[str, Numbers]
) -> list[str]:
    """Candidates with the largest score tests against no edge, those that would be negative left out."""
    p = hazard("logit", design @ fit.beta)
    part, weight, left = design[own], (p * (1 - p))[own], (y - p)[own]
    scores: dict[str, float] = {}
    for sender, column in candidates.items():
        score = float(column @ left)
        across = part.T @ (weight * column)
        spread = float(column @ (weight * column) - across @ fit.covariance @ across)
        if score > 0 and spread > 1e-12:
            scores[sender] = score * score / spread
    return sorted(scores, key=lambda one: (-scores[one], one))[:TRIED]


def _fitted(x: Numbers, y: Numbers) -> _Fit | None:
    """A logit by maximum likelihood with its BIC; None where there is no maximum."""
    try:
        found = maximum_likelihood("logit", np.asfortranarray(x), y)
    except MethodError:
        return None
    if not found.converged:
        return None
    covariance: Numbers = np.linalg.pinv(whole(found.information)).astype(np.float64)
    bic = -2 * found.loglik + x.shape[1] * math.log(len(y))
    return _Fit(found.coefficients, covariance, bic)


def _final(  # noqa: PLR0917 what the last model needs
    rows: pl.DataFrame,
    x: Numbers,
    y: Numbers,
    covariates: Sequence[str],
    found: list[tuple[str, str, float, Numbers]],
    before: tuple[float, float],
    notes: tuple[str, ...],
) -> AdjustedNetwork:
    """All edges in one model."""
    fit = _fitted(np.column_stack([x, *(column for *_, column in found)]), y)
    if fit is None:
        raise ConvergenceError("The model with all edges has no maximum; ask for fewer with `most`.")
    errors = np.sqrt(np.diag(fit.covariance))
    k = x.shape[1]
    edges = pl.DataFrame(
        {
            "receiver": pl.Series([edge[0] for edge in found], dtype=pl.String),
            "sender": pl.Series([edge[1] for edge in found], dtype=pl.String),
            "coefficient": fit.beta[k:],
            "std_error": errors[k:],
            "bic_drop": pl.Series([edge[2] for edge in found], dtype=pl.Float64),
        }
    )
    terms = pl.DataFrame(
        {"term": ["intercept", *covariates], "coefficient": fit.beta[:k], "std_error": errors[:k]}
    )
    return AdjustedNetwork(
        edges=edges, covariates=terms, decay=before[0], bic_before=before[1], bic_after=fit.bic,
        rows=rows.height, events=int(y.sum()), notes=notes,
    )  # fmt: skip
