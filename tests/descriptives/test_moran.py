"""Moran's I: closed forms, the dense formula, netdiffuseR, and permutations against all of them."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import polars as pl
import pytest
from medical_innovation import doctors, needs_reference, nominations, peer
from scipy import sparse
from scipy.sparse import csgraph

from diffuscope.descriptives import diffusion_network, moran, moran_by_period, proximity_weights
from diffuscope.errors import MethodError, PlanError
from diffuscope.ties import Layer

PATH = np.diag([1.0] * 3, 1) + np.diag([1.0] * 3, -1)
NAMES = ("a", "b", "c", "d")


def layer(matrix, names=None):
    return Layer(name="ties", units=names or tuple(f"u{at}" for at in range(len(matrix))), weights=matrix)


def test_a_path_of_four():
    binary = moran([1.0, 2.0, 3.0, 4.0], layer(PATH), row_normalized=False)
    assert binary.value == pytest.approx(1 / 3, rel=1e-12)
    assert binary.expected == pytest.approx(-1 / 3, rel=1e-12)
    assert binary.sd == pytest.approx(0.4216370, abs=5e-8)
    rows = moran([1.0, 2.0, 3.0, 4.0], layer(PATH))
    assert rows.value == pytest.approx(0.4, rel=1e-12)
    assert rows.sd == pytest.approx(0.4642796, abs=5e-8)


@needs_reference
def test_it_is_that_of_netdiffuser_in_each_month():
    found, theirs = (
        moran_by_period(diffusion_network(doctors(), nominations()), keep_islands=True),
        peer("moran_adj"),
    )
    assert found["period"].to_list() == theirs["period"].to_list()
    for ours, column in (("value", "observed"), ("expected", "expected"), ("sd", "sd"), ("p", "p.value")):
        np.testing.assert_allclose(found[ours].head(17), theirs[column].head(17), rtol=1e-9)
    last = found.row(17, named=True)
    assert (last["value"], last["why"]) == (None, "All units have the same value."), "netdiffuseR says 0"


def some_world(n=30, seed=1):
    rng = np.random.default_rng(seed)
    matrix = rng.random((n, n)) * (rng.random((n, n)) < 0.15)
    np.fill_diagonal(matrix, 0)
    return matrix, rng.normal(size=n)


def test_its_moments_are_those_over_all_orders_of_few_values():
    matrix = np.array(
        [[0, 2, 0, 1, 0], [1, 0, 0, 0, 3], [0, 1, 0, 0, 0], [0, 0, 1, 0, 1], [1, 0, 0, 0, 0]], float
    )
    x = np.array([0.3, -1.0, 2.5, 0.7, 4.0])
    z, scale = x - x.mean(), len(x) / matrix.sum()
    every = [scale * (p @ matrix @ p) / (z @ z) for p in (np.array(order) for order in permutations(z))]
    found = moran(x, layer(matrix), row_normalized=False)
    assert found.expected == pytest.approx(np.mean(every), rel=1e-9)
    assert found.sd == pytest.approx(np.std(every), rel=1e-9)
    drawn = moran(x, layer(matrix), row_normalized=False, permutations=4000, seed=3)
    assert drawn.draws.mean() == pytest.approx(np.mean(every), abs=0.02)
    assert drawn.draws.std() == pytest.approx(np.std(every), rel=0.04)
    far = (
        sum(value >= found.value - 1e-12 for value in every),
        sum(value <= found.value + 1e-12 for value in every),
    )
    assert drawn.p_permuted == pytest.approx(min(1, 2 * min(far) / len(every)), abs=0.04)


def test_normal_and_permuted_p_agree_where_units_are_many():
    matrix, x = some_world(200)
    found = moran(x, layer(matrix), permutations=1999, seed=1)
    assert found.p_permuted == pytest.approx(found.p, abs=0.04)
    assert found.p_permuted >= 2 / 2000
    again = moran(x, layer(matrix), permutations=1999, seed=1)
    assert (again.draws == found.draws).all()
    assert (moran(x, layer(matrix), permutations=1999, seed=2).draws != found.draws).any()


def test_a_clear_pattern_has_the_smallest_p_and_not_zero():
    halves = np.kron(np.eye(2), np.ones((20, 20))) - np.eye(40)
    found = moran(np.repeat([0.0, 1.0], 20), layer(halves), permutations=99, seed=1)
    assert found.value == pytest.approx(1)
    assert found.p_permuted == 2 / 100


def test_order_and_scale_do_not_matter():
    matrix, x = some_world()
    found = moran(x, layer(matrix))
    order = np.random.default_rng(2).permutation(len(x))
    mixed = moran(5 - 3 * x[order], layer(matrix[np.ix_(order, order)]))
    assert (mixed.value, mixed.sd) == (pytest.approx(found.value), pytest.approx(found.sd))
    names = [f"u{at}" for at in range(len(x))]
    frame = pl.DataFrame({"unit": names, "value": x}).sample(fraction=1, shuffle=True, seed=1)
    assert moran(frame, layer(matrix)).value == pytest.approx(found.value)
    assert moran(frame.to_pandas(), layer(matrix)).value == pytest.approx(found.value)


@pytest.mark.parametrize(
    ("values", "ties", "error", "words"),
    [
        ([1.0, 1.0, 1.0, 1.0], PATH, MethodError, "same value"),
        ([1.0, 2.0, 3.0, 4.0], np.zeros((4, 4)), MethodError, "no ties"),
        ([1.0, 2.0, np.nan, 4.0], PATH, MethodError, "`c` is not known"),
        ([1.0, 2.0, 3.0], PATH, PlanError, "4 units"),
        (pl.DataFrame({"unit": ["a", "z"], "value": [1.0, 2.0]}), PATH, PlanError, "`z`"),
        (pl.DataFrame({"unit": ["a"]}), PATH, PlanError, "`value`"),
    ],
)
def test_what_cannot_be_computed_is_refused_in_words(values, ties, error, words):
    with pytest.raises(error, match=words):
        moran(values, layer(ties, NAMES))


def test_few_units_and_missing_seeds_are_refused():
    with pytest.raises(MethodError, match="at least 4"):
        moran([1.0, 2.0, 3.0], layer(PATH[:3, :3]))
    with pytest.raises(PlanError, match="seed"):
        moran([1.0, 2.0, 3.0, 4.0], layer(PATH), permutations=999)
    with pytest.raises(PlanError, match="at least 99"):
        moran([1.0, 2.0, 3.0, 4.0], layer(PATH), permutations=10, seed=1)
    dated = Layer(name="t", units=NAMES, weights=(("2001", PATH), ("2002", PATH)))
    with pytest.raises(PlanError, match="change"):
        moran([1.0, 2.0, 3.0, 4.0], dated)


def test_by_period_uses_the_ties_then_known():
    dated = Layer(name="t", units=NAMES, weights=(("2002", PATH), ("2003", np.ones((4, 4)) - np.eye(4))))
    laws = pl.DataFrame({"unit": list(NAMES), "time": [2001, 2002, 2003, None]})
    found = moran_by_period(diffusion_network(laws, dated), row_normalized=False)
    assert found["why"].to_list() == ["the ties were not known yet", None, None]
    assert found["value"][1] == pytest.approx(moran([1, 1, 0, 0], layer(PATH), row_normalized=False).value)
    assert found["value"][2] == pytest.approx(-1 / 3)


def test_nearness_is_one_over_steps():
    matrix, _ = some_world(40, seed=5)
    matrix[matrix < 0.5] = 0
    steps = csgraph.shortest_path(sparse.csr_array(matrix), unweighted=True)
    for most in (1, 3, 6):
        expected = np.where((steps > 0) & (steps <= most), 1 / np.where(steps > 0, steps, 1), 0)
        np.testing.assert_allclose(proximity_weights(layer(matrix), steps=most).weights.toarray(), expected)
    assert proximity_weights(layer(matrix)).derived_from == ("ties",)
    with pytest.raises(PlanError, match="steps"):
        proximity_weights(layer(matrix), steps=0)
