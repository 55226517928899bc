"""The tables of a case from what each file gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.errors import PlanError
from diffuscope.importing.parts import ADOPTIONS, ATTRIBUTES, TIES
from diffuscope.records.phrases import counted, noun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.errors import PlanError
    from diffuscope.importing.decisions import DecisionLog
from diffuscope.importing.parts import Part

KIND = "unit"
MOST_POLICIES = 20
"""Policies that a question spells out; more of them bear the name of a group."""
GROUP = "imported"
UNITS = ("unit", "name", "aliases", "kind", "role", "parent", "lat", "lon", "entered", "left", "source")


def assembled(parts: Sequence[Part], kind: str, notes: DecisionLog) -> dict[str, pl.DataFrame]:
    """The tables of a case: rows of all files, units and policies each once.

    Parameters
    ----------
    parts : sequence of Part
    kind : str
        What units are; empty: not said.
    notes : DecisionLog
    """
    _ask_about_strangers(parts, notes)
    tables = {"units": _units(parts, kind, notes)}
    for name, columns in (("adoptions", ADOPTIONS), ("attributes", ATTRIBUTES), ("ties", TIES)):
        rows = [part.tables[name] for part in parts if name in part.tables]
        if rows:
            tables[name] = _once(pl.concat(rows), name, notes).select(columns)
    for name in ("documents", "evidence"):
        rows = [part.tables[name] for part in parts if name in part.tables]
        if rows:
            tables[name] = pl.concat(rows, how="diagonal_relaxed").unique(maintain_order=True)
    if "adoptions" in tables:
        tables["policies"] = _policies(parts, tables["adoptions"], notes)
    return {name: table for name, table in tables.items() if not table.is_empty()}


def _once(rows: pl.DataFrame, name: str, notes: DecisionLog) -> pl.DataFrame:
    """Rows that two files state alike are one; both sources are kept in the first."""
    keys = [column for column in rows.columns if column != "source"]
    once = rows.group_by(keys, maintain_order=True).agg(pl.col("source").unique(maintain_order=True))
    if once.height < rows.height:
        more = counted(rows.height - once.height, "row")
        notes.decide("", None, f"{more} of `{name}` stand in the files more than once; each is one row.",
                     "take them out of the files")  # fmt: skip
    return once.with_columns(pl.col("source").list.join("; "))


def _units(parts: Sequence[Part], kind: str, notes: DecisionLog) -> pl.DataFrame:
    named = [part.tables["units"] for part in parts if "units" in part.tables]
    if not named:
        raise PlanError("None of the files names a unit: add one that says who could have adopted.")
    rows = pl.concat(named, how="diagonal")
    rows = rows.drop_nulls("unit")
    for column in UNITS:
        if column not in rows.columns:
            rows = rows.with_columns(pl.lit(None, pl.String).alias(column))
    own_name = pl.when(pl.col("name") != pl.col("unit")).then("name")
    units = rows.group_by("unit", maintain_order=True).agg(
        own_name.drop_nulls().first().alias("name"),
        *(
            pl.col(column).drop_nulls().first()
            for column in ("aliases", "kind", "role", "parent", "lat", "lon", "source")
        ),
        pl.col("entered").drop_nulls().min(),
        pl.col("left").drop_nulls().max(),
    )
    if units["kind"].null_count():
        unit_kind = kind or KIND
        if not kind:
            notes.ask(
                f"What are the units: states, cities, firms? They are called `{unit_kind}` until you say: "
                "--kind state, or the column `kind` of units.csv."
            )
        units = units.with_columns(pl.col("kind").fill_null(unit_kind))
    adopters = [part.tables["adoptions"]["unit"] for part in parts if "adoptions" in part.tables]
    watched = any("entered" in part.tables["units"].columns for part in parts if "units" in part.tables)
    _ask_for_others(units, adopters, watched, notes)
    return units.with_columns(
        pl.coalesce("name", "unit").alias("name"), pl.col("role").fill_null("adopter")
    ).select(
        column
        for column in UNITS
        if not units[column].is_null().all() or column in ("unit", "name", "kind", "role")
    )


def _ask_about_strangers(parts: Sequence[Part], notes: DecisionLog) -> None:
    """Ask about a file none of whose units adopts, or could have adopted, in the files of adoptions."""
    known = {unit for part in parts if "adoptions" in part.tables for unit in part.tables["units"]["unit"]}
    for part in parts:
        table = next((part.tables[name] for name in ("ties", "attributes") if name in part.tables), None)
        if table is None or table.is_empty() or "adoptions" in part.tables or not known:
            continue
        own = set(part.tables["units"]["unit"].drop_nulls())
        if own and not own & known:
            file = str(table["source"][0]).partition(", ")[0]
            notes.ask(
                f"No unit of `{file}`, such as `{min(own)}`, is one of those who could have adopted. Are "
                "they other units? If not, write the same names or codes in both files. Nodes of a network "
                f'have several: [file."{file}"] unit = "label" in the map takes their labels.'
            )


def _ask_for_others(
    units: pl.DataFrame, adopters: Sequence[pl.Series], watched: bool, notes: DecisionLog
) -> None:
    """Ask who never adopted where files name adopters alone."""
    if not adopters:
        notes.ask(
            "No file says who adopted what, and when: name the columns of policies (--policy NAME), or "
            "import a file of adoptions too. Without one there is no question."
        )
        return
    if watched:
        return
    never = set(units["unit"]) - set(pl.concat(list(adopters)).drop_nulls())
    if not never:
        notes.ask(
            "Every unit of the files adopted something. Are there units that could have adopted and never "
            "did? Without them nothing is known of who did not adopt: add them to units.csv."
        )


def _policies(parts: Sequence[Part], adoptions: pl.DataFrame, notes: DecisionLog) -> pl.DataFrame:
    named = [part.tables["policies"] for part in parts if "policies" in part.tables]
    used = adoptions.select("policy").drop_nulls().unique(maintain_order=True)
    group = [pl.lit(GROUP).alias("group")] if used.height > MOST_POLICIES else []
    if not named:
        return used.with_columns(pl.col("policy").alias("name"), *group)
    known = pl.concat(named, how="diagonal").unique("policy", keep="first", maintain_order=True)
    unused = known.join(used, "policy", "anti").height
    if unused:
        many = counted(unused, "policy", "policies")
        notes.decide("", None, f"{many} without any adoption in the files {noun(unused, 'is', 'are')} kept.",
                     "take them out of policies.csv")  # fmt: skip
    every = pl.concat([known, used.join(known, "policy", "anti")], how="diagonal")
    name = pl.coalesce("name", "policy") if "name" in every.columns else pl.col("policy")
    return every.with_columns(name.alias("name"), *group)
