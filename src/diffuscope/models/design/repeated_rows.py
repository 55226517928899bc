"""Rows that no history of adoption has: a unit twice in one period, rows after its event, spans that overlap.

Panels of `person_period` have none. A frame from elsewhere may have some, and each would count as if it were
time at risk of its own: it is told, with its row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.records.phrases import counted, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN = 5
"""Rows that are named."""
TIMES = ("time", "period", "duration")
"""Columns that say when a row is, the first that a frame has."""


def repeated_rows(frame: pl.DataFrame, outcome: str, span: tuple[str, str] | None = None) -> tuple[str, ...]:
    """What to say of rows that one unit cannot have.

    Parameters
    ----------
    frame : polars.DataFrame
        As it came; rows are counted from 1.
    outcome : str
        Column of the event.
    span : tuple of (str, str), optional
        Columns in which a row's time at risk starts and stops; otherwise a row is a period.
    """
    who = ["receiver", "sender"] if {"receiver", "sender"} <= set(frame.columns) else ["unit"]
    when = next((name for name in TIMES if name in frame.columns), None) if span is None else span[1]
    if not set(who) <= set(frame.columns) or when not in frame.columns or outcome not in frame.columns:
        return ()
    keys = [*who, *(name for name in ("policy", "spell") if name in frame.columns)]
    needed = list(dict.fromkeys([*keys, when, outcome, *(span or ())]))
    # one query, for a model is fitted thousands of times to rows of which none is repeated
    rows = (
        frame.lazy()
        .select(needed)
        .with_row_index("row", offset=1)
        .drop_nulls()
        .with_columns(
            repeated=_repeated([*keys, when]) if span is None else _overlapping(keys, span),
            late=_after_event(keys, when, outcome),
        )
        .filter(pl.any_horizontal("repeated", "late"))
        .collect()
    )
    repeated, late = (rows.filter(name) for name in ("repeated", "late"))
    return (
        *(_warn_of_repeated(repeated, when) if span is None else _warn_of_overlapping(repeated)),
        *_warn_of_late(late),
    )


def _repeated(keys: list[str]) -> pl.Expr:
    return ~pl.struct(keys).is_first_distinct()


def _overlapping(keys: list[str], span: tuple[str, str]) -> pl.Expr:
    start, stop = span
    return pl.col(start) < pl.col(stop).cum_max().shift(1).over(keys, order_by=[start, stop])


def _after_event(keys: list[str], when: str, outcome: str) -> pl.Expr:
    return pl.col(when) > pl.col(when).filter(pl.col(outcome).cast(pl.Float64) == 1).min().over(keys)


def _warn_of_repeated(rows: pl.DataFrame, when: str) -> Iterator[str]:
    if rows.height:
        yield (
            f"A unit and its `{when}` are repeated in {counted(rows.height, 'row')} ({_named(rows)}): "
            "each counts as time at risk of its own, so that errors are too small. Keep one row for each."
        )


def _warn_of_overlapping(rows: pl.DataFrame) -> Iterator[str]:
    if rows.height:
        yield (
            f"An earlier span of the same unit is overlapped by {counted(rows.height, 'row')} "
            f"({_named(rows)}): the unit is at risk twice at one time. Make spans meet end to end."
        )


def _warn_of_late(rows: pl.DataFrame) -> Iterator[str]:
    if rows.height:
        yield (
            f"The unit's own event is earlier in {counted(rows.height, 'row')} ({_named(rows)}): who has "
            "adopted is no longer at risk. Leave them out, or number the times at risk in a column `spell`."
        )


def _named(rows: pl.DataFrame) -> str:
    shown = [f"{row:,}" for row in rows["row"].head(SHOWN)]
    more = rows.height - len(shown)
    word = "row" if rows.height == 1 else "rows"
    return f"{word} {', '.join(shown)} and {more:,} more" if more else f"{word} {listed(shown)}"
