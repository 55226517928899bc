"""Searches of a penalised likelihood: they settle where events are few, and intervals end rightly."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.optimize import minimize

from diffuscope.models import firth
from diffuscope.models.refit import fit_batch

REACH = 3.841458820694124
"""The 95 % point of chi-squared with one degree of freedom."""


def few_events(seed: int) -> pl.DataFrame:
    """41 rows with 5 events, which one column nearly predicts, on columns of unlike scale."""
    rng = np.random.default_rng(seed)
    event = np.zeros(41, dtype=int)
    event[rng.choice(41, 5, replace=False)] = 1
    near = event + (rng.random(41) < 0.1)
    columns = {f"x{at}": rng.normal(size=41) * scale for at, scale in enumerate((0.1, 1.0, 5.0))}
    return pl.DataFrame({"event": event, "near": near, **columns})


def columns_of(rows: pl.DataFrame) -> np.ndarray:
    return np.column_stack([np.ones(rows.height), rows.drop("event").to_numpy().astype(float)])


def penalised_loglik(x: np.ndarray, y: np.ndarray, beta: np.ndarray) -> float:
    """Log-likelihood of a logit plus half the log determinant of its information, written out."""
    eta = x @ beta
    p = 1 / (1 + np.exp(-eta))
    information = x.T @ (x * (p * (1 - p))[:, None])
    with np.errstate(divide="ignore"):
        return float((y * eta - np.logaddexp(0, eta)).sum() + np.linalg.slogdet(information)[1] / 2)


def highest_with(x: np.ndarray, y: np.ndarray, beta: np.ndarray, at: int, value: float) -> float:
    """The highest of it with one coefficient held, by a search without derivatives from several starts."""
    free = [column for column in range(x.shape[1]) if column != at]

    def less(others: np.ndarray) -> float:
        tried = np.empty(x.shape[1])
        tried[at], tried[free] = value, others
        found = penalised_loglik(x, y, tried)
        return -found if np.isfinite(found) else 1e10

    starts = [beta[free] * factor for factor in (0.0, 0.5, 1.0, 2.0, 5.0)]
    ends = [minimize(less, start, method="Powell", options={"maxiter": 20_000}) for start in starts]
    polished = [minimize(less, end.x, method="BFGS") for end in ends]
    return max(-end.fun for end in (*ends, *polished))


@pytest.mark.parametrize("seed", [0, 10, 11])
def test_intervals_end_where_twice_the_penalised_likelihood_has_fallen_by_the_critical_value(seed):
    rows = few_events(seed)
    fit, x, y = firth("adopted ~ near + x0 + x1 + x2", rows), columns_of(rows), rows["event"].to_numpy()
    assert fit.converged
    for at in range(x.shape[1]):
        for end in (fit.ci_low[at], fit.ci_high[at]):
            fall = 2 * (fit.loglik_penalised - highest_with(x, y, fit.coefficients, at, end))
            assert fall == pytest.approx(REACH, abs=1e-4), (fit.names[at], end)


def test_refits_of_few_events_settle_where_the_information_is_far_from_the_curvature():
    rng = np.random.default_rng(0)
    x = np.column_stack([np.ones(41), rng.normal(size=41)])
    y = np.zeros(41)
    y[rng.choice(41, 3, replace=False)] = 1
    changed = [np.array([rng.permutation(own) for _ in range(999)]) for own in rng.random((2, 41))]
    found = fit_batch(x, changed, y, firth=True)
    assert np.isfinite(found.loglik).all()
    far = np.argsort(np.abs(found.coefficients).max(axis=1))[-4:]
    for copy in (*far, 0):
        own = np.column_stack([x, *(one[copy] for one in changed)])
        better = minimize(
            lambda beta, own=own: -penalised_loglik(own, y, beta), found.coefficients[copy], method="Powell"
        )
        assert penalised_loglik(own, y, found.coefficients[copy]) >= -better.fun - 1e-9


def test_an_end_that_no_search_finds_is_not_known(monkeypatch):
    """A search that did not converge proves nothing: the end is unknown, and the fit says so."""
    module = sys.modules["diffuscope.models.estimators.firth"]
    whole = module.penalised

    def unsettled(data, x, fixed=None, start=None):
        found = whole(data, x, fixed, start)
        return replace(found, converged=found.converged and fixed != 1)

    monkeypatch.setattr(module, "penalised", unsettled)
    fit = firth("adopted ~ near + x0", few_events(0))
    assert np.isnan([fit.ci_low[1], fit.ci_high[1], fit.p[1]]).all()
    assert np.isfinite(fit.ci_low[[0, 2]]).all()
    assert any("end of the interval of `near` did not converge" in told for told in fit.warnings)
