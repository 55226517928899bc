"""The functions of `greedy.py`, compiled by numba: the same edges, far faster.

Gains are evaluated lazily (Minoux 1978; Leskovec et al. 2007): as none rises while edges are added, a gain
computed earlier is an upper bound, and only the largest bounds are computed again.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.networks.greedy import EQUAL, Found
from diffuscope.networks.kernels import compiled, set_apart

if TYPE_CHECKING:
    from diffuscope.networks.greedy import Search
    from diffuscope.networks.pairs import Pairs
    from diffuscope.records.arrays import Flags, Numbers


@compiled
def _gain(pairs: Pairs, share: Numbers, current: Numbers, sender: int) -> float:
    gain = 0.0
    for pair in range(pairs.starts[sender], pairs.gaining[sender]):
        slot = pairs.slots[pair]
        gain += max(pairs.scores[pair] - current[slot], 0.0) * share[slot]
    return gain


@compiled
def _best(bounds: Numbers, fresh: Flags, pairs: Pairs, share: Numbers, current: Numbers) -> int:
    """The sender that gains most, its gain and all that may equal it computed anew; -1 where none is left."""
    while True:
        at = int(np.argmax(bounds))
        if bounds[at] == -np.inf:
            return -1
        if fresh[at]:
            break
        bounds[at] = _gain(pairs, share, current, at)
        fresh[at] = True
    near = bounds[at] - EQUAL * max(1.0, bounds[at])
    for other in range(len(bounds)):
        if bounds[other] >= near and not fresh[other]:
            bounds[other] = _gain(pairs, share, current, other)
            fresh[other] = True
    return at


@compiled
def _lags(pairs: Pairs, sender: int) -> Numbers:
    times = pairs.events.times
    lags = np.empty(pairs.starts[sender + 1] - pairs.starts[sender])
    for at in range(len(lags)):
        pair = pairs.starts[sender] + at
        lag = times[pairs.own[pairs.slots[pair]]] - times[pairs.places[pair]]
        lags[at] = lag if lag > 0 else pairs.shared_lag
    return lags


@compiled
def _traits(pairs: Pairs, sender: int) -> tuple[float, float, float]:
    lags = np.sort(_lags(pairs, sender))
    distinct = 1.0
    for at in range(1, len(lags)):
        distinct += lags[at] - lags[at - 1] > EQUAL * max(1.0, lags[at])
    return float(len(lags)), lags.mean(), distinct


@compiled
def _compare(one: tuple[float, float, float], other: tuple[float, float, float]) -> int:
    if one[0] != other[0]:
        return 1 if one[0] > other[0] else -1
    if abs(one[1] - other[1]) > EQUAL * max(1.0, other[1]):
        return 1 if one[1] < other[1] else -1
    return 1 if one[2] > other[2] else (-1 if one[2] < other[2] else 0)


@compiled
def _chosen(pairs: Pairs, bounds: Numbers, near: float, last: bool) -> tuple[int, int]:
    """One of the senders that gain the same, by the rule of `greedy.py`, and how many its name sets apart."""
    best, tied = -1, 0
    trait = (0.0, 0.0, 0.0)
    for one in range(len(bounds)):
        if bounds[one] < near:
            continue
        if best < 0:
            best = one
        elif last:
            best = one
            tied += 1
        else:
            if tied == 0 and trait[0] == 0.0:
                trait = _traits(pairs, best)
            own = _traits(pairs, one)
            order = _compare(own, trait)
            if order > 0:
                best, trait, tied = one, own, 0
            elif order == 0:
                tied += 1
    return best, tied


@compiled
def _add(pairs: Pairs, sender: int, weights: Numbers, copies: int, current: Numbers) -> float:
    """Take a sender into the network; the sum over cascades of its squared improvements."""
    square, mean, cascade = 0.0, 0.0, -1
    for pair in range(pairs.starts[sender], pairs.gaining[sender]):
        slot = pairs.slots[pair]
        own = pairs.events.cascades[pairs.own[slot]] // copies
        if own != cascade:
            if cascade >= 0:
                square += weights[cascade] * mean * mean
            cascade, mean = own, 0.0
        rise = pairs.scores[pair] - current[slot]
        if rise > 0:
            mean += rise / copies
            current[slot] = pairs.scores[pair]
    return square + weights[cascade] * mean * mean if cascade >= 0 else square


@compiled
def _z_score(gain: float, square: float, cascades: float) -> float:
    spread = (square - gain * gain / cascades) / (cascades - 1) if cascades > 1 else 0.0
    if spread <= EQUAL * square / max(cascades, 1.0):
        return np.inf if gain > 1 else -np.inf
    return (gain - 1) / math.sqrt(spread * cascades)


@compiled
def _first_gain(pairs: Pairs, share: Numbers, sender: int) -> float:
    """Gain of a sender before any edge; minus infinity where it is in no cascade that counts."""
    gain, alive, counts = 0.0, 0, False
    first, after = pairs.starts[sender], pairs.gaining[sender]
    for pair in range(first, after):
        slot = pairs.slots[pair]
        rise = pairs.scores[pair] - pairs.base[slot]
        gain += max(rise, 0.0) * share[slot]
        alive += rise > 0.0
        counts |= share[slot] > 0
    for pair in range(after, pairs.starts[sender + 1]):
        counts |= share[pairs.slots[pair]] > 0
    if 2 * alive < after - first:  # else to look at those that never gain costs less than to move them
        set_apart(pairs, sender, after - first - alive)
    return gain if counts else -np.inf


@compiled
def _first_bounds(pairs: Pairs, share: Numbers, least: int) -> Numbers:
    """Gains of all senders before any edge; minus infinity for those that precede too rarely."""
    bounds = np.full(len(pairs.senders), -np.inf)
    for sender in range(len(pairs.senders)):
        if pairs.starts[sender + 1] - pairs.starts[sender] >= least:
            bounds[sender] = _first_gain(pairs, share, sender)
    return bounds


@compiled
def receiver_edges(pairs: Pairs, weights: Numbers, copies: int, cascades: float, search: Search) -> Found:
    """As `receiver_edges` of `greedy.py`."""
    share = weights[pairs.events.cascades[pairs.own] // copies] / copies
    current = pairs.base.copy()
    bounds = _first_bounds(pairs, share, search.least_support)
    fresh = np.ones(len(bounds), dtype=np.bool_)
    most = min(search.most, len(bounds))
    senders, tied = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    supports, distinct = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    gains, squares, lags = np.empty(most), np.empty(most), np.empty(most)
    count = 0
    while count < most:
        best = _best(bounds, fresh, pairs, share, current)
        if best < 0:
            break
        slack = EQUAL * max(1.0, bounds[best])
        if bounds[best] < search.floor - slack or (bounds[best] <= 0 and search.floor >= 0):
            break
        one, tied[count] = _chosen(pairs, bounds, bounds[best] - slack, search.last)
        senders[count], gains[count] = pairs.senders[one], bounds[one]
        squares[count] = _add(pairs, one, weights, copies, current)
        traits = _traits(pairs, one)
        supports[count], lags[count], distinct[count] = int(traits[0]), traits[1], int(traits[2])
        bounds[one] = -np.inf
        fresh[:] = False
        count += 1
        z = _z_score(gains[count - 1], squares[count - 1], cascades)
        if search.z_least > -np.inf and z <= search.z_least:
            break
    return Found(
        senders[:count], gains[:count], squares[:count], supports[:count], distinct[:count], lags[:count],
        tied[:count],
    )  # fmt: skip
