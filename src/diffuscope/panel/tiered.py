"""Tiers in the adoption history: which rows reach the tier that counts, and one history of several rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.errors import PlanError
from diffuscope.panel.adoptions import POLICY, one_history, problems_of, refusal, spells_of
from diffuscope.panel.native_frames import ROW, ids, with_rows
from diffuscope.tables.tiers import COUNTS, TIER, TIERS, reaches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.panel.calendar import Calendar


def _none() -> pl.DataFrame:
    return pl.DataFrame(schema={"unit": pl.String, POLICY: pl.String, ROW: pl.Int64})


@dataclass(frozen=True)
class Uncounted:
    """Rows of `adoptions` that date no adoption of their own, each with unit, policy and `_row`.

    Attributes
    ----------
    repeated : polars.DataFrame
        They date an adoption that an earlier row dates already.
    below : polars.DataFrame
        They are of a lower tier than the one that counts: their units are known not to have adopted then.
    notes : tuple of str
        What to keep in mind of tiers.
    """

    repeated: pl.DataFrame = field(default_factory=_none)
    below: pl.DataFrame = field(default_factory=_none)
    notes: tuple[str, ...] = ()

    def and_of(self, spells: pl.DataFrame) -> pl.DataFrame:
        """Unit and policy of all rows, those that count too."""
        return pl.concat(one.select("unit", POLICY) for one in (spells, self.repeated, self.below))


def at_tier(adoptions: pl.DataFrame, tiers: Sequence[str], tier: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that reach a tier, and those that do not.

    Parameters
    ----------
    adoptions : polars.DataFrame
        With or without a column `tier`.
    tiers : sequence of str
        All tiers, lowest first.
    tier : str
        The one that counts.

    Returns
    -------
    counted, below : polars.DataFrame
        A row without a tier counts.

    Raises
    ------
    CaseError
        If a row has another tier; with every such row.
    PlanError
        If the tier that counts is none of them.
    """
    rows = with_rows(adoptions)
    if TIER not in rows.columns or rows[TIER].null_count() == rows.height:
        return rows, rows.clear()
    if tier not in tiers:
        raise PlanError(f"tier is {tier!r}; it must be one of {', '.join(tiers)}.")
    rows = rows.with_columns(pl.col(TIER).cast(pl.String))
    unknown_tier = ~rows[TIER].is_in(list(tiers)).fill_null(value=True)
    if unknown_tier.any():
        words = (
            f"This is not one of the tiers: {', '.join(tiers)}.",
            "correct it, or name the order in `tiers`",
        )
        raise refusal(problems_of(rows, unknown_tier, "bad-choice", TIER, words, rows[TIER]))
    own = rows.select(reaches(tiers, tier)).to_series()
    return rows.filter(own), rows.filter(~own)


def adopted_spells(
    adoptions: pl.DataFrame,
    calendar: Calendar,
    tiers: Sequence[str] = TIERS,
    tier: str = COUNTS,
    *,
    lenient: bool = False,
    undated: bool = False,
    has_tiers: bool | None = None,
) -> tuple[pl.DataFrame, Uncounted]:
    """One spell for each adoption that reaches a tier, and the rows that are none.

    Parameters
    ----------
    adoptions, calendar, lenient, undated
        As for `spells_of`.
    tiers, tier
        As for `at_tier`.
    has_tiers : bool, optional
        Whether tiers are told apart at all, so that an empty one is worth a note; by default, whether they
        are in these rows.
    """
    counted, lower = at_tier(adoptions, tiers, tier)
    spells, repeated = one_history(
        spells_of(counted, calendar, lenient=lenient, undated=undated), tiers, tier
    )
    policy = ids(lower[POLICY]) if POLICY in lower.columns else pl.repeat(POLICY, lower.height, eager=True)
    below = pl.DataFrame({"unit": ids(lower["unit"]), POLICY: policy, ROW: lower[ROW].cast(pl.Int64)})
    empty = counted[TIER].null_count() if TIER in counted.columns else 0
    states_tiers = TIER in counted.columns and counted.height + lower.height > empty
    notes = _assumed(empty, tier) if empty and (states_tiers if has_tiers is None else has_tiers) else ()
    return spells, Uncounted(repeated, below, notes)


def _assumed(empty: int, tier: str) -> tuple[str, ...]:
    rows = "1 adoption has no tier: it counts"
    if empty > 1:
        rows = f"{empty:,} adoptions have no tier: they count"
    return (f"{rows} as `{tier}`, the tier of the question.",)
