"""How a probability reads: never as certainty, and with no more decimals than judgement can carry."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from diffuscope.records.probability import about_text, probability_text, range_text


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0, "below 0.01"),
        (0.0049, "below 0.01"),
        (0.005, "0.01"),
        (0.0149, "0.01"),
        (0.049, "0.05"),
        (0.05, "0.1"),
        (0.25, "0.3"),
        (0.5, "0.5"),
        (0.781, "0.8"),
        (0.9499, "0.9"),
        (0.95, "0.95"),
        (0.9949, "0.99"),
        (0.995, "0.99"),
        (0.9951, "above 0.99"),
        (1.0, "above 0.99"),
    ],
)
def test_decimals(p, text):
    assert probability_text(p) == text


@given(st.floats(0, 1))
@example(0.35)
def test_nothing_reads_as_certain_and_nothing_is_far_off(p):
    text = probability_text(p)
    assert text not in ("0.0", "0.00", "1.0", "1.00", "0", "1")
    if text[0].isdigit():
        # in decimal digits: 0.4 - 0.35 is more than 0.05 in binary
        bound = Decimal("0.05") if len(text) == 3 else Decimal("0.005")
        assert abs(Decimal(text) - Decimal(repr(p))) <= bound


def test_the_range_is_said_with_what_it_assumes():
    assert range_text(0.2, 0.98) == "0.2 to 0.98"
    assert about_text(0.8, (0.2, 0.98)) == "about 0.8 (0.2 to 0.98 if the coder is moderately off)"
    assert about_text(0.9999, (0.6, 1.0)) == "above 0.99 (0.6 to above 0.99 if the coder is moderately off)"
