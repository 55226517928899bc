"""Firth's logit: closed forms of saturated tables, and another implementation on random data."""

from __future__ import annotations

import warnings

import numpy as np
import polars as pl
import pytest
from made_panels import panel, separated, two_by_two

from diffuscope.errors import PlanError
from diffuscope.models import firth


def test_an_intercept_alone_adds_half_an_event():
    fit = firth("event ~ 1", pl.DataFrame({"event": [1] * 4 + [0] * 16}))
    assert 1 / (1 + np.exp(-fit.coefficients[0])) == pytest.approx(4.5 / 21, rel=1e-9)


def test_two_by_two_adds_half_to_every_cell():
    fit = firth("event ~ x", two_by_two())
    assert fit.coefficients == pytest.approx((-2.3116349, 1.4874595), abs=5e-8)
    assert fit.std_errors == pytest.approx((0.450740, 0.566685), abs=5e-7)
    assert fit.loglik_penalised == pytest.approx(-39.7989017, abs=5e-8)


def test_separated_data_have_finite_estimates():
    fit = firth("event ~ x", separated())
    slope = np.log((4.5 / 6.5) / (0.5 / 10.5))
    assert fit.coefficients == pytest.approx((np.log(0.5 / 10.5), slope), rel=1e-8)
    assert slope == pytest.approx(2.6767977, abs=5e-8)
    assert fit.std_errors[1] == pytest.approx(1.648768, abs=5e-7)
    assert fit.coefficients.sum() == pytest.approx(-0.3677248, abs=5e-8)
    assert np.isfinite(fit.ci_low).all()


def test_another_implementation_agrees():
    from firthmodels import FirthLogisticRegression

    frame = panel(150).select("event", "coercion", "gdp").with_columns(noise=pl.col("gdp").sin() + 3)
    ours = firth("adopted ~ coercion + gdp + noise", frame)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = FirthLogisticRegression(gtol=1e-9, xtol=1e-9, max_iter=200).fit(
            frame.select("coercion", "gdp", "noise").to_numpy(), frame["event"].to_numpy()
        )
        ends = other.conf_int(method="pl")
        other.lrt()
    assert ours.coefficients == pytest.approx([other.intercept_, *other.coef_], rel=1e-6)
    assert ours.loglik_penalised == pytest.approx(other.loglik_, rel=1e-9)
    assert ours.ci_low[1:] == pytest.approx(ends[:3, 0], rel=1e-4)
    assert ours.ci_high[1:] == pytest.approx(ends[:3, 1], rel=1e-4)
    there = np.isfinite(other.lrt_pvalues_[:3])  # it leaves some out where its search does not end
    assert there.sum() >= 2
    assert ours.p[1:][there] == pytest.approx(other.lrt_pvalues_[:3][there], rel=1e-4)


def test_the_interval_ends_where_the_likelihood_has_dropped_by_half_the_critical_value():
    """By the definition, on a grid of nothing but the saturated table's own closed form."""
    fit = firth("event ~ 1", pl.DataFrame({"event": [1] * 4 + [0] * 16}))

    def penalised(a: float) -> float:
        p = 1 / (1 + np.exp(-a))
        return 4 * np.log(p) + 16 * np.log1p(-p) + 0.5 * np.log(20 * p * (1 - p))

    top = penalised(fit.coefficients[0])
    for end in (fit.ci_low[0], fit.ci_high[0]):
        assert 2 * (top - penalised(end)) == pytest.approx(3.841458820694124, abs=1e-6)


def test_wald_intervals_are_the_estimate_and_its_errors():
    fit = firth("event ~ x", two_by_two(), interval="wald")
    # the penalised information of the two-by-two table: estimates and errors as published
    assert fit.ci_low == pytest.approx(fit.coefficients - 1.959964 * np.array([0.450740, 0.566685]), abs=2e-6)
    assert fit.interval == "Wald, normal"
    with pytest.raises(PlanError, match="'profile', 'wald'"):
        firth("event ~ x", two_by_two(), interval="exact")
