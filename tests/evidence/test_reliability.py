"""Agreement between coders, against published tables."""

from __future__ import annotations

import numpy as np
import pytest

from diffuscope.errors import MethodError
from diffuscope.evidence.reliability import cohen, krippendorff, krippendorff_interval

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
