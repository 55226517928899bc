"""Indicators from a baseline towards a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.monitoring.waves import wave_number

if TYPE_CHECKING:
    from collections.abc import Mapping


def indicator_values(indicators: pl.DataFrame, waves: Mapping[str, str]) -> pl.DataFrame:
    """Every value of every indicator, with how much of the way from baseline to target is done.

    Parameters
    ----------
    indicators : polars.DataFrame
        The table of the case, typed.
    waves : mapping of str to str
        Date of each wave.

    Returns
    -------
    polars.DataFrame
        `indicator`, `name`, `unit`, `wave`, `baseline`, `target`, `actual`, `unit_of_measure`, `progress`
        (100 · (actual − baseline) / (target − baseline), below 0 where it goes the other way; null where
        one of the three is not known or target and baseline are the same) and `row`.
    """
    way = pl.col("target") - pl.col("baseline")
    # a target below the baseline needs no other formula: both differences change their sign
    done = 100 * (pl.col("actual") - pl.col("baseline")) / way
    return (
        indicators.with_columns(
            progress=pl.when(way != 0).then(done),
            _k=wave_number(waves),
        )
        .sort("indicator", "unit", "_k", "_row")
        .select(
            *(
                "indicator",
                "name",
                "unit",
                "wave",
                "baseline",
                "target",
                "actual",
                "unit_of_measure",
                "progress",
            ),
            row="_row",
        )
    )
