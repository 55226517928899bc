"""Agreement between coders of one analysis."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from diffuscope.evidence import coder_agreement
from diffuscope.evidence.intercoder_agreement import bands

# signs of one: 0 1 0 0 0 0 0 0 1 0, of two: 1 1 1 0 0 1 0 0 0 0, where 0 is against
ONE = "-+------+-"
TWO = "+++--+----"


def rows(coder, signs, strength="weak"):
    return [
        {
            "id": f"L{at}",
            "coder": coder,
            "criterion": "L-a",
            "band": strength,
            "direction": "for" if sign == "+" else "against",
        }
        for at, sign in enumerate(signs)
        if sign != "."
    ]


def test_the_published_value_on_signs(coded, analysis):
    found = coder_agreement(coded(*rows("one", ONE), *rows("two", TWO)), analysis, seed=0)
    assert (found.coders, found.items) == (2, 10)
    assert found.sign == pytest.approx(0.0952381, abs=5e-8)
    # all are weak, so the bands are two values as well
    assert found.band == pytest.approx(0.0952381, abs=5e-8)
    low, high = found.sign_interval
    assert low < found.sign < high
    assert "too low to rely on (alpha 0.10)" in found.note


def test_the_same_seed_and_any_order_of_rows_give_the_same_interval(coded, analysis):
    table = coded(*rows("one", ONE), *rows("two", TWO))
    first = coder_agreement(table, analysis, seed=3)
    assert coder_agreement(table.reverse(), analysis, seed=3) == first
    assert coder_agreement(table, analysis, seed=4).sign_interval != first.sign_interval
    assert coder_agreement(table, analysis, seed=-1).sign == first.sign


def test_what_only_one_coder_read_is_left_out(coded, analysis):
    table = coded(*rows("one", [*ONE, "+", "+"]), *rows("two", TWO))
    found = coder_agreement(table, analysis, seed=0)
    assert (found.items, found.sign) == (10, pytest.approx(0.0952381, abs=5e-8))


def test_strength_counts_in_bands_not_in_signs(coded, analysis):
    table = coded(*rows("one", "++--"), *rows("two", "++--", "very strong"))
    found = coder_agreement(table, analysis, seed=0)
    assert found.sign == 1.0
    # answers −1, −4 twice and 1, 4 twice: middle ranks 1, 3, 5, 7 stand 2 apart within passages
    # D_o = 4; D_e = 2·(4·(3·4 + 2·16 + 36))/(8·7) = 80·8/56
    assert found.band == pytest.approx(1 - 4 / (640 / 56))


def test_one_coder_cannot_agree(coded, analysis):
    found = coder_agreement(coded(*rows("one", ONE)), analysis, seed=0)
    assert (found.coders, found.items, found.sign, found.band) == (1, 0, None, None)
    assert found.note == "One coder only: how far coders agree cannot be known."


def test_coders_without_a_common_passage_cannot_agree(coded, analysis):
    found = coder_agreement(coded(*rows("one", "++.."), *rows("two", "..++")), analysis, seed=0)
    assert (found.coders, found.items, found.sign) == (2, 0, None)
    assert found.note.startswith("No passage was read by two of the 2 coders")


def test_answers_that_never_vary_are_no_agreement(coded, analysis):
    found = coder_agreement(coded(*rows("one", "+++"), *rows("two", "+++")), analysis, seed=0)
    assert (found.sign, found.sign_interval, found.band) == (None, None, None)
    assert "do not vary" in found.note


def test_nothing_coded_is_nothing_to_say(coded, analysis):
    other = coded(*rows("one", ONE)).with_columns(analysis=pl.lit("another"))
    assert coder_agreement(other, analysis, seed=0) is None


def test_the_nearest_band():
    weights = np.array([0.0, 1.49, 1.51, 4.4, 4.6, 7.9, 8.1, 14.9, 15.1, 19.96, np.nan])
    assert bands(weights)[:-1].tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert bands(-weights)[:-1].tolist() == [0, 0, -1, -1, -2, -2, -3, -3, -4, -4]
    assert np.isnan(bands(weights)[-1])
