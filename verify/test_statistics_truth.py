"""Tests of structure and clustering say too often neither what is not there nor too seldom what is."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import sparse

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "models" / "statistics"))
from test_bass import inside_the_intervals

from diffuscope.descriptives import diffusion_network, moran, structure_test
from diffuscope.ties import Layer

WORLDS, UNITS, TIES = 300, 60, 240
NAMES = tuple(f"u{at}" for at in range(UNITS))


def network(rng: np.random.Generator) -> Layer:
    """Ties at random, some units looked to by many."""
    fame = rng.pareto(2, UNITS) + 0.2
    pairs = np.stack([rng.integers(UNITS, size=TIES), rng.choice(UNITS, p=fame / fame.sum(), size=TIES)])
    pairs = np.unique(pairs[:, pairs[0] != pairs[1]], axis=1)
    return Layer(
        name="ties",
        units=NAMES,
        weights=sparse.csr_array((np.ones(pairs.shape[1]), tuple(pairs)), shape=(UNITS, UNITS)),
    )


def adopted(rng: np.random.Generator, ties: Layer, pull: float) -> pl.DataFrame:
    """Units adopt by chance, and more likely the more of those they look to have."""
    when = np.zeros(UNITS, dtype=int)
    for period in range(1, 16):
        had = when > 0
        base = np.maximum(np.asarray(ties.weights.sum(axis=1)).ravel(), 1)
        seen = (ties.weights @ had.astype(float)) / base
        new = ~had & (rng.random(UNITS) < 1 / (1 + np.exp(2.5 - pull * seen)))
        when[new] = period
    return pl.DataFrame({"unit": NAMES, "time": pl.Series(when).replace(0, None)})


@pytest.mark.parametrize("null", ["swap", "relabel"])
def test_without_any_pull_one_in_twenty_tests_fires(null):
    fired = 0
    for seed in range(WORLDS):
        rng = np.random.default_rng([1, seed])
        ties = network(rng)
        fired += (
            structure_test(
                diffusion_network(adopted(rng, ties, 0.0), ties), seed=seed, draws=199, null=null
            ).p
            <= 0.05
        )
    assert 4 <= fired <= 28, fired  # of 300 at 5 %: outside once in 2,000 runs


def test_a_strong_pull_is_found():
    fired = 0
    for seed in range(60):
        rng = np.random.default_rng([2, seed])
        ties = network(rng)
        laws = adopted(rng, ties, 6.0)
        fired += structure_test(diffusion_network(laws, ties), seed=seed, draws=199, null="relabel").p <= 0.05
    assert fired >= 15, fired


def test_values_without_pattern_cluster_in_one_of_twenty():
    fired, normal = 0, 0
    for seed in range(WORLDS):
        rng = np.random.default_rng([3, seed])
        found = moran(rng.exponential(size=UNITS), network(rng), permutations=199, seed=seed)
        fired += found.p_permuted <= 0.05
        normal += found.p <= 0.05
    assert 4 <= fired <= 28, fired
    assert 4 <= normal <= 30, normal


def test_intervals_of_bass_hold_the_truth_about_as_often_as_they_say():
    inside = inside_the_intervals(200)
    assert (inside > 0.9).all()
    assert (inside < 0.99).all()
