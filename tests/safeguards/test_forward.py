"""Models run forward, by hand and by the book: who adopts when, and what each sees then."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from planted import drawn, learned_of
from simulated import names_reversed, question_of, small

import diffuscope
from diffuscope.models import event_history, firth
from diffuscope.panel.exposure_history import ExposureSpec, exposure_inputs
from diffuscope.panel.exposures import add_exposure
from diffuscope.panel.global_share import add_global_share
from diffuscope.safeguards.tested_model import TestedExposure, TestedModel
from diffuscope.simulate.never_adopted import never_adopted
from diffuscope.ties import Layer

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
    seen = exposure_inputs(layer, panel.table(), panel.history, ExposureSpec())
    return TestedModel(panel, fit, (TestedExposure(column="seen", mechanism=None, inputs=seen),))


def world_of(question, at=1):
    """Rows at risk in one drawn world, with who adopted and what each saw."""
    worlds = question.simulation.worlds(range(at, at + 1), 0, "one world")
    kept = np.flatnonzero(worlds.mask[0])
    return never_adopted(question.panel)[kept].with_columns(
        y=pl.Series(worlds.y[0, kept]), seen=pl.Series(worlds.exposure("seen")[0, kept]).fill_nan(None)
    )


def test_everybody_stays_at_risk_where_nobody_has_adopted():
    question = line([2001, 2003, None, 2004, None], [0.0, 0.0])
    rows = never_adopted(question.panel)
    assert rows.height == 4 * 7  # b to e, from 2002 to 2008
    assert rows["time"].to_list() == sorted(rows["time"].to_list())
    by_unit = rows.group_by("unit").agg(pl.col("time").min().alias("first"), pl.col("duration").max())
    assert sorted(by_unit.rows()) == [(unit, 2002, 7) for unit in "bcde"]


def test_along_a_line_each_follows_the_one_before_a_year_later():
    question = line([2001, 2003, None, 2004, None], [-50.0, 100.0])
    rows = world_of(question)
    found = dict(rows.filter(pl.col("y") == 1).select("unit", "time").iter_rows())
    assert found == {"b": 2002, "c": 2003, "d": 2004, "e": 2005}
    assert rows.group_by("unit").len().sort("unit")["len"].to_list() == [1, 2, 3, 4]
    assert rows.filter(y=1)["seen"].to_list() == [1.0] * 4
    assert rows.filter(y=0)["seen"].to_list() == [0.0] * 6


def test_who_has_no_known_hazard_does_what_it_did():
    """Nobody knows e's ties, so e adopts in 2006 as it did; without a, nobody moves b."""
    question = line([None, 2003, None, 2004, 2006], [-50.0, 100.0], known=tuple("abcd"))
    rows = world_of(question)
    found = dict(rows.filter(pl.col("y") == 1).select("unit", "time").iter_rows())
    assert found["e"] == 2006


def test_without_exposure_the_share_that_adopts_is_the_hazard():
    question = question_of(small(units=150), "adopted ~ seen")
    fit = replace(question.fit, coefficients=np.array([-1.5, 0.0]))
    worlds = replace(question, fit=fit).simulation.worlds(range(40), 3, "hazard")
    known = worlds.y[worlds.mask & np.isfinite(worlds.exposure("seen"))]
    wanted = 1 / (1 + np.exp(1.5))
    assert abs(known.mean() - wanted) < 4 * np.sqrt(wanted * (1 - wanted) / known.size)


@pytest.mark.parametrize(
    "spec",
    [
        ExposureSpec(),
        ExposureSpec(lag=2),
        ExposureSpec(form="sum"),
        ExposureSpec(decay=0.3),
        ExposureSpec(cumulative=False),
    ],
    ids=str,
)
@pytest.mark.parametrize("policies", [1, 2])
def test_a_drawn_world_is_a_panel_of_its_own_adoptions(spec, policies):
    """Dates of a drawn world, made into a panel from the start, give the same rows and exposures."""
    world = small(policies=policies)
    question = question_of(world, spec=spec)
    rows = world_of(question, 5)
    dates = rows.filter(pl.col("y") == 1).select("unit", "policy", pl.col("time").alias("again"))
    laws = world.adoptions.join(dates, on=["unit", "policy"], how="left").drop("time")
    other = replace(world, adoptions=laws.rename({"again": "time"}))
    wanted = question_of(other, spec=spec).panel.table().sort("time", "policy", "unit")
    assert rows.select("unit", "policy", "time", "duration").equals(
        wanted.select("unit", "policy", "time", "duration")
    )
    assert rows["y"].to_list() == wanted["event"].to_list()
    assert rows["seen"].to_list() == pytest.approx(wanted["seen"].to_list())
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
        other = replace(question, fit=replace(question.fit, coefficients=values))
        assert (other.simulation.design.at_zero is None) == ("sqrt" in formula)
        assert world_of(other, 4).drop("seen").equals(world_of(plain, 4).drop("seen"))


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
    seen = exposure_inputs(layer, panel.table(), panel.history, ExposureSpec())
    question = TestedModel(panel, fit, (TestedExposure(column="seen", mechanism=None, inputs=seen),))
    rows = world_of(question)
    found = dict(rows.filter(pl.col("y") == 1).select("unit", "time").iter_rows())
    assert found == {"b": 2002, "c": 2005}


