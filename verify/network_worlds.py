"""Worlds of many policies: nothing spreads, all follow a clock, alike units adopt alike, or ties carry.

A network is inferred from each, and judged by the functions and the rule that a study uses: its overlap with
the ties of one mechanism beside those of a rival, after Holm's method. For the rates, run
``python -m verify.network_worlds``.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from typing import NamedTuple

import numpy as np
import polars as pl

from diffuscope import infer_network
from diffuscope.compute import map_items, run_on
from diffuscope.networks.stance import judge
from diffuscope.study.edges_along_ties import edges_along_ties, likeness

if TYPE_CHECKING:
    from collections.abc import Callable

UNITS, POLICIES = 20, 40
DRAWS = 199
NAMES = [f"u{at:02}" for at in range(UNITS)]


class Made(NamedTuple):
    """Years by policy and unit, NaN where never; ties by receiver and sender; a group that is declared."""

    when: np.ndarray
    ties: np.ndarray
    group: np.ndarray | None = None


def nothing(rng: np.random.Generator) -> Made:
    """Years drawn one by one, by units that adopt early or late and much or little; ties at random."""
    early, often = rng.normal(size=(2, UNITS))
    when = rng.integers(0, 12, (POLICIES, UNITS)) + np.round(3 * early)
    return Made(_some(when, often, rng), _ties(rng, np.zeros((UNITS, UNITS))))


def clock(rng: np.random.Generator) -> Made:
    """All follow a clock of each policy, always the same units first, who also have most ties."""
    early = rng.normal(size=UNITS)
    when = 3 + np.round(2 * early + rng.normal(0, 1.5, (POLICIES, UNITS)))
    return Made(_some(when, np.zeros(UNITS), rng), _ties(rng, np.add.outer(0.8 * early, -0.8 * early)))


def alike(rng: np.random.Generator) -> Made:
    """Units of one of four regions adopt at like times, and have ties; nobody follows anybody."""
    when = rng.integers(0, 12, (POLICIES, 4))[:, REGION] + rng.integers(0, 4, (POLICIES, UNITS))
    return Made(_some(when, np.zeros(UNITS), rng), _ties(rng, 4.0 * np.equal.outer(REGION, REGION) - 2.0))


def alike_both_ways(rng: np.random.Generator) -> Made:
    """The same, with ties that run both ways."""
    made = alike(rng)
    return made._replace(ties=np.maximum(made.ties, made.ties.T))


def alike_declared(rng: np.random.Generator) -> Made:
    """The same, with the region declared."""
    return alike_both_ways(rng)._replace(group=REGION)


def spread(rng: np.random.Generator) -> Made:
    """Each unit follows a sender it is tied to in half of the policies, one to three years later."""
    ties = _ties(rng, np.zeros((UNITS, UNITS)))
    return Made(_followed(ties, rng), ties)


def spread_both_ways(rng: np.random.Generator) -> Made:
    """The same along ties that run both ways; a group that has no part in it is declared."""
    ties = np.triu(_ties(rng, np.zeros((UNITS, UNITS))))
    ties = ties + ties.T
    return Made(_followed(ties, rng), ties, REGION)


REGION = np.arange(UNITS) % 4
WORLDS: dict[str, Callable[[np.random.Generator], Made]] = {
    "nothing spreads": nothing,
    "all follow a common clock": clock,
    "alike units adopt alike": alike,
    "alike units adopt alike, ties both ways": alike_both_ways,
    "alike units adopt alike, ties both ways, likeness declared": alike_declared,
    "spread along ties": spread,
    "spread along ties both ways, a group declared": spread_both_ways,
}
SPREAD = tuple(name for name in WORLDS if name.startswith("spread"))
NULL = tuple(name for name in WORLDS if name not in SPREAD)


def _some(when: np.ndarray, often: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Years by policy and unit; some never adopt."""
    adopts = rng.random(when.shape) < 1 / (1 + np.exp(-0.8 - often))
    return np.where(adopts, when, np.nan)


def _ties(rng: np.random.Generator, log_odds: np.ndarray) -> np.ndarray:
    ties = (rng.random((UNITS, UNITS)) < 1 / (1 + np.exp(1.9 - log_odds))).astype(float)
    np.fill_diagonal(ties, 0)
    return ties


def _followed(ties: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    when = rng.integers(0, 12, (POLICIES, UNITS)).astype(float)
    for policy in range(POLICIES):
        for unit in np.argsort(when[policy]):
            senders = np.flatnonzero(ties[unit])
            if len(senders) and rng.random() < 0.5:
                when[policy, unit] = when[policy, rng.choice(senders)] + rng.integers(1, 4)
    return _some(when, np.zeros(UNITS), rng)


def leans(world: str, seed: int) -> bool:
    """Whether the witness leans for the ties of one world, beside a rival whose ties are random."""
    rng = np.random.default_rng([seed, list(WORLDS).index(world)])
    made = WORLDS[world](rng)
    policy, unit = np.nonzero(np.isfinite(made.when))
    frame = pl.DataFrame(
        {
            "policy": [f"p{at}" for at in policy],
            "unit": [NAMES[at] for at in unit],
            "time": made.when[policy, unit].astype(int),
        }
    )
    network = infer_network(frame, edges=40, units=NAMES, workers=1)
    edges = np.zeros((UNITS, UNITS))
    edges[network.edges.receivers, network.edges.senders] = 1
    layers = {"emulation": ("ties", made.ties), "coercion": ("rival", _ties(rng, np.zeros((UNITS, UNITS))))}
    found = edges_along_ties(edges, layers, _alike(made.group), seed, DRAWS)
    own = next(one for one in found if one.mechanism == "emulation")
    ordered = frame.group_by("policy").agg(pl.col("time").n_unique()).filter(pl.col("time") > 1).height
    return judge(ordered=ordered, found=own).stance == "leaning for"


def _alike(group: np.ndarray | None) -> dict[str, np.ndarray]:
    """The declared group, as a case states it in its table `attributes`."""
    if group is None:
        return {}
    rows = [(name, None, "region", f"r{one}", None) for name, one in zip(NAMES, group, strict=True)]
    columns = dict.fromkeys(("unit", "time", "variable", "value", "unit_of_measure"), pl.String)
    return likeness(pl.DataFrame(rows, schema=columns, orient="row"), ["region"], NAMES)


def rate(world: str, worlds: int) -> float:
    """Share of worlds in which the witness leans."""
    return sum(map_items(_leaned, range(worlds), world, seed=0, name="worlds")) / worlds


def _leaned(world: str, seed: int, _: np.random.Generator) -> bool:
    return leans(world, seed)


def main() -> None:
    """Print the rate of each kind of world."""
    asked = argparse.ArgumentParser(prog="python -m verify.network_worlds", description=__doc__)
    asked.add_argument("--worlds", type=int, default=400)
    asked.add_argument("--workers", type=int, help="processes at once; all cores if left out")
    asked.add_argument("--cluster", help="address of a dask scheduler; its workers start in this folder")
    given = asked.parse_args()
    with run_on(workers=given.workers, cluster=given.cluster):
        for name in WORLDS:
            sys.stdout.write(f"{name}: leans in {rate(name, given.worlds):.1%} of {given.worlds} worlds\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
