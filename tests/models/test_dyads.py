"""Pairs of units: without emulation, only pairs that could show some must show none (Boehmke 2009)."""

from __future__ import annotations

import numpy as np
import polars as pl

from diffuscope.models import event_history

UNITS, PERIODS, DRAWS = 30, 15, 40


def drawn(rng: np.random.Generator) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All pairs, and those whose sender has the policy already, where each unit decides by itself."""
    x = rng.normal(size=UNITS)
    hazard = 1 / (1 + np.exp(2.5 - x))
    had = np.zeros(UNITS, dtype=bool)
    frames = []
    for time in range(PERIODS):
        adopts = ~had & (rng.random(UNITS) < hazard)
        i, j = (pair.ravel() for pair in np.meshgrid(np.flatnonzero(~had), np.arange(UNITS), indexing="ij"))
        i, j = i[i != j], j[i != j]
        frames.append(pl.DataFrame({
            "receiver": i, "sender": j, "time": time, "event": (adopts[i] & had[j]).astype(int),
            "x_i": x[i], "x_j": x[j], "chance": had[j],
        }))  # fmt: skip
        had |= adopts
    every = pl.concat(frames)
    return every, every.filter("chance")


def test_a_sender_matters_only_if_pairs_without_the_chance_are_kept():
    rng = np.random.default_rng(11)
    found = {"all": [], "chance": []}
    for _ in range(DRAWS):
        for name, frame in zip(found, drawn(rng), strict=True):
            fit = event_history("event ~ x_i + x_j", frame, cluster="dyads")
            assert fit.clusters[0][1] == UNITS
            found[name].append(fit.coefficients[2])
    assert np.mean(found["all"]) > 0.5
    assert abs(np.mean(found["chance"])) < 0.05
