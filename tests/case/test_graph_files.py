"""Networks from files that other programs write, and from files that nobody should."""

from __future__ import annotations

import logging

import networkx as nx
import numpy as np
import pytest

from diffuscope.case import limits
from diffuscope.case.importers import read_graph
from diffuscope.errors import CaseError, PlanError
from diffuscope.ties import layer_from_frame, layer_from_graph

WRITERS = {".graphml": nx.write_graphml, ".gexf": nx.write_gexf}
every_format = pytest.mark.parametrize("ending", WRITERS)


def written(folder, text, name="net.gexf"):
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def random_graph(seed, kind):
    rng = np.random.default_rng(seed)
    graph = kind()
    graph.add_nodes_from(f"u{at}" for at in range(9))  # some stay without edges
    for a, b in rng.integers(0, 8, size=(14, 2)):
        if a != b:
            graph.add_edge(f"u{a}", f"u{b}", weight=float(rng.integers(1, 9)) / 4)
    return graph


@every_format
@pytest.mark.parametrize("kind", [nx.Graph, nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph])
@pytest.mark.parametrize("edges", ["influence", "attention"])
def test_what_networkx_writes_is_read_as_networkx_had_it(tmp_path, ending, kind, edges):
    graph = random_graph(3, kind)
    WRITERS[ending](graph, tmp_path / f"net{ending}")
    found = layer_from_frame(read_graph(tmp_path / f"net{ending}", edges=edges))
    expected = layer_from_graph(graph, edges=edges).among(found.units)
    assert found.units == tuple(sorted(graph.nodes))
    np.testing.assert_allclose(found.weights.toarray(), expected.weights.toarray())


@every_format
def test_without_weights_each_tie_weighs_one_and_labels_name_units(tmp_path, ending):
    graph = nx.Graph()
    graph.add_node(1, label="Hà Nội")
    graph.add_node(2, label="Cần Thơ & Huế")
    graph.add_edge(1, 2)
    WRITERS[ending](graph, tmp_path / f"net{ending}")
    found = read_graph(tmp_path / f"net{ending}", unit="label")
    assert found.columns == ["sender", "receiver", "weight"]
    assert set(found.rows()) == {("Hà Nội", "Cần Thơ & Huế", 1.0), ("Cần Thơ & Huế", "Hà Nội", 1.0)}
    with pytest.raises(PlanError, match=r"node `1` of .* has no `name`; it has .*`label`"):
        read_graph(tmp_path / f"net{ending}", unit="name")


GEPHI = """<?xml version='1.0' encoding='UTF-8'?>
<gexf xmlns="http://www.gexf.net/1.3" version="1.3" xmlns:viz="http://www.gexf.net/1.3/viz">
  <graph defaultedgetype="directed" mode="dynamic" timeformat="double" timerepresentation="interval">
    <attributes class="node" mode="static"><attribute id="kind" title="Kind" type="string"/></attributes>
    <attributes class="edge" mode="dynamic"><attribute id="weight" title="Weight" type="float"/></attributes>
    <nodes>
      <node id="0" label="Han"><attvalues><attvalue for="kind" value="city"/></attvalues>
        <viz:size value="10.0"/><spells><spell start="2009.0" end="2015.0"/></spells></node>
      <node id="1" label="Hue"/>
      <node id="2" label="Vin"/>
      <node id="3" label="Alone"/>
    </nodes>
    <edges>
      <edge id="0" source="0" target="1" weight="2.0">
        <spells><spell start="2009.0" end="2010.0"/><spell start="2012.0" end="2013.0"/></spells>
      </edge>
      <edge id="1" source="1" target="2" weight="1.0">
        <attvalues>
          <attvalue for="weight" value="3.0" start="2010.0" end="2011.0"/>
          <attvalue for="weight" value="5.0" start="2011.0" end="Infinity"/>
        </attvalues>
      </edge>
      <edge id="2" source="2" target="0" type="undirected" start="2010" endopen="2012"/>
    </edges>
  </graph>
</gexf>
"""


