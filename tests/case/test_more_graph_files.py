"""Networks of yEd, Gephi, Pajek and GML."""

from __future__ import annotations

import logging

import networkx as nx
import numpy as np
import pytest

from diffuscope.case import limits
from diffuscope.case.importers import read_graph
from diffuscope.errors import CaseError, PlanError
from diffuscope.ties import layer_from_frame, layer_from_graph

YED = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml">
<key for="node" id="d6" yfiles.type="nodegraphics"/><key for="edge" id="d10" yfiles.type="edgegraphics"/>
<key for="node" id="d5" attr.name="description" attr.type="string"/>
<graph edgedefault="directed" id="G">
<node id="n0"><data key="d5"/><data key="d6"><y:ShapeNode><y:Geometry x="1"/>
  <y:NodeLabel fontSize="12">Ash<y:LabelModel/></y:NodeLabel></y:ShapeNode></data></node>
<node id="n1"><data key="d6"><y:ShapeNode><y:NodeLabel>Birch</y:NodeLabel></y:ShapeNode></data></node>
<node id="n2"><data key="d6"><y:ShapeNode><y:NodeLabel>Cedar
 Hill</y:NodeLabel></y:ShapeNode></data></node>
<edge id="e0" source="n0" target="n1"><data key="d10"><y:PolyLineEdge><y:EdgeLabel>3.5</y:EdgeLabel>
</y:PolyLineEdge></data></edge>
<edge id="e1" source="n1" target="n2"/>
</graph></graphml>"""


def written(folder, text, name, encoding="utf-8"):
    file = folder / name
    file.write_bytes(text.encode(encoding))
    return file


def test_what_yed_writes_on_nodes_and_edges_names_units_and_weighs_ties(tmp_path, caplog):
    file = written(tmp_path, YED, "yed.graphml")
    with caplog.at_level(logging.WARNING, logger="diffuscope"):
        found = read_graph(file, edges="influence", unit="label")
    assert found.rows() == [("Ash", "Birch", 3.5), ("Birch", "Cedar Hill", None)]
    assert "numbers written on 1 edge are taken for weights" in caplog.text
    assert read_graph(file, edges="influence")["sender"].to_list() == ["n0", "n1"]
    assert read_graph(file, edges="influence", weight="label")["weight"].to_list() == [3.5, None]


def test_words_on_edges_are_no_weights(tmp_path):
    file = written(tmp_path, YED.replace("3.5", "advises"), "yed.graphml")
    assert read_graph(file, edges="influence")["weight"].to_list() == [1.0, 1.0]


GEPHI = """<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key attr.name="label" attr.type="string" for="node" id="label"/>
<key attr.name="Edge Label" attr.type="string" for="edge" id="edgelabel"/>
<key attr.name="weight" attr.type="double" for="edge" id="weight"/>
<graph edgedefault="undirected">
<node id="1"><data key="label">Ash</data></node><node id="2"><data key="label">Birch</data></node>
<node id="3"><data key="label">Cedar</data></node><node id="4"><data key="label">Iso</data></node>
<edge id="0" source="1" target="2"><data key="weight">2.5</data></edge>
<edge id="1" source="2" target="3" directed="true"><data key="weight">1.0</data></edge>
</graph></graphml>"""


def test_directed_and_undirected_edges_may_stand_in_one_file(tmp_path):
    found = read_graph(written(tmp_path, GEPHI, "gephi.graphml"), edges="influence", unit="label")
    assert set(found.rows()) == {
        ("Ash", "Birch", 2.5), ("Birch", "Ash", 2.5), ("Birch", "Cedar", 1.0), (None, "Iso", None),
    }  # fmt: skip


def test_parallel_edges_add_up_and_loops_are_left_out(tmp_path, caplog):
    graph = nx.MultiDiGraph()
    graph.add_node("z")
    graph.add_weighted_edges_from([("a", "b", 1.0), ("a", "b", 2.0), ("a", "a", 9.0), ("b", "a", 4.0)])
    nx.write_graphml(graph, tmp_path / "multi.graphml")
    nx.write_pajek(graph, tmp_path / "multi.net")
    nx.write_gml(graph, tmp_path / "multi.gml")
    for ending in ("graphml", "net", "gml"):
        with caplog.at_level(logging.WARNING, logger="diffuscope"):
            unit = "id" if ending == "graphml" else "label"
            found = read_graph(tmp_path / f"multi.{ending}", edges="influence", unit=unit)
        assert set(found.rows()) == {("a", "b", 3.0), ("b", "a", 4.0), (None, "z", None)}, ending
        assert "1 loop " in caplog.text
        caplog.clear()


@pytest.mark.parametrize("ending", ["net", "gml"])
@pytest.mark.parametrize("kind", [nx.Graph, nx.DiGraph])
def test_what_networkx_writes_is_read_as_networkx_had_it(tmp_path, ending, kind):
    rng = np.random.default_rng(5)
    graph = kind()
    graph.add_nodes_from(f"Hà Nội {at}" for at in range(9))
    for a, b in rng.integers(0, 8, size=(14, 2)):
        if a != b:
            graph.add_edge(f"Hà Nội {a}", f"Hà Nội {b}", weight=float(rng.integers(1, 9)) / 4)
    file = tmp_path / f"net.{ending}"
    {"net": nx.write_pajek, "gml": nx.write_gml}[ending](graph, file)
    found = layer_from_frame(read_graph(file, edges="influence", unit="label"))
    expected = layer_from_graph(graph, edges="influence").among(found.units)
    assert found.units == tuple(sorted(graph.nodes))
    np.testing.assert_allclose(found.weights.toarray(), expected.weights.toarray())


PAJEK = """% made by hand
*Vertices 4
1 "Phnom Penh" 0.1 0.2 0.5 ic Red [1-9]
2 Huế
3 "Vinh"
*Arcs :1 "advice"
1 2 2.5 [1-3,5]
1 3 1 [6-*]
*Edges
2 3
*Arcslist
3 1
"""


def test_pajek_mixes_arcs_and_edges_and_times(tmp_path):
    found = read_graph(written(tmp_path, PAJEK, "net.net"), edges="influence", unit="label")
    assert set(found.rows()) == {
        ("Phnom Penh", "Huế", 2.5, "1", "3"), ("Phnom Penh", "Huế", 2.5, "5", "5"),
        ("Phnom Penh", "Vinh", 1.0, "6", None), ("Huế", "Vinh", 1.0, None, None),
        ("Vinh", "Huế", 1.0, None, None), ("Vinh", "Phnom Penh", 1.0, None, None),
        (None, "4", None, None, None),
    }  # fmt: skip
    numbers = read_graph(tmp_path / "net.net", edges="influence")
    assert numbers.rows()[0][:2] == ("1", "2")


def test_a_matrix_of_pajek(tmp_path):
    text = "*Vertices 3\n1 a\n2 b\n3 c\n*Matrix\n0 2 0\n0.0 0 1\n0 0 0\n"
    found = read_graph(written(tmp_path, text, "net.net"), edges="influence", unit="label")
    assert found.rows() == [("a", "b", 2.0), ("b", "c", 1.0)]


def test_another_code_page_is_named(tmp_path):
    file = written(tmp_path, '*Vertices 2\n1 "Évry"\n2 b\n*Edges\n1 2\n', "net.net", "cp1252")
    with pytest.raises(CaseError, match="encoding="):
        read_graph(file, unit="label")
    assert set(read_graph(file, unit="label", encoding="cp1252")["sender"]) == {"Évry", "b"}
    with pytest.raises(CaseError, match="not written in klingon"):
        read_graph(file, encoding="klingon")


GML = """Creator "by hand" # a remark
graph [
  directed 0
  node [ id 1 label "Ash &amp; Elm" graphics [ x 1.0 y 2.0 ] ]
  node [ id 2 label "Birch" ]
  node [ id 3 label "Cedar" ]
  edge [ source 1 target 2 value 2.5 start 2010 end 2012 ]
  edge [ source 2 target 3 weight 1 value 7 ]
]
"""


def test_gml_by_hand(tmp_path):
    found = read_graph(written(tmp_path, GML, "net.gml"), unit="label")
    assert set(found.rows()) == {
        ("Ash & Elm", "Birch", 2.5, "2010", "2012"), ("Birch", "Ash & Elm", 2.5, "2010", "2012"),
        ("Birch", "Cedar", 1.0, None, None), ("Cedar", "Birch", 1.0, None, None),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        ("", "a.net", "no graph with nodes"),
        ("*Vertices many\n", "a.net", "line 1: the number of vertices"),
        ("*Vertices 5 2\n", "a.net", "line 1: vertices of two kinds"),
        ("*Vertices 99999999999\n", "a.net", "more than"),
        ("*Vertices 1\n*Vertices 1\n", "a.net", "line 2: the file holds several networks"),
        ("*Vertices 2\n*Arcs\n1\n", "a.net", "line 3: a line lacks its second"),
        ("*Vertices 2\n*Arcs\n1 7\n", "a.net", "line 3: `7` is not the number of a vertex"),
        ("*Vertices 2\n*Arcs\n1 2 many\n", "a.net", "line 3: the weight `many` is not a number"),
        ("*Vertices 2\n*Arcs\n1 2 1 [5-2]\n", "a.net", "line 3: a span ends"),
        ("*Vertices 2\n*Matrix\n1 2 3\n", "a.net", "line 3: the matrix is not square"),
        ("*Vertices 2\n*Partition x\n", "a.net", r"line 2: `\*Partition x` is not a part"),
        ("", "a.gml", "no graph with nodes"),
        ("graph [ node [ id 1 ]", "a.gml", "never closed"),
        ("graph [ ] ]", "a.gml", "never began"),
        ('graph [ node [ id "1 ] ]', "a.gml", "quotation mark"),
        ("graph [ node [ ] ]", "a.gml", "a node has no id"),
        ("graph [\nnode [ id 1 ]\nnode [ id 1 ] ]", "a.gml", "line 3: the node `1` is listed twice"),
        ("graph [ node [ id 1 ] edge [ source 1 ] ]", "a.gml", "lacks its source or its target"),
        ("graph [ node [ id 1 ] ] graph [ ]", "a.gml", "several graphs"),
        ("graph [ " * 5_000, "a.gml", "too many in one another"),
    ],
)
def test_what_is_no_network_is_refused_in_words(tmp_path, text, name, says):
    with pytest.raises((CaseError, PlanError), match=says):
        read_graph(written(tmp_path, text, name), edges="influence")


def test_a_large_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "GRAPH_BYTES", 10)
    with pytest.raises(CaseError, match="larger than"):
        read_graph(written(tmp_path, GML, "net.gml"))
