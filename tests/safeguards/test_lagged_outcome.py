"""The lagged outcome as a placebo: by the coefficients of models fitted to columns counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from asking import asking
from planted import drawn, learned_of
from simulated import ALIKE, looked_up, names_reversed, question_of, small

from diffuscope.models import event_history, firth
from diffuscope.panel.exposure_history import ExposureSpec
from diffuscope.safeguards.checks.lagged_outcome import SAFEGUARD, _corrected
from diffuscope.safeguards.checks.lagged_outcome import bias_corrected as corrected_by
from diffuscope.safeguards.engine.placebo_exposure import PlaceboDraws
from diffuscope.simulate import simulate_diffusion

lagged_outcome = asking(SAFEGUARD)
bias_corrected = asking(corrected_by)


def fitted_beside(fitted, world, formula, later, term, **how):
    """Coefficients by name where the exposure of another year stands beside the model's own."""
    rows = question_of(world, formula, fitted=fitted, **how).panel.table()
    rows = rows.with_columns(looked_up(world, rows, later).alias("other"))
    fit = fitted(f"{formula} + {term}", rows, **how)
    return dict(zip(fit.names, fit.coefficients, strict=True))


@pytest.mark.parametrize(
    ("fitted", "formula", "own", "term"),
    [
        (event_history, "adopted ~ seen + wealth", "seen", "other"),
        (event_history, "adopted ~ log1p(seen) + wealth", "log1p(seen)", "log1p(other)"),
        (firth, "adopted ~ seen + wealth", "seen", "other"),
    ],
)
def test_placebo_and_correction_are_coefficients_of_models_with_both(fitted, formula, own, term):
    world = small(policies=2)
    how = {"policy_effects": "fixed", "duration": "cubic"}
    question = question_of(world, formula, fitted=fitted, **how)
    found = lagged_outcome(question, "seen", draws=3, workers=1)
    corrected = bias_corrected(question, "seen", draws=3, workers=1)
    newest = fitted_beside(fitted, world, formula, 0, term, **how)
    oldest = fitted_beside(fitted, world, formula, -2, term, **how)
    assert found.value == corrected.placebo == pytest.approx(newest[term], abs=1e-5)
    assert corrected.uncorrected == pytest.approx(oldest[own], abs=1e-5)
    assert corrected.estimate == pytest.approx(oldest[own] - newest[term], abs=1e-5)


def test_with_a_longer_lag_the_older_exposure_is_older():
    world = small(policies=2, periods=10)
    question = question_of(world, spec=ExposureSpec(lag=2))
    rows = question.panel.table()
    rows = rows.with_columns(looked_up(world, rows, -4, lag=2).alias("other"))
    wanted = event_history("adopted ~ seen + wealth + other", rows).coefficients[1]
    assert bias_corrected(question, "seen", draws=3, workers=1).uncorrected == pytest.approx(wanted, abs=1e-5)


def correction(observed, drawn_pairs, truth):
    """From coefficients of placebo and exposure, observed and in drawn worlds; the lead is none."""
    lead = np.zeros((len(drawn_pairs), 1))
    return _corrected(PlaceboDraws(np.array([0.0, *observed]), np.hstack([lead, drawn_pairs])), truth)


def test_the_bias_that_is_left_is_bounded_by_the_five_percent_point_of_worlds_without_any():
    """Placebos of worlds without bias from 0 to 1: a bias of .5 - .05 would be missed one time in twenty."""
    placebos = np.linspace(0, 1, 101)
    found = correction((0.5, 4.0), np.column_stack([placebos, np.full(101, 2.0)]), 2.0)
    assert found.bias_at_most == pytest.approx(0.45)


