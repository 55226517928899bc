"""Conditional logit: a case worked by hand, statsmodels, and R's survival."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from made_panels import panel

from diffuscope.errors import MethodError, PlanError, SeparationError
from diffuscope.models import conditional_logit, event_history, predicted_hazard
from diffuscope.models.inference.sandwich import cluster_robust

TERMS = "adopted ~ coercion + log(gdp)"


@pytest.fixture(scope="module")
def rows():
    return panel(400, policies=40)


def test_matched_pairs_have_a_closed_form():
    """Of discordant pairs, 7 in which the exposed adopts and 3 in which the other does: β = ln(7/3)."""
    pairs = [(1, 0)] * 7 + [(0, 1)] * 3 + [(1, 1)] * 4 + [(0, 0)] * 5
    frame = pl.DataFrame(
        [
            (f"p{at}", event, near)
            for at, pair in enumerate(pairs)
            for event, near in zip(pair, (1, 0), strict=True)
        ],
        schema=["policy", "event", "near"],
        orient="row",
    )
    fit = conditional_logit("adopted ~ near", frame, cluster=None)
    assert fit.coefficients[0] == pytest.approx(np.log(7 / 3), rel=1e-9)
    assert fit.std_errors[0] == pytest.approx(np.sqrt(1 / 7 + 1 / 3), rel=1e-9)
    assert fit.loglik == pytest.approx(7 * np.log(0.7) + 3 * np.log(0.3), rel=1e-12)
    assert fit.loglik_null == pytest.approx(-10 * np.log(2), rel=1e-12)
    assert fit.left_out == (
        ("no event in 5 strata by `policy`", 10),
        ("only events in 4 strata by `policy`", 8),
    )
    assert (fit.rows, fit.events) == (20, 10)


def test_two_of_four_are_all_six_choices():
    """x = 0, 1, 2, 3, the last two adopt: of Σx = 1, 2, 3, 3, 4, 5, e^5β over all, at β = ln 2: 32/70."""
    from diffuscope.models.likelihood.conditional_likelihood import Strata, conditional_likelihood

    strata = Strata.of(np.arange(4), np.zeros(4, dtype=int), np.array([0.0, 0, 1, 1]))
    found = conditional_likelihood(strata, np.arange(4.0)[:, None], np.log([2.0]))
    assert found.loglik == pytest.approx(np.log(32 / (2 + 4 + 8 + 8 + 16 + 32)), rel=1e-12)


def test_coefficients_and_errors_are_those_of_statsmodels_and_r(rows):
    from statsmodels.discrete.conditional_models import ConditionalLogit

    fit = conditional_logit(TERMS, rows, cluster=None)
    known = rows.filter(pl.col("event").n_unique().over("policy") > 1)
    x = np.column_stack([known["coercion"], np.log(known["gdp"].to_numpy())])
    other = ConditionalLogit(known["event"].to_numpy(), x, groups=known["policy"].to_numpy()).fit(disp=0)
    assert fit.coefficients == pytest.approx(other.params, rel=1e-4)  # its search ends early
    assert fit.std_errors == pytest.approx(other.bse, rel=1e-4)
    # clogit(event ~ coercion + log(gdp) + strata(policy), method = "exact") of survival 3.5-3
    expected = (0.7111363867, 0.4047235965, 0.1758564806, 0.1645216475, -112.4826489021, -99.4653196006)
    assert (*fit.coefficients, *fit.std_errors, fit.loglik_null, fit.loglik) == pytest.approx(
        expected, rel=1e-8
    )
    assert fit.left_out == (("no event in 12 strata by `policy`", 103),)
    assert fit.strata == "policy"


def test_what_a_stratum_shares_falls_away(rows):
    lifted = rows.with_columns(gdp=pl.col("gdp") * (1 + pl.col("policy").str.len_chars()))
    one, two = (conditional_logit(TERMS, frame, cluster=None) for frame in (rows, lifted))
    assert one.coefficients == pytest.approx(two.coefficients, rel=1e-8)
    shifted = rows.with_columns(o=pl.col("policy").str.len_chars() * 1.0)
    three = conditional_logit(TERMS, shifted, cluster=None, offset="o")
    assert one.coefficients == pytest.approx(three.coefficients, rel=1e-8)
    with pytest.raises(MethodError, match="`size` does not vary within any stratum"):
        conditional_logit(
            "adopted ~ coercion + size", rows.with_columns(size=pl.col("policy").str.len_chars())
        )


def test_one_period_of_one_policy_is_a_stratum_too(rows):
    fit = conditional_logit(TERMS, rows, strata=("policy", "region"), cluster=None)
    joined = rows.with_columns(both=pl.concat_str("policy", "region"))
    again = conditional_logit(TERMS, joined, strata="both", cluster=None)
    assert fit.coefficients == pytest.approx(again.coefficients, rel=1e-9)
    assert fit.strata == "policy and region"


def test_errors_are_clustered_by_what_holds_whole_strata(rows):
    halves = rows.with_columns(area=pl.col("policy").str.slice(1).cast(int) % 12)
    fit = conditional_logit(TERMS, halves, cluster="area")
    plain = conditional_logit(TERMS, halves, cluster=None)
    x = np.column_stack([halves["coercion"], np.log(halves["gdp"].to_numpy())])
    from diffuscope.models.likelihood.conditional_likelihood import Strata, conditional_likelihood

    code = halves["policy"].rank("dense").to_numpy().astype(int) - 1
    strata = Strata.of(np.arange(400), code, halves["event"].to_numpy().astype(float))
    scores = conditional_likelihood(strata, x, plain.coefficients).scores
    areas = halves["area"].to_numpy()[strata.member[strata.begins]]
    expected = cluster_robust(plain.covariance, scores, np.ones(len(scores)), [areas]).covariance
    assert fit.covariance == pytest.approx(expected, rel=1e-5)
    # by default the policy, which holds itself; units cut across policies
    assert [name for name, _ in conditional_logit(TERMS, rows).clusters] == ["policy"]
    by_period = conditional_logit(TERMS, rows, strata="duration")
    assert by_period.clusters == ()
    assert any("Errors are model-based" in one for one in by_period.warnings)
    with pytest.raises(PlanError, match="are cut by clusters by `unit`"):
        conditional_logit(TERMS, rows, cluster="unit")


def test_what_cannot_be_estimated_or_predicted_is_refused(rows):
    apart = rows.with_columns(z=pl.col("event") * 2.0 + pl.col("duration") / 100)
    with pytest.raises(SeparationError, match="no maximum for `z`"):
        conditional_logit("adopted ~ z", apart, cluster=None)
    with pytest.raises(MethodError, match="In no stratum"):
        conditional_logit(TERMS, rows.with_row_index("own"), strata="own", cluster=None)
    with pytest.raises(PlanError, match="no term"):
        conditional_logit("adopted ~ 1", rows)
    fit = conditional_logit(TERMS, rows)
    with pytest.raises(MethodError, match="does not estimate the levels"):
        predicted_hazard(fit, rows)
    assert "strata(column_0)" in fit.r_script()
    assert event_history(TERMS, rows).strata is None
