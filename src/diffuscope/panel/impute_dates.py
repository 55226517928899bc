"""Multiple imputation of dates known only as a range: each drawn many times (Rubin 1987)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.compute import stream
from diffuscope.errors import PlanError
from diffuscope.panel.calendar import BEFORE_ALL
from diffuscope.panel.decisions import drawn_together
from diffuscope.panel.native_frames import ROW, ids
from diffuscope.panel.risk import panel_from

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from diffuscope.panel.panel import History, Panel

FEWEST = 20


def impute_dates(panel: Panel, *, seed: int, draws: int = FEWEST, name: str = "dates") -> tuple[Panel, ...]:
    """Multiple imputation of ranged dates: panels in which each is drawn from its range, evenly.

    Every day of a range is equally likely; where times are whole numbers, every period.

    Parameters
    ----------
    panel : Panel
        From `person_period`; covariates are joined again in each draw, exposures are added afterwards.
    seed : int
        The same seed draws the same dates; each draw has a stream of its own.
    draws : int
        How many; at least 20.
    name : str
        What is drawn for; another name draws independently.

    Returns
    -------
    tuple of Panel
        Origin and end of risk are those of the panel. Fit the model to each, and combine the fits. What is
        known only to have happened by a date has no beginning to draw from, and stays as it is. What was
        decided together is drawn as one where its ranges have a time in common. Draws do not depend on what
        units and policies are called.

    Raises
    ------
    PlanError
        If draws are fewer than 20, no date is a range, or the panel has exposures, is paired or is merged.

    Examples
    --------
    >>> import diffuscope, polars as pl
    >>> laws = pl.DataFrame({"unit": ["a", "b"], "time": [2001, 2003], "time_latest": [2001, 2006]})
    >>> drawn = impute_dates(diffuscope.person_period(laws), seed=1)
    >>> sorted({int(one.frame["time"].max()) for one in drawn})
    [2003, 2004, 2005, 2006]
    """
    if panel.history is None or panel.exposures:
        raise PlanError("Draw dates first, then make exposures, pairs and spans from each draw.")
    if draws < FEWEST:
        raise PlanError(
            f"draws is {draws}; with fewer than {FEWEST} the variance between draws cannot be estimated."
        )
    if not count_ranged(panel):
        raise PlanError("No date is a range of several periods, so there is nothing to draw.")
    history = panel.history
    spells = history.spells.with_row_index("_at")
    ranged, lead = drawn_together(_numbered(history, spells.filter(RANGED)), spells)
    panels = []
    for at in range(draws):
        # one independent stream for each draw: more draws leave the first ones as they are
        drawn = _drawn(ranged, history, stream(seed, name, at).random(ranged.height)[lead])
        settled = (
            spells.update(drawn, on="_at").drop("_at").sort("policy", "unit", "latest", ROW, nulls_last=True)
        )
        panels.append(panel_from(replace(history, spells=settled)))
    return tuple(panels)


def count_ranged(panel: Panel) -> int:
    """Count ranged adoptions: of several periods and with a beginning, so that dates can be drawn."""
    return 0 if panel.history is None else panel.history.spells.filter(RANGED).height


RANGED = (pl.col("earliest") < pl.col("latest")) & (pl.col("earliest") != BEFORE_ALL)


def _drawn(ranged: pl.DataFrame, history: History, chance: NDArray[np.float64]) -> pl.DataFrame:
    """Ranged spells, each settled on the day, or the period, that its chance falls on."""
    settled_rows = ranged.with_columns(chance=pl.Series(chance))

    # every day of a range is as likely as any other, because the record says no more; where the days are
    # unknown, every period
    def even(first: str, last: str) -> pl.Expr:
        begin, end = pl.col(first).cast(pl.Int64), pl.col(last).cast(pl.Int64)
        return begin + (pl.col("chance") * (end - begin + 1)).floor().cast(pl.Int64)

    days = settled_rows.select(even("first", "last").cast(pl.Int32).cast(pl.Date)).to_series()
    in_days = history.calendar.of_days(days)
    period = settled_rows.select(even("earliest", "latest")).to_series()
    settled = in_days.zip_with(days.is_not_null(), period)
    return settled_rows.select("_at", earliest=settled, latest=settled, first=days, last=days)


def _numbered(history: History, ranged: pl.DataFrame) -> pl.DataFrame:
    """Ranged spells in an order that depends on dates, not on names: by range, then by all else known.

    Each spell is drawn by its place in this order, so that another spelling of the same case draws the same.
    Spells that agree in everything known here keep the order of their rows.
    """
    spells = history.spells
    policies = _signature(spells, ("policy",), ("earliest", "latest", "until"))
    known = spells.join(policies, on="policy", nulls_equal=True)
    units = _signature(known, ("unit",), ("of_policy", "earliest", "latest", "until"))
    bounds = history.bounds
    who = pl.DataFrame(
        {"unit": bounds.units, "entry": bounds.entry, "exit": bounds.exit},
        schema_overrides={"unit": pl.String},
    )
    numbered = ranged.join(policies, on="policy", how="left").join(units, on="unit", how="left")
    numbered = numbered.join(who, on="unit", how="left")
    covariates = []
    for number, (joined, _, _) in enumerate(history.covariates):
        if "unit" in joined.columns:
            values = [name for name in joined.columns if name not in ("unit", "policy", ROW)]
            extra = joined.with_columns(ids(joined["unit"]).alias("unit"))
            signature = _signature(extra, ("unit",), tuple(values)).rename(
                {"of_unit": f"covariates_{number}"}
            )
            numbered = numbered.join(signature, on="unit", how="left")
            covariates.append(f"covariates_{number}")
    dates = ("earliest", "latest", "first", "last", "until")
    order = [*dates, "of_unit", "of_policy", "entry", "exit", *covariates, ROW]
    return numbered.sort(order, nulls_last=True).select(*ranged.columns)


def _signature(frame: pl.DataFrame, keys: tuple[str, ...], values: tuple[str, ...]) -> pl.DataFrame:
    """All that is known under each key as one text, whatever the order of the rows: column `of_<key>`."""
    text = pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in values], separator=" ")
    return frame.group_by(*keys).agg(text.sort().str.join(";").alias(f"of_{keys[0]}"))
