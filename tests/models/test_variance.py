"""Variances for rows that hang together: worked numbers, and the definition by brute force."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
import pytest
from clustered_rows import clustered_rows
from made_panels import panel, two_by_two

from diffuscope.errors import MethodError
from diffuscope.models import cox, event_history
from diffuscope.models.inference.sandwich import cluster_robust, dyad_robust


@pytest.fixture(scope="module")
def table():
    frame = two_by_two()
    x = np.column_stack([np.ones(100), frame["x"]])
    p = np.where(x[:, 1] == 1, 12 / 40, 5 / 60)
    bread = np.linalg.inv(x.T @ (x * (p * (1 - p))[:, None]))
    return bread, x, frame["event"].to_numpy() - p


@pytest.mark.parametrize(
    ("correction", "errors"),
    [
        ("none", (1.044466, 1.265351)),
        ("clusters", (1.071599, 1.298223)),
        ("clusters and columns", (1.077053, 1.304830)),
    ],
)
def test_one_way(table, correction, errors):
    found = cluster_robust(*table, [np.arange(100) // 5], correction)
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(errors, abs=5e-7)
    assert found.clusters == (20,)


@pytest.mark.parametrize(
    ("correction", "variances"), [("none", (0.821157, 1.177733)), ("clusters", (0.886608, 1.268092))]
)
def test_two_ways(table, correction, variances):
    found = cluster_robust(*table, [np.arange(100) // 5, np.arange(100) % 4], correction)
    assert np.diag(found.covariance) == pytest.approx(variances, abs=5e-7)


def test_clusters_are_named_by_columns_of_the_frame():
    one = event_history("event ~ x", two_by_two(), cluster="block")
    assert one.std_errors == pytest.approx((1.071599, 1.298223), abs=5e-7)
    two = event_history("event ~ x", two_by_two(), cluster=("block", "turn"))
    # two ways give .886608 and 1.268092; by block alone it is more for both coefficients
    by_turn = event_history("event ~ x", two_by_two(), cluster="turn").std_errors
    apart = event_history("event ~ x", two_by_two(), cluster=None).std_errors
    highest = np.max([np.sqrt((0.886608, 1.268092)), (1.071599, 1.298223), by_turn, apart], axis=0)
    assert highest == pytest.approx((1.071599, 1.298223), abs=5e-7)
    assert two.std_errors == pytest.approx(highest, abs=5e-7)
    assert two.df == 3  # of the way with the fewest clusters
    assert two.interval.endswith("variance: the largest of two-way, one-way and unclustered")


def test_rows_without_covariate_are_left_out_before_clusters_are_counted():
    found = event_history("event ~ x", clustered_rows(), cluster="unit")
    # glm in R; B rowsum(scores) rowsum(scores)' B, times G/(G-1)
    assert found.coefficients[1] == pytest.approx(0.776121, abs=5e-7)
    assert found.std_errors[1] == pytest.approx(0.20497849, abs=5e-8)
    assert (found.rows, found.clusters) == (183, (("unit", 40),))


@pytest.mark.parametrize("cluster", ["country", ("unit", "country"), ("country", "unit")])
def test_one_cluster_is_refused(cluster):
    rows = clustered_rows().with_columns(country=pl.lit("all"))
    with pytest.raises(MethodError, match="one cluster by `country`"):
        event_history("event ~ x", rows, cluster=cluster)


def test_a_policy_that_is_left_alone_is_no_cluster_unless_it_is_named():
    rows = clustered_rows().with_columns(
        policy=pl.when(pl.col("x").is_null()).then(pl.lit("a")).otherwise(pl.lit("b"))
    )
    assert event_history("event ~ x", rows).std_errors[1] == pytest.approx(0.20497849, abs=5e-8)
    with pytest.raises(MethodError, match="one cluster by `policy`"):
        event_history("event ~ x", rows, cluster=("unit", "policy"))


def test_one_cluster_of_spans_is_refused():
    spans = clustered_rows().with_columns(
        start=pl.lit(0), stop=pl.int_range(1, pl.len() + 1), all=pl.lit("a")
    )
    with pytest.raises(MethodError, match="one cluster by `all`"):
        cox("event ~ x", spans, start="start", stop="stop", cluster="all")
    assert cox("event ~ x", spans, start="start", stop="stop", cluster="unit").clusters == (("unit", 40),)


def test_each_row_its_own_cluster_is_white(table):
    bread, x, slope = table
    white = bread @ (x * slope[:, None] ** 2).T @ x @ bread
    assert cluster_robust(*table, [np.arange(100)], "none").covariance == pytest.approx(white, rel=1e-12)


def test_dyads_are_all_pairs_of_rows_that_share_a_unit():
    rng = np.random.default_rng(7)
    rows, units = 300, 15
    receiver = rng.integers(0, units, rows)
    sender = (receiver + rng.integers(1, units, rows)) % units
    x, slope = rng.normal(size=(rows, 3)), rng.normal(size=rows)
    scores = x * slope[:, None]
    meat = np.zeros((3, 3))
    for one in range(rows):
        for other in range(rows):
            if {receiver[one], sender[one]} & {receiver[other], sender[other]}:
                meat += np.outer(scores[one], scores[other])
    found = dyad_robust(np.eye(3), x, slope, (receiver, sender), "none")
    values, vectors = np.linalg.eigh(meat)
    assert found.psd_adjusted == bool(values.min() < 0)
    assert found.covariance == pytest.approx((vectors * np.maximum(values, 0)) @ vectors.T, rel=1e-9)


def test_a_variance_that_is_not_positive_is_made_positive_and_flagged():
    frame = panel()
    fit = event_history("adopted ~ coercion", frame, policy_effects="fixed", cluster=("unit", "policy"))
    assert np.linalg.eigvalsh(fit.covariance).min() >= -1e-12
    assert any("negative part was set to zero" in told for told in fit.warnings)


def test_two_ways_are_never_below_one_way_or_none():
    frame = clustered_rows().with_columns(policy=pl.int_range(pl.len()) % 12)
    ways = [event_history("event ~ x", frame, cluster=one) for one in ("unit", "policy", None)]
    both = event_history("event ~ x", frame, cluster=("unit", "policy"))
    assert (both.std_errors >= np.max([one.std_errors for one in ways], axis=0) * (1 - 1e-12)).all()
    assert np.linalg.eigvalsh(both.covariance).min() >= -1e-12


def test_three_ways_are_the_definition_by_brute_force():
    """B Σ s s' B over all pairs of rows that share a cluster in at least one way."""
    rng = np.random.default_rng(3)
    rows = 240
    ways = [rng.integers(0, many, rows) for many in (40, 30, 20)]
    x, slope = rng.normal(size=(rows, 2)), rng.normal(size=rows)
    scores = x * slope[:, None]
    shared = np.any([way[:, None] == way for way in ways], axis=0)
    found = cluster_robust(np.eye(2), x, slope, ways, "none")
    assert not found.psd_adjusted
    assert found.covariance == pytest.approx(scores.T @ shared @ scores, rel=1e-10)
    assert found.clusters == (40, 30, 20)


