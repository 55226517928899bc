"""A small register whose counts can be made by hand."""

from __future__ import annotations

import polars as pl

WAVES = {"w1": "2022", "w2": "2023", "w3": "2024"}
UNITS = pl.DataFrame(
    {"unit": ["s1", "c1", "c2", "c3"], "parent": [None, "s1", "s1", None]},
    schema={"unit": pl.String, "parent": pl.String},
)
SCHEMA = {
    "succeeds": pl.List(pl.String),
    "wave": pl.String,
    "project": pl.String,
    "unit": pl.List(pl.String),
    "title": pl.String,
    "area": pl.String,
    "sub_area": pl.String,
    "status": pl.String,
    "partner": pl.List(pl.String),
    "status_basis": pl.String,
    "link_basis": pl.String,
    "source": pl.String,
    "note": pl.String,
}


def register(*rows: tuple[str, str | None, str, str, str | None, str], **judged: str) -> pl.DataFrame:
    """Rows of (wave, project, unit, title, area, status); `judged` names by row what is a judgement.

    A project `b < a` succeeds `a`; units of a joint project are parted by semicolons.
    """
    made = []
    for at, (wave, named, unit, title, area, status) in enumerate(rows, start=2):
        project, _, before = (named or "").partition(" < ")
        said = judged.get(f"row{at}", "")
        made.append(
            {
                "wave": wave,
                "project": project or None,
                "succeeds": before.split(";") if before else None,
                "unit": unit.split(";"),
                "title": title,
                "area": area,
                "status": status,
                "status_basis": "judged: by elimination" if "status" in said else "reported",
                "link_basis": "not linked" if not project else "judged" if "link" in said else "exact title",
                "source": "report, p. 1",
            }
        )
    frame = pl.DataFrame(made, schema=SCHEMA)
    return frame.with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias("_row"))
