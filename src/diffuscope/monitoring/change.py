"""What changed between two waves: which projects entered, left, went on under another id, and moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.errors import PlanError
from diffuscope.monitoring.succession import successions
from diffuscope.monitoring.waves import named
from diffuscope.records.statuses import OPEN

if TYPE_CHECKING:
    from collections.abc import Collection

RANKED = ("planning", "ongoing", "completed")
"""How far along a project is; on hold and cancelled have no place in this order."""
CHANGES = (
    "entered",
    "succeeds",
    "left",
    "succeeded",
    "stayed",
    "moved on",
    "moved back",
    "put on hold",
    "resumed",
    "cancelled",
    "reinstated",
    "unknown",
)
"""What can become of a project. succeeds: new, and goes on with an earlier one under another id; succeeded:
gone,
and goes on so; resumed: no longer on hold; reinstated: no longer cancelled; unknown: in both waves, but the
status of at least one of them is not known."""


def movements(
    prepared: pl.DataFrame, earlier: str, later: str, *, without: Collection[str] = ()
) -> pl.DataFrame:
    """Every project of two waves and what became of it in between.

    Parameters
    ----------
    prepared : polars.DataFrame
        From `monitoring.waves.prepared`.
    earlier, later : str
        Two waves of the register.
    without : collection of str
        Waves of the register in which no project is listed.

    Returns
    -------
    polars.DataFrame
        A row per project: `from_wave`, `to_wave`, `project`, `unit` and `state` (several of a joint project,
        separated by semicolons), `title`, `area`, `area_before`, `change`, `status_before`, `status`,
        `succeeds` and `succeeded_by` (the projects it goes on with, and those it goes on in), `judged` (the
        link or a status it rests on is a judgement), `row_before`, `row`. Rows without a link count as
        entered and left.

    Raises
    ------
    PlanError
        If the register has no such wave.
    """
    shown = [*prepared["wave"].unique().to_list(), *without]
    for wave in (earlier, later):
        if wave not in shown:
            raise PlanError(f"The register has no wave `{wave}`; it has {', '.join(sorted(shown))}.")
    both = _side_by_side(prepared, earlier, later)
    either = {name: pl.coalesce(f"{name}_after", name) for name in ("unit", "state", "project", "title")}
    return both.select(
        pl.lit(earlier).alias("from_wave"),
        pl.lit(later).alias("to_wave"),
        **either,
        area=pl.col("area_after"),
        area_before=pl.col("area"),
        change=_change(),
        status_before=pl.col("status"),
        status=pl.col("status_after"),
        succeeds=pl.when(pl.col("_row_after").is_not_null()).then("succeeds"),
        succeeded_by=pl.when(pl.col("_row").is_not_null()).then("succeeded_by"),
        judged=_judged(),
        row_before=pl.col("_row"),
        row=pl.col("_row_after"),
    ).sort("change", "unit", "project", "title", "row", "row_before")


def _side_by_side(prepared: pl.DataFrame, earlier: str, later: str) -> pl.DataFrame:
    """Each project of either wave with its row in both, and with the projects it goes on from and in."""
    columns = ["member", "unit", "state", "project", "title", "area", "status", "_row"]
    columns += ["judged_status", "judged_link"]
    of_both = [
        prepared.filter(pl.col("wave") == wave)
        .with_columns(unit=named("units"), state=pl.col("states").list.unique(maintain_order=True))
        .with_columns(state=named("state"))
        .select(columns)
        .unique("member", keep="first")
        for wave in (earlier, later)
    ]
    before, after = of_both
    until = prepared.filter(pl.col("wave") == later)["k"].max()
    pairs = successions(prepared, until if isinstance(until, int) else -1)
    # a later project may go on with one that an earlier wave still showed; both waves need not show the pair
    back = pairs.group_by("member").agg(succeeds=pl.col("before").str.join(";"))
    now = pairs.join(after.select("member"), on="member", how="semi")
    on = now.group_by(member="before").agg(succeeded_by=pl.col("member").str.join(";"))
    return (
        before.join(after, on="member", how="full", suffix="_after", coalesce=True)
        .join(back, on="member", how="left")
        .join(on, on="member", how="left")
    )


def _change() -> pl.Expr:
    before, after = pl.col("status"), pl.col("status_after")
    # null where a status has no place in the order, so that it moved neither on nor back
    step = _rank("status_after") - _rank("status")
    unknown = before.is_in(OPEN) | after.is_in(OPEN)
    gone, new = pl.col("_row_after").is_null(), pl.col("_row").is_null()
    # tried from the top: a project that one wave lacks has no change of status, and an unknown status none
    # either
    cases = (
        (new & pl.col("succeeds").is_not_null(), "succeeds"),
        (new, "entered"),
        (gone & pl.col("succeeded_by").is_not_null(), "succeeded"),
        (gone, "left"),
        (unknown, "unknown"),
        (before == after, "stayed"),
        (after == "cancelled", "cancelled"),
        (before == "cancelled", "reinstated"),
        (after == "on hold", "put on hold"),
        (before == "on hold", "resumed"),
        (step > 0, "moved on"),
        (step < 0, "moved back"),
    )
    return pl.coalesce(*(pl.when(holds).then(pl.lit(word)) for holds, word in cases), pl.lit("unknown"))


def _rank(column: str) -> pl.Expr:
    ranks = {status: at for at, status in enumerate(RANKED)}
    return pl.col(column).replace_strict(ranks, default=None, return_dtype=pl.Int64)


def _judged() -> pl.Expr:
    names = ("judged_status", "judged_status_after", "judged_link", "judged_link_after")
    return pl.any_horizontal(pl.col(name).fill_null(False) for name in names)


def changes(movements: pl.DataFrame) -> pl.DataFrame:
    """How many projects entered, left, stayed and moved between two waves, over all and by area.

    Parameters
    ----------
    movements : polars.DataFrame
        From `movements`.

    Returns
    -------
    polars.DataFrame
        `from_wave`, `to_wave`, `area` (null: all areas), `change`, `projects`, `sure`: how many do not
        rest on a judgement, and `in_both`: how many both waves show. A project that changed its area counts
        in its later one.
    """
    area = pl.coalesce("area", "area_before")
    rows = movements.with_columns(area=area)
    parts = [
        _summed(rows.with_columns(area=pl.lit(None, dtype=pl.String))),
        _summed(rows.filter(pl.col("area").is_not_null())),
    ]
    return pl.concat(parts)


def _summed(rows: pl.DataFrame) -> pl.DataFrame:
    order = {change: at for at, change in enumerate(CHANGES)}
    return (
        rows.group_by("from_wave", "to_wave", "area", "change")
        .agg(
            pl.len().cast(pl.Int64).alias("projects"),
            (~pl.col("judged")).sum().cast(pl.Int64).alias("sure"),
            (pl.col("row_before").is_not_null() & pl.col("row").is_not_null())
            .sum()
            .cast(pl.Int64)
            .alias("in_both"),
        )
        .sort("area", pl.col("change").replace_strict(order), nulls_last=False)
    )
