"""What is the same for a policy or in a period is held constant, and said to be."""

from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl
import pytest
from asking import asking
from counted import UNITS, asked, laws_of, ring
from planted import drawn, question_of

from diffuscope.models import event_history, firth
from diffuscope.safeguards.checks.fixed_effects import SAFEGUARD
from diffuscope.safeguards.tested_model import TestedModel
from diffuscope.ties import Layer

fixed_effects = asking(SAFEGUARD)
ONE = asked(laws_of())
SEVERAL = asked(laws_of(policies=("a", "b", "c")))


def with_columns_of(rows, ways):
    """Rows of groups with an event and without, and a column for each group but the first."""
    for _ in range(20):
        for way in ways:
            kept = [name for (name,), part in rows.group_by(way) if 0 < part["event"].sum() < part.height]
            rows = rows.filter(pl.col(way).is_in(kept))
    made = {
        f"is_{way}_{at}": (rows[way] == name).cast(pl.Float64)
        for way in ways
        for at, name in enumerate(rows[way].unique().sort()[1:])
    }
    return rows.with_columns(**made), " + ".join(("adopted ~ seen", *made))


def test_effects_of_periods_are_columns_of_their_own():
    found = fixed_effects(ONE, "seen")
    rows, formula = with_columns_of(ONE.panel.table(), ["time"])
    fit = event_history(formula, rows, cluster="unit")
    assert (found.value, found.ci_low, found.ci_high) == pytest.approx(
        (fit.coefficients[1], fit.ci_low[1], fit.ci_high[1]), abs=1e-6
    )
    assert found.passed is bool(fit.ci_low[1] > 0)
    assert f"effects of {rows['time'].n_unique()} periods" in found.description


def test_a_model_by_firth_stays_one_with_its_profile_interval():
    question = asked(laws_of(), model="firth")
    found = fixed_effects(question, "seen")
    rows, formula = with_columns_of(question.panel.table(), ["time"])
    fit = firth(formula, rows)
    assert (found.value, found.ci_low, found.ci_high) == pytest.approx(
        (fit.coefficients[1], fit.ci_low[1], fit.ci_high[1]), abs=1e-5
    )
    assert "Firth" not in found.description


def test_effects_of_policies_and_periods_stand_together():
    found = fixed_effects(SEVERAL, "seen")
    rows, formula = with_columns_of(SEVERAL.panel.table(), ["policy", "time"])
    fit = event_history(formula, rows, cluster=("unit", "policy"))
    assert (found.value, found.ci_low) == pytest.approx((fit.coefficients[1], fit.ci_low[1]), abs=1e-6)
    assert "3 policies and " in found.description
    assert "Effects of units were left out" in found.description


def test_units_have_effects_where_each_adopts_often():
    laws = laws_of(policies=tuple(f"p{at:02d}" for at in range(30))).filter(pl.col("unit") < "u030")
    often = asked(laws, layer=_among(30))
    found = fixed_effects(often, "seen")
    assert "and 30 units" in found.description
    rows, formula = with_columns_of(often.panel.table(), ["policy", "time", "unit"])
    fit = event_history(formula, rows, cluster=None)
    assert found.value == pytest.approx(fit.coefficients[1], abs=1e-5)


def test_what_grows_for_everybody_is_no_diffusion():
    question = asked(laws_of(contagion=0.0, trend=0.5))
    assert question.fit.ci_low[1] > 0
    assert fixed_effects(question, "seen").passed is False


def test_true_contagion_outlasts_them():
    assert fixed_effects(question_of(drawn(seed=1, contagion=5.0)), "seen").passed


def test_what_everybody_sees_alike_is_absorbed():
    share = {"share": pl.col("time").cast(pl.Float64) ** 2}
    question = asked(laws_of(), "adopted ~ share", columns=lambda _: share, others=[("share", None)])
    found = fixed_effects(question, "share")
    assert found.passed is False
    assert "leave no variation in the exposure" in found.description


def test_few_events_are_warned_of():
    few = asked(laws_of(contagion=0.5).filter(pl.col("unit") < "u060"), layer=_among(60))
    found = fixed_effects(few, "seen")
    assert "incidental parameters" in found.description


def test_too_few_events_for_any_are_said_to_be_missing():
    rare = (pl.col("event") == 1) & (pl.col("unit").hash(1) % 6 == 0)
    wealth = np.random.default_rng(1)
    question = asked(
        laws_of(), "adopted ~ wealth + seen", model="firth",
        columns=lambda rows: {"event": rare.cast(pl.Int64), "wealth": wealth.normal(size=rows.height)},
    )  # fmt: skip
    assert question.fit.events < 20
    found = fixed_effects(question, "seen")
    assert (found.applies, found.passed) == (True, None)
    assert "events are too few for" in found.description


def test_one_policy_and_one_period_have_none():
    laws = laws_of().with_columns(time=pl.when(pl.col("time").is_in([2000, 2001])).then(pl.col("time")))
    found = fixed_effects(asked(laws), "seen")
    assert (found.applies, found.passed) == (False, None)


def test_separated_events_are_left_to_firth():
    first = pl.when(pl.col("time") == pl.col("time").min()).then(pl.lit(0.0)).otherwise(pl.col("event"))
    blocked = {"event": pl.when(pl.col("seen") == 0).then(pl.col("event") * pl.col("late")).otherwise(first)}
    late = pl.col("time") > pl.col("time").median()
    question = asked(
        laws_of(), columns=lambda rows: {"event": rows.with_columns(late=late).select(**blocked)["event"]}
    )
    found = fixed_effects(question, "seen")
    assert found.applies
    assert np.isfinite(found.value)


def test_names_of_units_do_not_matter():
    names = {unit: f"x{100 - at:03d}" for at, unit in enumerate(UNITS)}
    renamed = fixed_effects(asked(laws_of(rename=names), layer=ring(names)), "seen")
    found = fixed_effects(ONE, "seen")
    assert renamed.description == found.description
    assert (renamed.value, renamed.ci_low) == pytest.approx((found.value, found.ci_low), abs=1e-8)


def _among(count):
    return Layer(name="ring", units=UNITS[:count], weights=np.roll(np.eye(count), -1, axis=1))


def test_terms_of_which_effects_take_everything_are_left_out():
    rows = ONE.panel.table()
    share = {time: at / 100 for at, time in enumerate(sorted(rows["time"].unique()))}
    panel = dataclasses.replace(
        ONE.panel, frame=rows.with_columns(common=pl.col("time").replace_strict(share))
    )
    found = fixed_effects(
        TestedModel(panel, event_history("adopted ~ seen + common", panel), ONE.channels), "seen"
    )
    without = fixed_effects(ONE, "seen")
    assert (found.passed, found.value, found.ci_low) == (
        without.passed, pytest.approx(without.value, abs=1e-8), pytest.approx(without.ci_low, abs=1e-8)
    )  # fmt: skip


def test_functions_of_time_at_risk_give_way_to_effects_of_periods():
    fit = event_history("adopted ~ seen", ONE.panel, duration="cubic")
    found = fixed_effects(TestedModel(ONE.panel, fit, ONE.channels), "seen")
    without = fixed_effects(ONE, "seen")
    assert (found.passed, found.value) == (without.passed, pytest.approx(without.value, abs=1e-8))
