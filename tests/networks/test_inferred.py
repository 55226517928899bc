"""What an inferred network says of itself: curve, bound, layer, stability, negative control, files."""

from __future__ import annotations

import shutil
import subprocess

import networkx as nx
import numpy as np
import polars as pl
import pytest
from reference_cascades import TOY, cascades, needs_reference

from diffuscope import MethodError, PlanError, add_exposure, infer_network, person_period, rolling_networks
from diffuscope.networks.engine import NUMPY
from diffuscope.networks.false_discovery import permuted_times
from diffuscope.networks.from_frame import cascades_from_frame
from diffuscope.networks.infer import network_of, settings_of
from diffuscope.networks.netinf import netinf


def followers(seed: int, policies: int = 60) -> pl.DataFrame:
    """Units b to d follow a within some two years; e to h adopt whenever they like."""
    rng = np.random.default_rng(seed)
    rows = []
    for at in range(policies):
        start = rng.uniform(0, 5)
        rows.append(("a", at, start))
        rows += [(unit, at, start + 0.3 + rng.exponential(1.0)) for unit in "bcd" if rng.random() < 0.8]
        rows += [(unit, at, rng.uniform(0, 10)) for unit in "efgh" if rng.random() < 0.6]
    return pl.DataFrame(rows, schema=["unit", "policy", "time"], orient="row")


@pytest.fixture(scope="module")
def planted():
    return infer_network(followers(1), edges=12, rate=1.0)


def test_planted_edges_come_first_and_are_stable(planted):
    first = planted.table().head(3)
    assert set(first.select("sender", "receiver").rows()) == {("a", "b"), ("a", "c"), ("a", "d")}
    stability = planted.stability(50)
    frequency = {(s, r): f for s, r, f, *_ in stability.table().iter_rows()}
    assert min(frequency["a", unit] for unit in "bcd") == 1.0
    assert stability.table().filter("found").height == 12
    control = planted.false_discovery(50)
    assert 3 <= control.kept() < 12
    rates = control.table()["fdr"].to_list()
    assert rates == sorted(rates)
    assert rates[0] == pytest.approx(1 / 51)


def test_where_nothing_follows_nothing_is_discovered():
    """Times are exchanged once, so that another exchange gives the same kind of network."""
    found = 0
    for seed in range(20):
        mixed = permuted_times(cascades_from_frame(followers(seed)), np.random.default_rng(100 + seed))
        network = network_of(mixed, settings_of(mixed, edges=12, rate=1.0, workers=1))
        found += network.false_discovery(19).kept() > 0
    assert found <= 4


def test_bootstrap_is_the_same_search_on_drawn_policies(planted):
    """The samples of the record, drawn again and searched one by one with the readable search."""
    from diffuscope.compute import stream

    counts: dict[tuple[str, str], int] = {}
    size = planted.policies
    for at in range(5):
        weights = np.bincount(stream(3, "bootstrap", at).integers(size, size=size), minlength=size)
        edges = netinf(
            planted.cascades, planted.settings.terms, planted.settings.wanted, weights=weights.astype(float),
            with_engine=NUMPY,
        )  # fmt: skip
        for sender, receiver in zip(edges.senders, edges.receivers, strict=True):
            edge = planted.units[sender], planted.units[receiver]
            counts[edge] = counts.get(edge, 0) + 1
    found = planted.stability(5, seed=3).table().filter(pl.col("frequency") > 0)
    assert {(s, r): round(5 * f) for s, r, f, *_ in found.iter_rows()} == counts


def test_permuted_times_keep_adopters_and_dates(planted):
    mixed = permuted_times(planted.original, np.random.default_rng(1))
    for before, after in zip(_by_policy(planted.original), _by_policy(mixed), strict=True):
        assert before == after


def _by_policy(cascades):
    events = cascades.events
    for first, last in zip(events.starts, events.starts[1:], strict=False):
        yield sorted(events.units[first:last]), sorted(events.times[first:last])


def test_the_curve_and_the_bound_add_up(planted):
    curve = planted.gain_curve()
    assert curve["objective"].to_list() == pytest.approx(np.cumsum(planted.edges.gains).tolist())
    assert curve["share"][-1] == 1.0
    assert 0 < planted.optimality <= 1
    every = infer_network(followers(1), edges="all", rate=1.0)
    assert every.optimality == 1.0
    best = every.edges.gains.sum()
    assert planted.edges.gains.sum() / planted.optimality <= best + 1e-6 or len(planted) < len(every)


def test_what_is_explained_is_counted_by_hand():
    found = infer_network(TOY, edges=1, rate=1.0).explained
    assert (found.followers, found.explained, found.share) == (3, 2, pytest.approx(2 / 3))


def test_ties_of_time_are_a_choice():
    tied = pl.DataFrame({"policy": ["p"] * 3, "unit": ["a", "b", "c"], "time": [0, 1, 1]})
    never = infer_network(tied, edges="all", rate=1.0).table()
    assert set(never.select("sender", "receiver").rows()) == {("a", "b"), ("a", "c")}
    shared = infer_network(tied, edges="all", rate=1.0, ties="shared", dialect="SNAP").table()
    assert shared.height == 4
    gains = {(s, r): g for s, r, g in shared.select("sender", "receiver", "improvement").iter_rows()}
    # c is at half the weight, and a third of a year away
    assert gains["c", "b"] == pytest.approx(max(0, np.log(0.5) - 1 / 3 - (-1)), abs=1e-9)
    jittered = infer_network(tied, edges="all", rate=1.0, ties="jittered", seed=4)
    assert jittered.table().height == 4
    assert jittered.table().equals(
        infer_network(tied, edges="all", rate=1.0, ties="jittered", seed=4).table()
    )
    assert "33%" not in jittered.notes[0]
    sensitivity = jittered.tie_sensitivity(10)
    assert sensitivity["frequency"].is_between(0, 1).all()


