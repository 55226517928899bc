"""Money of a programme, by currency: budgets of projects in each wave, and support by partner."""

from __future__ import annotations

import polars as pl

from diffuscope.monitoring.waves import by_state
from diffuscope.tables.catalogue.links import SUPPORT_STAGES

DIMENSIONS = ("all", "area", "state")


def budgets(prepared: pl.DataFrame) -> pl.DataFrame:
    """Sums of the budgets that projects state, by wave and currency: of all, by area and by state.

    Parameters
    ----------
    prepared : polars.DataFrame
        From `monitoring.waves.prepared`.

    Returns
    -------
    polars.DataFrame
        `wave`, `dimension` (all, area, state), `name`, `currency`, `budget` (the sum), `stated` (projects
        that state a budget in this currency), `stated_any` (in any), `projects` (all there are) and `joint`
        (how many of the stated are joint: each whole in each of its states). Waves in which nobody states
        one have no rows.
    """
    none = pl.lit("", dtype=pl.String)
    parts = [
        _summed(prepared.with_columns(_name=none), "all"),
        _summed(prepared.filter(pl.col("area").is_not_null()).with_columns(_name="area"), "area"),
        _summed(by_state(prepared).with_columns(_name="state"), "state"),
    ]
    order = {name: at for at, name in enumerate(DIMENSIONS)}
    return (
        pl.concat(parts)
        .sort("k", pl.col("dimension").replace_strict(order), "name", "currency", nulls_last=False)
        .drop("k")
    )


def _summed(rows: pl.DataFrame, dimension: str) -> pl.DataFrame:
    place = ["k", "wave", "_name"]
    stated = pl.col("budget").is_not_null() & pl.col("currency").is_not_null()
    whole = rows.group_by(place).agg(stated.sum().alias("stated_any"), pl.len().alias("projects"))
    sums = (
        rows.filter(stated)
        .group_by(*place, "currency")
        .agg(pl.col("budget").sum(), pl.len().alias("stated"), pl.col("joint").sum())
    )
    return sums.join(whole, on=place, how="left").select(
        "k",
        "wave",
        pl.lit(dimension).alias("dimension"),
        pl.when(pl.lit(dimension) != "all").then("_name").alias("name"),
        "currency",
        "budget",
        *(pl.col(name).cast(pl.Int64) for name in ("stated", "stated_any", "projects", "joint")),
    )


def support_sums(support: pl.DataFrame) -> pl.DataFrame:
    """What each partner gives, by stage and currency: sums after revisions, and how much these take away.

    What is pledged is not paid: no sum mixes stages.

    Parameters
    ----------
    support : polars.DataFrame
        The table of the case, typed. Amounts below zero are revisions or withdrawals.

    Returns
    -------
    polars.DataFrame
        `partner`, `stage` (null: not known), `currency` (null: entries without an amount), `amount` (the
        sum), `entries`, `recipients`, `revisions` (entries below zero) and `revised` (their sum). Where no
        entry states an amount, the sum is unknown, not zero.
    """
    negative = pl.col("amount") < 0
    known = pl.col("amount").is_not_null()
    return (
        support.with_columns(currency=pl.when(known).then("currency"))
        .group_by("partner", "stage", "currency")
        .agg(
            pl.when(known.any()).then(pl.col("amount").sum()).alias("amount"),
            pl.len().cast(pl.Int64).alias("entries"),
            pl.col("recipient").n_unique().cast(pl.Int64).alias("recipients"),
            negative.sum().cast(pl.Int64).alias("revisions"),
            pl.col("amount").filter(negative).sum().alias("revised"),
        )
        .sort(
            "partner",
            pl.col("stage").replace_strict(
                {name: at for at, name in enumerate(SUPPORT_STAGES)}, default=None
            ),
            "currency",
            nulls_last=True,
        )
    )
