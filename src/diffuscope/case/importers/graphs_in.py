"""Ties from a file of a network program: GraphML, GEXF, Pajek and GML."""

from __future__ import annotations

import logging
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from diffuscope.case import limits
from diffuscope.case.importers.frame_read import FrameRead
from diffuscope.case.importers.graph_parts import Edge, Graph
from diffuscope.case.importers.spans import spans_of
from diffuscope.case.importers.text_graphs import read_gml, read_pajek
from diffuscope.case.importers.xml_graphs import read_xml_graph
from diffuscope.errors import CaseError, PlanError
from diffuscope.records.phrases import counted, in_code, noun

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDINGS = (".graphml", ".gexf", ".net", ".gml")
SCHEMA: Any = {"sender": str, "receiver": str, "weight": float, "start": str, "end": str}
DECIMAL_COMMA = r"^([-+]?\d+),(\d{1,2}|\d{4,})$"
"""A number whose comma cannot part thousands."""
NO_ATTRIBUTES = {"source", "target", "id", "type", "directed", "start", "end"}

_log = logging.getLogger("diffuscope")


def read_graph(
    path: str | Path,
    *,
    edges: Literal["influence", "attention"] | None = None,
    unit: str = "id",
    weight: str = "weight",
    encoding: str | None = None,
) -> pl.DataFrame:
    """Ties from a GraphML, GEXF, Pajek (`.net`) or GML file, as yEd, Gephi, igraph and others write them.

    Parameters
    ----------
    path : str or Path
    edges : {"influence", "attention"}, needed where edges have a direction
        influence: an edge leads from who acts to who is acted on · attention: from who looks to whom it
        looks at (citations, nominations), so that the one looked at is the sender.
    unit : str
        What names the units: the `id` of the nodes, or an attribute that each has of its own, as `label`;
        that is also what yEd writes on a node, and the name of a vertex in Pajek, whose id is its number.
    weight : str
        Attribute of the edges that holds their strength. A number written on an edge in yEd is its `label`;
        where edges have no other weight and all labels are numbers, these are taken, and a warning says so.
    encoding : str, optional
        Of a Pajek or GML file that is not UTF-8: ``cp1252`` for Western Europe.

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
    Dates are those of GEXF (`start`, `end`, spells, weights that change), those in brackets in Pajek, or
    attributes `start` and `end` in GraphML and GML, which have none of their own. A time is a date, a year or
    a whole number that counts periods. A span that ends where the next one of the same edge begins gives way
    to it. When nodes were there is not read; `person_period` takes that.
    """
    file = Path(path)
    if edges not in (None, "influence", "attention"):
        raise PlanError(f"edges is {edges!r}; it must be 'influence' or 'attention'.")
    graph = parsed_graph(file, weight, encoding)
    read = graph_frame(graph, edges, unit)
    for note in read.notes:
        _log.warning("%s: %s", file.name, note)
    return read.frame


def graph_frame(graph: Graph, edges: str | None, unit: str) -> FrameRead:
    """The ties of a graph that was read, with what was decided on the way."""
    _refuse(graph, edges)
    graph.notes.clear()
    _weigh_by_labels(graph)
    frame = _frame(graph, _units(graph, unit), attention=edges == "attention")
    return FrameRead(frame, list(graph.notes))


def parsed_graph(file: Path, weight: str = "weight", encoding: str | None = None) -> Graph:
    """Nodes and edges of a file as they stand in it; `read_graph` says what is refused."""
    if file.suffix.lower() not in ENDINGS:
        raise PlanError(f"`{file.name}` does not end in one of {', '.join(ENDINGS)}.")
    if not file.is_file():
        raise CaseError(f"There is no file `{file.name}`.")
    if file.stat().st_size > limits.GRAPH_BYTES:
        raise CaseError(f"`{file.name}` is larger than {limits.GRAPH_BYTES // limits.MB:,} MB.")
    kind = file.suffix.lower()
    if kind in (".graphml", ".gexf"):
        return read_xml_graph(file, weight)
    return (read_pajek if kind == ".net" else read_gml)(file, weight, encoding)


def _weigh_by_labels(graph: Graph) -> None:
    """Take what is written on edges for their weight, where they have none and all of it are numbers."""
    if (
        graph.weight != "weight"
        or "weight" in graph.edge_attributes
        or not any(edge.label for edge in graph.edges)
    ):
        return
    try:
        weighed = [_by_label(edge) for edge in graph.edges]
    except ValueError:  # words, which are no strength
        numbers = sum(bool(re.search(r"\d", edge.label or "")) for edge in graph.edges)
        if numbers:
            graph.notes.append(
                f"what is written on {counted(numbers, 'edge')} is not taken for a weight: not all of it are "
                "numbers."
            )
        return
    graph.edges = weighed
    many = counted(sum(bool(edge.label) for edge in weighed), "edge")
    graph.notes.append(f"numbers written on {many} are taken for weights.")


def _by_label(edge: Edge) -> Edge:
    if not edge.label:
        return edge
    written = re.sub(DECIMAL_COMMA, r"\1.\2", edge.label)
    number = spans_of({}, written, (), ())[0].weight
    return replace(edge, spans=[span._replace(weight=number) for span in edge.spans])


def _refuse(graph: Graph, edges: str | None) -> None:
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
    if graph.weight != "weight" and graph.edges and graph.weight not in graph.edge_attributes:
        has = in_code(sorted(graph.edge_attributes - NO_ATTRIBUTES)) or "none"
        raise PlanError(f"No edge of `{graph.file}` has the attribute `{graph.weight}`; they have {has}.")


def _units(graph: Graph, unit: str) -> dict[str, str]:
    """What each node is called."""
    if unit == "id":
        return {node: node for node in graph.nodes}
    names = {node: attributes.get(unit, "").strip() for node, attributes in graph.nodes.items()}
    bare = [node for node, name in names.items() if not name]
    if bare:
        has = in_code(sorted(graph.nodes[bare[0]]))
        raise PlanError(f"The node `{bare[0]}` of `{graph.file}` has no `{unit}`; it has {has}.")
    name, count = Counter(names.values()).most_common(1)[0]
    if count > 1:
        raise PlanError(f"{count} nodes of `{graph.file}` have the {unit} `{name}`; name units by `id`.")
    return names


def _frame(graph: Graph, called: dict[str, str], *, attention: bool) -> pl.DataFrame:
    """One row a tie and span, then those without ties."""
    weighed = any(span.weight is not None for edge in graph.edges for span in edge.spans)
    unsaid = graph.unsaid if weighed else 1.0
    rows = list(_rows(graph, called, unsaid, attention=attention))
    loops = sum(edge.source == edge.target for edge in graph.edges)
    if loops:
        were = noun(loops, "was", "were")
        graph.notes.append(f"{counted(loops, 'loop')} (a unit tied to itself) {were} left out.")
    tied = {name for row in rows for name in row[:2]}
    rows += [(None, name, None, None, None) for name in called.values() if name not in tied]
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    same = ["sender", "receiver", "start", "end"]
    known = pl.col("weight").is_not_null().all()  # a sum with an unknown is not known
    total = pl.when(known).then(pl.col("weight").sum()).alias("weight")
    frame = frame.group_by(same, maintain_order=True).agg(total).select(list(SCHEMA))
    return frame.drop([name for name in ("start", "end") if not _dated(frame)])


def _rows(
    graph: Graph, called: dict[str, str], unsaid: float | None, *, attention: bool
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
