"""Worlds without diffusion or homophily: adoption depends on time, frailty, region or entry alone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .world import (
    ASKED,
    BASE,
    OWN,
    PERIODS,
    UNITS,
    Numbers,
    Ties,
    World,
    linear_predictor,
    random_senders,
    simulate_adoptions,
    stream,
    weighted_senders,
)

YEARS = np.arange(1, PERIODS + 1)
COURSES: Mapping[str, Numbers] = {
    "nothing": np.full(PERIODS, BASE),
    "rising": -5.2 + 0.17 * YEARS,
    "falling": -1.6 - 0.15 * YEARS,
    "step": -4.5 + 2.0 * (YEARS > PERIODS // 2),
    "hump": -4 + 2.5 * np.exp(-((YEARS - 15) ** 2) / 18),
}
"""Log odds of adopting by period, for a unit with x = 0."""
FRAILTY = 1.5
"""Standard deviation of the unobserved frailty."""
REGIONS, REGIONAL, SHOCK, LASTS = 5, -3.8, 2.5, 3
COHORT = 10
"""Units of a cohort, which enter one after another."""
FEW = 8
"""Events in the risk set of a sparse world; one more unit adopts first and opens the risk set."""


def course(name: str, seed: int, index: int, *, kind: str, units: int = UNITS) -> World:
    """All units share one course of the hazard in time; ties are random."""
    rng = stream(seed, name, index)
    x = rng.normal(size=units)
    ties = random_senders(rng, units)
    when = simulate_adoptions(rng, linear_predictor(OWN * x, COURSES[kind]))
    return _world(name, index, when, ties, x, effect=0.0 if kind == "nothing" else np.nan)


def frailty(name: str, seed: int, index: int, *, units: int = UNITS) -> World:
    """Units differ in an unobserved frailty; ties are random."""
    rng = stream(seed, name, index)
    x, unseen = rng.normal(size=(2, units))
    ties = random_senders(rng, units)
    when = simulate_adoptions(rng, linear_predictor(OWN * x + FRAILTY * unseen, BASE))
    return _world(name, index, when, ties, x)


def regional(name: str, seed: int, index: int, *, units: int = UNITS) -> World:
    """Each region has a shock of three years at its own date; all ties are within regions."""
    rng = stream(seed, name, index)
    x = rng.normal(size=units)
    region = np.arange(units) % REGIONS
    begins = rng.integers(2, PERIODS - LASTS, size=REGIONS)
    ties = weighted_senders(rng, (region[:, None] == region[None, :]).astype(float))
    since = YEARS[None, :] - begins[region][:, None]
    shock = SHOCK * ((since >= 0) & (since < LASTS))
    when = simulate_adoptions(rng, linear_predictor(OWN * x, REGIONAL) + shock)
    return _world(name, index, when, ties, x)


def entries(units: int) -> np.ndarray:
    """First period at risk: one unit enters per period, all others are at risk from the first.

    >>> entries(32).tolist()[:4], entries(32).tolist()[-1]
    ([1, 1, 1, 2], 30)
    """
    return np.maximum(1, np.arange(units) - (units - PERIODS) + 1)


def staggered(name: str, seed: int, index: int, *, units: int = UNITS) -> World:
    """One unit enters per period; the hazard rises with calendar time; ties are random."""
    rng = stream(seed, name, index)
    x, entered = rng.normal(size=units), entries(units)
    ties = random_senders(rng, units)
    when = simulate_adoptions(rng, linear_predictor(OWN * x, COURSES["rising"]), entered=entered)
    return _world(name, index, when, ties, x, entered=entered)


def cohorts(name: str, seed: int, index: int, *, units: int = UNITS) -> World:
    """One unit enters per period; the hazard rises with time at risk; ties are within cohorts of entry."""
    rng = stream(seed, name, index)
    x, entered = rng.normal(size=units), entries(units)
    cohort = np.arange(units) // COHORT
    ties = weighted_senders(rng, (cohort[:, None] == cohort[None, :]).astype(float))
    at_risk = np.maximum(YEARS[None, :] - entered[:, None] + 1, 1)
    when = simulate_adoptions(rng, OWN * x[:, None] - 5.2 + 0.17 * at_risk, entered=entered)
    return _world(name, index, when, ties, x, entered=entered)


def sparse(name: str, seed: int, index: int, *, units: int = UNITS) -> World:
    """One sender per unit on average; eight events after the first adoption, at random distinct times."""
    rng = stream(seed, name, index)
    x = rng.normal(size=units)
    ties = rng.random((units, units)) < 1 / (units - 1)
    np.fill_diagonal(ties, False)
    odds = np.exp(OWN * x)
    who = rng.choice(units, size=FEW + 1, replace=False, p=odds / odds.sum())
    when = np.zeros(units, dtype=np.int64)
    when[who] = rng.choice(YEARS, size=FEW + 1, replace=False)
    return _world(name, index, when, ties, x)


def _world(
    name: str,
    index: int,
    adopted: np.ndarray,
    ties: Ties,
    x: Numbers,
    *,
    entered: np.ndarray | None = None,
    effect: float = np.nan,
) -> World:
    return World(
        name=name,
        index=index,
        adopted=adopted,
        entered=np.ones(len(x), dtype=np.int64) if entered is None else entered,
        ties={ASKED: ties},
        covariates={"x": x},
        effect=effect,
    )
