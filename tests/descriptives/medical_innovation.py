"""Medical Innovation (Coleman, Katz & Menzel) and what netdiffuseR 1.25.0 makes of it; read where at hand."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "reference"
needs_reference = pytest.mark.skipif(not FOLDER.exists(), reason="reference data are not at hand")


def doctors(never: int | None = None) -> pl.DataFrame:
    """Month of adoption; 18 stands for not by month 17, and is never where asked for."""
    frame = pl.read_csv(FOLDER / "medInnovations_toa.csv").rename({"id": "unit", "toa": "time"})
    return frame if never is None else frame.with_columns(pl.col("time").replace(never, None))


def nominations() -> pl.DataFrame:
    """Who names whom: the one named acts on the one who names."""
    return pl.read_csv(FOLDER / "medInnovations_edgelist.csv").select(
        sender="alter", receiver="ego", weight="weight"
    )


def cities() -> dict[str, int]:
    frame = pl.read_csv(FOLDER / "medInnovations_attrs_static.csv", infer_schema_length=None)
    return {str(unit): city for unit, city in frame.select("id", "city").iter_rows()}


def peer(name: str) -> pl.DataFrame:
    return pl.read_csv(
        FOLDER / "peer_outputs" / f"nd_medInnovations_{name}.csv", null_values="NA", infer_schema_length=None
    )
