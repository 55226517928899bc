"""Permutation test of the exposure coefficient: exchanges counted by hand, and draws made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from cliques import cliques_of
from planted import drawn, layer_of, panel_of, question_of
from simulated import names_reversed, small
from simulated import question_of as simulated_question

from diffuscope.models import event_history
from diffuscope.panel.exposures import add_exposure
from diffuscope.safeguards.checks import permuted_ties as ties_module
from diffuscope.safeguards.checks import permuted_timing as timing_module
from diffuscope.safeguards.checks.permuted_ties import SAFEGUARD as TIES
from diffuscope.safeguards.checks.permuted_timing import SAFEGUARD as TIMING
from diffuscope.safeguards.engine.check import SafeguardOptions
from diffuscope.safeguards.engine.permutation import permutation_result
from diffuscope.safeguards.engine.relabel import blocks, relabellings

FOLLOWED = drawn(seed=1, contagion=5.0)
ALONE = drawn(seed=2)


def asked(draws=99, seed=0, workers=1):
    return SafeguardOptions(draws=draws, seed=seed, workers=workers)


# Networks whose exchanges can be counted


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_exchanges_within_cliques_change_nothing_and_are_no_test(seed):
    question, strata = cliques_of(8, 6, 2, seed=seed)
    found = TIES(replace(question, strata=strata), "seen", asked(199, seed))
    assert found.equal == 1.0
    assert (found.p, found.p_less, found.p_smallest) == (1.0, 1.0, 1.0)
    assert (found.applies, found.passed) == (True, None)
    assert "too few exchanges for a test" in found.description


def test_the_same_cliques_exchanged_over_all_units_are_a_test():
    question, _ = cliques_of(8, 6, 2)
    found = TIES(question, "seen", asked(199))
    assert found.equal == 0.0
    assert found.p_smallest == pytest.approx(1 / 200)
    assert found.passed is not None


def test_two_groups_of_three_have_ten_arrangements_however_many_draws():
    """Six units fall into two groups of three in 20 / 2 = 10 ways: one draw in ten is the observation."""
    draws, every = 999, []
    for seed in range(1, 6):
        question, _ = cliques_of(2, 3, 12, seed=seed)
        found = TIES(question, "seen", asked(draws, seed))
        every.append(found.equal)
        assert found.p_smallest >= 0.06
        assert found.p >= found.p_smallest
        assert found.passed is None
    # 0.1, give or take three standard errors of all draws together
    assert np.mean(every) == pytest.approx(0.1, abs=3 * np.sqrt(0.1 * 0.9 / (draws * len(every))))


def test_names_of_units_change_no_p_value():
    world = small(policies=2)
    plain = simulated_question(world)
    renamed = simulated_question(world, rename=names_reversed(world))
    for check in (TIES, TIMING):
        one, two = (check(question, "seen", asked(99, 3)) for question in (plain, renamed))
        assert (one.p, one.p_less, one.passed) == (two.p, two.p_less, two.passed)
        assert (one.value, one.ci_low, one.ci_high) == pytest.approx(
            (two.value, two.ci_low, two.ci_high), abs=1e-6
        )
    names = {f"u{at:02d}": f"z{99 - at:02d}" for at in range(6)}
    one, two = (cliques_of(2, 3, 12, rename=own)[0] for own in (None, names))
    assert TIES(one, "seen", asked(199)).p == TIES(two, "seen", asked(199)).p


# Draws


def drawn_by(monkeypatch, module, check, question):
    """Every draw that a safeguard makes."""
    kept, real = [], module.drawn

    def keep(*given, **named):
        kept.append(real(*given, **named))
        return kept[-1]

    monkeypatch.setattr(module, "drawn", keep)
    check(question, "seen", asked(20))
    return kept[0]


def order_of(question, name, at):
    seen = question.channels[0].inputs
    return relabellings(len(seen.layer.units), blocks(question, seen), range(at, at + 1), 0, name)[0]


def test_a_draw_is_the_model_of_exchanged_ties(monkeypatch):
    question = question_of(FOLLOWED)
    found = drawn_by(monkeypatch, ties_module, TIES, question)
    order = order_of(question, "permuted ties advice", 7)
    layer = layer_of(FOLLOWED, FOLLOWED["ties"][np.ix_(order, order)])
    panel = add_exposure(panel_of(FOLLOWED), layer, name="seen")
    wanted = event_history("adopted ~ seen + wealth", panel).coefficients[1]
    assert found[7] == pytest.approx(wanted, abs=1e-6)


def test_a_draw_is_the_model_of_exchanged_dates(monkeypatch):
    question = question_of(FOLLOWED)
    found = drawn_by(monkeypatch, timing_module, TIMING, question)
    order = order_of(question, "permuted timing", 7)
    # unit i takes the ties and covariates of order[i]: seen from the ties, order[i] takes the date of i
    dates = dict(zip(np.array(FOLLOWED["laws"]["unit"])[order], FOLLOWED["laws"]["time"], strict=True))
    laws = FOLLOWED["laws"].with_columns(time=pl.Series([dates[unit] for unit in FOLLOWED["laws"]["unit"]]))
    world = {**FOLLOWED, "laws": laws}
    panel = add_exposure(panel_of(world), layer_of(world), name="seen")
    wanted = event_history("adopted ~ seen + wealth", panel).coefficients[1]
    assert found[7] == pytest.approx(wanted, abs=1e-6)


def test_true_contagion_stands_out():
    question = question_of(FOLLOWED)
    for check in (TIES, TIMING):
        found = check(question, "seen", asked(199))
        assert found.passed
        assert found.p == pytest.approx(1 / 200)  # one-sided
        assert found.ci_low < found.ci_high < found.value == question.coefficient("seen")


def test_without_contagion_nothing_stands_out():
    found = TIES(question_of(ALONE), "seen", asked(199))
    assert found.passed is False
    assert found.p >= 0.05


def test_the_same_seed_draws_the_same_worlds_whoever_works():
    one, two, other = (
        TIES(question_of(ALONE), "seen", asked(99, seed, workers))
        for seed, workers in ((3, 1), (3, 2), (4, 1))
    )
    assert one == two
    assert one.ci_low != other.ci_low


# Who is exchanged


def test_units_are_exchanged_within_their_stratum_only():
    strata = {unit: at % 2 for at, unit in enumerate(ALONE["laws"]["unit"])}
    order = order_of(question_of(ALONE, strata=strata), "any", 1)
    assert (order != np.arange(60)).any()
    assert all(before % 2 == after % 2 for before, after in enumerate(order))


def test_all_units_ever_at_risk_are_exchanged_whenever_they_enter():
    question = question_of(ALONE)
    at_risk = set(question.panel.table()["unit"])
    (block,) = blocks(question, question.channels[0].inputs)
    units = question.channels[0].inputs.layer.units
    assert block.shape == (len(at_risk), 1)
    assert {units[at] for at in block.ravel()} == at_risk


def test_too_few_exchanges_are_missing():
    at_risk = sorted(set(question_of(ALONE).panel.table()["unit"]))
    strata = {unit: at // 2 if at < 4 else unit for at, unit in enumerate(at_risk)}
    found = TIES(question_of(ALONE, strata=strata), "seen", asked())
    assert (found.applies, found.passed, found.p) == (True, None, None)
    assert "Only 4 exchanges" in found.description  # two pairs: 2 · 2


def test_without_covariates_dates_are_ties():
    found = TIMING(question_of(ALONE, "adopted ~ seen"), "seen", asked())
    assert (found.applies, found.passed) == (False, None)


# The p-value in words


def test_draws_without_an_estimate_count_against_and_too_many_are_no_test():
    some = permutation_result(5.0, np.array([*np.zeros(297), *[np.nan] * 3]), "nothing changes")
    assert some.p == pytest.approx(4 / 301)
    assert some.passed
    assert "3 draws gave no estimate" in some.description
    many = permutation_result(5.0, np.array([*np.zeros(80), *[np.nan] * 20]), "nothing changes")
    assert (many.applies, many.passed, many.p) == (True, None, None)


def test_a_coefficient_below_the_draws_is_told_and_does_not_pass():
    found = permutation_result(-5.0, np.linspace(-1, 1, 199), "nothing changes")
    assert (found.passed, found.p) == (False, 1.0)
    assert found.p_less == pytest.approx(1 / 200)
    assert "no sign of an effect through these ties" in found.description
