"""Nodes and edges of GraphML (also yEd's) and GEXF files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diffuscope.case.importers.graph_parts import Graph
from diffuscope.case.importers.xml_parts import Part, each_part
from diffuscope.records.phrases import one_line

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = frozenset({"key", "attribute", "node", "edge", "hyperedge"})
LISTS = frozenset({"intervals", "timestamps"})
YED = ("NodeLabel", "EdgeLabel")
"""Elements in which yEd keeps what is written on a node or an edge."""


@dataclass
class _XmlGraph(Graph):
    """What has been read of an XML file so far."""

    names: dict[tuple[str, str], str] = field(default_factory=dict)
    """What an attribute is called: of nodes, edges or all, and its key."""
    usual: dict[tuple[str, str], str] = field(default_factory=dict)
    """Value of an attribute where none is given: of nodes, edges or all, and its name."""
    top: Part | None = None
    """The element of the graph."""

    def take(self, part: Part, outer: tuple[Part, ...]) -> None:
        """One element of the file."""
        if part.name in ("key", "attribute"):
            self._declare(part, outer)
            return
        graphs = [one for one in outer if one.name == "graph"]
        if not graphs:
            return
        self.top = self.top or graphs[0]
        if graphs[0] is not self.top:
            raise self.wrong(graphs[0].line, "the file holds several graphs", "save one graph to a file")
        if part.name == "hyperedge":
            raise self.wrong(part.line, "an edge of more than two", "write it as edges between two each")
        if part.name == "node":
            self.add_node(part.attributes.get("id", "").strip(), self._values(part, "node"), part.line)
        else:
            self._edge(part, graphs[-1])

    def _declare(self, part: Part, outer: tuple[Part, ...]) -> None:
        """An attribute that nodes or edges can have: `key` in GraphML, `attribute` in GEXF."""
        attributes, key = part.attributes, part.attributes.get("id", "")
        around = outer[-1].attributes if outer else {}
        whose = attributes.get("for", "all") if part.name == "key" else around.get("class", "all")
        name = self.names[whose, key] = attributes.get("attr.name") or attributes.get("title") or key
        for default in part.named("default"):
            self.usual[whose, name] = default.text.strip()

    def _values(self, part: Part, whose: str) -> dict[str, str]:
        """Attributes of a node or edge by name: those of the element, and those declared."""
        values = {name: value for (owner, name), value in self.usual.items() if owner in (whose, "all")}
        values |= part.attributes
        for data in part.named("data", "attvalue"):
            if data.parts:  # a drawing, whose label is all that it tells of the network
                texts = (one_line(label.text).strip() for label in data.named(*YED))
                written = next(filter(None, texts), None)
                values |= {"label": written} if written else {}
            elif not _timed(data):
                values[self._name(data, whose)] = data.attributes.get("value", data.text).strip()
        return values

    def _name(self, data: Part, whose: str) -> str:
        key = data.attributes.get("key") or data.attributes.get("for") or ""
        return self.names.get((whose, key)) or self.names.get(("all", key)) or key

    def _edge(self, part: Part, graph: Part) -> None:
        own, attributes = part.attributes, self._values(part, "edge")
        if not LISTS.isdisjoint(own):
            raise self.wrong(part.line, "an edge has its times as a list", "export the network with spells")
        dated = [
            data.attributes | {"value": data.attributes.get("value", data.text)}
            for data in part.named("attvalue")
            if _timed(data) and self.weight in (self._name(data, "edge"), data.attributes.get("for"))
        ]
        spells = [spell.attributes for spell in part.named("spell")]
        ends = (own.get("source", "").strip(), own.get("target", "").strip())
        times = own | {name: attributes[name] for name in ("start", "end") if name in attributes}
        directed = _directed(part, graph)
        self.add_edge(
            *ends, attributes, part.line, directed=directed, times=times, spells=spells, dated=dated
        )


def read_xml_graph(file: Path, weight: str) -> Graph:
    """The network of a GraphML or GEXF file."""
    graph = _XmlGraph(file.name, weight)
    each_part(file, WHOLE, graph.take)
    if file.suffix.lower() == ".gexf":  # GEXF says that an edge without a weight weighs 1
        graph.unsaid = 1.0
    return graph


def _timed(data: Part) -> bool:
    """Whether a value is that of some time only."""
    return "start" in data.attributes or "end" in data.attributes


def _directed(edge: Part, graph: Part) -> bool:
    """Whether an edge has a direction: its own word, or that of the graph."""
    if "directed" in edge.attributes:
        return edge.attributes["directed"].strip().lower() in ("true", "1")
    usual = graph.attributes.get("edgedefault") or graph.attributes.get("defaultedgetype") or "undirected"
    return edge.attributes.get("type", usual).strip().lower() == "directed"
