"""Defence against likeness: each of its two ways, and each condition of the second taken away in turn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from asking import asking
from planted import drawn, question_of
from simulated import question_of as simulated_question

from diffuscope.safeguards.checks import defence_against_likeness as module
from diffuscope.safeguards.checks.defence_against_likeness import SAFEGUARD
from diffuscope.safeguards.checks.lagged_outcome import BiasCorrected
from diffuscope.safeguards.engine.homophily import DriverTest
from diffuscope.simulate import PlantedEffect, simulate_diffusion

defence = asking(SAFEGUARD)
QUESTION = question_of(drawn(seed=1, contagion=5.0))
ESTIMATE = QUESTION.coefficient("seen")
DRIVES = DriverTest(r=-0.3, p=0.01, precedes=True)


def corrected(estimate=1.0, ci_low=-0.5, ci_high=2.5, bias_at_most=None):
    return BiasCorrected(
        estimate=estimate,
        ci_low=ci_low,
        ci_high=ci_high,
        placebo=0.1,
        uncorrected=1.1,
        bias_at_most=bias_at_most,
    )


@pytest.fixture
def given(monkeypatch):
    """The answer where the correction and the tests of drivers found this."""

    def answer(correction, tests=None, drivers=("wealth",), question=QUESTION):
        asked = []
        monkeypatch.setattr(module, "bias_corrected", lambda *_: correction)
        monkeypatch.setattr(
            module,
            "driver_tests",
            lambda *how: asked.append(how[2]) or ({"wealth": DRIVES} if tests is None else tests),
        )
        return defence(question, "seen", drivers)

    return answer


# The first way: the interval freed of bias


@pytest.mark.parametrize(("low", "passed"), [(0.01, True), (0.0, False), (-0.01, False)])
def test_the_interval_freed_of_bias_lies_above_zero(given, low, passed):
    found = given(corrected(ci_low=low, bias_at_most=None), drivers=())
    assert (found.applies, found.passed) == (True, passed)
    assert (found.value, found.ci_low, found.ci_high) == (1.0, low, 2.5)


def test_an_estimate_above_zero_is_not_enough(given):
    found = given(corrected(estimate=9.0, ci_low=-0.1, ci_high=20.0), drivers=())
    assert found.passed is False
    assert "which includes zero. No drivers of the ties are declared." in found.description


# The second way: drivers that are measured, and what bias is left


def test_measured_drivers_and_a_bias_below_the_estimate_are_a_defence(given):
    found = given(corrected(bias_at_most=ESTIMATE - 0.01))
    assert found.passed is True
    assert "With `wealth` in the model" in found.description
    assert (
        f"at most {ESTIMATE - 0.01:.2f} (one-sided 95 %), below the estimate of {ESTIMATE:.2f}"
        in found.description
    )


@pytest.mark.parametrize(
    "how",
    [
        {"drivers": ()},
        {"tests": {}},  # cannot be compared with the ties
        {"tests": {"wealth": DRIVES._replace(p=0.05)}},  # does not go with them
        {"tests": {"wealth": DRIVES._replace(precedes=False)}},  # dated after them
        {"tests": {"wealth": DRIVES._replace(precedes=None)}},  # nobody knows
        {"tests": {"trait": DRIVES}, "drivers": ("trait",)},  # not in the model
    ],
)
def test_each_condition_of_a_driver_is_needed(given, how):
    found = given(corrected(bias_at_most=0.0), **how)
    assert (found.applies, found.passed) == (True, False)


def test_one_sound_driver_among_several_is_enough_and_is_named(given):
    tests = {"wealth": DRIVES, "trait": DRIVES, "noise": DRIVES._replace(p=0.6)}
    found = given(corrected(bias_at_most=0.1), tests=tests, drivers=("trait", "wealth", "noise"))
    assert found.passed is True
    assert "With `wealth` in the model" in found.description


@pytest.mark.parametrize("most", [None, ESTIMATE, ESTIMATE + 1.0])
def test_a_bias_that_may_be_as_large_as_the_estimate_is_no_defence(given, most):
    found = given(corrected(bias_at_most=most))
    assert found.passed is False
    assert ("no bound could be computed" if most is None else "not below the estimate") in found.description


def test_a_bound_below_zero_is_told_as_none(given):
    found = given(corrected(bias_at_most=-0.4))
    assert found.passed is True
    assert "is at most 0.00" in found.description


# What is missing


@pytest.mark.parametrize("ends", [{"estimate": None}, {"ci_low": None}, {"ci_high": None}])
def test_without_a_finite_correction_it_is_missing_even_with_drivers(given, ends):
    found = given(corrected(**({"ci_low": 1.0, "bias_at_most": 0.0} | ends)))
    assert (found.applies, found.passed) == (True, None)


def test_a_model_that_cannot_be_run_forward_leaves_it_missing():
    alone = replace(QUESTION, panel=replace(QUESTION.panel, history=None))
    found = defence(alone, "seen", ["wealth"])
    assert (found.applies, found.passed) == (True, None)
    assert found.description == alone.not_simulable


# Whole worlds


def test_worlds_in_which_likeness_is_unseen_have_no_defence():
    """Ties go with a trait that drives adoption and that the model does not have; nothing spreads."""
    layer = PlantedEffect(name="advice", effect=0.0, senders=5.0, by="trait", reciprocated=True)
    found = []
    for seed in range(4):
        world = simulate_diffusion([layer], units=80, periods=12, trait=1.2, baseline=-2.5, seed=seed)
        question = simulated_question(world, "adopted ~ seen + wealth")
        assert question.coefficient("seen") > 0
        found.append(defence(question, "seen", ["wealth"], draws=59).passed)
    assert found.count(True) == 0


def test_true_contagion_through_ties_of_a_measured_trait_is_defended():
    layer = PlantedEffect(name="advice", effect=4.0, senders=5.0, by="trait")
    world = simulate_diffusion([layer], units=120, periods=12, trait=0.6, baseline=-3.0, seed=1)
    question = simulated_question(world, "adopted ~ seen + trait")
    found = defence(question, "seen", ["trait"], draws=99)
    assert found.passed is True
    assert np.isfinite([found.value, found.ci_low, found.ci_high]).all()
