"""NetInf: the edges of all receivers, each found alone, merged by what they improve.

Gomez-Rodriguez, Leskovec & Krause 2010 (doi:10.1145/1835804.1835933) search over all edges at once. The
objective is a sum over receivers, so the merged sequences are the same edges in the same order.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from diffuscope.compute import cores
from diffuscope.networks import greedy, pairs
from diffuscope.networks.greedy import EQUAL, Search, compare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from diffuscope.networks.cascades import Cascades
    from diffuscope.networks.greedy import Found
    from diffuscope.networks.pairs import Pairs, Terms
    from diffuscope.records.arrays import Codes, Numbers


AHEAD = 2
"""Edges of each receiver that are looked for at first, in shares of what each would have if all had as many.

The first receivers have no floor yet, and would be searched to their last edge; the few that have more edges
than this among the wanted ones are searched again."""


class Engine(NamedTuple):
    """The two steps for one receiver, compiled or not.

    Attributes
    ----------
    pairs : callable
        `receiver_pairs`.
    edges : callable
        `receiver_edges`.
    compiled : bool
    """

    pairs: Callable[..., Pairs]
    edges: Callable[..., Found]
    compiled: bool


class Edges(NamedTuple):
    """Inferred edges in the order of the greedy search; arrays of one length, see `Found`."""

    senders: Codes
    receivers: Codes
    gains: Numbers
    squares: Numbers
    supports: Codes
    distinct: Codes
    mean_lags: Numbers
    tied: Codes

    def first(self, many: int) -> Edges:
        """The first of them."""
        return self.at(slice(many))

    def at(self, places: Any) -> Edges:
        """Those at some places."""
        columns: Any = (column[places] for column in self)
        return Edges(*columns)


NUMPY = Engine(pairs.receiver_pairs, greedy.receiver_edges, compiled=False)


@cache
def engine() -> Engine:
    """Compiled code where numba is installed (extra `fast`), else NumPy's: the same edges, slower."""
    if find_spec("numba") is None:
        return NUMPY
    from diffuscope.networks import kernels

    return Engine(kernels.receiver_pairs, kernels.receiver_edges, compiled=True)


class Wanted(NamedTuple):
    """Which edges of the search are wanted.

    Attributes
    ----------
    most : int or None
        Number of edges; None: as many as there are.
    z_least : float
        The first edge whose stopping score lies at or below it, and all after it, are not; minus infinity:
        all are.
    least_support : int
    last : bool
        As in `Search`.
    nothing : bool
        Whether edges that improve nothing are wanted too.
    """

    most: int | None = None
    z_least: float = -np.inf
    least_support: int = 1
    last: bool = False
    nothing: bool = False


class Floor:
    """The least gain that may still be among the wanted edges, which rises while receivers are worked on.

    Of a number of edges it is the smallest of the largest gains found so far; of a stopping score the largest
    gain of an edge that ends the search. Edges below it cannot be wanted whatever else is found, so that
    nothing depends on which receiver comes first.
    """

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._largest: Numbers = np.zeros(0)
        self._lock = Lock()
        self.value = -1.0 if wanted.nothing else 0.0

    def add(self, found: Found, cascades: float) -> None:
        """Take in the edges of one receiver."""
        most, z_least = self._wanted.most, self._wanted.z_least
        with self._lock:
            if most is not None:
                every = np.append(self._largest, found.gains)
                if len(every) >= most:
                    every = np.partition(every, len(every) - most)[len(every) - most :]
                    self.value = max(self.value, float(every.min()))
                self._largest = every
            if np.isfinite(z_least) and len(found.gains):
                z = greedy.z_score(float(found.gains[-1]), float(found.squares[-1]), cascades)
                if z <= z_least:
                    self.value = max(self.value, float(found.gains[-1]))


