"""What a network explains: which adoptions have a parent inside it, and what further edges could add."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from diffuscope.networks.netinf import engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.networks.cascades import Cascades
    from diffuscope.networks.netinf import Edges
    from diffuscope.networks.pairs import Pairs, Terms
    from diffuscope.records.arrays import Codes, Numbers


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
    for own, pairs in _with_edges(edges, cascades, terms):
        best = pairs.base.copy()
        parent = np.full(len(best), -1)
        mine = [_pairs_of(pairs, int(edges.senders[edge])) for edge in own]
        for place, pair in enumerate(mine):
            slots = pairs.slots[pair]
            better = pairs.scores[pair] > best[slots]
            best[slots[better]] = pairs.scores[pair][better]
            parent[slots[better]] = place
        for place, pair in enumerate(mine):
            used = parent[pairs.slots[pair]] == place
            volumes[own[place]] = used.sum()
            all_lags = pairs.lags(int(np.searchsorted(pairs.senders, edges.senders[own[place]])))
            lags[own[place]] = np.median(all_lags[used] if used.any() else all_lags)
    followers = cascades.followers if terms.shared_lag == 0 else _may_follow(cascades)
    explained = round(float(volumes.sum()) / cascades.copies)
    return Explained(followers, explained, explained / followers if followers else None, volumes, lags)


def remaining_gains(edges: Edges, cascades: Cascades, terms: Terms, many: int) -> Numbers:
    """The largest gains that edges outside a network would bring, given the network."""
    order, starts = cascades.by_receiver()
    into: dict[int, list[int]] = {}
    for edge, receiver in enumerate(edges.receivers.tolist()):
        into.setdefault(receiver, []).append(edge)
    largest = np.zeros(0)
    for receiver in np.flatnonzero(np.diff(starts) > 0).tolist():
        pairs = engine().pairs(cascades.events, order[starts[receiver] : starts[receiver + 1]], terms)
        current = pairs.base.copy()
        for edge in into.get(receiver, []):
            pair = _pairs_of(pairs, int(edges.senders[edge]))
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


def _with_edges(edges: Edges, cascades: Cascades, terms: Terms) -> Iterator[tuple[Codes, Pairs]]:
    """Each receiver that has edges: their places in the order of the search, and its pairs."""
    order, starts = cascades.by_receiver()
    for receiver in np.unique(edges.receivers).tolist():
        pairs = engine().pairs(cascades.events, order[starts[receiver] : starts[receiver + 1]], terms)
        yield np.flatnonzero(edges.receivers == receiver), pairs


def _pairs_of(pairs: Pairs, sender: int) -> slice:
    at = int(np.searchsorted(pairs.senders, sender))
    return slice(int(pairs.starts[at]), int(pairs.starts[at + 1]))
