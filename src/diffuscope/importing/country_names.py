"""Names of countries for units that bear the codes of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.gazetteer import resolve_country
from diffuscope.records.phrases import counted, in_code

if TYPE_CHECKING:
    from diffuscope.gazetteer.resolve import Codes
    from diffuscope.importing.decisions import DecisionLog
    from diffuscope.importing.import_map import FileMap

LISTS: dict[str, Codes] = {
    "ccode": "COW",
    "cow": "COW",
    "cowc": "COW",
    "cowcode": "COW",
    "gwcode": "GW",
    "gwno": "GW",
    "iso2c": "ISO",
    "iso3": "ISO",
    "iso3c": "ISO",
}
"""Usual names of columns that say whose codes they hold. The codes by themselves do not: `GA` is Gabon, and
Georgia in the United States."""
SHOWN = 5


def with_countries(
    units: pl.DataFrame, column: str, settings: FileMap, file: str, notes: DecisionLog
) -> pl.DataFrame:
    """Units with the names of the countries that their codes stand for; others keep their code.

    Parameters
    ----------
    units : polars.DataFrame
        unit, name.
    column : str
        The column of the file that holds the codes.
    settings : FileMap
    file : str
    notes : DecisionLog
    """
    codes = LISTS.get(column.casefold())
    if codes is None or settings.name is not None or not (units["name"] == units["unit"]).all():
        return units
    met = {unit: resolve_country(unit, codes=codes).country for unit in units["unit"]}
    names = {unit: country.name for unit, country in met.items() if country is not None}
    if not names:
        return units
    many = counted(len(names), "country", "countries")
    notes.decide(
        file, column, f"Its codes are those of {codes}: {many}.", 'name others: name = "…" in the map'
    )
    if unknown := sorted(set(met) - set(names)):
        some = in_code(unknown[:SHOWN])
        notes.ask(f"`{file}` has codes that {codes} does not have: {some}. Which countries are they?")
    return units.with_columns(pl.col("unit").replace_strict(names, default=pl.col("name")).alias("name"))
