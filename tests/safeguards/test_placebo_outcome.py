"""Adoptions of another policy as the outcome: coefficients of models fitted to columns counted by hand."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from asking import asking
from simulated import ALIKE, looked_up, names_reversed, question_of, small

from diffuscope.models import event_history, firth
from diffuscope.safeguards.checks.placebo_outcome import SAFEGUARD
from diffuscope.simulate import simulate_diffusion

placebo_outcome = asking(SAFEGUARD)


def others_seen(world, rows, policies):
    """Mean over the other policies of the share of senders that had adopted by the year before."""
    columns = [
        pl.when(rows["policy"] != policy).then(looked_up(world, rows, -1, of=policy)).alias(policy)
        for policy in policies
    ]
    return rows.select(pl.mean_horizontal(columns)).to_series()


@pytest.mark.parametrize("policies", [2, 3])
@pytest.mark.parametrize("fitted", [event_history, firth])
def test_the_value_is_the_coefficient_of_exposure_to_the_other_policies(fitted, policies):
    world = small(policies=policies)
    question = question_of(world, fitted=fitted, policy_effects="fixed")
    rows = question.panel.table()
    rows = rows.with_columns(others_seen(world, rows, question.panel.policies).alias("others"))
    wanted = fitted("adopted ~ seen + wealth + others", rows, policy_effects="fixed")
    found = placebo_outcome(question, "seen", draws=3, workers=1)
    value = wanted.coefficients[wanted.names.index("others")]
    assert found.value == pytest.approx(value, abs=1e-5)


def test_the_same_seed_draws_the_same_worlds_whoever_works_and_whatever_units_are_called():
    world = small(policies=2)
    question = question_of(world)
    one, two = (placebo_outcome(question, "seen", draws=39, seed=3, workers=workers) for workers in (1, 2))
    renamed = placebo_outcome(
        question_of(world, rename=names_reversed(world)), "seen", draws=39, seed=3, workers=1
    )
    assert one == two
    assert (renamed.p, renamed.passed) == (one.p, one.passed)
    assert (renamed.value, renamed.ci_low) == pytest.approx((one.value, one.ci_low), abs=1e-6)
    assert placebo_outcome(question, "seen", draws=39, seed=4, workers=1).ci_low != one.ci_low


def test_unseen_likeness_fails_and_the_seen_trait_or_true_contagion_passes():
    alike = simulate_diffusion([ALIKE], policies=3, trait=1.5, units=90, periods=12, seed=2)
    found = placebo_outcome(
        question_of(alike, "adopted ~ seen", duration="cubic"), "seen", draws=59, workers=1
    )
    assert (found.applies, found.passed) == (True, False)
    assert found.value > found.ci_high
    seen = question_of(alike, "adopted ~ seen + trait", duration="cubic")
    assert placebo_outcome(seen, "seen", draws=59, workers=1).passed
    world = simulate_diffusion(
        [replace(ALIKE, effect=2.5, by="chance")], policies=3, units=90, periods=12, seed=2
    )
    assert placebo_outcome(question_of(world, "adopted ~ seen"), "seen", draws=59, workers=1).passed


def test_one_policy_alone_has_no_other():
    found = placebo_outcome(question_of(small()), "seen")
    assert (found.applies, found.passed) == (False, None)
    assert "one policy" in found.description
