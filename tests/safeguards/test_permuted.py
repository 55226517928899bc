"""Exchanged ties, dates and successes: each draw is the model of a world that was exchanged by hand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from diffuscope.safeguards.permuted import permuted_ties, permuted_timing
from diffuscope.safeguards.shuffled import shuffled_success
from diffuscope.safeguards.worlds import p_two_sided, told
from planted import drawn, layer_of, learned_of, panel_of, question_of

from diffuscope.compute import stream
from diffuscope.models import event_history
from diffuscope.panel.exposures import add_exposure
from diffuscope.safeguards import permuted, shuffled
from diffuscope.safeguards.question import exchanged

FOLLOWED = drawn(seed=1, contagion=5.0)
ALONE = drawn(seed=2)


def order_of(question, name, at):
    seen = question.channels[0].seen
    rng = stream(0, name, at)
    return exchanged(len(seen.layer.units), question.blocks(seen), rng)


def drawn_by(monkeypatch, module, safeguard, question, column):
    """Every draw that a safeguard makes."""
    kept = []
    real = module.map_items

    def keep(*given, **named):
        kept.append(real(*given, **named))
        return kept[-1]

    monkeypatch.setattr(module, "map_items", keep)
    safeguard(question, column, draws=20, workers=1)
    return kept[0]


def test_a_draw_is_the_model_of_exchanged_ties(monkeypatch):
    question = question_of(FOLLOWED)
    found = drawn_by(monkeypatch, permuted, permuted_ties, question, "seen")
    order = order_of(question, "permuted ties seen", 7)
    layer = layer_of(FOLLOWED, FOLLOWED["ties"][np.ix_(order, order)])
    panel = add_exposure(panel_of(FOLLOWED), layer, name="seen")
    assert found[7] == pytest.approx(
        event_history("adopted ~ seen + wealth", panel).coefficients[1], abs=1e-6
    )


def test_a_draw_is_the_model_of_exchanged_dates(monkeypatch):
    question = question_of(FOLLOWED)
    found = drawn_by(monkeypatch, permuted, permuted_timing, question, "seen")
    order = order_of(question, "permuted timing seen", 7)
    # unit i takes the ties and covariates of order[i]: seen from the ties, order[i] takes the date of i
    dates = dict(zip(np.array(FOLLOWED["laws"]["unit"])[order], FOLLOWED["laws"]["time"], strict=True))
    laws = FOLLOWED["laws"].with_columns(time=pl.Series([dates[unit] for unit in FOLLOWED["laws"]["unit"]]))
    world = {**FOLLOWED, "laws": laws}
    panel = add_exposure(panel_of(world), layer_of(world), name="seen")
    assert found[7] == pytest.approx(
        event_history("adopted ~ seen + wealth", panel).coefficients[1], abs=1e-6
    )


def test_true_contagion_stands_out():
    question = question_of(FOLLOWED)
    for safeguard in (permuted_ties, permuted_timing):
        found = safeguard(question, "seen", draws=199)
        assert found.applies
        assert found.passed
        assert found.p == pytest.approx(2 / 200)
        assert found.low < found.high < found.value == question.coefficient("seen")


def test_without_contagion_nothing_stands_out():
    found = permuted_ties(question_of(ALONE), "seen", draws=199)
    assert found.passed is False
    assert found.p > 0.05


def test_the_same_seed_draws_the_same_worlds_whoever_works():
    question = question_of(ALONE)
    one, two, other = (
        permuted_ties(question, "seen", draws=99, seed=seed, workers=workers)
        for seed, workers in ((3, 1), (3, 2), (4, 1))
    )
    assert one == two
    assert one.low != other.low


def test_units_are_exchanged_within_their_stratum_only():
    strata = {unit: at % 2 for at, unit in enumerate(ALONE["laws"]["unit"])}
    question = question_of(ALONE, strata=strata)
    seen = question.channels[0].seen
    order = exchanged(60, question.blocks(seen), np.random.default_rng(1))
    assert (order != np.arange(60)).any()
    assert all(before % 2 == after % 2 for before, after in enumerate(order))


def test_too_few_exchanges_are_no_test():
    strata = {unit: at // 2 for at, unit in enumerate(ALONE["laws"]["unit"])}
    strata = {unit: stratum if stratum < 2 else unit for unit, stratum in strata.items()}
    found = permuted_ties(question_of(ALONE, strata=strata), "seen", draws=99)
    assert (found.applies, found.passed) == (False, None)
    assert "exchanges of units are possible" in found.says


def test_without_covariates_dates_are_ties():
    found = permuted_timing(question_of(ALONE, "adopted ~ seen"), "seen", draws=99)
    assert not found.applies


def test_success_that_is_learned_from_stands_out_and_other_success_does_not():
    learned = learned_of(drawn(seed=5, learning=2.5, units=150))
    assert shuffled_success(learned, "good", draws=199).passed
    copied = learned_of(drawn(seed=5, contagion=4.0, units=150))
    assert shuffled_success(copied, "good", draws=199).passed is False


def test_success_is_dealt_out_among_those_who_adopted_together(monkeypatch):
    question = learned_of(drawn(seed=5, learning=2.5))
    part = question.channel("good").seen.parts[0]
    dealt = shuffled._dealt(part, tuple(shuffled._together(part)), np.random.default_rng(1))
    first = [
        (int((row == 1).argmax()) if (row == 1).any() else -1, value)
        for row, value in zip(part.state, part.success[:, -1], strict=True)
    ]
    again = [(when, value) for (when, _), value in zip(first, dealt.success[:, -1], strict=True)]
    assert sorted(first) == sorted(again)
    assert first != again


def test_an_exposure_without_success_has_none_to_shuffle():
    found = shuffled_success(question_of(ALONE), "seen")
    assert not found.applies


def test_the_observation_counts_among_the_draws():
    assert p_two_sided(3.0, np.array([1.0, 2.0, 4.0])) == 1.0
    assert p_two_sided(9.0, np.zeros(999)) == 0.002
    assert p_two_sided(9.0, np.zeros(990), lost=9) == pytest.approx(2 * 10 / 1000)


def test_worlds_without_an_estimate_are_counted_and_too_many_are_no_test():
    some = told("permuted ties", 5.0, np.array([*np.zeros(95), *[np.nan] * 5]), "nothing changes")
    assert some.p == pytest.approx(2 * 6 / 101)
    assert "5 worlds" in some.says
    many = told("permuted ties", 5.0, np.array([*np.zeros(80), *[np.nan] * 20]), "nothing changes")
    assert (many.applies, many.passed, many.p) == (True, None, None)
