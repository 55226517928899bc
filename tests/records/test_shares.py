"""Rounding of shares, against the decimal arithmetic of the standard library."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffuscope.records.shares import ROUNDINGS, as_printed, share_words, table_share

MODES = {"half up": ROUND_HALF_UP, "half even": ROUND_HALF_EVEN, "truncated": ROUND_DOWN}


def by_hand(count: int, whole: int, decimals: int, rounding: str) -> str:
    # a tie has a whole that divides 2·10^(d+2), so 60 digits hold it exactly
    with localcontext() as context:
        context.prec = 60
        share = Decimal(100 * count) / Decimal(whole)
        return str(share.quantize(Decimal(1).scaleb(-decimals), rounding=MODES[rounding]))


@given(
    whole=st.integers(1, 5000),
    part=st.floats(0, 1),
    decimals=st.integers(0, 3),
    way=st.sampled_from(ROUNDINGS),
)
def test_shares_are_rounded_as_decimals_are(whole, part, decimals, way):
    count = int(part * whole)
    assert str(as_printed(count, whole, decimals, way)) == by_hand(count, whole, decimals, way)


@pytest.mark.parametrize(
    ("count", "whole", "words"),
    [(1, 8, "13 %"), (3, 8, "38 %"), (5, 8, "63 %"), (1, 200, "1 %"), (1, 201, "<1 %"), (0, 9, "0 %")],
)
def test_a_reader_sees_halves_rounded_up(count, whole, words):
    assert share_words(count, whole) == words


def test_tables_hold_two_decimals():
    assert [table_share(1, 7), table_share(1, 32), table_share(3, 0)] == [14.29, 3.13, None]
