"""A case of many policies among twelve towns, written to a folder: who follows whom is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """
format = 1
id = "towns"
title = "Policies of towns"
[[analysis]]
id = "why"
question = "Why do policies of towns spread?"
policies = "all"
units = "town"
window = ["1990", "2020"]
{more}
"""
TOWNS = tuple(f"town-{at:02}" for at in range(12))
FOLLOWS = {TOWNS[at]: TOWNS[at - 1] for at in range(1, 12) if at % 3}
"""Whom each town follows, where it follows anybody."""


def adoptions(seed: int, policies: int, *, spreads: bool = True) -> pl.DataFrame:
    """Dates of adoption; a follower adopts one to three years after its leader, or when it likes."""
    rng = np.random.default_rng(seed)
    rows = []
    for policy in range(policies):
        start = int(rng.integers(1990, 2004))
        when: dict[str, int] = {}
        for town in TOWNS:
            leader = FOLLOWS.get(town)
            if spreads and leader in when and rng.random() < 0.85:
                when[town] = when[leader] + int(rng.integers(1, 4))
            elif rng.random() < 0.7:
                when[town] = start + int(rng.integers(0, 12))
        rows += [(town, f"law-{policy:02}", str(year), "s") for town, year in when.items()]
    return pl.DataFrame(rows, schema=["unit", "policy", "time", "source"], orient="row")


def write_towns(
    folder: Path, policies: int = 30, more: str = "[analysis.inferred]\nedges = 8\ndraws = 40"
) -> None:
    """The case; `shared-religion` ties each town to whom it follows, `trade` ties others."""
    folder.mkdir()
    (folder / "case.toml").write_text(SETTINGS.format(more=more))
    named = {"unit": TOWNS, "name": TOWNS, "kind": "town", "role": "adopter"}
    pl.DataFrame(named).write_csv(folder / "units.csv")
    laws = [f"law-{at:02}" for at in range(policies)]
    pl.DataFrame({"policy": laws, "name": laws, "group": "all"}).write_csv(folder / "policies.csv")
    adoptions(1, policies).write_csv(folder / "adoptions.csv")
    culture = [("shared-religion", leader, town, 1.0, "s") for town, leader in FOLLOWS.items()]
    others = [("trade", TOWNS[(at + 5) % 12], TOWNS[at], 1.0 + at % 3, "s") for at in range(12)]
    pl.DataFrame(
        [*culture, *others], schema=["layer", "sender", "receiver", "weight", "source"], orient="row"
    ).write_csv(folder / "ties.csv")