def test_spells_and_changing_weights_of_gephi_are_ties_that_change(tmp_path):
    frame = read_graph(written(tmp_path, GEPHI), edges="influence", unit="label")
    assert frame.rows() == [
        ("Han", "Hue", 2.0, "2009", "2010"),
        ("Han", "Hue", 2.0, "2012", "2013"),
        ("Hue", "Vin", 3.0, "2010", "2011-12-30"),  # gives way to the weight that begins in 2011
        ("Hue", "Vin", 5.0, "2011", None),
        ("Vin", "Han", 1.0, "2010", "2012-12-30"),
        ("Han", "Vin", 1.0, "2010", "2012-12-30"),
        (None, "Alone", None, None, None),
    ]
    layer = layer_from_frame(frame)
    hue, han, vin = (layer.units.index(name) for name in ("Hue", "Han", "Vin"))
    held = {year: layer.at(year)[hue, han] for year in range(2009, 2015)}
    assert held == {2009: 2, 2010: 2, 2011: 0, 2012: 2, 2013: 2, 2014: 0}
    assert [layer.at(year)[vin, hue] for year in (2009, 2010, 2011, 2020)] == [0, 3, 5, 5]


def test_a_spell_that_ends_where_the_next_begins_does_not_count_twice(tmp_path):
    text = GEPHI.replace('start="2012.0" end="2013.0"', 'start="2010.0" end="2013.0"')
    layer = layer_from_frame(read_graph(written(tmp_path, text), edges="influence"))
    row, column = layer.units.index("1"), layer.units.index("0")
    assert [layer.at(year)[row, column] for year in (2009, 2010, 2013)] == [2, 2, 2]


def test_dates_periods_and_moments(tmp_path):
    def spans(words):
        edge = f'<edge source="a" target="b" {words}'
        text = f'<gexf><graph><nodes><node id="a"/><node id="b"/></nodes><edges>{edge}</edges></graph></gexf>'
        frame = read_graph(written(tmp_path, text))
        return [row[3:] for row in frame.rows() if row[0] == "a"]

    assert spans('start="2018-07-08" end="2019-01-01T12:00:00"/>') == [("2018-07-08", "2019-01-01")]
    assert spans('start="1" end="4.0"/>') == [("1", "4")]
    assert spans('timestamp="2018-07"/>') == [("2018-07", "2018-07")]
    assert spans('><spells><spell timestamp="3"/><spell timestamp="7"/></spells></edge>') == [
        ("3", "3"), ("7", "7"),
    ]  # fmt: skip
    assert spans('start="-Infinity" end="2018"/>') == [(None, "2018")]
    for bad, says in (
        ('start="2018-02-30"/>', "not a day"),
        ('start="2018.5"/>', "neither a date nor a year"),
        ('start="1262304000000"/>', "neither a date nor a year"),
        ('start="2019" end="2018"/>', "before it begins"),
        ('weight="many"/>', "weight `many` is not a number"),
        ('weight="-1"/>', "below 0"),
        ('timestamps="[2009, 2010]"/>', "times as a list"),
    ):
        with pytest.raises(CaseError, match=f"line 1: .*{says}"):
            spans(bad)


GRAPHML = """<?xml version="1.0"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="d0" for="edge" attr.name="strength" attr.type="double"><default>0.5</default></key>
  <key id="d0" for="node" attr.name="name" attr.type="string"/>
  <key id="d1" for="edge" attr.name="start" attr.type="string"/>
  <key id="d2" for="edge" attr.name="source" attr.type="string"/>
  <graph edgedefault="undirected">
    <node id="n0"><data key="d0">state</data>
      <graph id="n0:" edgedefault="directed"><node id="n0::a"><data key="d0">town</data></node></graph>
    </node>
    <node id="n1"><data key="d0">port</data></node>
    <edge source="n0" target="n1"><data key="d0">2.5</data><data key="d1">2018</data></edge>
    <edge source="n1" target="n0::a" directed="true"><data key="d2">a report</data></edge>
    <edge source="n1" target="n1"/>
  </graph>
</graphml>
"""


