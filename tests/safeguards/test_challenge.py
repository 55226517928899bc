"""Every safeguard asked of a frame and a model, no case needed."""

from __future__ import annotations

import msgspec
import polars as pl
import pytest
from planted import drawn, layer_of, panel_of

from diffuscope import challenge
from diffuscope.errors import PlanError
from diffuscope.models import event_history
from diffuscope.panel.exposures import add_exposure
from diffuscope.records import SafeguardName

WORLD = drawn(seed=1, contagion=5.0)


@pytest.fixture(scope="module")
def asked():
    panel = add_exposure(panel_of(WORLD), layer_of(WORLD), name="seen")
    return event_history("adopted ~ seen + wealth", panel), panel


def test_every_safeguard_is_asked_and_told_in_a_table(asked):
    trial = challenge(*asked, "seen", layer_of(WORLD), drivers=["wealth"], draws=99)
    assert {one.name for one in trial.safeguards} == set(SafeguardName.__args__)
    table = trial.table()
    assert table.height == len(trial.safeguards)
    assert table.filter(name="permuted ties").select("passed", "p").row(0) == (True, pytest.approx(0.02))
    assert trial.estimate == asked[0].coefficients[1]
    assert msgspec.json.decode(msgspec.json.encode(trial), type=type(trial)) == trial


def test_ties_may_be_a_frame(asked):
    fit, panel = asked
    layer = layer_of(WORLD)
    one, other = (challenge(fit, panel, "seen", ties, draws=99) for ties in (layer, layer.table()))
    assert one == other


def test_ties_that_do_not_give_the_column_are_refused(asked):
    other = layer_of(WORLD, WORLD["ties"].T)
    with pytest.raises(PlanError, match="do not give the column `seen`"):
        challenge(*asked, "seen", other)
    with pytest.raises(PlanError, match="do not give the column"):
        challenge(*asked, "seen", layer_of(WORLD), lag=2)


def test_a_column_that_was_not_seen_through_ties_is_refused(asked):
    with pytest.raises(PlanError, match="has no exposure `nothing`"):
        challenge(*asked, "nothing", layer_of(WORLD))


def test_what_cannot_be_computed_is_missing_and_no_error():
    world = drawn(seed=3, units=12, periods=3)
    panel = add_exposure(panel_of(world), layer_of(world), name="seen")
    from diffuscope.models import firth

    trial = challenge(firth("adopted ~ seen + wealth", panel), panel, "seen", layer_of(world), draws=99)
    assert all(one.says for one in trial.safeguards)
    assert isinstance(trial.table(), pl.DataFrame)
