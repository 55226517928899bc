"""Complete cases: the rows of a frame that count, and a ledger of those that do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from diffuscope.errors import MethodError, PlanError
from diffuscope.records.phrases import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Codes, Flags, Numbers

    LeftOut = tuple[tuple[str, int], ...]
    """Reasons in plain words, each with the number of rows it kept out."""


def frame_of(panel: Frame) -> pl.DataFrame:
    """The rows of a pandas, Polars or Arrow table, or of a panel, as a Polars frame.

    Raises
    ------
    PlanError
        If it is none of these, or has no rows.
    """
    import polars as pl

    held: Any = getattr(panel, "frame", panel)
    if isinstance(held, pl.DataFrame) and not held.is_empty():
        return held
    from diffuscope.records.native_tables import NotATableError, polars_frame

    try:
        frame, _ = polars_frame(held)
    except NotATableError as error:
        raise PlanError(
            f"A model takes a pandas, Polars or Arrow table or a panel, not {type(panel).__name__}."
        ) from error
    if frame.is_empty():
        raise PlanError("The frame has no rows.")
    return frame


def need(frame: pl.DataFrame, columns: Iterable[str], what: str) -> None:
    """Refuse a frame that lacks a column, saying what it is needed for."""
    for name in columns:
        if name not in frame.columns:
            raise PlanError(f"{what} needs the column `{name}`, which is not in the frame.")


def complete(frame: pl.DataFrame, columns: Iterable[str]) -> tuple[pl.DataFrame, LeftOut]:
    """Complete cases: every needed column has a finite value; others are counted under their first lack."""
    import polars as pl

    frame = frame.select(list(dict.fromkeys(columns)))
    keep = np.ones(frame.height, dtype=bool)
    left_out: list[tuple[str, int]] = []
    for column in frame.iter_columns():
        # of numpy, as an expression costs as much as a thousand rows
        lost = keep & ~np.isfinite(column.to_numpy()) if column.dtype.is_float() else _nulls(column) & keep
        if lost.any():
            left_out.append((f"`{column.name}` is missing", int(lost.sum())))
            keep &= ~lost
    return (frame.filter(pl.Series(keep)) if left_out else frame), tuple(left_out)


def _nulls(column: pl.Series) -> Flags:
    if not column.null_count():
        return np.zeros(len(column), dtype=bool)
    return np.asarray(column.is_null().to_numpy())


def numbers(frame: pl.DataFrame, name: str) -> Numbers:
    """A column as floats."""
    import polars as pl

    column = frame[name]
    if not (column.dtype.is_numeric() or column.dtype == pl.Boolean):
        raise PlanError(f"The column `{name}` must hold numbers; it holds {column.dtype}.")
    return np.asarray(column.cast(pl.Float64).to_numpy())


def codes(frame: pl.DataFrame, names: Iterable[str]) -> list[Codes]:
    """Columns of names as whole numbers 0 … m-1 in the order of first sight, all in one numbering.

    So a unit has the same number in each, whatever it is called. Whole numbers stay what they are.
    """
    import polars as pl

    columns = [frame[name] for name in names]
    if all(column.dtype.is_integer() for column in columns):
        return [np.asarray(column.cast(pl.Int64).to_numpy()) for column in columns]
    every = pl.concat([column.cast(pl.String).alias("name") for column in columns])
    physical = every.cast(pl.Categorical).to_physical().cast(pl.Int64).to_numpy()
    # polars numbers all words that a program ever saw: those of these columns are counted anew
    first = np.full(int(physical.max(initial=0)) + 1, physical.size, dtype=np.int64)
    first[physical[::-1]] = np.arange(physical.size)[::-1]
    used = np.flatnonzero(first < physical.size)
    number = np.empty_like(first)
    number[used[np.argsort(first[used])]] = np.arange(used.size)
    numbered = number[physical]
    return [np.asarray(part) for part in np.split(numbered, len(columns))]


def outcome(frame: pl.DataFrame, name: str) -> Numbers:
    """The outcome, refused unless it is 0 or 1 in every row, with both of them there."""
    y = numbers(frame, name)
    wrong = np.flatnonzero((y != 0) & (y != 1))
    if wrong.size:
        raise MethodError(
            f"The outcome `{name}` must be 0 or 1; "
            f"{counted(wrong.size, 'row differs', 'rows differ')}, the first has {y[wrong[0]]:g}."
        )
    events = int(y.sum())
    # with no event, or with events alone, the likelihood rises without end in the intercept: there is no
    # maximum
    if events in (0, y.size):
        reason = "no row has an event" if events == 0 else "every row has an event"
        raise MethodError(f"Nothing can be estimated from {counted(y.size, 'row')}: {reason}.")
    return y
