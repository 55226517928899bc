"""The lead test, and the worlds it measures itself against: models run forward, by hand and by the book."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from diffuscope.safeguards.beside import elsewhen, withstood
from diffuscope.safeguards.forward import Forward, as_if_never, unable
from diffuscope.safeguards.lead import lead_test
from planted import drawn, learned_of
from simulated import ALIKE, looked_up, names_reversed, question_of, small

import diffuscope
from diffuscope.models import event_history, firth
from diffuscope.panel.exposures import add_exposure
from diffuscope.panel.seen import Look, seen_through
from diffuscope.safeguards.question import Channel, Question
from diffuscope.simulate import additive_world
from diffuscope.ties import Layer

# Worlds drawn from a model

LINE = tuple("abcde")


def line(time, coefficients, known=LINE, weights=None):
    """a acts on b, b on c …; the model has the coefficients given, whatever the data say."""
    laws = pl.DataFrame({"unit": LINE, "time": time})
    weights = np.eye(5, k=-1) if weights is None else weights
    layer = Layer(name="advice", units=known, weights=weights[: len(known), : len(known)])
    panel = diffuscope.person_period(laws, censor=2008)
    panel = add_exposure(panel, layer, name="seen", isolates="zero")
    rows = panel.table().with_columns(event=(pl.int_range(pl.len()) % 3 == 0).cast(pl.Int8))
    fit = replace(event_history("adopted ~ seen", rows), coefficients=np.array(coefficients))
    seen = seen_through(layer, panel.table(), panel.history, Look())
    return Question(panel, fit, (Channel(column="seen", mechanism=None, seen=seen),))


def test_everybody_stays_at_risk_where_nobody_has_adopted():
    question = line([2001, 2003, None, 2004, None], [0.0, 0.0])
    rows = as_if_never(question.panel)
    assert rows.height == 4 * 7  # b to e, from 2002 to 2008
    assert rows["time"].to_list() == sorted(rows["time"].to_list())
    by_unit = rows.group_by("unit").agg(pl.col("time").min().alias("first"), pl.col("duration").max())
    assert sorted(by_unit.rows()) == [(unit, 2002, 7) for unit in "bcde"]


def test_along_a_line_each_follows_the_one_before_a_year_later():
    question = line([2001, 2003, None, 2004, None], [-50.0, 100.0])
    forward = Forward.of(question)
    world = forward.world(np.random.default_rng(1))
    rows = as_if_never(question.panel)[world.at].with_columns(y=pl.Series(world.y))
    found = dict(rows.filter(pl.col("y") == 1).select("unit", "time").iter_rows())
    assert found == {"b": 2002, "c": 2003, "d": 2004, "e": 2005}
    assert rows.group_by("unit").len().sort("unit")["len"].to_list() == [1, 2, 3, 4]
    assert world.exposures["seen"][world.y == 1].tolist() == [1.0] * 4
    assert world.exposures["seen"][world.y == 0].tolist() == [0.0] * 6


def test_who_has_no_known_hazard_does_what_it_did():
    """Nobody knows e's ties, so e adopts in 2006 as it did; without a, nobody moves b."""
    question = line([None, 2003, None, 2004, 2006], [-50.0, 100.0], known=tuple("abcd"))
    world = Forward.of(question).world(np.random.default_rng(1))
    rows = as_if_never(question.panel)[world.at].with_columns(y=pl.Series(world.y))
    found = dict(rows.filter(pl.col("y") == 1).select("unit", "time").iter_rows())
    assert found["e"] == 2006


def test_without_exposure_the_share_that_adopts_is_the_hazard():
    question = question_of(small(units=150), "adopted ~ seen")
    fit = replace(question.fit, coefficients=np.array([-1.5, 0.0]))
    forward = Forward.of(replace(question, fit=fit))
    rng = np.random.default_rng(3)
    worlds = [forward.world(rng) for _ in range(40)]
    known = np.concatenate([world.y[np.isfinite(world.exposures["seen"])] for world in worlds])
    wanted = 1 / (1 + np.exp(1.5))
    assert abs(known.mean() - wanted) < 4 * np.sqrt(wanted * (1 - wanted) / known.size)