def test_graphml_by_hand_with_defaults_nesting_and_directions(tmp_path, caplog):
    file = written(tmp_path, GRAPHML, "net.graphml")
    with caplog.at_level(logging.WARNING, logger="diffuscope"):
        frame = read_graph(file, edges="attention", unit="name", weight="strength")
    assert set(frame.rows()) == {
        ("state", "port", 2.5, "2018", None),
        ("port", "state", 2.5, "2018", None),
        ("town", "port", 0.5, None, None),
    }
    assert "1 loop " in caplog.text
    with pytest.raises(PlanError, match=r"'influence' .* or 'attention'"):
        read_graph(file)
    with pytest.raises(PlanError, match=r"No edge of .* `tonnes`; they have .*`strength`"):
        read_graph(file, edges="influence", weight="tonnes")


def test_a_weight_that_others_have_is_not_made_up(tmp_path):
    text = GRAPHML.replace("<default>0.5</default>", "")
    frame = read_graph(
        written(tmp_path, text, "net.graphml"), edges="attention", unit="name", weight="strength"
    )
    assert ("town", "port", None, None, None) in frame.rows()
    with pytest.raises(CaseError, match="`weight`: A tie has no weight"):
        layer_from_frame(frame)


BOMB = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))


@pytest.mark.parametrize(
    "declared",
    [
        "<!DOCTYPE gexf>",
        '<!DOCTYPE gexf [<!ENTITY place SYSTEM "file:///etc/hostname">]>',
        f'<!DOCTYPE gexf [<!ENTITY l0 "lol">{BOMB}]>',
        '<!DOCTYPE gexf SYSTEM "http://localhost/net.dtd">',
    ],
    ids=["bare", "outside", "bomb", "dtd"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_and_document_types_are_refused(tmp_path, declared, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n{declared}<gexf><graph><nodes><node id="&l9;"/>'
    file = tmp_path / "net.gexf"
    file.write_bytes(text.encode(encoding))
    with pytest.raises(CaseError, match=r"line 2: the file declares a document type \(`gexf`\)"):
        read_graph(file)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not XML"),
        ("a,b\n1,2", "not XML"),
        ("<gexf><graph>", "not XML"),
        ("<gexf>&nbsp;</gexf>", "not XML"),
        ('<?xml version="1.0" encoding="klingon"?><gexf/>', "not XML"),
        ("<gexf/>", "no graph with nodes"),
        ('<node id="a"/>', "no graph with nodes"),
        ('<attribute id="a"/>', "no graph with nodes"),
        ("<a>" * 200, "nested too deeply"),
        ("<graph><node/></graph>", "line 1: a node has no id"),
        ('<graph><node id="a"/>\n<node id="a"/></graph>', "line 2: the node `a` is listed twice"),
        ('<graph><node id="a"/><edge source="a"/></graph>', "lacks its source or its target"),
        ('<graph><node id="a"/><edge source="a" target="b"/></graph>', "`b`, which is not a node"),
        ('<graph><node id="a"/><hyperedge/></graph>', "more than two"),
        ('<g><graph><node id="a"/></graph><graph><node id="b"/></graph></g>', "several graphs"),
    ],
)
@every_format
def test_what_is_no_network_is_refused_in_words(tmp_path, text, says, ending):
    with pytest.raises(CaseError, match=says):
        read_graph(written(tmp_path, text, f"net{ending}"))


def test_other_files_and_large_ones_are_refused(tmp_path, monkeypatch):
    with pytest.raises(PlanError, match=r"does not end in one of \.graphml, \.gexf"):
        read_graph("net.paj")
    with pytest.raises(CaseError, match="no file"):
        read_graph(tmp_path / "net.gexf")
    with pytest.raises(PlanError, match="edges is 'both'"):
        read_graph("net.gexf", edges="both")
    monkeypatch.setattr(limits, "GRAPH_BYTES", 100)
    with pytest.raises(CaseError, match="larger than"):
        read_graph(written(tmp_path, GEPHI))


def test_two_nodes_of_one_name_cannot_be_told_apart(tmp_path):
    text = GEPHI.replace('label="Hue"', 'label="Han"')
    with pytest.raises(PlanError, match=r"2 nodes .* have the label `Han`"):
        read_graph(written(tmp_path, text), edges="influence", unit="label")
