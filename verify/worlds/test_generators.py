"""Tests of the generators against closed forms and probabilities computed independently of them."""

from __future__ import annotations

import numpy as np
import pytest

from . import contagion, homophily, no_diffusion
from .cells import CELLS
from .world import (
    ASKED,
    PUBLISHED_SEED,
    TUNING_SEED,
    homophilous_senders,
    random_senders,
    simulate_adoptions,
    stream,
    weighted_senders,
)

WORLDS = 150
FAR = 4.0
"""Standard errors from what is expected beyond which a generator is wrong: once in 16,000 runs by chance."""


def made(name, count=WORLDS, seed=TUNING_SEED):
    return [CELLS[name].world(seed, index) for index in range(count)]


def expected_course(log_odds):
    """Chance that a unit adopts in each period, from its log odds of adopting: h_t Π(1 - h_s), s < t."""
    h = 1 / (1 + np.exp(-log_odds))
    still = np.cumprod(np.concatenate([np.ones((len(h), 1)), 1 - h[:, :-1]], axis=1), axis=1)
    return h * still


def far(worlds, log_odds_of, periods):
    """How many standard errors the adoptions in some periods are from what they should be."""
    seen, mean, spread = 0.0, 0.0, 0.0
    for world in worlds:
        chance = expected_course(log_odds_of(world))[:, periods].sum(axis=1)
        seen += float((np.isin(world.adopted, np.arange(1, 31)[periods])).sum())
        mean += chance.sum()
        spread += (chance * (1 - chance)).sum()
    return (seen - mean) / np.sqrt(spread)


T = np.arange(1, 31)[None, :]
LOG_ODDS = {
    "nothing": lambda world: -3.3 + 0.7 * x_of(world) + 0 * T,
    "nothing, 20 units": lambda world: -3.3 + 0.7 * x_of(world) + 0 * T,
    "rising": lambda world: -5.2 + 0.17 * T + 0.7 * x_of(world),
    "falling": lambda world: -1.6 - 0.15 * T + 0.7 * x_of(world),
    "step": lambda world: -4.5 + 2 * (T >= 16) + 0.7 * x_of(world),
    "hump": lambda world: -4 + 2.5 * np.exp(-((T - 15) ** 2) / 18) + 0.7 * x_of(world),
    "homophily, observed": lambda world: -3.3 + 0.7 * x_of(world) + 1.2 * driver_of(world) + 0 * T,
    "homophily, squared trait": lambda world: (
        -3.3 + 0.7 * x_of(world) + 1.2 * (driver_of(world) ** 2 - 1) / 2**0.5 + 0 * T
    ),
}


def x_of(world):
    return world.covariates["x"][:, None]


def driver_of(world):
    return world.covariates["driver"][:, None]


@pytest.mark.parametrize("name", LOG_ODDS)
@pytest.mark.parametrize("periods", [slice(0, 30), slice(0, 8), slice(8, 16), slice(16, 30)], ids=str)
def test_as_many_adopt_in_each_stretch_of_time_as_the_hazards_say(name, periods):
    assert abs(far(made(name), LOG_ODDS[name], periods)) < FAR


def test_with_one_hazard_for_all_the_share_is_the_closed_form():
    """1 - (1 - h)^T, with h = 1/(1 + e^3.3)."""
    when = simulate_adoptions(np.random.default_rng(1), np.full((2_000, 30), -3.3), ties=None)
    share = 1 - (1 - 1 / (1 + np.exp(3.3))) ** 30
    assert abs((when > 0).mean() - share) < FAR * np.sqrt(share * (1 - share) / 2_000)


