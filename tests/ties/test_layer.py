"""What a layer refuses, and ties brought as a table, a matrix, a graph or a survey."""

from __future__ import annotations

import math
import pickle
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

import diffuscope
from diffuscope.errors import CaseError, MethodError, PlanError
from diffuscope.ties import (
    Layer,
    exposure,
    layer_from_frame,
    layer_from_graph,
    layer_from_matrix,
    layer_from_nominations,
)

REFERENCE = Path(__file__).parents[3] / "shared" / "data" / "reference"
needs_reference = pytest.mark.skipif(not REFERENCE.exists(), reason="the reference data are not here")


def made(weights, **words) -> Layer:
    return Layer(**({"name": "trade", "units": ("a", "b"), "weights": weights} | words))


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ([[0, math.nan], [0, 0]], "from `b` to `a` .* no finite number"),
        ([[0, 0], [-2, 0]], "from `a` to `b` .*-2.* negative"),
        ([[1, 0], [0, 0]], "`a` acts on itself"),
    ],
)
def test_a_weight_that_is_none_is_named(weights, says):
    with pytest.raises(MethodError, match=says):
        made(weights)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"units": ("a", "a")}, "`a` .* named twice"),
        ({"units": ("a", "")}, "no id"),
        ({"units": "ab"}, "not one text"),
        ({"name": " "}, "no name"),
        ({"units": ("a", "b", "c")}, "a row is a receiver"),
        ({"direction": "receiver acts on sender"}, "sender acts on receiver"),
        ({"known_from": "next year"}, "write it as 2018"),
        ({"known_from": "2018-02-30"}, "does not exist in that month"),
        ({"weights": ()}, "has no matrix"),
        ({"weights": (("2019", [[0, 1], [0, 0]]), ("2018", [[0, 1], [0, 0]]))}, "must be in rising order"),
    ],
)
def test_names_and_dates_that_do_not_fit_are_refused(words, says):
    with pytest.raises(PlanError, match=says):
        made(words.pop("weights", [[0, 1], [0, 0]]), **words)


def test_a_unit_among_promoters_does_not_act_on_itself_either():
    with pytest.raises(MethodError, match="`b` acts on itself"):
        made([[0, 1], [0, 1]], senders=("bank", "b"))


def test_a_layer_keeps_its_numbers_whatever_happens_to_the_matrix():
    matrix = sparse.csr_array(np.array([[0.0, 1.0], [0.0, 0.0]]))
    layer = made(matrix)
    matrix.data[:] = 9
    assert layer.weights[0, 1] == 1


def test_units_are_taken_in_another_order_and_a_stranger_is_an_isolate():
    layer = made([[0, 2], [3, 0]]).among(("c", "b", "a"))
    assert layer.weights.toarray().tolist() == [[0, 0, 0], [0, 0, 3], [0, 2, 0]]
    assert layer.senders == layer.units
    aid = made([[1, 2], [3, 4]], senders=("bank", "donor"))
    assert aid.among(("b",)).weights.toarray().tolist() == [[3, 4]]
    assert aid.from_senders(("donor", "firm")).weights.toarray().tolist() == [[2, 0], [4, 0]]


def test_the_matrix_in_force_is_the_last_one_known():
    layer = made((("2018", [[0, 1], [0, 0]]), ("2020-06", [[0, 2], [0, 0]])), known_from="2019")
    assert layer.at("2018") is None
    assert layer.at("2019").toarray()[0, 1] == 1
    assert layer.at("2020-05").toarray()[0, 1] == 1
    assert layer.at("2020").toarray()[0, 1] == 2


def test_a_layer_of_one_date_changes_no_more():
    layer = made((("2018", [[0, 1], [0, 0]]), ("2020", [[0, 2], [3, 0]])))
    still = layer.as_of("2019")
    assert (still.weights.toarray().tolist(), still.known_from) == ([[0, 1], [0, 0]], "2018")
    with pytest.raises(PlanError, match=r"Layer `trade` has no data up to 2017"):
        layer.as_of("2017")


def test_a_layer_shows_itself_in_a_line_and_as_a_table():
    layer = made((("2018", [[0, 1], [0, 0]]), ("2020", [[0, 2], [3, 0]])))
    assert repr(layer) == "<Layer trade: 2 units, 2 senders, up to 2 ties, 2 dates from 2018>"
    assert layer.table().rows() == [("b", "a", 1, "2018"), ("b", "a", 2, "2020"), ("a", "b", 3, "2020")]
    still = layer.as_of("2018")
    assert repr(still) == "<Layer trade: 2 units, 2 senders, 1 tie, known from 2018>"
    back = layer_from_frame(made([[0, 2], [3, 0]]).table())
    assert back.weights.toarray().tolist() == [[0, 2], [3, 0]]


