"""Networks drawn at random among all in which everybody looks to as many, and is looked to by as many.

Ties exchange senders by pairs. A round matches all ties at random into pairs; each pair exchanges if that
makes neither a loop nor a tie that stands, or is about to stand, elsewhere. The four ties of a pair, as they
are and as they would be, are the same before and after, and so is what forbids the exchange: a round is as
likely as its reverse, and all networks that can be reached are equally likely in the end. (Within a round
pairs are told apart, not tried in turn, so that many networks are drawn at once.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from diffuscope.models.types import Codes

    Flags = NDArray[np.bool_]

TRIES = 20
"""Exchanges tried for each tie; refused ones count."""
AT_ONCE = 2**15
"""Ties that are exchanged at a time, over all networks."""
EAGER = 0.9
"""Chance that a pair that may exchange does; below 1, so that every single exchange can happen alone."""


def rewired(
    receivers: Codes, senders: Codes, units: int, draws: int, rng: np.random.Generator
) -> Iterator[tuple[slice, Codes, int]]:
    """Senders of each tie in networks with the same degrees, some networks at a time.

    Parameters
    ----------
    receivers, senders : array of int, shape (E,)
        Ties, each once, without loops.
    units : int
    draws : int
    rng : numpy.random.Generator

    Yields
    ------
    tuple of (slice; array of int, shape (some, E); int)
        Which draws; their senders, receivers staying as they are; how many exchanges were made.
    """
    ties = len(receivers)
    block = max(1, AT_ONCE // max(ties, 1))
    for start in range(0, draws, block):
        some = slice(start, min(start + block, draws))
        chains = np.tile(senders.astype(np.int64), (some.stop - start, 1))
        rounds = 2 * TRIES if ties > 1 else 0
        yield some, chains, sum(_round(chains, receivers, units, rng) for _ in range(rounds))


def _round(chains: Codes, receivers: Codes, units: int, rng: np.random.Generator) -> int:
    """One round of exchanges in each network, in place."""
    ties = chains.shape[1]
    half = ties // 2
    order = _shuffles(chains.shape, rng)
    offset = np.arange(len(chains))[:, None] * ties
    flat = chains.reshape(-1)
    one, other = order[:, :half], order[:, half : 2 * half]
    (to, by), (to_other, by_other) = ((receivers[at], flat[at + offset]) for at in (one, other))
    keys = [to * units + by, to_other * units + by_other, to * units + by_other, to_other * units + by]
    if ties % 2:
        last = order[:, -1:]
        keys.append(receivers[last] * units + flat[last + offset])
    free = ~_clashing(keys, half, units)
    free &= (to != by_other) & (to_other != by)
    free &= rng.random(free.shape) < EAGER
    flat[one + offset] = np.where(free, by_other, by)
    flat[other + offset] = np.where(free, by, by_other)
    return int(free.sum())


def _shuffles(shape: tuple[int, ...], rng: np.random.Generator) -> Codes:
    """An order of all ties for each network: random high bits above the number of the tie, sorted."""
    bits = int(shape[1] - 1).bit_length()
    kind: type[np.unsignedinteger] = np.uint32 if bits <= 12 else np.uint64
    drawn = rng.integers(0, np.iinfo(kind).max, size=shape, dtype=kind, endpoint=True)
    low = kind((1 << bits) - 1)
    drawn = (drawn & ~low) | np.arange(shape[1], dtype=kind)
    drawn.sort(axis=1)
    return np.asarray((drawn & low).astype(np.int64))


def _clashing(keys: list[Codes], half: int, units: int) -> Flags:
    """Pairs of which a tie, as it is or would be, is also one of another pair or twice in the same."""
    bits = int(half).bit_length()
    narrow = (units * units).bit_length() + bits < 31
    own = np.arange(half + 1, dtype=np.int64)
    tagged = [(key << bits) | (own[:half] if key.shape[1] == half else own[half:]) for key in keys]
    joined: Codes = np.concatenate(
        tagged, axis=1, dtype=np.int32 if narrow else np.int64, casting="same_kind"
    )
    joined.sort(axis=1)
    tie = joined >> bits
    network, at = np.nonzero(tie[:, 1:] == tie[:, :-1])
    pair = joined & ((1 << bits) - 1)
    clash = np.zeros((len(joined), half + 1), dtype=bool)
    clash[network, pair[network, at]] = True
    clash[network, pair[network, at + 1]] = True
    return clash[:, :half]
