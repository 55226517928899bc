"""Editions of a made register of three towns, and every text in them."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parent))
from test_our_figures import UNITS, WAVES

from diffuscope.case import case_from_frames
from diffuscope.report.edition.contents import text
from diffuscope.study import run_study

WORDS = pl.DataFrame(
    {
        "column": ["status", "area", "label", "label"],
        "written": ["On-going", "Smart Mobility", "Negara", "Apa yang berubah"],
        "means": ["ongoing", "Transport", "Country", "Changes since the last report"],
    }
)


ROWS = [  # wave, project, units, title, area, status
    ("2024", "bus", "ash", "Bus lanes", "Transport", "planning"),
    ("2024", "gauge", "cedar", "Flood gauges", "Water", "ongoing"),
    ("2025", "bus", "ash", "Bus lanes", "Smart mobility", "On-going"),
    ("2025", "link", "ash; cedar", "River link <b>", "Transport", "on going"),
    ("2025", "pump", "ash", "=Pumps()", None, "Completed"),
    ("2025", "rest", "ash", "Resting", "Water", "on-hold"),
]


def towns(**more: object):
    """Ash and Cedar report in 2025, Birch does not."""
    columns = ("wave", "project", "unit", "title", "area", "status")
    projects = pl.DataFrame(ROWS, schema=list(columns), orient="row").with_columns(
        status_basis=pl.col("project").replace_strict({"pump": "judged: by a photo"}, default="reported"),
        link_basis=pl.lit("exact title"),
        source=pl.lit("SECRETSOURCE"),
        note=pl.lit("WORKINGNOTE"),
    )  # fmt: skip
    asked = {
        "id": "towns", "title": "Towns", "language": "id", "waves": WAVES, "units": UNITS, "words": WORDS,
        "projects": projects, "areas": pl.DataFrame({"area": ["Water", "Transport", "Energy"]}),
    }  # fmt: skip
    return run_study(case_from_frames(**{**asked, **more}), parts=("monitoring",))


def table(edition, name: str) -> list[tuple[str, ...]]:
    found = next(one for part in edition.parts for one in part.tables if one.name == name)
    return [found.head, *(tuple(map(text, row.cells)) for row in found.rows)]


def every_text(name: str, made: bytes) -> str:
    if name == ".html":
        return made.decode()
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        return " ".join(packed.read(one).decode(errors="replace") for one in packed.namelist())
