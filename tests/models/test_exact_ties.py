"""The exact partial likelihood, and the test of proportional hazards: by enumeration, and R's survival."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
import pytest
from made_panels import counting
from scipy.special import gammaln

from diffuscope.errors import MethodError, PlanError, SeparationError
from diffuscope.models import cox, event_history, proportional_hazards_test
from diffuscope.models.likelihood.conditional_likelihood import Strata, conditional_likelihood

HALF = pl.col("unit").str.slice(-1).is_in(["1", "2", "3"]).cast(int).alias("s")


@pytest.mark.parametrize("events", [1, 2, 4, 5])
def test_the_recursion_is_the_sum_over_all_choices(events):
    rng = np.random.default_rng(events)
    x, beta, offset = rng.normal(size=(6, 2)), np.array([0.7, -1.2]), rng.normal(size=6)
    happened = np.array([1.0] * events + [0.0] * (6 - events))
    strata = Strata.of(np.arange(6), np.zeros(6, dtype=int), happened)
    found = conditional_likelihood(strata, x, beta, offset)
    choices = [list(one) for one in combinations(range(6), events)]
    weights = np.exp([(x[one] @ beta + offset[one]).sum() for one in choices])
    sums = np.array([x[one].sum(axis=0) for one in choices])
    mean = weights @ sums / weights.sum()
    spread = (sums - mean).T @ ((sums - mean) * (weights / weights.sum())[:, None])
    assert found.loglik == pytest.approx(np.log(weights[0] / weights.sum()), rel=1e-12)
    assert found.gradient == pytest.approx(sums[0] - mean, abs=1e-12)
    assert found.information == pytest.approx(spread, abs=1e-12)


def test_the_recursion_neither_overflows_nor_cancels():
    """500 of 1,000 rows that are all alike: the binomial coefficient has 300 digits."""
    happened, x = np.array([1.0, 0.0] * 500), np.full((1000, 1), 1e3)
    strata = Strata.of(np.arange(1000), np.zeros(1000, dtype=int), happened)
    found = conditional_likelihood(strata, x, np.ones(1))
    assert -found.loglik == pytest.approx(gammaln(1001) - 2 * gammaln(501), rel=1e-8)
    assert found.information[0, 0] == pytest.approx(0, abs=1e-9)


def test_strata_of_several_sizes_are_taken_side_by_side():
    rng = np.random.default_rng(8)
    stratum = rng.integers(0, 40, 300)
    happened, x = (rng.random(300) < 0.4).astype(float), rng.normal(size=(300, 3))
    found = conditional_likelihood(Strata.of(np.arange(300), stratum, happened), x, np.ones(3))
    members = [np.flatnonzero(stratum == one) for one in range(40)]
    apart = [
        conditional_likelihood(Strata.of(rows, np.zeros(rows.size, dtype=int), happened[rows]), x, np.ones(3))
        for rows in members
        if 0 < happened[rows].sum() < rows.size
    ]
    assert found.loglik == pytest.approx(sum(one.loglik for one in apart), rel=1e-12)
    assert found.gradient == pytest.approx(sum(one.gradient for one in apart), rel=1e-9)
    assert found.information == pytest.approx(sum(one.information for one in apart), rel=1e-9)


@pytest.mark.parametrize(
    ("strata", "expected"),
    [
        (None, (0.2062594838, -0.3657459109, 0.3137281441, 0.3408429371, -29.0019648394, -28.2783578320)),
        ("s", (0.2260667724, -0.6358943425, 0.3395257940, 0.4297324165, -22.2673267328, -20.9491950683)),
    ],
)
def test_ties_are_exact_as_in_survival_of_r(strata, expected):
    # coxph(Surv(start, stop, event) ~ x + z, ties = "exact"), and with strata(s), of survival 3.5-3
    fit = cox("event ~ x + z", counting().with_columns(HALF).head(60), ties="exact", strata=strata)
    found = (*fit.coefficients, *fit.std_errors, fit.loglik_null, fit.loglik)
    assert found == pytest.approx(expected, rel=1e-8)
    assert any("model-based" in one for one in fit.warnings)


def test_without_ties_all_three_agree():
    frame = counting(120, ties=False)
    exact, efron, breslow = (
        cox("event ~ x + z", frame, ties=ties, cluster=None) for ties in ("exact", "efron", "breslow")
    )
    assert exact.coefficients == pytest.approx(efron.coefficients, rel=1e-8)
    assert exact.covariance == pytest.approx(breslow.covariance, rel=1e-7)


def test_exact_ties_that_cannot_be_estimated_are_refused():
    rows = pl.DataFrame(
        {
            "start": 0,
            "stop": [1] * 4 + [2] * 4,
            "event": [1, 1, 0, 0] * 2,
            "x": [3.0, 2.0, 1.0, 0.0, 1.0, 0.5, 0.0, -1.0],
        }
    )
    with pytest.raises(SeparationError, match="no maximum for `x`"):
        cox("event ~ x", rows, ties="exact", cluster=None)
    with pytest.raises(PlanError, match="cannot be clustered"):
        cox("event ~ x", counting(), ties="exact", cluster="unit")
    with pytest.raises(PlanError, match="'efron', 'breslow', 'exact'"):
        cox("event ~ x", counting(), ties="marginal")


ZPH = {
    "km": (0.292353132899, 0.212690707277, 0.421738145410, 0.213340054215, 0.288243806245, 0.417394865996),
    "identity": (
        0.244011906720,
        0.213467719019,
        0.374098968120,
        0.134558719457,
        0.258450473467,
        0.325136238191,
    ),
    "log": (0.313498535948, 0.180683430691, 0.414750244868, 0.255289326445, 0.278608589884, 0.439346853265),
    "rank": (0.299362974242, 0.161960955857, 0.386832024024, 0.195128144171, 0.206595692663, 0.333382778368),
}
"""cox.zph(coxph(Surv(start, stop, event) ~ x + z)), and with strata(s) and Breslow's ties: survival 3.5-3."""


