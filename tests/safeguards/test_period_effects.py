"""Conditional likelihood within policy and period: enumerated here, or known in closed form."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from asking import asking
from counted import UNITS, asked, laws_of, ring
from planted import drawn, question_of
from scipy.optimize import minimize

from diffuscope.safeguards.checks.period_effects import SAFEGUARD
from diffuscope.ties import Layer

period_effects = asking(SAFEGUARD)


def efron(x, rows, beta):
    """Log of the conditional likelihood within policy and period, tied adoptions after Efron (1977).

    Of d adoptions in one period, the k-th (from 0) is one of all at risk, of whom the adopters count with
    1 - k/d each.
    """
    score, event = x @ np.atleast_1d(beta), rows["event"].to_numpy() == 1
    total = 0.0
    for own in periods(rows):
        weight, adopted = np.exp(score[own]), event[own]
        d = int(adopted.sum())
        if 0 < d < len(weight):
            total += score[own][adopted].sum()
            total -= sum(np.log(weight.sum() - k / d * weight[adopted].sum()) for k in range(d))
    return total


def periods(rows):
    """Rows of each policy and period."""
    return [part["at"].to_numpy() for _, part in rows.with_row_index("at").group_by("policy", "time")]


def exact(x, rows, beta):
    """The same where every set of adopters of that size was as possible (Cox 1972): all are enumerated."""
    score, event = x @ np.atleast_1d(beta), rows["event"].to_numpy() == 1
    total = 0.0
    for own in periods(rows):
        many = int(event[own].sum())
        every = [score[own][list(those)].sum() for those in combinations(range(len(own)), many)]
        total += score[own][event[own]].sum() - np.log(np.exp(every).sum())
    return total


def highest(likelihood, rows, *columns):
    x = rows.select(columns or ("seen",)).to_numpy().astype(float)
    start = np.zeros(x.shape[1])
    return minimize(lambda beta: -likelihood(x, rows, beta), start, method="BFGS", options={"gtol": 1e-7}).x


def information(rows, column, beta, step=1e-4):
    """Curvature of the likelihood, by differences."""
    x = rows.select(column).to_numpy().astype(float)
    at = [efron(x, rows, beta + move) for move in (-step, 0.0, step)]
    return -(at[0] - 2 * at[1] + at[2]) / step**2


@pytest.mark.parametrize("policies", [("a",), ("a", "b", "c")])
def test_the_coefficient_is_the_highest_conditional_likelihood(policies):
    question = asked(laws_of(policies=policies))
    found, rows = period_effects(question, "seen"), question.panel.table()
    (wanted,) = highest(efron, rows)
    assert found.value == pytest.approx(wanted, abs=1e-5)
    half = 1.959964 / np.sqrt(information(rows, "seen", wanted))
    assert (found.ci_low, found.ci_high) == pytest.approx((wanted - half, wanted + half), abs=1e-3)
    assert found.passed is bool(wanted > 0)


def test_an_exposure_with_decimals_beside_a_covariate():
    """The other terms of the model are in the likelihood, too."""
    question = question_of(drawn(seed=1, contagion=3.0))
    found, rows = period_effects(question, "seen"), question.refitter.complete.rows
    assert found.value == pytest.approx(highest(efron, rows, "seen", "wealth")[0], abs=1e-4)
    assert found.value != pytest.approx(highest(efron, rows, "seen")[0], abs=1e-3)


def test_one_adopter_a_period_is_conditional_logit_whatever_is_done_with_ties():
    """Without tied adoptions, Efron's likelihood and the enumerated one are the same."""
    rng = np.random.default_rng(4)
    laws = pl.DataFrame(
        {
            "unit": [f"u{at:03d}" for at in range(12)],
            "policy": "a",
            "time": [2000 + int(at) if at < 8 else None for at in rng.permutation(12)],
        }
    )
    ties = (rng.random((12, 12)) < 0.3).astype(float)
    np.fill_diagonal(ties, 0.0)
    layer = Layer(name="few", units=tuple(laws["unit"]), weights=ties)
    question = asked(laws, layer=layer, model="firth")
    rows = question.refitter.complete.rows
    found = period_effects(question, "seen")
    assert found.value == pytest.approx(highest(exact, rows)[0], abs=1e-5)