@pytest.mark.parametrize("clusters", [["unit"], ["policy"], ["unit", "policy"], ["unit", "policy", "region"]])
def test_effects_of_groups_are_those_of_their_dummies(clusters):
    """By the blocks of the bread, and as a matrix with a column for each policy."""
    frame = panel(400, units=20, policies=8)
    rng = np.random.default_rng(4)
    groups = frame["policy"].rank("dense").to_numpy().astype(int) - 1
    x, slope = np.column_stack([np.ones(400), frame["coercion"]]), rng.normal(size=400)
    dummies = (groups[:, None] == np.arange(1, 8)).astype(float)
    wide = np.hstack([x, dummies])
    bread = np.linalg.inv(wide.T @ (wide * rng.uniform(0.1, 1, 400)[:, None]))
    ways = [frame[name].rank("dense").to_numpy().astype(int) for name in clusters]
    blocked = cluster_robust(bread, x, slope, ways, groups=groups)
    dense = cluster_robust(bread, wide, slope, ways)
    assert blocked.covariance == pytest.approx(dense.covariance, rel=1e-8, abs=1e-12)
    assert blocked.psd_adjusted == dense.psd_adjusted
    ends = (rng.integers(0, 9, 400), rng.integers(9, 15, 400))
    one, other = dyad_robust(bread, x, slope, ends, groups=groups), dyad_robust(bread, wide, slope, ends)
    assert one.covariance == pytest.approx(other.covariance, rel=1e-8, abs=1e-12)


