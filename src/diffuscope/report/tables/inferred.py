"""Inferred networks: their edges, and how far these run along the ties of each mechanism."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.report.tables.base import ANALYSIS, MECHANISM, OutTable

if TYPE_CHECKING:
    from diffuscope.result import Result


def edges(result: Result) -> OutTable:
    """One row per analysis and inferred edge."""
    columns = {
        "sender": "Who adopted earlier, by its id.",
        "receiver": "Who followed, by its id.",
        "improvement": "What the edge added to the objective.",
        "volume": "Adoptions of the receiver that this sender explains best.",
        "support": "Policies in which the sender came first.",
        "median_lag": "Median lag in periods, over the volume; over the support where that is 0.",
        "stopping_score": "As R's package computes its p-value; no valid test.",
        "tied": "Other edges that would have done as well by every rule but the order of names.",
        "frequency": "Share of the bootstrap samples of the policies that find the edge.",
        "fdr": "Expected share of false edges among all up to this one.",
    }
    return OutTable(
        name="inferred_edges",
        a_row_is="one edge of the network inferred in one analysis, in the order of the search",
        columns={**ANALYSIS, "rank": "Its place in the order of the search.", **columns},
        rows=tuple(
            (network.analysis, at, *(getattr(edge, name) for name in columns))
            for network in result.networks
            for at, edge in enumerate(network.edges, start=1)
        ),
    )


def overlaps(result: Result) -> OutTable:
    """One row per analysis with a network, and mechanism."""
    columns = {
        "layer": "The ties that it would work through.",
        "edges_tied": "Share of the inferred edges that run along such a tie.",
        "pairs_tied": "Share of all pairs of units that have one.",
        "correlation": "Partial correlation of edges and ties, given other ties, senders and receivers.",
        "p": "One-sided p-value: the largest over relabelled units, over rewired edges, and of direction.",
        "p_direction": "P-value of running with ties more than against them; empty where ties run both ways.",
        "p_holm": "The same after Holm's method over the mechanisms tested.",
        "refused": "Why it was not computed.",
    }
    return OutTable(
        name="inferred_overlaps",
        a_row_is="how far inferred edges run along the ties of one mechanism in one analysis",
        columns={**ANALYSIS, **MECHANISM, **columns},
        rows=tuple(
            (network.analysis, one.mechanism, *(getattr(one, name) for name in columns))
            for network in result.networks
            for one in network.overlaps
        ),
    )
