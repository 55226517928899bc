"""Rules over one row, written once and used by the tables that need them."""

from __future__ import annotations

import polars as pl

from diffuscope.tables.columns import Rule
from diffuscope.tables.dates import first_day, last_day


def ordered(early: str, late: str) -> Rule:
    """The second date may not lie before the first."""
    return Rule(
        name="dates-in-order",
        column=late,
        says=f"`{late}` is not before `{early}`",
        fix=f"put the later date in `{late}`",
        broken=lambda: last_day(pl.col(late)) < first_day(pl.col(early)),
    )


def needs(column: str, other: str) -> Rule:
    """A value in one column needs a value in another."""
    return Rule(
        name="value-needs-another",
        column=column,
        says=f"where `{column}` has a value, `{other}` has one too",
        fix=f"fill in `{other}`, or leave `{column}` empty",
        broken=lambda: pl.col(column).is_not_null() & pl.col(other).is_null(),
    )


def either(column: str, other: str, fix: str) -> Rule:
    """At least one of two columns is filled."""
    return Rule(
        name="one-of-two-needed",
        column=column,
        says=f"`{column}` or `{other}` has a value",
        fix=fix,
        broken=lambda: pl.col(column).is_null() & pl.col(other).is_null(),
    )


def different(column: str, other: str, fix: str) -> Rule:
    """Two columns of a row may not hold the same id."""
    return Rule(
        name="not-itself",
        column=column,
        says=f"`{column}` and `{other}` differ",
        fix=fix,
        broken=lambda: pl.col(column) == pl.col(other),
    )


def not_negative(column: str, fix: str) -> Rule:
    """A number that cannot lie below zero."""
    return Rule(
        name="not-negative",
        column=column,
        says=f"`{column}` is not below 0",
        fix=fix,
        broken=lambda: pl.col(column) < 0,
    )


STATUS_RULES = (
    Rule(
        name="percent-not-share",
        column="percent_complete",
        says="`percent_complete` counts per cent: half is 50, not 0.5",
        fix="write 45 for 45 % (a spreadsheet stores a cell formatted as a percentage as 0.45)",
        broken=lambda: (pl.col("percent_complete") > 0) & (pl.col("percent_complete") < 1),
        level="warning",
    ),
    Rule(
        name="status-and-percent",
        column="percent_complete",
        says="a completed project is 100 per cent complete",
        fix="correct `percent_complete` or `status`, or explain in `note` why both are right",
        broken=lambda: (pl.col("status") == "completed") & (pl.col("percent_complete") < 100),
        level="warning",
    ),
)


def _probabilities_missing() -> pl.Expr:
    both = pl.col("p_if_true").is_not_null() & pl.col("p_if_false").is_not_null()
    return ~both & pl.col("band").is_null()


def _both_ways() -> pl.Expr:
    any_p = pl.col("p_if_true").is_not_null() | pl.col("p_if_false").is_not_null()
    return any_p & pl.col("band").is_not_null()


def _absent() -> pl.Expr:
    return pl.col("direction") == "absent"


def _disagrees() -> pl.Expr:
    ratio = pl.col("p_if_true") - pl.col("p_if_false")
    return ((pl.col("direction") == "for") & (ratio < 0)) | ((pl.col("direction") == "against") & (ratio > 0))


EVIDENCE_RULES = (
    Rule(
        name="weight-given",
        column="p_if_true",
        says="a passage has `p_if_true` and `p_if_false`, or a `band`",
        fix="give both chances of the trace, or one band",
        broken=_probabilities_missing,
    ),
    Rule(
        name="weight-given-once",
        column="band",
        says="a passage has chances or a band, not both",
        fix="clear `band`, or clear `p_if_true` and `p_if_false`",
        broken=_both_ways,
    ),
    Rule(
        name="absence-needs-search",
        column="searched",
        says="an absent trace states how likely the search would have found it",
        fix="fill in `searched` between 0 (nobody looked) and 1 (it would have been found)",
        broken=lambda: _absent() & pl.col("searched").is_null(),
    ),
    Rule(
        name="absence-needs-chances",
        column="band",
        says="an absent trace needs chances, not a band",
        fix="replace the band by `p_if_true` and `p_if_false`",
        broken=lambda: _absent() & pl.col("band").is_not_null(),
    ),
    Rule(
        name="direction-fits-chances",
        column="direction",
        says="a passage for the mechanism is likelier if the mechanism is true; a passage "
        "against it is likelier if it is not",
        fix="change the direction, or correct the chances",
        broken=_disagrees,
    ),
)
