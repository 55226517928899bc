"""Candidate pairs of one receiver: who preceded it in which cascade, how long before, and what that scores.

The objective of NetInf is a sum over receivers, so that each is worked on alone and its pairs exist only
meanwhile. `kernels.py` holds the same functions for a compiler; these here are the ones to read.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from diffuscope.networks.delays import log_density

if TYPE_CHECKING:
    from diffuscope.networks.cascades import Events, Places, Receivers
    from diffuscope.records.arrays import Codes, Numbers

EXPECTED_GAP = 1 / 3
"""Mean distance of two dates drawn evenly within one period, in periods: the lag of a shared tie."""


class Terms(NamedTuple):
    """What scores are made of, as plain numbers that compiled code can read.

    Attributes
    ----------
    delay : int
        Number of the delay density.
    first, second, third : float
        Its constants.
    inside : float
        Logarithm of the weight of a parent inside the network.
    outside : float
        Logarithm of the weight of a parent outside it.
    relative : bool
        Whether what is outside is multiplied by the density of the best parent (R), or not (SNAP).
    shared_lag : float
        Lag of two units that adopted at one time, where either may have been first; 0: neither follows.
    """

    delay: int
    first: float
    second: float
    third: float
    inside: float
    outside: float
    relative: bool
    shared_lag: float


class Pairs(NamedTuple):
    """Pairs of one receiver, by sender; of a sender those that can gain first, each kind by cascade.

    Attributes
    ----------
    senders : array of int, shape (S,)
        Places of the senders, rising.
    starts, gaining : array of int, shape (S + 1,) and (S,)
        Where the pairs of each sender begin, and where those that can gain end.
    slots, places : array of int, shape (P,)
        Which of the receiver's own events each pair is about, and the event of its sender.
    scores : array of float, shape (P,)
        With the weight inside the network.
    base : array of float, shape (M,)
        Score of each of the receiver's events without any parent inside the network.
    own : array of int, shape (M,)
        Places of the receiver's events.
    events : Events
    shared_lag : float
        Lag of a pair whose events have one time.
    """

    senders: Codes
    starts: Codes
    gaining: Codes
    slots: Places
    places: Places
    scores: Numbers
    base: Numbers
    own: Places
    events: Events
    shared_lag: float

    def lags(self, sender: int) -> Numbers:
        """Lags of the pairs of one sender."""
        mine = slice(self.starts[sender], self.starts[sender + 1])
        times = self.events.times
        lags = times[self.own[self.slots[mine]]] - times[self.places[mine]]
        return np.where(lags > 0, lags, self.shared_lag)


def terms_of(delay: int, constants: tuple[float, float, float], dialect: str, shared_lag: float) -> Terms:
    """Scores of one dialect of NetInf.

    R's package weighs a parent in the network with 0.5 and the best one outside with 1e-10; SNAP's program
    weighs a parent in the network with 1, and gives 1e-64 to whoever has none.
    """
    first, second, third = constants
    if dialect == "R":
        return Terms(delay, first, second, third, math.log(0.5), math.log(1e-10), True, shared_lag)
    return Terms(delay, first, second, third, 0.0, math.log(1e-64), False, shared_lag)


def receiver_pairs(events: Events, index: Receivers, receiver: int, terms: Terms, least: int = 1) -> Pairs:
    """Pairs of one receiver.

    Parameters
    ----------
    events : Events
    index : Receivers
        Of these events.
    receiver : int
    terms : Terms
    least : int
        Pairs that a sender must have; one with fewer is left out.
    """
    own = index.own(receiver)
    places, slots = _earlier(events, own)
    lags = events.times[own[slots]] - events.times[places]
    if terms.shared_lag > 0:
        tied, of = _tied(events, own)
        places, slots = np.append(places, tied), np.append(slots, of)
        lags = np.append(lags, np.zeros(len(tied)))
    alike = lags == 0
    lags = np.where(alike, terms.shared_lag, lags)
    constants = (terms.first, terms.second, terms.third)
    density = log_density(terms.delay, constants, lags) + np.where(alike, math.log(0.5), 0.0)
    possible = density > -np.inf
    density, places, slots = density[possible], places[possible], slots[possible]
    base = np.full(len(own), terms.outside)
    if terms.relative:
        best = np.full(len(own), -np.inf)
        np.maximum.at(best, slots, density)
        base = base + best
    often = np.bincount(events.units[places])[events.units[places]] >= least
    density, places, slots = density[often], places[often], slots[often]
    scores = density + terms.inside
    gains = scores > base[slots]
    order = np.lexsort((slots, ~gains, events.units[places]))
    unit = events.units[places][order].astype(np.int64)
    senders, starts = np.unique(unit, return_index=True)
    many = np.add.reduceat(gains[order].astype(np.int64), starts) if len(starts) else starts
    return Pairs(
        senders=senders,
        starts=np.append(starts, len(order)),
        gaining=starts + many,
        slots=slots[order].astype(np.int32),
        places=places[order].astype(np.int32),
        scores=scores[order],
        base=base,
        own=own,
        events=events,
        shared_lag=terms.shared_lag,
    )


def _earlier(events: Events, own: Places) -> tuple[Codes, Codes]:
    """Events before each of the receiver's own in its cascade, and the number of that event."""
    begins = events.starts[events.cascades[own]]
    return _spans(begins, events.tie_first[own])


def _tied(events: Events, own: Places) -> tuple[Codes, Codes]:
    """Events at the time of each of the receiver's own, but not decided together with it."""
    places, slots = _spans(events.tie_first[own], events.tie_after[own])
    together = (events.joint[places] >= 0) & (events.joint[places] == events.joint[own[slots]])
    others = (places != own[slots]) & ~together
    return places[others], slots[others]


def _spans(begins: Codes | Places, ends: Codes | Places) -> tuple[Codes, Codes]:
    """Numbers from each beginning to before each end, one after another, and which span each is of."""
    many = ends - begins
    slots = np.repeat(np.arange(len(begins)), many)
    within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    return begins[slots] + within, slots
