"""Grouped rows: equal rows of a model as one row, with how often it occurs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.records.arrays import Codes, Numbers


class Patterns(NamedTuple):
    """The different rows among several columns (covariate patterns).

    Attributes
    ----------
    of_row : array of int, shape (n,)
        Number of each row's pattern, in the order in which they come.
    first : array of int, shape (P,)
        The first row of each.
    """

    of_row: Codes
    first: Codes


class GroupedRows(NamedTuple):
    """Rows that differ, and how often each occurs.

    Attributes
    ----------
    pattern : array of int, shape (G,)
    columns : tuple of array of float, shape (G,)
    times : array of float, shape (G,)
    """

    pattern: Codes
    columns: tuple[Numbers, ...]
    times: Numbers


def patterns_of(columns: Sequence[Numbers]) -> Patterns:
    """Covariate patterns of columns of shape (n,)."""
    names = [str(at) for at in range(len(columns))]
    rows = pl.DataFrame(dict(zip(names, columns, strict=True))).with_row_index("row")
    first = rows.group_by(names, maintain_order=True).agg(pl.col("row").first()).with_row_index("pattern")
    of_row = rows.join(first.drop("row"), on=names, how="left", nulls_equal=True, maintain_order="left")
    return Patterns(of_row["pattern"].to_numpy().astype(np.int64), first["row"].to_numpy().astype(np.int64))


def grouped_rows(columns: Sequence[Numbers], pattern: Codes) -> GroupedRows:
    """Equal rows of columns of shape (n,) and of a pattern as one, in the order in which they come."""
    names = [str(at) for at in range(len(columns))]
    rows = pl.DataFrame({"pattern": pattern, **dict(zip(names, columns, strict=True))})
    groups = rows.group_by("pattern", *names, maintain_order=True).len("times")
    return GroupedRows(
        groups["pattern"].to_numpy(),
        tuple(groups[name].to_numpy() for name in names),
        groups["times"].cast(pl.Float64).to_numpy(),
    )
