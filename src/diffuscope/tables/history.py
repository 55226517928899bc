"""Rules over several rows of one table: spells that overlap, actors that contain themselves, shared names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.tables.dates import first_day, last_day
from diffuscope.tables.places import Wording, of_rows
from diffuscope.tables.raw import ROW

if TYPE_CHECKING:
    from diffuscope.records import Problem
    from diffuscope.tables.raw import RawTable


def overlapping_spells(raw: RawTable, frame: pl.DataFrame) -> list[Problem]:
    """Adoptions of one policy by one actor that begin before the earlier one has ended.

    Only what is certain is told: where the dates leave room for one after the other, nothing is. Spells of
    different tiers (announced, adopted …) may stand side by side, and undated ones overlap nothing.
    """
    dated = frame.filter(pl.col("unit").is_not_null() & pl.col("policy").is_not_null())
    pairs = dated.select("unit", "policy")
    if pairs.hash_rows().n_unique() == pairs.height:
        return []
    spell = ["unit", "policy", "_tier"]
    begins = pl.coalesce("time", "time_latest")
    often = (
        dated.with_columns(pl.col("tier").fill_null("adopted").alias("_tier"))
        .filter((pl.len().over(spell) > 1) & begins.is_not_null())
        .with_columns(
            first_day(begins).alias("_first"),
            last_day(pl.coalesce("time_latest", "time")).alias("_last"),
            first_day(pl.col("until")).alias("_ended"),
        )
        .sort(*spell, "_first", "_last", ROW)
    )
    earlier_end = pl.col("_ended").shift().over(spell)
    overlap = (pl.col(ROW).shift().over(spell).is_not_null()) & (
        earlier_end.is_null() | (pl.col("_last") < earlier_end)
    )
    broken = often.with_columns(pl.col(ROW).shift().over(spell).alias("other"), begins.alias("value")).filter(
        overlap
    )
    wording = Wording(
        "overlapping-spells",
        "The adoption begins while that of row {other}, by the same actor, is still in place.",
        "fill in `until` of row {other}, or keep one of the two rows",
    )
    return of_rows(raw, "time", broken.sort(ROW), lambda _: wording)


def circular_parents(raw: RawTable, frame: pl.DataFrame) -> list[Problem]:
    """Actors that belong, through their parents, to themselves."""
    pairs = frame.select("unit", "parent").drop_nulls()
    parent: dict[str, str] = dict(pairs.iter_rows())
    circular = _in_circles(parent)
    if not circular:
        return []
    rows = frame.filter(pl.col("unit").is_in(list(circular)))
    wording = Wording(
        "circular-parent",
        "The actor belongs to itself, through the parents of its parents.",
        "clear or correct one `parent` of the circle",
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
    aliases = frame.select(ROW, "unit", alias).explode("value", empty_as_null=True)
    names = frame.select(ROW, "unit", pl.col("name").alias("value"))
    problems: list[Problem] = []
    for column, called, others in (("name", names, names), ("aliases", aliases, pl.concat([names, aliases]))):
        met = others.drop_nulls().group_by("value").agg(pl.col("unit").n_unique().alias("units"))
        shared = met.filter(pl.col("units") > 1)["value"]
        rows = called.filter(pl.col("value").is_in(shared.implode()))
        problems += of_rows(raw, column, rows, lambda _: SHARED_NAME, level="warning")
    return problems


SHARED_NAME = Wording(
    "shared-name",
    "Another actor answers to the same name, so that neither can be suggested for it.",
    "tell the two apart, e.g. by adding the state to a city's name",
)
