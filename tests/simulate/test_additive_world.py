"""The additive world: what was planted is what happens, and nothing looks ahead."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from diffuscope.errors import PlanError
from diffuscope.simulate import PlantedEffect, simulate_diffusion

ADVICE = PlantedEffect(name="advice", effect=3.0)
ALIKE = PlantedEffect(name="alike", by="trait", senders=8.0)


def dates(world):
    return world.adoptions["time"].fill_null(9999).to_numpy()


def test_without_reasons_the_hazard_is_the_baseline():
    world = simulate_diffusion([PlantedEffect(name="advice")], units=3000, periods=10, baseline=-2.0, seed=4)
    hazard = 1 / (1 + np.exp(2.0))
    has = (dates(world) <= 2010).mean()
    wanted = 1 - (1 - hazard) ** 10
    assert abs(has - wanted) < 4 * np.sqrt(wanted * (1 - wanted) / 3000)


def test_each_reason_adds_its_part_to_the_log_odds():
    """Among 20,000 units, the first year's log odds are the planted sum at each end of trait and wealth."""
    world = simulate_diffusion(
        units=20_000, periods=2, baseline=-1.0, trait=0.8, wealth=-0.5, shocks={2001: 0.7}, seed=5
    )
    rows = world.adoptions.join(world.covariates, on="unit").join(world.truth.table(), on="unit")
    for trait, wealth in ((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)):
        near = rows.filter((pl.col("trait") - trait).abs() < 0.3, (pl.col("wealth") - wealth).abs() < 0.3)
        share = (near["time"] == 2001).fill_null(value=False).mean()
        wanted = 1 / (1 + np.exp(-(-1.0 + 0.7 + 0.8 * trait - 0.5 * wealth)))
        assert abs(share - wanted) < 4 * np.sqrt(wanted * (1 - wanted) / near.height) + 0.005


def test_a_unit_sees_what_its_senders_had_done_the_year_before():
    """With an effect that decides, whoever adopts after the first year has a sender that had adopted."""
    pushed = PlantedEffect(name="advice", effect=60.0, senders=2.0)
    world = simulate_diffusion([pushed], units=200, periods=6, baseline=-4.0, seed=2)
    alone = simulate_diffusion(
        [PlantedEffect(name="advice", senders=2.0)], units=200, periods=6, baseline=-4.0, seed=2
    )
    when, before, ties = dates(world), dates(alone), world.ties[0].weights.toarray()
    follows = np.flatnonzero((when < 9999) & (when != before))
    assert len(follows) > 50
    for unit in follows:
        assert (when[ties[unit] > 0] < when[unit]).any()
    # a share of one half or more adds 30: adopting the year after is certain
    has = when[:, None] <= np.arange(2001, 2006)
    share = ties @ has / np.maximum(ties.sum(axis=1), 1)[:, None]
    must = (share >= 0.5).argmax(axis=1)[(share >= 0.5).any(axis=1)]
    assert (when[(share >= 0.5).any(axis=1)] <= 2002 + must).all()


def test_a_later_end_changes_no_earlier_year():
    short, long = (
        simulate_diffusion([ADVICE, ALIKE], periods=periods, trait=1.0, seed=7) for periods in (6, 15)
    )
    assert (short.last, long.last) == (2006, 2015)
    early = np.where(dates(long) <= 2006, dates(long), 9999)
    assert (dates(short) == early).all()
    assert (dates(short) < 9999).any()


@pytest.mark.parametrize("seed", range(20))
def test_an_effect_delays_nobody(seed):
    with_it, without = (
        simulate_diffusion([PlantedEffect(name="advice", effect=effect)], units=80, seed=seed)
        for effect in (2.0, 0.0)
    )
    assert (dates(with_it) <= dates(without)).all()


def test_the_seed_decides_and_pieces_do_not_disturb_each_other():
    one, again, other = (simulate_diffusion([ADVICE], policies=2, seed=seed) for seed in (1, 1, 2))
    assert one.adoptions.equals(again.adoptions)
    assert not one.adoptions.equals(other.adoptions)
    more = simulate_diffusion([ALIKE, ADVICE], policies=3, seed=1)
    assert one.covariates.equals(more.covariates)
    assert one.truth.traits == more.truth.traits
    assert (one.ties[0].weights != more.ties[1].weights).nnz == 0
    assert more.adoptions.filter(pl.col("policy").is_in(["p1", "p2"])).equals(one.adoptions)


def test_ties_are_as_many_and_as_mutual_as_asked():
    asked = [
        PlantedEffect(name="a", senders=12.0),
        PlantedEffect(name="b", senders=6.0, by="trait", reciprocated=True),
    ]
    world = simulate_diffusion(asked, units=400, seed=3)
    one_way, both_ways = (layer.weights.toarray() for layer in world.ties)
    assert one_way.sum(axis=1).mean() == pytest.approx(12, rel=0.05)
    assert both_ways.sum(axis=1).mean() == pytest.approx(6, rel=0.1)
    assert (both_ways == both_ways.T).all()
    assert (one_way * one_way.T).sum() / one_way.sum() < 0.06
    assert np.trace(one_way) == np.trace(both_ways) == 0
    traits = np.array(list(world.truth.traits.values()))
    apart = np.abs(traits[:, None] - traits)
    assert apart[both_ways > 0].mean() < 0.6 * apart[one_way > 0].mean()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"units": 1}, "two units"),
        ({"shocks": {1999: 1.0}}, "1999"),
        ({"layers": [ADVICE, ADVICE]}, "`advice`"),
        ({"layers": [ALIKE], "units": 10}, "8 senders"),
    ],
)
def test_what_cannot_be_made_is_refused(wrong, says):
    with pytest.raises(PlanError, match=says):
        simulate_diffusion(**wrong)


def test_ties_are_drawn_in_one_of_two_ways():
    with pytest.raises(PlanError, match="by is 'luck'"):
        PlantedEffect(name="advice", by="luck")
    with pytest.raises(PlanError, match="senders above 0"):
        PlantedEffect(name="advice", senders=0)
