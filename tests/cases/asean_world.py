"""Tables of the founding case as tests of its world read them: actors, adoptions, ties and support."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from asean import case

ROOT = Path(__file__).resolve().parents[2]


CASE = ROOT / "src" / "diffuscope" / "cases" / "asean-smart-cities"


DATA = ROOT.parent / "shared" / "data"


with_sources = pytest.mark.skipif(not DATA.is_dir(), reason="the sources are not here")


OURS = (
    "units",
    "attributes",
    "policies",
    "adoptions",
    "ties",
    "support",
    "events",
    "attendance",
)


LOOKS = {"2022": "2022-09-21", "2023": "2023-08-14", "2024": "2024-09-25", "2025": "2025-09-30"}


FOUNDING = {"BRN", "KHM", "IDN", "LAO", "MYS", "MMR", "PHL", "SGP", "THA", "VNM"}


def of(prefix: str) -> list[dict[str, str]]:
    """Adoptions of the policies whose id begins so."""
    return [row for row in case("adoptions") if row["policy"].startswith(prefix)]


def ids_by_name() -> dict[str, str]:
    """Id of each city by the name its sources use."""
    names = {row["name"]: row["unit"] for row in case("units") if row["kind"] == "city"}
    return {**names, "Singapore": "singapore"}


def ties(layer: str) -> dict[tuple[str, str], float]:
    """Weights of a layer by sender and receiver."""
    rows = [row for row in case("ties") if row["layer"] == layer]
    found = {(row["sender"], row["receiver"]): float(row["weight"]) for row in rows}
    assert len(found) == len(rows), layer
    return found


def first_sight(waves: set[str], first_look: str) -> tuple[str, str, str]:
    """`time`, `time_latest` and `until` of what these waves list, given the first look at its actor."""
    years = sorted(LOOKS)
    seen = min(waves)
    before = None if seen == first_look else LOOKS[years[years.index(seen) - 1]]
    since = (dt.date.fromisoformat(before) + dt.timedelta(days=1)).isoformat() if before else ""
    gone = [year for year in years if year > max(waves)]
    return since, LOOKS[seen], LOOKS[gone[0]] if gone else ""


def dates(row: dict[str, str]) -> tuple[str, str, str]:
    return row["time"], row["time_latest"], row["until"]
