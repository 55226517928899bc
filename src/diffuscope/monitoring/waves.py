"""What a programme's register holds in each reporting wave: totals, counts and shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.records.shares import table_share
from diffuscope.records.statuses import STATUSES
from diffuscope.tables.typed import empty

if TYPE_CHECKING:
    from collections.abc import Mapping

DIMENSIONS = ("area", "sub-area", "state", "city")
JUDGED = "judged"
"""How `status_basis` begins where a status is a judgement, and what `link_basis` says of a judged link."""


def prepared(projects: pl.DataFrame, units: pl.DataFrame, waves: Mapping[str, str]) -> pl.DataFrame:
    """Project rows, each once, with their state, their place in the order of waves, and what is judged.

    Parameters
    ----------
    projects, units : polars.DataFrame
        The tables of the case, typed. Columns of `projects` that a frame lacks are empty.
    waves : mapping of str to str
        Date of each wave.

    Returns
    -------
    polars.DataFrame
        The rows with `k` (0 for the earliest wave), `units` (all actors whose project it is) and `states`
        (for each of them its parent, or itself where it has none), `unit` and `state` (the leading one's),
        `joint` (several actors), `judged_status`, `judged_link`, and `member`: one name for each project
        across waves (unlinked rows each have their own). Whoever counts by unit or state reads `by_unit` or
        `by_state`, for `unit` names the first of several only.
    """
    parents = units.select("unit", pl.coalesce("parent", "unit").alias("state")).unique("unit").drop_nulls()
    row = pl.col("_row").cast(pl.String)
    above = pl.element().replace(parents["unit"], parents["state"])
    return (
        complete(projects)
        .with_columns(units=pl.col("unit").list.unique(maintain_order=True))
        .with_columns(states=pl.col("units").list.eval(above))
        .with_columns(
            unit=pl.col("units").list.first(),
            state=pl.col("states").list.first(),
            joint=(pl.col("units").list.len() > 1).fill_null(value=False),
            k=wave_number(waves),
            judged_status=pl.col("status_basis").str.to_lowercase().str.starts_with(JUDGED).fill_null(False),
            judged_link=(pl.col("link_basis") == JUDGED).fill_null(False),
            member=pl.coalesce("project", pl.format("row {}", row)),
        )
    )


def in_order(waves: Mapping[str, str]) -> list[str]:
    """Waves, earliest first."""
    return sorted(waves, key=lambda wave: (waves[wave], wave))


def wave_number(waves: Mapping[str, str]) -> pl.Expr:
    """Number of a row's wave, from 0, the earliest; null where the column `wave` names none."""
    order = {wave: k for k, wave in enumerate(in_order(waves))}
    return pl.col("wave").replace_strict(order, default=None, return_dtype=pl.Int64)


def complete(projects: pl.DataFrame) -> pl.DataFrame:
    """The table with every declared column; actors as lists."""
    declared = empty("projects").schema
    lacking = (pl.lit(None, dtype=declared[name]).alias(name) for name in declared if name not in projects)
    rows = projects.with_columns(*lacking)
    if rows.schema["unit"] == pl.String:
        rows = rows.with_columns(pl.col("unit").str.split(";").list.eval(pl.element().str.strip_chars()))
    return rows


def by_unit(prepared: pl.DataFrame) -> pl.DataFrame:
    """Every project under each of its units: a row for each pair, `unit` and `state` that unit's own.

    Parameters
    ----------
    prepared : polars.DataFrame
        From `prepared`.
    """
    if not prepared["joint"].any():
        return prepared  # a million lists of one name each are dear to open
    rows = prepared.with_columns(unit=pl.col("units"), state=pl.col("states"))
    return rows.explode("unit", "state", empty_as_null=True)


def by_state(prepared: pl.DataFrame) -> pl.DataFrame:
    """Every project under each of its states, once in each, however many of its units are there.

    Parameters
    ----------
    prepared : polars.DataFrame
        From `prepared`.
    """
    rows = by_unit(prepared)
    return rows if rows is prepared else rows.unique(["_row", "state"], keep="first", maintain_order=True)


def of_unit(unit: str | None) -> pl.Expr:
    """Whether a prepared row is a project of a unit, or of any unit of a state."""
    return pl.col("units").list.contains(unit) | pl.col("states").list.contains(unit)


def named(column: str) -> pl.Expr:
    """Several ids of one cell as the tables of a case write them, separated by semicolons."""
    return pl.col(column).list.join(";")


def totals(prepared: pl.DataFrame, waves: Mapping[str, str]) -> pl.DataFrame:
    """How many projects each wave shows, in how many units, and in which state they are.

    Returns
    -------
    polars.DataFrame
        A row per wave, earliest first: `wave`, `date`, `projects`, `units`, a count per status, `judged`: how
        many statuses are judgements, and `joint`: how many projects are of several units, each counted once.
        A status that nobody has is 0: the register was read whole.
    """
    counted = prepared.group_by("k", "wave").agg(
        pl.len().alias("projects"),
        pl.col("units").explode(empty_as_null=True).n_unique().alias("units"),
        *(pl.col("status").eq(status).sum().alias(status) for status in STATUSES),
        pl.col("judged_status").sum().alias("judged"),
        pl.col("joint").sum().alias("joint"),
    )
    dated = counted.sort("k").with_columns(
        date=pl.col("wave").replace_strict(dict(waves), default=None, return_dtype=pl.String)
    )
    return dated.select("wave", "date", "projects", "units", *STATUSES, "judged", "joint")


def counts(prepared: pl.DataFrame) -> pl.DataFrame:
    """Projects of every wave by area, sub-area, state and city, and by status within each.

    Returns
    -------
    polars.DataFrame
        `wave`, `dimension` (area, sub-area, state, city), `area` (of a sub-area), `name`, `status` (null: all
        of them), `projects`, `share` of the wave's projects in per cent, to two decimals (of those of the
        same name where a status is given), `sure`: how many of them do not rest on a judged status, and
        `joint`: how many are of several units. Rows without an area are counted under no name. A joint
        project counts in each of its states and cities, so that these may sum to more than the wave's
        projects and to more than 100 per cent.
    """
    parts = []
    for dimension, keys, held in (
        ("area", ["area"], prepared),
        ("sub-area", ["area", "sub_area"], prepared),
        ("state", ["state"], by_state(prepared)),
        ("city", ["unit"], by_unit(prepared)),
    ):
        rows = held.filter(pl.col(keys[-1]).is_not_null())
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
    counts = rows.group_by("k", "wave", *keys, *(["status"] if by_status else [])).agg(
        pl.len().alias("projects"),
        (~pl.col("judged_status")).sum().alias("sure"),
        pl.col("joint").sum().alias("joint"),
    )
    of = whole.group_by(base).agg(pl.len().alias("of"))
    none = pl.lit(None, dtype=pl.String)
    of_whole = pl.struct("projects", "of").map_elements(
        lambda row: table_share(row["projects"], row["of"]), return_dtype=pl.Float64
    )
    return counts.join(of, on=base, how="left").select(
        "k",
        "wave",
        pl.lit(dimension).alias("dimension"),
        (pl.col("area") if dimension == "sub-area" else none).alias("area"),
        pl.col(keys[-1]).alias("name"),
        (pl.col("status") if by_status else none).alias("status"),
        pl.col("projects").cast(pl.Int64),
        of_whole.alias("share"),
        pl.col("sure").cast(pl.Int64),
        pl.col("joint").cast(pl.Int64),
    )
