"""NetInf: the edges of all receivers, each found alone, merged by what they improve.

Gomez-Rodriguez, Leskovec & Krause 2010 (doi:10.1145/1835804.1835933) search over all edges at once. The
objective is a sum over receivers, so the merged sequences are the same edges in the same order.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from diffuscope.compute import cores
from diffuscope.networks.engine import engine
from diffuscope.networks.greedy import EQUAL, Edges, Search, Weights, joined

if TYPE_CHECKING:
    from diffuscope.networks.cascades import Cascades, Events, Receivers
    from diffuscope.networks.engine import Engine
    from diffuscope.networks.pairs import Terms
    from diffuscope.records.arrays import Codes, Numbers


AHEAD = 1.3
"""Edges of each receiver that are looked for at first, in shares of what each would have if all had as many.

The first receivers have no floor yet, and would be searched to their last edge; the few that have more edges
than this among the wanted ones are searched again."""
PAIRS = 4_000_000
"""Pairs of events that a batch of receivers looks at: a tenth of a second."""


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

    def add(self, found: Edges, cascades: float) -> None:
        """Take in the edges of some receivers."""
        most, z_least = self._wanted.most, self._wanted.z_least
        with self._lock:
            if most is not None:
                every = np.append(self._largest, found.gains)
                if len(every) >= most:
                    every = np.partition(every, len(every) - most)[len(every) - most :]
                    self.value = max(self.value, float(every.min()))
                self._largest = every
            if np.isfinite(z_least) and len(found.gains):
                ends = found.at(z_scores(found, cascades) <= z_least)
                self.value = max(self.value, float(ends.gains.max(initial=self.value)))


class Plan(NamedTuple):
    """A search over all receivers, as what each batch of them needs to know.

    Attributes
    ----------
    terms : Terms
    wanted : Wanted
    weights : Weights
    first : int
        Edges of each receiver that are looked for at first.
    every : int
        Edges that any receiver can have.
    """

    terms: Terms
    wanted: Wanted
    weights: Weights
    first: int
    every: int

    def search(self, most: int, floor: float) -> Search:
        """The search of one batch."""
        wanted = self.wanted
        return Search(most, floor, wanted.z_least, wanted.least_support, wanted.last)


def plan_of(cascades: Cascades, terms: Terms, wanted: Wanted, weights: Numbers) -> Plan:
    """The search for some edges in some cascades."""
    first = every = len(cascades.units) if wanted.most is None else wanted.most
    if wanted.most is not None:
        adopting = max(len(cascades.by_receiver().adopting), 1)
        first = min(every, int(np.ceil(AHEAD * every / adopting)))
    return Plan(terms, wanted, Weights(weights, cascades.copies, float(weights.sum())), first, every)


def batches_of(events: Events, index: Receivers, receivers: Codes, pairs: int = PAIRS) -> list[Codes]:
    """Receivers in batches that look at about as many pairs of events each."""
    before = events.tie_after[index.order] - events.starts[index.cascades]
    looked = np.append(0, np.cumsum(before))[index.starts]
    each = np.diff(looked)[receivers]
    number = (np.cumsum(each) - each) // pairs
    return np.split(receivers, np.flatnonzero(np.diff(number)) + 1) if len(receivers) else []


def again(found: Edges, plan: Plan, floor: float) -> Codes:
    """Receivers that may have more of the wanted edges than were looked for."""
    if plan.first >= plan.every:
        return np.zeros(0, dtype=np.int64)
    receivers, last, many = np.unique(found.receivers[::-1], return_index=True, return_counts=True)
    least = floor - EQUAL * max(1.0, abs(floor))
    lowest = found.gains[::-1][last]
    return np.asarray(receivers[(many == plan.first) & (lowest >= least)])


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
    index = cascades.by_receiver()
    plan = plan_of(cascades, terms, wanted, share)
    floor = Floor(wanted)

    def work(batch: Codes, most: int) -> Edges:
        search = plan.search(most, floor.value)
        found = tool.batch(cascades.events, index, batch, terms, plan.weights, search)
        if most == plan.first:  # what is looked for again was counted before
            floor.add(found, plan.weights.total)
        return found

    def search_all(receivers: Codes, most: int) -> Edges:
        batches = batches_of(cascades.events, index, receivers)
        threads = min(cores(workers), len(batches)) if tool.compiled else 1
        if threads < 2:
            return joined([work(batch, most) for batch in batches])
        with ThreadPoolExecutor(threads) as pool:
            return joined(list(pool.map(lambda batch: work(batch, most), batches)))

    found = search_all(index.adopting, plan.first)
    more = again(found, plan, floor.value)
    if len(more):
        kept = found.at(~np.isin(found.receivers, more))
        found = joined([kept, search_all(more, plan.every)])
    return ended(merge(found, last=wanted.last), wanted, plan.weights.total)


def merge(edges: Edges, *, last: bool = False) -> Edges:
    """Edges of all receivers in the order in which one search over all would find them.

    Of equal gains that with more support goes first, then that with a shorter mean lag, then that with more
    different lags; then the order of the names decides, which `tied` counts.

    Parameters
    ----------
    edges : Edges
        Those of one receiver in the order in which they were found.
    last : bool
        Of equal gains the edge of the last receiver goes first, whatever its support.
    """
    receivers = -edges.receivers if last else edges.receivers
    order = np.lexsort((np.arange(len(receivers)), receivers, -edges.gains))
    edges, receivers = edges.at(order), receivers[order]
    if not len(order):
        return edges
    gains = edges.gains
    runs = np.append(0, np.cumsum(gains[:-1] - gains[1:] > EQUAL * np.maximum(1.0, gains[:-1])))
    several = np.flatnonzero((np.bincount(runs) > 1)[runs])
    if not len(several):
        return edges
    run, receiver = runs[several], receivers[several]
    # within a run those of one receiver stay in the order of their search: an edge waits for those before it
    found = order[several]
    rank = run if last else _waited(run, receiver, found, _trait_ranks(edges.at(several), run))
    into = np.lexsort((found, receiver, rank, run))
    place = np.arange(len(order))
    place[several] = several[into]
    edges = edges.at(place)
    tied = edges.tied.copy()
    tied[several] += _others(run[into], rank[into], receiver[into])
    return edges._replace(tied=tied)


def _trait_ranks(edges: Edges, run: Codes) -> Codes:
    """Rank of each edge by support, mean lag and number of lags, within edges of equal gain."""
    lag = edges.mean_lags
    order = np.lexsort((lag, -edges.supports, run))
    same = (np.diff(run[order]) == 0) & (np.diff(edges.supports[order]) == 0)
    near = np.diff(lag[order]) <= EQUAL * np.maximum(1.0, lag[order][1:])
    group = np.empty(len(order), dtype=np.int64)
    group[order] = np.append(0, np.cumsum(~(same & near)))
    order = np.lexsort((-edges.distinct, group))
    new = (np.diff(group[order]) != 0) | (np.diff(edges.distinct[order]) != 0)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.append(0, np.cumsum(new))
    return rank


def _waited(run: Codes, receiver: Codes, found: Codes, rank: Codes) -> Codes:
    """The largest rank of an edge and of those that its receiver's search found before it, within a run."""
    order = np.lexsort((found, receiver, run))
    new = np.append(False, (np.diff(run[order]) != 0) | (np.diff(receiver[order]) != 0))
    lift = np.cumsum(new) * (int(rank.max()) + 1)
    waited = np.empty(len(order), dtype=np.int64)
    waited[order] = np.maximum.accumulate(rank[order] + lift) - lift
    return waited