def test_policies_without_a_place_in_the_model_are_no_baseline():
    question = question_of(small(policies=2))
    design = replace(question.fit.design, policies=("p1",))
    simulation = replace(question, fit=replace(question.fit, design=design)).simulation
    policies = never_adopted(question.panel)["policy"].to_numpy()
    assert set(policies[simulation.design.known]) == {"p1"}


def by_hand(ties, coefficients, periods, worlds, seed):
    """Adoptions a world of units that look at the share of their senders, one after the other."""
    rng = np.random.default_rng(seed)
    counts = np.zeros((worlds, periods))
    for world in range(worlds):
        has = np.zeros(len(ties), dtype=bool)
        for period in range(periods):
            share = ties @ has / ties.sum(axis=1)
            chance = 1 / (
                1 + np.exp(-(coefficients[0] + coefficients[1] * share + coefficients[2] * has.mean()))
            )
            new = ~has & (rng.random(len(ties)) < chance)
            counts[world, period] = new.sum()
            has |= new
    return counts


def timed(world):
    """A question with the global share in its model, of whom everybody has ties."""
    question = question_of(world)
    panel = add_global_share(question.panel)
    fit = event_history("adopted ~ seen + global_share", panel)
    return replace(question, panel=panel, fit=fit)


def test_adoptions_by_year_are_those_of_a_loop_written_for_it():
    """Mean adoptions in each year, of 300 worlds and of 300 runs of the loop, within Monte Carlo error."""
    world = small(units=60, periods=8, seed=4)
    ties = world.ties[0].weights.toarray()
    connected = ties.sum(axis=1) > 0
    assert connected.all()
    coefficients = np.array([-2.5, 2.0, 1.5])
    question = timed(world)
    question = replace(question, fit=replace(question.fit, coefficients=coefficients))
    worlds = question.simulation.worlds(range(300), 1, "loop")
    time = question.simulation.time
    years = np.unique(time)
    drawn_ = np.array([(worlds.y * (time == year)).sum(axis=1) for year in years]).T
    looped = by_hand(ties, coefficients, len(years), 300, 2)
    error = np.sqrt(drawn_.var(axis=0) / 300 + looped.var(axis=0) / 300)
    assert (np.abs(drawn_.mean(axis=0) - looped.mean(axis=0)) < 4 * error).all()


def test_the_global_share_of_a_world_is_counted_from_its_adoptions():
    question = timed(small(policies=2))
    worlds = question.simulation.worlds(range(3), 1, "share")
    rows = never_adopted(question.panel)
    units = len(question.panel.units)
    for copy in range(3):
        own = rows.with_columns(
            y=pl.Series(worlds.y[copy]), share=pl.Series(worlds.others["global_share"][copy])
        )
        events = own.filter(y=1).select("policy", "time")
        for policy, time, share in own.select("policy", "time", "share").unique().iter_rows():
            had = events.filter((pl.col("policy") == policy) & (pl.col("time") < time)).height
            assert share == pytest.approx(had / units)


def test_results_of_drawn_adopters_are_their_own_or_dealt_from_those_known():
    """Mean success in a world, worked out from who had adopted and how it goes with each there."""
    question = learned_of(drawn(seed=5, learning=2.5, units=30))
    worlds = question.simulation.worlds(range(2), 1, "success")
    seen = worlds.inputs["good"]
    [part], ties = seen.parts, seen.layer.snapshots[-1][1].toarray()
    known = part.success[np.isfinite(part.success).any(axis=1)]
    for copy in range(2):
        states, success = worlds.states["good"][0][copy], worlds.success["good"][0][copy]
        assert set(np.unique(success)) <= set(np.unique(known[np.isfinite(known)]))
        values = worlds.exposure("good")[copy]
        for at in range(0, len(part.at), 17):
            unit, before = part.unit[at], part.time[at] - 1
            weight = ties[unit] * states[:, before]
            wanted = weight @ success[:, before] / weight.sum() if weight.sum() else np.nan
            assert values[part.at[at]] == pytest.approx(wanted, nan_ok=True)


def test_worlds_are_reproduced_and_do_not_depend_on_names_or_on_how_many_are_run():
    world = small()
    question, renamed = question_of(world), question_of(world, rename=names_reversed(world))
    one, again = (question.simulation.worlds(range(6), 3, "worlds") for _ in range(2))
    assert (one.y == again.y).all()
    assert (one.y[4:] == question.simulation.worlds(range(4, 6), 3, "worlds").y).all()
    other = renamed.simulation.worlds(range(6), 3, "worlds")
    assert (one.y.sum(axis=1) == other.y.sum(axis=1)).all()
    times, others = (
        np.sort(q.simulation.time[None] * w.y, axis=1) for q, w in ((question, one), (renamed, other))
    )
    assert (times == others).all()
    assert (question.simulation.worlds(range(6), 4, "worlds").y != one.y).any()
