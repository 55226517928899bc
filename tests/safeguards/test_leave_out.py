"""One unit, one policy left out: coefficients counted by hand from the rows that are left."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from asking import asking
from counted import UNITS, asked, laws_of, log_odds_ratio, ring

from diffuscope.models import event_history, firth
from diffuscope.safeguards.checks.leave_one_policy_out import SAFEGUARD as POLICY
from diffuscope.safeguards.checks.leave_one_unit_out import SAFEGUARD as UNIT
from diffuscope.safeguards.engine import leave_one_out as leave_out

leave_one_unit_out, leave_one_policy_out = asking(UNIT), asking(POLICY)
ONE = asked(laws_of())
SEVERAL = asked(laws_of(policies=("a", "b", "c")), policy_effects="fixed")


def counted(question, way):
    """The coefficient without each, counted in two by two tables."""
    rows = question.panel.table()
    return {name: log_odds_ratio(rows.filter(pl.col(way) != name)) for name in rows[way].unique().sort()}


def test_each_unit_is_left_out():
    found, by_hand = leave_one_unit_out(ONE, "seen"), counted(ONE, "unit")
    assert found.ci_low == pytest.approx(min(by_hand.values()), abs=1e-7)
    assert found.ci_high == pytest.approx(max(by_hand.values()), abs=1e-7)
    assert found.value == pytest.approx(log_odds_ratio(ONE.panel.table()), abs=1e-7)
    assert found.passed is bool(min(by_hand.values()) > 0)


def test_each_policy_is_left_out_and_its_effect_with_it():
    found = leave_one_policy_out(SEVERAL, "seen")
    rows = SEVERAL.panel.table()
    fits = [
        event_history("adopted ~ seen", rows.filter(pl.col("policy") != name), policy_effects="fixed")
        for name in ("a", "b", "c")
    ]
    each = [fit.coefficients[1] for fit in fits]
    assert (found.ci_low, found.ci_high) == pytest.approx((min(each), max(each)), abs=1e-6)
    assert found.passed is bool(min(each) > 0)


def test_of_one_policy_none_can_be_left_out():
    found = leave_one_policy_out(ONE, "seen")
    assert (found.applies, found.passed) == (False, None)
    assert "1 policy" in found.description


def test_an_estimate_that_rests_on_one_unit_does_not_pass():
    laws = laws_of(contagion=0.0)
    followed = (pl.col("seen") == 1) & (pl.col("event") == 1)
    lone = asked(laws).panel.table().filter(followed)["unit"].sort()[0]
    # whoever looked at an adopter never followed, but for one unit
    alone = pl.when(followed & (pl.col("unit") != lone)).then(0).otherwise(pl.col("event"))
    found = leave_one_unit_out(asked(laws, columns=lambda _: {"event": alone}), "seen")
    assert found.passed is False
    assert np.isfinite(found.ci_low)
    assert f"`{lone}` moves it most" in found.description


def test_of_many_units_those_that_matter_are_tried(monkeypatch):
    whole = leave_one_unit_out(ONE, "seen")
    monkeypatch.setattr(leave_out, "MOST", 12)
    found = leave_one_unit_out(ONE, "seen")
    assert (found.ci_low, found.ci_high) == pytest.approx((whole.ci_low, whole.ci_high), rel=1e-9)
    assert f"the 12 most influential of {ONE.fit.units} units" in found.description


def test_a_reversed_coefficient_does_not_pass():
    question = asked(laws_of(), "adopted ~ missed", columns=lambda rows: {"missed": 1 - pl.col("seen")},
                     others=[("missed", "learning")])  # fmt: skip
    assert leave_one_unit_out(question, "missed").passed is False


@pytest.mark.parametrize("model", ["logit", "cloglog", "firth"])
def test_every_model_is_fitted_again(model):
    question = asked(laws_of(seed=3), model=model)
    found = leave_one_unit_out(question, "seen")
    rows = question.panel.table()
    estimates = [
        asked_again(question, rows.filter(pl.col("unit") != name), model) for name in (UNITS[3], UNITS[40])
    ]
    assert all(found.ci_low - 1e-6 <= estimate <= found.ci_high + 1e-6 for estimate in estimates)
    assert found.ci_low < found.value < found.ci_high


def asked_again(question, rows, model):
    formula = question.fit.formula
    return (
        firth(formula, rows) if model == "firth" else event_history(formula, rows, link=model)
    ).coefficients[1]


def test_names_of_units_and_workers_do_not_matter():
    names = {unit: f"x{100 - at:03d}" for at, unit in enumerate(UNITS)}
    renamed = asked(laws_of(rename=names), layer=ring(names))
    one, two = leave_one_unit_out(ONE, "seen", workers=1), leave_one_unit_out(renamed, "seen", workers=2)
    assert (one.passed, one.value) == (two.passed, pytest.approx(two.value, abs=1e-9))
    assert (one.ci_low, one.ci_high) == pytest.approx((two.ci_low, two.ci_high), abs=1e-7)