TRADE = {"sender": ["b", "c", "a"], "receiver": ["a", "a", "b"], "weight": [3.0, 1.0, 2.0]}


def test_frames_of_every_kind_make_one_layer():
    frame = pl.DataFrame(TRADE)
    expected = [[0, 3, 1], [2, 0, 0], [0, 0, 0]]
    for table in (frame, frame.to_pandas(), frame.to_arrow(), frame.lazy()):
        assert layer_from_frame(table).weights.toarray().tolist() == expected
    layer = layer_from_frame(frame, units=["a", "b"])
    assert layer.weights.toarray().tolist() == [[0, 3], [2, 0]]
    assert layer.notes == ("1 tie to or from an actor outside the units was left out",)


def test_ids_that_look_like_numbers_meet():
    frame = pl.DataFrame({"sender": [1001.0, 1002.0], "receiver": [1002.0, 1001.0]})
    assert layer_from_frame(frame).units == ("1001", "1002")


def test_times_of_pandas_are_days():
    ties = pd.DataFrame({"sender": ["a"], "receiver": ["b"], "start": [pd.Timestamp("2001-05-03 10:00")]})
    assert layer_from_frame(ties).known_from == "2001-05-03"


def test_every_row_of_ties_that_cannot_be_is_told():
    frame = pl.DataFrame(
        {
            "sender": ["a", "a", None, "a", "b", "b", "x"],
            "receiver": ["a", None, "b", "b", "c", "c", "y"],
            "weight": ["1", "1", "1", "-2", "1", "1", "many"],
        }
    )
    with pytest.raises(CaseError) as caught:
        layer_from_frame(frame)
    told = {(problem.rule, problem.row, problem.column) for problem in caught.value.problems}
    assert told == {
        ("same", 2, "sender"),
        ("missing-value", 3, "receiver"),
        ("missing-value", 4, "sender"),
        ("negative", 5, "weight"),
        ("repeated", 6, "receiver"),
        ("repeated", 7, "receiver"),
        ("bad-number", 8, "weight"),
    }
    with pytest.raises(PlanError, match="lack the column `receiver`"):
        layer_from_frame(frame.rename({"receiver": "to"}))
    with pytest.raises(PlanError, match="not list"):
        layer_from_frame([1, 2])


def test_a_tie_holds_from_its_start_to_its_end():
    frame = pl.DataFrame(
        {"sender": ["b", "c"], "receiver": ["a", "a"], "weight": [1.0, 2.0], "start": ["2010", "2012"],
         "end": ["2012", None]}
    )  # fmt: skip
    layer = layer_from_frame(frame)
    held = {
        year: None if (now := layer.at(year)) is None else now.toarray()[0].tolist()
        for year in range(2009, 2014)
    }
    assert held == {2009: None, 2010: [0, 1, 0], 2011: [0, 1, 0], 2012: [0, 1, 2], 2013: [0, 0, 2]}


def test_ties_of_a_wave_hold_until_the_next_replaces_them():
    frame = pl.DataFrame(
        {"sender": ["b", "b", "c", None], "receiver": ["a", "a", "a", "a"], "time": [1990, 1991, 1991, 1995],
         "weight": [1.0, 1.0, 2.0, None]}
    )  # fmt: skip
    layer = layer_from_frame(frame, units=["a", "b", "c"])
    assert layer.at(1989) is None
    held = [layer.at(year).toarray()[0].tolist() for year in (1990, 1991, 1994, 1995)]
    assert held == [
        [0, 1, 0],
        [0, 1, 2],
        [0, 1, 2],
        [0, 0, 0],
    ]  # named in both waves, and not twice as strong
    with pytest.raises(CaseError, match="row 3, `time`: A tie has no time"):
        layer_from_frame(frame.with_columns(time=pl.Series([1990, None, 1991, 1995])))
    with pytest.raises(PlanError, match="either waves"):
        layer_from_frame(frame.with_columns(start=pl.lit("1990")))


def test_ties_measured_once_explain_nothing_before_and_are_not_carried_on():
    layer = layer_from_frame(pl.DataFrame(TRADE).with_columns(start=pl.lit("2023"), end=pl.lit("2023")))
    adopted = np.zeros((3, 12), dtype=bool)
    found = exposure(layer, adopted, periods=range(2014, 2026)).values
    assert np.isnan(found[:, :10]).all()  # to 2023 inclusive
    assert found[0, 10] == 0
    assert np.isnan(found[:, 11]).all()


