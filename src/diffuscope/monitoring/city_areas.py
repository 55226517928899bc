"""Cross-tabulation of a register: country by city by area by status, in each reporting wave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.monitoring.waves import by_unit
from diffuscope.records.shares import table_share
from diffuscope.records.statuses import STATUSES

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLACE = ["k", "wave", "state", "unit"]
_SCHEMA_ORDER = ("wave", "state", "city", "area", "status", "projects", "share", "sure")


def city_areas(prepared: pl.DataFrame) -> pl.DataFrame:
    """Projects of every city by area, and by status within each.

    Parameters
    ----------
    prepared : polars.DataFrame
        From `monitoring.waves.prepared`.

    Returns
    -------
    polars.DataFrame
        `wave`, `state`, `city`, `area` (null: of no area that is named), `status` (null: all of them),
        `projects`, `share` in per cent, to two decimals: of the city's projects of the wave, or where a
        status is given of those of the same city and area; and `sure`: how many do not rest on a judged
        status. A joint project counts in each of its cities.
    """
    held = by_unit(prepared).filter(pl.col("unit").is_not_null())
    area = [*_PLACE, "area"]
    counts = pl.concat([_counted(held, area, _PLACE), _counted(held, [*area, "status"], area)])
    order: Mapping[str, int] = {name: at for at, name in enumerate(STATUSES)}
    by_status = pl.col("status").replace_strict(order, default=-1, return_dtype=pl.Int64)
    counts = counts.sort(
        "k", "state", "unit", "area", by_status, nulls_last=[False, False, False, True, False]
    )
    return counts.rename({"unit": "city"}).select(_SCHEMA_ORDER)


def _counted(held: pl.DataFrame, keys: list[str], of: list[str]) -> pl.DataFrame:
    counts = held.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("projects"),
        (~pl.col("judged_status")).sum().cast(pl.Int64).alias("sure"),
    )
    if "status" not in keys:
        counts = counts.with_columns(status=pl.lit(None, dtype=pl.String))
    whole = held.group_by(of).agg(pl.len().alias("of"))
    share = pl.struct("projects", "of").map_elements(
        lambda row: table_share(row["projects"], row["of"]), return_dtype=pl.Float64
    )
    joined = counts.join(whole, on=of, how="left", nulls_equal=True).with_columns(share=share)
    return joined.select("k", "wave", "state", "unit", "area", "status", "projects", "share", "sure")
