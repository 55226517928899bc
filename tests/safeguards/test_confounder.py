"""How strong a confounder would have to be: published numbers, and strengths counted by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from asking import asking
from counted import UNITS, asked, laws_of, log_odds_ratio, ring

from diffuscope.safeguards.checks.unmeasured_confounder import (
    SAFEGUARD,
    bounding_factor,
    e_value,
    more_and_less,
    risk_ratio,
)

unmeasured_confounder = asking(SAFEGUARD)


def test_e_values_are_those_published():
    # VanderWeele & Ding 2017: infant deaths and feeding, 3.9 (interval from 1.8); leukaemia, 0.80 (to 0.91)
    assert e_value(3.9) == pytest.approx(7.26, abs=0.005)
    assert e_value(1.8) == pytest.approx(3.0)
    assert e_value(0.8) == pytest.approx(1.81, abs=0.005)
    assert e_value(1.0) == 1.0


@pytest.mark.parametrize("ratio", [1.2, 2.0, 10.73])
def test_a_confounder_of_that_strength_explains_just_that_ratio(ratio):
    assert bounding_factor(e_value(ratio), e_value(ratio)) == pytest.approx(ratio)


def test_a_confounder_that_is_never_without_exposure_shifts_by_what_it_does_to_adoption():
    assert bounding_factor(math.inf, 2.5) == 2.5
    assert bounding_factor(1.0, 9.0) == 1.0


def test_ratios_of_odds_and_hazards_stand_for_risks_where_events_are_rare():
    assert risk_ratio(math.log(4), 0.05, "logit") == pytest.approx(4)
    assert risk_ratio(math.log(4), 0.4, "logit") == pytest.approx(2)
    # (1 - 0.5^2) / (1 - 0.5^(1/2)) of a hazard ratio of 4
    assert risk_ratio(math.log(4), 0.4, "cloglog") == pytest.approx(0.75 / (1 - math.sqrt(0.5)))
    # of probit, the ratio of the risks themselves: Φ(Φ⁻¹(0.4) + 0.5)/0.4
    assert risk_ratio(0.5, 0.4, "probit") == pytest.approx(0.5974116 / 0.4, rel=1e-6)
    assert risk_ratio(-math.inf, 0.05, "logit") == 0
    assert risk_ratio(-1e5, 0.4, "cloglog") == pytest.approx(0)
    assert math.isfinite(e_value(risk_ratio(1e5, 0.05, "logit")))


def test_halves_stand_apart_wherever_the_median_falls():
    assert more_and_less(np.array([0.0, 0, 0, 1])).tolist() == [False, False, False, True]
    assert more_and_less(np.array([0.0, 1, 1, 1])).tolist() == [False, True, True, True]
    assert more_and_less(np.ones(4)) is None


def test_needed_and_observed_are_counted_by_hand():
    rows = asked(laws_of(contagion=2.5)).panel.table()
    late = {"late": (pl.col("time") > 2004).cast(pl.Float64)}
    question = asked(laws_of(contagion=2.5), "adopted ~ seen + late", columns=lambda _: late)
    found = unmeasured_confounder(question, "seen")
    share = rows["event"].mean()
    of = [
        math.exp(each[1]) if share < 0.15 else math.exp(each[1] / 2)
        for each in (question.fit.coefficients, question.fit.ci_low)
    ]
    assert (found.value, found.ci_low) == pytest.approx((e_value(of[0]), e_value(of[1])))
    exposed, other = (rows.filter(pl.col("seen") == at) for at in (1, 0))
    one, two = ((part["time"] > 2004).mean() for part in (exposed, other))
    exposure = max(one / two, two / one, (1 - one) / (1 - two), (1 - two) / (1 - one))
    adoption = math.exp(abs(question.fit.coefficients[2]) * (1 if share < 0.15 else 0.5))
    assert f"is related to exposure by {exposure:.2f} and to adoption by {adoption:.2f}" in found.description
    bound = exposure * adoption / (exposure + adoption - 1)
    assert f"changes a ratio by {bound:.2f} at most" in found.description
    assert found.passed is bool(of[1] > bound and e_value(max(of[1], 1.0)) > 2)


def test_the_coefficient_alone_is_the_odds_ratio_of_a_two_by_two_table():
    question = asked(laws_of(contagion=2.5))
    odds = math.exp(log_odds_ratio(question.panel.table()))
    rare = question.fit.events / question.fit.rows < 0.15
    found = unmeasured_confounder(question, "seen")
    assert found.value == pytest.approx(e_value(odds if rare else math.sqrt(odds)), abs=1e-6)


def test_without_a_covariate_there_is_nothing_to_compare():
    found = unmeasured_confounder(asked(laws_of()), "seen")
    # missing where the interval's near end would do; failed where it would not
    assert found.passed is (None if found.ci_low > 2 else False)
    assert found.value > 1


def test_neither_rivals_nor_time_are_covariates():
    question = asked(
        laws_of(), "adopted ~ seen + other + time", others=[("other", "competition")],
        columns=lambda rows: {"other": np.random.default_rng(1).normal(size=rows.height)},
    )  # fmt: skip
    found = unmeasured_confounder(question, "seen")
    assert "no covariate for comparison" in found.description
    assert not found.passed


def test_a_covariate_as_strong_as_what_is_needed_does_not_let_it_pass():
    # nearly all that is exposed is rich, and the rich adopt
    rng = np.random.default_rng(3)

    def strong(rows):
        rich = np.where(rng.random(rows.height) < 0.9, rows["seen"].to_numpy(), 1 - rows["seen"].to_numpy())
        hazard = 1 / (1 + np.exp(3.0 - 2.5 * rich - 0.9 * rows["seen"].to_numpy()))
        return {"rich": rich, "event": (rng.random(rows.height) < hazard).astype(int)}

    question = asked(
        laws_of(policies=("a", "b", "c", "d", "e", "f")), "adopted ~ seen + rich", columns=strong
    )
    found = unmeasured_confounder(question, "seen")
    assert question.fit.ci_low[1] > 0
    assert found.passed is False
    assert "`rich`" in found.description


def test_a_weak_covariate_lets_it_pass():
    question = asked(
        laws_of(contagion=3.0), "adopted ~ seen + chance",
        columns=lambda rows: {"chance": np.random.default_rng(1).normal(size=rows.height)},
    )  # fmt: skip
    assert unmeasured_confounder(question, "seen").passed


def test_a_coefficient_below_zero_needs_no_confounder():
    question = asked(laws_of(), "adopted ~ missed", columns=lambda _: {"missed": 1 - pl.col("seen")},
                     others=[("missed", None)])  # fmt: skip
    found = unmeasured_confounder(question, "missed")
    assert (found.passed, found.value) == (False, 1.0)


def test_names_of_units_do_not_matter():
    names = {unit: f"x{100 - at:03d}" for at, unit in enumerate(UNITS)}
    one, two = (
        unmeasured_confounder(question, "seen").description
        for question in (asked(laws_of()), asked(laws_of(rename=names), layer=ring(names)))
    )
    assert one == two


# Both conditions, each by itself


def told(low, adoption=1.0):
    """The answer where this ratio of risks is the near end, and the covariate goes with adoption so."""
    late = {"late": (pl.col("time") > 2004).cast(pl.Float64)}
    question = asked(laws_of(contagion=2.5), "adopted ~ seen + late", columns=lambda _: late)
    scale = 1.0 if question.refitter.complete.y.mean() < 0.15 else 2.0
    fit = question.fit
    ends = np.array([fit.ci_low[0], scale * math.log(low), fit.ci_low[2]])
    values = np.array([fit.coefficients[0], scale * math.log(low) + 1.0, scale * math.log(adoption)])
    return unmeasured_confounder(
        replace(question, fit=replace(fit, coefficients=values, ci_low=ends)), "seen"
    )


@pytest.mark.parametrize(("low", "passed"), [(1.30, False), (1.33, False), (1.34, True), (1.5, True)])
def test_the_e_value_of_the_near_end_is_above_two(low, passed):
    """E = R + the root of R (R - 1), which is 2 at R = 4/3. The covariate shifts nothing."""
    found = told(low)
    assert found.ci_low == pytest.approx(low + math.sqrt(low * (low - 1)))
    assert found.passed is passed


def test_the_near_end_is_beyond_what_the_strongest_covariate_could_shift():
    """Above two either way: only the strength of the covariate differs."""
    rows = asked(laws_of(contagion=2.5)).panel.table()
    one, two = ((rows.filter(pl.col("seen") == at)["time"] > 2004).mean() for at in (1, 0))
    exposure = max(one / two, two / one, (1 - one) / (1 - two), (1 - two) / (1 - one))
    assert exposure > 1.5
    for adoption in (4.0, 40.0):
        bound = exposure * adoption / (exposure + adoption - 1)
        assert bound > 4 / 3
        assert told(bound * 1.01, adoption).passed is True
        assert told(bound * 0.99, adoption).passed is False
        assert told(bound * 0.99, adoption).ci_low > 2
    # whether it lifts or lowers adoption, it is as strong
    assert told(bound * 0.99, 1 / adoption).passed is False
