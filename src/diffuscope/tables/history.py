"""Rules over several rows of one table: spells that overlap, actors that contain themselves, shared names."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.tables.dates import first_day, last_day
from diffuscope.tables.places import Wording, of_rows
from diffuscope.tables.raw import ROW
from diffuscope.tables.tiers import COUNTS, TIER
from diffuscope.tables.typed import lost_cells

if TYPE_CHECKING:
    from diffuscope.records import Problem
    from diffuscope.tables.raw import RawTable

SPELL = ["unit", "policy", "tier"]
NEVER = date(9999, 12, 31)


def overlapping_spells(raw: RawTable, frame: pl.DataFrame) -> list[Problem]:
    """Adoptions of one policy by one actor that begin before an earlier one has ended.

    Only what is certain is told: where the dates leave room for one after the other, nothing is. Spells of
    different tiers (announced, adopted …) are one history and stand side by side, an empty tier reads as
    `adopted`, undated spells overlap nothing, and a row that repeats another is told as that. Nor is anything
    told of a row with a cell that cannot be read.
    """
    lost = [lost_cells(raw, name, frame) for name in ("tier", "time", "time_latest", "until")]
    unknown = [~cells for cells in lost if cells is not None]
    dated = frame.filter(*unknown, pl.col("unit").is_not_null() & pl.col("policy").is_not_null())
    dated = dated.with_columns(pl.col(TIER).fill_null(COUNTS), _as_told=TIER)
    if dated.select(SPELL).hash_rows().n_unique() == dated.height:
        return []
    spells = (
        dated.filter((pl.len().over(SPELL) > 1) & pl.coalesce("time", "time_latest").is_not_null())
        .unique([*SPELL, "_as_told", "time", "time_latest"], keep="first", maintain_order=True)
        .with_columns(
            last_day(pl.coalesce("time_latest", "time")).alias("_last"),
            first_day(pl.col("until")).fill_null(NEVER).alias("_ended"),
        )
    )
    broken = surely_overlapping(spells)
    wording = Wording(
        "overlapping-spells",
        "The adoption begins while that of row {other}, by the same actor, still lasts.",
        "fill in or correct `until` of row {other}, or the date of this row; write one row for one decision",
    )
    problems: list[Problem] = []
    for column, rows in (
        ("time", broken.filter(pl.col("time").is_not_null())),
        ("time_latest", broken.filter(pl.col("time").is_null())),
    ):
        problems += of_rows(raw, column, rows.with_columns(value=column), lambda _: wording)
    return problems


def surely_overlapping(spells: pl.DataFrame) -> pl.DataFrame:
    """Spells that certainly begin while an earlier one of the same unit, policy and tier lasts.

    The rule of the case's tables and of the panels, whatever time is counted in.

    Parameters
    ----------
    spells : polars.DataFrame
        unit, policy, tier, `_row`; `_last`, the latest at which it can have begun, and `_ended`, the earliest
        at which it can have ended, both on one scale.

    Returns
    -------
    polars.DataFrame
        Those rows, with the row of the earlier spell in `other`.
    """
    # a unit that adopts a policy once, as most do, overlaps with nothing, and need not be sorted
    spells = spells.filter(pl.struct(SPELL).is_duplicated()).sort(*SPELL, "_last", ROW)
    # Of the spells begun before, the one that ends last leaves the least room.
    ends_last = pl.when(pl.col("_ended") == pl.col("_ended").cum_max().over(SPELL))
    before = {
        name: ends_last.then(name).forward_fill().shift().over(SPELL) for name in (ROW, "_last", "_ended")
    }
    overlap = (pl.col("_last") < before["_ended"]) & (before["_last"] < pl.col("_ended"))
    return spells.with_columns(before[ROW].alias("other")).filter(overlap).sort(ROW)


def circular_parents(raw: RawTable, frame: pl.DataFrame) -> list[Problem]:
    """Actors that belong, through their parents, to themselves."""
    pairs = frame.select("unit", "parent").drop_nulls()
    parent: dict[str, str] = dict(pairs.iter_rows())
    circular = _in_circles(parent)
    if not circular:
        return []
    rows = frame.filter(pl.col("unit").is_in(list(circular)) & pl.col("parent").is_not_null())
    wording = Wording(
        "circular-parent",
        "The actor is its own ancestor through the column `parent`.",
        "correct one `parent` of the circle",
    )
    return of_rows(raw, "parent", rows.select(ROW, pl.col("parent").alias("value")), lambda _: wording)


def _in_circles(parent: dict[str, str]) -> set[str]:
    settled: set[str] = set()
    circular: set[str] = set()
    for start in parent:
        path: dict[str, None] = {}
        at: str | None = start
        while at is not None and at not in settled and at not in path:
            path[at] = None
            at = parent.get(at)
        if at is not None and at in path:
            walked = list(path)
            circular.update(walked[walked.index(at) :])
        settled.update(path)
    return circular


def shared_names(raw: RawTable, frame: pl.DataFrame) -> list[Problem]:
    """Names and aliases that more than one actor answers to."""
    alias = pl.col("aliases").alias("value")
    aliases = frame.lazy().select(ROW, "unit", alias).explode("value", empty_as_null=True)
    names = frame.lazy().select(ROW, "unit", pl.col("name").alias("value"))
    problems: list[Problem] = []
    for column, called, others in (("name", names, names), ("aliases", aliases, pl.concat([names, aliases]))):
        met = others.drop_nulls().group_by("value").agg(pl.col("unit").n_unique().alias("units"))
        shared = met.filter(pl.col("units") > 1).select("value")
        rows = called.join(shared, on="value", how="semi", maintain_order="left").collect()
        problems += of_rows(raw, column, rows, lambda _: SHARED_NAME, level="warning")
    return problems


SHARED_NAME = Wording(
    "shared-name",
    "Another actor has the same name or alias, so neither can be suggested for it.",
    "make the two names different, e.g. by adding the state to a city's name",
)
