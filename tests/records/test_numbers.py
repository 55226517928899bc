"""Numbers in sentences have one way to be printed."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import diffuscope
from diffuscope.records.numbers import MINUS, decimal, p_equals, p_value, signed, times

PACKAGE = Path(diffuscope.__file__).parent


@pytest.mark.parametrize("value", [-1e-15, -0.0, 0.0, 1e-15])
def test_zero_has_no_sign(value):
    """Sums of floating-point numbers miss zero by such amounts."""
    assert decimal(value) == "0.00"
    assert signed(value) == "0.0"


def test_what_would_round_to_zero_is_printed_with_its_first_digit():
    shown = [(decimal(size), decimal(-size), signed(-size, 1)) for size in (0.004, 0.00096, 3.2e-7)]
    assert shown == [
        ("0.004", "−0.004", "−0.004"),
        ("0.001", "−0.001", "−0.001"),
        ("0.0000003", "−0.0000003", "−0.0000003"),
    ]
    assert (decimal(0.3, 0), decimal(-0.0005, 3)) == ("0.3", "−0.001")


@given(
    value=st.floats(1e-11, 1e6).flatmap(lambda size: st.sampled_from([size, -size])),
    decimals=st.integers(0, 4),
)
@settings(max_examples=100)
def test_every_number_keeps_its_sign(value, decimals):
    for shown in (decimal(value, decimals), signed(value, decimals)):
        read = float(shown.replace(MINUS, "-"))
        assert (read > 0) == (value > 0)
        assert read
        assert abs(read - value) <= max(0.5 * 10.0**-decimals, 0.5 * abs(value)) * 1.000001


@given(ratio=st.floats(-0.3, 0.3).map(math.exp))
@settings(max_examples=100)
def test_a_ratio_that_is_not_one_keeps_its_side_of_one(ratio):
    shown = times(ratio)
    if abs(ratio - 1) < 1e-12:
        assert shown == "1.00"
    elif shown.startswith("just"):
        assert shown == ("just above 1" if ratio > 1 else "just below 1")
        assert abs(ratio - 1) < 1e-6
    else:
        assert (float(shown) > 1) == (ratio > 1)


@pytest.mark.parametrize(
    ("p", "sentence"), [(0.5, "p = 0.500"), (0.001, "p = 0.001"), (0.00025, "p < 0.001")]
)
def test_no_p_value_is_printed_as_zero(p, sentence):
    """The smallest p-value of 3,999 draws is 0.00025."""
    assert p_equals(p) == sentence
    assert p_value(p) == sentence.removeprefix("p ").removeprefix("= ").replace("< ", "<")


def test_only_one_module_makes_minus_signs():
    """Beside the one that translates them for LaTeX."""
    written = (MINUS, "\\N{MINUS SIGN}")
    making = {
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        if any(f'"{one}' in file.read_text(encoding="utf-8") for one in written)
    }
    assert making == {"records/numbers.py", "records/quoting.py"}


SIGNED = ("estimate", "coefficient", "low", "high", "observed", "fitted", "effect", "error", "r", "p")
BY_HAND = re.compile(rf"\{{(?:\w+\.)*(?:ci_|std_|p_)?(?:{'|'.join(SIGNED)})(?:\[\w+\])?:[+,]?\.\df\}}")
UNSIGNED = {
    "report/difference/compare.py",  # posterior probabilities
    "report/difference/evidence.py",
    "report/difference/lines.py",
}


def test_no_coefficient_correlation_or_p_value_is_formatted_by_hand():
    """What may be negative or nearly zero loses its sign, or reads as 0, in a fixed number of decimals."""
    by_hand = {
        f"{name}: {line.strip()}"
        for file in PACKAGE.rglob("*.py")
        if (name := file.relative_to(PACKAGE).as_posix()) not in UNSIGNED
        for line in file.read_text(encoding="utf-8").splitlines()
        if BY_HAND.search(line)
    }
    assert by_hand == set()


def test_the_rule_finds_what_is_formatted_by_hand():
    assert all(
        BY_HAND.search(text)
        for text in ("{one.ci_low:.2f}", "{r:.2f}", "{adjusted.p:.3f}", "{estimate:+.1f}")
    )
    assert not BY_HAND.search("{searched:.0f}")
