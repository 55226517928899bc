"""Degree-preserving rewiring: networks drawn at random among all with the same in- and out-degrees.

Ties exchange senders by pairs. A round matches all ties at random into pairs; each pair exchanges if that
makes neither a loop nor a tie that stands, or is about to stand, elsewhere. The four ties of a pair, as they
are and as they would be, are the same before and after, and so is what forbids the exchange: a round is as
likely as its reverse, and all networks that can be reached are equally likely in the end. (Within a round
pairs are told apart, not tried in turn, so that many networks are drawn at once.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.records.arrays import Codes, Flags


TRIES = 20
"""Exchanges tried for each tie; refused ones count."""
AT_ONCE = 2**13
"""Ties that are exchanged at a time, over all networks."""
EAGER = 0.9
"""Chance that a pair that may exchange does; below 1, so that every single exchange can happen alone."""


class Rewired(NamedTuple):
    """Which draws; their senders, shape (some, E), receivers staying as they are; and exchanges made."""

    draws: slice
    senders: Codes
    exchanges: int


def rewired(
    receivers: Codes, senders: Codes, units: int, draws: int, rng: np.random.Generator
) -> Iterator[Rewired]:
    """Degree-preserving rewiring: senders of each tie in networks drawn at random, some networks at a time.

    Parameters
    ----------
    receivers, senders : array of int, shape (E,)
        Ties, each once, without loops.
    units : int
    draws : int
    rng : numpy.random.Generator

    Yields
    ------
    Rewired

    References
    ----------
    Milo, Kashtan, Itzkovitz, Newman & Alon 2003, arXiv:cond-mat/0312028.
    """
    ties = len(receivers)
    block = max(1, AT_ONCE // max(ties, 1))
    # half as many bytes where a tie and the number of its pair fit into them
    kind: Any = np.int32 if (units * units).bit_length() + ties.bit_length() < 31 else np.int64
    fixed, start_at = receivers.astype(kind), senders.astype(kind)
    for start in range(0, draws, block):
        some = slice(start, min(start + block, draws))
        chains = np.tile(start_at, (some.stop - start, 1))
        # a round tries each tie once, in pairs: twice as many rounds as tries for each tie
        rounds = 2 * TRIES if ties > 1 else 0
        yield Rewired(some, chains, sum(_round(chains, fixed, units, rng) for _ in range(rounds)))


def _round(chains: Codes, receivers: Codes, units: int, rng: np.random.Generator) -> int:
    """One round of exchanges in each network, in place."""
    ties = chains.shape[1]
    half = ties // 2
    order = _shuffles(chains.shape, rng)
    to = receivers[order]
    place = order + np.arange(len(chains))[:, None] * ties
    flat = chains.reshape(-1)
    by = flat[place]
    one, other = by[:, :half], by[:, half : 2 * half]
    free = ~_clashing(to, by, units)
    # an exchange that would tie a unit to itself is refused, and counts as a try
    free &= (to[:, :half] != other) & (to[:, half : 2 * half] != one)
    free &= rng.random(free.shape, dtype=np.float32) < EAGER
    flat[place[:, :half]] = np.where(free, other, one)
    flat[place[:, half : 2 * half]] = np.where(free, one, other)
    return int(free.sum())


def _shuffles(shape: tuple[int, ...], rng: np.random.Generator) -> Codes:
    """An order of all ties for each network: random high bits above the number of the tie, sorted."""
    bits = int(shape[1] - 1).bit_length()
    kind: type[np.unsignedinteger] = np.uint32 if bits <= 12 else np.uint64
    drawn = rng.integers(0, np.iinfo(kind).max, size=shape, dtype=kind, endpoint=True)
    low = kind((1 << bits) - 1)
    drawn &= ~low
    drawn |= np.arange(shape[1], dtype=kind)
    drawn.sort(axis=1)
    drawn &= low
    return np.asarray(drawn.astype(np.int64))


def _clashing(to: Codes, by: Codes, units: int) -> Flags:
    """Pairs of which a tie, as it is or would be, is also one of another pair or twice in the same."""
    ties = to.shape[1]
    half = ties // 2
    bits = int(half).bit_length()
    number = np.arange(ties, dtype=to.dtype)
    pair = np.where(number < 2 * half, number % half, half)  # the last of an odd number has no partner
    row = to * units
    every = np.empty((len(to), ties + 2 * half), dtype=to.dtype)
    np.add(row, by, out=every[:, :ties])
    np.add(row[:, :half], by[:, half : 2 * half], out=every[:, ties : ties + half])
    np.add(row[:, half : 2 * half], by[:, :half], out=every[:, ties + half :])
    every <<= bits
    every[:, :ties] |= pair
    every[:, ties:] |= pair[: 2 * half]
    every.sort(axis=1)
    tie = every >> bits
    # sorted ties that are equal stand side by side: both their pairs clash
    network, at = np.nonzero(tie[:, 1:] == tie[:, :-1])
    clash = np.zeros((len(to), half + 1), dtype=bool)
    for neighbour in (at, at + 1):
        clash[network, every[network, neighbour] & ((1 << bits) - 1)] = True
    return clash[:, :half]
