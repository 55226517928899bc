"""Intervals of Firth's logit where units have rows of several policies: how often they miss the truth."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from diffuscope.errors import MethodError
from diffuscope.models import firth, firth_bootstrap

WORLDS = 250
POLICIES = PERIODS = 6
MISSED = 0.10
"""Most worlds of which an interval of 95 % may miss the truth: 5 %, and what so few units cost."""


def world(number: int, units: int, sd: float, coefficient: float, intercept: float) -> pl.DataFrame:
    """Adoptions of several policies whose hazard differs between units beyond what the exposure explains."""
    draw = np.random.default_rng([number, units])
    x = 0.8 * draw.normal(size=(units, 1, 1)) + 0.6 * draw.normal(size=(units, 1, PERIODS))
    x = np.broadcast_to(x, (units, POLICIES, PERIODS))
    frailty = sd * draw.normal(size=(units, 1, 1))
    adopts = draw.random(x.shape) < 1 / (1 + np.exp(-(intercept + coefficient * x + frailty)))
    at_risk = np.cumsum(adopts, axis=2) - adopts == 0
    unit, policy, _ = (axis[at_risk] for axis in np.indices(x.shape))
    return pl.DataFrame(
        {"unit": unit, "policy": policy, "x": x[at_risk], "event": adopts[at_risk].astype(int)}
    )


@pytest.mark.parametrize("units", [10, 20])
@pytest.mark.parametrize("sd", [0.0, 1.0])
@pytest.mark.parametrize(("coefficient", "intercept"), [(0.0, -3.0), (1.0, -3.5)])
def test_the_wider_interval_misses_the_truth_about_as_often_as_it_says(units, sd, coefficient, intercept):
    missed, own = [], []
    for number in range(WORLDS):
        rows = world(number, units, sd, coefficient, intercept)
        if rows["event"].sum() < 5:
            continue
        fit = firth("event ~ x", rows)
        try:
            drawn = firth_bootstrap(fit, rows, draws=199, seed=1)
        except MethodError:
            continue
        for one, counted in ((fit, own), (drawn, missed)):
            counted.append(not one.ci_low[1] <= coefficient <= one.ci_high[1])
    assert len(missed) > 0.9 * WORLDS
    assert np.mean(missed) < MISSED
    assert np.mean(missed) <= np.mean(own)
    if sd:  # the fit's own interval takes the rows of a unit to be independent
        assert np.mean(own) > MISSED
