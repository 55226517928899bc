"""Data for the tests of models: the two-by-two table of the closed forms, and random panels."""

from __future__ import annotations

import numpy as np
import polars as pl


def two_by_two() -> pl.DataFrame:
    """12 events in 40 rows with x = 1, 5 in 60 with x = 0, in that order."""
    return pl.DataFrame(
        {
            "event": [1] * 12 + [0] * 28 + [1] * 5 + [0] * 55,
            "x": [1.0] * 40 + [0.0] * 60,
            "block": [f"b{row // 5}" for row in range(100)],
            "turn": [row % 4 for row in range(100)],
        }
    )


def separated() -> pl.DataFrame:
    """No event in 10 rows with x = 0, 4 in 10 with x = 1."""
    return pl.DataFrame({"event": [0] * 10 + [1] * 4 + [0] * 6, "x": [0] * 10 + [1] * 10})


def panel(rows: int = 2000, units: int = 60, policies: int = 5, seed: int = 4) -> pl.DataFrame:
    """Random rows of a panel with two covariates, a region and a known hazard of about one in eight."""
    rng = np.random.default_rng(seed)
    coercion, gdp = rng.normal(size=rows), rng.lognormal(8, 1, rows)
    duration = rng.integers(1, 16, rows)
    eta = -2.4 + 0.7 * coercion + 0.2 * (np.log(gdp) - 8) + 0.04 * duration
    return pl.DataFrame(
        {
            "unit": [f"u{at}" for at in rng.integers(0, units, rows)],
            "policy": [f"p{at}" for at in rng.integers(0, policies, rows)],
            "duration": duration,
            "event": (rng.random(rows) < 1 / (1 + np.exp(-eta))).astype(int),
            "coercion": coercion,
            "gdp": gdp,
            "region": rng.choice(["north", "south", "west"], rows),
        }
    )


def counting(rows: int = 400, seed: int = 5, *, ties: bool = True) -> pl.DataFrame:
    """Spans of a counting process, with late entry and events at the same time."""
    rng = np.random.default_rng(seed)
    length = rng.integers(1, 4, rows) if ties else rng.uniform(0.5, 3, rows)
    start = rng.integers(0, 8, rows) if ties else rng.uniform(0, 8, rows)
    x, z = rng.normal(size=rows), rng.normal(size=rows)
    return pl.DataFrame(
        {
            "unit": [f"u{at}" for at in rng.integers(0, 80, rows)],
            "start": start.astype(float),
            "stop": (start + length).astype(float),
            "event": (rng.random(rows) < 1 / (1 + np.exp(1 - 0.5 * x))).astype(int),
            "x": x,
            "z": z,
        }
    )
