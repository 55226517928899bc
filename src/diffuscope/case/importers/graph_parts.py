"""Nodes and edges of a network file as they stand in it, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diffuscope.case.importers.spans import Span, spans_of
from diffuscope.errors import CaseError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(slots=True)
class Edge:
    """An edge as the file has it; `label` only where its weight is not said otherwise."""

    source: str
    target: str
    directed: bool
    spans: list[Span]
    line: int
    label: str | None = None


@dataclass
class Graph:
    """What has been read of a file so far."""

    file: str
    weight: str
    nodes: dict[str, dict[str, str]] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    edge_attributes: set[str] = field(default_factory=set)
    """Names of the attributes that edges have."""
    unsaid: float | None = None
    """Weight of an edge that has none, where others have one; None: not known."""
    notes: list[str] = field(default_factory=list)
    """What was decided while it became a frame, a sentence each."""

    def wrong(self, line: int, what: str, fix: str) -> CaseError:
        """What is wrong with an element, and where it stands."""
        return CaseError(f"`{self.file}`, line {line}: {what}. Fix: {fix}.")

    def add_node(self, node: str, attributes: Mapping[str, str], line: int) -> None:
        """A node with its attributes.

        Raises
        ------
        CaseError
            If it has no id, or another has the same.
        """
        if not node:
            raise self.wrong(line, "a node has no id", "give it one")
        if node in self.nodes:
            raise self.wrong(line, f"the node `{node}` is listed twice", "give each its own id")
        self.nodes[node] = dict(attributes)

    def add_edge(
        self,
        source: str,
        target: str,
        attributes: Mapping[str, str],
        line: int,
        *,
        directed: bool,
        times: Mapping[str, str] | None = None,
        spells: Sequence[Mapping[str, str]] = (),
        dated: Sequence[Mapping[str, str]] = (),
    ) -> None:
        """An edge with its attributes, its own times, the spells in which it holds, and its weights by time.

        Raises
        ------
        CaseError
            If it lacks an end, or its times or weight cannot be read.
        """
        if not (source and target):
            raise self.wrong(line, "an edge lacks its source or its target", "name both nodes")
        self.edge_attributes.update(attributes, {self.weight} if dated else ())
        try:
            spans = spans_of(times or {}, attributes.get(self.weight), spells, dated)
        except ValueError as error:
            fix = "write numbers as 2.5 and times as 2018-07-08 or 2018"
            raise self.wrong(line, str(error), fix) from error
        self.edges.append(Edge(source, target, directed, spans, line, attributes.get("label")))
