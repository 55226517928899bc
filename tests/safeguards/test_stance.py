"""Stance rule of the statistical body: every combination of conditions, and every row of its file."""

from __future__ import annotations

from functools import cache
from itertools import product

import msgspec
import pytest

from diffuscope.records import Safeguard, SafeguardResults
from diffuscope.safeguards import stance_rules
from diffuscope.safeguards.checks import checks
from diffuscope.safeguards.stance import judge, rule

GATE, DECISIVE, CONFIRMING = "permuted ties", "lead test", "defence against likeness"
OUT = "leave one unit out"
SMALLEST = 0.5
SMALL_LOW = 0.2


def one(name, role, passed=True, applies=True, **more):
    return Safeguard(name=name, applies=applies, passed=passed, description="", role=role, **more)


def tried(
    ci_low=SMALL_LOW, ci_high=1.8, *, gate=True, decisive=True, confirming=True, p_holm=0.004,
    p_holm_less=1.0, without=None, estimate=1.0, smallest=SMALLEST, more=(),
):  # fmt: skip
    """A trial in which all is passed but what is given; `without`: largest coefficient without a unit."""
    safeguards = (
        one(GATE, "gate", gate),
        one(DECISIVE, "decisive", decisive),
        one(CONFIRMING, "confirming", confirming),
        one(OUT, "beside", True, ci_high=without),
        *more,
    )
    return SafeguardResults(
        term="seen", mechanism="learning", estimate=estimate, ci_low=ci_low, ci_high=ci_high, p_holm=p_holm,
        p_holm_less=p_holm_less, smallest=smallest, safeguards=safeguards,
    )  # fmt: skip


def stance(trial, events=50, timed=True):
    found = judge(trial, events=events, timed=timed)
    return found.stance, found.silence


INTERVALS = ((0.2, 1.8), (0.2, 0.4), (-0.2, 1.8), (-0.2, 0.4), (-2.0, -0.1), (0.0, 1.8), (None, None),
             (None, 1.8), (0.2, None))  # fmt: skip
ANSWERS = (True, False, None)


@cache
def every():
    """Trials of all combinations, with events and whether time is in the model."""
    return [
        (tried(low, high, gate=gate, decisive=decisive, confirming=confirming, p_holm=p, p_holm_less=less,
               without=without), events, timed)
        for (low, high), gate, decisive, confirming, p, less, without, events, timed in product(
            INTERVALS, ANSWERS, ANSWERS, ANSWERS, (0.004, 0.05, None), (1.0, 0.01, None), (None, -0.1, 0.3),
            (9, 10), (True, False),
        )
    ]  # fmt: skip


def passed_of(trial, role):
    return [one.passed for one in trial.safeguards if one.role == role]


def test_the_contract_holds_over_every_combination():
    assert len(every()) == 9 * 27 * 3 * 3 * 3 * 4
    for trial, events, timed in every():
        found, silence = stance(trial, events, timed)
        assert (silence is not None) == (found == "silent")
        if found in ("for", "leaning for"):
            assert trial.ci_low is not None
            assert trial.ci_low > 0
            assert trial.ci_high is None or trial.ci_high >= SMALLEST
            assert passed_of(trial, "gate") == [True]
            assert trial.p_holm is not None
            assert trial.p_holm < 0.05
            assert False not in passed_of(trial, "decisive")
        if found == "for":
            assert passed_of(trial, "decisive") == passed_of(trial, "confirming") == [True]
            assert events >= 10
            assert timed
        if found == "leaning against":
            failed = passed_of(trial, "gate") == [False]
            assert failed or (trial.p_holm is not None and trial.p_holm >= 0.05)
            assert passed_of(trial, "gate") != [None]


def test_all_that_may_be_for_is_for():
    """The other way round: the rule asks no more than it says."""
    for trial, events, timed in every():
        whole = (
            (trial.ci_low or 0) > 0
            and (trial.ci_high is None or trial.ci_high >= SMALLEST)
            and (trial.p_holm or 1) < 0.05
            and all(all(passed_of(trial, role)) for role in ("gate", "decisive", "confirming"))
        )  # fmt: skip
        assert (stance(trial, events, timed)[0] == "for") == (whole and events >= 10 and timed)


ROWS = [
    (tried(-0.2, 0.4, gate=False), {}, ("leaning against", None)),
    (
        tried(-2.0, 1.8, gate=False, p_holm_less=0.01, without=-0.1, estimate=-0.1),
        {},
        ("leaning against", None),
    ),
    (tried(gate=None), {}, ("silent", "tested, inconclusive")),
    (tried(gate=False), {}, ("silent", "explained by time or likeness")),
    (tried(-0.2, gate=False), {}, ("silent", "tested, inconclusive")),
    (tried(-0.2), {}, ("silent", "tested, inconclusive")),
    (tried(0.2, 0.4), {}, ("silent", "real but small")),
    (tried(decisive=False), {}, ("silent", "does not withstand")),
    (tried(decisive=None), {}, ("leaning for", None)),
    (tried(confirming=False), {}, ("leaning for", None)),
    (tried(), {"events": 9}, ("leaning for", None)),
    (tried(), {"timed": False}, ("leaning for", None)),
    (tried(), {}, ("for", None)),
]  # fmt: skip


