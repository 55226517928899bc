"""Frames of any kind in, the same kind out; in between they are Polars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from diffuscope.errors import PlanError
from diffuscope.records.native_tables import Kind, NotATableError, polars_frame
from diffuscope.records.phrases import in_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Frame = Any
"""A pandas, Polars or Arrow table."""
ROW = "_row"


def polars_of(native: Frame, what: str) -> tuple[pl.DataFrame, Kind]:
    """A table as a Polars frame, and the kind it came as.

    Raises
    ------
    PlanError
        If it is no pandas, Polars or Arrow table, or a column mixes types.
    """
    from narwhals.exceptions import DuplicateError

    try:
        frame, kind = polars_frame(native)
    except DuplicateError as error:
        raise PlanError(f"{what}: two columns share a name; remove one or rename it.") from error
    except NotATableError as error:
        message = f"{what}: a pandas, Polars or Arrow table is needed, not {type(native).__name__}."
        raise PlanError(message) from error
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError) as error:
        raise PlanError(f"{what}: a column mixes kinds of values: {error}") from error
    return _without_index(frame), kind


def _without_index(frame: pl.DataFrame) -> pl.DataFrame:
    index = [name for name in frame.columns if name.startswith("__index_level_")]
    return frame.drop(index) if index else frame


def with_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the row a spreadsheet would show in `_row`; the header is row 1."""
    if ROW in frame.columns:
        if not frame[ROW].dtype.is_integer():
            raise PlanError(f"The column `{ROW}` holds the row of each adoption, as a whole number.")
        return frame.with_columns(pl.col(ROW).cast(pl.Int64))
    return frame.with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias(ROW))


def ids(column: pl.Series) -> pl.Series:
    """Ids as text: 1001 and 1001.0 are both ``1001``; empty and NaN are null."""
    if column.dtype.is_nested():
        raise PlanError("A column of ids has several values in one cell.")
    if column.dtype.is_float():
        whole = column.fill_nan(None)
        if (whole.drop_nulls() % 1 == 0).all():
            column = whole.cast(pl.Int64)
    try:
        text = column.cast(pl.String).str.strip_chars()
    except pl.exceptions.PolarsError as error:
        raise PlanError(f"A column of ids holds {column.dtype}; ids are text or whole numbers.") from error
    return text.set(text == "", None)


def called(frame: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """The frame with some of its columns under other names."""
    return frame.select(pl.col(name).alias(names.get(name, name)) for name in frame.columns)


def need(frame: pl.DataFrame, columns: Iterable[str], what: str) -> None:
    """Refuse a frame that lacks a column."""
    lacking = [name for name in columns if name not in frame.columns]
    if lacking:
        has = in_code(name for name in frame.columns if name != ROW)
        raise PlanError(f"{what} lacks the column `{lacking[0]}`; it has {has or 'none'}.")
