"""Percentages and counts, against brute force with exact fractions."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffuscope.monitoring.percent import (
    adds_up,
    can_add_up,
    counts_for,
    percent,
    repairs,
    wholes_for,
)
from diffuscope.records.shares import ROUNDINGS, Percent, as_printed

MODES = {"half up": ROUND_HALF_UP, "half even": ROUND_HALF_EVEN, "truncated": ROUND_DOWN}


def printed_by_hand(count: int, whole: int, decimals: int, rounding: str) -> str:
    """Rounded by the decimal arithmetic of the standard library, with digits to spare."""
    with localcontext() as context:
        context.prec = 60
        share = Decimal(100 * count) / Decimal(whole)
        # a tie is exact in 60 digits only if it terminates, which it does: ties have denominators 2·10^d
        return str(share.quantize(Decimal(1).scaleb(-decimals), rounding=MODES[rounding]))


def row(*shares: str, decimals: int = 2) -> list[Percent]:
    return [percent(share, decimals) for share in shares]


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_counts_are_those_that_are_printed_so(rounding, decimals):
    for whole in range(1, 41):
        for count in range(whole + 1):
            shown = percent(printed_by_hand(count, whole, decimals, rounding), decimals)
            by_hand = [
                other
                for other in range(whole + 1)
                if percent(printed_by_hand(other, whole, decimals, rounding), decimals) == shown
            ]
            assert list(counts_for(shown, whole, rounding)) == by_hand
            assert as_printed(count, whole, decimals, rounding) == shown


def test_ties_tell_the_roundings_apart():
    assert list(counts_for(percent("12"), 8)) == []  # 1 of 8 is 12.5, printed 13
    assert list(counts_for(percent("12"), 8, "half even")) == [1]
    assert list(counts_for(percent("13"), 8, "half even")) == []
    assert list(counts_for(percent("12"), 8, "truncated")) == [1]


def test_the_founding_paper_row_that_cannot_add_up():
    cambodia = row("14.29%", "71.43%", "60%")
    assert not can_add_up(cambodia)
    assert list(wholes_for(cambodia)) == []
    best = repairs(cambodia)[0]
    assert (best.at, str(best.instead), best.whole, best.counts) == (2, "14.29", 7, (1, 5, 1))


def test_one_wrong_digit_is_the_smallest_repair():
    malaysia = row("67.67%", "0%", "33.33%")
    best = repairs(malaysia)[0]
    assert (best.at, str(best.instead), best.whole) == (0, "66.67", 3)


def test_rows_that_add_up_only_by_rounding():
    brunei = row("14.29", "42.86", "42.86")  # 100.01
    assert can_add_up(brunei)
    assert list(wholes_for(brunei, 21)) == [7, 14, 21]


def test_a_row_within_rounding_of_100_may_still_be_impossible():
    # the three sum to 100.00, but no whole up to 200 gives 33.34 and 33.33 and 33.33
    thirds = row("33.34", "33.33", "33.33")
    assert can_add_up(thirds)
    assert list(wholes_for(thirds)) == []


@given(
    counts=st.lists(st.integers(0, 12), min_size=1, max_size=4).filter(lambda counts: sum(counts) > 0),
    decimals=st.integers(0, 2),
    rounding=st.sampled_from(ROUNDINGS),
)
def test_true_counts_are_never_ruled_out(counts, decimals, rounding):
    whole = sum(counts)
    shown = [as_printed(count, whole, decimals, rounding) for count in counts]
    assert adds_up(shown, whole, rounding)
    assert whole in list(wholes_for(shown, 60, rounding))
    if rounding != "truncated":
        assert can_add_up(shown)


@given(st.lists(st.integers(0, 100), min_size=2, max_size=3), st.integers(1, 25))
def test_whether_a_row_adds_up_by_brute_force(shares, whole):
    printed = [Percent(share, 0) for share in shares]
    by_hand = any(
        sum(counts) == whole for counts in product(*(list(counts_for(share, whole)) for share in printed))
    )
    assert adds_up(printed, whole) == by_hand


@pytest.mark.parametrize("text", ["", "many", "-3", "1e5", "NaN", "12..5", "1,234.5", "9" * 40])
def test_what_is_no_percentage_is_none(text):
    assert percent(text) is None


def test_decimal_commas_and_blanks_are_read():
    assert percent(" 14,29 % ") == Percent(1429, 2)
    assert str(percent("5", 2)) == "5.00"
    assert str(percent("0.05")) == "0.05"
