"""Bass's model: closed forms, noise-free and noisy recovery, netdiffuseR, intervals and warnings."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from medical_innovation import doctors, needs_reference, peer
from scipy.optimize import curve_fit

from diffuscope.descriptives import adoption_rates, bass
from diffuscope.descriptives.bass import share_by
from diffuscope.errors import MethodError, PlanError


def sales(periods, p=0.03, q=0.38, market=1000.0):
    return market * np.diff(share_by(np.arange(periods + 1.0), p, q))


def test_the_curve_is_the_closed_form():
    np.testing.assert_allclose(
        share_by(np.array([1.0, 5.0, 10.0]), 0.03, 0.38), [0.035758, 0.331199, 0.812803], atol=5e-7
    )
    peak = math.log(0.38 / 0.03) / 0.41
    assert peak == pytest.approx(6.1926192, abs=5e-8)
    assert float(share_by(np.array([peak]), 0.03, 0.38)[0]) == pytest.approx(0.4605263, abs=5e-8)
    h = 1e-5
    slope = np.diff(share_by(np.array([peak - h, peak + h]), 0.03, 0.38))[0] / (2 * h)
    assert slope == pytest.approx(0.1105921, abs=5e-8)
    times = np.arange(8.0)
    np.testing.assert_allclose(share_by(times, 0.2, 1e-12), 1 - np.exp(-0.2 * times), rtol=1e-9)


def test_without_noise_the_truth_comes_back():
    found = bass(sales(15))
    assert (found.p, found.q, found.market) == (
        pytest.approx(0.03, rel=1e-6), pytest.approx(0.38, rel=1e-6), pytest.approx(1000, rel=1e-6),
    )  # fmt: skip
    assert found.peak == pytest.approx(6.1926192, abs=1e-6)
    assert found.warnings == ()
    np.testing.assert_allclose(found.curve(20)[:15], sales(15), rtol=1e-6)
    assert any("does not show" in note for note in found.notes), "a good fit is no proof of contagion"


@needs_reference
def test_shares_of_doctors_give_the_published_numbers():
    watched = bass(doctors(never=18), fit_to="cumulative")
    assert watched.p == pytest.approx(0.0956697, abs=5e-7)
    assert watched.q == pytest.approx(0.0620220, abs=5e-7)
    assert any("no S-shape" in told for told in watched.warnings)
    theirs = dict(peer("bass").iter_rows())
    as_they_count = bass(doctors(), fit_to="cumulative")
    assert as_they_count.p == pytest.approx(theirs["p"], rel=1e-4)
    assert as_they_count.q == pytest.approx(theirs["q"], rel=1e-4)


def test_intervals_of_cumulative_shares_are_not_given():
    found = bass(sales(15), fit_to="cumulative")
    assert found.table()["ci_low"].null_count() == 3
    assert any("are correlated" in told for told in found.warnings)


def noisy(rng, periods=25):
    return np.maximum(sales(periods) + rng.normal(scale=4, size=periods), 0)


def test_errors_are_those_of_another_least_squares():
    new = noisy(np.random.default_rng(1))
    found = bass(new)

    def curve(times, p, q, market):
        return market * (share_by(times, p, q) - share_by(times - 1, p, q))

    estimates, covariance = curve_fit(curve, np.arange(1.0, 26), new, p0=(0.03, 0.38, 1000))
    np.testing.assert_allclose([found.p, found.q, found.market], estimates, rtol=1e-4)
    np.testing.assert_allclose(
        [found.std_errors[name] for name in ("p", "q", "market")], np.sqrt(np.diag(covariance)), rtol=1e-3
    )


def inside_the_intervals(draws: int) -> np.ndarray:
    """Share of noisy histories whose intervals hold the truth, for p, q and the market."""
    rng = np.random.default_rng(7)
    inside = np.zeros(3)
    for _ in range(draws):
        found = bass(noisy(rng))
        truth = {"p": 0.03, "q": 0.38, "market": 1000}
        inside += [found.ci_low[name] <= value <= found.ci_high[name] for name, value in truth.items()]
    return inside / draws


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """With more draws in `verify/test_statistics_truth.py`."""
    assert (inside_the_intervals(12) > 0.8).all()


def test_it_warns_before_the_inflection_and_is_silent_after():
    assert any("had not passed its peak" in told for told in bass(sales(6)).warnings)
    assert any("had not passed its peak" in told for told in bass(sales(6), market=3000).warnings)
    assert bass(sales(12)).warnings == ()


def test_the_market_is_all_units_unless_said_otherwise():
    laws = pl.DataFrame(
        {"unit": [f"u{at}" for at in range(40)], "time": [*np.repeat(range(1, 8), 5), *[None] * 5]}
    )
    found = bass(laws)
    assert found.market == 40
    assert "market" not in found.std_errors
    assert bass(laws, market=60).market == 60
    assert bass(adoption_rates(laws)).p == found.p
    assert bass(laws, market="free").market >= 35
    assert found.periods == tuple(range(1, 8))


@pytest.mark.parametrize(
    ("new", "options", "error", "words"),
    [
        ([3, 4, 0, 0, 5, 6], {}, MethodError, "4 periods"),
        ([3, 4, -1, 5, 6, 7], {}, PlanError, "not below 0"),
        ([3, 4, 5, 6, 7], {"market": 10}, PlanError, "smaller"),
        ([3, 4, 5, 6, 7], {"market": "units"}, PlanError, "number of units"),
        ([3, 4, 5, 6, 7], {"market": "huge"}, PlanError, "market"),
        ([3, 4, 5, 6, 7], {"fit_to": "share"}, PlanError, "fit_to"),
    ],
)
def test_what_makes_no_sense_is_refused(new, options, error, words):
    with pytest.raises(error, match=words):
        bass(new, **options)


def test_a_curve_that_only_falls_says_so():
    found = bass(1000 * np.diff(1 - np.exp(-0.3 * np.arange(13.0))), market=1000)
    assert found.peak is None
    assert found.p == pytest.approx(0.3, abs=1e-3)
    assert any("falls from the start" in told for told in found.warnings)


def test_what_is_no_curve_is_refused_in_words():
    with pytest.raises(PlanError, match="bass takes a table of adoptions"):
        bass(object())
