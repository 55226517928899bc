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
    begin the risk and influence, but are no events. Dates mean what they mean to the chronology.

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
        units=_units(tables.get("units"), analysis),
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


def _units(units: pl.DataFrame | None, analysis: Analysis) -> pl.DataFrame:
    named = pl.DataFrame({"unit": analysis.units}, schema={"unit": pl.String})
    if units is None:
        return named
    known = units.select("unit", entered=first_day(pl.col("entered")), left=last_day(pl.col("left")))
    return named.join(known, on="unit", how="left")
