"""From rounded percentages and a total back to counts: what is certain, what is a range, what cannot be.

Every unit's shares allow some wholes; the wholes of all units sum to a printed total. Which whole each unit
can have in some solution is found exactly, with sets of sums held as the bits of large integers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

ENUMERATED = 10_000
"""Solutions that are counted; beyond, only that there are more."""


class Reconstruction(NamedTuple):
    """What a total and the wholes that units allow say of each unit.

    Attributes
    ----------
    outcome : {"unique", "interval", "infeasible"}
        One solution; several, so that each unit has a range; none, so that something printed is wrong.
    possible : mapping of str to tuple of int
        For each unit, every whole it has in some solution, smallest first. Never a guessed point.
    solutions : int or None
        How many solutions there are; None where there are more than 10⁴.
    """

    outcome: Literal["unique", "interval", "infeasible"]
    possible: dict[str, tuple[int, ...]]
    solutions: int | None


def reconstruct(allowed: Mapping[str, Collection[int]], total: int) -> Reconstruction:
    """The wholes of all units together, given which each allows and what they sum to.

    Parameters
    ----------
    allowed : mapping of str to collection of int
        For each unit, the wholes its printed shares allow (0 or more).
    total : int
        The printed sum over all units.

    Returns
    -------
    Reconstruction

    Examples
    --------
    >>> reconstruct({"a": {2, 4}, "b": {3, 6}}, 7).possible
    {'a': (4,), 'b': (3,)}
    >>> reconstruct({"a": {2, 4}, "b": {3, 6}}, 6).outcome
    'infeasible'
    """
    names = list(allowed)
    choices = [sorted({whole for whole in allowed[name] if 0 <= whole <= total}) for name in names]
    after = _sums_after(choices, total)
    if not after[0] >> total & 1:
        return Reconstruction("infeasible", dict.fromkeys(names, ()), 0)
    possible = dict(zip(names, _marginals(choices, after, total), strict=True))
    if all(len(wholes) == 1 for wholes in possible.values()):
        return Reconstruction("unique", possible, 1)
    return Reconstruction("interval", possible, _count(choices, total))


def _sums_after(choices: Sequence[Sequence[int]], total: int) -> list[int]:
    """For each place, the sums (as bits) that the units from there on can reach."""
    within = (1 << (total + 1)) - 1
    reached = [1]
    for wholes in reversed(choices):
        # bit s says whether the sum s can be reached: the table of a subset-sum programme in one large
        # integer
        reached.append(_shifted(reached[-1], wholes) & within)
    return reached[::-1]


def _shifted(sums: int, wholes: Sequence[int]) -> int:
    shifted = 0
    for first, last in _runs(wholes):
        # a run of n neighbours is the union of n shifts, doubled up in log n steps
        span, width = sums, 1
        while width < last - first + 1:
            step = min(width, last - first + 1 - width)
            span |= span << step
            width += step
        shifted |= span << first
    return shifted


def _runs(wholes: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = last = None
    for whole in wholes:
        if last is not None and whole == last + 1:
            last = whole
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = whole
    if first is not None and last is not None:
        yield first, last


def _marginals(
    choices: Sequence[Sequence[int]], after: Sequence[int], total: int
) -> Iterator[tuple[int, ...]]:
    """For each unit the wholes that leave the others a way to reach the total."""
    within = (1 << (total + 1)) - 1
    before = 1
    for wholes, rest in zip(choices, after[1:], strict=True):
        # bit s of `rest` as bit total − s: then s before, n here and the rest sum to the total
        mirrored = int(format(rest, f"0{total + 1}b")[::-1], 2)
        yield tuple(whole for whole in wholes if (before << whole) & mirrored)
        before = _shifted(before, wholes) & within


def _count(choices: Sequence[Sequence[int]], total: int) -> int | None:
    """Number of solutions; None beyond 10⁴. Counts are cut off there at every step, so they stay small."""
    ways = np.zeros(total + 1, dtype=np.int64)
    ways[0] = 1
    for wholes in choices:
        longer = np.zeros_like(ways)
        for first, last in _runs(wholes):
            if first == last:
                longer[first:] += ways[: total + 1 - first]
            else:
                # of a run of neighbours, the ways are a difference of two prefix sums
                summed = np.cumsum(ways)
                longer[first:] += summed[: total + 1 - first]
                longer[last + 1 :] -= summed[: total - last]
        ways = np.minimum(longer, ENUMERATED + 1)
    return int(ways[total]) if ways[total] <= ENUMERATED else None
