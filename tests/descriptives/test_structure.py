"""Networks with the same degrees, the test against them, degree and time, and structural equivalence."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import numpy as np
import polars as pl
import pytest
from medical_innovation import cities, doctors, needs_reference, nominations
from scipy import sparse
from scipy.sparse import csgraph
from scipy.stats import chi2, pearsonr

from diffuscope.descriptives import degree_time, diffusion_network, structure_test, thresholds
from diffuscope.descriptives.rewire import rewired
from diffuscope.errors import MethodError, PlanError
from diffuscope.ties import Layer
from diffuscope.ties.structural_equivalence import distances, structural_equivalence


def some_ties(units, many, seed):
    rng = np.random.default_rng(seed)
    pairs = sorted({(int(i), int(j)) for i, j in rng.integers(units, size=(many, 2)) if i != j})
    return np.array(pairs, dtype=np.int64).T


def every(blocks):
    """All draws, in order."""
    found = list(blocks)
    assert [some.start for some, _, _ in found[1:]] == [some.stop for some, _, _ in found[:-1]]
    return np.concatenate([senders for _, senders, _ in found])


@pytest.mark.parametrize(("units", "many"), [(30, 80), (31, 81), (6, 20), (3000, 6000)])
def test_degrees_stay_and_no_tie_is_a_loop_or_there_twice(units, many):
    receivers, senders = some_ties(units, many, 1)
    drawn = every(rewired(receivers, senders, units, 20, np.random.default_rng(2)))
    assert drawn.shape == (20, len(receivers))
    assert (drawn != senders).any(axis=1).all()
    for one in drawn:
        assert len(set(zip(receivers.tolist(), one.tolist(), strict=True))) == len(receivers)
        assert (one != receivers).all()
        assert (np.sort(one) == np.sort(senders)).all(), "everybody is looked to by as many"


def test_all_networks_with_the_same_degrees_are_equally_likely():
    receivers, senders = np.array([0, 0, 1, 2, 3]), np.array([1, 2, 3, 0, 2])
    possible = set()
    for order in permutations(senders.tolist()):
        ties = tuple(sorted(zip(receivers.tolist(), order, strict=True)))
        if len(set(ties)) == 5 and all(i != j for i, j in ties):
            possible.add(ties)
    drawn = every(rewired(receivers, senders, 4, 7000, np.random.default_rng(1)))
    seen = Counter(tuple(sorted(zip(receivers.tolist(), one, strict=True))) for one in drawn.tolist())
    assert set(seen) == possible
    even = 7000 / len(possible)
    assert chi2.sf(sum((count - even) ** 2 / even for count in seen.values()), len(possible) - 1) > 0.001


@needs_reference
def test_doctors_within_their_cities_change_places():
    network = diffusion_network(doctors(), nominations())
    found = structure_test(
        network, seed=1, null="relabel", blocks=cities(), draws=999, lag=0, weighted=False, keep_first=True
    )
    assert found.observed == pytest.approx(0.6206140350877193, rel=1e-12)
    assert found.mean == pytest.approx(0.5358, abs=0.004)
    assert found.sd == pytest.approx(0.0374, abs=0.003)
    assert found.p == pytest.approx(0.018, abs=0.01)


@needs_reference
@pytest.mark.parametrize("null", ["swap", "relabel"])
def test_the_fast_way_is_the_slow_way(null):
    """The statistic asked of one drawn layer after the other has the same distribution."""

    def slow(layer):
        return thresholds(diffusion_network(doctors(18), layer)).mean

    fast = structure_test(diffusion_network(doctors(18), nominations()), seed=1, null=null, draws=1000)
    one_by_one = structure_test(
        diffusion_network(doctors(18), nominations()), seed=1, null=null, draws=100, statistic=slow
    )
    assert one_by_one.observed == pytest.approx(fast.observed) == pytest.approx(slow_mean())
    assert one_by_one.mean == pytest.approx(fast.mean, abs=4 * fast.sd / 10)
    assert one_by_one.sd == pytest.approx(fast.sd, rel=0.3)
    assert one_by_one.statistic == "slow"


def slow_mean():
    return thresholds(diffusion_network(doctors(18), nominations())).mean


def chain(units=60, seed=1):
    """Everybody adopts just after the one it looks to, who is one of two."""
    rng = np.random.default_rng(seed)
    names = [f"u{at}" for at in range(units)]
    laws = pl.DataFrame({"unit": names, "time": list(range(1, units + 1))})
    ties = [(names[at - 1], names[at]) for at in range(1, units)]
    ties += [(names[int(rng.integers(at + 1, units))], names[at]) for at in range(units - 1)]
    return laws, pl.DataFrame(ties, schema=["sender", "receiver"], orient="row").unique(maintain_order=True)


def test_it_finds_what_was_planted_and_not_what_was_not():
    laws, ties = chain()
    planted = structure_test(diffusion_network(laws, ties), seed=1, draws=199)
    assert planted.p == 2 / 200 or abs(planted.observed - planted.mean) > 2 * planted.sd
    mixed = [
        structure_test(
            diffusion_network(laws.with_columns(pl.col("time").shuffle(seed=seed)), ties),
            seed=seed,
            draws=199,
            null=null,
        ).p
        for seed in range(40)
        for null in ("swap", "relabel")
    ]
    assert np.mean(np.array(mixed) < 0.1) < 0.22


def test_seeds_reproduce_and_uses_do_not_share_chance():
    laws, ties = chain()
    one, again = (structure_test(diffusion_network(laws, ties), seed=5, draws=99) for _ in range(2))
    assert (one.draws == again.draws).all()
    assert (structure_test(diffusion_network(laws, ties), seed=6, draws=99).draws != one.draws).any()
    assert one.table()["seed"].to_list() == [5]


def test_a_network_that_its_degrees_fix_says_so():
    laws = pl.DataFrame({"unit": ["hub", "a", "b"], "time": [1, 2, 3]})
    ties = pl.DataFrame({"sender": ["hub", "hub"], "receiver": ["a", "b"]})
    found = structure_test(diffusion_network(laws, ties), seed=1, draws=99)
    assert (found.p, found.changed) == (1.0, 0.0)
    assert any("no exchange was possible" in note for note in found.notes)


def test_ties_of_each_date_are_drawn_by_themselves():
    units = tuple(f"u{at}" for at in range(12))
    rng = np.random.default_rng(3)
    early, late = ((rng.random((12, 12)) < 0.3) & ~np.eye(12, dtype=bool) for _ in range(2))
    layer = Layer(name="t", units=units, weights=(("2001", early * 1.0), ("2006", late * 1.0)))
    laws = pl.DataFrame({"unit": units, "time": list(range(2001, 2013))})
    found = structure_test(diffusion_network(laws, layer), seed=1, draws=99)
    assert found.observed == pytest.approx(thresholds(diffusion_network(laws, layer)).mean)
    assert found.sd > 0
    with pytest.raises(PlanError, match="change"):
        structure_test(diffusion_network(laws, layer), seed=1, draws=99, statistic=lambda layer: 1.0)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"null": "endpoints"}, PlanError, "null"),
        ({"blocks": {"u0": 1}}, PlanError, "relabel"),
        ({"null": "relabel", "blocks": {"u0": 1}}, PlanError, "`u1` has no block"),
        ({"draws": 10}, PlanError, "at least 99"),
        ({"lag": -1}, PlanError, "lag"),
        ({"lag": 1.5}, PlanError, "lag"),
        ({"statistic": "median"}, PlanError, "statistic"),
        ({"statistic": lambda layer: float("nan")}, MethodError, "not a number"),
        ({"seed": "one"}, PlanError, "seed"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, error, words):
    with pytest.raises(error, match=words):
        structure_test(diffusion_network(*chain()), **{"seed": 1, "draws": 99} | options)


def test_degree_and_time_by_another_hand():
    receivers, senders = some_ties(40, 200, 4)
    rng = np.random.default_rng(4)
    when = [None if at % 9 == 0 else int(time) for at, time in enumerate(rng.integers(1, 15, 40))]
    names = [f"u{at}" for at in range(40)]
    laws = pl.DataFrame({"unit": names, "time": when})
    ties = pl.DataFrame({"receiver": [names[i] for i in receivers], "sender": [names[j] for j in senders]})
    found = degree_time(diffusion_network(laws, ties), seed=1)
    adopted = np.array([time is not None for time in when])
    times = np.array([time for time in when if time is not None], float)
    for at, ends in enumerate((senders, receivers)):
        test = pearsonr(np.bincount(ends, minlength=40)[adopted], times)
        assert found.correlations[at] == pytest.approx(test.statistic, rel=1e-9)
        low, high = test.confidence_interval()
        assert (found.ci_low[at], found.ci_high[at]) == (
            pytest.approx(low, abs=0.12),
            pytest.approx(high, abs=0.12),
        )
    assert found.table()["degree"].to_list() == ["looked to by", "looks to"]
    assert found.adopters == adopted.sum()


def test_leaders_that_adopt_early_correlate_below_zero():
    """netdiffuseR's manual reads the sign the other way round."""
    ties = pl.DataFrame({"sender": ["hub"] * 3, "receiver": ["a", "b", "c"]})
    laws = pl.DataFrame({"unit": ["hub", "a", "b", "c"], "time": [1, 2, 3, 4]})
    assert degree_time(diffusion_network(laws, ties), seed=1).correlations[0] < 0
    late = laws.with_columns(time=pl.Series([9, 2, 3, 4]))
    assert degree_time(diffusion_network(late, ties), seed=1).correlations[0] > 0


