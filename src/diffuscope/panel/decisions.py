"""Joint decisions: adoptions that were decided together are one event, and none of them moved another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from diffuscope.panel.adoptions import DECISION, POLICY

if TYPE_CHECKING:
    from numpy.typing import NDArray

DECIDER = "decider"
"""Column of a panel: the unit, or the units that decided together as one."""


class Together(NamedTuple):
    """Units that decided together at different dates.

    Attributes
    ----------
    units : frozenset of str
    decisions : frozenset of str
    """

    units: frozenset[str]
    decisions: frozenset[str]


def decided_together(spells: pl.DataFrame, *, same_date: bool) -> list[Together]:
    """Units whose adoption of one policy was decided together with that of others.

    Parameters
    ----------
    spells : polars.DataFrame
        Of one policy, as `spells_of` gives them.
    same_date : bool
        Whether those count too that adopted in the same period, or are dated to the same range: strictly
        before their own adoption none of them has adopted anyway.
    """
    if spells[DECISION].null_count() == spells.height:
        return []
    dates = pl.struct("earliest", "latest").n_unique().over(DECISION)
    shared = spells.drop_nulls([DECISION, "latest"]).filter(pl.col("unit").n_unique().over(DECISION) > 1)
    shared = shared.filter(True if same_date else dates > 1)
    groups: dict[frozenset[str], set[str]] = {}
    for unit, decisions in shared.group_by("unit", maintain_order=True).agg(DECISION).iter_rows():
        groups.setdefault(frozenset(decisions), set()).add(unit)
    return [Together(frozenset(units), decisions) for decisions, units in groups.items()]


def with_deciders(rows: pl.DataFrame, spells: pl.DataFrame) -> pl.DataFrame:
    """Rows of a panel with who decides: units that share a decision, directly or through others, are one.

    Only where any of them do; elsewhere the rows stay as they are.
    """
    if spells[DECISION].null_count() == spells.height:
        return rows
    units = rows["unit"].unique()
    shared = spells.drop_nulls(DECISION).filter(
        pl.col("unit").is_in(units.implode()), pl.col(POLICY).is_in(rows[POLICY].unique().implode())
    )
    group: dict[str, str] = {}
    members: dict[str, set[str]] = {}
    for decision, named in sorted(shared.group_by(DECISION).agg(pl.col("unit").unique()).iter_rows()):
        met = {group[unit] for unit in named if unit in group}
        # union of all groups that share a unit (connected components): the least name stands for the whole
        first = min({*met, decision})
        together = set(named).union(*(members.pop(one) for one in met))
        members[first] = together
        group.update(dict.fromkeys(together, first))
    called = {unit: f"decision {name}" for name, own in members.items() if len(own) > 1 for unit in own}
    if not called:
        return rows
    decider = pl.col("unit").replace_strict(called, default=pl.col("unit"), return_dtype=pl.String)
    return rows.with_columns(decider.alias(DECIDER))


def drawn_together(ranged: pl.DataFrame, spells: pl.DataFrame) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    """Ranges from which the dates of a decision are drawn, and whose chance each takes.

    Where the ranges of a decision have a time in common, all its dates are drawn as one from it; where they
    have none, each is drawn from its own range by the same chance.

    Parameters
    ----------
    ranged : polars.DataFrame
        Spells whose dates are drawn, in order.
    spells : polars.DataFrame
        All spells.
    """
    at = np.arange(ranged.height)
    if ranged[DECISION].null_count() == ranged.height:
        return ranged, at
    dated = spells.drop_nulls([DECISION, "latest"])
    common = dated.group_by(DECISION).agg(
        pl.col("earliest").max().alias("_earliest"), pl.col("latest").min().alias("_latest"),
        pl.col("first").max().alias("_first"), pl.col("last").min().alias("_last"),
        (pl.col("first").is_not_null() & pl.col("last").is_not_null()).all().alias("_days"),
    )  # fmt: skip
    # the ranges' intersection, in days where all have them: one decision has one date
    in_days = pl.col("_days") & (pl.col("_first") <= pl.col("_last"))
    in_periods = ~pl.col("_days") & (pl.col("_earliest") <= pl.col("_latest"))
    fits = (in_days | in_periods).fill_null(value=False)
    ranges = ranged.with_row_index("_own").join(common, on=DECISION, how="left", maintain_order="left")
    ranges = ranges.with_columns(
        pl.when(fits).then(f"_{name}").otherwise(name).alias(name)
        for name in ("earliest", "latest", "first", "last")
    )
    # the first of each decision draws, and the others take its number
    lead = pl.when(pl.col(DECISION).is_null()).then("_own").otherwise(pl.col("_own").first().over(DECISION))
    return ranges.select(ranged.columns), ranges.select(lead.cast(pl.Int64)).to_series().to_numpy()


def decided_pairs(spells: pl.DataFrame, policy: pl.Series, one: pl.Series, other: pl.Series) -> pl.Series:
    """Which pairs of units decided together on a policy."""
    own = spells.drop_nulls(DECISION).select(POLICY, "unit", DECISION).unique()
    pairs = pl.DataFrame({POLICY: policy, "one": one, "other": other}).with_row_index("_at")
    if own.is_empty():
        return pl.repeat(value=False, n=pairs.height, eager=True)
    both = pairs.join(own.rename({"unit": "one"}), on=[POLICY, "one"]).join(
        own.rename({"unit": "other"}), on=[POLICY, "other", DECISION], how="semi"
    )
    return pairs["_at"].is_in(both["_at"].unique().implode())
