"""From whom actors say that they learned of a policy, beside who had it first."""

from __future__ import annotations

import polars as pl

from diffuscope.tables.dates import first_day, last_day


def named_sources(adoptions: pl.DataFrame) -> pl.DataFrame:
    """Adoptions that name their source, and whether it had adopted before.

    A named source is shown and counted. It is no tie that models could use: it is there only where somebody
    adopted, so that it would explain every adoption after the fact.

    Parameters
    ----------
    adoptions : polars.DataFrame
        The table of the case, typed.

    Returns
    -------
    polars.DataFrame
        `policy`, `unit`, `time`, `learned_from`, `source_time` (the earliest the source can have adopted;
        null where no adoption of it is known), `source_first` (yes: it had adopted, whatever the days meant;
        no: it adopted later; unknown) and `row` of `adoptions`.
    """
    earliest = pl.coalesce("time", "time_latest")
    latest = pl.coalesce("time_latest", "time")
    dated = adoptions.with_columns(
        _from=first_day(pl.col("time")), _until=last_day(latest), _sort=first_day(earliest)
    )
    sources = (
        dated.sort("_sort", nulls_last=True)
        .unique(["unit", "policy"], keep="first", maintain_order=True)
        .select("policy", pl.col("unit").alias("learned_from"), source_time="time", _source_from="_from",
                _source_until="_until")
    )  # fmt: skip
    named = dated.filter(pl.col("learned_from").is_not_null())
    return (
        named.join(sources, on=["policy", "learned_from"], how="left", maintain_order="left")
        .with_columns(
            source_first=pl.when(pl.col("_source_until") < pl.col("_from"))
            .then(pl.lit("yes"))
            .when(pl.col("_source_from") > pl.col("_until"))
            .then(pl.lit("no"))
            .otherwise(pl.lit("unknown"))
        )
        .sort("policy", "_sort", "unit", nulls_last=True)
        .select("policy", "unit", "time", "learned_from", "source_time", "source_first", row="_row")
    )
