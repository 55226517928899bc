"""Cascades that grow along a sparse network whose edges are known: for speed, and for what is found again."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

LONGEST = 1000


class Grown(NamedTuple):
    """Adoptions, and the network along which they spread.

    Attributes
    ----------
    adoptions : polars.DataFrame
        unit · policy · time.
    followers : array of int, shape (N, degree)
        Units that follow each unit.
    """

    adoptions: pl.DataFrame
    followers: np.ndarray


def grown(  # noqa: PLR0917 the size of a world
    units: int, events: int, length: int, degree: int = 2, carried: float = 0.7, seed: int = 1
) -> Grown:
    """Cascades of a mean length, at most 1,000; a share of the adopters follow an earlier one along an edge.

    Each further adopter is a random follower of a random earlier one, one unit of time later on average; or
    else anybody, at a random time.
    """
    rng = np.random.default_rng(seed)
    followers = rng.integers(0, units, (units, degree), dtype=np.int32)
    cascades = events // length
    spread = rng.lognormal(-0.125, 0.5, cascades) * length
    lengths = -np.sort(-np.clip(np.round(spread), 2, LONGEST).astype(np.int64))
    starts = np.append(0, np.cumsum(lengths))
    unit, time = np.empty(starts[-1], np.int32), np.empty(starts[-1])
    unit[starts[:-1]], time[starts[:-1]] = rng.integers(0, units, cascades), 0.0
    for step in range(1, int(lengths[0])):
        alive = int(np.searchsorted(-lengths, -step))  # those that are longer
        first = starts[:alive]
        parent = first + rng.integers(0, step, alive)
        follows = rng.random(alive) < carried
        child = followers[unit[parent], rng.integers(0, degree, alive)]
        unit[first + step] = np.where(follows, child, rng.integers(0, units, alive))
        time[first + step] = time[parent] + rng.exponential(1.0, alive)
    policy = np.repeat(np.arange(cascades, dtype=np.int32), lengths)
    table = pl.DataFrame({"unit": unit, "policy": policy, "time": time})
    return Grown(table.sort("time").unique(["unit", "policy"], keep="first", maintain_order=True), followers)


def recovered(table: pl.DataFrame, followers: np.ndarray) -> tuple[float, float, float]:
    """Share of found edges that are true, share of true edges that are found, and average precision."""
    units, degree = followers.shape
    true = np.unique(np.repeat(np.arange(units, dtype=np.int64), degree) * units + followers.ravel())
    sender, receiver = (table[name].cast(pl.Int64).to_numpy() for name in ("sender", "receiver"))
    hits = np.isin(sender * units + receiver, true)
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(hits.mean()), float(hits.sum() / len(true)), float(precision[hits].sum() / len(true))
