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
