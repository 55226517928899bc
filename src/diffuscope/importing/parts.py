"""What one file gives to the tables of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.panel.native_frames import ids

if TYPE_CHECKING:
    from diffuscope.panel.periods import Grain

ADOPTIONS = ("unit", "policy", "time", "time_latest", "until", "source")
ATTRIBUTES = ("unit", "time", "variable", "value", "source")
TIES = ("layer", "sender", "receiver", "weight", "start", "end", "source")


@dataclass(frozen=True, kw_only=True)
class Part:
    """Rows for the tables of a case, all of them text.

    Attributes
    ----------
    tables : dict of str to polars.DataFrame
        By table of the case format; only the columns of that table.
    grain : {"year", "half year", "quarter", "month", "day"} or None
        How fine the dates of adoptions are, where the file has any.
    window : tuple of (str, str) or None
        First and last period of a panel.
    counted : bool or None
        Whether its times are numbers of periods without dates; None where it has no times.
    """

    tables: dict[str, pl.DataFrame]
    grain: Grain | None = None
    window: tuple[str, str] | None = None
    counted: bool | None = None


def text_of(column: pl.Series) -> pl.Series:
    """Values as text: 5.0 is ``5``, dates are written in full, no value is null."""
    if column.dtype == pl.Boolean:
        column = column.cast(pl.Int8)
    if column.dtype.is_float():
        column = column.fill_nan(None)
        whole = column.drop_nulls()
        if len(whole) and bool(((whole % 1 == 0) & (whole.abs() < 2**53)).all()):
            column = column.cast(pl.Int64)
    text = column.cast(pl.String).str.strip_chars()
    return text.set(text == "", None)


def named_units(frame: pl.DataFrame, unit: str, name: str | None) -> pl.DataFrame:
    """Units of a file with their names: the first that is written for each."""
    units = pl.DataFrame(
        {"unit": ids(frame[unit]), "name": text_of(frame[name]) if name else ids(frame[unit])}
    )
    known = (
        units.drop_nulls("unit")
        .group_by("unit", maintain_order=True)
        .agg(pl.col("name").drop_nulls().first())
    )
    return known.with_columns(pl.coalesce("name", "unit").alias("name"))
