"""Worlds with homophily: similar units form ties and adopt alike, and nothing diffuses."""

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
    homophilous_senders,
    linear_predictor,
    simulate_adoptions,
    stream,
)

TRAIT = 1.2
"""Coefficient of the trait z on the log odds of adopting."""
PARTIAL = 0.5
"""Correlation of a partial driver with the trait."""

Driver = Callable[[np.random.Generator, Numbers], Numbers]


def true_driver(_rng: np.random.Generator, trait: Numbers) -> Numbers:
    """The trait that drives the ties."""
    return trait


def noise_driver(rng: np.random.Generator, trait: Numbers) -> Numbers:
    """A variable unrelated to the trait."""
    return rng.normal(size=len(trait))


def partial_driver(rng: np.random.Generator, trait: Numbers) -> Numbers:
    """A variable correlated with the trait."""
    return PARTIAL * trait + np.sqrt(1 - PARTIAL**2) * rng.normal(size=len(trait))


def squared(trait: Numbers) -> Numbers:
    """Standardised square of a standard normal: mean 0, variance 1.

    >>> float(squared(np.array(1.0)))
    0.0
    """
    return (trait**2 - 1) / np.sqrt(2)


def homophilous(
    name: str, seed: int, index: int, *, driver: Driver, by_square: bool = False, units: int = UNITS
) -> World:
    """Ties and adoptions both follow a trait; the case declares some variable as the driver of the ties."""
    rng = stream(seed, name, index)
    x, trait = rng.normal(size=(2, units))
    ties = homophilous_senders(rng, trait)
    acting = squared(trait) if by_square else trait
    when = simulate_adoptions(rng, linear_predictor(OWN * x + TRAIT * acting, BASE))
    observed = driver is true_driver and not by_square
    return World(
        name=name,
        index=index,
        adopted=when,
        entered=np.ones(units, dtype=np.int64),
        ties={ASKED: ties},
        covariates={"x": x, "driver": driver(rng, trait)},
        drivers=("driver",),
        effect=0.0 if observed else np.nan,
    )
