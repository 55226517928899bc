"""Cascades with a known answer: SNAP's example, policies of the American states, and what R makes of them."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "reference"
needs_reference = pytest.mark.skipif(not FOLDER.exists(), reason="reference data are not at hand")
TOY = pl.DataFrame(
    {"policy": ["c1"] * 3 + ["c2"] * 2, "unit": list("ABCAB"), "time": [0, 1, 2, 0, 2]},
)
"""A, B and C adopt one after another; of a second policy A, and B two years later."""


def cascades(name: str) -> pl.DataFrame:
    return pl.read_csv(FOLDER / f"{name}.csv")


def peer(name: str) -> pl.DataFrame:
    """Edges that R's NetworkInference 1.2.5 finds."""
    return pl.read_csv(
        FOLDER / "peer_outputs" / f"netinf_{name}.csv",
        schema_overrides={"origin_node": pl.String, "destination_node": pl.String},
    )


def pairs_of(table: pl.DataFrame, sender: str = "sender", receiver: str = "receiver") -> set[tuple[str, str]]:
    return set(table.select(sender, receiver).iter_rows())
