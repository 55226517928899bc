"""Rows that no history of adoption has: a unit twice in one period, rows after its event, spans that overlap.

Panels of `person_period` have none. A frame from elsewhere may have some, and each would count as if it were
time at risk of its own: it is told, with its row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records.phrases import counted, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

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
    rows = frame.select(needed).with_row_index("row", offset=1).drop_nulls()
    twice = _twice(rows, [*keys, when], when) if span is None else _overlapping(rows, keys, span)
    return (*twice, *_after(rows, keys, when, outcome))


def _twice(rows: pl.DataFrame, keys: list[str], when: str) -> Iterator[str]:
    import polars as pl

    again = rows.filter(~pl.struct(keys).is_first_distinct())
    if again.height:
        yield (
            f"A unit and its `{when}` are repeated in {counted(again.height, 'row')} ({_named(again)}): "
            "each counts as time at risk of its own, so that errors are too small. Keep one row for each."
        )


def _overlapping(rows: pl.DataFrame, keys: list[str], span: tuple[str, str]) -> Iterator[str]:
    import polars as pl

    start, stop = span
    before = pl.col(stop).cum_max().shift(1).over(keys, order_by=[start, stop])
    across = rows.filter(pl.col(start) < before).sort("row")
    if across.height:
        yield (
            f"An earlier span of the same unit is overlapped by {counted(across.height, 'row')} "
            f"({_named(across)}): the unit is at risk twice at one time. Make spans meet end to end."
        )


def _after(rows: pl.DataFrame, keys: list[str], when: str, outcome: str) -> Iterator[str]:
    import polars as pl

    first = pl.col(when).filter(pl.col(outcome).cast(pl.Float64) == 1).min().over(keys)
    late = rows.filter(pl.col(when) > first)
    if late.height:
        yield (
            f"The unit's own event is earlier in {counted(late.height, 'row')} ({_named(late)}): who has "
            "adopted is no longer at risk. Leave them out, or number the times at risk in a column `spell`."
        )


def _named(rows: pl.DataFrame) -> str:
    shown = [f"{row:,}" for row in rows["row"].head(SHOWN)]
    more = rows.height - len(shown)
    word = "row" if rows.height == 1 else "rows"
    return f"{word} {', '.join(shown)} and {more:,} more" if more else f"{word} {listed(shown)}"
