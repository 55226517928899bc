"""The functions of `pairs.py` and `greedy.py`, compiled by numba: the same edges, far faster.

Gains are evaluated lazily (Minoux 1978; Leskovec et al. 2007): as none rises while edges are added, a gain
computed earlier is an upper bound, and only the largest bounds are computed again.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
from numba import njit

from diffuscope.networks.greedy import EQUAL, Found
from diffuscope.networks.pairs import Pairs

if TYPE_CHECKING:
    from diffuscope.networks.cascades import Events
    from diffuscope.networks.greedy import Search
    from diffuscope.networks.pairs import Terms
    from diffuscope.records.arrays import Codes, Flags, Numbers

Function = TypeVar("Function")
HALF = math.log(0.5)


def _compiled(function: Function) -> Function:
    """The function, compiled at its first call; the machine code is kept for later processes."""
    return cast("Function", njit(cache=True, nogil=True, error_model="numpy")(function))


@_compiled
def _log_density(terms: Terms, lag: float) -> float:
    if terms.delay == 0:
        return terms.first - terms.second * lag
    if terms.delay == 1:
        return math.log(lag) - terms.first - lag * lag * terms.second
    log = math.log(lag)
    if terms.delay == 2:
        return -log - terms.first - (log - terms.second) ** 2 * terms.third
    return terms.first - terms.second * log if lag >= 1.0 else -np.inf


@_compiled
def _is_tied(events: Events, place: int, own: int) -> bool:
    """Whether another event at the same time may have come first: not if both were decided together."""
    return place != own and (events.joint[place] < 0 or events.joint[place] != events.joint[own])


@_compiled
def _count(events: Events, own: Codes, shared: bool) -> int:
    total = 0
    for at in own:
        total += events.tie_first[at] - events.starts[events.cascades[at]]
        if shared:
            for place in range(events.tie_first[at], events.tie_after[at]):
                total += _is_tied(events, place, at)
    return total


@_compiled
def _densities(  # noqa: PLR0917 room to write into
    events: Events, own: Codes, terms: Terms, density: Numbers, many: Codes, base: Numbers
) -> None:
    """Fill in the density of each pair, event by event, and count the pairs of each sender."""
    count = 0
    for slot in range(len(own)):
        at = own[slot]
        best = -np.inf
        for place in range(events.starts[events.cascades[at]], events.tie_first[at]):
            density[count] = _log_density(terms, events.times[at] - events.times[place])
            best = max(best, density[count])
            many[events.units[place]] += density[count] > -np.inf
            count += 1
        if terms.shared_lag > 0:
            for place in range(events.tie_first[at], events.tie_after[at]):
                if _is_tied(events, place, at):
                    density[count] = _log_density(terms, terms.shared_lag) + HALF
                    best = max(best, density[count])
                    many[events.units[place]] += density[count] > -np.inf
                    count += 1
        base[slot] = terms.outside + best if terms.relative else terms.outside


@_compiled
def _senders(events: Events, own: Codes, many: Codes) -> Codes:
    """Senders that have pairs, rising."""
    if len(own) * 8 > len(many):
        return np.flatnonzero(many)
    met = np.empty(len(many), dtype=np.int64)
    count = 0
    for at in own:
        for place in range(events.starts[events.cascades[at]], events.tie_after[at]):
            unit = events.units[place]
            if many[unit] > 0:
                met[count] = unit
                many[unit] = -many[unit]
                count += 1
    senders = np.sort(met[:count])
    many[senders] *= -1
    return senders


@_compiled
def receiver_pairs_in(events: Events, own: Codes, terms: Terms, many: Codes) -> Pairs:
    """As `receiver_pairs`; `many` is room for a number per unit, all 0 before and after."""
    total = _count(events, own, terms.shared_lag > 0)
    density, base = np.empty(total), np.empty(len(own))
    _densities(events, own, terms, density, many, base)
    senders = _senders(events, own, many)
    starts = np.zeros(len(senders) + 1, dtype=np.int64)
    for at in range(len(senders)):
        starts[at + 1] = starts[at] + many[senders[at]]
        many[senders[at]] = at
    front, back = starts[:-1].copy(), starts[1:].copy()
    possible = starts[-1]
    slots, places = np.empty(possible, dtype=np.int32), np.empty(possible, dtype=np.int32)
    scores = np.empty(possible)
    count = 0
    for slot in range(len(own)):
        at = own[slot]
        until = events.tie_after[at] if terms.shared_lag > 0 else events.tie_first[at]
        for place in range(events.starts[events.cascades[at]], until):
            if place >= events.tie_first[at] and not _is_tied(events, place, at):
                continue
            inside = density[count] + terms.inside
            count += 1
            if inside == -np.inf:
                continue  # the lag is impossible
            sender = many[events.units[place]]
            if inside > base[slot]:
                to = front[sender]
                front[sender] += 1
            else:
                back[sender] -= 1
                to = back[sender]
            slots[to], places[to], scores[to] = slot, place, inside
    many[senders] = 0
    return Pairs(senders, starts, front, slots, places, scores, base, own, events, terms.shared_lag)


@_compiled
def _gain(pairs: Pairs, share: Numbers, current: Numbers, sender: int) -> float:
    gain = 0.0
    for pair in range(pairs.starts[sender], pairs.gaining[sender]):
        slot = pairs.slots[pair]
        gain += max(pairs.scores[pair] - current[slot], 0.0) * share[slot]
    return gain


@_compiled
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


@_compiled
def _lags(pairs: Pairs, sender: int) -> Numbers:
    times = pairs.events.times
    lags = np.empty(pairs.starts[sender + 1] - pairs.starts[sender])
    for at in range(len(lags)):
        pair = pairs.starts[sender] + at
        lag = times[pairs.own[pairs.slots[pair]]] - times[pairs.places[pair]]
        lags[at] = lag if lag > 0 else pairs.shared_lag
    return lags


@_compiled
def _traits(pairs: Pairs, sender: int) -> tuple[float, float, float]:
    lags = np.sort(_lags(pairs, sender))
    distinct = 1.0
    for at in range(1, len(lags)):
        distinct += lags[at] - lags[at - 1] > EQUAL * max(1.0, lags[at])
    return float(len(lags)), lags.mean(), distinct


@_compiled
def _compare(one: tuple[float, float, float], other: tuple[float, float, float]) -> int:
    if one[0] != other[0]:
        return 1 if one[0] > other[0] else -1
    if abs(one[1] - other[1]) > EQUAL * max(1.0, other[1]):
        return 1 if one[1] < other[1] else -1
    return 1 if one[2] > other[2] else (-1 if one[2] < other[2] else 0)


@_compiled
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


@_compiled
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


@_compiled
def _z_score(gain: float, square: float, cascades: float) -> float:
    spread = (square - gain * gain / cascades) / (cascades - 1) if cascades > 1 else 0.0
    if spread <= EQUAL * square / max(cascades, 1.0):
        return np.inf if gain > 1 else -np.inf
    return (gain - 1) / math.sqrt(spread * cascades)


@_compiled
def _first_bounds(pairs: Pairs, share: Numbers, least: int) -> Numbers:
    """Gains of all senders before any edge; minus infinity for those that precede too rarely."""
    bounds = np.empty(len(pairs.senders))
    for sender in range(len(pairs.senders)):
        counts = False
        for pair in range(pairs.starts[sender], pairs.starts[sender + 1]):
            if share[pairs.slots[pair]] > 0:
                counts = True
                break
        enough = counts and pairs.starts[sender + 1] - pairs.starts[sender] >= least
        bounds[sender] = _gain(pairs, share, pairs.base, sender) if enough else -np.inf
    return bounds


@_compiled
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


def receiver_pairs(events: Events, own: Codes, terms: Terms) -> Any:
    """As `receiver_pairs` of `pairs.py`."""
    return receiver_pairs_in(events, own, terms, np.zeros(int(events.units.max()) + 1, dtype=np.int64))
