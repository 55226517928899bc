"""Rules between tables: whatever is named must exist; what does not is met with the nearest name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.records.phrases import in_code
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.places import Wording, of_rows, of_table
from diffuscope.tables.raw import ROW
from diffuscope.tables.several_ids import several_ids
from diffuscope.tables.suggest import UNKNOWN, Names
from diffuscope.tables.unit_names import UnitNames, said_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from diffuscope.records import Problem
    from diffuscope.tables.columns import Column
    from diffuscope.tables.raw import RawTable

CALLED = ("name", "title", "aliases")
"""Columns by which a row is also known."""
WAVES = ("wave", "from_wave", "to_wave")


def check_references(
    raw: RawTable,
    frames: Mapping[str, pl.DataFrame],
    analyses: Sequence[str],
    waves: Sequence[str],
) -> list[Problem]:
    """Ids of one table that no other table, and no line of `case.toml`, declares."""
    frame = frames[raw.name]
    problems: list[Problem] = []
    for column in CATALOGUE[raw.name].columns:
        if frame[column.name].null_count() == frame.height:
            continue
        if column.refers_to is not None:
            problems += _to_table(raw, column, frames)
        elif column.name == "analysis":
            problems += _to_settings(raw, column, frame, analyses, "[[analysis]]")
        elif column.name in WAVES:
            problems += _to_settings(raw, column, frame, waves, "[waves]")
    return problems


def _to_table(raw: RawTable, column: Column, frames: Mapping[str, pl.DataFrame]) -> list[Problem]:
    table, _, key = (column.refers_to or "").partition(".")
    if table not in frames:
        wording = Wording(
            "missing-table",
            f"`{column.name}` refers to the table `{table}`, which the case does not have.",
            f"add the table `{table}`: each row is {CATALOGUE[table].a_row_is}",
        )
        return [of_table(raw, wording, column=column.name, row=None)]
    known = frames[table][key].drop_nulls()
    rows = _strangers(frames[raw.name], column, known)
    if not rows.height:
        return []
    units = UnitNames(frames[table]) if table == "units" else None
    names = names_of(frames[table], key)
    problems = []
    for alone in (True, False):
        own = rows.filter(pl.col("alone") == alone).drop("alone")
        problems += of_rows(raw, column.name, own, _unknown(column, table, names, units, alone=alone))
    return problems


def _to_settings(
    raw: RawTable, column: Column, frame: pl.DataFrame, known: Sequence[str], section: str
) -> list[Problem]:
    rows = _strangers(frame, column, pl.Series(known, dtype=pl.String)).drop("alone")
    if not rows.height:
        return []
    names = Names((name, name) for name in known)
    listed = in_code(known[:20]) or "none"

    def word(value: str | None) -> Wording:
        message = f"`{column.name}` is not one of those in {section} of `case.toml` ({listed})."
        several = several_ids(value or "", names, ("unknown-id", message), many=False)
        if several is not None:
            return several
        meant = names.nearest(value or "")
        fix = f"correct it, or add it to {section} of `case.toml`{names.silent}"
        return Wording("unknown-id", message, fix, f"write `{meant}`" if meant else None)

    return of_rows(raw, column.name, rows, word)


def _strangers(frame: pl.DataFrame, column: Column, known: pl.Series) -> pl.DataFrame:
    """Ids that are not known, with their rows, and whether each is the only one of its cell."""
    cells = frame.lazy().select(ROW, pl.col(column.name).alias("value"), alone=True)
    if column.kind == "ids":
        cells = cells.with_columns(alone=pl.col("value").list.len() == 1)
        cells = cells.explode("value", empty_as_null=True).drop_nulls("value")
    return cells.filter(~pl.col("value").is_in(pl.lit(known).unique().implode())).collect()


def names_of(frame: pl.DataFrame, key: str) -> Names:
    """Every name that the rows of a table are met by, with the id to write."""
    met: list[tuple[str, str]] = []
    for called in CALLED:
        if called in frame.columns and frame[called].null_count() < frame.height:
            pairs = frame.select(called, key).drop_nulls()
            if frame.schema[called] == pl.List(pl.String()):
                pairs = pairs.explode(called, empty_as_null=True).drop_nulls()
            met += pairs.iter_rows()
    met += ((name, name) for name in frame[key].drop_nulls())
    return Names(met)


def _unknown(
    column: Column, table: str, names: Names, units: UnitNames | None, *, alone: bool
) -> Callable[[str | None], Wording]:
    key = (column.refers_to or "").partition(".")[2]

    def word(value: str | None) -> Wording:
        exact = names.exact(value or "")
        country = units.absent_country(value or "") if units is not None and exact is None else None
        message = f"`{table}` has no row with this `{key}`."
        if exact is None and country is None:
            several = several_ids(value or "", names, ("unknown-id", message), many=column.kind == "ids")
            if several is not None:
                return several
        near = names.nearest(value or "") if exact is None and country is None else None
        meant = None
        if exact is not None:
            meant = f"write `{exact}`"
        elif country is not None:  # however it is spelt, no other unit is near it
            meant = f"add a row to `units` for {said_of(country)}, or write the unit that is meant"
        elif near is not None:
            meant = f"write `{near}` if that is meant, or add a row to `{table}`"
        if not column.required and meant is None and (value or "").strip().lower() in UNKNOWN:
            fix = "leave the cell empty where nothing is known" if alone else "take it out of the cell"
            return Wording("unknown-id", message, fix)
        fix = f"correct it, or add a row to `{table}`{names.silent}"
        return Wording("unknown-id", message, fix, meant)

    return word
