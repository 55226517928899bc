"""Each mechanism in the model in which it is judged; one short layer takes no events from the others."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from spread import case, tables

from diffuscope.case.private import Private
from diffuscope.study import case_problems
from diffuscope.study.channels import Layers
from diffuscope.study.history import history_of
from diffuscope.study.witnesses import dates_of


def told(made):
    asked = made.analyses[0]
    return history_of(made, asked, dates_of(made, asked), Layers(made), Private.of(made))


def models(made):
    return {one.mechanism: one for one in told(made).history.models}


def rivals(receivers, layer="similarity", seed=5):
    """Likeness of exports of some towns; the others have none."""
    rng = np.random.default_rng(seed)
    names = [f"t{at:03}" for at in range(160)]
    rows = [(other, one) for one in names[:receivers] for other in rng.choice(names, 4) if other != one]
    frame = pl.DataFrame(list(dict.fromkeys(rows)), schema=["sender", "receiver"], orient="row")
    said = {"layer": pl.lit(layer), "sender": "sender", "receiver": "receiver", "weight": pl.lit(1.0)}
    return frame.select(**said, source=pl.lit("s"))


def with_rivals(receivers, **changes):
    return case(ties=rivals(receivers), covariates=["wealth"], **changes)


def test_where_every_layer_is_known_throughout_all_are_judged_in_the_joint_model():
    found = told(with_rivals(160))
    own = {one.mechanism: one for one in found.history.models}
    assert set(own) == {"competition", "emulation"}
    assert all(one.joint and one.tested.id == "main" and not one.lost for one in own.values())
    assert own["emulation"].alone.formula.startswith("adopted ~ emulation + wealth")
    assert own["emulation"].alone.rows == own["emulation"].tested.rows
    assert found.questions["emulation"] is found.questions["competition"]


def test_a_short_layer_costs_its_own_mechanism_rows_and_no_other():
    found = told(with_rivals(40))
    own = {one.mechanism: one for one in found.history.models}
    rows = found.frames["panel_q"]
    both = rows.drop_nulls(["competition", "emulation", "wealth"])
    mine = rows.drop_nulls(["emulation", "wealth"])
    main = found.history.estimates[0]
    assert (main.rows, main.events) == (both.height, both["event"].sum())
    # counted by hand: what rivals would cost emulation
    (lost,) = own["emulation"].lost
    assert lost.term == "competition"
    assert lost.rows == mine.height - both.height > 0
    assert lost.events == mine["event"].sum() - both["event"].sum() > 0
    assert not own["emulation"].joint
    assert (own["emulation"].tested.rows, own["emulation"].tested.events) == (
        mine.height,
        mine["event"].sum(),
    )
    assert "competition" not in own["emulation"].tested.formula
    assert "without terms that would lose events: `competition`" in own["emulation"].tested.description
    # emulation is known wherever competition is: it stays
    assert own["competition"].joint
    assert own["competition"].rivals_in == ("emulation",)
    whole = {one.term: (one.rows, one.events) for one in found.history.lost}
    gone = rows.filter(pl.col("competition").is_null())
    assert whole["competition"] == (gone.height, gone["event"].sum())
    assert found.questions["emulation"] is not found.questions["competition"]
    assert found.questions["emulation"].fit.rows == mine.height


def test_a_layer_without_any_events_leaves_the_others_their_model():
    own = models(with_rivals(5))
    assert own["competition"].silence == "too few events"
    assert own["competition"].tested.refused.startswith("There ")
    assert own["emulation"].tested.refused is None
    assert own["emulation"].silence is None


def test_exposures_that_are_one_are_each_judged_alone_and_the_other_stays_a_rival():
    same = tables()["attributes"].filter(pl.col("variable") == "largest_religion")
    groups = dict(same.select("unit", "value").iter_rows())
    rows = [(a, b) for a in groups for b in groups if a != b and groups[a] == groups[b]]
    ties = pl.DataFrame(rows, schema=["sender", "receiver"], orient="row").select(
        layer=pl.lit("similarity"), sender="sender", receiver="receiver", weight=1.0, source=pl.lit("s")
    )
    found = told(case(ties=ties))
    assert "an exact combination" in found.history.estimates[0].refused
    own = {one.mechanism: one for one in found.history.models}
    assert own["emulation"].tested.refused is None
    assert own["emulation"].tested.id == "emulation-alone"
    reasons = dict(own["emulation"].rivals_open)
    assert "an exact combination" in reasons["competition"]


def test_rivals_are_in_the_model_or_ruled_out_or_named_with_the_reason():
    own = models(with_rivals(160, ruled_out={"learning": "Nobody could know the results."}))
    assert own["emulation"].rivals_in == ("competition",)
    assert own["emulation"].rivals_ruled_out == (("learning", "Nobody could know the results."),)
    assert own["emulation"].rivals_open == ()
    bare = models(case())["emulation"]
    assert {name for name, _ in bare.rivals_open} == {"learning", "competition"}
    assert dict(bare.rivals_open)["competition"].startswith(
        "The case has no ties between these units that can carry competition"
    )
    short = models(with_rivals(40))["emulation"]
    assert "is not known in" in dict(short.rivals_open)["competition"]


def test_a_rival_that_a_formula_leaves_out_is_open():
    own = models(with_rivals(160, formula="adopted ~ emulation + wealth + global_share"))
    assert set(own) == {"emulation"}
    assert own["emulation"].joint
    assert (
        dict(own["emulation"].rivals_open)["competition"] == "The formula of the question does not name it."
    )


@pytest.mark.parametrize(
    ("changes", "rule", "value"),
    [
        ({"ruled_out": {"emulaton": "no"}}, "unknown-mechanism", "emulaton"),
        ({"forms": {"emulaton": "sum"}}, "unknown-mechanism", "emulaton"),
        ({"lags": {"emulation": 0}}, "bad-lag", "emulation"),
        ({"lags": {"welth": 0}, "covariates": ["wealth"]}, "unknown-mechanism", "welth"),
    ],
)
def test_what_names_no_mechanism_is_told(changes, rule, value):
    (problem,) = case_problems(case(**changes))
    assert (problem.rule, problem.value) == (rule, value)


def test_another_form_is_taken_if_asked_for():
    plain, summed = (told(with_rivals(160, **more)) for more in ({}, {"forms": {"competition": "sum"}}))
    record = next(one for one in summed.history.exposures if one.name == "competition")
    assert record.form == "sum"
    rows = plain.frames["panel_q"].join(summed.frames["panel_q"], on=["unit", "time"], suffix="_sum")
    # weights are 1, so the sum is the share times the number of rivals
    ties = rivals(160).group_by("receiver").len()
    rows = rows.join(ties, left_on="unit", right_on="receiver").drop_nulls("competition")
    np.testing.assert_allclose(rows["competition_sum"], rows["competition"] * rows["len"])


def test_a_covariate_that_is_fixed_beforehand_may_be_of_the_same_period():
    found = told(case(covariates=["wealth"], lags={"wealth": 0}))
    rows = found.frames["panel_q"]
    source = tables()["attributes"].filter(pl.col("variable") == "wealth")
    known = source.select("unit", pl.col("time").cast(pl.Int64), pl.col("value").cast(pl.Float64))
    both = rows.with_columns(pl.col("time").cast(pl.Int64)).join(known, on=["unit", "time"])
    assert both["wealth"].to_list() == both["value"].to_list()
    own = {one.term: one.lag for one in found.history.estimates[0].coefficients}
    assert (own["wealth"], own["emulation"]) == (0, 1)
    assert "known 0 periods before" in found.tables["panel_q"].columns["wealth"]


def test_a_covariate_without_dates_has_no_lag():
    source = tables()
    fixed = source["units"].select(
        "unit",
        time=pl.lit(None, pl.String),
        variable=pl.lit("coast"),
        value=(pl.int_range(pl.len()) % 2).cast(pl.String),
        source=pl.lit("s"),
    )
    made = case(attributes=pl.concat([source["attributes"], fixed]), covariates=["coast"])
    own = {one.term: one.lag for one in told(made).history.estimates[0].coefficients}
    assert own["coast"] is None


# Neighbours


def near(of="region"):
    attributes = tables()["attributes"].with_columns(pl.col("variable").replace("largest_religion", of))
    return case(attributes=attributes, covariates=["wealth"], without=("ties",))


def test_where_nothing_but_neighbours_stands_they_are_judged_without_a_name():
    found = told(near())
    assert {one.name for one in found.history.exposures if one.refused is None} == {"shared_region"}
    (own,) = found.history.models
    assert (own.mechanism, own.term, own.layer) == ("neighbours", "shared_region", "shared-region")
    assert own.joint
    assert own.coefficient.mechanism is None
    assert own.rivals_open == ()
    assert set(found.questions) == {"neighbours"}


def test_a_region_bears_no_mechanism():
    refused = {one.name: one.refused for one in told(near()).history.exposures}
    assert refused["emulation"].startswith(
        "The case has no ties between these units that can carry emulation"
    )


def test_where_a_mechanism_stands_neighbours_are_judged_if_asked_for():
    assert "neighbours" not in models(case())
    own = models(case(layers={"neighbours": ["information"]}))
    assert own["neighbours"].term == "information"
    assert own["neighbours"].tested.refused is None


# Repetitions


def test_every_repetition_says_what_it_finds_of_each_mechanism():
    again = [
        {"id": "late", "says": "From 2005 on.", "window": ["2005", "2015"]},
        {"id": "friends", "says": "Peers are friends.", "layers": {"emulation": "shared-club"}},
        {"id": "other", "says": "Something else.", "formula": "adopted ~ wealth + time"},
        {"id": "log", "says": "By its logarithm.", "formula": "adopted ~ log1p(emulation) + time"},
    ]
    clubs = rivals(160, layer="shared-club")
    made = case(covariates=["wealth"], repeat=again, ties=clubs, layers={"emulation": "shared-religion"})
    found = told(made).history
    (own,) = (one for one in found.models if one.mechanism == "emulation")
    repeated = {one.id: one for one in own.repeated}
    assert list(repeated) == ["sure_dates", "late", "friends", "other", "log"]
    estimates = {one.id: one for one in found.estimates}
    for name in ("sure_dates", "late", "friends", "log"):
        term = next(one for one in estimates[name].coefficients if one.mechanism == "emulation")
        assert (repeated[name].estimate, repeated[name].ci_low) == (term.estimate, term.ci_low)
        assert repeated[name].events == estimates[name].events >= 5
    assert repeated["other"].estimate is None
    assert repeated["other"].refused
    assert repeated["late"].description == "From 2005 on."


def test_in_a_repetition_too_a_short_layer_costs_the_others_nothing():
    again = [{"id": "late", "says": "From 2005 on.", "window": ["2005", "2015"]}]
    found = told(with_rivals(40, repeat=again)).history
    own = {one.mechanism: {each.id: each for each in one.repeated} for one in found.models}
    joint = next(one for one in found.estimates if one.id == "late")
    assert own["competition"]["late"].events == joint.events < own["emulation"]["late"].events


# What else one short layer must not silence


def test_exposures_are_compared_two_by_two_where_both_are_known():
    found = told(
        case(
            ties=pl.concat([rivals(160), rivals(3, layer="information")]),
            layers={"neighbours": ["information"]},
        )
    ).history
    pairs = {frozenset(pair[:2]): pair[2] for pair in found.correlations}
    rows = told(case(ties=rivals(160))).frames["panel_q"].drop_nulls(["competition", "emulation"])
    r = np.corrcoef(rows["competition"].to_numpy(), rows["emulation"].to_numpy())[0, 1]
    assert pairs[frozenset({"competition", "emulation"})] == pytest.approx(r, abs=1e-9)


def test_a_layer_that_cannot_be_made_leaves_the_others(monkeypatch):
    from diffuscope.errors import MethodError

    def broken(*_):
        raise MethodError("These places cannot be measured.")

    monkeypatch.setattr("diffuscope.ties.from_case._places", broken)
    found = told(case()).history
    assert "No layer: These places cannot be measured." in found.notes
    assert {one.mechanism for one in found.models} == {"emulation"}
