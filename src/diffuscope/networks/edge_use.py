"""What each edge of a network is used for: the adoptions that it explains best, and at which lags."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from diffuscope.networks.pairs import receiver_pairs

if TYPE_CHECKING:
    from diffuscope.networks.cascades import Events, Receivers
    from diffuscope.networks.greedy import Edges
    from diffuscope.networks.pairs import Pairs, Terms
    from diffuscope.records.arrays import Codes, Numbers


class Network(NamedTuple):
    """Edges by receiver; those of one receiver in the order in which they were found.

    Attributes
    ----------
    receivers : array of int, shape (R,)
        Those that have edges.
    starts : array of int, shape (R + 1,)
        Where the edges of each begin.
    senders : array of int, shape (K,)
    """

    receivers: Codes
    starts: Codes
    senders: Codes


def by_receiver(edges: Edges) -> tuple[Network, Codes]:
    """Edges by receiver, and their places in the order of the search."""
    order = np.argsort(edges.receivers, kind="stable")
    receivers, starts = np.unique(edges.receivers[order], return_index=True)
    return Network(receivers, np.append(starts, len(order)).astype(np.int64), edges.senders[order]), order


def edge_use(events: Events, index: Receivers, network: Network, terms: Terms) -> tuple[Numbers, Numbers]:
    """Adoptions that each edge explains best, of equals the edge found first; and their median lag.

    Where an edge explains none, the median is over all adoptions in which its sender came first.
    """
    volumes, medians = np.zeros(len(network.senders)), np.full(len(network.senders), np.nan)
    for at, receiver in enumerate(network.receivers.tolist()):
        pairs = receiver_pairs(events, index, receiver, terms)
        best, parent = pairs.base.copy(), np.full(len(pairs.own), -1)
        edges = range(int(network.starts[at]), int(network.starts[at + 1]))
        for edge in edges:
            mine = pairs_of(pairs, int(network.senders[edge]))
            slots, scores = pairs.slots[mine], pairs.scores[mine]
            better = scores > best[slots]
            best[slots[better]], parent[slots[better]] = scores[better], edge
        for edge in edges:
            sender = int(network.senders[edge])
            used = parent[pairs.slots[pairs_of(pairs, sender)]] == edge
            lags = pairs.lags(int(np.searchsorted(pairs.senders, sender)))
            volumes[edge], medians[edge] = used.sum(), np.median(lags[used] if used.any() else lags)
    return volumes, medians


def pairs_of(pairs: Pairs, sender: int) -> slice:
    """The pairs of one sender."""
    at = int(np.searchsorted(pairs.senders, sender))
    return slice(int(pairs.starts[at]), int(pairs.starts[at + 1]))
