"""What every safeguard has to keep, whatever it asks."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import msgspec
import numpy as np
import polars as pl
import pytest

import diffuscope
from diffuscope.errors import MethodError, PlanError
from diffuscope.models import event_history, firth
from diffuscope.panel.exposure_history import ExposureSpec, exposure_inputs, successes
from diffuscope.panel.exposures import add_exposure
from diffuscope.records import Safeguard
from diffuscope.safeguards.checks import ROLES, checks
from diffuscope.safeguards.engine.check import Check, RepeatedEstimate, SafeguardOptions
from diffuscope.safeguards.run_safeguards import run_safeguards
from diffuscope.safeguards.tested_model import TestedExposure, TestedModel
from diffuscope.simulate import PlantedEffect, simulate_diffusion
from diffuscope.ties import Layer

NAMES = [one.name for one in checks()]
FORMULA = "adopted ~ seen + good + wealth"
DRAWS = 59
REPEATED = [RepeatedEstimate(id="late", events=9, estimate=1.0, ci_low=0.1, ci_high=2.0)]


def asked(effect=3.0, *, rename=None, of_covariate=1.0, of_weights=1.0, fitted=event_history, seed=2):
    """A question with two policies, a covariate that drives ties, a rival, and how it went: all is asked."""
    layer = PlantedEffect(name="advice", effect=effect, senders=4.0, by="trait")
    world = simulate_diffusion([layer], units=36, periods=7, policies=2, trait=0.5, baseline=-2.0, seed=seed)
    named = rename or {}
    rng = np.random.default_rng(5)
    went = world.covariates.select("unit", time=pl.lit(2000), value=pl.Series(rng.normal(size=36)))
    frames = [world.adoptions, world.covariates.join(world.truth.table(), on="unit"), went]
    laws, known, went = (frame.with_columns(pl.col("unit").replace(named)) for frame in frames)
    known = known.with_columns(wealth=pl.col("wealth") * of_covariate)
    panel = diffuscope.person_period(laws, censor=world.last, undated="never", origin=2001)
    panel = diffuscope.add_covariates(panel, known)
    ties = world.ties[0]
    ties = Layer(name="advice", units=tuple(named.get(unit, unit) for unit in ties.units),
                 weights=ties.weights * of_weights)  # fmt: skip
    channels = []
    for name, mechanism, spec, success in (
        ("seen", "emulation", ExposureSpec(form="sum"), None),
        ("good", "learning", ExposureSpec(form="mean success"), went),
    ):
        panel = add_exposure(panel, ties, name=name, form=spec.form, success=success)
        own = None if success is None else successes(success, panel.history)
        seen = exposure_inputs(ties, panel.table(), panel.history, spec, success=own)
        channels.append(TestedExposure(column=name, mechanism=mechanism, inputs=seen))
    return TestedModel(panel, fitted(FORMULA, panel), tuple(channels))


def options(**how):
    return SafeguardOptions(
        **({"draws": DRAWS, "workers": 1, "repeated": {"seen": REPEATED, "good": REPEATED},
            "drivers": {"seen": ("trait",), "good": ("trait",)}} | how)
    )  # fmt: skip


@cache
def answers(column="seen", draws=DRAWS, **how):
    """What every check answers, by name."""
    trial = run_safeguards(asked(**how), column, options(draws=draws))
    return {one.name: one for one in trial.safeguards}


# Self-description


@pytest.mark.parametrize("check", checks(), ids=NAMES)
def test_each_describes_itself(check):
    assert check.asks.endswith("?")
    assert check.asks[0].isupper()
    assert check.role in ROLES
    assert check.name == check.name.lower().strip()
    found = answers()[check.name]
    assert (found.name, found.asks, found.role) == (check.name, check.asks, check.role)
    assert found.description.strip() == found.description
    assert found.description.endswith(".")


def test_names_are_unique_and_one_is_the_gate():
    assert len(set(NAMES)) == len(NAMES)
    assert [one.name for one in checks() if one.role == "gate"] == ["permuted ties"]
    assert [ROLES.index(one.role) for one in checks()] == sorted(ROLES.index(one.role) for one in checks())


def test_each_is_asked_in_one_world_or_another():
    """A contract over safeguards that do not apply would be empty."""
    found = [answers(), answers("good")]
    assert [name for name in NAMES if not any(each[name].applies for each in found)] == []


# Missing is not passed


@pytest.mark.parametrize("error", [MethodError("There is nothing."), PlanError("There is nothing.")])
@pytest.mark.parametrize("check", checks(), ids=NAMES)
def test_what_cannot_be_computed_is_missing(check, error):
    def refuse(*_):
        raise error

    found = replace(check, run=refuse)(asked_once(), "seen", options())
    assert (found.applies, found.passed, found.description) == (True, None, "There is nothing.")
    assert (found.name, found.role) == (check.name, check.role)


@pytest.mark.parametrize("check", checks(), ids=NAMES)
def test_an_error_of_the_code_is_not_hidden(check):
    def fail(*_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        replace(check, run=fail)(asked_once(), "seen", options())


@pytest.mark.parametrize("check", checks(), ids=NAMES)
def test_an_exposure_in_several_terms_is_never_passed_by_its_coefficient(check):
    """No single number is its own, so nothing that needs one can pass."""
    question = asked_once()
    fit = event_history("adopted ~ log1p(seen) + exp(seen)", question.panel, cluster=None)
    found = check(replace(question, fit=fit), "seen", options())
    assert not found.passed or check.name in ("ties predate", "repetitions", "separable")


@cache
def asked_once():
    return asked()


@pytest.mark.parametrize("name", NAMES)
def test_passed_says_yes_only_where_it_applies_and_numbers_are_finite(name):
    for found in (answers()[name], answers("good")[name], answers(effect=0.0)[name]):
        if not found.applies:
            assert found.passed is None
        numbers = (
            found.value,
            found.ci_low,
            found.ci_high,
            found.p,
            found.p_less,
            found.p_smallest,
            found.equal,
        )
        assert all(one is None or math.isfinite(one) for one in numbers)
        assert all(0 < one <= 1 for one in (found.p, found.p_less, found.p_smallest) if one is not None)
        assert msgspec.json.decode(msgspec.json.encode(found), type=Safeguard) == found


INTERVALS = ("fixed effects", "leave one unit out", "leave one policy out", "unmeasured confounder")
"""Safeguards that judge by the low end of an interval or a range: an E-value of 1 is an effect of nothing."""


@pytest.mark.parametrize("effect", [0.0, 0.6, 3.0])
@pytest.mark.parametrize("seed", [2, 3, 4])
def test_who_judges_an_interval_does_not_pass_where_it_holds_nothing(effect, seed):
    question = asked(effect, seed=seed)
    for check in checks():
        if check.name in INTERVALS:
            found = check(question, "seen", options())
            nothing = 1.0 if check.name == "unmeasured confounder" else 0.0
            if found.passed:
                assert found.ci_low > nothing
            elif found.ci_low is not None and check.name != "unmeasured confounder":
                assert found.ci_low <= nothing


# What may not matter


def same(one, two, *, description=False):
    assert list(one) == list(two)
    for name, own in one.items():
        other = two[name]
        assert (own.applies, own.passed) == (other.applies, other.passed), name
        for p in ("p", "p_less", "p_smallest", "equal", "draws"):
            mine, theirs = getattr(own, p), getattr(other, p)
            assert mine == (theirs if theirs is None else pytest.approx(theirs, abs=1e-9)), (name, p)
        if description:
            assert own == other, name


@pytest.mark.parametrize("column", ["seen", "good"])
def test_names_of_units_change_no_answer(column):
    names = {f"u{at:04d}": f"z{99 - at:04d}" for at in range(40)}
    units = asked_once().channels[0].inputs.layer.units
    names = {unit: f"z{99 - at:04d}" for at, unit in enumerate(units)}
    renamed = {one.name: one for one in run_safeguards(asked(rename=names), column, options()).safeguards}
    same(answers(column), renamed)


@pytest.mark.parametrize(
    "how", [{"of_weights": 1024.0}, {"of_covariate": 1000.0}], ids=["exposure", "covariate"]
)
@pytest.mark.parametrize("fitted", [event_history, firth])
def test_units_of_measurement_change_no_answer(how, fitted):
    """A sum of ties in tons or kilograms, wealth in coins or thousands."""
    same(answers(draws=19, fitted=fitted), answers(draws=19, fitted=fitted, **how))


@pytest.mark.parametrize("column", ["seen", "good"])
def test_the_same_seed_gives_the_same_answer_whoever_works(column):
    again = run_safeguards(asked(), column, options(workers=2)).safeguards
    same(answers(column), {one.name: one for one in again}, description=True)


def test_another_seed_draws_other_worlds():
    other = {one.name: one for one in run_safeguards(asked(), "seen", options(seed=1)).safeguards}
    for name, own in answers().items():
        if own.draws:
            assert (own.ci_low, own.ci_high) != (other[name].ci_low, other[name].ci_high), name


def test_progress_is_told_of_each():
    told = []
    quick = Check(name="quick", asks="Is it?", role="beside", run=lambda *_: Safeguard(
        name="", applies=True, passed=True, description="It is."))  # fmt: skip
    quick(asked_once(), "seen", options(progress=told.append))
    assert told == ["seen: quick"]
