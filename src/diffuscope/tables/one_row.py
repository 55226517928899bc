"""Whether one row can stand in a table: what a form or a returned line asks before it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.digits import plain_digits
from diffuscope.tables.header import check_header
from diffuscope.tables.keys import with_keys
from diffuscope.tables.places import Wording, of_table
from diffuscope.tables.raw import ROW, RawTable
from diffuscope.tables.refer import check_references
from diffuscope.tables.rows import check_rows
from diffuscope.tables.spellings import one_spelling
from diffuscope.tables.typed import typed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diffuscope.records import Problem

COUNTED = ("number", "integer", "probability", "fraction", "date")
"""Kinds of columns that may be typed with the digits of any script."""
_ONLY = 2  # below a header, as a spreadsheet would show it


def check_row(
    table: str,
    row: Mapping[str, str | None],
    context: Mapping[str, pl.DataFrame],
    *,
    waves: Sequence[str] = (),
    analyses: Sequence[str] = (),
    file: str | None = None,
) -> tuple[dict[str, Any], list[Problem]]:
    """What one row of a table says, and everything that is wrong with it, by the rules of whole tables.

    Parameters
    ----------
    table : str
        Of the catalogue.
    row : mapping of str to str or None
        Cells as they were typed; columns that are left out are empty.
    context : mapping of str to polars.DataFrame
        Typed tables that the row may refer to. Rows of its own table are those it must not repeat.
    waves, analyses : sequence of str
        Ids that the columns `wave` and `analysis` must hold one of.
    file : str, optional
        What problems name as the place; the table, where it is left out.

    Returns
    -------
    dict of str to value
        Every declared column; None where the cell is empty or cannot be read.
    list of Problem
        Without a number of row, but with its key where the table has one. Errors mean that the row cannot be
        kept as it is.

    Examples
    --------
    >>> value, problems = check_row("policies", {"policy": "plan", "name": ""}, {})
    >>> value["policy"], [(one.rule, one.column) for one in problems]
    ('plan', [('missing-value', 'name')])
    """
    declared = CATALOGUE[table]
    cells: dict[str, str | None] = {column.name: None for column in declared.columns}
    cells |= {name: (value or "").strip() or None for name, value in row.items()}
    counted = [one.name for one in declared.columns if one.kind in COUNTED]
    cells |= {name: plain_digits(cells[name] or "") or None for name in counted}
    frame = pl.DataFrame([cells], schema=dict.fromkeys(cells, pl.String))
    raw = RawTable(
        name=table, file=file or table, cells=frame.with_columns(pl.lit(_ONLY, pl.UInt32).alias(ROW))
    )
    read, unread = typed(raw)
    read, spelt = one_spelling(raw, read)
    problems = [*check_header(raw), *spelt, *unread, *check_rows(raw, read)]
    kept = context.get(table)
    together = read
    if kept is not None:  # it may refer to rows of its own table, which are not asked about once more
        together = pl.concat([kept.with_columns(pl.lit(0, pl.UInt32).alias(ROW)), read], how="diagonal")
        problems += [_repeats(raw)] if _has_key(kept, read, table) else []
    wrong = check_references(raw, {**context, table: together}, analyses, waves)
    problems += [one for one in wrong if one.row in {None, _ONLY}]
    value = {name: held for name, held in read.row(0, named=True).items() if name != ROW}
    keyed = with_keys(problems, {table: read})
    return value, [msgspec.structs.replace(one, row=None) for one in keyed]


def _has_key(kept: pl.DataFrame, read: pl.DataFrame, table: str) -> bool:
    """Whether a row with the key of this one stands in the table."""
    key = [name for name in CATALOGUE[table].key if name in kept.columns]
    if not key or any(read[name][0] is None for name in key if CATALOGUE[table].column(name).required):
        return False
    return kept.join(read.select(key), on=key, how="semi", nulls_equal=True).height > 0


def _repeats(raw: RawTable) -> Problem:
    key = CATALOGUE[raw.name].key
    listed = ", ".join(f"`{name}`" for name in key)
    wording = Wording(
        "repeated-key",
        f"The row repeats an existing row: {listed} {'is' if len(key) == 1 else 'are'} the same.",
        "correct the value that should differ between the two rows; if they mean the same, keep one",
    )
    return of_table(raw, wording, column=key[0], row=None)