def test_each_row_of_the_file_is_reached():
    found = [judge(trial, **({"events": 50, "timed": True} | how)) for trial, how, _ in ROWS]
    assert [(each.stance, each.silence) for each in found] == [wanted for _, _, wanted in ROWS]
    assert [each.description for each in found] == [row.description for row in rule().row]
    over_all = {judge(trial, events=events, timed=timed).description for trial, events, timed in every()}
    assert over_all == {row.description for row in rule().row}


def test_the_printed_rule_is_the_rule():
    assert [printed.description for printed in stance_rules()] == [row.description for row in rule().row]
    assert {printed.body for printed in stance_rules()} == {"statistics"}
    assert stance_rules()[7].stance == "silent (does not withstand)"


# Single conditions: each of these would be lost by a rule that asks less


@pytest.mark.parametrize("low", [0.0, -1e-9, None])
def test_an_estimate_above_zero_is_not_enough(low):
    assert stance(tried(low, estimate=1.0)) == ("silent", "tested, inconclusive")
    assert stance(tried(1e-9)) == ("for", None)


def test_a_gate_without_an_adjusted_p_value_is_missing():
    assert stance(tried(p_holm=None)) == ("silent", "tested, inconclusive")
    assert stance(tried(-0.2, 0.4, p_holm=None)) == ("silent", "tested, inconclusive")
    assert stance(tried(p_holm=0.05)) == ("silent", "explained by time or likeness")
    assert stance(tried(p_holm=0.049)) == ("for", None)


def test_a_gate_that_failed_by_itself_does_not_pass_by_its_adjusted_p_value():
    assert stance(tried(gate=False, p_holm=0.004)) == ("silent", "explained by time or likeness")


def test_a_gate_that_was_never_asked_is_missing():
    trial = tried()
    others = tuple(each for each in trial.safeguards if each.role != "gate")
    assert stance(msgspec.structs.replace(trial, safeguards=others)) == ("silent", "tested, inconclusive")
    unasked = (one(GATE, "gate", None, applies=False), *others)
    assert stance(msgspec.structs.replace(trial, safeguards=unasked))[0] == "silent"


def test_a_missing_gate_gives_no_stance_even_against():
    assert stance(tried(-0.2, 0.4, gate=None, p_holm_less=0.001, without=-1.0))[0] == "silent"


@pytest.mark.parametrize("smallest", [None, 0.4])
def test_only_a_whole_interval_below_the_smallest_effect_is_small(smallest):
    """An interval that ends at the smallest effect reaches it."""
    assert stance(tried(0.2, 0.4, smallest=smallest)) == ("for", None)
    assert stance(tried(0.2, 0.4, smallest=0.41)) == ("silent", "real but small")
    assert stance(tried(-0.2, 0.4, gate=False, smallest=smallest))[0] == "silent"
    assert stance(tried(-0.2, 0.4, gate=False, smallest=0.41))[0] == "leaning against"


def test_an_effect_that_passes_all_and_is_small_is_not_against():
    assert stance(tried(-0.1, 0.4)) == ("silent", "tested, inconclusive")


@pytest.mark.parametrize(
    "how", [{"without": 0.0}, {"without": None}, {"p_holm_less": 0.05}, {"p_holm_less": None}, {"gate": True}]
)
def test_a_negative_coefficient_is_against_only_below_relabelled_ties_and_without_any_unit(how):
    whole = {"gate": False, "p_holm_less": 0.01, "without": -0.1, "smallest": None, "estimate": -1.0}
    assert stance(tried(-2.0, -0.1, **whole))[0] == "leaning against"
    assert stance(tried(-2.0, -0.1, **(whole | how)))[0] == "silent"


@pytest.mark.parametrize("role", ["decisive", "confirming"])
def test_what_the_question_has_nothing_for_is_not_missing(role):
    assert stance(tried(more=(one("another", role, None, applies=False),))) == ("for", None)
    assert stance(tried(more=(one("another", role, None),)))[0] == "leaning for"


def test_a_failed_decisive_test_weighs_more_than_a_missing_one():
    both = tried(decisive=False, more=(one("another", "decisive", None),))
    found = judge(both, events=50, timed=True)
    assert found.silence == "does not withstand"
    assert found.lacking == (f"{DECISIVE}: failed",)


def test_what_lacks_is_named():
    found = judge(tried(decisive=None, confirming=False), events=50, timed=True)
    assert found.lacking == (f"{DECISIVE}: missing", f"{CONFIRMING}: not met")


@pytest.mark.parametrize("check", [one for one in checks() if one.role == "beside"], ids=lambda one: one.name)
def test_tests_beside_decide_nothing(check):
    for passed in (False, None):
        assert stance(tried(more=(one(check.name, "beside", passed),))) == ("for", None)


@pytest.mark.parametrize("check", checks(), ids=lambda one: one.name)
def test_every_safeguard_that_decides_can_take_the_stance_away(check):
    every = tuple(one(each.name, each.role) for each in checks())
    trial = msgspec.structs.replace(tried(), safeguards=every)
    assert stance(trial) == ("for", None)
    failed = tuple(one(each.name, each.role, each.name != check.name) for each in checks())
    found = stance(msgspec.structs.replace(trial, safeguards=failed))[0]
    wanted = {"gate": "silent", "decisive": "silent", "confirming": "leaning for", "beside": "for"}
    assert found == wanted[check.role]


@pytest.mark.parametrize("other", [False, None])
def test_of_several_gates_all_have_to_be_passed(other):
    assert stance(tried(more=(one("another", "gate", True),))) == ("for", None)
    assert stance(tried(more=(one("another", "gate", other),)))[0] == "silent"
