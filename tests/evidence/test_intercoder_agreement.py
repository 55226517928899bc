"""Intercoder agreement: against published tables, and between the coders of one analysis."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from diffuscope.errors import MethodError
from diffuscope.evidence import coder_agreement
from diffuscope.evidence.intercoder_agreement import bands, cohen, krippendorff, krippendorff_interval

N = np.nan
# Krippendorff 2011: four coders, twelve units
FOUR_CODERS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
        [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
    ]
)
LEVELS = {"nominal": 0.743421, "ordinal": 0.815388, "interval": 0.849107, "ratio": 0.797403}
# signs of one: 0 1 0 0 0 0 0 0 1 0, of two: 1 1 1 0 0 1 0 0 0 0, where 0 is against
ONE = "-+------+-"
TWO = "+++--+----"


@pytest.mark.parametrize(("level", "alpha"), LEVELS.items())
def test_alpha_of_the_published_table(level, alpha):
    assert krippendorff(FOUR_CODERS, level) == pytest.approx(alpha, abs=5e-7)


def test_alpha_of_two_coders_and_two_answers():
    two = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
    for level in ("nominal", "ordinal", "interval"):  # with two answers distances are all alike
        assert krippendorff(two, level) == pytest.approx(0.0952381, abs=5e-8)


@pytest.mark.parametrize("level", LEVELS)
def test_order_of_coders_and_units_never_matters(level):
    rng = np.random.default_rng(1)
    mixed = FOUR_CODERS[rng.permutation(4)][:, rng.permutation(12)]
    assert krippendorff(mixed, level) == pytest.approx(LEVELS[level], abs=5e-7)


def test_what_changes_only_the_scale_changes_no_interval_alpha():
    assert krippendorff(FOUR_CODERS * 7 - 30, "interval") == pytest.approx(0.849107, abs=5e-7)
    assert krippendorff(FOUR_CODERS**3, "ordinal") == pytest.approx(0.815388, abs=5e-7)


def test_full_agreement_is_one():
    assert krippendorff([[1, 2, 3], [1, 2, 3]], "ordinal") == 1.0


@pytest.mark.parametrize("values", [[[1, 1], [1, 1]], [[1, N], [N, 2]], [[], []]])
def test_without_variation_or_pairs_agreement_is_unknown(values):
    assert np.isnan(krippendorff(values, "nominal"))
    assert krippendorff_interval(values, "nominal", np.random.default_rng(0)) is None


def test_units_read_once_say_nothing():
    more = np.column_stack([FOUR_CODERS, [N, 9, N, N]])
    assert krippendorff(more, "interval") == pytest.approx(0.849107, abs=5e-7)


def test_ratios_need_numbers_from_zero_on():
    with pytest.raises(MethodError, match="interval"):
        krippendorff([[-1, 2], [1, 2]], "ratio")
    assert krippendorff([[0, 2, 1], [0, 2, 1]], "ratio") == 1.0


@pytest.mark.parametrize("level", ["nominal", "ordinal"])
def test_intervals_against_drawing_units_one_by_one(level):
    found = krippendorff_interval(FOUR_CODERS, level, np.random.default_rng(5))
    rng = np.random.default_rng(11)
    kept = FOUR_CODERS[:, :11]  # the last unit was read once
    drawn = [krippendorff(kept[:, rng.integers(0, 11, 11)], level) for _ in range(2000)]
    assert found == pytest.approx(tuple(np.nanquantile(drawn, [0.025, 0.975])), abs=0.04)
    assert found[0] < LEVELS[level] < found[1]


def test_kappa():
    assert cohen([[20, 5], [10, 15]]) == pytest.approx(0.4, abs=1e-12)
    assert cohen([[5, 0], [0, 7]]) == 1.0
    assert np.isnan(cohen([[5, 0], [0, 0]]))


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


def test_passages_to_which_nobody_gives_weight_are_left_out(coded, analysis):
    """Coders who agree that something says nothing do not make up for those on which they differ."""
    nothing = [
        {"id": f"L{at}", "coder": coder, "criterion": "L-a", "chances": "0.5/0.5"}
        for coder in ("one", "two")
        for at in range(20, 30)
    ]
    found = coder_agreement(coded(*rows("one", ONE), *rows("two", TWO), *nothing), analysis, seed=0)
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
    assert found.note == "One coder only: how far coders agree is unknown."


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
