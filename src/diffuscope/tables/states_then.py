"""Adoptions by a state in a year in which there was no such state: Germany in 1970, Vietnam in 1960."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.gazetteer import resolve_country
from diffuscope.records.phrases import listed
from diffuscope.tables.dates import first_day
from diffuscope.tables.places import Wording, of_rows
from diffuscope.tables.raw import ROW
from diffuscope.tables.unit_names import UnitNames

if TYPE_CHECKING:
    from collections.abc import Callable

    from diffuscope.gazetteer import Country
    from diffuscope.records import Problem
    from diffuscope.tables.raw import RawTable

FIX = "make the state that adopted a unit of its own, or say in `note` that this unit stands for it"


def states_of_another_time(raw: RawTable, frame: pl.DataFrame, units: pl.DataFrame) -> list[Problem]:
    """A warning for each state that did not exist when it adopted, with those that did.

    Only states that were united, divided or dissolved are looked at: a colony is the country that it became.

    Parameters
    ----------
    raw, frame
        The table `adoptions`.
    units : polars.DataFrame
        The table `units`.
    """
    dated = frame.select(
        ROW,
        pl.col("unit").alias("value"),
        first_day(pl.coalesce("time", "time_latest")).dt.year().alias("year"),
    ).drop_nulls()
    if dated.is_empty():
        return []
    names = UnitNames(units)
    problems: list[Problem] = []
    for (unit,), rows in dated.group_by("value", maintain_order=True):
        country = names.country_of(str(unit))
        if country is None or not country.years:
            continue
        years = [year for year in rows["year"].unique().sort() if not country.existed(year)]
        then = {year: states for year in years if (states := _then(country, year))}
        if then:
            out = rows.filter(pl.col("year").is_in(list(then)))
            problems += of_rows(raw, "unit", out, _wording(country, then), level="warning")
    return problems


def _then(country: Country, year: int) -> list[str]:
    """The states that existed in a year in place of a country."""
    read = resolve_country(country.name, year)
    return [one.country.described for one in read.candidates if one.read_as == "in its place"]


def _wording(country: Country, then: dict[int, list[str]]) -> Callable[[str | None], Wording]:
    states = listed(dict.fromkeys(state for names in then.values() for state in names))
    when = listed((str(year) for year in then), at_most=5)
    message = f"There was no such state in {when}: {country.described}. In its place there was {states}."
    return lambda _: Wording("no-such-state-then", message, FIX)
