"""Worlds in which a policy spreads: along the ties of the case, or along others that it holds or lacks."""

from __future__ import annotations

from typing import Literal

import numpy as np

from .alike import LIKENESS
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
    adoptions,
    alike_senders,
    every_period,
    random_senders,
    stream,
)

SHARED = 0.6
"""Share of a unit's emulation ties that are also ties of competition, where the latter are at work."""
STRONG = 5.0

Held = Literal["neither", "the rival", "an irrelevant rival", "an irrelevant rival, others ruled out"]


def contagion(
    name: str, seed: int, index: int, *, effect: float, likeness: bool = False, units: int = UNITS
) -> World:
    """What senders did raises the odds; where like units are tied, the trait is in the model and declared."""
    rng = stream(seed, name, index)
    x, trait = rng.normal(size=(2, units))
    ties = alike_senders(rng, trait) if likeness else random_senders(rng, units)
    levels = OWN * x + (LIKENESS * trait if likeness else 0.0)
    when = adoptions(rng, every_period(levels, BASE), ties=ties, effect=effect)
    return World(
        name=name,
        index=index,
        adopted=when,
        entered=np.ones(units, dtype=np.int64),
        ties={ASKED: ties},
        covariates={"x": x, "driver": trait} if likeness else {"x": x},
        drivers=("driver",) if likeness else (),
        truth="contagion",
        effect=effect,
    )


def mislabelled(name: str, seed: int, index: int, *, held: Held, units: int = UNITS) -> World:
    """It spread by competition; the case holds ties of emulation that coincide with three in five of those."""
    rng = stream(seed, name, index)
    x = rng.normal(size=units)
    rivals = random_senders(rng, units)
    likeness = overlapping(rng, rivals)
    when = adoptions(rng, every_period(OWN * x, BASE), ties=rivals, effect=STRONG)
    ties = {ASKED: likeness}
    if held == "the rival":
        ties[RIVAL] = rivals
    elif held != "neither":
        ties[RIVAL] = random_senders(rng, units)
    out = {"learning": RULED_OUT["learning"]} if held.endswith("ruled out") else {}
    return World(
        name=name,
        index=index,
        adopted=when,
        entered=np.ones(units, dtype=np.int64),
        ties=ties,
        covariates={"x": x},
        ruled_out=out,
        truth="another mechanism",
        effect=0.0 if held == "the rival" else np.nan,
    )


def overlapping(rng: np.random.Generator, ties: Ties, share: float = SHARED) -> Ties:
    """As many senders a unit, of whom a share are the same."""
    units = len(ties)
    kept = round(share * SENDERS)
    found = np.zeros_like(ties)
    for unit in range(units):
        same = np.flatnonzero(ties[unit])
        others = np.setdiff1d(np.arange(units), [unit, *same])
        found[unit, rng.choice(same, kept, replace=False)] = True
        found[unit, rng.choice(others, SENDERS - kept, replace=False)] = True
    return found