@pytest.mark.parametrize(
    "look", [Look(), Look(lag=2), Look(form="sum"), Look(decay=0.3), Look(cumulative=False)], ids=str
)
@pytest.mark.parametrize("policies", [1, 2])
def test_a_drawn_world_is_a_panel_of_its_own_adoptions(look, policies):
    """Dates of a drawn world, made into a panel from the start, give the same rows and exposures."""
    world = small(policies=policies)
    question = question_of(world, look=look)
    forward = Forward.of(question)
    found = forward.world(np.random.default_rng(5))
    rows = as_if_never(question.panel)[found.at].with_columns(y=pl.Series(found.y))
    dates = rows.filter(pl.col("y") == 1).select("unit", "policy", pl.col("time").alias("again"))
    laws = world.adoptions.join(dates, on=["unit", "policy"], how="left").drop("time")
    other = replace(world, adoptions=laws.rename({"again": "time"}))
    wanted = question_of(other, look=look).panel.table().sort("time", "policy", "unit")
    assert rows.select("unit", "policy", "time", "duration").equals(
        wanted.select("unit", "policy", "time", "duration")
    )
    assert rows["y"].to_list() == wanted["event"].to_list()
    seen = pl.Series("seen", found.exposures["seen"]).fill_nan(None)
    assert seen.to_list() == pytest.approx(wanted["seen"].to_list())
    assert not dates.equals(world.adoptions.drop_nulls().select(dates.columns[:2], again="time"))


def test_exposures_may_stand_in_any_term():
    """Interactions are worked out in proportion, curves anew: worlds drawn with both are alike."""
    world = small()
    plain = question_of(world, "adopted ~ seen + wealth")
    for formula, zero in (
        ("adopted ~ seen + wealth + seen:wealth", 3),
        ("adopted ~ seen + wealth + sqrt(seen)", 3),
    ):
        question = question_of(world, formula)
        values = np.insert(plain.fit.coefficients, zero, 0.0)
        forward = Forward.of(replace(question, fit=replace(question.fit, coefficients=values)))
        assert (forward.columns.still is None) == ("sqrt" in formula)
        one = forward.world(np.random.default_rng(4))
        two = Forward.of(plain).world(np.random.default_rng(4))
        assert one.at.tolist() == two.at.tolist()
        assert one.y.tolist() == two.y.tolist()


def test_ties_that_change_are_seen_as_they_were_in_each_year():
    """Until 2003 b looks at a, from 2004 on c at b: each year sees through the ties of the year before."""
    first, then = np.zeros((5, 5)), np.zeros((5, 5))
    first[1, 0] = then[2, 1] = 1.0
    for other in (first, then):
        other[3, 4] = other[4, 3] = 1.0
    layer = Layer(name="advice", units=LINE, weights=(("2000", first), ("2004", then)))
    laws = pl.DataFrame({"unit": LINE, "time": [2001, 2004, 2006, None, None]})
    panel = add_exposure(diffuscope.person_period(laws, censor=2008), layer, name="seen", isolates="zero")
    fit = replace(firth("adopted ~ seen", panel), coefficients=np.array([-50.0, 100.0]))
    seen = seen_through(layer, panel.table(), panel.history, Look())
    question = Question(panel, fit, (Channel(column="seen", mechanism=None, seen=seen),))
    world = Forward.of(question).world(np.random.default_rng(1))
    rows = as_if_never(panel)[world.at].with_columns(y=pl.Series(world.y))
    found = dict(rows.filter(pl.col("y") == 1).select("unit", "time").iter_rows())
    assert found == {"b": 2002, "c": 2005}


def test_policies_without_a_place_in_the_model_are_no_baseline():
    question = question_of(small(policies=2))
    design = replace(question.fit.design, policies=("p1",))
    forward = Forward.of(replace(question, fit=replace(question.fit, design=design)))
    policies = as_if_never(question.panel)["policy"].to_numpy()
    assert set(policies[forward.columns.known]) == {"p1"}


