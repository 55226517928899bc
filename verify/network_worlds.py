"""Worlds of many policies: nothing spreads, all follow a clock, alike units adopt alike, or ties carry.

A network is inferred from each, and compared with its ties as a case's witness does it: it leans where the
edges run along the ties (p below 5 %). Run
``python -m verify.network_worlds`` for the rates.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import polars as pl

from diffuscope import infer_network
from diffuscope.networks.overlap import overlap

if TYPE_CHECKING:
    from collections.abc import Callable

UNITS, POLICIES, YEARS = 20, 40, 25
Made = tuple[np.ndarray, np.ndarray]


def nothing(rng: np.random.Generator) -> Made:
    """Years drawn one by one, by units that adopt early or late and much or little; ties at random."""
    early, often = rng.normal(size=(2, UNITS))
    when = rng.integers(0, 12, (POLICIES, UNITS)) + np.round(3 * early)
    return _some(when, often, rng), _ties(rng, np.zeros((UNITS, UNITS)))


def clock(rng: np.random.Generator) -> Made:
    """All follow a clock of each policy, always the same units first, who also have most ties."""
    early = rng.normal(size=UNITS)
    when = 3 + np.round(2 * early + rng.normal(0, 1.5, (POLICIES, UNITS)))
    return _some(when, np.zeros(UNITS), rng), _ties(rng, np.add.outer(0.8 * early, -0.8 * early))


def alike(rng: np.random.Generator) -> Made:
    """Units of one of four regions adopt at like times, and have ties; nobody follows anybody."""
    region = np.arange(UNITS) % 4
    when = rng.integers(0, 12, (POLICIES, 4))[:, region] + rng.integers(0, 4, (POLICIES, UNITS))
    return _some(when, np.zeros(UNITS), rng), _ties(rng, 4.0 * np.equal.outer(region, region) - 2.0)


def spread(rng: np.random.Generator) -> Made:
    """Each unit follows a sender it is tied to in half of the policies, one to three years later."""
    ties = _ties(rng, np.zeros((UNITS, UNITS)))
    when = rng.integers(0, 12, (POLICIES, UNITS)).astype(float)
    for policy in range(POLICIES):
        for unit in np.argsort(when[policy]):
            senders = np.flatnonzero(ties[unit])
            if len(senders) and rng.random() < 0.5:
                when[policy, unit] = when[policy, rng.choice(senders)] + rng.integers(1, 4)
    return _some(when, np.zeros(UNITS), rng), ties


WORLDS: dict[str, Callable[[np.random.Generator], Made]] = {
    "nothing spreads": nothing,
    "all follow a common clock": clock,
    "alike units adopt alike": alike,
    "spread along ties": spread,
}
NULL = ("nothing spreads", "all follow a common clock")


def _some(when: np.ndarray, often: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Years by policy and unit; some never adopt."""
    adopts = rng.random(when.shape) < 1 / (1 + np.exp(-0.8 - often))
    return np.where(adopts, when, np.nan)


def _ties(rng: np.random.Generator, log_odds: np.ndarray) -> np.ndarray:
    ties = (rng.random((UNITS, UNITS)) < 1 / (1 + np.exp(1.9 - log_odds))).astype(float)
    np.fill_diagonal(ties, 0)
    return ties


def leans(world: str, seed: int) -> bool:
    """Whether the witness leans for the ties of one world."""
    rng = np.random.default_rng([seed, list(WORLDS).index(world)])
    when, ties = WORLDS[world](rng)
    policy, unit = np.nonzero(np.isfinite(when))
    names = [f"u{at:02}" for at in range(UNITS)]
    frame = pl.DataFrame(
        {
            "policy": [f"p{at}" for at in policy],
            "unit": [names[at] for at in unit],
            "time": when[policy, unit].astype(int),
        }
    )
    network = infer_network(frame, edges=40, units=names, workers=1)
    edges = np.zeros((UNITS, UNITS))
    edges[network.edges.receivers, network.edges.senders] = 1
    found = overlap(edges, ties, [], 99, rng)
    return found.p < 0.05 and found.correlation > 0


def rate(world: str, worlds: int) -> float:
    """Share of worlds in which the witness leans."""
    return sum(leans(world, seed) for seed in range(worlds)) / worlds


if __name__ == "__main__":
    for name in WORLDS:
        sys.stdout.write(f"{name}: leans in {rate(name, 200):.1%} of 200 worlds\n")
