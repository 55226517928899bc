"""The founding case and its sources as tests read them: its tables, source files and printed figures."""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


CASE = ROOT / "src" / "diffuscope" / "cases" / "asean-smart-cities"


SHARED = ROOT.parent / "shared"


PAPER = SHARED / "paper" / "bustamante-2025.txt"


with_sources = pytest.mark.skipif(not PAPER.is_file(), reason="the sources are not here")


WAVES = ("2022", "2023", "2024", "2025")


PUBLIC_SAFETY = "Public Safety, City Surveillance & Crime Prevention"


AREA = {
    "civic_social": "Civic & Social",
    "health_wellbeing": "Health & Well-Being",
    "safety_security": "Safety & Security",
    "quality_environment": "Quality Environment",
    "built_infrastructure": "Built Infrastructure",
    "industry_innovation": "Industry & Innovation",
}


# methods.md F.6: id, cluster, criteria, direction, chance under the mechanism, chance under the rival.
FIRST_CODING = """
C1 c1 C-a;C-b for .95 .70
C2 c1 C-c;C-d for .80 .50
C5 c1 C-e for .99 .95
C6 c1 C-d against .50 .60
C3 c2 C-f absent .875 .125
C4 c3 C-f against .25 .70
K1 k1 K-c for .90 .75
K2 k1 K-c for .85 .60
K3 k2 K-a;K-b absent .75 .125
K5 k2 K-d absent .50 .125
K4 k3 K-b;K-f against .20 .70
L1 l1 L-a;L-d3 for .85 .35
L2 l1 L-d3 for .90 .60
L3 l1 L-d3 for .80 .60
L4 l1 L-d1 for .50 .35
L5 l2 L-b;L-c absent .6875 .125
L6 l3 L-c for .70 .50
L7 l4 T for .60 .50
M1 m1 M-c for .90 .55
M2 m1 M-c for .60 .50
M3 m2 M-b for .70 .45
M7 m2 M-a for .90 .80
M4 m3 M-c against .40 .60
M6 m3 M-c against .40 .60
M5 m4 M-a absent .6875 .1875
"""


MECHANISM = {"C": "coercion", "K": "competition", "L": "learning", "M": "emulation"}


# methods.md F.6: sum of dB without discount, sum at rho = .3, and its posterior.
POSTERIOR = {
    "learning": (7.66, 5.52, 0.781),
    "emulation": (-0.92, -0.79, 0.455),
    "competition": (-8.42, -8.13, 0.133),
    "coercion": (-6.49, -6.98, 0.167),
}


def case(table: str) -> list[dict[str, str]]:
    with (CASE / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def source(name: str) -> list[dict[str, str]]:
    with (SHARED / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def published(**where: str) -> list[dict[str, str]]:
    """Printed figures with exactly these values; a column not named must be empty."""
    named = ("document", "quantity", "unit", "area", "sub_area", "status", "wave", "locator")
    free = {"locator"} - set(where)
    return [
        row
        for row in case("published")
        if all(row[column] == where.get(column, "") for column in named if column not in free)
    ]


def decibans(row: dict[str, str]) -> float:
    p1, p0 = float(row["p_if_true"]), float(row["p_if_false"])
    if row["direction"] == "absent":
        s = float(row["searched"])
        p1, p0 = 1 - s * p1, 1 - s * p0
    return 10 * math.log10(p1 / p0)
