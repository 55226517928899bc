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

FIX = "make the state that adopted a unit of its own, or name in `note` the state that this unit stands for"


def states_of_another_time(raw: RawTable, frame: pl.DataFrame, units: pl.DataFrame) -> list[Problem]:
    """A warning for each state that did not exist when it adopted, with those that did.

    Only states that were united, divided or dissolved are looked at: a colony is the country that it became.
    Nothing is said of a row whose note names one of those states: it tells what the unit stands for.

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
        pl.col("note").fill_null(""),
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
        told = [
            any(one.name in note for one in then.get(year, ()))
            for year, note in rows["year", "note"].iter_rows()
        ]
        out = rows.filter(pl.col("year").is_in(list(then)) & ~pl.Series(told))
        if out.height:
            named = {year: then[year] for year in out["year"].unique().sort()}
            problems += of_rows(raw, "unit", out, _wording(country, named), level="warning")
    return problems


def _then(country: Country, year: int) -> list[Country]:
    """The states that existed in a year in place of a country."""
    read = resolve_country(country.name, year)
    return [one.country for one in read.candidates if one.read_as == "in its place"]


def _wording(country: Country, then: dict[int, list[Country]]) -> Callable[[str | None], Wording]:
    states = listed(dict.fromkeys(one.described for states in then.values() for one in states))
    when = listed((str(year) for year in then), at_most=5)
    message = f"There was no such state in {when}: {country.described}. In its place there was {states}."
    return lambda _: Wording("no-such-state-then", message, FIX)
