"""Worlds with contagion: along the ties of the case, or along those of another mechanism."""

from __future__ import annotations

from typing import Literal

import numpy as np

from .homophily import TRAIT
from .world import (
    ASKED,
    BASE,
    OWN,
    RIVAL,
    RULED_OUT,
    SENDERS,
    UNITS,
    Ties,
    World,
    homophilous_senders,
    linear_predictor,
    random_senders,
    simulate_adoptions,
    stream,
)

SHARED = 0.6
"""Share of a unit's emulation ties that are also ties of the mechanism at work."""
STRONG = 5.0
"""Coefficient of the share of competitors that had adopted, where competition is at work."""

Rival = Literal["absent", "present", "irrelevant", "irrelevant, rest ruled out"]


def contagion(
    name: str, seed: int, index: int, *, effect: float, homophily: bool = False, units: int = UNITS
) -> World:
    """Senders' adoptions raise the log odds; with homophily, the trait is in the model and declared."""
    rng = stream(seed, name, index)
    x, trait = rng.normal(size=(2, units))
    ties = homophilous_senders(rng, trait) if homophily else random_senders(rng, units)
    levels = OWN * x + (TRAIT * trait if homophily else 0.0)
    when = simulate_adoptions(rng, linear_predictor(levels, BASE), ties=ties, effect=effect)
    return World(
        name=name,
        index=index,
        adopted=when,
        entered=np.ones(units, dtype=np.int64),
        ties={ASKED: ties},
        covariates={"x": x, "driver": trait} if homophily else {"x": x},
        drivers=("driver",) if homophily else (),
        effect=effect,
    )


def mislabelled(name: str, seed: int, index: int, *, rival: Rival, units: int = UNITS) -> World:
    """Competition is at work; three in five emulation ties of the case coincide with those of competition."""
    rng = stream(seed, name, index)
    x = rng.normal(size=units)
    competitors = random_senders(rng, units)
    peers = overlapping(rng, competitors)
    when = simulate_adoptions(rng, linear_predictor(OWN * x, BASE), ties=competitors, effect=STRONG)
    ties = {ASKED: peers}
    if rival == "present":
        ties[RIVAL] = competitors
    elif rival != "absent":
        ties[RIVAL] = random_senders(rng, units)
    return World(
        name=name,
        index=index,
        adopted=when,
        entered=np.ones(units, dtype=np.int64),
        ties=ties,
        covariates={"x": x},
        ruled_out={"learning": RULED_OUT["learning"]} if rival == "irrelevant, rest ruled out" else {},
        effect=0.0 if rival == "present" else np.nan,
    )


def overlapping(rng: np.random.Generator, ties: Ties, share: float = SHARED) -> Ties:
    """Ties with as many senders per unit, of whom the given share are the same."""
    units = len(ties)
    kept = round(share * SENDERS)
    found = np.zeros_like(ties)
    for unit in range(units):
        same = np.flatnonzero(ties[unit])
        others = np.setdiff1d(np.arange(units), [unit, *same])
        found[unit, rng.choice(same, kept, replace=False)] = True
        found[unit, rng.choice(others, SENDERS - kept, replace=False)] = True
    return found