def test_three_ways_are_never_below_fewer():
    at = pl.int_range(pl.len())
    frame = clustered_rows().with_columns(policy=at % 12, region=at // 3 % 9)
    names = ("unit", "policy", "region")
    fewer = [*combinations(names, 2), *names, None]
    errors = [event_history("event ~ x", frame, cluster=one).std_errors for one in fewer]
    three = event_history("event ~ x", frame, cluster=names)
    assert (three.std_errors >= np.max(errors, axis=0) * (1 - 1e-12)).all()
    assert [name for name, _ in three.clusters] == list(names)
    assert three.df == 8
    assert three.interval.endswith("the largest of three-way, two-way, one-way and unclustered")


def test_fewer_clusters_than_coefficients_are_refused():
    """Scores of G clusters span at most G - 1 directions: one combination would be known for certain."""
    rows = clustered_rows().with_columns(third=pl.int_range(pl.len()) % 3, z=pl.int_range(pl.len()) % 7)
    rows = rows.with_columns(square=pl.col("x") ** 2)
    with pytest.raises(MethodError, match="3 clusters by third are fewer than the 4 coefficients"):
        event_history("event ~ x + z + square", rows, cluster="third")
    with pytest.raises(MethodError, match="3 clusters by third"):
        event_history("event ~ x + z + square", rows, cluster=("unit", "third"))
    spans = rows.with_columns(start=pl.lit(0), stop=pl.int_range(1, pl.len() + 1))
    with pytest.raises(MethodError, match="2 clusters by half are fewer than the 3 coefficients"):
        cox("event ~ x + z + square", spans.with_columns(half=pl.col("third") > 0), cluster="half")
    # by default a way with too few clusters is set aside, and said so
    found = event_history("event ~ x + z + square", rows.rename({"third": "policy"}))
    assert found.clusters == (("unit", 40),)
    assert "Errors are not clustered by policy: 3 clusters for 4 coefficients." in found.warnings


@pytest.mark.parametrize(
    ("pairs", "why"),
    [
        ([("a", "b"), ("b", "c"), ("c", "a")], "only 3 units"),
        ([("a", "b"), ("c", "a"), ("a", "d"), ("e", "a")], "one unit is in all"),
    ],
)
def test_dyads_that_all_share_a_unit_are_one_cluster(pairs, why):
    rows = clustered_rows().drop("unit").drop_nulls()
    ends = [pairs[at % len(pairs)] for at in range(rows.height)]
    rows = rows.with_columns(
        receiver=pl.Series([one for one, _ in ends]), sender=pl.Series([other for _, other in ends])
    )
    with pytest.raises(MethodError, match=why):
        event_history("event ~ x", rows)


def of_units(events: str = "0101100110") -> pl.DataFrame:
    """Ten units with ten rows each; unit 3 alone is a capital."""
    event = [int(letter) for letter in (events * 3 + events[::-1] * 3 + "0" * 7 + events * 4)[:100]]
    at = np.arange(100)
    return pl.DataFrame(
        {"unit": at // 10, "event": event, "x": np.cos(at), "capital": (at // 10 == 3).astype(int)}
    )


def test_a_column_that_varies_in_one_cluster_alone_is_named():
    frame = of_units()
    clustered = event_history("event ~ x + capital", frame, cluster="unit")
    apart = event_history("event ~ x + capital", frame, cluster=None)
    assert clustered.std_errors[2] < 0.5 * apart.std_errors[2], "the score of its only cluster is zero"
    [told] = [one for one in clustered.warnings if "in one cluster" in one]
    assert told.startswith("`capital` varies in one cluster by `unit` alone")
    assert "`x`" not in told
    assert not any("in one cluster" in one for one in apart.warnings)


def test_errors_are_refused_where_every_coefficient_is_that_of_one_cluster():
    with pytest.raises(MethodError, match="scores of every cluster by `unit` sum to zero"):
        event_history("event ~ C(unit)", of_units(), cluster="unit")
