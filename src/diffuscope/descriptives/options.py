"""Options of a statistic, checked: whole numbers, choices, and the seed of what is drawn at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from diffuscope.compute import stream
from diffuscope.errors import PlanError
from diffuscope.records.phrases import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST_DRAWS = 99
"""Draws below which a p-value of 5 % rests on too little."""


def whole_number(name: str, value: int, least: int) -> int:
    """A whole number that is not too small; truth values are none.

    Raises
    ------
    PlanError
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise PlanError(f"{name} is {value!r}; it must be a whole number of at least {least}.")
    return int(value)


def one_of(name: str, value: object, choices: Sequence[object]) -> None:
    """Refuse what is none of an option's choices.

    Raises
    ------
    PlanError
    """
    if value not in choices:
        raise PlanError(f"{name} is {value!r}; it must be {listed(map(repr, choices), 'or')}.")


def seeded(seed: int, name: str) -> np.random.Generator:
    """Random numbers of their own for every name, so that a further use changes no other.

    Raises
    ------
    PlanError
        If the seed is not a whole number.
    """
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise PlanError(f"seed is {seed!r}; it must be a whole number.")
    return stream(seed, name)
