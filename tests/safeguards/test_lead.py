"""The lead test: by the coefficients of models fitted to columns counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from asking import asking
from planted import drawn, learned_of
from simulated import ALIKE, looked_up, names_reversed, question_of, small

import diffuscope
from diffuscope.models import event_history, firth
from diffuscope.panel.exposure_history import ExposureSpec, exposure_inputs
from diffuscope.panel.exposures import add_exposure
from diffuscope.safeguards.checks.lead_test import SAFEGUARD
from diffuscope.safeguards.engine.placebo_exposure import observed_panel, simulation_test
from diffuscope.safeguards.tested_model import TestedExposure, TestedModel
from diffuscope.simulate import simulate_diffusion
from diffuscope.ties import Layer

LINE = tuple("abcde")
lead_test = asking(SAFEGUARD)


@pytest.mark.parametrize("later", [-1, 0, 1])
def test_an_exposure_of_another_year_is_what_senders_had_done_by_its_end(later):
    world = small(policies=2)
    question = question_of(world)
    rows = question.panel.table()
    found = pl.Series(observed_panel(question).shifted("seen", later)[0]).fill_nan(None)
    assert found.to_list() == pytest.approx(looked_up(world, rows, later).to_list())
    if later == -1:
        assert found.to_list() == pytest.approx(rows["seen"].to_list())


@pytest.mark.parametrize(
    ("fitted", "formula", "term"),
    [
        (event_history, "adopted ~ seen + wealth", "ahead"),
        (event_history, "adopted ~ log1p(seen) + wealth", "log1p(ahead)"),
        (firth, "adopted ~ seen + wealth", "ahead"),
    ],
)
def test_the_value_is_the_coefficient_of_a_model_with_both(fitted, formula, term):
    world = small(policies=2)
    question = question_of(world, formula, fitted=fitted, policy_effects="fixed", duration="cubic")
    found = lead_test(question, "seen", draws=3, workers=1)
    rows = question.panel.table()
    rows = rows.with_columns(looked_up(world, rows, 1).alias("ahead"))
    wanted = fitted(f"{formula} + {term}", rows, policy_effects="fixed", duration="cubic")
    assert found.value == pytest.approx(wanted.coefficients[wanted.names.index(term)], abs=1e-5)


def test_the_same_seed_draws_the_same_worlds_whoever_works_and_whatever_units_are_called():
    world = small()
    question = question_of(world)
    one, two = (lead_test(question, "seen", draws=39, seed=3, workers=workers) for workers in (1, 2))
    renamed = lead_test(question_of(world, rename=names_reversed(world)), "seen", draws=39, seed=3, workers=1)
    assert one == two
    assert (renamed.p, renamed.passed) == (one.p, one.passed)
    assert (renamed.value, renamed.ci_low) == pytest.approx((one.value, one.ci_low), abs=1e-6)
    assert lead_test(question, "seen", draws=39, seed=4, workers=1).ci_low != one.ci_low


def test_unseen_likeness_fails_and_the_seen_trait_or_true_contagion_passes():
    alike = simulate_diffusion([ALIKE], policies=3, trait=1.5, units=90, periods=12, seed=2)
    found = lead_test(question_of(alike, "adopted ~ seen", duration="cubic"), "seen", draws=59, workers=1)
    assert (found.applies, found.passed) == (True, False)
    assert found.value > found.ci_high
    assert "lacks" in found.description
    seen = question_of(alike, "adopted ~ seen + trait", duration="cubic")
    assert lead_test(seen, "seen", draws=59, workers=1).passed
    contagious = simulate_diffusion(
        [replace(ALIKE, effect=2.5, by="chance")], policies=3, units=90, periods=12, seed=2
    )
    found = lead_test(question_of(contagious, "adopted ~ seen"), "seen", draws=59, workers=1)
    assert found.passed
    assert "does not prove influence" in found.description


def test_of_a_world_without_an_estimate_nothing_is_told():
    lost = simulation_test(np.nan, np.zeros(9), ("It", "a", "b"))
    assert (lost.applies, lost.passed, lost.p) == (True, None, None)
    many = simulation_test(1.0, np.array([0.0] * 8 + [np.nan] * 2), ("It", "a", "b"))
    assert (many.passed, many.description) == (
        None,
        "It gave no coefficient in 2 of 10 worlds drawn from the model, so no comparison is possible.",
    )
    some = simulation_test(9.0, np.array([0.0] * 95 + [np.nan] * 5), ("It", "a", "b"))
    assert some.p == pytest.approx(6 / 101)


# When it cannot be run, and when it can


def spans(laws):
    frame = pl.DataFrame({"unit": LINE, **laws})
    panel = diffuscope.person_period(frame, censor=2008)
    layer = Layer(name="advice", units=LINE, weights=np.eye(5, k=-1) + np.eye(5, k=2))
    panel = add_exposure(panel, layer, name="seen")
    seen = exposure_inputs(layer, panel.table(), panel.history, ExposureSpec())
    return TestedModel(
        panel, firth("adopted ~ seen", panel), (TestedExposure(column="seen", mechanism=None, inputs=seen),)
    )


def test_repeal_is_missing_and_dates_known_as_spans_run():
    repealed = spans({"time": [2001, 2002, 2004, 2005, None], "until": [None, 2003, None, None, None]})
    found = lead_test(repealed, "seen")
    assert (found.applies, found.passed, "Some adoptions end" in found.description) == (True, None, True)
    ranged = spans({"time": [2001, 2002, 2004, 2005, None], "time_latest": [None, 2003, None, None, None]})
    assert ranged.not_simulable is None
    assert lead_test(ranged, "seen").draws == 99


def test_success_runs_and_the_same_period_and_columns_by_hand_are_missing():
    learned = lead_test(learned_of(drawn(seed=5, learning=2.5)), "good")
    assert learned.applies
    assert np.isfinite(learned.value)
    world = small()
    assert "lag 0" in (question_of(world, spec=ExposureSpec(lag=0)).not_simulable or "")
    question = question_of(world)
    rows = question.panel.table().with_columns(own=pl.col("wealth") ** 2)
    by_hand = replace(
        question, panel=replace(question.panel, frame=rows), fit=event_history("adopted ~ seen + own", rows)
    )
    found = lead_test(by_hand, "seen")
    assert (found.applies, found.passed, "`own`" in found.description) == (True, None, True)
    assert question.not_simulable is None


def test_waves_run():
    """Adoptions first seen at uneven looks, as a register has them."""
    rng = np.random.default_rng(2)
    units = tuple(f"u{at:02d}" for at in range(30))
    looks = ["2018", "2019", "2021", "2022", "2024"]
    laws = pl.DataFrame(
        {"unit": units, "time": [looks[at] if at < 5 else None for at in rng.integers(1, 8, 30)]}
    )
    panel = diffuscope.person_period(
        laws, period="wave", waves={look: look for look in looks}, undated="never"
    )
    weights = (rng.random((30, 30)) < 0.15).astype(float)
    np.fill_diagonal(weights, 0)
    layer = Layer(name="advice", units=units, weights=weights)
    panel = add_exposure(panel, layer, name="seen")
    seen = exposure_inputs(layer, panel.table(), panel.history, ExposureSpec())
    fit = event_history("adopted ~ seen", panel, link="cloglog")
    question = TestedModel(panel, fit, (TestedExposure(column="seen", mechanism=None, inputs=seen),))
    assert question.not_simulable is None
    assert np.isfinite(lead_test(question, "seen").value)
