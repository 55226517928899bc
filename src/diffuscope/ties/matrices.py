"""Ties that people bring as a matrix with named axes, or as a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import sparse

from diffuscope.errors import PlanError
from diffuscope.records.phrases import counted, noun
from diffuscope.ties.layer import Layer, without_self

if TYPE_CHECKING:
    from collections.abc import Sequence


def layer_from_matrix(
    weights: Any,
    rows: Sequence[str],
    columns: Sequence[str],
    name: str = "ties",
    *,
    rows_are: Literal["receivers", "senders"],
    known_from: str | None = None,
    unit_of_measure: str | None = None,
    source: str | None = None,
    derived_from: Sequence[str] = (),
) -> Layer:
    """A layer from a matrix whose axes are named.

    Parameters
    ----------
    weights : scipy sparse matrix or array, or array, shape (rows, columns)
    rows, columns : sequence of str
        Ids, in order; the same ids on both sides make a square layer, whose diagonal is set to 0.
    name : str
    rows_are : {"receivers", "senders"}
        Who stands in the rows. A matrix alone does not say it, and programs differ, so it must be said.
    known_from, unit_of_measure, source, derived_from
        As for `Layer`.

    Returns
    -------
    Layer

    Raises
    ------
    PlanError
        If the names do not fit, or it is not said who stands in the rows.
    """
    if rows_are not in ("receivers", "senders"):
        raise PlanError(f"rows_are is {rows_are!r}; it must be 'receivers' or 'senders'.")
    matrix = sparse.csr_array(weights, dtype=np.float64)
    turned = rows_are == "senders"
    units, senders = (tuple(columns), tuple(rows)) if turned else (tuple(rows), tuple(columns))
    matrix = sparse.csr_array(matrix.T) if turned else matrix
    if set(units) == set(senders) and units != senders and matrix.shape[1] == len(senders):
        place = {sender: at for at, sender in enumerate(senders)}
        matrix, senders = matrix[:, [place[unit] for unit in units]], units
    if units == senders and matrix.shape[0] == matrix.shape[1]:
        matrix = without_self(matrix)
    return Layer(
        name=name,
        units=units,
        senders=senders,
        weights=matrix,
        known_from=known_from,
        unit_of_measure=unit_of_measure,
        source=source,
        derived_from=tuple(derived_from),
    )


def layer_from_graph(
    graph: Any,
    name: str = "ties",
    *,
    edges: Literal["influence", "attention"] | None = None,
    weight: str = "weight",
    known_from: str | None = None,
    unit_of_measure: str | None = None,
    source: str | None = None,
    derived_from: Sequence[str] = (),
) -> Layer:
    """A layer from a networkx graph.

    Parameters
    ----------
    graph : networkx.Graph
        Edges without the attribute `weight` weigh 1; parallel edges add up; loops are left out, which a note
        tells. Ties without direction run both ways.
    name : str
    edges : {"influence", "attention"}, needed where the graph is directed
        influence: an edge leads from who acts to who is acted on · attention: from who looks to whom it
        looks at (citations, nominations), so that the one looked at is the sender.
    weight : str
        Attribute of the edges.
    known_from, unit_of_measure, source, derived_from
        As for `Layer`.

    Returns
    -------
    Layer

    Raises
    ------
    PlanError
        If the graph is directed and it is not said what an edge means.
    """
    if not all(hasattr(graph, has) for has in ("is_directed", "edges", "nodes")):
        raise PlanError(f"A networkx graph is needed, not {type(graph).__name__}.")
    if graph.is_directed() and edges not in ("influence", "attention"):
        raise PlanError(
            f"edges is {edges!r}; it must be 'influence' (the source acts on the target) or 'attention' (the "
            "source looks to the target)."
        )
    units = tuple(str(node) for node in graph.nodes)
    place = {node: at for at, node in enumerate(graph.nodes)}
    ties = [(place[a], place[b], float(w)) for a, b, w in graph.edges(data=weight, default=1.0) if a != b]
    loops = graph.number_of_edges() - len(ties)
    first, second = (np.array([tie[end] for tie in ties], dtype=np.int64) for end in (0, 1))
    strength = np.array([tie[2] for tie in ties])
    # an edge of attention a → b means that b acts on a: the reverse of influence
    receivers, senders = (second, first) if edges == "influence" else (first, second)
    matrix = sparse.csr_array((strength, (receivers, senders)), shape=(len(units), len(units)))
    return Layer(
        name=name,
        units=units,
        weights=matrix if graph.is_directed() else matrix + matrix.T,
        known_from=known_from,
        unit_of_measure=unit_of_measure,
        source=source,
        derived_from=tuple(derived_from),
        notes=(f"{counted(loops, 'loop')} (a unit tied to itself) {noun(loops, 'was', 'were')} left out",)
        if loops
        else (),
    )
