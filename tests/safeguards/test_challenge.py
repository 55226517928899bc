"""Every safeguard asked of a panel and a model, no case needed."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import polars as pl
import pytest
from planted import drawn, layer_of, panel_of

import diffuscope
from diffuscope import challenge
from diffuscope.errors import PlanError
from diffuscope.models import event_history, firth
from diffuscope.panel.exposures import add_exposure
from diffuscope.records import SafeguardResults
from diffuscope.safeguards.checks import checks

WORLD = drawn(seed=1, contagion=5.0)
OTHER = drawn(seed=2)["ties"]


def made(ties=None, name="seen", **how):
    return add_exposure(panel_of(WORLD), layer_of(WORLD) if ties is None else ties, name=name, **how)


def fitted(panel, formula="adopted ~ seen + wealth"):
    return event_history(formula, panel)


def asked(panel, column="seen", formula="adopted ~ seen + wealth", **how):
    return challenge(fitted(panel, formula), panel, column, **({"draws": 39, "workers": 1} | how))


@pytest.fixture(scope="module")
def whole():
    panel = made()
    return fitted(panel), asked(panel, drivers=["wealth"], draws=99)


def test_every_check_is_asked_and_told_in_a_table(whole):
    fit, trial = whole
    assert [one.name for one in trial.safeguards] == [one.name for one in checks()]
    assert [one.role for one in trial.safeguards] == [one.role for one in checks()]
    table = trial.table()
    assert table["name"].to_list() == [one.name for one in checks()]
    assert table.columns == [
        "name",
        "role",
        "applies",
        "passed",
        "value",
        "ci_low",
        "ci_high",
        "p",
        "draws",
        "description",
    ]
    assert table.filter(name="permuted ties").select("role", "passed", "p", "draws").row(0) == (
        "gate", True, pytest.approx(1 / 100), 99,
    )  # fmt: skip
    assert (trial.term, trial.estimate, trial.ci_low) == ("seen", fit.coefficients[1], fit.ci_low[1])


def test_one_exposure_alone_needs_no_adjustment(whole):
    gate = whole[1].safeguards[0]
    assert (whole[1].p_holm, whole[1].p_holm_less) == (gate.p, gate.p_less)
    assert gate.p_less == pytest.approx(1.0)


def test_a_trial_outlasts_json(whole):
    assert msgspec.json.decode(msgspec.json.encode(whole[1]), type=SafeguardResults) == whole[1]


def test_declared_drivers_are_tried(whole):
    names = {one.name: one for one in whole[1].safeguards}
    assert "`wealth`" in names["drivers of ties"].description
    plain = {one.name: one for one in asked(made()).safeguards}
    assert plain["drivers of ties"].description.startswith("No drivers of these ties are declared.")


def test_strata_are_handed_on():
    strata = {unit: unit for unit in WORLD["laws"]["unit"]}
    trial = asked(made(), strata=strata)
    assert trial.safeguards[0].passed is None
    assert "Only 1 exchanges" in trial.safeguards[0].description


def test_ties_as_a_frame_and_as_a_layer_give_the_same_trial():
    one, other = (asked(made(ties)) for ties in (layer_of(WORLD), layer_of(WORLD).table()))
    # the layers differ in their names alone, and streams of chance are named after layers
    assert layer_of(WORLD).name != "seen"
    named = asked(made(replace(layer_of(WORLD), name="seen")))
    assert named.estimate == pytest.approx(one.estimate, abs=1e-12)
    assert [each.description.replace("advice", "seen") for each in named.safeguards] == [
        each.description for each in other.safeguards
    ]
    assert [each.p for each in named.safeguards] == [each.p for each in other.safeguards]


def test_several_exposures_through_several_layers_are_each_seen_anew():
    """An exposure of other ties stays where those of the one asked about are exchanged, and is its rival."""
    panel = add_exposure(made(), replace(layer_of(WORLD, OTHER), name="other"), name="other")
    panel = add_exposure(panel, layer_of(WORLD), name="often", form="sum", lag=2)
    formula = "adopted ~ seen + other + wealth"
    seen, other = (asked(panel, column, formula) for column in ("seen", "other"))
    assert (seen.term, other.term) == ("seen", "other")
    assert (seen.safeguards[0].passed, other.safeguards[0].passed) == (True, False)
    beside = {one.name: one for one in seen.safeguards}["separable"]
    assert "`seen` and `other` correlate" in beside.description
    assert "often" not in beside.description  # not in the model
    often = asked(panel, "often", "adopted ~ often + wealth")
    assert often.term == "often"
    assert [one.name for one in often.safeguards] == [one.name for one in checks()]


@pytest.mark.parametrize("column", ["seen", "other"])
def test_a_column_changed_after_add_exposure_is_refused(column):
    """The one asked about as well as any other that the model would see anew."""
    panel = add_exposure(made(), replace(layer_of(WORLD, OTHER), name="other"), name="other")
    rows = panel.table()
    for changed in (pl.col(column) ** 2, pl.col(column) * 1.001, pl.col(column).reverse()):
        wrong = replace(panel, frame=rows.with_columns(changed.alias(column)))
        with pytest.raises(PlanError, match=f"`{column}` does not agree with its ties"):
            asked(wrong, "seen", "adopted ~ seen + other")


def test_a_column_known_where_its_ties_say_nothing_is_refused():
    """Filled-in rows are not seen anew: the trial would be of another exposure than the model's."""
    ties = WORLD["ties"].copy()
    ties[:9] = 0.0
    panel = made(layer_of(WORLD, ties))
    assert panel.table()["seen"].null_count() > 0
    filled = replace(panel, frame=panel.table().with_columns(pl.col("seen").fill_null(0.0)))
    with pytest.raises(PlanError, match="`seen` does not agree with its ties"):
        asked(filled)


def test_a_column_that_add_exposure_did_not_make_is_refused():
    panel = made()
    with pytest.raises(PlanError, match="no exposure `nothing` made by `add_exposure`; it has `seen`"):
        asked(panel, "nothing")
    with pytest.raises(PlanError, match="no exposure `wealth`"):
        asked(panel, "wealth")
    with pytest.raises(PlanError, match="it has none"):
        asked(panel_of(WORLD), "wealth", "adopted ~ wealth")
    by_hand = replace(panel_of(WORLD), frame=panel.table())
    with pytest.raises(PlanError, match="no exposure `seen`"):
        asked(by_hand)


def test_an_exposure_that_the_model_does_not_have_is_refused():
    panel = made()
    with pytest.raises(PlanError, match="is in no term of the model"):
        asked(panel, "seen", "adopted ~ wealth")


def test_where_nothing_can_be_computed_every_answer_is_missing_and_no_error():
    """Three units and two events: too few for any test."""
    laws = pl.DataFrame({"unit": ["a", "b", "c"], "time": [2001, 2002, None]})
    ties = pl.DataFrame({"sender": ["a", "b"], "receiver": ["b", "c"]})
    panel = diffuscope.person_period(laws, censor=2004)
    panel = add_exposure(panel, ties, name="seen", isolates="zero")
    trial = challenge(firth("adopted ~ seen", panel), panel, "seen", draws=39, workers=1)
    assert all(one.description for one in trial.safeguards)
    gate = trial.safeguards[0]
    assert (gate.role, gate.passed, trial.p_holm) == ("gate", None, None)
    assert not [one.name for one in trial.safeguards if one.passed and one.name not in HOLD_OF_ANY]
    assert trial.table().height == len(checks())


HOLD_OF_ANY = ("ties predate",)
"""What needs no estimate: ties without a date hold throughout."""
