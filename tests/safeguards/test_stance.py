"""The statistical body's stance: every row of its rule."""

from __future__ import annotations

import msgspec
import pytest

from diffuscope.records import Coefficient, Safeguard, Trial
from diffuscope.safeguards.stance import NEEDED, judged


def passed(name):
    return Safeguard(name=name, applies=True, passed=True, says="It does.")


ALL = tuple(passed(name) for name in NEEDED)


def tried(low=0.2, high=1.8, safeguards=ALL, p_holm=0.004):
    return Trial(
        term="seen",
        mechanism="learning",
        estimate=1.0,
        low=low,
        high=high,
        p_holm=p_holm,
        safeguards=safeguards,
    )


def coefficient(effect_high=0.3, error=0.4):
    return Coefficient(
        term="seen", mechanism="learning", estimate=1.0, error=error, low=0.2, high=1.8, p=0.01, effect=0.1,
        effect_low=0.01, effect_high=effect_high, effect_from=0.0, effect_to=0.5,
    )  # fmt: skip


def changed(name, **fields):
    return tuple(msgspec.structs.replace(one, **fields) if one.name == name else one for one in ALL)


def test_above_zero_and_all_passed_is_for():
    found = judged(tried(), coefficient())
    assert (found.stance, found.silence) == ("for", None)
    assert "no clearance" in found.caveats[-1]


@pytest.mark.parametrize("name", NEEDED)
@pytest.mark.parametrize("outcome", [False, None])
def test_one_failed_or_missing_is_leaning_for(name, outcome):
    found = judged(tried(safeguards=changed(name, passed=outcome)), coefficient())
    assert found.stance == "leaning for"
    assert f"{name}: {'failed' if outcome is False else 'missing'}" in found.reason


@pytest.mark.parametrize("name", NEEDED)
def test_what_was_never_asked_is_missing(name):
    found = judged(tried(safeguards=tuple(one for one in ALL if one.name != name)), coefficient())
    assert found.stance == "leaning for"


@pytest.mark.parametrize("name", NEEDED)
def test_what_does_not_apply_is_not_missing(name):
    safeguards = changed(name, applies=False, passed=None)
    assert judged(tried(safeguards=safeguards), coefficient()).stance == "for"


@pytest.mark.parametrize("name", ["placebo outcome", "fixed effects", "leave one unit out"])
def test_others_are_told_and_decide_nothing(name):
    failed = Safeguard(name=name, applies=True, passed=False, says="It does not.")
    found = judged(tried(safeguards=(*ALL, failed)), coefficient())
    assert found.stance == "for"
    assert any("It does not." in caveat for caveat in found.caveats)


def test_several_mechanisms_raise_the_bar():
    found = judged(tried(p_holm=0.08), coefficient())
    assert found.stance == "leaning for"
    assert "p = 0.080" in found.reason


def test_below_zero_is_leaning_against():
    assert judged(tried(low=-2.0, high=-0.1), coefficient()).stance == "leaning against"


def test_below_the_smallest_effect_is_leaning_against_if_one_is_declared():
    small = coefficient(effect_high=0.01)
    assert judged(tried(low=-0.1), small, smallest_effect=2).stance == "leaning against"
    assert judged(tried(low=-0.1), small, smallest_effect=0.5).stance == "silent"
    assert judged(tried(low=-0.1), small).stance == "silent"


def test_an_interval_without_end_decides_nothing():
    assert judged(tried(low=None, high=None), coefficient()).stance == "silent"


def test_silence_says_what_could_have_been_seen():
    found = judged(tried(low=-0.5), coefficient(error=1.0))
    assert (found.stance, found.silence) == ("silent", "tested, inconclusive")
    # 2.8 errors of 1.0 over half a unit of exposure: exp(1.4)
    assert "by 4.1 between" in found.reason


def test_why_an_estimate_may_not_be_trusted_is_told():
    assert "few events" in judged(tried(), coefficient(), untrusted=["few events"]).caveats
