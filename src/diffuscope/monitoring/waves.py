"""What a programme's register holds in each reporting wave: totals, counts and shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

STATUSES = ("planning", "ongoing", "completed", "undetermined", "not stated")
DIMENSIONS = ("area", "sub-area", "state", "city")
JUDGED = "judged"
"""How `status_basis` begins where a status is a judgement, and what `link_basis` says of a judged link."""


def prepared(projects: pl.DataFrame, units: pl.DataFrame, waves: Mapping[str, str]) -> pl.DataFrame:
    """Project rows with their state, their place in the order of waves, and what is a judgement in them.

    Parameters
    ----------
    projects, units : polars.DataFrame
        The tables of the case, typed.
    waves : mapping of str to str
        Date of each wave.

    Returns
    -------
    polars.DataFrame
        The rows with `k` (0 for the earliest wave), `state` (the unit's parent, or the unit where it has
        none), `judged_status`, `judged_link`, and `member`: one name for each project of a unit across waves
        (unlinked rows each have their own).
    """
    order = {wave: k for k, wave in enumerate(sorted(waves, key=lambda wave: (waves[wave], wave)))}
    parents = units.select("unit", pl.coalesce("parent", "unit").alias("state")).unique("unit")
    row = pl.col("_row").cast(pl.String)
    return projects.join(parents, on="unit", how="left", maintain_order="left").with_columns(
        k=pl.col("wave").replace_strict(order, default=None, return_dtype=pl.Int64),
        state=pl.coalesce("state", "unit"),
        judged_status=pl.col("status_basis").str.to_lowercase().str.starts_with(JUDGED).fill_null(False),
        judged_link=(pl.col("link_basis") == JUDGED).fill_null(False),
        member=pl.coalesce("project", pl.format("row {}", row)),
    )


def totals(prepared: pl.DataFrame, waves: Mapping[str, str]) -> pl.DataFrame:
    """How many projects each wave shows, in how many units, and in which state they are.

    Returns
    -------
    polars.DataFrame
        A row per wave, earliest first: `wave`, `date`, `projects`, `units`, a count per status, and `judged`:
        how many statuses are judgements. A status that nobody has is 0: the register was read whole.
    """
    counted = prepared.group_by("k", "wave").agg(
        pl.len().alias("projects"),
        pl.col("unit").n_unique().alias("units"),
        *(pl.col("status").eq(status).sum().alias(status) for status in STATUSES),
        pl.col("judged_status").sum().alias("judged"),
    )
    dated = counted.sort("k").with_columns(
        date=pl.col("wave").replace_strict(dict(waves), default=None, return_dtype=pl.String)
    )
    return dated.select("wave", "date", "projects", "units", *STATUSES, "judged")


def counts(prepared: pl.DataFrame) -> pl.DataFrame:
    """Projects of every wave by area, sub-area, state and city, and by status within each.

    Returns
    -------
    polars.DataFrame
        `wave`, `dimension` (area, sub-area, state, city), `area` (of a sub-area), `name`, `status` (null: all
        of them), `projects`, `share` of the wave's projects in per cent (of those of the same name where a
        status is given), and `sure`: how many of them do not rest on a judged status. Rows without an area
        are counted under no name.
    """
    parts = []
    for dimension, keys in (
        ("area", ["area"]),
        ("sub-area", ["area", "sub_area"]),
        ("state", ["state"]),
        ("city", ["unit"]),
    ):
        rows = prepared.filter(pl.col(keys[-1]).is_not_null())
        parts += [
            _counted(rows, prepared, dimension, keys),
            _counted(rows, rows, dimension, keys, by_status=True),
        ]
    return (
        pl.concat(parts)
        .sort(
            pl.col("dimension").replace_strict({name: at for at, name in enumerate(DIMENSIONS)}),
            "k",
            "area",
            "name",
            pl.col("status").replace_strict({name: at for at, name in enumerate(STATUSES)}, default=-1),
            nulls_last=False,
        )
        .drop("k")
    )


def _counted(
    rows: pl.DataFrame, whole: pl.DataFrame, dimension: str, keys: list[str], by_status: bool = False
) -> pl.DataFrame:
    base = ["k", *keys] if by_status else ["k"]
    found = rows.group_by("k", "wave", *keys, *(["status"] if by_status else [])).agg(
        pl.len().alias("projects"), (~pl.col("judged_status")).sum().alias("sure")
    )
    of = whole.group_by(base).agg(pl.len().alias("of"))
    none = pl.lit(None, dtype=pl.String)
    return found.join(of, on=base, how="left").select(
        "k",
        "wave",
        pl.lit(dimension).alias("dimension"),
        (pl.col("area") if dimension == "sub-area" else none).alias("area"),
        pl.col(keys[-1]).alias("name"),
        (pl.col("status") if by_status else none).alias("status"),
        pl.col("projects").cast(pl.Int64),
        (100 * pl.col("projects") / pl.col("of")).alias("share"),
        pl.col("sure").cast(pl.Int64),
    )