def test_a_bare_matrix_is_refused_until_it_says_who_acts():
    flows = np.array([[5.0, 1.0], [2.0, 5.0]])
    layer = layer_from_matrix(flows, ["a", "b"], ["a", "b"], rows_are="senders")
    assert layer.weights.toarray().tolist() == [[0, 2], [1, 0]]
    other = layer_from_matrix(sparse.coo_array(flows), ["a", "b"], ["b", "a"], rows_are="receivers")
    assert other.weights.toarray().tolist() == [[0, 5], [5, 0]]
    with pytest.raises(PlanError, match="receivers"):
        layer_from_matrix(flows, ["a", "b"], ["a", "b"], rows_are="")


def test_graphs_say_what_an_edge_means():
    graph = nx.DiGraph()
    graph.add_edge("a", "b", weight=2.0)
    graph.add_edge("b", "b")
    acts, looks = (layer_from_graph(graph, edges=edges) for edges in ("influence", "attention"))
    assert acts.weights.toarray().tolist() == [[0, 0], [2, 0]]
    assert looks.weights.toarray().tolist() == [[0, 2], [0, 0]]
    assert acts.notes == ("1 loop (a unit tied to itself) was left out",)
    with pytest.raises(PlanError, match="influence"):
        layer_from_graph(graph)
    parallel = nx.MultiGraph([(1, 2), (1, 2), (2, 3)])
    assert layer_from_graph(parallel).weights.toarray().tolist() == [[0, 2, 0], [2, 0, 1], [0, 1, 0]]


NOMINATIONS = pl.DataFrame(
    {"id": [1, 2, 1, 2], "village": ["x", "x", "y", "y"], "first": [2, 9, 2, 2], "second": [2, None, None, 1]}
)


def test_who_is_named_acts_on_who_names_them():
    layer = layer_from_nominations(NOMINATIONS, ["first", "second"], group="village")
    assert layer.units == ("x:1", "x:2", "y:1", "y:2")
    assert layer.weights.toarray().tolist() == [[0, 2, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]
    assert layer.notes == (
        "1 nomination of an actor that was not asked",
        "1 self-nomination",
    )
    one = layer_from_nominations(NOMINATIONS, "first", group="village")
    assert one.weights.sum() == 2  # a single column need not be a list
    with pytest.raises(CaseError, match="row 2, `id`: A respondent is in two rows"):
        layer_from_nominations(NOMINATIONS, ["first"])


@needs_reference
def test_a_survey_as_people_have_it():
    survey = pl.read_csv(REFERENCE / "fakesurvey_raw.csv")
    layer = layer_from_nominations(survey, ["net1", "net2", "net3"], group="group")
    row, column = (layer.units.index(unit) for unit in ("1:5", "1:4"))
    assert layer.weights[row, column] == 2  # names 4 twice
    assert layer.weights.sum() == 11  # counted by hand: 7 in the first group, 4 in the second
    assert layer.notes[0] == "5 nominations of actors that were not asked"


@needs_reference
def test_a_survey_in_waves_and_edge_lists_as_people_have_them():
    survey = pl.read_csv(REFERENCE / "fakesurveyDyn_raw.csv")
    layer = layer_from_nominations(survey, ["net1", "net2", "net3"], group="group", time="time")
    receiver, sender = layer.units.index("2:2"), layer.units.index("2:1")
    assert layer.at(1990)[receiver, sender] == 0
    assert layer.at(1991)[receiver, sender] == 1  # an isolate no longer
    edges = pl.read_csv(REFERENCE / "fakeEdgelist_raw.csv").rename(
        {"ego": "receiver", "alter": "sender", "value": "weight"}
    )
    waves = pl.read_csv(REFERENCE / "fakeDynEdgelist_raw.csv").rename(
        {"ego": "receiver", "alter": "sender", "value": "weight"}
    )
    changing = layer_from_frame(waves)
    for year, part in waves.drop_nulls().group_by("time"):
        assert changing.at(year[0]).sum() == part["weight"].sum()
    flat = layer_from_frame(edges)
    assert "202" in flat.units  # stands there without anybody: a unit without ties
    assert flat.weights.nnz == edges.drop_nulls().height


@needs_reference
@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("exposure_lag1", {}),
        ("exposure", {"lag": 0}),
        ("exposure_raw", {"lag": 0, "form": "sum"}),
        ("exposure_attr_proage", {"lag": 0, "form": "attribute share"}),
    ],
)
def test_exposures_are_those_of_netdiffuser_but_for_isolates(file, words):
    edges = pl.read_csv(REFERENCE / "medInnovations_edgelist.csv").select(receiver="ego", sender="alter")
    toa = pl.read_csv(REFERENCE / "medInnovations_toa.csv")
    units = [str(unit) for unit in toa["id"]]
    adopted = toa["toa"].to_numpy()[:, None] <= np.arange(1, 19)
    if "attr" in file:
        proage = pl.read_csv(REFERENCE / "medInnovations_attrs_static.csv", infer_schema_length=None)
        words |= {"success": dict(proage.select(pl.col("id").cast(pl.String), "proage").iter_rows())}
        words["success"] = np.array([words["success"][unit] for unit in units], dtype=float)
    found = exposure(layer_from_frame(edges, units=units), adopted, **words)
    peer = pl.read_csv(REFERENCE / "peer_outputs" / f"nd_medInnovations_{file}.csv", null_values="NA")
    assert [str(unit) for unit in peer["id"]] == units
    theirs = peer.drop("id").cast(pl.Float64).to_numpy()
    alone = found.isolates
    assert alone.sum() >= 11
    assert np.isnan(found.values[alone]).all()
    assert np.nansum(theirs[alone]) == 0  # theirs say 0 where nobody is in sight
    np.testing.assert_allclose(found.values[~alone], theirs[~alone], atol=1e-12)


