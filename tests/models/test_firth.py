"""Firth's logit: closed forms of saturated tables, and another implementation on random data."""

from __future__ import annotations

import warnings

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from made_panels import panel, separated, two_by_two
from scipy.optimize import brentq
from scipy.special import expit

from diffuscope.errors import PlanError
from diffuscope.models import firth, predicted_hazard


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


def test_a_corrected_intercept_gives_the_observed_share():
    """FLIC: slopes and their intervals stay; the mean hazard is the share of events, 17 in 100."""
    plain, flic = (firth("event ~ x", two_by_two(), correct_intercept=one) for one in (False, True))
    assert flic.coefficients[1] == plain.coefficients[1] == pytest.approx(1.4874595, abs=5e-8)
    assert (flic.ci_low[1], flic.ci_high[1], flic.p[1]) == (plain.ci_low[1], plain.ci_high[1], plain.p[1])
    root = brentq(lambda a: 60 * expit(a) + 40 * expit(a + flic.coefficients[1]) - 17, -9, 9, xtol=1e-13)
    assert flic.coefficients[0] == pytest.approx(root, abs=1e-9)
    assert predicted_hazard(plain, two_by_two())["hazard"].mean() > 0.17 + 1e-3
    assert predicted_hazard(flic, two_by_two())["hazard"].mean() == pytest.approx(0.17, abs=1e-12)
    assert flic.loglik > plain.loglik
    assert np.linalg.eigvalsh(flic.covariance).min() > 0


def test_a_corrected_intercept_is_that_of_a_logit_with_all_else_as_offset():
    frame = panel(300).with_columns(w=pl.int_range(300) % 3 + 1, o=(pl.int_range(300) % 5) / 5)
    fit = firth("adopted ~ coercion", frame, weights="w", offset="o", interval="wald", correct_intercept=True)
    rest = frame["coercion"].to_numpy() * fit.coefficients[1] + frame["o"].to_numpy()
    other = sm.GLM(
        frame["event"].to_numpy(), np.ones(300), family=sm.families.Binomial(), offset=rest,
        freq_weights=frame["w"].to_numpy(),
    ).fit(tol=1e-12)  # fmt: skip
    assert fit.coefficients[0] == pytest.approx(other.params[0], abs=1e-9)
    # with a covariate that is known, its error is that of the intercept alone
    row = fit.covariance
    assert row[0, 0] - row[0, 1] ** 2 / row[1, 1] == pytest.approx(float(other.cov_params()[0, 0]), rel=1e-6)
    with pytest.raises(PlanError, match="no intercept to correct"):
        firth("adopted ~ 0 + coercion", frame, correct_intercept=True)


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
