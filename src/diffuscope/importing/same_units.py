"""One unit under several names in several files: a country by any of its names, others by their spelling."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.gazetteer import resolve_country
from diffuscope.records.phrases import in_code
from diffuscope.tables.suggest import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diffuscope.importing.decisions import DecisionLog
    from diffuscope.importing.parts import Part

ENDS = ("unit", "sender", "receiver", "from_unit")
"""Columns that name units."""
SHORTEST = 3
"""Letters of a name that is looked for among those of countries: two letters are a code of many lists."""
TOLD = 20
"""Names that decisions spell out one by one."""


def with_one_name(parts: Sequence[Part], notes: DecisionLog) -> list[Part]:
    """The parts of all files, in which a unit is called as the first file calls it.

    Two names of one part stay two units, whatever they mean, as do names that two countries bear; of both a
    person is asked.

    Parameters
    ----------
    parts : sequence of Part
        Of files in the order in which they were named.
    notes : DecisionLog
    """
    first: dict[str, str] = {}
    made: list[Part] = []
    read_as: dict[str, str] = {}
    for part in parts:
        own = _names(part)
        by_key = defaultdict(list)
        for unit, name in own.items():
            by_key[_key(name)].append(unit)
        for units in by_key.values():
            if len(units) > 1:
                notes.ask(f"{in_code(units[:TOLD])} are names of one unit in one file. Are they one?")
        other = {
            units[0]: first[key]
            for key, units in by_key.items()
            if len(units) == 1 and first.get(key, units[0]) != units[0] and first[key] not in own
        }
        for key, units in by_key.items():
            first.setdefault(key, units[0])
        read_as |= other
        made.append(_renamed(part, other) if other else part)
    _tell(read_as, notes)
    _ask(first, notes)
    return made


def _names(part: Part) -> dict[str, str]:
    """Units that a part names, and what they are called there."""
    named = part.tables["units"] if "units" in part.tables else pl.DataFrame({"unit": []})
    names = dict(zip(named["unit"], named["name"], strict=True)) if "name" in named.columns else {}
    for table in part.tables.values():
        for column in ENDS:
            if column in table.columns:
                names |= {unit: unit for unit in table[column].drop_nulls().unique() if unit not in names}
    return {unit: name or unit for unit, name in names.items() if unit}


def _key(name: str) -> str:
    """What two names of one unit share: their country, or their spelling without case, blanks and signs."""
    if sum(map(str.isalpha, name)) >= SHORTEST:
        country = resolve_country(name).country
        if country is not None:
            return f"country {country.id}"
    return plain(name) or name


def _renamed(part: Part, other: dict[str, str]) -> Part:
    tables = dict(part.tables)
    if "units" in tables and "name" in tables["units"].columns:  # the earlier file says what it is called
        kept = pl.when(~pl.col("unit").is_in(list(other))).then("name").alias("name")
        tables["units"] = tables["units"].with_columns(kept)
    tables = {
        name: table.with_columns(pl.col(column).replace(other) for column in ENDS if column in table.columns)
        for name, table in tables.items()
    }
    return replace(part, tables=tables)


def _tell(read_as: dict[str, str], notes: DecisionLog) -> None:
    for written, means in list(read_as.items())[:TOLD]:
        notes.decide("", None, f"`{written}` is read as `{means}`, the name of the unit in an earlier file.",
                     "give the two different names")  # fmt: skip
    if len(read_as) > TOLD:
        notes.decide("", None, f"{len(read_as) - TOLD:,} more names are read as those of an earlier file.",
                     "give units that differ different names")  # fmt: skip


def _ask(first: dict[str, str], notes: DecisionLog) -> None:
    """Ask of names that several countries bear, where one of these has another name in the files."""
    for unit, met in _several(first):
        notes.ask(
            f"`{unit}` can mean several countries, and the files also have {in_code(met)}. Is it one of them?"
        )


def _several(first: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    for key, unit in first.items():
        if key.startswith("country ") or sum(map(str.isalpha, unit)) < SHORTEST:
            continue
        candidates = resolve_country(unit).candidates
        met = [first[own] for one in candidates if (own := f"country {one.country.id}") in first]
        if met:
            yield unit, met
