"""Layers from raw facts: the numbers of the literature and of work by hand."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse, stats

from diffuscope.errors import MethodError, PlanError
from diffuscope.ties import Layer, exposure
from diffuscope.ties.bayesian_learning import (
    Beta,
    Normal,
    NormalInverseGamma,
    SufficientStatistics,
    chance_better,
    sufficient_statistics,
)
from diffuscope.ties.dependence import (
    asymmetries,
    asymmetry,
    both_ways,
    concentration,
    dependence,
    power_asymmetry,
    pressure,
    winsorised,
)
from diffuscope.ties.groups import cumulative_share, leaders, prestige_of, shared_group
from diffuscope.ties.meetings import co_attendance
from diffuscope.ties.places import contiguity, distance, great_circle, nearest, vertical
from diffuscope.ties.similarity import similarity
from diffuscope.ties.structural_equivalence import distances, structural_equivalence
from diffuscope.ties.success import gains_and_losses, success_of

ABC = ("a", "b", "c")
USD = "constant 2015 USD"
nan = math.nan

# Dependence: exports F and GDP of methods.md A.1


def exports(**words) -> Layer:
    flows = [[0, 30, 5], [20, 0, 10], [1, 4, 0]]
    return Layer(**({"name": "exports", "units": ABC, "weights": flows, "unit_of_measure": USD} | words))


GDP = {"a": 100.0, "b": 1000.0, "c": 50.0}
DEPENDENCE = [[0, 0.3, 0.05], [0.02, 0, 0.01], [0.02, 0.08, 0]]
TRADE_DEPENDENCE = [[0, 0.5, 0.06], [0.05, 0, 0.014], [0.12, 0.28, 0]]


def test_dependence_is_a_flow_against_the_size_of_who_receives_it():
    found = dependence(exports(), GDP, USD)
    np.testing.assert_allclose(found.weights.toarray(), DEPENDENCE)
    assert (found.name, found.derived_from) == ("dependence", ("exports", "size"))
    both = dependence(both_ways(exports()), GDP, USD)
    np.testing.assert_allclose(both.weights.toarray(), TRADE_DEPENDENCE)
    assert both.derived_from == ("exports", "trade", "size")


def test_asymmetry_has_a_sign_and_only_the_weak_side_is_exposed():
    tilt = asymmetries(sparse.csr_array(TRADE_DEPENDENCE)).toarray()
    np.testing.assert_allclose(
        [tilt[0, 1], tilt[0, 2], tilt[2, 1]], [0.818182, -0.333333, 0.904762], atol=5e-7
    )
    np.testing.assert_allclose(tilt, -tilt.T)
    layer = asymmetry(dependence(both_ways(exports()), GDP, USD))
    np.testing.assert_allclose(layer.weights.toarray(), np.maximum(tilt, 0))
    pressed = pressure(dependence(both_ways(exports()), GDP, USD))
    np.testing.assert_allclose(pressed.weights.toarray(), np.maximum(tilt, 0) * TRADE_DEPENDENCE)
    assert pressed.derived_from[-1] == "asymmetry"


def test_conditions_raise_pressure_and_donors_depend_on_nobody():
    aid = Layer(name="dependence", units=("a", "b"), senders=("bank",), weights=[[0.2], [0.1]])
    named = Layer(name="conditions", units=("a", "b"), senders=("bank",), weights=[[2.0], [0.0]])
    found = pressure(aid, named, raised_by=0.5).weights.toarray()
    np.testing.assert_allclose(found, [[0.4], [0.1]])


def test_pressure_changes_when_dependence_or_conditions_do():
    words = {"units": ("a", "b"), "senders": ("bank",)}
    aid = Layer(name="dependence", weights=(("2001", [[0.2], [0.1]]), ("2005", [[0.4], [0.1]])), **words)
    asked = Layer(name="conditions", weights=[[2.0], [0.0]], known_from="2003", **words)
    found = pressure(aid, asked, raised_by=0.5)
    held = {year: now if (now := found.at(year)) is None else now[0, 0] for year in range(2000, 2006)}
    assert held == {2000: None, 2001: 0.2, 2002: 0.2, 2003: 0.4, 2004: 0.4, 2005: 0.8}
    always = Layer(name="dependence", weights=[[0.2], [0.1]], **words)
    late = pressure(always, asked, raised_by=0.5)  # conditions of 2003 press nobody before
    assert (late.at(1990)[0, 0], late.at(2002)[0, 0], late.at(2003)[0, 0]) == (0.2, 0.2, 0.4)
    assert pressure(aid).at(2005)[0, 0] == 0.4
    with pytest.raises(PlanError, match="different units or senders"):
        pressure(aid, asked.among(("b",)))
    with pytest.raises(PlanError, match="raised_by"):
        pressure(aid, asked, raised_by=nan)


def test_power_is_shared_between_two_and_its_log_odds_are_the_log_ratio():
    power = {"a": 1.0, "b": 3.0, "c": 0.25}
    found = power_asymmetry(exports(), power)
    expected = [[0, 0.75, 0.2], [0.25, 0, 0.25 / 3.25], [0.8, 3 / 3.25, 0]]
    np.testing.assert_allclose(found.weights.toarray(), expected)
    odds = found.weights.toarray()[0, 2] / found.weights.toarray()[2, 0]
    assert math.log(odds) == pytest.approx(math.log(power["c"] / power["a"]))
    assert found.derived_from == ("exports", "power")
    with pytest.raises(MethodError, match="power of `b` is nan"):
        power_asymmetry(exports(), {"a": 1.0, "c": 1.0})
    lone = exports(weights=[[0, 0, 1], [0, 0, 0], [0, 0, 0]])
    assert power_asymmetry(lone, {"a": 1.0, "c": 1.0}).weights.nnz == 1  # who is not tied needs no power


def test_extreme_ties_are_cut_to_a_quantile_of_the_others():
    names = tuple(f"u{at:03}" for at in range(102))
    row = np.arange(102.0)
    row[101] = 1e6  # ties 1 to 100, and one beyond: of 101 ties the 99 % quantile is the 100th
    weights = np.zeros((102, 102))
    weights[0] = row
    found = winsorised(Layer(name="dependence", units=names, weights=weights))
    assert found.name == "dependence-winsorised"
    assert found.weights.max() == 100
    assert found.weights.toarray()[0, :101].tolist() == row[:101].tolist()
    assert found.notes == ("1 tie was cut to the 99 % quantile",)
    with pytest.raises(PlanError, match="quantile"):
        winsorised(exports(), 1.0)


def test_sizes_and_units_of_measure_must_be_there():
    with pytest.raises(PlanError, match="same unit of measure"):
        dependence(exports(), GDP, "current USD")
    for bad in (0.0, -1.0, nan):
        with pytest.raises(MethodError, match="size of `b`"):
            dependence(exports(), GDP | {"b": bad}, USD)
    over = dependence(exports(), GDP | {"c": 2.0}, USD)
    assert over.notes == ("1 tie is above 1: the flow is larger than the receiver's size",)


def test_concentration_of_dependence():
    found = concentration(exports())
    assert found["unit"].to_list() == list(ABC)
    np.testing.assert_allclose(found["concentration"], [(900 + 25) / 35**2, 500 / 900, 17 / 25])
    dated = Layer(
        name="aid",
        units=("a", "b"),
        senders=("x", "y"),
        weights=(("2001", [[2, 0], [0, 0]]), ("2003", [[1, 1], [3, 1]])),
    )
    assert concentration(dated).rows() == [
        ("a", 1.0, "2001"), ("b", None, "2001"), ("a", 0.5, "2003"), ("b", 0.625, "2003"),
    ]  # fmt: skip


# Similarity: the portfolios of methods.md A.2

PORTFOLIOS = np.array([[1, 2, 3, 0], [2, 4, 6, 0], [3, 2, 1, 0]], dtype=float)


@pytest.mark.parametrize(
    ("measure", "ab", "ac"),
    [
        ("cosine", 1, 0.7142857),
        ("correlation", 1, 0.2),
        ("euclid", 1, 1 - 0.4714045 / math.sqrt(2)),
        ("finger-kreinin", 1, 1 / 6 + 2 / 6 + 1 / 6),
    ],
)
def test_likeness_of_portfolios(measure, ab, ac):
    found = similarity(PORTFOLIOS, ABC, measure, nearest=None).weights.toarray()
    np.testing.assert_allclose([found[0, 1], found[0, 2]], [ab, ac], atol=5e-8)
    np.testing.assert_allclose(found, found.T)


def test_exposure_to_rivals_that_had_adopted():
    rivals = similarity(PORTFOLIOS, ABC, nearest=None)
    adopted = np.array([[False] * 2, [True] * 2, [True] * 2])
    np.testing.assert_allclose(exposure(rivals, adopted).values[:, 1], [1, 0.4166667, 0.5], atol=5e-8)


def test_only_the_strongest_ties_are_kept_and_empty_portfolios_have_none():
    rows = np.vstack([PORTFOLIOS, np.zeros(4)])
    found = similarity(rows, (*ABC, "d"), nearest=1)
    assert found.weights.toarray().astype(bool).tolist()[0] == [False, True, False, False]
    assert np.diff(found.weights.indptr).tolist() == [1, 1, 1, 0]
    assert "1 unit without any data" in found.notes[0]
    with pytest.raises(MethodError, match="profile of `b`"):
        similarity([[1, 2], [nan, 1], [1, 1]], ABC)


def test_correlations_leave_out_what_two_units_sell_to_each_other():
    rng = np.random.default_rng(3)
    names = ("a", "b", "c", "d", "e", "f")
    flows = rng.random((5, 6)) * 10
    found = similarity(flows, names[:5], "correlation", nearest=None, partners=names).weights.toarray()
    for i in range(5):
        for j in range(5):
            rest = [k for k in range(6) if k not in (i, j)]
            expected = max(stats.pearsonr(flows[i, rest], flows[j, rest]).statistic, 0) if i != j else 0
            assert found[i, j] == pytest.approx(expected, abs=1e-12)
    assert (found == 0).sum() > 5  # some correlate below 0


# Positions in a network


def test_positions_of_the_four_corners():
    edges = np.zeros((4, 4))
    edges[[0, 0, 3, 3], [1, 2, 1, 2]] = 1
    layer = Layer(name="advice", units=("1", "2", "3", "4"), weights=edges)
    apart = distances(edges, unreachable=0.0)
    expected = np.sqrt(3) * np.array([[0, 1, 1, 0], [1, 0, 0, 1], [1, 0, 0, 1], [0, 1, 1, 0]])
    np.testing.assert_allclose(apart, expected, atol=1e-12)
    found = structural_equivalence(layer, unreachable=0.0)
    assert found.weights.toarray().tolist() == [[0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0]]
    assert found.derived_from == ("advice",)


def test_positions_are_their_formula_on_a_network_that_falls_apart():
    rng = np.random.default_rng(5)
    edges = (rng.random((7, 7)) < 0.3).astype(float)
    edges[:4, 4:] = edges[4:, :4] = 0
    np.fill_diagonal(edges, 0)
    z = np.full((7, 7), np.inf)
    np.fill_diagonal(z, 0)
    z[edges > 0] = 1
    for k in range(7):  # shortest paths, one stop more at a time
        z = np.minimum(z, z[:, [k]] + z[[k]])
    z = np.where(np.isfinite(z), z / z[np.isfinite(z)].max(), 1.0)
    apart = distances(edges)
    for i in range(7):
        for j in range(7):
            rest = [k for k in range(7) if k not in (i, j)]
            squares = (z[i, j] - z[j, i]) ** 2 + sum(
                (z[i, k] - z[j, k]) ** 2 + (z[k, i] - z[k, j]) ** 2 for k in rest
            )
            assert apart[i, j] == pytest.approx(math.sqrt(squares), abs=1e-12)


# Meetings


def test_meetings_are_shared_out_among_those_who_were_there():
    events = pl.DataFrame(
        {"event": ["m1", "m2", "alone", "undated"], "start": ["2018-07-08", "2019", "2019", None]}
    )
    there = pl.DataFrame(
        {"event": ["m1"] * 4 + ["m2"] * 2 + ["alone", "undated"], "unit": [*"abca", *"ab", "c", "c"]}
    )
    found = co_attendance(there, events, ABC)
    assert found.at("2018-06") is None
    np.testing.assert_allclose(found.at("2018").toarray(), 0.5 * (1 - np.eye(3)))
    last = found.at("2019").toarray()
    np.testing.assert_allclose([last[0, 1], last[0, 2], last[1, 2]], [1.5, 0.5, 0.5])
    assert found.notes == (
        "1 event without a date was left out",
        "1 event with fewer than two of the units was left out",
    )


def test_old_meetings_fade():
    events = pl.DataFrame({"event": ["m1"], "start": [3]})
    there = pl.DataFrame({"event": ["m1", "m1"], "unit": ["a", "b"]})
    found = co_attendance(there, events, ("a", "b"), decay=0.5, dates=[1, 3, 5])
    assert [date for date, _ in found.weights] == ["3", "5"]
    assert found.at(5)[0, 1] == pytest.approx(math.exp(-1))
    with pytest.raises(PlanError, match="needs `dates`"):
        co_attendance(there, events, ("a", "b"), decay=0.5)


# Success and beliefs


def test_success_is_change_against_those_still_without_and_needs_time():
    outcomes = [[5, 5, 7, 9, nan], [1, 1, 2, 3, 3], [4, 4, 4, 5, 9]]
    adopted = np.array([[0, 1, 1, 1, 1], [0, 0, 0, 0, 0], [0, 0, 0, 0, 1]], dtype=bool)
    found = success_of(outcomes, adopted)
    # fourth period: 9 - 5, less the mean of 3 - 1 and 5 - 4
    np.testing.assert_allclose(found[0], [nan, nan, nan, 4 - 1.5, nan])
    assert np.isnan(found[1:]).all()  # never adopted; adopted too late to be judged
    np.testing.assert_allclose(success_of(outcomes, adopted, better="lower")[0, 3], -2.5)
    changed = np.array(outcomes)
    changed[:, 4] = 99
    np.testing.assert_array_equal(success_of(changed, adopted)[:, :4], found[:, :4])


def test_success_and_failure_apart_add_up_to_what_was_seen():
    heard = Layer(name="information", units=("me",), senders=("x", "y", "z"), weights=[[3.0, 1.0, 5.0]])
    adopted, success = np.ones((3, 2), dtype=bool), np.array([2.0, -4.0, nan])
    gains, losses = gains_and_losses(success)
    seen = {
        name: exposure(heard, adopted, form="mean success", success=part).values[0, 1]
        for name, part in (("both", success), ("gains", gains), ("losses", losses))
    }
    # three quarters of what is heard is a gain of 2, one quarter a loss of 4; z's result is not known
    assert seen == pytest.approx({"gains": 1.5, "losses": 1.0, "both": 0.5})


def test_beliefs_after_nothing_heard_are_the_ones_before():
    for belief in (Normal(0, 4), NormalInverseGamma(0, 1, 2, 2)):
        words = (1.0,) if isinstance(belief, Normal) else ()
        assert belief.after(SufficientStatistics(0, nan), *words) is belief
    assert Beta(2, 2).after(0, 0) == Beta(2, 2)


def test_beliefs_after_results():
    normal = Normal(0, 4).after(SufficientStatistics(4, 2), 1)
    assert (normal.mean, normal.variance) == (pytest.approx(1.8823529), pytest.approx(0.2352941))
    unknown = NormalInverseGamma(0, 1, 2, 2).after(SufficientStatistics(4, 2, 3))
    assert (unknown.mean, unknown.kappa, unknown.alpha, unknown.beta) == pytest.approx((1.6, 5, 4, 5.1))
    assert unknown.scale**2 == pytest.approx(0.255)
    assert unknown.beta / (unknown.alpha - 1) == pytest.approx(1.7)
    assert 1 - unknown.below(0) == pytest.approx(0.9933875, abs=5e-8)


def test_the_chance_that_the_policy_does_better():
    assert chance_better(Beta(9, 5), Beta(3, 4)) == pytest.approx(0.8343653, abs=5e-8)
    assert chance_better(Beta(2.5, 0.7), Beta(2.5, 0.7)) == pytest.approx(0.5, abs=1e-6)
    one, other = NormalInverseGamma(1, 3, 2, 2), NormalInverseGamma(0, 4, 5, 3)
    rng = np.random.default_rng(1)
    draws = [b.mean + b.scale * rng.standard_t(2 * b.alpha, 400_000) for b in (one, other)]
    assert chance_better(one, other) == pytest.approx((draws[0] > draws[1]).mean(), abs=0.004)
    assert chance_better(one, other) + chance_better(other, one) == pytest.approx(1, abs=1e-8)
    assert chance_better(Normal(1, 2), Normal(0, 2)) == pytest.approx(stats.norm.cdf(0.5))
    with pytest.raises(MethodError, match="different kinds"):
        chance_better(Beta(1, 1), Normal(0, 1))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Normal(0, 0),
        lambda: Normal(0, 1).after(SufficientStatistics(1, 1), -1),
        lambda: Normal(0, 1).after(SufficientStatistics(-1, 1), 1),
        lambda: NormalInverseGamma(0, 0, 1, 1),
        lambda: NormalInverseGamma(0, 1, -1, 1),
        lambda: Beta(0, 1),
        lambda: Beta(1, 1).after(-1, 0),
    ],
)
def test_beliefs_that_are_none_are_refused(wrong):
    with pytest.raises(MethodError):
        wrong()


def test_what_is_heard_is_weighed_by_ties():
    ties = Layer(name="information", units=("me",), senders=("x", "y", "z"), weights=[[2.0, 1.0, 5.0]])
    adopted = np.array([[1, 1], [1, 1], [0, 0]], dtype=bool)
    n, mean, squares = (found[0, 1] for found in sufficient_statistics(ties, adopted, [1000.0, 1003.0, nan]))
    assert (n, mean, squares) == pytest.approx((3, 1001, 2 * 1 + 1 * 4))


# Peers and places


def test_peers_share_a_group_and_who_is_alone_has_none():
    found = shared_group(("a", "b", "c", "d", "e"), {"a": "x", "b": "x", "c": "x", "d": "y"}, "religion")
    assert found.name == "shared-religion"
    np.testing.assert_allclose(found.weights.toarray()[0], [0, 0.5, 0.5, 0, 0])
    assert np.diff(found.weights.indptr).tolist() == [2, 2, 2, 0, 0]
    assert found.notes == ("of 1 unit no `religion` is known; it has no ties",)
    spoken = shared_group(ABC, {"a": ["en", "ms"], "b": ["en", "ms"], "c": ["ms"]}, "language")
    np.testing.assert_allclose(spoken.weights.toarray(), 0.5 * (1 - np.eye(3)))


def test_groups_come_as_frames_have_them():
    codes = pd.Series([1.0, 1.0, nan], index=list(ABC))
    found = shared_group(ABC, codes, "region")
    assert found.weights.toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    assert found.notes == ("of 1 unit no `region` is known; it has no ties",)
    with pytest.raises(PlanError, match="pairs of ids"):
        contiguity(ABC, pd.DataFrame({"one": ["a"], "other": ["b"]}))


def test_leaders_led_before_the_policy():
    words = {"measured": "2010", "first_adoption": "2014-11-24"}
    found = leaders(("a", "b"), {"a": 3.0, "abroad": 1.0}, **words)
    assert found.senders == ("a", "b", "abroad")
    np.testing.assert_allclose(found.weights.toarray(), [[0, 0, 1], [0.75, 0, 0.25]])
    with pytest.raises(PlanError, match="learning, not emulation"):
        leaders(("a", "b"), {"a": 1.0}, measured="2014", first_adoption="2014-11-24")
    with pytest.raises(MethodError, match="`b` is not above 0"):
        leaders(("a", "b"), {"a": 1.0, "b": 0.0}, **words)


def test_prestige_is_pagerank():
    rng = np.random.default_rng(6)
    weights = rng.random((12, 12)) * (rng.random((12, 12)) < 0.2)
    np.fill_diagonal(weights, 0)
    weights[4] = 0  # looks at nobody
    names = tuple("abcdefghijkl")
    found = prestige_of(Layer(name="citations", units=names, weights=weights))
    graph = nx.relabel_nodes(nx.from_numpy_array(weights, create_using=nx.DiGraph), dict(enumerate(names)))
    assert found == pytest.approx(nx.pagerank(graph, tol=1e-13, max_iter=1000), abs=1e-10)
    assert leaders(names, found, measured="1990", first_adoption="1991").weights.shape == (12, 12)
    with pytest.raises(PlanError, match="as_of"):
        prestige_of(Layer(name="c", units=("a", "b"), weights=(("1990", np.eye(2)[::-1]),)))


def test_everybody_s_share():
    np.testing.assert_allclose(cumulative_share([[0, 1, 1], [0, 0, 1]]), [nan, 0, 0.5])


def test_places_on_the_globe():
    assert great_circle([1.3521, -6.2088], [103.8198, 106.8456])[0, 1] == pytest.approx(906, abs=3)
    lat, lon = [0, 0, 0], [0, 1, 179.5]
    near = distance(ABC, lat, lon).weights.toarray()
    assert near[0, 1] == pytest.approx(180 / (math.pi * 6371.0088))
    assert nearest(ABC, lat, lon, 1).weights.toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 1, 0]]
    across = nearest(ABC, [0, 0, 0], [179, -179, 170], 1).weights.toarray()
    assert across[0].tolist() == [0, 1, 0]  # over the date line
    assert distance(ABC, lat, lon, within=200).weights.nnz == 2
    with pytest.raises(MethodError, match="latitude of `b`"):
        distance(ABC, [0, nan, 0], lon)
    with pytest.raises(MethodError, match="the same place"):
        distance(ABC, [0, 0, 1], [0, 0, 1])


def test_borders_and_governments():
    assert contiguity(ABC, [("a", "b"), ("b", "a"), ("c", "x")]).weights.toarray().tolist() == [
        [0, 1, 0],
        [1, 0, 0],
        [0, 0, 0],
    ]
    found = vertical(("town", "city", "port"), {"town": "state", "city": "state", "port": None})
    assert found.senders[-1] == "state"
    assert found.weights.toarray()[:, -1].tolist() == [1, 1, 0]
