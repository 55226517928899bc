"""Lagged covariates joined to a panel: what was known strictly before the period they are to explain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.errors import PlanError
from diffuscope.panel.native_frames import ROW, ids, need, polars_of
from diffuscope.records.native_tables import as_kind
from diffuscope.records.phrases import counted

if TYPE_CHECKING:
    from diffuscope.panel.calendar import Calendar
    from diffuscope.panel.native_frames import Frame
    from diffuscope.panel.panel import Panel

WHAT = "The frame of covariates"
TIMES = ("time", "period", "year")


def add_covariates(panel: Panel, covariates: Frame, *, lag: int = 1, carry: int = 0) -> Panel:
    """Lagged covariates: a panel with what else was known of each unit before each period.

    Parameters
    ----------
    panel : Panel
    covariates : pandas, Polars or Arrow table
        Columns `unit` (or `policy`, or both), a time (`time`, `period` or `year`; without one, values hold
        always), and one column per covariate.
    lag : int
        A row of period t takes the value of t - lag. 0 takes the same period, and the panel says so.
    carry : int
        For how many periods a value may stand in for missing later ones: 11 where years of covariates meet
        months at risk. 0 leaves a period without a value empty.

    Returns
    -------
    Panel
        Values that are not known are null, and counted in the notes; they are never filled in.

    Raises
    ------
    PlanError
        If columns are lacking or clash, a time cannot be read, or a unit has two values for one period.

    Examples
    --------
    >>> import diffuscope, polars as pl
    >>> laws = pl.DataFrame({"unit": ["a", "b"], "time": [2001, 2003]})
    >>> panel = diffuscope.person_period(laws)
    >>> wealth = pl.DataFrame({"unit": ["b", "b"], "year": [2001, 2003], "gdp": [5.0, 9.0]})
    >>> add_covariates(panel, wealth).frame.select("period", "gdp").rows()
    [(2002, 5.0), (2003, None)]
    """
    if panel.history is None:
        raise PlanError("Covariates are joined before units are paired or rows are merged.")
    extra = polars_of(covariates, WHAT)[0]
    rows, notes = joined(panel.table(), extra, panel.history.calendar, lag=lag, carry=carry)
    history = replace(panel.history, covariates=(*panel.history.covariates, (extra, lag, carry)))
    frame = as_kind(rows, panel.history.kind)
    return replace(panel, frame=frame, notes=panel.notes + notes, history=history)


def joined(
    rows: pl.DataFrame, extra: pl.DataFrame, calendar: Calendar, *, lag: int = 1, carry: int = 0
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Rows of a panel with covariates, and what to say about them.

    Parameters
    ----------
    rows : polars.DataFrame
    extra : polars.DataFrame
        The covariates.
    calendar : Calendar
    lag, carry : int

    Returns
    -------
    rows : polars.DataFrame
    notes : tuple of str
    """
    if not all(isinstance(steps, int) and steps >= 0 for steps in (lag, carry)):
        raise PlanError("`lag` and `carry` are whole numbers from 0 on.")
    keys: list[str] = [name for name in ("unit", "policy") if name in extra.columns]
    if not keys:
        need(extra, ("unit",), WHAT)
    dated = next((name for name in TIMES if name in extra.columns), None)
    values = [name for name in extra.columns if name not in (*keys, dated, ROW)]
    clash = [name for name in values if name in rows.columns]
    if clash:
        raise PlanError(f"{WHAT}: `{clash[0]}` is in the panel already.")
    if not values:
        raise PlanError(f"{WHAT} has no values.")
    extra = extra.with_columns(ids(extra[name]).alias(name) for name in keys)
    if dated is None:
        _refuse_twice(extra, keys)
        extended = rows.join(extra.select(*keys, *values), on=keys, how="left", maintain_order="left")
    else:
        extended = _as_of(rows, _timed(extra, dated, calendar), keys, values, lag=lag, carry=carry)
    return extended, _notes(extended, values, lag if dated else None)


def _timed(extra: pl.DataFrame, dated: str, calendar: Calendar) -> pl.DataFrame:
    _, last, bad = calendar.intervals(extra[dated])
    bad = bad | last.is_null()
    if bad.any():
        raise PlanError(f"{WHAT}: `{dated}` {extra[dated].filter(bad)[0]!r} is a time that cannot be read.")
    # known by the end of what it is dated to: a value of 2018 was not known in the months of 2018
    return extra.with_columns(last.alias("known"))


def _as_of(
    rows: pl.DataFrame, extra: pl.DataFrame, keys: list[str], values: list[str], *, lag: int, carry: int
) -> pl.DataFrame:
    _refuse_twice(extra, [*keys, "known"])
    # strictly before the period it explains: a value of the same period may be a result of the adoption
    wanted = rows.with_columns(known=pl.col("time") - lag)
    if not carry:
        matched = wanted.join(
            extra.select(*keys, "known", *values), on=[*keys, "known"], how="left", maintain_order="left"
        )
        return matched.drop("known")
    matched = (
        wanted.with_row_index("_at")
        .sort("known")
        .join_asof(
            extra.select(*keys, "known", *values).sort("known"),
            on="known",
            by=keys,
            strategy="backward",
            tolerance=carry,
            check_sortedness=False,
        )
        .sort("_at")
    )
    return matched.drop("_at", "known")


def _refuse_twice(extra: pl.DataFrame, keys: list[str]) -> None:
    twice = extra.filter(extra.select(keys).is_duplicated())
    if twice.height:
        name = " of ".join(f"`{twice[key][0]}`" for key in keys if key != "known")
        when = "" if "known" not in keys else " for one period"
        raise PlanError(f"{WHAT} has two rows{when} of {name}.")


def _notes(rows: pl.DataFrame, values: list[str], lag: int | None) -> tuple[str, ...]:
    notes = [f"{', '.join(values)}: of the same period (lag 0), so cause and effect are unclear."] * (
        lag == 0
    )
    for name in values:
        lacking = rows[name].null_count()
        if lacking:
            notes.append(f"`{name}` is unknown in {lacking:,} of {counted(rows.height, 'row')}.")
    return tuple(notes)
