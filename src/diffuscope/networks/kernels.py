"""The functions of `pairs.py`, compiled by numba: the same pairs, far faster.

How many pairs a sender has is counted from the receiver's events; the pairs themselves are read from the
sender's own events, which lie one after another in memory.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit

from diffuscope.networks.pairs import Pairs

if TYPE_CHECKING:
    from diffuscope.networks.cascades import Events, Places, Receivers
    from diffuscope.networks.pairs import Terms
    from diffuscope.records.arrays import Codes, Numbers

Function = TypeVar("Function")
HALF = math.log(0.5)


class Room(NamedTuple):
    """Room that is used again for each receiver: new memory would cost as much as the work.

    Attributes
    ----------
    many : array of int, shape (N,)
        Pairs of each sender; 0 before and after.
    met : array of int, shape (N,)
        Senders.
    where : array of int, shape (C,)
        Which of the receiver's events is in each cascade; -1 before and after.
    slots, places, scores : arrays
        As in `Pairs`.
    """

    many: Codes
    met: Codes
    where: Codes
    slots: Places
    places: Places
    scores: Numbers


def compiled(function: Function) -> Function:
    """The function, compiled at its first call; the machine code is kept for later processes."""
    return cast("Function", njit(cache=True, nogil=True, error_model="numpy")(function))


@compiled
def log_density(terms: Terms, lag: float) -> float:
    """As `log_density` of `delays.py`, of one lag."""
    if terms.delay == 0:
        return terms.first - terms.second * lag
    if terms.delay == 1:
        return math.log(lag) - terms.first - lag * lag * terms.second
    log = math.log(lag)
    if terms.delay == 2:
        return -log - terms.first - (log - terms.second) ** 2 * terms.third
    return terms.first - terms.second * log if lag >= 1.0 else -np.inf


@compiled
def _is_tied(events: Events, place: int, own: int) -> bool:
    """Whether another event at the same time may have come first: not if both were decided together."""
    return place != own and (events.joint[place] < 0 or events.joint[place] != events.joint[own])


@compiled
def pair_density(events: Events, terms: Terms, place: int, own: int) -> float:
    """Log density of a pair of events; minus infinity where the first cannot be the parent of the second."""
    if place < events.tie_first[own]:
        return log_density(terms, events.times[own] - events.times[place])
    if terms.shared_lag > 0 and place < events.tie_after[own] and _is_tied(events, place, own):
        return log_density(terms, terms.shared_lag) + HALF
    return -np.inf


@compiled
def _scan(events: Events, own: Places, terms: Terms, many: Codes, base: Numbers) -> int:
    """Base of each event, and how many pairs each sender has; how many pairs there are."""
    total = 0
    for slot in range(len(own)):
        at = own[slot]
        first, tied = events.starts[events.cascades[at]], events.tie_first[at]
        best = -np.inf
        if terms.delay == 0:  # no lag is impossible, and the shortest one is the likeliest
            for place in range(first, tied):
                many[events.units[place]] += 1
            if tied > first:
                best = log_density(terms, events.times[at] - events.times[tied - 1])
            total += tied - first
            first = tied
        until = events.tie_after[at] if terms.shared_lag > 0 else tied
        for place in range(first, until):
            density = pair_density(events, terms, place, at)
            if density > -np.inf:
                best = max(best, density)
                many[events.units[place]] += 1
                total += 1
        base[slot] = terms.outside + best if terms.relative else terms.outside
    return total


@compiled
def _met(events: Events, own: Places, shared: bool, many: Codes, met: Codes) -> int:
    """Write each sender that was counted once, and count it below 0; how many there are."""
    count = 0
    for at in own:
        until = events.tie_after[at] if shared else events.tie_first[at]
        for place in range(events.starts[events.cascades[at]], until):
            unit = events.units[place]
            if many[unit] > 0:
                many[unit] = -many[unit]
                met[count] = unit
                count += 1
    return count


@compiled
def _senders(met: Codes, many: Codes, least: int) -> tuple[Codes, Codes]:
    """Senders with enough pairs, rising, and where the pairs of each begin; `many` is 0 again."""
    enough = np.empty(len(met), dtype=np.int64)
    count = 0
    for unit in met:
        if abs(many[unit]) >= least:
            enough[count] = unit
            count += 1
        else:
            many[unit] = 0
    senders = np.sort(enough[:count])
    starts = np.zeros(count + 1, dtype=np.int64)
    for at in range(count):
        starts[at + 1] = starts[at] + abs(many[senders[at]])
        many[senders[at]] = 0
    return senders, starts


@compiled
def _put(  # noqa: PLR0917 one pair and where it goes
    events: Events, terms: Terms, pairs: Pairs, to: int, slot: int, place: int
) -> int:
    """Write a pair, if it is one; where the next one goes."""
    density = pair_density(events, terms, place, pairs.own[slot])
    if density == -np.inf:
        return to
    pairs.slots[to], pairs.places[to], pairs.scores[to] = slot, place, density + terms.inside
    return to + 1


@compiled
def _put_plain(  # noqa: PLR0917 one sender, and what is known of the receiver's events
    index: Receivers, terms: Terms, pairs: Pairs, sender: int, where: Codes, times: Numbers, tied: Codes
) -> None:
    """Write the pairs of a sender where delays are exponential and nobody at one time is a parent.

    Every event of the sender is written, and only pairs are counted: a jump that a random half of the events
    takes costs three times as much.
    """
    unit, to = pairs.senders[sender], pairs.starts[sender]
    for at in range(index.starts[unit], index.starts[unit + 1]):
        slot, place = where[index.cascades[at]], index.order[at]
        pairs.slots[to], pairs.places[to] = slot, place
        pairs.scores[to] = terms.first - terms.second * (times[slot] - index.times[at]) + terms.inside
        to += place < tied[slot]


@compiled
def _found(cascades: Places, first: int, after: int, cascade: int) -> int:
    """Place of a cascade in a rising part of an array; -1 where it is not there."""
    end = after
    while first < after:
        middle = (first + after) // 2
        if cascades[middle] < cascade:
            first = middle + 1
        else:
            after = middle
    return first if first < end and cascades[first] == cascade else -1


@compiled
def _fill(events: Events, index: Receivers, terms: Terms, pairs: Pairs, where: Codes) -> None:
    """Write the pairs of all senders; `where` holds -1 for each cascade before and after."""
    own, many = pairs.own, len(pairs.own)
    times, tied = np.zeros(many + 1), np.full(many + 1, -1)  # the last is of cascades without the receiver
    for slot in range(many):
        where[events.cascades[own[slot]]] = slot
        times[slot], tied[slot] = events.times[own[slot]], events.tie_first[own[slot]]
    plain = terms.delay == 0 and terms.shared_lag == 0
    for sender in range(len(pairs.senders)):
        first = index.starts[pairs.senders[sender]]
        after = index.starts[pairs.senders[sender] + 1]
        to = pairs.starts[sender]
        if after - first > many * math.log2(after - first):  # far more events than the receiver
            for slot in range(many):
                at = _found(index.cascades, first, after, events.cascades[own[slot]])
                if at >= 0:
                    to = _put(events, terms, pairs, to, slot, index.order[at])
        elif plain:
            _put_plain(index, terms, pairs, sender, where, times, tied)
        else:
            for at in range(first, after):
                if where[index.cascades[at]] >= 0:
                    to = _put(events, terms, pairs, to, where[index.cascades[at]], index.order[at])
    for slot in range(many):
        where[events.cascades[own[slot]]] = -1


@compiled
def room_for(events: Events, index: Receivers, receivers: Codes, shared: bool) -> Room:
    """Room for the pairs of any of some receivers, and for numbers per unit and cascade."""
    units, cascades = len(index.starts) - 1, len(events.starts) - 1
    most = 0
    for receiver in receivers:
        total = 0
        for at in index.order[index.starts[receiver] : index.starts[receiver + 1]]:
            until = events.tie_after[at] if shared else events.tie_first[at]
            total += until - events.starts[events.cascades[at]]
        most = max(most, total)
    return Room(
        np.zeros(units, np.int64), np.empty(units, np.int64), np.full(cascades, -1),
        # one more, for what is written behind the last pair and not counted
        np.empty(most + 1, np.int32), np.empty(most + 1, np.int32), np.empty(most + 1),
    )  # fmt: skip


@compiled
def pairs_in(  # noqa: PLR0917 as `receiver_pairs`, and room
    events: Events, index: Receivers, receiver: int, terms: Terms, least: int, room: Room
) -> Pairs:
    """As `receiver_pairs`, in room that later pairs are written over; all count as such that can gain."""
    own = index.order[index.starts[receiver] : index.starts[receiver + 1]]
    base = np.empty(len(own))
    many, met = room.many, room.met
    if 4 * _scan(events, own, terms, many, base) > len(many):
        met = np.flatnonzero(many)
    else:
        met = met[: _met(events, own, terms.shared_lag > 0, many, met)]
    senders, starts = _senders(met, many, least)
    total = starts[-1]
    pairs = Pairs(
        senders, starts, starts[1:].copy(), room.slots[: total + 1], room.places[: total + 1],
        room.scores[: total + 1], base, own, events, terms.shared_lag,
    )  # fmt: skip
    if len(senders):
        _fill(events, index, terms, pairs, room.where)
    return pairs


@compiled
def set_apart(pairs: Pairs, sender: int, dead: int) -> None:
    """Put pairs that can never gain, as a parent outside the network is likelier, behind the others."""
    first, after = pairs.starts[sender], pairs.gaining[sender]
    slots, places, scores = np.empty(dead, np.int32), np.empty(dead, np.int32), np.empty(dead)
    to, out = first, 0
    for pair in range(first, after):
        slot, place, score = pairs.slots[pair], pairs.places[pair], pairs.scores[pair]
        if score > pairs.base[slot]:
            pairs.slots[to], pairs.places[to], pairs.scores[to] = slot, place, score
            to += 1
        else:
            slots[out], places[out], scores[out] = slot, place, score
            out += 1
    pairs.gaining[sender] = to
    for at in range(dead):
        pairs.slots[to + at], pairs.places[to + at], pairs.scores[to + at] = slots[at], places[at], scores[at]


def receiver_pairs(events: Events, index: Receivers, receiver: int, terms: Terms, least: int = 1) -> Any:
    """As `receiver_pairs` of `pairs.py`."""
    room = room_for(events, index, np.array([receiver]), terms.shared_lag > 0)
    made = pairs_in(events, index, receiver, terms, least, room)
    total = made.starts[-1]
    return made._replace(slots=made.slots[:total], places=made.places[:total], scores=made.scores[:total])
