"""Keys of rows: what names a row where its number does not, as in a form or a returned line."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.places import shorten
from diffuscope.tables.raw import ROW

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diffuscope.records import Problem


def row_keys(table: str, frame: pl.DataFrame, rows: Iterable[int]) -> dict[int, str]:
    """Key of each of some rows as text: its values in the key columns, in their order.

    Parameters
    ----------
    table : str
        Of the catalogue; one without a key gives none.
    frame : polars.DataFrame
        The table, typed.
    rows : iterable of int
        As `_row` numbers them.

    Returns
    -------
    dict of int to str
        Without rows that the frame does not have or whose key is empty.

    Examples
    --------
    >>> frame = pl.DataFrame({"unit": ["vnm", None], "policy": ["plan", None], "_row": [2, 3]})
    >>> row_keys("adoptions", frame, [2, 3, 4])
    {2: 'vnm, plan'}
    """
    columns = [name for name in _key_of(table) if name in frame.columns]
    if not columns or ROW not in frame.columns:
        return {}
    named = frame.lazy().filter(pl.col(ROW).is_in(list(rows)))
    wanted = named.select(ROW, pl.col(columns).cast(pl.String)).collect()
    keys = {row: ", ".join(filter(None, values)) for row, *values in wanted.iter_rows()}
    return {row: shorten(key) for row, key in keys.items() if key}


def with_keys(problems: Iterable[Problem], frames: Mapping[str, pl.DataFrame]) -> list[Problem]:
    """The problems, each with the key of the row it speaks of, where its table has one.

    Parameters
    ----------
    problems : iterable of Problem
    frames : mapping of str to polars.DataFrame
        Typed tables. Keys of private rows are among what is filled in: take them out before anything is told.
    """
    listed = list(problems)
    rows: dict[str, set[int]] = defaultdict(set)
    for one in listed:
        if one.table is not None and one.table in frames and one.row is not None:
            rows[one.table].add(one.row)
    keys = {table: row_keys(table, frames[table], own) for table, own in rows.items()}
    return [
        msgspec.structs.replace(one, key=key)
        if one.row is not None and (key := keys.get(one.table or "", {}).get(one.row))
        else one
        for one in listed
    ]


def _key_of(table: str) -> tuple[str, ...]:
    return CATALOGUE[table].key if table in CATALOGUE else ()
