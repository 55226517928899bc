"""Rubin's rules: worked by hand, and over dates drawn from the ranges in which they are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from made_panels import panel, two_by_two
from scipy.stats import t as student

from diffuscope.errors import MethodError, PlanError
from diffuscope.models import combine_fits, cox, event_history, firth
from diffuscope.panel import counting_process, impute_dates, person_period


def alike(estimates, variance: float, degrees: int | None = None):
    """Fits with one coefficient each, of one variance."""
    whole = event_history("event ~ 1", two_by_two(), cluster=None)
    return [
        replace(whole, coefficients=np.array([one]), covariance=np.array([[variance]]), df=degrees)
        for one in estimates
    ]


def test_three_draws_by_hand():
    """Means 1, 2, 3 of variance ½: B = 1, T = ½ + 4/3, r = 8/3, degrees 2(1 + 3/8)²."""
    found = combine_fits(alike([1.0, 2.0, 3.0], 0.5))
    assert found.coefficients[0] == 2
    assert found.within[0, 0] == 0.5
    assert found.between[0, 0] == pytest.approx(1, rel=1e-12)
    assert found.covariance[0, 0] == pytest.approx(11 / 6, rel=1e-12)
    assert found.df[0] == pytest.approx(3.78125, rel=1e-12)
    assert found.missing[0] == pytest.approx((8 / 3 + 2 / 6.78125) / (11 / 3), rel=1e-12)
    assert (found.ci_high[0] - 2) / (11 / 6) ** 0.5 == pytest.approx(student.ppf(0.975, 3.78125), rel=1e-9)
    assert found.p[0] == pytest.approx(2 * student.sf(2 / (11 / 6) ** 0.5, 3.78125), rel=1e-9)
    assert found.ci_low[0] + found.ci_high[0] == pytest.approx(4)
    assert "3 draws: with fewer than 20" in found.warnings[0]


def test_few_clusters_bound_the_degrees_of_freedom():
    """Barnard & Rubin: with 10 known, λ = 8/11: 11/13 · 10 · 3/11 = 30/13, beside 3.78125."""
    found = combine_fits(alike([1.0, 2.0, 3.0], 0.5, degrees=10))
    assert found.df[0] == pytest.approx(1 / (1 / 3.78125 + 13 / 30), rel=1e-12)


def test_fits_that_agree_are_one_fit():
    fit = event_history("adopted ~ coercion + region", panel(), cluster="unit")
    found = combine_fits([fit] * 20)
    for name in ("coefficients", "std_errors", "ci_low", "ci_high", "p"):
        assert getattr(found, name) == pytest.approx(getattr(fit, name), rel=1e-9)
    assert found.df.min() > 1e12
    assert found.missing.max() < 1e-12
    assert found.clusters == fit.clusters
    assert found.rows == (2000, 2000)


@pytest.fixture(scope="module")
def draws():
    """Panels of 120 units, half of whose dates are known to three years, drawn twenty times."""
    rng = np.random.default_rng(5)
    wealth = rng.normal(size=120)
    time = 2001 + rng.geometric(1 / (1 + np.exp(1.6 - 0.8 * wealth)))
    known = rng.random(120) < 0.5
    never = time > 2012
    laws = pl.DataFrame(
        {
            "unit": [f"u{at:03d}" for at in range(120)],
            "time": [None if gone else int(at) - (0 if sure else 1) for gone, at, sure in
                     zip(never, time, known, strict=True)],
            "time_latest": [None if gone or sure else min(int(at) + 1, 2012) for gone, at, sure in
                            zip(never, time, known, strict=True)],
        }
    )  # fmt: skip
    facts = laws.select("unit").with_columns(wealth=pl.Series(wealth))
    panel = person_period(laws, origin=2001, censor=2012, covariates=facts)
    return impute_dates(panel, seed=3)


def test_what_is_not_known_makes_less_sure(draws):
    fits = [event_history("adopted ~ wealth", one, duration="cubic") for one in draws]
    found = combine_fits(fits)
    assert (found.draws, found.rows[0] < found.rows[1]) == (20, True)
    estimates = np.array([fit.coefficients for fit in fits])
    variance = np.mean([fit.std_errors**2 for fit in fits], axis=0) + 1.05 * estimates.var(axis=0, ddof=1)
    assert found.coefficients == pytest.approx(estimates.mean(axis=0), rel=1e-12)
    assert found.std_errors**2 == pytest.approx(variance, rel=1e-9)
    at = found.names.index("wealth")
    assert 0 < found.missing[at] < 0.5
    assert found.ci_low[at] < 0.8 < found.ci_high[at]
    told = found.summary()
    for words in ("logit: adopted ~ wealth, over 20 draws", "120 by unit", "unknown values"):
        assert words in told
    assert "wealth" in found.latex()
    assert found.html().count("<tr>") == 1 + len(found.names) + 1
    assert found.table()["term"].to_list() == list(found.names)


def test_time_at_risk_on_other_knots_is_not_combined(draws):
    found = combine_fits(event_history("adopted ~ wealth", one, duration="spline") for one in draws)
    assert found.names == ("(intercept)", "wealth")
    assert "other knots" in found.warnings[0]


def test_cox_is_combined_too(draws):
    found = combine_fits(cox("adopted ~ wealth", counting_process(one)) for one in draws)
    assert (found.model, found.names) == ("Cox (efron)", ("wealth",))
    assert 0.4 < found.coefficients[0] < 1.0


def test_what_the_fits_warn_of_is_told_once(draws):
    few = [event_history("adopted ~ wealth", one.table().filter(pl.col("unit") < "u020")) for one in draws]
    found = combine_fits(few)
    assert [told[:16] for told in found.warnings] == ["In 20 of 20 draw"] * len(found.warnings)
    assert any("20 clusters by unit" in told for told in found.warnings)


def test_a_warning_of_one_event_is_of_a_kind_with_that_of_two():
    warnings = [f"{events} for 4 coefficients" for events in ("1 event", "2 events", "2 events")]
    fits = [
        replace(fit, warnings=(warning,))
        for fit, warning in zip(alike([1, 2, 3], 0.5), warnings, strict=True)
    ]
    assert combine_fits(fits).warnings[1:] == ("In 3 of 3 draws: 1 event for 4 coefficients",)


def test_fits_that_are_not_of_one_model_are_refused(draws):
    one = event_history("adopted ~ wealth", draws[0])
    others = {
        "their model": event_history("adopted ~ wealth", draws[0], link="cloglog"),
        "their formula": event_history("adopted ~ 1", draws[0]),
        "clusters": event_history("adopted ~ wealth", draws[0], cluster=None),
    }
    for words, other in others.items():
        with pytest.raises(PlanError, match=words):
            combine_fits([one, other])
    with pytest.raises(PlanError, match="combining needs more"):
        combine_fits([one])
    with pytest.raises(MethodError, match="Firth"):
        combine_fits([firth("adopted ~ wealth", draws[0])] * 2)
    regions = [panel(), panel().filter(pl.col("region") != "west")]
    with pytest.raises(MethodError, match=r"draw 2 differs by region\[T.west\]"):
        combine_fits(event_history("adopted ~ region", frame) for frame in regions)
