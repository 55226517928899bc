"""Random intercepts and coefficients, where the truth was planted: intervals hold it as often as they say.

Sixteen worlds of twenty policies and thirty units. Of 64 intervals at 95 %, 61 should hold the truth; fewer
than 56 would happen by chance in one run of two hundred.
"""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import polars as pl
import pytest
from scipy.special import expit

import diffuscope

pytestmark = pytest.mark.skipif(find_spec("numpyro") is None, reason="the extra `bayes` is not installed")

WORLDS, POLICIES, UNITS, PERIODS = 16, 20, 30, 10
INTERCEPT, SLOPE, SPREAD, SLOPE_SPREAD = -2.5, 0.5, 0.8, 0.4


def planted(seed: int) -> pl.DataFrame:
    rng = np.random.default_rng([20_261_124, seed])
    own, slope = rng.normal(INTERCEPT, SPREAD, POLICIES), rng.normal(SLOPE, SLOPE_SPREAD, POLICIES)
    policy, unit, time = (
        part.ravel() for part in np.meshgrid(*map(np.arange, (POLICIES, UNITS, PERIODS)), indexing="ij")
    )
    x = rng.normal(size=policy.size)
    event = rng.random(policy.size) < expit(own[policy] + slope[policy] * x)
    frame = pl.DataFrame({"policy": policy, "unit": unit, "time": time, "event": event.astype(int), "x": x})
    before = pl.col("event").cum_sum().shift(1, fill_value=0).over("policy", "unit", order_by="time")
    return frame.filter(before == 0)


@pytest.fixture(scope="module")
def fits():
    return [
        diffuscope.pooled_history(
            "adopted ~ x", planted(seed), random=["x"], seed=seed, draws=500, chains=2
        )
        for seed in range(WORLDS)
    ]  # fmt: skip


def test_intervals_hold_the_truth_as_often_as_they_say(fits):
    truth = np.array([INTERCEPT, SLOPE, SPREAD, SLOPE_SPREAD])
    held = [
        (fit.table()["low"].to_numpy() < truth) & (truth < fit.table()["high"].to_numpy()) for fit in fits
    ]
    assert np.sum(held) >= 56
    assert np.sum(held, axis=0).min() >= 12  # of each quantity: of 16, fewer happen once in 1000 runs


def test_estimates_are_around_the_truth(fits):
    """Means over the worlds, against the spread of estimates between them."""
    found = np.array([fit.table()["estimate"].to_numpy() for fit in fits])
    error = found.std(axis=0, ddof=1) / WORLDS**0.5
    assert (np.abs(found[:, :3].mean(axis=0) - [INTERCEPT, SLOPE, SPREAD]) < 3.5 * error[:3]).all()
    assert found[:, 3].mean() == pytest.approx(SLOPE_SPREAD, abs=0.1)


def test_the_draws_stand_for_the_posterior(fits):
    assert max(fit.rhat.max() for fit in fits) < 1.03
    assert sum(fit.divergent for fit in fits) < WORLDS * 1000 / 1000  # one transition in a thousand
