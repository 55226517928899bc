"""The adoption history of one question put to a case, and its panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.errors import MethodError, PlanError
from diffuscope.panel.adoptions import DECISION, times_of
from diffuscope.panel.bounds import AFTER_FIRST, bounds_of, units_of
from diffuscope.panel.calendar import calendar_of
from diffuscope.panel.panel import History
from diffuscope.panel.risk import panel_from
from diffuscope.panel.tiered import adopted_spells
from diffuscope.tables.dates import first_day, last_day
from diffuscope.tables.tiers import TIER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffuscope.panel.panel import Panel
    from diffuscope.records import Analysis


def panel_of(tables: Mapping[str, pl.DataFrame], analysis: Analysis, waves: Mapping[str, str]) -> Panel:
    """Person-period panel of one question: who could adopt when, as the question asks it of a case.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        As for `history_of_case`.
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
    return panel_from(history_of_case(tables, analysis, waves))


def history_of_case(
    tables: Mapping[str, pl.DataFrame], analysis: Analysis, waves: Mapping[str, str]
) -> History:
    """Adoption history of one question: spells, calendar, and who could adopt from when to when.

    Units are those of the analysis, from the date they entered until they left. Adoptions of other units
    begin the risk and influence, but are no events. Where waves are counted, a unit whose earliest adoption
    is known only to have been there by a wave was first looked at then: had it been looked at before, the
    adoption would be dated to what lies between two looks. A unit adopts when it reaches the question's tier
    or a higher one; several rows that date one adoption are one spell (`one_history`).

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        Tables of the case, typed: `adoptions`; `units` for entry and exit; `policies` for their origin.
    analysis : Analysis
    waves : mapping of str to str
        Date of each reporting wave.

    Returns
    -------
    History

    Raises
    ------
    MethodError
        If the question names no policies, or no adoption of them is known.
    PlanError
        If waves are counted and none is dated, or the window does not fit.
    """
    adoptions = tables.get("adoptions")
    if not analysis.policies:
        raise MethodError(f"`{analysis.id}` names no policies, so no unit is at risk.")
    if adoptions is None:
        raise MethodError(f"The case has no `adoptions`, so none of a policy of `{analysis.id}` is known.")
    rows = adoptions.filter(pl.col("policy").is_in(analysis.policies))
    if rows.is_empty():
        raise MethodError(f"No adoption of the policies of `{analysis.id}` is known.")
    if analysis.period == "wave" and not waves:
        raise PlanError(
            f"The analysis `{analysis.id}` has the period `wave`, but `case.toml` has no dates of waves: add "
            "a table [waves]."
        )
    dated = in_days(rows)
    calendar = calendar_of(analysis.period, times_of(dated), waves)
    spells, uncounted = adopted_spells(
        dated, calendar, analysis.tiers, analysis.tier, lenient=True, has_tiers=_has_tiers(adoptions)
    )
    if spells.is_empty():
        raise MethodError(f"No adoption of the policies of `{analysis.id}` has reached `{analysis.tier}`.")
    units, entered, left = units_of(_units(tables.get("units"), analysis, dated), spells)
    bounds = bounds_of(
        spells, calendar, units, sorted(analysis.policies), window=_window(analysis, waves),
        origin=_origins(tables.get("policies"), analysis), censor=None, entry=entered, exit=left,
        collapse=True, since="origin",
    )  # fmt: skip
    return History(spells, calendar, bounds, "polars", undated=True, uncounted=uncounted)


def _has_tiers(adoptions: pl.DataFrame) -> bool:
    """Whether a case tells tiers apart."""
    return TIER in adoptions.columns and adoptions[TIER].null_count() < adoptions.height


def in_days(adoptions: pl.DataFrame) -> pl.DataFrame:
    """Adoptions in days: waves are often named by their year, and a date is never the name of a wave."""
    lacking = [name for name in ("until", TIER, DECISION) if name not in adoptions.columns]
    return adoptions.with_columns(pl.lit(None, pl.String).alias(name) for name in lacking).select(
        "unit",
        "policy",
        time=first_day(pl.col("time")),
        # a date written as 2018 is the range from its first to its last day
        time_latest=last_day(pl.coalesce("time_latest", "time")),
        until=last_day(pl.col("until")),
        tier=TIER,
        decision=DECISION,
        _row="_row",
    )


def _origins(policies: pl.DataFrame | None, analysis: Analysis) -> dict[str, str]:
    """Where the risk of each policy begins: after its first adoption, or with it."""
    origins = dict.fromkeys(analysis.policies, AFTER_FIRST)
    if policies is None or "origin" not in policies.columns:
        return origins
    stated = policies.drop_nulls(["policy", "origin"]).filter(pl.col("policy").is_in(analysis.policies))
    return origins | dict(stated.select("policy", "origin").iter_rows())


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
    # of the earliest adoption alone: what was there at the first look does not say when it came
    earliest = dated.filter(pl.col("time_latest") == pl.col("time_latest").min().over("unit"))
    first_looks = earliest.group_by("unit").agg(
        pl.col("time_latest").first().alias("first_look"), pl.col("time").is_null().all().alias("by_then")
    )
    return first_looks.filter("by_then").select("unit", "first_look")
