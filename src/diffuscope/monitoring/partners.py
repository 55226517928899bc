"""Partners that projects name, and meetings of a programme."""

from __future__ import annotations

import polars as pl

from diffuscope.monitoring.waves import by_unit


def project_partners(prepared: pl.DataFrame) -> pl.DataFrame:
    """Partners by wave, with how many projects, units and states name them.

    Parameters
    ----------
    prepared : polars.DataFrame
        From `monitoring.waves.prepared`.

    Returns
    -------
    polars.DataFrame
        `wave`, `partner`, `projects`, `units`, `states`; those of most projects first within each wave. A
        project without a partner may have one that nobody named.
    """
    rows = by_unit(prepared.filter(pl.col("partner").list.len() > 0))
    named = rows.explode("partner", empty_as_null=True)
    return (
        named.group_by("k", "wave", "partner")
        .agg(
            pl.col("_row").n_unique().cast(pl.Int64).alias("projects"),
            pl.col("unit").n_unique().cast(pl.Int64).alias("units"),
            pl.col("state").n_unique().cast(pl.Int64).alias("states"),
        )
        .sort("k", -pl.col("projects"), "partner")
        .drop("k")
    )


def meetings(events: pl.DataFrame, attendance: pl.DataFrame) -> pl.DataFrame:
    """Meetings, earliest first, with how many actors are known to have been there.

    Parameters
    ----------
    events, attendance : polars.DataFrame
        The tables of the case, typed.

    Returns
    -------
    polars.DataFrame
        `event`, `name`, `kind`, `start`, `end`, `place`, `host`, `present` (null where nobody is listed:
        who came is then unknown, not nobody) and `row`.
    """
    present = attendance.group_by("event").agg(pl.col("unit").n_unique().cast(pl.Int64).alias("present"))
    return (
        events.join(present, on="event", how="left", maintain_order="left")
        .select("event", "name", "kind", "start", "end", "place", "host", "present", row="_row")
        .sort("start", "event", maintain_order=True)
    )
