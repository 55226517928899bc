"""What a network explains: which adoptions have a parent inside it, and what further edges could add."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from diffuscope.networks.edge_use import by_receiver, pairs_of
from diffuscope.networks.engine import engine

if TYPE_CHECKING:
    from diffuscope.networks.cascades import Cascades
    from diffuscope.networks.greedy import Edges
    from diffuscope.networks.pairs import Terms
    from diffuscope.records.arrays import Numbers


class Explained(NamedTuple):
    """What a network explains.

    Attributes
    ----------
    followers : int
        Adoptions that came after another adoption of the same policy.
    explained : int
        Those of them whose best parent is in the network; with jittered times the mean over the copies,
        rounded.
    share : float or None
        The second of the first; None where nobody followed.
    volumes : array of float, shape (K,)
        Adoptions of each edge's receiver that its sender explains best (copies counted).
    median_lags : array of float, shape (K,)
        Over these; over all in which the sender came first where there are none.
    """

    followers: int
    explained: int
    share: float | None
    volumes: Numbers
    median_lags: Numbers


def explained_by(edges: Edges, cascades: Cascades, terms: Terms) -> Explained:
    """Adoptions with their best parent inside a network; of equal parents the edge found first counts."""
    volumes, lags = np.zeros(len(edges.gains)), np.full(len(edges.gains), np.nan)
    network, order = by_receiver(edges)
    volumes[order], lags[order] = engine().use(cascades.events, cascades.by_receiver(), network, terms)
    followers = cascades.followers if terms.shared_lag == 0 else _may_follow(cascades)
    explained = round(float(volumes.sum()) / cascades.copies)
    return Explained(followers, explained, explained / followers if followers else None, volumes, lags)


def remaining_gains(edges: Edges, cascades: Cascades, terms: Terms, many: int) -> Numbers:
    """The largest gains that edges outside a network would bring, given the network."""
    index = cascades.by_receiver()
    into: dict[int, list[int]] = {}
    for edge, receiver in enumerate(edges.receivers.tolist()):
        into.setdefault(receiver, []).append(edge)
    largest = np.zeros(0)
    for receiver in index.adopting.tolist():
        pairs = engine().pairs(cascades.events, index, receiver, terms)
        current = pairs.base.copy()
        for edge in into.get(receiver, []):
            pair = pairs_of(pairs, int(edges.senders[edge]))
            np.maximum.at(current, pairs.slots[pair], pairs.scores[pair])
        owner = np.repeat(np.arange(len(pairs.senders)), np.diff(pairs.starts))
        rise = np.maximum(pairs.scores - current[pairs.slots], 0.0)
        gains = np.bincount(owner, rise, len(pairs.senders)) / cascades.copies
        largest = np.sort(np.append(largest, gains))[-many:]
    return largest


def _may_follow(cascades: Cascades) -> int:
    """Adoptions that may have come after another, where those at one time may follow each other."""
    events = cascades.events
    alone = (events.tie_first == events.starts[events.cascades]) & (events.tie_after - events.tie_first == 1)
    return int((~alone).sum()) // cascades.copies
