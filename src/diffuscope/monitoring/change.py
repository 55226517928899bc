"""What changed between two waves: which projects entered, left, stayed, and moved on."""

from __future__ import annotations

import polars as pl

from diffuscope.errors import PlanError

KNOWN = ("planning", "ongoing", "completed")
CHANGES = ("entered", "left", "stayed", "moved on", "moved back", "unknown")
"""unknown: in both waves, but the status of at least one of them is not known."""


def movements(prepared: pl.DataFrame, earlier: str, later: str) -> pl.DataFrame:
    """Every project of two waves and what became of it in between.

    Parameters
    ----------
    prepared : polars.DataFrame
        From `monitoring.waves.prepared`.
    earlier, later : str
        Two waves of the register.

    Returns
    -------
    polars.DataFrame
        A row per project: `from_wave`, `to_wave`, `project`, `unit`, `state`, `title`, `area`, `area_before`,
        `change`, `status_before`, `status`, `judged` (the link or a status it rests on is a judgement),
        `row_before`, `row`. Rows without a link count as entered and left.

    Raises
    ------
    PlanError
        If the register has no such wave.
    """
    shown = prepared["wave"].unique().to_list()
    for wave in (earlier, later):
        if wave not in shown:
            raise PlanError(f"The register has no wave `{wave}`; it has {', '.join(sorted(shown))}.")
    columns = ["member", "unit", "state", "project", "title", "area", "status", "_row"]
    columns += ["judged_status", "judged_link"]
    before = prepared.filter(pl.col("wave") == earlier).select(columns).unique("member", keep="first")
    after = prepared.filter(pl.col("wave") == later).select(columns).unique("member", keep="first")
    both = before.join(after, on="member", how="full", suffix="_after", coalesce=True)
    known = pl.col("status").is_in(KNOWN) & pl.col("status_after").is_in(KNOWN)
    step = _rank("status_after") - _rank("status")
    change = (
        pl.when(pl.col("_row").is_null())
        .then(pl.lit("entered"))
        .when(pl.col("_row_after").is_null())
        .then(pl.lit("left"))
        .when(~known)
        .then(pl.lit("unknown"))
        .when(step > 0)
        .then(pl.lit("moved on"))
        .when(step < 0)
        .then(pl.lit("moved back"))
        .otherwise(pl.lit("stayed"))
    )
    either = {name: pl.coalesce(f"{name}_after", name) for name in ("unit", "state", "project", "title")}
    return both.select(
        pl.lit(earlier).alias("from_wave"),
        pl.lit(later).alias("to_wave"),
        **either,
        area=pl.col("area_after"),
        area_before=pl.col("area"),
        change=change,
        status_before=pl.col("status"),
        status=pl.col("status_after"),
        judged=_judged(),
        row_before=pl.col("_row"),
        row=pl.col("_row_after"),
    ).sort("change", "unit", "project", "title", "row", "row_before")


def _rank(column: str) -> pl.Expr:
    ranks = {status: at for at, status in enumerate(KNOWN)}
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
        `from_wave`, `to_wave`, `area` (null: all areas), `change`, `projects`, and `sure`: how many do not
        rest on a judgement. A project that changed its area counts in its later one.
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
            pl.len().cast(pl.Int64).alias("projects"), (~pl.col("judged")).sum().cast(pl.Int64).alias("sure")
        )
        .sort("area", pl.col("change").replace_strict(order), nulls_last=False)
    )
