"""Repetitions of the question: signs and intervals counted by hand."""

from __future__ import annotations

import pytest
from asking import asking
from counted import asked, laws_of

from diffuscope.safeguards.checks.repetitions import SAFEGUARD
from diffuscope.safeguards.engine.check import RepeatedEstimate

repetitions = asking(SAFEGUARD)
QUESTION = asked(laws_of())


def one(name, estimate=1.0, ci_low=0.5, ci_high=2.0, events=9):
    return RepeatedEstimate(id=name, events=events, estimate=estimate, ci_low=ci_low, ci_high=ci_high)


def found(*repeated):
    return repetitions(QUESTION, "seen", repeated=repeated)


CLEAR, UNCLEAR = one("clear"), one("unclear", ci_low=-0.5)
REVERSED = one("reversed", -0.3, -1.0, 0.4)
FEW = one("few", -2.0, -3.0, -1.0, events=4)
NONE = one("none", None, None, None)
OPEN = one("open", ci_low=None)


@pytest.mark.parametrize(
    ("repeated", "signs", "clear", "passed"),
    [
        ([CLEAR], 1.0, 1.0, True),
        ([UNCLEAR], 1.0, 0.0, False),  # the sign alone is not enough
        ([CLEAR, UNCLEAR], 1.0, 0.5, True),  # half is at least half
        ([CLEAR, UNCLEAR, UNCLEAR], 1.0, 1 / 3, False),
        ([CLEAR, CLEAR, UNCLEAR], 1.0, 2 / 3, True),
        ([CLEAR, CLEAR, CLEAR, REVERSED], 0.75, 0.75, False),  # one sign the other way is enough
        ([CLEAR, FEW], 1.0, 1.0, True),  # four events say nothing, whatever their sign
        ([CLEAR, NONE], 1.0, 1.0, True),
        ([OPEN], 1.0, 0.0, False),  # an interval without a lower end holds zero
        ([one("zero", 0.0, -1.0, 1.0)], 0.0, 0.0, False),
        ([one("border", ci_low=0.0)], 1.0, 0.0, False),
        ([one("five", events=5)], 1.0, 1.0, True),
    ],
)
def test_signs_hold_in_all_and_intervals_in_half(repeated, signs, clear, passed):
    told = found(*repeated)
    assert (told.value, told.ci_low) == pytest.approx((signs, clear))
    assert (told.applies, told.passed) == (True, passed)


def test_counts_are_told_and_who_reverses():
    told = found(CLEAR, UNCLEAR, REVERSED, FEW)
    assert "above zero in 2 of 3 repetitions with 5 events, its interval in 1 of 3." in told.description
    assert "`reversed` (−0.30)" in told.description
    assert "few" not in told.description


NOTHING = "No repetition of the question has 5 events and a coefficient of the exposure."


@pytest.mark.parametrize(
    ("repeated", "words"),
    [([], "The question has no repetition."), ([FEW], NOTHING), ([NONE], NOTHING), ([FEW, NONE], NOTHING)],
)
def test_without_a_repetition_that_says_anything_it_is_not_asked(repeated, words):
    told = found(*repeated)
    assert (told.applies, told.passed, told.description) == (False, None, words)
