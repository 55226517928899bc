"""The panel of one question put to a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.errors import MethodError
from diffuscope.panel.risk import person_period
from diffuscope.tables.dates import first_day, last_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffuscope.panel.record import Panel
    from diffuscope.records import Analysis


def panel_of(tables: Mapping[str, pl.DataFrame], analysis: Analysis, waves: Mapping[str, str]) -> Panel:
    """Who could adopt when, as one question asks it of a case.

    Units are those of the analysis, from the date they entered until they left. Adoptions of other units
    begin the risk and influence, but are no events. Dates mean what they mean to the chronology. Where waves
    are counted, a unit whose earliest adoption is known only to have been there by a wave was first looked at
    then: had it been looked at before, the adoption would be dated to what lies between two looks.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        Tables of the case, typed: `adoptions`, and `units` for entry and exit.
    analysis : Analysis
    waves : mapping of str to str
        Date of each reporting wave.

    Returns
    -------
    Panel
        An adoption without any date takes its unit and policy out of the panel; the ledger says so.

    Raises
    ------
    MethodError
        If the question names no policies, or no adoption of them is known.
    """
    adoptions = tables.get("adoptions")
    if adoptions is None or not analysis.policies:
        raise MethodError(f"`{analysis.id}` asks for no adoptions, so there is nobody at risk.")
    rows = adoptions.filter(pl.col("policy").is_in(analysis.policies))
    if rows.is_empty():
        raise MethodError(f"No adoption of the policies of `{analysis.id}` is known.")
    dated = rows.select(
        "unit",
        "policy",
        time=first_day(pl.col("time")),
        time_latest=last_day(pl.coalesce("time_latest", "time")),
        until=last_day(pl.col("until")),
        _row="_row",
    )
    return person_period(
        dated,
        units=_units(tables.get("units"), analysis, dated),
        policies=sorted(analysis.policies),
        period=analysis.period,
        waves=waves,
        window=_window(analysis, waves),
        undated="unknown",
    )


def _window(analysis: Analysis, waves: Mapping[str, str]) -> tuple[str, str] | None:
    """The window in dates: where waves are counted its edges may be waves, elsewhere they are dates first."""
    if analysis.window is None or analysis.period == "wave":
        return analysis.window
    dates = pl.DataFrame({"edge": analysis.window}).select(first_day(pl.col("edge")))["edge"]
    opening, closing = (
        edge if day is not None else waves.get(edge, edge)
        for edge, day in zip(analysis.window, dates, strict=True)
    )
    return opening, closing


def _units(units: pl.DataFrame | None, analysis: Analysis, dated: pl.DataFrame) -> pl.DataFrame:
    named = pl.DataFrame({"unit": analysis.units}, schema={"unit": pl.String})
    if units is None:
        return named
    known = units.select("unit", entered=first_day(pl.col("entered")), left=last_day(pl.col("left")))
    known = named.join(known, on="unit", how="left", maintain_order="left")
    if analysis.period != "wave":
        return known
    looked = named.join(_first_looks(dated), on="unit", how="left", maintain_order="left")
    return known.with_columns(entered=pl.max_horizontal("entered", looked["first_look"]))


def _first_looks(dated: pl.DataFrame) -> pl.DataFrame:
    """When units were first looked at whose earliest adoption was there by then."""
    earliest = dated.filter(pl.col("time_latest") == pl.col("time_latest").min().over("unit"))
    found = earliest.group_by("unit").agg(
        pl.col("time_latest").first().alias("first_look"), pl.col("time").is_null().all().alias("by_then")
    )
    return found.filter("by_then").select("unit", "first_look")
