"""Many receivers at once, compiled by numba: of small ones, each call from Python would take longest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from diffuscope.networks.greedy import Edges
from diffuscope.networks.kernel_search import receiver_edges
from diffuscope.networks.kernels import compiled, log_density, pair_density, pairs_in, room_for

if TYPE_CHECKING:
    from diffuscope.networks.cascades import Events, Places, Receivers
    from diffuscope.networks.edge_use import Network
    from diffuscope.networks.greedy import Found, Search, Weights
    from diffuscope.networks.pairs import Terms
    from diffuscope.records.arrays import Codes, Flags, Numbers


@compiled
def _empty(many: int) -> Edges:
    return Edges(
        np.empty(many, np.int64), np.empty(many, np.int64), np.empty(many), np.empty(many),
        np.empty(many, np.int64), np.empty(many, np.int64), np.empty(many), np.empty(many, np.int64),
    )  # fmt: skip


@compiled
def _copy(out: Edges, to: int, receiver: int, found: Found) -> None:
    """Write the edges into one receiver to a place in others."""
    for at in range(len(found.senders)):
        out.senders[to + at], out.receivers[to + at] = found.senders[at], receiver
        out.gains[to + at], out.squares[to + at] = found.gains[at], found.squares[at]
        out.supports[to + at], out.distinct[to + at] = found.supports[at], found.distinct[at]
        out.mean_lags[to + at], out.tied[to + at] = found.mean_lags[at], found.tied[at]


@compiled
def _larger(made: Edges, count: int, many: int) -> Edges:
    """Room for more edges, with the first of some in it."""
    out = _empty(many)
    for at in range(count):
        out.senders[at], out.receivers[at] = made.senders[at], made.receivers[at]
        out.gains[at], out.squares[at] = made.gains[at], made.squares[at]
        out.supports[at], out.distinct[at] = made.supports[at], made.distinct[at]
        out.mean_lags[at], out.tied[at] = made.mean_lags[at], made.tied[at]
    return out


@compiled
def batch_edges(  # noqa: PLR0917 as the readable one
    events: Events, index: Receivers, receivers: Codes, terms: Terms, weights: Weights, search: Search
) -> Edges:
    """As `batch_edges` of `greedy.py`."""
    room = room_for(events, index, receivers, terms.shared_lag > 0)
    out, count = _empty(4 * len(receivers) + 16), 0
    for receiver in receivers:
        pairs = pairs_in(events, index, receiver, terms, search.least_support, room)
        if len(pairs.senders) == 0:
            continue
        found = receiver_edges(pairs, weights.each, weights.copies, weights.total, search)
        many = count + len(found.senders)
        if many > len(out.senders):
            out = _larger(out, count, 2 * many)
        _copy(out, count, receiver, found)
        count = many
    return _larger(out, count, count)


@compiled
def _base(events: Events, terms: Terms, at: int) -> float:
    """Score of an event without any parent inside the network."""
    if not terms.relative:
        return terms.outside
    first, tied, best = events.starts[events.cascades[at]], events.tie_first[at], -np.inf
    if terms.delay == 0:
        if tied > first:
            best = log_density(terms, events.times[at] - events.times[tied - 1])
        first = tied
    for place in range(first, events.tie_after[at] if terms.shared_lag > 0 else tied):
        best = max(best, pair_density(events, terms, place, at))
    return terms.outside + best


@compiled
def _uses(  # noqa: PLR0917 one receiver, and room
    events: Events, own: Places, terms: Terms, mark: Codes, edges: Codes, lags: Numbers, used: Flags
) -> int:
    """Write the edge and lag of each pair of a receiver that has an edge, and whether it is the parent."""
    count = 0
    for at in own:
        best, parent = _base(events, terms, at), -1
        until = events.tie_after[at] if terms.shared_lag > 0 else events.tie_first[at]
        for place in range(events.starts[events.cascades[at]], until):
            edge = mark[events.units[place]] - 1
            if edge < 0:
                continue
            density = pair_density(events, terms, place, at)
            if density == -np.inf:
                continue
            lag = events.times[at] - events.times[place]
            edges[count], lags[count], used[count] = edge, lag if lag > 0 else terms.shared_lag, False
            score = density + terms.inside
            if score > best or (parent >= 0 and score == best and edge < edges[parent]):
                best, parent = score, count
            count += 1
        if parent >= 0:
            used[parent] = True
    return count


@compiled
def _room_for_uses(events: Events, own: Places, many: int, shared: bool) -> int:
    """Pairs with an edge at most: as many as edges, or as others in the cascade."""
    total = 0
    for at in own:
        until = events.tie_after[at] if shared else events.tie_first[at]
        total += min(many, until - events.starts[events.cascades[at]])
    return total


@compiled
def edge_use(events: Events, index: Receivers, network: Network, terms: Terms) -> tuple[Numbers, Numbers]:
    """As `edge_use` of `edge_use.py`."""
    volumes, medians = np.zeros(len(network.senders)), np.full(len(network.senders), np.nan)
    mark = np.zeros(len(index.starts) - 1, dtype=np.int64)
    for at in range(len(network.receivers)):
        first, many = network.starts[at], network.starts[at + 1] - network.starts[at]
        for edge in range(many):
            mark[network.senders[first + edge]] = edge + 1
        receiver = network.receivers[at]
        own = index.order[index.starts[receiver] : index.starts[receiver + 1]]
        size = _room_for_uses(events, own, many, terms.shared_lag > 0)
        edges, lags, used = np.empty(size, np.int64), np.empty(size), np.zeros(size, np.bool_)
        count = _uses(events, own, terms, mark, edges, lags, used)
        order = np.argsort(edges[:count], kind="mergesort")
        begin = 0
        for edge in range(many):
            end = begin
            while end < count and edges[order[end]] == edge:
                end += 1
            mine = order[begin:end]
            parents = mine[used[mine]]
            volumes[first + edge] = len(parents)
            medians[first + edge] = np.median(lags[parents if len(parents) else mine])
            begin = end
            mark[network.senders[first + edge]] = 0
    return volumes, medians
