"""NetInf for one receiver: the edges into it, each the one that improves its cascades most.

The objective is monotone and submodular in the edges (of several parents the best counts), so that no gain
rises as edges are added, and the edges of all receivers, merged by gain, are those of one greedy search over
all (Gomez-Rodriguez, Leskovec & Krause 2010). `kernels.py` holds the same search, compiled, with lazy
evaluation; this one evaluates every gain at every step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from diffuscope.networks.pairs import receiver_pairs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.networks.cascades import Events, Receivers
    from diffuscope.networks.pairs import Pairs, Terms
    from diffuscope.records.arrays import Codes, Numbers

EQUAL = 1e-9
"""Difference, relative to the larger one (or to 1), within which two gains are equal.

Sums of the same logarithms in another order differ in the last bits; told apart by them, edges would depend
on the order in which cascades stand in a file."""


class Search(NamedTuple):
    """How far a search goes.

    Attributes
    ----------
    most : int
        Edges at most.
    floor : float
        Edges that gain less are not wanted; below 0 those that gain nothing are wanted too.
    z_least : float
        Standard normal quantile of the stopping score: the first edge at or below it ends the search. Minus
        infinity: none does.
    least_support : int
        Cascades in which a sender must precede the receiver.
    last : bool
        Whether of equal gains the sender that comes last is taken, as R's package does.
    """

    most: int
    floor: float
    z_least: float
    least_support: int
    last: bool


class Found(NamedTuple):
    """Edges into one receiver, in the order in which they were found.

    Attributes
    ----------
    senders : array of int, shape (K,)
        Places of the senders.
    gains : array of float, shape (K,)
        Improvement of the objective by each.
    squares : array of float, shape (K,)
        Sum over cascades of the squared improvements.
    supports, distinct : array of int, shape (K,)
        Cascades (copies counted) in which the sender precedes the receiver, and different lags among them.
    mean_lags : array of float, shape (K,)
    tied : array of int, shape (K,)
        Other senders that would have done as well by every rule but the order of the names.
    """

    senders: Codes
    gains: Numbers
    squares: Numbers
    supports: Codes
    distinct: Codes
    mean_lags: Numbers
    tied: Codes


class Edges(NamedTuple):
    """Inferred edges; arrays of one length, see `Found`."""

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


NO_EDGES = Edges(*(np.zeros(0, dtype=kind) for kind in ("i8", "i8", "f8", "f8", "i8", "i8", "f8", "i8")))


def joined(pieces: Iterable[Edges]) -> Edges:
    """Edges of several pieces, one after another."""
    return Edges(*(np.concatenate(columns) for columns in zip(NO_EDGES, *pieces, strict=True)))


def edges_of(receiver: int, found: Found) -> Edges:
    """Edges into one receiver as such."""
    columns: Any = (found.senders, np.full(len(found.senders), receiver, dtype=np.int64), *found[1:])
    return Edges(*columns)


class Weights(NamedTuple):
    """How cascades count.

    Attributes
    ----------
    each : array of float, shape (C,)
        How often each counts.
    copies : int
        Cascades, one after another, that are copies of one.
    total : float
        How many there are, counted by these weights.
    """

    each: Numbers
    copies: int
    total: float


def batch_edges(  # noqa: PLR0917 as compiled code takes them
    events: Events, index: Receivers, receivers: Codes, terms: Terms, weights: Weights, search: Search
) -> Edges:
    """Edges into each of some receivers, receiver by receiver."""
    made = []
    for receiver in receivers.tolist():
        pairs = receiver_pairs(events, index, receiver, terms, search.least_support)
        made.append(edges_of(receiver, receiver_edges(pairs, *weights, search)))
    return joined(made)


def receiver_edges(pairs: Pairs, weights: Numbers, copies: int, cascades: float, search: Search) -> Found:
    """Edges into one receiver, by greedy search.

    Parameters
    ----------
    pairs : Pairs
    weights : array of float, shape (C,)
        How often each cascade counts.
    copies : int
        Cascades, one after another, that are copies of one.
    cascades : float
        How many cascades there are, counted by their weights.
    search : Search

    Returns
    -------
    Found
    """
    owner = np.repeat(np.arange(len(pairs.senders)), np.diff(pairs.starts))
    share = weights[pairs.events.cascades[pairs.own] // copies] / copies
    current = pairs.base.copy()
    counted = np.bincount(owner, share[pairs.slots] > 0, len(pairs.senders))
    left = np.diff(pairs.starts) >= search.least_support
    left &= counted > 0
    rows: list[tuple[float, ...]] = []
    while len(rows) < search.most and left.any():
        rise = np.maximum(pairs.scores - current[pairs.slots], 0.0)
        gains = np.bincount(owner, rise * share[pairs.slots], len(pairs.senders))
        gains[~left] = -np.inf
        best = gains.max()
        slack = EQUAL * max(1.0, best)
        if best < search.floor - slack or (best <= 0 and search.floor >= 0):
            break
        chosen, tied = _chosen(pairs, np.flatnonzero(left & (gains >= best - slack)), search.last)
        left[chosen] = False
        square = _squares(pairs, rise, chosen, weights, copies)
        rows.append((chosen, gains[chosen], square, *_traits(pairs, chosen), tied))
        own = slice(pairs.starts[chosen], pairs.starts[chosen + 1])
        np.maximum.at(current, pairs.slots[own], pairs.scores[own])
        if search.z_least > -np.inf and z_score(gains[chosen], square, cascades) <= search.z_least:
            break
    return _found(pairs, rows)


def _found(pairs: Pairs, rows: list[tuple[float, ...]]) -> Found:
    chosen, gains, squares, supports, lags, distinct, tied = np.array(rows, dtype=float).reshape(-1, 7).T
    return Found(
        senders=pairs.senders[chosen.astype(np.int64)],
        gains=gains,
        squares=squares,
        supports=supports.astype(np.int64),
        distinct=distinct.astype(np.int64),
        mean_lags=lags,
        tied=tied.astype(np.int64),
    )


def z_score(gain: float, square: float, cascades: float) -> float:
    """Vuong's statistic of an edge, with a penalty of 1 over all cascades, as R's NetworkInference has it.

    Of each cascade only its improvement d counts: ``z = (Σd - 1) / (sd(d) √C)``.
    """
    spread = (square - gain * gain / cascades) / (cascades - 1) if cascades > 1 else 0.0
    if spread <= EQUAL * square / max(cascades, 1.0):
        return np.inf if gain > 1 else -np.inf
    return float((gain - 1) / np.sqrt(spread * cascades))


def _traits(pairs: Pairs, sender: int) -> tuple[float, float, float]:
    """Support, mean lag and number of different lags of one sender."""
    lags = np.sort(pairs.lags(sender))
    apart = np.diff(lags) > EQUAL * np.maximum(1.0, lags[1:])
    return float(len(lags)), float(lags.mean()), float(1 + apart.sum())


def _chosen(pairs: Pairs, equal: Codes, last: bool) -> tuple[int, int]:
    """One of several senders that gain the same, and how many others only the order of names sets apart.

    More support first, then a shorter mean lag, then more different lags.
    """
    if last or len(equal) == 1:
        return int(equal[-1]), len(equal) - 1
    traits = [_traits(pairs, int(one)) for one in equal]
    best = traits[0], int(equal[0])
    tied = 0
    for trait, one in zip(traits[1:], equal[1:].tolist(), strict=True):
        order = compare(trait, best[0])
        if order > 0:
            best, tied = (trait, one), 0
        tied += order == 0
    return best[1], tied


def compare(one: tuple[float, float, float], other: tuple[float, float, float]) -> int:
    """1 where the first of two edges of equal gain goes before the second, -1 behind it, 0: neither."""
    if one[0] != other[0]:
        return 1 if one[0] > other[0] else -1
    if abs(one[1] - other[1]) > EQUAL * max(1.0, other[1]):
        return 1 if one[1] < other[1] else -1
    return int(np.sign(one[2] - other[2]))


def _squares(pairs: Pairs, rise: Numbers, sender: int, weights: Numbers, copies: int) -> float:
    """Sum over cascades of the squared improvement by one sender; of copies the mean improvement counts."""
    own = slice(pairs.starts[sender], pairs.starts[sender + 1])
    cascade = pairs.events.cascades[pairs.own[pairs.slots[own]]] // copies
    names, place = np.unique(cascade, return_inverse=True)
    mean = np.bincount(place, rise[own] / copies, len(names))
    return float((weights[names] * mean * mean).sum())