def test_degrees_that_do_not_vary_correlate_with_nothing():
    ring = pl.DataFrame({"sender": ["a", "b", "c", "d"], "receiver": ["b", "c", "d", "a"]})
    laws = pl.DataFrame({"unit": ["a", "b", "c", "d"], "time": [1, 2, 3, 4]})
    found = degree_time(diffusion_network(laws, ring), seed=1)
    assert found.table()["correlation"].null_count() == 2
    assert "all adopters have the same value of `looks to`" in found.notes
    with pytest.raises(MethodError, match="all at once"):
        degree_time(diffusion_network(laws.with_columns(time=pl.lit(1)), ring), seed=1)


def test_degrees_of_ties_that_change_are_means_firsts_or_lasts():
    units = ("a", "b", "c", "d")
    early, late = np.zeros((4, 4)), np.zeros((4, 4))
    early[0, 1:] = 1
    late[1, [0, 2, 3]] = 1
    layer = Layer(name="t", units=units, weights=(("2001", early), ("2004", late)))
    laws = pl.DataFrame({"unit": units, "time": [2001, 2002, 2003, 2004]})
    times = [1, 2, 3, 4]
    for over, degree in (("first", [3, 0, 0, 0]), ("last", [0, 3, 0, 0]), ("mean", [2.25, 0.75, 0, 0])):
        found = degree_time(diffusion_network(laws, layer), seed=1, over=over, draws=99)
        assert found.correlations[1] == pytest.approx(pearsonr(degree, times).statistic)


