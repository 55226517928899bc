"""Where the headings of a table stand, and whose table headings are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from diffuscope.records.phrases import counted
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.header import ALSO_CALLED
from diffuscope.tables.places import Wording
from diffuscope.tables.suggest import bare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.tables.columns import Table

    Row = Sequence[str | None]

WITHIN = 20
"""Rows at the top among which headings are looked for; forms have a title, a country and a line of advice."""
FEWEST = 3
"""Columns of a table that headings must name, where its needed ones are not all there."""


class Meant(NamedTuple):
    """The table that some headings are probably those of.

    Attributes
    ----------
    table : str
    at : int
        Row of the headings, counted from 0.
    """

    table: str
    at: int


def heading_row(rows: Sequence[Row], table: str) -> int | None:
    """Row of the headings of a table, counted from 0; None where every row is empty.

    The first row that is not empty, unless it names at most one column and a later one names the columns that
    every row needs, or it names none and a later one holds nothing but headings: a title is no heading.
    """
    filled = [at for at, row in enumerate(rows[:WITHIN]) if any((cell or "").strip() for cell in row)]
    if not filled:
        return next((at for at, row in enumerate(rows) if any((cell or "").strip() for cell in row)), None)
    first = filled[0]
    if table not in CATALOGUE or len(_named(rows[first], CATALOGUE[table])) > 1:
        return first
    meant = next((at for at in filled[1:] if _is_of(rows[at], CATALOGUE[table])), None)
    if meant is None and not _named(rows[first], CATALOGUE[table]):
        meant = next((at for at in filled[1:] if _all_named(rows[at], CATALOGUE[table])), None)
    return first if meant is None else meant


def table_meant(rows: Sequence[Row]) -> Meant | None:
    """The table that rows with headings belong to, however they are called; None where there is none."""
    best: tuple[int, Meant] | None = None
    for at, row in enumerate(rows[:WITHIN]):
        for name, table in CATALOGUE.items():
            if _is_of(row, table) and (best is None or len(_named(row, table)) > best[0]):
                best = len(_named(row, table)), Meant(name, at)
    return None if best is None else best[1]


def lower_headings(at: int, above: int) -> Wording:
    """What to say of a table whose headings do not stand in its first row."""
    rows = counted(above, "row")
    message = f"The headings are in row {at + 1}; {rows} of text above them {'is' if above == 1 else 'are'}"
    return Wording(
        "headings-lower",
        f"{message} not read.",
        "check that no row of the table is lost; put text above a table into `note` or elsewhere",
    )


def _is_of(row: Row, table: Table) -> bool:
    """Whether a row holds headings of a table: all that it needs, or most of what stands there."""
    named = _named(row, table)
    needed = {column.name for column in table.columns if column.required}
    filled = sum(bool((cell or "").strip()) for cell in row)
    if len(named) >= 2 and needed <= named:
        return True
    return len(named) >= FEWEST and 2 * len(named) >= filled


def _all_named(row: Row, table: Table) -> bool:
    """Whether every cell of a row names a column, so that it is a heading though others are missing."""
    cells = [cell for cell in row if (cell or "").strip()]
    return all(_named([cell], table) for cell in cells)


def _named(row: Row, table: Table) -> set[str]:
    """Columns of the table that the cells of a row name, as they are called or otherwise."""
    cells = {bare(cell) for cell in row if cell}
    return {
        name for name in table.names if bare(name) in cells or cells.intersection(ALSO_CALLED.get(name, ()))
    }
