"""Randomization p-values against counts by hand; ties are ties, however the last bits fall."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np
import pytest

import diffuscope
from diffuscope.compute import draws_needed, randomization_test


@pytest.mark.parametrize(("alternative", "p"), [("greater", 2 / 5), ("less", 4 / 5), ("two-sided", 4 / 5)])
def test_tails_counted_by_hand(alternative, p):
    """Of 1, 2, 4 and the observation 3: two are at least 3, three are at most 3, itself among both."""
    drawn = np.array([1.0, 2.0, 2.5, 4.0])
    assert randomization_test(3.0, drawn, alternative).p == pytest.approx(p)


def test_p_is_never_zero():
    """netdiffuseR gives 0 for both: outside of 100 draws, and where the statistic never varies."""
    assert randomization_test(5.0, np.linspace(0, 1, 100)).p == pytest.approx(1 / 101)
    assert randomization_test(5.0, np.linspace(0, 1, 100), "two-sided").p == pytest.approx(2 / 101)
    assert randomization_test(1.0, np.ones(100)).p == 1
    assert randomization_test(1.0, np.ones(100), "two-sided").p == 1


def test_draws_equal_up_to_rounding_are_ties():
    """Half of the draws lie one bit below the observation and half one bit above: all equal it."""
    drawn = np.where(np.arange(1000) % 2, np.nextafter(0.7, 0), np.nextafter(0.7, 1))
    found = randomization_test(0.7, drawn)
    assert (found.p, found.p_smallest, found.equal) == (1.0, 1.0, 1.0)


def test_rounding_among_draws_that_vary():
    """One draw in ten equals the observation, the largest of all: no p-value can be below a tenth."""
    drawn = np.where(np.arange(999) % 10 == 0, 2.0 - 1e-13, np.linspace(-1, 1, 999))
    found = randomization_test(2.0, drawn)
    assert found.p == found.p_smallest == pytest.approx(101 / 1000)
    assert found.equal == pytest.approx(100 / 999)


def test_lost_draws_count_against():
    """Draws without a finite value are no less extreme, in either tail."""
    drawn = np.r_[np.zeros(990), np.full(9, np.nan)]
    assert randomization_test(9.0, drawn).p == pytest.approx(10 / 1000)
    assert randomization_test(9.0, drawn, "two-sided").p == pytest.approx(2 * 10 / 1000)
    assert randomization_test(9.0, drawn).lost == 9


def test_draws_that_holm_can_pass():
    """With three tests the smallest p must come to .05 or less after it is multiplied by three."""
    assert [draws_needed(tests) for tests in (1, 2, 3)] == [39, 79, 119]
    for tests in range(1, 9):
        assert tests / (draws_needed(tests) + 1) <= 0.05


def test_scale_does_not_matter():
    """The p-value is the same in whatever unit the exposure is measured."""
    rng = np.random.default_rng(1)
    drawn = np.r_[rng.normal(size=500), np.full(40, 2.5)]
    for scale in (1e-9, 1.0, 1e9):
        assert randomization_test(2.5 * scale, drawn * scale) == randomization_test(2.5, drawn)


def test_no_second_implementation():
    """Nothing else in the package divides a count of draws by their number plus one."""
    root = Path(diffuscope.__file__).parent
    found = []
    for path in root.rglob("*.py"):
        if path.name == "randomization.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            divided = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
            if divided and re.search(r"\+ 1\) / \(.*\+ 1\)$", ast.unparse(node)):
                found.append(f"{path.relative_to(root)}: {ast.unparse(node)}")
    assert found == []