def test_one_period_with_one_adopter_among_the_exposed_and_one_among_the_others_is_in_closed_form():
    """Of a exposed and b others, one adopts a period: exp(β) = odds of the exposed among adopters · b / a."""
    # every period alike: 4 exposed, 6 others at risk; in 3 of 5 periods one of the exposed adopts
    shape = {"unit": [], "time": [], "seen": [], "event": []}
    for period in range(5):
        for at in range(10):
            shape["unit"].append(f"u{at:03d}")
            shape["time"].append(period)
            shape["seen"].append(float(at < 4))
            shape["event"].append(int(at == (0 if period < 3 else 9)))
    question = asked(laws_of())
    rows = pl.DataFrame(shape).with_columns(policy=pl.lit("a"))
    base = question.panel.table().head(50).drop("unit", "time", "seen", "event", "policy")
    question = replace(question, panel=replace(question.panel, frame=base.hstack(rows)))
    found = period_effects(question, "seen")
    assert found.value == pytest.approx(np.log(3 / 2 * 6 / 4), abs=1e-6)
    # information: Σ p (1 - p) with p = 3/5, the share of the exposed at the estimate
    half = 1.959964 / np.sqrt(5 * 0.6 * 0.4)
    assert (found.ci_low, found.ci_high) == pytest.approx((found.value - half, found.value + half), abs=1e-4)
    assert "Within 5 policies and periods" in found.description


def test_periods_that_differ_have_no_part_in_it():
    """A tide that lifts all: the plain coefficient is above zero, the one within periods is not."""
    question = asked(laws_of(seed=3, contagion=0.0, trend=0.5))
    found = period_effects(question, "seen")
    assert question.fit.ci_low[1] > 0
    assert abs(found.value) < 0.5 * question.coefficient("seen")
    assert found.value == pytest.approx(highest(efron, question.panel.table())[0], abs=1e-5)


def test_a_sign_that_reverses_fails_and_says_so():
    """Whoever looks at an adopter adopts less within each period, and all adopt more late."""

    def against(rows):
        hazard = 1 / (
            1 + np.exp(3.5 + 1.5 * rows["seen"].to_numpy() - 0.9 * (rows["time"].to_numpy() - 2000))
        )
        return {"event": (np.random.default_rng(2).random(rows.height) < hazard).astype(np.int64)}

    question = asked(laws_of(policies=("a", "b", "c")), columns=against)
    found = period_effects(question, "seen")
    assert found.value < 0
    assert found.passed is False
    assert "Its sign reverses" in found.description


def test_what_all_see_alike_in_a_period_is_missing_and_not_passed():
    share = {"share": pl.col("time").cast(pl.Float64) ** 2}
    question = asked(laws_of(), "adopted ~ share", columns=lambda _: share, others=[("share", None)])
    found = period_effects(question, "share")
    assert (found.applies, found.passed) == (True, None)
    assert "the same for all units in each period" in found.description


def test_the_share_of_all_that_had_adopted_has_no_part_in_it():
    """What is the same for all in a period changes nothing here, whatever it does to the model."""
    share = lambda _: {"share": pl.col("time").cast(pl.Float64)}  # noqa: E731
    plain = asked(laws_of(trend=0.4))
    beside = asked(laws_of(trend=0.4), "adopted ~ seen + share", columns=share)
    one, two = (period_effects(question, "seen") for question in (plain, beside))
    assert (one.value, one.ci_low, one.ci_high) == pytest.approx(
        (two.value, two.ci_low, two.ci_high), abs=1e-7
    )
    assert plain.coefficient("seen") != pytest.approx(beside.coefficient("seen"), abs=0.05)


def test_without_a_period_to_compare_in_it_is_not_asked():
    nobody = {"event": (pl.col("time") == 2003).cast(pl.Int64)}  # all of one period, none of the others
    found = period_effects(asked(laws_of(), columns=lambda _: nobody), "seen")
    assert (found.applies, found.passed) == (False, None)


def test_a_likelihood_without_a_maximum_is_missing_and_names_the_exposure():
    """All adopters of every period are of the exposed."""
    only = {"event": pl.col("event") * pl.col("seen").cast(pl.Int64)}
    question = asked(laws_of(), columns=lambda _: only, model="firth")
    found = period_effects(question, "seen")
    assert (found.applies, found.passed) == (True, None)
    assert "has no maximum for `seen`" in found.description


def test_names_of_units_do_not_matter():
    names = {unit: f"x{100 - at:03d}" for at, unit in enumerate(UNITS)}
    one = period_effects(asked(laws_of()), "seen")
    two = period_effects(asked(laws_of(rename=names), layer=ring(names)), "seen")
    assert (one.value, one.ci_low, one.ci_high) == pytest.approx(
        (two.value, two.ci_low, two.ci_high), abs=1e-8
    )