def _others(run: Codes, rank: Codes, receiver: Codes) -> Codes:
    """How many receivers come after each edge's among those of equal rank in a run; sorted by all three."""
    group = np.append(0, np.cumsum((np.diff(run) != 0) | (np.diff(rank) != 0)))
    step = np.append(0, np.cumsum((np.diff(group) != 0) | (np.diff(receiver) != 0)))
    lasts = np.append(np.flatnonzero(np.diff(group)), len(group) - 1)
    return np.asarray(step[lasts][group] - step)


def ended(edges: Edges, wanted: Wanted, cascades: float) -> Edges:
    """The edges up to the number that is wanted, or before the first that ends the search."""
    many = len(edges.gains) if wanted.most is None else min(wanted.most, len(edges.gains))
    if np.isfinite(wanted.z_least):
        scores = z_scores(edges, cascades)
        ends = np.flatnonzero(scores <= wanted.z_least)
        many = min(many, int(ends[0])) if len(ends) else many
    return edges.first(many)


def z_scores(edges: Edges, cascades: float) -> Numbers:
    """Vuong's statistic of each edge, as `z_score` of one."""
    gain, square = edges.gains, edges.squares
    spread = (square - gain * gain / cascades) / (cascades - 1) if cascades > 1 else np.zeros(len(gain))
    none = spread <= EQUAL * square / max(cascades, 1.0)
    z = (gain - 1) / np.sqrt(np.where(none, 1.0, spread) * cascades)
    return np.asarray(np.where(none, np.where(gain > 1, np.inf, -np.inf), z))