@pytest.mark.parametrize("transform", ZPH)
def test_proportional_hazards_are_tested_as_by_cox_zph(transform):
    frame = counting().with_columns(HALF)
    fits = [
        cox("event ~ x + z", frame, cluster="unit"),
        cox("event ~ x + z", frame, ties="breslow", strata="s", cluster=None),
    ]
    found = [proportional_hazards_test(fit, frame, transform=transform) for fit in fits]
    assert [*found[0]["statistic"], *found[1]["statistic"]] == pytest.approx(ZPH[transform], rel=1e-8)
    assert found[0]["df"].to_list() == [1, 1, 2]
    assert found[0]["term"].to_list() == ["x", "z", "all"]


def test_a_coefficient_that_changes_its_sign_is_noticed():
    rng = np.random.default_rng(2)
    x = rng.integers(0, 2, 800)
    early = rng.exponential(1 / np.where(x == 1, 2.0, 0.5))
    late = 0.5 + rng.exponential(1 / np.where(x == 1, 0.3, 2.0))
    stop = np.where(early < 0.5, early, late)
    frame = pl.DataFrame({"start": 0.0, "stop": stop, "event": rng.random(800) < 0.9, "x": x})
    fit = cox("event ~ x", frame, cluster=None)
    assert proportional_hazards_test(fit, frame)["p"][0] < 1e-10


def test_the_test_needs_the_rows_of_a_fit_by_cox():
    frame = counting()
    fit = cox("event ~ x", frame, cluster=None)
    with pytest.raises(MethodError, match="399 rows for a fit to 400"):
        proportional_hazards_test(fit, frame.head(399))
    with pytest.raises(PlanError, match="transform is 'cube'"):
        proportional_hazards_test(fit, frame, transform="cube")
    with pytest.raises(MethodError, match="needs a fit by `cox`"):
        proportional_hazards_test(event_history("event ~ x", frame), frame)
    with pytest.raises(MethodError, match="needs a fit by `cox`"):
        proportional_hazards_test(cox("event ~ x", frame.head(60), ties="exact"), frame.head(60))
