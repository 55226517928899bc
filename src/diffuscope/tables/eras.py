"""Years of the Buddhist era (common era + 543): named with the year they mean, never mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import polars as pl

from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.date_words import BUDDHIST_YEARS, common_era, is_buddhist
from diffuscope.tables.places import Wording, of_rows
from diffuscope.tables.raw import ROW

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diffuscope.records import Problem
    from diffuscope.tables.raw import RawTable

MIXED = "while other dates of the case are of the common era"


def mixed_eras(frames: Mapping[str, pl.DataFrame], settings: Sequence[str] = ()) -> bool:
    """Whether a case has dates of the Buddhist era and of the common one.

    Parameters
    ----------
    frames : mapping of str to polars.DataFrame
    settings : sequence of str
        Dates that the settings give: of waves and windows.
    """
    own, other = any(map(is_buddhist, settings)), not all(map(is_buddhist, settings))
    for name, frame in frames.items():
        for column in _date_columns(name):
            dates = frame[column]
            here = int(_are_buddhist(dates).sum())
            own, other = own or here > 0, other or here < len(dates) - dates.null_count()
    return own and other


def buddhist_years(raw: RawTable, frame: pl.DataFrame, *, mixed: bool) -> list[Problem]:
    """Every date of a Buddhist year in a table: an error where eras are mixed, else a warning."""
    problems: list[Problem] = []
    for name in _date_columns(raw.name):
        # a query for each column of dates takes longer than a glance at the few that hold any
        if not _are_buddhist(frame[name]).any():
            continue
        rows = frame.select(ROW, value=name).drop_nulls("value").filter(_are_buddhist(pl.col("value")))
        what = f"`{name}`"
        problems += of_rows(
            raw,
            name,
            rows,
            lambda value, what=what: wording_of(what, value or "", mixed=mixed),  # type: ignore[misc]
            level="error" if mixed else "warning",
        )
    return problems


def _date_columns(table: str) -> list[str]:
    return [column.name for column in CATALOGUE[table].columns if column.kind == "date"]


Dates = TypeVar("Dates", pl.Series, pl.Expr)


def _are_buddhist(dates: Dates) -> Dates:
    """Which dates are of the Buddhist era; dates as text sort as dates do."""
    return (dates >= BUDDHIST_YEARS[0]) & (dates < BUDDHIST_YEARS[1])


def wording_of(what: str, value: str, *, mixed: bool) -> Wording:
    """What to say of a date of the Buddhist era."""
    message = f"{what} is a year of the Buddhist era{', ' + MIXED if mixed else ''}."
    fix = "write the year of the common era, which is 543 less"
    meant = f"write {common_era(value)}" if value else None
    return Wording("buddhist-era", message, fix, meant)
