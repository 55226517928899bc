"""Rivals: what is told apart, and what stands only together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from counted import UNITS, asked, laws_of, ring

from diffuscope.models import event_history, likelihood_ratio
from diffuscope.safeguards.checks.separable import overlap
from diffuscope.safeguards.checks.separable import rival_exposures as separable
from diffuscope.safeguards.tested_model import TestedModel
from diffuscope.ties import Layer


def mixed(shares, formula=None, seed=1, contagion=1.5):
    """A question with rivals that are mixtures of the exposure, of each other and of chance."""

    def columns(rows):
        rng = np.random.default_rng(seed)
        made = {"seen": rows["seen"].to_numpy()}
        for name, (parts, noise) in shares.items():
            own = sum(weight * made[of] for of, weight in parts.items())
            made[name] = own + noise * rng.normal(size=rows.height)
        return {name: values for name, values in made.items() if name != "seen"}

    formula = formula or " + ".join(("adopted ~ seen", *shares))
    return asked(
        laws_of(contagion=contagion), formula, columns=columns, others=[(name, name) for name in shares]
    )


def test_rivals_that_have_nothing_in_common_are_separable():
    found, joint = separable(mixed({"other": ({}, 1.0)}), "seen")
    assert (found.applies, found.passed, joint) == (True, True, ())


def test_rivals_that_correlate_are_not():
    question = mixed({"other": ({"seen": 1.0}, 0.1)})
    found, joint = separable(question, "seen")
    assert (found.passed, joint) == (False, ("other",))
    rows = question.panel.table().drop_nulls(["seen", "other"])
    assert found.value == pytest.approx(np.corrcoef(rows["seen"], rows["other"])[0, 1])


def test_a_mixture_of_rivals_is_separable_from_none_of_them():
    # third = seen + other: it correlates with each below 0.8, and is determined by both
    question = mixed({"other": ({}, 0.5), "third": ({"seen": 1.0, "other": 1.0}, 0.05)})
    found, joint = separable(question, "third")
    assert abs(found.value) < 0.8
    assert (found.passed, joint) == (False, ("seen", "other"))


def test_both_stand_together_where_neither_is_conclusive():
    question = mixed({"other": ({"seen": 1.0}, 0.45)}, seed=4, contagion=1.0)
    assert (question.fit.ci_low[1:] < 0).all()
    found, joint = separable(question, "seen")
    assert found.value < 0.8
    rows = question.panel.table().drop_nulls(["seen", "other"])
    share = rows["event"].mean()
    nobody = rows.height * (share * np.log(share) + (1 - share) * np.log(1 - share))
    statistic = 2 * (question.fit.loglik - nobody)
    assert found.p == pytest.approx(np.exp(-statistic / 2), rel=1e-4)  # chi-squared, 2 degrees of freedom
    assert (found.passed, joint) == (False, ("other",))


def test_the_joint_test_holds_other_columns_in_the_model():
    question = mixed({"other": ({}, 1.0)}, contagion=0.0)
    frame = question.panel.table().with_columns(
        wealth=pl.Series(np.random.default_rng(5).normal(size=question.panel.table().height))
    )
    panel = replace(question.panel, frame=frame)
    question = TestedModel(panel, event_history("adopted ~ seen + other + wealth", panel), question.channels)
    small = event_history("adopted ~ wealth", frame.drop_nulls(["seen", "other"]))
    _, degrees, p = likelihood_ratio(small, question.fit)
    assert degrees == 2
    found, _ = separable(question, "seen")
    assert found.p == pytest.approx(p, abs=1e-6)


def test_exposures_of_one_mechanism_are_no_rivals():
    question = mixed({"other": ({"seen": 1.0}, 0.1)})
    same = tuple(replace(one, mechanism="learning") for one in question.channels)
    found, joint = separable(TestedModel(question.panel, question.fit, same), "seen")
    assert (found.applies, found.passed, joint) == (False, None, ())


def test_rivals_outside_the_model_do_not_count():
    found, _ = separable(mixed({"other": ({"seen": 1.0}, 0.1)}, "adopted ~ seen"), "seen")
    assert not found.applies


def test_ties_in_common_are_counted_by_hand():
    # of ten, one has 8 and 2 where the other has 4 (of 8) on the first tie and 4 on a third: 0.5 in common
    one = Layer(name="one", units=("a", "b", "c"), weights=[[0, 8, 2], [0, 0, 0], [0, 0, 0]])
    other = Layer(name="other", units=("a", "b", "c"), weights=[[0, 4, 0], [0, 0, 4], [0, 0, 0]])
    assert overlap(one, other) == pytest.approx((0.5, 1 / 3))
    assert overlap(one, one) == pytest.approx((1.0, 1.0))


def test_ties_of_other_units_are_ties_that_are_not_shared():
    one = Layer(name="one", units=("a", "b"), weights=[[0, 1], [0, 0]])
    other = Layer(name="other", units=("b", "a", "z"), weights=[[0, 0, 0], [1, 0, 0], [1, 0, 0]])
    assert overlap(one, other) == pytest.approx((0.5, 0.5))


def test_names_of_units_do_not_matter():
    names = {unit: f"x{100 - at:03d}" for at, unit in enumerate(UNITS)}
    other = {"other": (pl.col("time") - 2000) / 2 + pl.col("seen")}
    one, two = (
        separable(
            asked(laws, "adopted ~ seen + other", layer, columns=lambda _: other, others=[("other", None)]),
            "seen",
        )
        for laws, layer in ((laws_of(), ring()), (laws_of(rename=names), ring(names)))
    )
    assert one[0].description == two[0].description
    assert one[1] == two[1]
