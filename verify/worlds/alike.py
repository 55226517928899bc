"""Worlds in which like units are tied and adopt alike, seen or unseen; nothing spreads."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .world import (
    ASKED,
    BASE,
    OWN,
    UNITS,
    Numbers,
    World,
    adoptions,
    alike_senders,
    every_period,
    stream,
)

LIKENESS = 1.2
"""What one unit of the trait z adds to the log odds of adopting."""
PARTIAL = 0.5
"""Correlation of a partial driver with the trait."""

Declared = Callable[[np.random.Generator, Numbers], Numbers]


def trait_itself(_rng: np.random.Generator, trait: Numbers) -> Numbers:
    """The trait that drives the ties."""
    return trait


def noise(rng: np.random.Generator, trait: Numbers) -> Numbers:
    """A variable that has nothing to do with the trait."""
    return rng.normal(size=len(trait))


def partial(rng: np.random.Generator, trait: Numbers) -> Numbers:
    """A variable correlated with the trait."""
    return PARTIAL * trait + np.sqrt(1 - PARTIAL**2) * rng.normal(size=len(trait))


def squared(trait: Numbers) -> Numbers:
    """The square of a standard normal, with mean 0 and spread 1.

    >>> float(squared(np.array(1.0)))
    0.0
    """
    return (trait**2 - 1) / np.sqrt(2)


def alike(
    name: str,
    seed: int,
    index: int,
    *,
    declared: Declared,
    by_square: bool = False,
    units: int = UNITS,
) -> World:
    """Ties and adoptions both go by a trait; the case holds, and declares, some variable as its driver."""
    rng = stream(seed, name, index)
    x, trait = rng.normal(size=(2, units))
    ties = alike_senders(rng, trait)
    acts = squared(trait) if by_square else trait
    when = adoptions(rng, every_period(OWN * x + LIKENESS * acts, BASE))
    seen = declared is trait_itself and not by_square
    return World(
        name=name,
        index=index,
        adopted=when,
        entered=np.ones(units, dtype=np.int64),
        ties={ASKED: ties},
        covariates={"x": x, "driver": declared(rng, trait)},
        drivers=("driver",),
        truth="nothing" if seen else "unseen likeness",
        effect=0.0 if seen else np.nan,
    )