# The test


@pytest.mark.parametrize("later", [-1, 0, 1])
def test_an_exposure_of_another_year_is_what_senders_had_done_by_its_end(later):
    world = small(policies=2)
    question = question_of(world)
    rows = question.panel.table()
    found = pl.Series(elsewhen(question.channels[0].seen, later)).fill_nan(None)
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
    found = lead_test(question, "seen", draws=19, workers=1)
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
    assert (renamed.value, renamed.low) == pytest.approx((one.value, one.low), abs=1e-6)
    assert lead_test(question, "seen", draws=39, seed=4, workers=1).low != one.low


def test_unseen_likeness_fails_and_the_seen_trait_or_true_contagion_passes():
    alike = additive_world([ALIKE], policies=3, trait=1.5, units=90, periods=12, seed=2)
    found = lead_test(question_of(alike, "adopted ~ seen", duration="cubic"), "seen", draws=59, workers=1)
    assert (found.applies, found.passed) == (True, False)
    assert found.value > found.high
    assert "lacks" in found.says
    seen = question_of(alike, "adopted ~ seen + trait", duration="cubic")
    assert lead_test(seen, "seen", draws=59, workers=1).passed
    contagious = additive_world(
        [replace(ALIKE, effect=2.5, by="chance")], policies=3, units=90, periods=12, seed=2
    )
    found = lead_test(question_of(contagious, "adopted ~ seen"), "seen", draws=59, workers=1)
    assert found.passed
    assert "no clearance" in found.says


def test_of_a_world_without_an_estimate_nothing_is_told():
    lost = withstood("lead test", np.nan, np.zeros(9), ("It", "a", "b"))
    assert (lost.applies, lost.passed, lost.p) == (True, None, None)
    many = withstood("lead test", 1.0, np.array([0.0] * 8 + [np.nan] * 2), ("It", "a", "b"))
    assert (many.passed, many.says) == (
        None,
        "It has no finite coefficient in 2 of 10 worlds drawn from the model: nothing can be compared.",
    )
    some = withstood("lead test", 9.0, np.array([0.0] * 95 + [np.nan] * 5), ("It", "a", "b"))
    assert some.p == pytest.approx(2 * 6 / 101)


# When it does not apply


@pytest.mark.parametrize(
    ("laws", "says"),
    [
        ({"time": [2001, 2002, 2004, 2005, None], "until": [None, 2003, None, None, None]}, "Adoptions end"),
        (
            {"time": [2001, 2002, 2004, 2005, None], "time_latest": [None, 2003, None, None, None]},
            "span of several",
        ),
    ],
)
def test_repeal_and_dates_known_as_spans_are_told(laws, says):
    frame = pl.DataFrame({"unit": LINE, **laws})
    panel = diffuscope.person_period(frame, censor=2008)
    layer = Layer(name="advice", units=LINE, weights=np.eye(5, k=-1) + np.eye(5, k=2))
    panel = add_exposure(panel, layer, name="seen")
    seen = seen_through(layer, panel.table(), panel.history, Look())
    question = Question(
        panel, firth("adopted ~ seen", panel), (Channel(column="seen", mechanism=None, seen=seen),)
    )
    found = lead_test(question, "seen")
    assert (found.applies, found.passed) == (False, None)
    assert says in found.says


def test_success_the_same_period_and_columns_by_hand_are_told():
    learned = lead_test(learned_of(drawn(seed=5, learning=2.5)), "good")
    assert (learned.applies, "how it went" in learned.says) == (False, True)
    world = small()
    assert "lag 0" in (unable(question_of(world, look=Look(lag=0))) or "")
    question = question_of(world)
    rows = question.panel.table().with_columns(own=pl.col("wealth") ** 2)
    by_hand = replace(
        question, panel=replace(question.panel, frame=rows), fit=event_history("adopted ~ seen + own", rows)
    )
    found = lead_test(by_hand, "seen")
    assert (found.applies, "`own`" in found.says) == (False, True)
    assert unable(question) is None
