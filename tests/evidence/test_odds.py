"""From weights to posteriors: closed forms, brute force, and properties that hold for any evidence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffuscope.evidence.stance import tipping
from diffuscope.evidence.weight_of_evidence import (
    Weights,
    decibans,
    noise,
    probability,
    shares,
    total,
    totals_without,
)

rhos = st.sampled_from([0.0, 0.3, 0.5, 1.0])
passages = st.lists(
    st.tuples(st.floats(-20, 20), st.integers(0, 4), st.integers(0, 3), st.integers(1, 3)),
    min_size=1,
    max_size=15,
)


def weights(rows: list[tuple[float, int, int, int]]) -> Weights:
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return Weights(columns[0].astype(float), *columns[1:])


def test_ten_decibans_from_even_odds():
    assert probability(10) == pytest.approx(0.9090909, abs=5e-8)
    assert probability(0) == 0.5
    assert probability(-10) == pytest.approx(1 - 0.9090909, abs=5e-8)


@pytest.mark.parametrize(("prior", "p"), [(0.1, 10 / 19), (0.25, 10 / 13), (0.5, 10 / 11), (0.75, 30 / 31)])
def test_prior_odds_are_multiplied(prior, p):
    assert probability(10, prior) == pytest.approx(p, rel=1e-12)


def test_extreme_weights_do_not_overflow():
    assert probability(1e5) == 1.0
    assert probability(-1e5) == 0.0
    assert probability(-3000) == pytest.approx(1e-300, rel=1e-6)


@pytest.mark.parametrize("p", [0.2, 0.4, 0.5, 0.6, 0.8])
def test_decibans_undo_probability(p):
    assert probability(decibans(p)) == pytest.approx(p, rel=1e-12)


def test_a_cluster_by_hand():
    found = weights([(3, 0, 0, 1), (6, 0, 0, 1), (3, 0, 0, 1), (-5, 1, 0, 1)])
    assert total(found, 0) == pytest.approx(7)
    assert total(found, 0.3) == pytest.approx(6 + 3 * 0.7 + 3 * 0.49 - 5)
    assert total(found, 0.5) == pytest.approx(6 + 3 / 2 + 3 / 4 - 5)
    assert total(found, 1) == pytest.approx(6 - 5)


@pytest.mark.parametrize(
    ("cluster", "weight"),
    [
        ([10], 10),
        ([10, 0.5], 10.35),
        ([10, 0.5, 0, 0, 0], 10.35),
        ([6, 6], 10.2),
        ([10, -1], 9),
        ([1.76] * 8, 5.53),
    ],
)
def test_published_weights_of_clusters(cluster, weight):
    found = weights([(each, 0, 0, 1) for each in cluster])
    assert total(found) == pytest.approx(weight, abs=0.005)


def test_equal_passages_tend_to_a_limit():
    # w/ρ, however often it is said
    assert total(weights([(3.0, 0, 0, 1)] * 200)) == pytest.approx(3 / 0.3, abs=1e-9)


@given(passages, st.floats(0, 20), st.integers(0, 4), rhos)
def test_adding_support_never_lowers(rows, weight, cluster, rho):
    more = [*rows, (weight, cluster, 0, 1)]
    assert total(weights(more), rho) >= total(weights(rows), rho) - 1e-9
    less = [*rows, (-weight, cluster, 0, 1)]
    assert total(weights(less), rho) <= total(weights(rows), rho) + 1e-9


@given(passages, st.integers(0, 4), st.integers(0, 3), rhos)
def test_a_zero_row_changes_nothing(rows, cluster, document, rho):
    more = [*rows, (0.0, cluster, document, 1)]
    assert total(weights(more), rho) == pytest.approx(total(weights(rows), rho), abs=1e-12)
    assert noise(weights(more), rho) == pytest.approx(noise(weights(rows), rho), abs=1e-12)


@given(passages, rhos)
def test_shares_add_up_to_the_total_and_equal_passages_share_alike(rows, rho):
    found = weights(rows)
    added = shares(found.decibans, found.cluster, rho)
    assert added.sum() == pytest.approx(total(found, rho), abs=1e-9)
    same: dict[tuple[float, int], set[float]] = {}
    for row, each in zip(rows, added, strict=True):
        same.setdefault((row[0], row[1]), set()).add(round(float(each), 9))
    assert all(len(found) == 1 for found in same.values())


@given(passages, rhos, st.randoms())
def test_order_never_matters(rows, rho, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert total(weights(shuffled), rho) == pytest.approx(total(weights(rows), rho), abs=1e-9)


@given(st.floats(-20, 20), st.integers(1, 6))
def test_repeating_a_passage_in_its_cluster_adds_nothing_at_full_dependence(weight, times):
    assert total(weights([(weight, 0, 0, 1)] * times), 1.0) == pytest.approx(weight, abs=1e-9)


@given(passages, rhos)
def test_leaving_out_is_the_same_as_never_having_had(rows, rho):
    found = weights(rows)
    each = totals_without(found, np.arange(len(rows)), rho)
    for at in range(len(rows)):
        rest = rows[:at] + rows[at + 1 :]
        assert each[at] == pytest.approx(total(weights(rest), rho) if rest else 0.0, abs=1e-9)


@given(passages, rhos)
def test_leaving_out_sources_too(rows, rho):
    codes, document = np.unique([row[2] for row in rows], return_inverse=True)
    each = totals_without(weights(rows), document, rho)
    for at, code in enumerate(codes):
        rest = [row for row in rows if row[2] != code]
        assert each[at] == pytest.approx(total(weights(rest), rho) if rest else 0.0, abs=1e-9)


def test_coder_noise_of_one_passage():
    low, high = noise(weights([(10, 0, 0, 1)]))
    # 1.6449 standard deviations of 3 dB
    assert low == pytest.approx(probability(10 - 4.93456), abs=1e-6)
    assert high == pytest.approx(probability(10 + 4.93456), abs=1e-6)
    more = noise(weights([(10, 0, 0, 9)]))
    assert more == pytest.approx((probability(10 - 4.93456 / 3), probability(10 + 4.93456 / 3)), abs=1e-6)


def test_coder_noise_against_drawing_errors():
    found = weights([(4, 0, 0, 1), (2, 0, 0, 2), (-3, 1, 0, 1), (5, 2, 1, 3), (1, 0, 1, 1)])
    rng = np.random.default_rng(7)
    errors = rng.normal(0, 3, size=(100_000, 5)) / np.sqrt(found.coders)
    coded_anew = found.decibans + errors
    # in rank order 4, 2, 1: every passage keeps the discount that it has as coded
    cluster = coded_anew[:, 0] + 0.7 * coded_anew[:, 1] + 0.49 * coded_anew[:, 4]
    sums = cluster + coded_anew[:, 2] + coded_anew[:, 3]
    drawn = 1 / (1 + 10 ** (-np.quantile(sums, [0.05, 0.95]) / 10))
    assert noise(found) == pytest.approx(tuple(drawn), abs=0.005)


@pytest.mark.parametrize(
    ("weight", "up", "down"),
    [
        (0.0, 1.7609, 1.7609),
        (3.67, 2.3506, 1.9091),
        (7.0, None, 0.9794),
        (-7.0, 0.9794, None),
        (decibans(0.6), 4.2597, 0.0),  # on the line: any weight against crosses it
    ],
)
def test_tipping_weights(weight, up, down):
    found = tipping(weight)
    for step, expected in zip(found, (up, down), strict=True):
        assert step is None if expected is None else step == pytest.approx(expected, abs=5e-5)
