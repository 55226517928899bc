"""Marginal effects, predicted hazards and adoption curves."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from made_panels import counting, panel, separated, two_by_two
from scipy.optimize import brentq
from scipy.special import expit

from diffuscope.errors import MethodError, PlanError
from diffuscope.models import (
    adoption_curve,
    average_marginal_effects,
    baseline_hazard,
    cox,
    event_history,
    firth,
    predicted_hazard,
)
from diffuscope.models.postestimation.marginal_effects import contrast_effects, contrast_of


def test_two_by_two_has_its_closed_form():
    fit = event_history("event ~ x", two_by_two(), cluster=None)
    contrast = average_marginal_effects(fit, two_by_two()).row(0, named=True)
    assert contrast["effect"] == pytest.approx(12 / 40 - 5 / 60, rel=1e-9)
    # the difference of two shares has the variance of two shares
    assert contrast["std_error"] == pytest.approx(np.sqrt(0.3 * 0.7 / 40 + 5 * 55 / 60**3), rel=1e-8)
    slope = average_marginal_effects(fit, two_by_two(), change="slope").row(0, named=True)
    assert slope["effect"] == pytest.approx(0.2013192, abs=5e-8)


def test_slopes_and_errors_are_those_of_statsmodels():
    frame = panel()
    fit = event_history("adopted ~ coercion + gdp", frame, cluster=None)
    x = np.column_stack([np.ones(2000), frame["coercion"], frame["gdp"]])
    other = sm.Logit(frame["event"].to_numpy(), x).fit(disp=0, tol=1e-12).get_margeff()
    ours = average_marginal_effects(fit, frame, change="slope")
    assert ours["effect"].to_numpy() == pytest.approx(other.margeff, rel=1e-6)
    assert ours["std_error"].to_numpy() == pytest.approx(other.margeff_se, rel=1e-6)


def test_a_column_inside_a_function_moves_with_it():
    frame = panel().with_columns(lg=pl.col("gdp").log())
    one = event_history("adopted ~ coercion + log(gdp)", frame, cluster="unit")
    two = event_history("adopted ~ coercion + lg", frame, cluster="unit")
    ours = average_marginal_effects(one, frame, ["gdp"]).row(0, named=True)
    low, high = np.quantile(frame["gdp"].to_numpy(), (0.1, 0.9))
    means = [
        predicted_hazard(two, frame.with_columns(lg=pl.lit(np.log(end))))["hazard"].mean()
        for end in (low, high)
    ]
    assert ours["effect"] == pytest.approx(means[1] - means[0], rel=1e-9)
    assert (ours["from"], ours["to"]) == pytest.approx((low, high))


def test_hazards_and_their_intervals_are_those_of_statsmodels():
    frame = panel()
    fit = event_history("adopted ~ coercion + log(gdp)", frame, cluster=None)
    x = np.column_stack([np.ones(2000), frame["coercion"], np.log(frame["gdp"].to_numpy())])
    other = sm.GLM(frame["event"].to_numpy(), x, family=sm.families.Binomial()).fit(tol=1e-12)
    expected = other.get_prediction(x).summary_frame()
    ours = predicted_hazard(fit, frame)
    for name, theirs in (("hazard", "mean"), ("ci_low", "mean_ci_lower"), ("ci_high", "mean_ci_upper")):
        assert ours[name].to_numpy() == pytest.approx(expected[theirs].to_numpy(), rel=1e-6)
    new = predicted_hazard(fit, frame.head(3).with_columns(coercion=pl.Series([None, 0.0, 1.0])))
    assert new["row"].to_list() == [1, 2]


def test_a_curve_is_the_product_of_what_did_not_happen():
    """One binary column and no time: S(t) = (1-p)^t, whose variance is known in closed form."""
    frame = pl.DataFrame({"event": [1] * 4 + [0] * 16, "duration": [1, 2, 3, 4] * 5})
    fit = event_history("event ~ 1", frame, cluster=None)
    curve = adoption_curve(fit, frame)
    assert curve["adopted"].to_numpy() == pytest.approx(1 - 0.8 ** np.arange(1, 5), rel=1e-9)
    # log(-log S) = log t + log(-log(1-p)): its error does not depend on t
    error = np.sqrt(0.2 * 0.8 / 20) / (0.8 * -np.log(0.8))
    ends = 1 - 0.8 ** (np.arange(1, 5) * np.exp(1.959963984540054 * error))
    assert curve["ci_high"].to_numpy() == pytest.approx(ends, rel=1e-7)


def test_curves_by_group_rise_and_stay_within_their_intervals():
    frame = panel()
    fit = event_history("adopted ~ coercion", frame, duration="cubic", policy_effects="fixed")
    curves = adoption_curve(fit, frame, by="policy")
    for _, curve in curves.group_by("policy"):
        assert curve["adopted"].is_sorted()
        assert ((curve["ci_low"] <= curve["adopted"]) & (curve["adopted"] <= curve["ci_high"])).all()
    assert curves["policy"].n_unique() == 5


def test_the_baseline_is_the_hazard_at_the_means():
    frame = panel()
    fit = event_history("adopted ~ coercion", frame, duration="cubic", cluster="unit")
    base = baseline_hazard(fit, frame)
    at_mean = frame.with_columns(coercion=pl.lit(frame["coercion"].mean()))
    expected = (
        predicted_hazard(fit, at_mean).group_by("duration").agg(pl.col("hazard", "ci_low", "ci_high").first())
    )
    joined = base.join(expected, on="duration").sort("duration")
    for name in ("hazard", "ci_low", "ci_high"):
        assert joined[name].to_numpy() == pytest.approx(joined[f"{name}_right"].to_numpy(), rel=1e-9)
    assert base["rows"].sum() == 2000


def test_firth_foretells_too_and_cox_says_why_not():
    fit = firth("event ~ x", separated())
    hazards = predicted_hazard(fit, separated())["hazard"]
    assert hazards.gather([0, 10]).to_list() == pytest.approx([0.5 / 11, 4.5 / 11], rel=1e-8)
    with pytest.raises(MethodError, match="does not estimate the baseline"):
        predicted_hazard(cox("adopted ~ x", counting()), counting())


def test_what_cannot_be_foretold_is_refused():
    frame = panel()
    fit = event_history("adopted ~ coercion + region", frame, policy_effects="fixed")
    with pytest.raises(PlanError, match="`region` is not a column of numbers"):
        average_marginal_effects(fit, frame, ["region"])
    with pytest.raises(MethodError, match="no effect for the policy `new`"):
        predicted_hazard(fit, frame.with_columns(policy=pl.lit("new")))
    with pytest.raises(MethodError, match="no time at risk"):
        baseline_hazard(fit, frame)
    with pytest.raises(PlanError, match="needs the column `coercion`"):
        predicted_hazard(fit, frame.drop("coercion"))


def test_a_contrast_is_of_the_middle_eight_tenths_or_of_those_who_are_exposed():
    assert contrast_of(np.arange(11.0)) == (1.0, 9.0)
    # 3 in 100 exposed: both percentiles are 0
    assert contrast_of(np.array([0.0] * 97 + [0.2, 0.4, 0.6])) == pytest.approx((0.0, 0.4))
    assert contrast_of(np.array([0.0, 1.0, 1.0])) == (0.0, 1.0)


def test_an_effect_s_interval_is_its_value_at_the_ends_of_the_coefficient_s():
    """One column of 0 and 1: the intercept at which the mean hazard stays is the root of one equation."""
    few = pl.DataFrame({"event": [0] * 12 + [1] * 2 + [0] * 4 + [1] * 3, "near": [0] * 14 + [1] * 7})
    fit = firth("adopted ~ near", few)
    near, (low, high) = few["near"].to_numpy(), (float(fit.ci_low[1]), float(fit.ci_high[1]))
    mean = expit(fit.coefficients[0] + fit.coefficients[1] * near).mean()

    def effect(slope):
        start = brentq(lambda one: expit(one + slope * near).mean() - mean, -50, 50, xtol=1e-13)
        return expit(start + slope) - expit(start)

    found = contrast_effects(fit, few, {"near": (low, high)})["near"]
    assert found[:2] == (0.0, 1.0)
    assert found[2:] == pytest.approx((effect(fit.coefficients[1]), effect(low), effect(high)), abs=1e-9)
    assert contrast_effects(fit, few, {"near": (None, high)})["near"].ci_low is None


def test_an_effect_s_interval_says_what_the_coefficient_s_does():
    """Few events: the delta method leaves the possible range, or excludes zero where the profile holds it."""
    rng, apart = np.random.default_rng(4), 0
    for _ in range(40):
        rows = pl.DataFrame({"event": (rng.random(24) < 0.2).astype(int), "x": rng.normal(size=24)})
        if not 0 < rows["event"].sum() < 24:
            continue
        fit = firth("adopted ~ x", rows)
        found = contrast_effects(fit, rows, {"x": (float(fit.ci_low[1]), float(fit.ci_high[1]))})["x"]
        low, high = found.ci_low, found.ci_high
        assert found.effect == pytest.approx(average_marginal_effects(fit, rows)["effect"][0], abs=1e-12)
        assert -1 <= low <= found.effect <= high <= 1
        assert (low > 0, high < 0) == (fit.ci_low[1] > 0, fit.ci_high[1] < 0)
        told = average_marginal_effects(fit, rows).row(0, named=True)
        assert (told["ci_low"], told["ci_high"]) == pytest.approx((low, high), abs=1e-12)
        reach = 1.959964 * told["std_error"]  # of the delta method
        apart += (found.effect - reach > 0) != (fit.ci_low[1] > 0)
        apart += (found.effect + reach < 0) != (fit.ci_high[1] < 0)
    assert apart > 0


def test_an_effect_s_interval_of_a_column_in_several_terms_is_refused():
    rows = pl.DataFrame({"event": [0, 1] * 10, "x": np.linspace(0, 1, 20)})
    fit = firth("adopted ~ x + I(x ** 2)", rows)
    with pytest.raises(PlanError, match="is in 2 terms"):
        contrast_effects(fit, rows, {"x": (0.0, 1.0)})


@pytest.mark.parametrize("formula", ["adopted ~ x + z", "adopted ~ log(x) + z"])
def test_a_contrast_is_the_same_whether_the_column_is_a_term_or_stands_in_one(formula):
    """Two plain means of hazards, predicted from rows in which the column was set by hand."""
    rng = np.random.default_rng(8)
    rows = pl.DataFrame(
        {"event": (rng.random(200) < 0.2).astype(int), "x": rng.gamma(2, size=200), "z": rng.normal(size=200)}
    )
    fit = event_history(formula, rows, link="cloglog", cluster=None)
    found = contrast_effects(fit, rows, {"x": (None, None)})["x"]
    by_hand = [
        predicted_hazard(fit, rows.with_columns(x=pl.lit(end)))["hazard"].mean()
        for end in np.quantile(rows["x"].to_numpy(), (0.1, 0.9))
    ]
    assert found.effect == pytest.approx(by_hand[1] - by_hand[0], abs=1e-12)
