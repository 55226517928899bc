"""What is wrong with a register that no single row shows: projects twice in a wave, areas nobody declared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.monitoring.histories import (
    dates_and_statuses,
    indicator_measures,
    reopened,
    shown_twice,
    successions,
)
from diffuscope.monitoring.percent import percent
from diffuscope.monitoring.waves import complete, wave_number
from diffuscope.tables.places import Wording, of_rows
from diffuscope.tables.raw import ROW, RawTable
from diffuscope.tables.refer import names_of
from diffuscope.tables.several_ids import several_ids

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffuscope.records import Problem

CLASSIFIED = ("policies", "projects", "published", "claims")
"""Tables whose `area` and `sub_area` must stand in `areas`."""


def register_problems(
    tables: Mapping[str, pl.DataFrame], files: Mapping[str, str], waves: Mapping[str, str]
) -> list[Problem]:
    """Everything that is wrong between the rows of a register.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        `areas`, `projects`, `indicators`, `published` and `claims`, typed; `policies` where there are any.
    files : mapping of str to str
        Where each table stands.
    waves : mapping of str to str
        Date of each wave.

    Returns
    -------
    list of Problem
        A project that one wave shows twice, one that succeeds no earlier one, and an area that `areas`
        lacks are errors; a completed project that goes on, a date against a status, and a printed text whose
        number is not `value` are warnings.
    """
    problems: list[Problem] = []
    for name in [name for name in CLASSIFIED if name in tables]:
        problems += _areas(_raw(name, tables[name], files), tables[name], tables["areas"])
    raw, projects = _raw("projects", tables["projects"], files), complete(tables["projects"])
    ranked = projects.with_columns(k=wave_number(waves))
    problems += shown_twice(raw, projects)
    problems += successions(raw, ranked)
    problems += reopened(raw, ranked)
    problems += dates_and_statuses(raw, projects, waves)
    problems += indicator_measures(_raw("indicators", tables["indicators"], files), tables["indicators"])
    return problems + _misread(_raw("published", tables["published"], files), tables["published"])


def _raw(name: str, frame: pl.DataFrame, files: Mapping[str, str]) -> RawTable:
    # problems need the cells only to know which rows are private
    kept = [ROW, "share"] if "share" in frame.columns else [ROW]
    return RawTable(name=name, file=files.get(name, f"{name}.csv"), cells=frame.select(kept))


def _areas(raw: RawTable, frame: pl.DataFrame, areas: pl.DataFrame) -> list[Problem]:
    if areas.is_empty():
        return []
    known = areas.select("area").unique()
    pairs = areas.select("area", "sub_area").drop_nulls().unique()
    names = names_of(areas, "area")

    def word(value: str | None) -> Wording:
        wrong = "unknown-area", "`areas` has no such area."
        # of several areas in one cell the nearest would lose the others
        several = several_ids(value or "", names, wrong, many=False)
        meant = names.nearest(value or "") if several is None else None
        fix = f"write `{meant}`" if meant else f"correct it, or add it to `areas`{names.silent}"
        return Wording(*wrong, fix)

    undeclared = frame.filter(pl.col("area").is_not_null()).join(known, on="area", how="anti")
    finer = frame.join(known, on="area", how="semi").filter(pl.col("sub_area").is_not_null())
    within = finer.join(pairs, on=["area", "sub_area"], how="anti")
    wording = Wording(
        "unknown-sub-area", "`areas` has no such sub-area of this area.", "correct it, or add it to `areas`"
    )
    return [
        *of_rows(raw, "area", undeclared.select(ROW, pl.col("area").alias("value")), word),
        *of_rows(raw, "sub_area", within.select(ROW, pl.col("sub_area").alias("value")), lambda _: wording),
    ]


def _misread(raw: RawTable, published: pl.DataFrame) -> list[Problem]:
    wrong = [
        row
        for row, printed, value in published.select(ROW, "printed", "value").iter_rows()
        if printed is not None and value is not None and _differs(printed, value)
    ]
    wording = Wording(
        "value-as-printed",
        "`value` is not the printed number.",
        "copy the number in `printed` into `value`",
    )
    rows = published.filter(pl.col(ROW).is_in(wrong)).select(ROW, pl.col("printed").alias("value"))
    return of_rows(raw, "value", rows, lambda _: wording, level="warning")


def _differs(printed: str, value: float) -> bool:
    # words such as “sixty-five (65)” are left to the person who typed them
    if re.fullmatch(r"[0-9.,]+ ?%?", printed.strip()) is None:
        return False
    read = percent(printed)
    return read is not None and abs(read.digits / 10**read.decimals - value) > 1e-9