def netinf(
    cascades: Cascades,
    terms: Terms,
    wanted: Wanted,
    *,
    weights: Numbers | None = None,
    workers: int | None = None,
    with_engine: Engine | None = None,
) -> Edges:
    """Edges of the network that explains cascades best, by greedy search.

    Parameters
    ----------
    cascades : Cascades
    terms : Terms
    wanted : Wanted
    weights : array of float, shape (C,), optional
        How often each cascade counts; once by default.
    workers : int, optional
        Threads at once, of compiled code; all cores by default. The edges do not depend on it.
    with_engine : Engine, optional

    Returns
    -------
    Edges
    """
    tool = with_engine or engine()
    share = np.ones(len(cascades.policies)) if weights is None else np.asarray(weights, dtype=np.float64)
    order, starts = cascades.by_receiver()
    floor = Floor(wanted)
    total = float(share.sum())

    receivers = np.flatnonzero(np.diff(starts) > 0).tolist()
    every = len(cascades.units) if wanted.most is None else wanted.most
    cap = every if wanted.most is None else min(every, AHEAD * -(-every // max(len(receivers), 1)))

    def work(receiver: int, most: int = cap) -> Found:
        own = order[starts[receiver] : starts[receiver + 1]]
        made = tool.pairs(cascades.events, own, terms)
        search = Search(most, floor.value, wanted.z_least, wanted.least_support, wanted.last)
        return tool.edges(made, share, cascades.copies, total, search)

    def ahead(receiver: int) -> Found:
        found = work(receiver)
        floor.add(found, total)
        return found

    threads = cores(workers) if tool.compiled else 1
    if threads > 1 and len(receivers) > 1:
        with ThreadPoolExecutor(threads) as pool:
            found = list(pool.map(ahead, receivers))
    else:
        found = [ahead(receiver) for receiver in receivers]
    least = floor.value - EQUAL * max(1.0, abs(floor.value))
    for at, one in enumerate(found):
        if len(one.gains) == cap < every and one.gains[-1] >= least:
            found[at] = work(receivers[at], every)
    merged = merge(receivers, found, last=wanted.last)
    return ended(merged, wanted, total)


def merge(receivers: Iterable[int], found: Iterable[Found], *, last: bool = False) -> Edges:
    """Edges of several receivers in the order in which one search over all would find them.

    Of equal gains that with more support goes first, then that with a shorter mean lag, then that with more
    different lags; then the order of the names decides, which `tied` counts.
    """
    pieces: list[tuple[Any, ...]] = []
    ranks: list[Any] = []
    for receiver, one in zip(receivers, found, strict=True):
        pieces.append((one.senders, np.full(len(one.gains), receiver), *one[1:]))
        ranks.append(np.arange(len(one.gains)))
    if not pieces:
        nothing = np.zeros(0, dtype=np.int64)
        return Edges(nothing, nothing, np.zeros(0), np.zeros(0), nothing, nothing, np.zeros(0), nothing)
    edges = Edges(*(np.concatenate(columns) for columns in zip(*pieces, strict=True)))
    rank = np.concatenate(ranks)
    sign = -1 if last else 1
    order = np.lexsort((rank, sign * edges.receivers, -edges.gains))
    edges, rank = edges.at(order), rank[order]
    gains = edges.gains
    equal = gains[:-1] - gains[1:] <= EQUAL * np.maximum(1.0, gains[:-1]) if len(gains) else np.zeros(0)
    if not equal.any():
        return edges
    place = np.arange(len(gains))
    tied = edges.tied.copy()
    for first, after in _runs(equal):
        own = place[first:after].copy()
        place[first:after] = _ordered(edges, rank, own, tied, last=last)
    return edges._replace(tied=tied).at(place)


def _runs(equal: Any) -> list[tuple[int, int]]:
    """First place and the place after of each run of gains that equal the next one."""
    edge = np.flatnonzero(np.diff(np.concatenate([[0], equal.astype(np.int8), [0]])))
    return [(int(first), int(last) + 1) for first, last in zip(edge[::2], edge[1::2], strict=True)]


def _ordered(edges: Edges, rank: Codes, own: Codes, tied: Codes, *, last: bool) -> list[int]:
    """Edges of equal gain in their order; those of one receiver stay in theirs."""
    from functools import cmp_to_key

    def trait(at: int) -> tuple[float, float, float]:
        return float(edges.supports[at]), float(edges.mean_lags[at]), float(edges.distinct[at])

    def behind(one: int, other: int) -> int:
        return -compare(trait(one), trait(other))

    waiting: dict[int, list[int]] = {}
    for at in sorted(own.tolist(), key=lambda one: (edges.receivers[one], rank[one])):
        waiting.setdefault(int(edges.receivers[at]), []).append(at)
    made: list[int] = []
    heads = [queue.pop(0) for _, queue in sorted(waiting.items(), reverse=last)]
    while heads:
        best = heads[0] if last else min(heads, key=cmp_to_key(behind))
        same = len(heads) if last else sum(compare(trait(one), trait(best)) == 0 for one in heads)
        tied[best] += same - 1
        made.append(best)
        queue = waiting[int(edges.receivers[best])]
        heads[heads.index(best) : heads.index(best) + 1] = [queue.pop(0)] if queue else []
    return made


def ended(edges: Edges, wanted: Wanted, cascades: float) -> Edges:
    """The edges up to the number that is wanted, or before the first that ends the search."""
    many = len(edges.gains) if wanted.most is None else min(wanted.most, len(edges.gains))
    if np.isfinite(wanted.z_least):
        scores = z_scores(edges, cascades)
        ends = np.flatnonzero(scores <= wanted.z_least)
        many = min(many, int(ends[0])) if len(ends) else many
    return edges.first(many)


def z_scores(edges: Edges, cascades: float) -> Numbers:
    """Vuong's statistic of each edge."""
    each = zip(edges.gains.tolist(), edges.squares.tolist(), strict=True)
    return np.array([greedy.z_score(gain, square, cascades) for gain, square in each])