def test_frailty_lifts_the_early_and_not_the_late():
    """Averaged over x and u, whose sum is normal with variance .7² + 1.5², by Gauss–Hermite quadrature."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)
    log_odds = -3.3 + np.sqrt(0.49 + 2.25) * nodes[:, None] + 0 * T
    chance = weights @ expected_course(log_odds) / weights.sum()
    worlds = made("unobserved frailty")
    for periods in (slice(0, 5), slice(5, 30)):
        share = np.mean([np.isin(world.adopted, np.arange(1, 31)[periods]).mean() for world in worlds])
        expected = chance[periods].sum()
        assert abs(share - expected) < FAR * np.sqrt(expected * (1 - expected) / (WORLDS * 50))


def test_regions_have_their_three_years():
    """Within a region, adoptions bunch in three years in a row far more often than without shocks."""
    own, without = [], []
    for regional, plain in zip(made("regional"), made("nothing"), strict=True):
        for world, found in ((regional, own), (plain, without)):
            counts = [np.bincount(world.adopted[at::5], minlength=31)[1:] for at in range(5)]
            found += [np.convolve(one, np.ones(3)).max() / max(one.sum(), 1) for one in counts]
    assert np.mean(own) > np.mean(without) + 0.1
    world = CELLS["regional"].world(TUNING_SEED, 0)
    receiver, sender = np.nonzero(world.ties[ASKED])
    assert (receiver % 5 == sender % 5).all()


@pytest.mark.parametrize("name", ["staggered, random ties", "staggered, ties within cohorts"])
def test_one_unit_a_period_enters_and_none_adopts_before(name):
    for world in made(name, 20):
        assert np.bincount(world.entered)[2:].tolist() == [1] * 29
        did = world.adopted > 0
        assert (world.adopted[did] >= world.entered[did]).all()


@pytest.mark.parametrize(
    ("name", "log_odds"),
    [
        ("staggered, random ties", lambda _: -5.2 + 0.17 * T),
        ("staggered, ties within cohorts", lambda since: -5.2 + 0.17 * (T - since + 1)),
    ],
    ids=["staggered, random ties", "staggered, ties within cohorts"],
)
def test_staggered_units_adopt_as_often_as_their_hazards_say(name, log_odds):
    seen, mean, spread = 0, 0.0, 0.0
    for world in made(name):
        since = world.entered[:, None]
        odds = np.where(since <= T, log_odds(since) + 0.7 * x_of(world), -np.inf)
        chance = 1 - np.prod(1 - 1 / (1 + np.exp(-odds)), axis=1)
        seen, mean = seen + (world.adopted > 0).sum(), mean + chance.sum()
        spread += (chance * (1 - chance)).sum()
    assert abs(seen - mean) < FAR * np.sqrt(spread)


def test_cohorts_are_tied_within():
    receiver, sender = np.nonzero(CELLS["staggered, ties within cohorts"].world(TUNING_SEED, 1).ties[ASKED])
    assert (receiver // 10 == sender // 10).all()


def test_sparse_worlds_have_eight_events_after_the_first_and_a_sender_a_unit():
    worlds = made("sparse ties")
    assert {int((world.adopted > 0).sum()) for world in worlds} == {9}
    assert all(len(set(world.adopted[world.adopted > 0])) == 9 for world in worlds)
    degree = np.mean([world.ties[ASKED].sum() / 50 for world in worlds])
    assert abs(degree - 1) < FAR * np.sqrt(1 / (50 * WORLDS))


@pytest.mark.parametrize("name", [name for name in CELLS if name != "sparse ties"])
def test_all_others_have_five_senders_a_unit_and_none_is_its_own(name):
    world = CELLS[name].world(TUNING_SEED, 3)
    for ties in world.ties.values():
        assert set(ties.sum(axis=1)) == {5}
        assert not ties.diagonal().any()


def test_senders_are_drawn_in_proportion():
    """Of two possible senders with weights 3 and 1, the first is drawn three times in four."""
    likely = np.array([[0, 3, 1], [1, 0, 1], [1, 1, 0]])
    rng = np.random.default_rng(2)
    first = np.mean([weighted_senders(rng, likely, 1)[0, 1] for _ in range(4_000)])
    assert abs(first - 0.75) < FAR * np.sqrt(0.75 * 0.25 / 4_000)


def test_like_units_are_tied_as_fast_as_ties_thin_out():
    """A unit 1 away is chosen e^-2 times as often as an equal one: one sender each, by hand."""
    trait, rng = np.array([0.0, 0.0, 1.0]), np.random.default_rng(3)
    alike_pair = np.mean([homophilous_senders(rng, trait, 1)[0, 1] for _ in range(4_000)])
    chance = 1 / (1 + np.exp(-2))
    assert abs(alike_pair - chance) < FAR * np.sqrt(chance * (1 - chance) / 4_000)


@pytest.mark.parametrize(
    ("declared", "r"),
    [(homophily.noise_driver, 0.0), (homophily.partial_driver, 0.5), (homophily.true_driver, 1.0)],
)
def test_declared_drivers_go_with_the_trait_as_said(declared, r):
    rng = np.random.default_rng(4)
    trait = rng.normal(size=40_000)
    assert abs(np.corrcoef(trait, declared(rng, trait))[0, 1] - r) < 0.02


def test_three_in_five_of_mislabelled_ties_are_those_at_work():
    rivals = random_senders(np.random.default_rng(5), 50)
    found = contagion.overlapping(np.random.default_rng(6), rivals)
    assert set((found & rivals).sum(axis=1)) == {3}
    assert set(found.sum(axis=1)) == {5}
    assert not found.diagonal().any()


def test_along_a_chain_it_spreads_one_step_a_period():
    chain = np.eye(5, k=-1, dtype=bool)  # each receives from the one before
    log_odds = np.full((5, 8), -60.0)
    log_odds[0] = 60.0
    when = simulate_adoptions(np.random.default_rng(7), log_odds, ties=chain, effect=120.0)
    assert when.tolist() == [1, 2, 3, 4, 5]


def test_exposure_is_the_share_of_senders_at_the_last_period():
    """Log odds of -2 + 4 × share: with two of four senders in, half of the receivers adopt next."""
    units = 4_004
    ties = np.zeros((units, units), dtype=bool)
    ties[4:, :4] = True
    log_odds = np.full((units, 2), -2.0)
    log_odds[:2], log_odds[2:4] = 60.0, -60.0
    log_odds[4:, 0] = -60.0
    when = simulate_adoptions(np.random.default_rng(8), log_odds, ties=ties, effect=4.0)
    assert abs((when[4:] == 2).mean() - 0.5) < FAR * 0.5 / np.sqrt(4_000)


def test_contagion_hastens_adoption():
    last = [np.mean([np.mean(world.adopted) for world in made(name, 40)]) for name in
            ("contagion 3, 50 units", "contagion 5, 50 units")]  # fmt: skip
    assert last[1] < last[0] - 2


def test_every_world_has_chance_of_its_own_and_can_be_made_again():
    draws = {
        stream(seed, name, index).random()
        for seed in (TUNING_SEED, PUBLISHED_SEED)
        for name in CELLS
        for index in range(5)
    }
    assert len(draws) == 2 * 5 * len(CELLS)
    one, again = (CELLS["hump"].world(PUBLISHED_SEED, 7) for _ in range(2))
    assert (one.adopted == again.adopted).all()
    assert TUNING_SEED != PUBLISHED_SEED


def test_entry_is_of_whole_numbers_from_one():
    assert no_diffusion.entries(50).min() == 1
    assert no_diffusion.entries(50).max() == 30
