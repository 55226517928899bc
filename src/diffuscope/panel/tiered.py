"""Tiers in the adoption history: which rows reach the tier that counts, and one history of several rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.errors import PlanError
from diffuscope.panel.adoptions import POLICY, one_history, problems_of, refusal, spells_of
from diffuscope.panel.frames import ROW, ids, with_rows
from diffuscope.tables.tiers import COUNTS, TIER, TIERS, reaches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.panel.calendar import Calendar


@dataclass(frozen=True)
class Tiered:
    """Rows of `adoptions` by what they are for the tier that counts.

    Attributes
    ----------
    counted : polars.DataFrame
        Rows of that tier, of a higher one, or without any.
    below : polars.DataFrame or None
        Rows of a lower tier: no events, and no adoptions; None where no row has a tier.
    assumed : int
        Rows without a tier.
    """

    counted: pl.DataFrame
    below: pl.DataFrame | None = None
    assumed: int = 0

    def notes(self, tier: str) -> tuple[str, ...]:
        """What to say where other rows of the same table have tiers."""
        if not self.assumed:
            return ()
        rows = "1 adoption has no tier: it counts"
        if self.assumed > 1:
            rows = f"{self.assumed:,} adoptions have no tier: they count"
        return (f"{rows} as `{tier}`, the tier of the question.",)


def at_tier(adoptions: pl.DataFrame, tiers: Sequence[str], tier: str) -> Tiered:
    """The rows that reach a tier, and those that do not.

    Parameters
    ----------
    adoptions : polars.DataFrame
        With or without a column `tier`.
    tiers : sequence of str
        All tiers, lowest first.
    tier : str
        The one that counts.

    Raises
    ------
    CaseError
        If a row has another tier; with every such row.
    PlanError
        If the tier that counts is none of them.
    """
    if TIER not in adoptions.columns:
        return Tiered(adoptions)
    if adoptions[TIER].null_count() == adoptions.height:
        return Tiered(adoptions, assumed=adoptions.height)
    if tier not in tiers:
        raise PlanError(f"tier is {tier!r}; it is one of {', '.join(tiers)}.")
    rows = with_rows(adoptions).with_columns(pl.col(TIER).cast(pl.String))
    strange = ~rows[TIER].is_in(list(tiers)).fill_null(value=True)
    if strange.any():
        words = (
            f"This is none of the tiers: {', '.join(tiers)}.",
            "correct it, or name the order in `tiers`",
        )
        raise refusal(problems_of(rows, strange, "bad-choice", TIER, words, rows[TIER]))
    own = rows.select(reaches(tiers, tier)).to_series()
    return Tiered(rows.filter(own), rows.filter(~own), rows[TIER].null_count())


def below_of(tiered: Tiered) -> pl.DataFrame | None:
    """Rows of lower tiers as the ledger names them: unit, policy, `_row`; None where there are none."""
    rows = tiered.below
    if rows is None or rows.is_empty():
        return None
    policy = ids(rows[POLICY]) if POLICY in rows.columns else pl.repeat(POLICY, rows.height, eager=True)
    return pl.DataFrame({"unit": ids(rows["unit"]), POLICY: policy, ROW: rows[ROW].cast(pl.Int64)})


def adopted_spells(adoptions: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """One spell for each adoption of a frame: what is announced only, where it has tiers, is none."""
    tiered = at_tier(with_rows(adoptions), TIERS, COUNTS)
    return one_history(spells_of(tiered.counted, calendar))[0]
