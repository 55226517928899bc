"""Chance: one stream of random numbers for each seed and name, so that a further use changes no other."""

from __future__ import annotations

import numpy as np

from diffuscope.compute import stream as drawn_for
from diffuscope.errors import PlanError

FEWEST = 99
"""Draws below which a p-value of 5 % rests on too little."""


def stream(seed: int, name: str) -> np.random.Generator:
    """Random numbers of their own for every name, the same for the same seed."""
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise PlanError(f"seed is {seed!r}; it is a whole number.")
    return drawn_for(seed, name)


def enough(draws: int, what: str = "draws") -> int:
    """The number of draws, refused where it is too small to say anything."""
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < FEWEST:
        raise PlanError(f"{what} is {draws!r}; it is a whole number of at least {FEWEST}.")
    return draws


def two_sided(observed: float, drawn: np.ndarray) -> float:
    """Two-sided p-value of an observation among draws under the null: never 0, as it is one of them itself.

    Twice the smaller of (b + 1) / (B + 1), where b draws are at least as low, or at least as high; at most 1.
    (Phipson & Smyth 2010, doi:10.2202/1544-6115.1585.)

    >>> two_sided(9.0, np.zeros(100)) == 2 / 101, two_sided(1.0, np.ones(100))
    (True, 1.0)
    """
    slack = 1e-12 * max(1.0, abs(observed), float(np.abs(drawn).max(initial=0.0)))
    low, high = np.sum(drawn <= observed + slack), np.sum(drawn >= observed - slack)
    return float(min(1.0, 2 * (min(low, high) + 1) / (len(drawn) + 1)))