# Structural equivalence


def by_hand(matrix, unreachable):
    """Distances as the formula writes them, pair by pair."""
    z = csgraph.shortest_path(sparse.csr_array(matrix), unweighted=True)
    longest = z[np.isfinite(z)].max()
    z = np.where(np.isfinite(z), z / longest, unreachable)
    n = len(z)
    found = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            others = [k for k in range(n) if k not in (i, j)]
            found[i, j] = (z[i, j] - z[j, i]) ** 2 + sum(
                (z[i, k] - z[j, k]) ** 2 + (z[k, i] - z[k, j]) ** 2 for k in others
            )
    return np.sqrt(found)


@pytest.mark.parametrize("unreachable", [0.0, 0.37, 1.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_distances_are_what_the_formula_says(unreachable, seed):
    matrix = np.zeros((25, 25))
    matrix[tuple(some_ties(25, 40, seed))] = 1
    np.testing.assert_allclose(
        distances(sparse.csr_array(matrix), unreachable), by_hand(matrix, unreachable), atol=1e-7
    )


def test_twins_are_at_no_distance_and_larger_worlds_are_done_by_blocks():
    pairs = some_ties(1100, 4000, 3)
    matrix = np.zeros((1100, 1100))
    matrix[tuple(pairs)] = 1
    matrix[1099], matrix[:, 1099] = matrix[0], matrix[:, 0]
    matrix[0, 1099] = matrix[1099, 0] = matrix[1099, 1099] = 0
    found = distances(sparse.csr_array(matrix))
    assert found[0, 1099] == 0
    assert (np.diag(found) == 0).all()
    np.testing.assert_array_equal(found, found.T)
    layer = Layer(name="t", units=tuple(map(str, range(1100))), weights=matrix)
    np.testing.assert_allclose(structural_equivalence(layer).weights.sum(axis=1), 1)
