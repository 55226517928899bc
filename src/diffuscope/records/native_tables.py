"""Tables of pandas and Arrow as Polars frames, and back.

Polars converts a table of pandas through pyarrow, of 170 MB, which nothing else here needs: columns that
NumPy holds are taken as they are, and others value by value.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import polars as pl

Kind = Literal["polars", "pandas", "arrow"]
OF_NUMPY = "biufmM"
"""Kinds of NumPy that Polars takes as they are: truth values, numbers, moments and spans of time."""


class NotATableError(TypeError):
    """Something else stands where a pandas, Polars or Arrow table is needed."""


def polars_frame(native: Any) -> tuple[pl.DataFrame, Kind]:
    """A table as a Polars frame, and the kind it came as.

    Raises
    ------
    NotATableError
        If it is not a pandas, Polars or Arrow table.
    TypeError
        If a column of it mixes kinds of values.
    """
    if isinstance(native, pl.DataFrame):
        return native, "polars"
    import narwhals as nw

    try:
        known: Any = nw.from_native(native)
    except TypeError as error:
        raise NotATableError(f"A table is needed, not {type(native).__name__}.") from error
    eager = known.collect() if isinstance(known, nw.LazyFrame) else known
    if eager.implementation.is_pandas():
        columns = eager.to_native()
        names = [str(name) for name in columns.columns]
        series = [polars_column(columns.iloc[:, at]).alias(name) for at, name in enumerate(names)]
        return pl.DataFrame(series), "pandas"
    kind: Kind = "arrow" if eager.implementation.is_pyarrow() else "polars"
    return pl.DataFrame(eager.to_polars()), kind


def polars_column(column: Any) -> pl.Series:
    """A column of pandas as a Polars series; what pandas shows as missing is null, but NaN among decimals.

    Raises
    ------
    TypeError
        If it mixes kinds of values.
    """
    name, kind = str(column.name), column.dtype
    plain = isinstance(kind, np.dtype) and kind.kind in OF_NUMPY
    if plain or type(kind).__name__ == "ArrowDtype":  # who has the latter has pyarrow
        return pl.Series(name, pl.from_pandas(column.reset_index(drop=True)))
    if kind.name == "category":
        words = polars_column(column.astype(kind.categories.dtype if column.notna().all() else object))
        return words.cast(pl.Categorical) if words.dtype == pl.String else words
    missing = column.isna().to_numpy()
    values = [None if lost else one for lost, one in zip(missing, column.tolist(), strict=True)]
    known = [one for one in values if one is not None]
    if kind.name == "object" and any(isinstance(one, float) for one in known):
        values = [float(one) if isinstance(one, int) else one for one in values]
    series = pl.Series(name, values, dtype=_masked(kind.name), strict=True)
    if series.dtype == pl.Object:
        raise TypeError(f"The column `{name}` holds values of the type {type(known[0]).__name__}.")
    return series


def _masked(name: str) -> Any:
    """The Polars type of a pandas type that keeps missing values apart; None where values tell it."""
    known: Any = getattr(pl, name, None)
    if name in ("boolean", "string", "str"):
        return pl.Boolean if name == "boolean" else pl.String
    return (
        known if isinstance(known, type) and issubclass(known, pl.DataType) and known.is_numeric() else None
    )


def polars_series(series: Any) -> pl.Series:
    """A series of narwhals as one of Polars."""
    if series.implementation.is_pandas():
        return polars_column(series.to_native())
    return pl.Series(series.name, series.to_polars())


def pandas_frame(frame: pl.DataFrame) -> Any:
    """A Polars frame as one of pandas: whole numbers with gaps are decimals, days are moments."""
    import pandas as pd

    held = {column.name: _pandas_column(column) for column in frame.iter_columns()}
    return pd.DataFrame(held, index=pd.RangeIndex(frame.height))


def _pandas_column(column: pl.Series) -> Any:
    import pandas as pd

    kind = column.dtype
    if kind.is_integer() and column.null_count():
        return column.cast(pl.Float64).to_numpy()
    if (kind.is_numeric() and kind != pl.Decimal) or (kind == pl.Boolean and not column.null_count()):
        return column.to_numpy()
    if kind == pl.Date:
        return column.cast(pl.Datetime("ms")).to_numpy()
    if kind == pl.Duration or (isinstance(kind, pl.Datetime) and kind.time_zone is None):
        return column.to_numpy()
    values = column.to_list()
    if kind in (pl.Categorical, pl.Enum):
        # polars keeps the categories of all columns that a program ever saw: those of this column are meant
        used = column.drop_nulls().cast(pl.String).unique(maintain_order=True)
        categories = list(kind.categories) if isinstance(kind, pl.Enum) else used.to_list()
        return pd.Categorical(values, categories=categories, ordered=isinstance(kind, pl.Enum))
    if (kind == pl.String and column.null_count() < len(column)) or kind == pl.Datetime:
        return pd.Series(values)  # text and moments with a zone, as this version of pandas keeps them
    return pd.Series(values, dtype=object)


def as_kind(frame: pl.DataFrame, kind: Kind) -> Any:
    """A Polars frame as the kind of table that was handed in."""
    if kind == "pandas":
        return pandas_frame(frame)
    return frame.to_arrow() if kind == "arrow" else frame
