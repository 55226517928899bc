"""Periods: the grain at which an analysis knows what came before what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.errors import PlanError
from diffuscope.tables.dates import last_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffuscope.records import Analysis

BEFORE_ALL = -(2**31)
"""Index of a period before any other: only "adopted by then" is known."""

_NAMES = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}


def period_indices(rows: pl.DataFrame, analysis: Analysis, waves: Mapping[str, str]) -> pl.DataFrame:
    """Add to each adoption the period in which it fell, at the grain of the analysis.

    Parameters
    ----------
    rows : polars.DataFrame
        With date columns `first` and `last`.
    analysis : Analysis
    waves : mapping of str to str

    Returns
    -------
    polars.DataFrame
        The rows with integer columns `first_index` and `last_index` (`BEFORE_ALL` where only "by then" is
        known, null where nothing is) and `period`, null where the range spans several periods.

    Raises
    ------
    PlanError
        If the analysis counts in waves and the case dates none.
    """
    if analysis.period == "wave":
        return _wave_indices(rows, analysis, waves)
    unit = {"year": 1, "month": 12, "day": 0}[analysis.period]

    def index(column: str) -> pl.Expr:
        date = pl.col(column)
        if unit == 0:
            return date.to_physical().cast(pl.Int64)
        return date.dt.year().cast(pl.Int64) * unit + (date.dt.month() if unit > 1 else 0)

    rows = rows.with_columns(
        first_index=pl.when(pl.col("first").is_null() & pl.col("last").is_not_null())
        .then(pl.lit(BEFORE_ALL))
        .otherwise(index("first")),
        last_index=index("last"),
    )
    one = pl.col("first_index") == pl.col("last_index")
    return rows.with_columns(
        period=pl.when(one).then(pl.col("first").dt.strftime(_NAMES[analysis.period])).otherwise(None)
    )


def _wave_indices(rows: pl.DataFrame, analysis: Analysis, waves: Mapping[str, str]) -> pl.DataFrame:
    """Wave k is the first look at or after a day; a range within one gap between looks falls in one wave."""
    if not waves:
        raise PlanError(
            f"The analysis `{analysis.id}` counts in waves, but `case.toml` dates none: add a table [waves]."
        )
    calendar = (
        pl.DataFrame({"wave": list(waves), "look": list(waves.values())})
        .with_columns(last_day(pl.col("look")))
        .sort("look")
        .with_row_index("k")
        .with_columns(pl.col("k").cast(pl.Int64))
    )
    past = calendar.height

    def look(frame: pl.DataFrame, column: str) -> pl.DataFrame:
        found = (
            frame.select("_order", column)
            .drop_nulls()
            .sort(column)
            .join_asof(calendar, left_on=column, right_on="look", strategy="forward")
            .select("_order", pl.col("k").fill_null(past).alias(f"{column}_index"))
        )
        return frame.join(found, on="_order", how="left")

    rows = look(look(rows.with_row_index("_order"), "first"), "last").drop("_order")
    rows = rows.with_columns(
        first_index=pl.when(pl.col("first").is_null() & pl.col("last").is_not_null())
        .then(pl.lit(BEFORE_ALL))
        .otherwise("first_index")
    )
    names = dict(zip(calendar["k"].to_list(), calendar["wave"].to_list(), strict=True))
    one = pl.col("first_index") == pl.col("last_index")
    return rows.with_columns(
        period=pl.when(one)
        .then(pl.col("last_index").replace_strict(names, default=None, return_dtype=pl.String))
        .otherwise(None)
    )