def test_the_interval_turns_the_errors_of_drawn_worlds_around():
    """Worlds of truth 2 whose estimates are 1, 2, …, 5: too high by -1 to 3, so the truth lies that lower."""
    drawn_pairs = np.column_stack([np.zeros(5), np.arange(1.0, 6.0)])
    found = correction((0.5, 4.0), drawn_pairs, 2.0)
    errors = np.quantile([-1.0, 0.0, 1.0, 2.0, 3.0], (0.025, 0.975))
    assert (found.estimate, found.ci_low, found.ci_high) == pytest.approx(
        (3.5, 3.5 - errors[1], 3.5 - errors[0])
    )
    lost = correction((0.5, 4.0), np.array([[np.nan, 1.0]] * 2 + [[0.0, 1.0]] * 3), 2.0)
    assert (lost.estimate, lost.ci_low, lost.ci_high) == (3.5, None, None)
    none = correction((np.nan, 4.0), drawn_pairs, 2.0)
    assert (none.estimate, none.placebo, none.uncorrected) == (None, None, 4.0)


def test_the_same_seed_draws_the_same_worlds_whoever_works_and_whatever_units_are_called():
    world = small()
    question = question_of(world)
    one, two = (lagged_outcome(question, "seen", draws=39, seed=3, workers=workers) for workers in (1, 2))
    renamed = lagged_outcome(
        question_of(world, rename=names_reversed(world)), "seen", draws=39, seed=3, workers=1
    )
    assert one == two
    assert (renamed.p, renamed.passed) == (one.p, one.passed)
    assert (renamed.value, renamed.ci_low) == pytest.approx((one.value, one.ci_low), abs=1e-6)
    assert lagged_outcome(question, "seen", draws=39, seed=4, workers=1).ci_low != one.ci_low


def test_unseen_likeness_fails_and_its_bias_is_taken_off():
    alike = simulate_diffusion([ALIKE], policies=3, trait=1.5, units=90, periods=12, seed=2)
    question = question_of(alike, "adopted ~ seen", duration="cubic")
    found = lagged_outcome(question, "seen", draws=59, workers=1)
    assert (found.applies, found.passed) == (True, False)
    assert "Corrected by the placebo" in found.description
    corrected = bias_corrected(question, "seen", draws=59, workers=1)
    assert question.fit.ci_low[question.place("seen")] > 0  # the model is taken in
    assert corrected.ci_low < 0  # the corrected estimate is not: nothing spreads here
    seen = question_of(alike, "adopted ~ seen + trait", duration="cubic")
    assert lagged_outcome(seen, "seen", draws=59, workers=1).passed


def test_true_contagion_passes_and_stays_after_correction():
    world = simulate_diffusion(
        [replace(ALIKE, effect=3.0, by="chance")], policies=3, units=90, periods=12, seed=2
    )
    question = question_of(world, "adopted ~ seen")
    assert lagged_outcome(question, "seen", draws=59, workers=1).passed
    corrected = bias_corrected(question, "seen", draws=59, workers=1)
    assert corrected.ci_low < 3.0 < corrected.ci_high


def test_a_shock_that_units_share_fails():
    """In two years nearly all adopt at once; without time in the model, exposure takes the credit."""
    layer = replace(ALIKE, by="chance", senders=3.0)
    world = simulate_diffusion([layer], units=150, periods=12, baseline=-3.5, shocks={2006: 3.0}, seed=3)
    found = lagged_outcome(question_of(world, "adopted ~ seen"), "seen", draws=59, workers=1)
    assert found.passed is False
    assert "in common" in found.description


def test_success_is_dealt_out_and_what_cannot_be_run_forward_is_missing():
    learned = lagged_outcome(learned_of(drawn(seed=5, learning=2.5)), "good", draws=19)
    assert learned.applies
    assert np.isfinite(learned.value)
    same = lagged_outcome(question_of(small(), spec=ExposureSpec(lag=0)), "seen")
    assert (same.applies, same.passed, "lag 0" in same.description) == (True, None, True)
    assert bias_corrected(question_of(small(), spec=ExposureSpec(lag=0)), "seen") is None
