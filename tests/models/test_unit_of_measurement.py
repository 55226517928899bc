"""A column in another unit: its coefficient and error change by the factor; nothing else of a fit does."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_panels import panel

from diffuscope.models import (
    average_marginal_effects,
    conditional_logit,
    cox,
    event_history,
    firth,
    firth_bootstrap,
    likelihood_ratio,
)

ROWS = panel(400).with_columns(start=pl.lit(0), stop=1 + pl.int_range(400) % 37)
TERMS = "adopted ~ coercion + gdp"
ESTIMATORS = {
    "logit": lambda rows: event_history(TERMS, rows, cluster="unit"),
    "cloglog": lambda rows: event_history(TERMS, rows, link="cloglog", cluster=None),
    "probit": lambda rows: event_history(TERMS, rows, link="probit", cluster="unit"),
    "two ways": lambda rows: event_history(TERMS, rows, cluster=("unit", "policy")),
    "three ways": lambda rows: event_history(TERMS, rows, cluster=("unit", "policy", "duration")),
    "policy effects": lambda rows: event_history(TERMS, rows, policy_effects="fixed", cluster="unit"),
    "Firth": lambda rows: firth(TERMS, rows),
    "Firth, bootstrap": lambda rows: firth_bootstrap(
        firth(TERMS, rows, interval="wald"), rows, draws=100, seed=1
    ),
    "conditional logit": lambda rows: conditional_logit(TERMS, rows, strata="region", cluster=None),
    "FLIC": lambda rows: firth(TERMS, rows, correct_intercept=True),
    "Cox, exact": lambda rows: cox(TERMS, rows.head(80), ties="exact"),
    "Cox": lambda rows: cox(TERMS, rows, cluster="unit"),
}
STAYS = (
    "p", "loglik", "loglik_null", "aic", "bic_rows", "bic_events", "rows", "events", "warnings", "interval",
    "clusters", "left_out", "names",
)  # fmt: skip


@pytest.mark.parametrize("name", ESTIMATORS)
@settings(max_examples=6, deadline=None)
@given(power=st.floats(-5, 5), sign=st.sampled_from([-1, 1]))
def test_only_its_coefficient_and_error_change(name, power, sign):
    factor = sign * 10**power
    one = ESTIMATORS[name](ROWS)
    two = ESTIMATORS[name](ROWS.with_columns(pl.col("gdp") * factor))
    at = one.names.index("gdp")
    scale = np.ones(len(one.names))
    scale[at] = factor
    assert two.coefficients * scale == pytest.approx(one.coefficients, rel=1e-5, abs=1e-7)
    assert two.std_errors * abs(scale) == pytest.approx(one.std_errors, rel=1e-5)
    ends = np.sort(np.array([two.ci_low, two.ci_high]) * scale, axis=0)
    assert ends == pytest.approx(np.array([one.ci_low, one.ci_high]), rel=1e-4, abs=1e-6)
    for field in STAYS:
        mine, other = getattr(two, field), getattr(one, field)
        if isinstance(other, (float, np.ndarray)):
            assert mine == pytest.approx(other, rel=1e-6, abs=1e-6), field
        else:
            assert mine == other, field


@pytest.mark.parametrize("factor", [1e-4, 1.0, 1e4])
def test_the_likelihood_ratio_of_firth_is_that_of_the_profile(factor):
    """With one further term it is the test behind the p-value of that term."""
    rows = ROWS.with_columns(pl.col("gdp") * factor)
    small, large = firth("adopted ~ coercion", rows), firth(TERMS, rows)
    _, degrees, p = likelihood_ratio(small, large, rows)
    assert degrees == 1
    assert p == pytest.approx(large.p[large.names.index("gdp")], abs=1e-7)


def test_effects_of_firth_hold_zero_where_the_coefficient_does():
    fit = firth(TERMS, ROWS)
    for column, low, high, p in (
        average_marginal_effects(fit, ROWS).select("column", "ci_low", "ci_high", "p").rows()
    ):
        at = fit.names.index(column)
        assert (low <= 0 <= high) == (fit.ci_low[at] <= 0 <= fit.ci_high[at])
        assert math.copysign(1, low) == math.copysign(1, fit.ci_low[at])
        assert p == fit.p[at]
