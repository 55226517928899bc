"""What the register gives for each printed figure: a count, or the range that unknown statuses leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.monitoring.waves import by_unit
from diffuscope.records.statuses import OPEN

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

PLACES = ("unit", "area", "sub_area")
QUANTITIES = ("projects", "share", "cities")
OF_RETURNS = ("returns", "expected-returns", "carried-forward")
"""Quantities that count returns, not projects."""
KNOWN_SCHEMA = {"least": pl.Int64, "most": pl.Int64, "of": pl.Int64, "why": pl.String}


def counted(published: pl.DataFrame, prepared: pl.DataFrame, without: Collection[str] = ()) -> pl.DataFrame:
    """Each printed figure with what the project rows of its wave give.

    Parameters
    ----------
    published : polars.DataFrame
        The table of the case, typed.
    prepared : polars.DataFrame
        Project rows, from `monitoring.waves.prepared`.
    without : collection of str
        Waves in which returns came and none had a project to report: every count of theirs is zero.

    Returns
    -------
    polars.DataFrame
        The rows of `published`, in order, with `least` and `most`: the smallest and largest number of
        projects (or cities) that fit, equal where every status is known; `of`: the whole they are a share
        of; and `why`: in words, why nothing can be counted (null where something can).
    """
    rows = published.with_row_index("_at").with_columns(
        why=_why_not(published, prepared, without), _given=_given(published)
    )
    parts = [rows.filter(pl.col("why").is_not_null()).with_columns(_nothing())]
    ready = rows.filter(pl.col("why").is_null())
    for (given, cities), figures in ready.group_by("_given", pl.col("quantity") == "cities"):
        keys = [name for name in PLACES if name in str(given)]
        parts.append(_count(figures, prepared, keys, cities=bool(cities)))
    whole = [*published.columns, "least", "most", "of", "why"]
    return pl.concat([part.select("_at", *whole) for part in parts]).sort("_at").drop("_at")


def _given(published: pl.DataFrame) -> pl.Series:
    names = (pl.when(pl.col(name).is_not_null()).then(pl.lit(name)) for name in PLACES)
    return published.select(pl.concat_str(*names, separator=" ", ignore_nulls=True)).to_series()


def _why_not(published: pl.DataFrame, prepared: pl.DataFrame, without: Collection[str]) -> pl.Series:
    waves = prepared.group_by("wave").agg(
        pl.col("area").is_not_null().any().alias("has_area"),
        pl.col("sub_area").is_not_null().any().alias("has_sub_area"),
    )
    known = published.select("wave", "quantity", "area", "sub_area").join(
        waves, on="wave", how="left", maintain_order="left"
    )
    return known.select(
        pl.when(~pl.col("quantity").is_in(QUANTITIES))
        .then(pl.format("the register has nothing called `{}`", "quantity"))
        .when(pl.col("wave").is_null())
        .then(pl.lit("the figure names no wave"))
        .when(pl.col("wave").is_in(list(without)))
        .then(None)
        .when(pl.col("has_area").is_null())
        .then(pl.format("the register has no rows for {}", "wave"))
        .when(pl.col("sub_area").is_not_null() & ~pl.col("has_sub_area"))
        .then(pl.format("the project rows of {} name no sub-areas", "wave"))
        .when(pl.col("area").is_not_null() & ~pl.col("has_area"))
        .then(pl.format("the project rows of {} name no areas", "wave"))
        .otherwise(None)
    ).to_series()


def _nothing() -> list[pl.Expr]:
    return [pl.lit(None, dtype=KNOWN_SCHEMA[name]).alias(name) for name in ("least", "most", "of")]


def _count(
    figures: pl.DataFrame, prepared: pl.DataFrame, keys: Sequence[str], *, cities: bool
) -> pl.DataFrame:
    """Counts for rows of one pattern of given places; a unit is a city, or a state with all its cities."""
    rows = _with_states(prepared) if "unit" in keys or cities else prepared.with_columns(city=pl.col("unit"))
    # a joint project stands here once for each of its units, and counts once in each place
    projects = pl.col("_row").n_unique().cast(pl.Int64)
    places = ["wave", *keys]
    number = pl.col("city").n_unique().cast(pl.Int64) if cities else projects
    whole = rows.group_by(places).agg(number.alias("n"))
    opened = rows.filter(pl.col("status").is_in(OPEN)).group_by(places)
    by_status = rows.group_by(*places, "status").agg(projects.alias("n_status"))
    # a share by status is of its own place; a share of a place is of the whole wave (or of its unit)
    outer = ["wave", "unit"] if "unit" in keys and len(keys) > 1 else ["wave"]
    base = rows.group_by(outer).agg(projects.alias("n_outer"))
    joined = (
        figures.join(whole, on=places, how="left")
        .join(opened.agg(projects.alias("n_open")), on=places, how="left")
        .join(by_status, on=[*places, "status"], how="left")
        .join(base, on=outer, how="left")
        .with_columns(pl.col("n", "n_open", "n_status", "n_outer").fill_null(0))
    )
    status = pl.col("status").is_not_null()
    return joined.with_columns(
        least=pl.when(status).then("n_status").otherwise("n"),
        # what is not known may be planned, under way or completed; that it is not known is known
        most=pl.when(pl.col("status").is_in(OPEN))
        .then("n_status")
        .when(status)
        .then(pl.col("n_status") + pl.col("n_open"))
        .otherwise("n"),
        of=pl.when(status).then("n").otherwise("n_outer"),
    )


def _with_states(prepared: pl.DataFrame) -> pl.DataFrame:
    """Every row under its own unit and, where that has one, under its state too."""
    own = by_unit(prepared).with_columns(city=pl.col("unit"))
    above = own.filter(pl.col("state") != pl.col("unit")).with_columns(unit=pl.col("state"))
    return pl.concat([own, above])
