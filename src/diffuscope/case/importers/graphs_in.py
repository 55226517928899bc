"""Ties from a file of a network program: GraphML and GEXF."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from diffuscope.case import limits
from diffuscope.case.importers.spans import Span, spans_of
from diffuscope.case.importers.xml_parts import Part, each_part
from diffuscope.errors import CaseError, PlanError
from diffuscope.records.phrases import in_code

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDINGS = (".graphml", ".gexf")
WHOLE = frozenset({"key", "attribute", "node", "edge", "hyperedge"})
SCHEMA: Any = {"sender": str, "receiver": str, "weight": float, "start": str, "end": str}
LISTS = frozenset({"intervals", "timestamps"})
NO_ATTRIBUTES = {"source", "target", "id", "type", "directed", "start", "end"}

_log = logging.getLogger("diffuscope")


@dataclass(slots=True)
class _Edge:
    """An edge as the file has it."""

    source: str
    target: str
    directed: bool
    spans: list[Span]
    line: int


@dataclass
class _Graph:
    """What has been read of a file so far."""

    file: str
    weight: str
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    """What an attribute is called: of nodes, edges or all, and its key."""
    usual: dict[tuple[str, str], str] = field(default_factory=dict)
    """Value of an attribute where none is given: of nodes, edges or all, and its name."""
    nodes: dict[str, dict[str, str]] = field(default_factory=dict)
    edges: list[_Edge] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    """Names of the attributes that edges have."""
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
            raise self.wrong(graphs[0], "the file holds several graphs", "save one graph to a file")
        if part.name == "hyperedge":
            raise self.wrong(part, "an edge of more than two", "write it as edges between two each")
        if part.name == "node":
            self._node(part)
        else:
            self._edge(part, graphs[-1])

    def wrong(self, part: Part, what: str, fix: str) -> CaseError:
        """What is wrong with an element, and where it stands."""
        return CaseError(f"`{self.file}`, line {part.line}: {what}. Fix: {fix}.")

    def _declare(self, part: Part, outer: tuple[Part, ...]) -> None:
        """An attribute that nodes or edges can have: `key` in GraphML, `attribute` in GEXF."""
        told, key = part.attributes, part.attributes.get("id", "")
        around = outer[-1].attributes if outer else {}
        whose = told.get("for", "all") if part.name == "key" else around.get("class", "all")
        name = self.names[whose, key] = told.get("attr.name") or told.get("title") or key
        for default in part.named("default"):
            self.usual[whose, name] = default.text.strip()

    def _values(self, part: Part, whose: str) -> dict[str, str]:
        """Attributes of a node or edge by name: those of the element, and those declared."""
        found = {name: value for (owner, name), value in self.usual.items() if owner in (whose, "all")}
        found |= part.attributes
        for data in part.named("data", "attvalue"):
            if not _timed(data):
                found[self._name(data, whose)] = data.attributes.get("value", data.text).strip()
        return found

    def _name(self, data: Part, whose: str) -> str:
        key = data.attributes.get("key") or data.attributes.get("for") or ""
        return self.names.get((whose, key)) or self.names.get(("all", key)) or key

    def _node(self, part: Part) -> None:
        node = part.attributes.get("id", "").strip()
        if not node:
            raise self.wrong(part, "a node has no id", "give it one")
        if node in self.nodes:
            raise self.wrong(part, f"the node `{node}` is listed twice", "give each its own id")
        self.nodes[node] = self._values(part, "node")

    def _edge(self, part: Part, graph: Part) -> None:
        own, told = part.attributes, self._values(part, "edge")
        source, target = own.get("source", "").strip(), own.get("target", "").strip()
        if not (source and target):
            raise self.wrong(part, "an edge lacks its source or its target", "name both nodes")
        if not LISTS.isdisjoint(own):
            raise self.wrong(part, "an edge has its times as a list", "export the network with spells")
        dated = [
            data.attributes | {"value": data.attributes.get("value", data.text)}
            for data in part.named("attvalue")
            if _timed(data) and self.weight in (self._name(data, "edge"), data.attributes.get("for"))
        ]
        self.seen.update(told, {self.weight} if dated else ())
        spells = [spell.attributes for spell in part.named("spell")]
        times = own | {name: told[name] for name in ("start", "end") if name in told}
        try:
            spans = spans_of(times, told.get(self.weight), spells, dated)
        except ValueError as error:
            fix = "write numbers as 2.5 and times as 2018-07-08 or 2018"
            raise self.wrong(part, str(error), fix) from error
        self.edges.append(_Edge(source, target, _directed(part, graph), spans, part.line))


def read_graph(
    path: str | Path,
    *,
    edges: Literal["influence", "attention"] | None = None,
    unit: str = "id",
    weight: str = "weight",
) -> pl.DataFrame:
    """Ties from a GraphML or GEXF file, as Gephi, igraph, networkx and others write them.

    Parameters
    ----------
    path : str or Path
    edges : {"influence", "attention"}, needed where edges have a direction
        influence: an edge leads from who acts to who is acted on · attention: from who looks to whom it
        looks at (citations, nominations), so that the one looked at is the sender.
    unit : str
        What names the units: the `id` of the nodes, or an attribute that each has of its own, as `label`.
    weight : str
        Attribute of the edges that holds their strength.

    Returns
    -------
    polars.DataFrame
        Columns `sender`, `receiver`, `weight`, and `start` and `end` where edges are dated, as
        `layer_from_frame` and `add_exposure` take them. Ties without direction are two rows. Parallel edges
        add up. A node without edges is a row with a receiver alone. Loops are left out, and a warning counts
        them. Without any weight in the file each tie weighs 1.

    Raises
    ------
    CaseError
        If the file is not there, too large, damaged, declares a document type (entities are never expanded),
        or an edge or node in it cannot be used; with its line.
    PlanError
        If it is of another kind, has no such attribute, or it is not said what an edge means.

    Notes
    -----
    Dates are those of GEXF (`start`, `end`, spells, weights that change), or attributes `start` and `end`
    in GraphML, which has none of its own. A time is a date, a year, or a whole number that counts periods. A
    span that ends where the next one of the same edge begins gives way to it. When nodes were there is not
    read; `person_period` takes that.
    """
    file = Path(path)
    if file.suffix.lower() not in ENDINGS:
        raise PlanError(f"`{file.name}` does not end in one of {', '.join(ENDINGS)}.")
    if edges not in (None, "influence", "attention"):
        raise PlanError(f"edges is {edges!r}; it must be 'influence' or 'attention'.")
    if not file.is_file():
        raise CaseError(f"There is no file `{file.name}`.")
    if file.stat().st_size > limits.GRAPH_BYTES:
        raise CaseError(f"`{file.name}` is larger than {limits.GRAPH_BYTES // limits.MB:,} MB.")
    graph = _Graph(file.name, weight)
    each_part(file, WHOLE, graph.take)
    _refuse(graph, edges)
    return _frame(graph, _units(graph, unit), attention=edges == "attention")


def _timed(data: Part) -> bool:
    """Whether a value is that of some time only."""
    return "start" in data.attributes or "end" in data.attributes


def _directed(edge: Part, graph: Part) -> bool:
    """Whether an edge has a direction: its own word, or that of the graph."""
    if "directed" in edge.attributes:
        return edge.attributes["directed"].strip().lower() in ("true", "1")
    usual = graph.attributes.get("edgedefault") or graph.attributes.get("defaultedgetype") or "undirected"
    return edge.attributes.get("type", usual).strip().lower() == "directed"


def _refuse(graph: _Graph, edges: str | None) -> None:
    """Refuse what makes no ties: no graph, an edge to nowhere, a direction nobody explained."""
    if not graph.nodes:
        raise CaseError(f"`{graph.file}` holds no graph with nodes.")
    for edge in graph.edges:
        strange = [node for node in (edge.source, edge.target) if node not in graph.nodes]
        if strange:
            raise CaseError(
                f"`{graph.file}`, line {edge.line}: an edge leads to or from `{strange[0]}`, which is "
                "not a node. Fix: add the node."
            )
    if edges is None and any(edge.directed for edge in graph.edges):
        raise PlanError(
            f"Edges of `{graph.file}` have a direction; state whether an edge is 'influence' (its source "
            "acts) or 'attention' (its source looks at its target)."
        )
    if graph.weight != "weight" and graph.edges and graph.weight not in graph.seen:
        has = in_code(sorted(graph.seen - NO_ATTRIBUTES)) or "none"
        raise PlanError(f"No edge of `{graph.file}` has the attribute `{graph.weight}`; they have {has}.")


def _units(graph: _Graph, unit: str) -> dict[str, str]:
    """What each node is called."""
    if unit == "id":
        return {node: node for node in graph.nodes}
    names = {node: told.get(unit, "").strip() for node, told in graph.nodes.items()}
    bare = [node for node, name in names.items() if not name]
    if bare:
        has = in_code(sorted(graph.nodes[bare[0]]))
        raise PlanError(f"The node `{bare[0]}` of `{graph.file}` has no `{unit}`; it has {has}.")
    name, count = Counter(names.values()).most_common(1)[0]
    if count > 1:
        raise PlanError(f"{count} nodes of `{graph.file}` have the {unit} `{name}`; name units by `id`.")
    return names


def _frame(graph: _Graph, called: dict[str, str], *, attention: bool) -> pl.DataFrame:
    """One row a tie and span, then those without ties."""
    weighed = any(span.weight is not None for edge in graph.edges for span in edge.spans)
    # GEXF says that an edge without a weight weighs 1; in GraphML, where others have one, it is not known
    unsaid = 1.0 if not weighed or graph.file.lower().endswith(".gexf") else None
    rows = list(_rows(graph, called, unsaid, attention=attention))
    loops = sum(edge.source == edge.target for edge in graph.edges)
    if loops:
        _log.warning("%s: %d loops (a unit tied to itself) were left out.", graph.file, loops)
    tied = {name for row in rows for name in row[:2]}
    rows += [(None, name, None, None, None) for name in called.values() if name not in tied]
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    same = ["sender", "receiver", "start", "end"]
    known = pl.col("weight").is_not_null().all()  # a sum with an unknown is not known
    total = pl.when(known).then(pl.col("weight").sum()).alias("weight")
    frame = frame.group_by(same, maintain_order=True).agg(total).select(list(SCHEMA))
    return frame.drop([name for name in ("start", "end") if not _dated(frame)])


def _rows(
    graph: _Graph, called: dict[str, str], unsaid: float | None, *, attention: bool
) -> Iterator[tuple[Any, ...]]:
    for edge in graph.edges:
        if edge.source == edge.target:
            continue
        source, target = called[edge.source], called[edge.target]
        ends = [(target, source) if attention else (source, target)]
        if not edge.directed:
            ends = [(source, target), (target, source)]
        for span in edge.spans:
            weight = unsaid if span.weight is None else span.weight
            for sender, receiver in ends:
                yield sender, receiver, weight, span.start, span.end


def _dated(frame: pl.DataFrame) -> bool:
    return bool(frame["start"].is_not_null().any() or frame["end"].is_not_null().any())
