"""Inferred networks: who seems to follow whom over many policies, and along which ties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.records.numbers import decimal, p_value
from diffuscope.records.phrases import counted
from diffuscope.report.names import spoken

if TYPE_CHECKING:
    from diffuscope.records.inferred import InferredEdge, InferredRecord, LayerOverlap
    from diffuscope.report.names import Names
    from diffuscope.result import Result

SHOWN = 25
"""Edges that the page shows; all stand in a file."""


def inferred(result: Result, names: Names) -> list[dict[str, Any]]:
    """The network of each analysis that asks for one.

    Parameters
    ----------
    result : Result
    names : Names

    Returns
    -------
    list of dict
        One per network: `id`, `question`, `refused`, `facts` (number, meaning), `notes`, `edges`, `more`,
        `overlaps`.
    """
    questions = {analysis.id: analysis for analysis in result.analyses}
    return [
        {
            "id": one.analysis,
            "question": questions[one.analysis].question,
            "spoken": spoken(questions[one.analysis]),
            "refused": one.refused,
            "facts": [] if one.refused else _facts(one),
            "delay": one.delay,
            "notes": one.notes,
            "edges": [_edge(edge, names) for edge in one.edges[:SHOWN]],
            "more": max(0, len(one.edges) - SHOWN),
            "overlaps": [_overlap(found) for found in one.overlaps],
        }
        for one in result.networks
        if one.analysis in questions
    ]


def _facts(one: InferredRecord) -> list[tuple[str, str]]:
    share = f" ({one.explained / one.followers:.0%})" if one.followers else ""
    facts = [
        (f"{len(one.edges):,}", f"inferred edges among {counted(one.units, 'unit')}"),
        (f"{one.ordered:,}", f"of {counted(one.policies, 'policy', 'policies')} with an order of adoptions"),
        (f"{one.explained:,}", f"of {one.followers:,} later adoptions explained{share}"),
        (
            f"{one.discovered:,}",
            f"edges at a false discovery rate of at most 5 %, from {one.draws:,} permutations",
        ),
        (f"{one.stable:,}", f"edges found in at least half of {one.draws:,} samples of the policies"),
    ]
    if one.optimality is not None:
        facts.append(
            (f"{one.optimality:.0%}", "at least, of what the best network of as many edges improves")
        )
    return facts


def _edge(edge: InferredEdge, names: Names) -> dict[str, str]:
    return {
        "sender": names.unit(edge.sender),
        "receiver": names.unit(edge.receiver),
        "volume": f"{edge.volume:,.4g}",
        "support": f"{edge.support:,.4g}",
        "lag": f"{edge.median_lag:.3g}",
        "frequency": f"{edge.frequency:.0%}",
        "fdr": f"{edge.fdr:.2f}",
        "tied": f"{edge.tied:,}" if edge.tied else "",
    }


def _overlap(found: LayerOverlap) -> dict[str, Any]:
    return {
        "mechanism": found.mechanism,
        "layer": found.layer,
        "edges": f"{found.edges_tied:.0%}" if found.edges_tied is not None else "–",
        "pairs": f"{found.pairs_tied:.0%}" if found.pairs_tied is not None else "–",
        "correlation": decimal(found.correlation) if found.correlation is not None else "–",
        "direction": p_value(found.p_direction) if found.p_direction is not None else "–",
        "p": p_value(found.p_holm) if found.p_holm is not None else "–",
        "refused": found.refused,
    }