def test_a_layer_among_other_senders_is_made_once_and_is_not_handed_to_other_processes():
    """Each draw of dates asks for it again; to a pickle of the layer it would add one more layer."""
    ties = np.array([[0.0, 1.0, 2.0], [3.0, 0.0, 4.0], [5.0, 6.0, 0.0]])
    layer = made(ties, units=("a", "b", "c"))
    bare = pickle.dumps(layer)
    some = layer.from_senders(["c", "a"])
    assert some is layer.from_senders(["c", "a"])
    assert some.at("2020").toarray().tolist() == [[2.0, 0.0], [4.0, 3.0], [0.0, 5.0]]
    assert len(pickle.dumps(layer)) == len(bare)
    again = pickle.loads(bare).from_senders(["c", "a"])
    assert again.at("2020").toarray().tolist() == some.at("2020").toarray().tolist()


WAVES = pl.DataFrame(
    {"sender": ["a", "b", "a"], "receiver": ["c", "c", "b"], "time": [2001, 2001, 2003], "weight": [1, 1, 1]}
)


def test_ties_carried_past_their_last_wave_are_named():
    """The last wave is of 2003; with lag 1, the rows of 2005 and 2006 look at ties of 2004 and 2005."""
    layer = layer_from_frame(WAVES, "advice")
    assert layer.last_wave == "2003"
    adopted = np.zeros((3, 6))
    found = exposure(layer, adopted, periods=[2001, 2002, 2003, 2004, 2005, 2006])
    said = "the ties `advice` were last measured in the wave 2003 and are carried on unchanged through "
    assert found.notes == (f"{said}2 later periods (2004 to 2005)",)
    assert exposure(layer, adopted[:, :4], periods=[2001, 2002, 2003, 2004]).notes == ()
    assert exposure(layer, adopted[:, :4], lag=0, periods=[2001, 2002, 2003, 2004]).notes[0] == (
        f"{said}1 later period (2004)"
    )
    again = layer.turned_into("twice", lambda matrix: 2 * matrix).among(["a", "b", "c", "d"])
    assert again.last_wave == "2003", "what is computed from waves is measured no later"


def test_a_panel_and_a_network_say_how_far_ties_are_carried():
    laws = pl.DataFrame({"unit": ["a", "b", "c"], "time": [2001, 2004, None]})
    said = "the ties `advice` were last measured in the wave 2003 and are carried on unchanged through "
    panel = diffuscope.add_exposure(diffuscope.person_period(laws, censor=2006), WAVES, name="advice")
    assert f"`advice`: {said}2 later periods (2004 to 2005)." in panel.notes
    network = diffuscope.diffusion_network(laws, layer_from_frame(WAVES, "advice"), censor=2006)
    assert network.notes == (f"{said}3 later periods (2004 to 2006)",)


def test_ties_with_spans_are_carried_by_nobody():
    spans = WAVES.rename({"time": "start"})
    layer = layer_from_frame(spans)
    assert layer.last_wave is None
    assert exposure(layer, np.zeros((3, 3)), periods=[2001, 2005, 2009]).notes == ()