def test_renaming_moves_only_edges_that_only_a_name_decides(planted):
    assert (planted.tie_sensitivity(5)["frequency"] == 1.0).all()
    equal = pl.DataFrame({"policy": ["p", "p", "p"], "unit": ["a", "b", "c"], "time": [0, 0, 1]})
    network = infer_network(equal, edges=1, rate=1.0)
    assert network.table()["tied"].to_list() == [1]
    assert network.tie_sensitivity(40)["frequency"].sum() == pytest.approx(1.0)
    assert network.tie_sensitivity(40)["frequency"].min() > 0.2


def test_a_network_does_not_explain_the_adoptions_it_is_made_of():
    laws = pl.DataFrame(
        [(u, p, 2000 + at + 3 * p) for p in range(4) for at, u in enumerate("abcd")],
        schema={"unit": pl.String, "policy": pl.Int64, "time": pl.Int64}, orient="row",
    ).with_columns(policy=pl.format("law-{}", "policy"))  # fmt: skip
    whole = infer_network(laws, edges=3)
    panel = person_period(laws, censor=2015)
    with pytest.raises(MethodError, match="the outcome they should explain"):
        add_exposure(panel, whole.layer, name="inferred")
    early = infer_network(laws, edges=3, window=(2000, 2006)).layer
    assert early.known_from == "2007"
    exposed = add_exposure(panel, early, name="inferred", isolates="zero").table()
    known = exposed.filter(pl.col("inferred").is_not_null())["period"]
    assert known.min() >= 2007
    assert known.len() > 0


def test_the_future_is_invisible_to_windows():
    frame = followers(2).with_columns(pl.col("time").floor().cast(pl.Int64)).unique(["unit", "policy"])
    rolling = rolling_networks(frame, width=4, step=2, edges=5, rate=1.0)
    cut = rolling_networks(frame.filter(pl.col("time") <= 5), width=4, step=2, edges=5, rate=1.0)
    shared = set(rolling.networks) & set(cut.networks)
    assert len(shared) >= 2
    for last in shared:
        assert rolling.networks[last].table().equals(cut.networks[last].table())
        alone = infer_network(frame, edges=5, rate=1.0, window=(last - 3, last))
        assert alone.table().equals(rolling.networks[last].table())
    assert rolling.senders().columns == ["last", "sender", "receivers"]
    with pytest.raises(PlanError, match="no whole numbers"):
        rolling_networks(followers(2), width=4, edges=5)


@needs_reference
def test_top_sources_of_the_american_states_change_over_time():
    rolling = rolling_networks(
        cascades("spid_policies"), width=35, step=50, first=1960, last=2010, edges=300, rate=0.5
    )
    tops = rolling.senders().group_by("last", maintain_order=True).first()["sender"].to_list()
    assert tops == ["New York", "California"]


# Files and figures


def test_files_hold_the_edges(planted, tmp_path):
    table = planted.table()
    assert pl.read_csv(planted.write(tmp_path / "n.csv")).height == table.height
    assert pl.read_parquet(planted.write(tmp_path / "n.parquet")).equals(table)
    for name, read in (("n.graphml", nx.read_graphml), ("n.gexf", nx.read_gexf)):
        graph = read(planted.write(tmp_path / name))
        assert set(graph.nodes) == set(planted.units)
        assert set(graph.edges) == set(table.select("sender", "receiver").rows())
        assert graph.edges["a", "b"]["support"] == table.filter(sender="a", receiver="b")["support"][0]
    with pytest.raises(PlanError, match="does not end in"):
        planted.write(tmp_path / "n.txt")


def test_names_cannot_hurt_files(tmp_path):
    odd = ["=cmd", "a<b>\x01", '"q"']
    frame = pl.DataFrame({"policy": ["p"] * 3, "unit": odd, "time": [0, 1, 2]})
    network = infer_network(frame, edges=2, rate=1.0)
    text = network.write(tmp_path / "n.csv").read_text()
    assert "\n1,=cmd" not in text
    assert set(nx.read_graphml(network.write(tmp_path / "n.graphml")).nodes) == {"=cmd", "a<b>", '"q"'}
    assert "<b>" not in network._repr_html_().replace("&lt;b&gt;", "")


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not at hand")
def test_r_reads_what_is_written_for_it(planted, tmp_path):
    pytest.importorskip("rdata")
    file = planted.write(tmp_path / "n.rds")
    code = f'n <- readRDS("{file}"); cat(class(n), nrow(n), n$origin_node[1], sep = "|")'
    said = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=True)
    assert said.stdout == f"data.frame|12|{planted.table()['sender'][0]}"


def test_figures_say_what_they_show(planted):
    curve, drawing = planted.figure(), planted.drawing(5)
    assert "12 edges" in curve.alt
    assert "5 edges" in drawing.alt
    assert "a (5)" in drawing.alt
    assert drawing.chart.to_dict(validate=True)
    assert curve.chart.to_dict(validate=True)


def test_a_summary_in_sentences(planted):
    text = " ".join(planted.summary())
    assert repr(planted) == f"<InferredNetwork: {planted.summary()[0][:-1]}>"
    assert f"the network explains {planted.explained.explained}" in text
    assert "exponential, λ 1" in text
