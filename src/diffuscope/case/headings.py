"""Where the headings of a table stand, whose table headings are, and which columns they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from diffuscope.records import ReadAs
from diffuscope.records.phrases import counted
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.header import ALSO_CALLED
from diffuscope.tables.places import Wording, shorten
from diffuscope.tables.suggest import bare

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diffuscope.tables.columns import Table

    Row = Sequence[str | None]
    Words = Mapping[str, str]

WITHIN = 20
"""Rows at the top among which headings are looked for; forms have a title, a country and a line of advice."""
FEWEST = 3
"""Columns of a table that headings must name, where its needed ones are not all there."""
HEADINGS = "headings"
"""Of `ReadAs`: what was read is a heading."""
HEADING = "heading"
"""Under `[words]`: the network's own words for headings."""


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


def heading_row(rows: Sequence[Row], table: str, words: Words | None = None) -> int | None:
    """Row of the headings of a table, counted from 0; None where every row is empty.

    The first row of which most cells name a column of the table, two at least, or that names every column
    which rows need. Where there is none, the first row that holds nothing but headings; else the first that
    is not empty: a title is no heading.
    """
    filled = [at for at, row in enumerate(rows[:WITHIN]) if any((cell or "").strip() for cell in row)]
    if not filled:
        return next((at for at, row in enumerate(rows) if any((cell or "").strip() for cell in row)), None)
    if table not in CATALOGUE:
        return filled[0]
    of = CATALOGUE[table]
    meant = next((at for at in filled if _mostly(rows[at], of, words)), None)
    if meant is None and not _named(rows[filled[0]], of, words):
        meant = next((at for at in filled[1:] if _all_named(rows[at], of, words)), None)
    return filled[0] if meant is None else meant


def has_headings(rows: Sequence[Row], table: str, words: Words | None = None) -> bool:
    """Whether some row at the top holds headings of a table."""
    return any(_mostly(row, CATALOGUE[table], words) for row in rows[:WITHIN])


def table_meant(rows: Sequence[Row], words: Words | None = None) -> Meant | None:
    """The table that rows with headings belong to, however they are called; None where there is none."""
    best: tuple[int, Meant] | None = None
    for at, row in enumerate(rows[:WITHIN]):
        for name, table in CATALOGUE.items():
            if _is_of(row, table, words) and (best is None or len(_named(row, table, words)) > best[0]):
                best = len(_named(row, table, words)), Meant(name, at)
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


def columns_named(headings: Row, table: str, words: Words | None = None) -> dict[int, str]:
    """Columns that headings name otherwise than the table calls them, by the place of the heading.

    A heading is taken where it can mean one column only that no other heading is called, and no other heading
    can mean that column. The network's own words come first, then other spellings, then other names.
    """
    if table not in CATALOGUE:
        return {}
    of = CATALOGUE[table]
    texts = {at: text for at, cell in enumerate(headings) if (text := (cell or "").strip())}
    named = {text for text in texts.values() if text in of.names}
    columns: dict[int, str] = {}
    for ways in (_by_words, _by_spelling, _by_other_name):
        free = [name for name in of.names if name not in named]
        open_ = {at: text for at, text in texts.items() if text not in of.names and at not in columns}
        can = {at: names for at, text in open_.items() if (names := ways(text, free, words or {}))}
        # a column that two headings can mean is given to neither
        claimed = [name for names in can.values() for name in names]
        one = {at: names[0] for at, names in can.items() if len(names) == 1 and claimed.count(names[0]) == 1}
        columns |= one
        named |= set(one.values())
    return columns


def named_headings(
    headings: Row, *, table: str, file: str, row: int, words: Words | None = None
) -> tuple[list[str | None], tuple[ReadAs, ...]]:
    """Headings as the table calls its columns, and what was read as what.

    Parameters
    ----------
    headings : sequence of str or None
    table, file : str
    row : int
        Of the headings, as a spreadsheet shows it.
    words : mapping of str to str, optional
        The network's own words for columns.
    """
    columns = columns_named(headings, table, words)
    readings = tuple(
        ReadAs(
            table=table,
            column=HEADINGS,
            file=file,
            row=row,
            rows=1,
            written=shorten((headings[at] or "").strip()),
            means=name,
        )
        for at, name in columns.items()
    )
    return [columns.get(at, cell) for at, cell in enumerate(headings)], readings


def _key(text: str) -> str:
    return bare(text.replace("%", " percent "))


def _by_words(text: str, free: Sequence[str], words: Words) -> list[str]:
    means = {meant for written, meant in words.items() if _key(written) == _key(text)}
    return [name for name in free if name in means]


def _by_spelling(text: str, free: Sequence[str], _: Words) -> list[str]:
    keys = _keys(text)
    return [name for name in free if bare(name) in keys]


def _by_other_name(text: str, free: Sequence[str], _: Words) -> list[str]:
    keys = _keys(text)
    return [name for name in free if keys.intersection(ALSO_CALLED.get(name, ()))]


def _keys(text: str) -> set[str]:
    """A heading, in the plural and the singular: Partner(s)."""
    key = _key(text)
    return {key, key.removesuffix("s")} - {""}


def _mostly(row: Row, table: Table, words: Words | None) -> bool:
    """Whether most cells of a row name columns, or all columns are named that rows need."""
    named = _named(row, table, words)
    filled = sum(bool((cell or "").strip()) for cell in row)
    needed = {column.name for column in table.columns if column.required}
    return len(named) > 1 and (2 * len(named) > filled or needed <= named)


def _is_of(row: Row, table: Table, words: Words | None) -> bool:
    """Whether a row holds headings of a table: all that it needs, or most of what stands there."""
    named = _named(row, table, words)
    needed = {column.name for column in table.columns if column.required}
    filled = sum(bool((cell or "").strip()) for cell in row)
    if len(named) >= 2 and needed <= named:
        return True
    return len(named) >= FEWEST and 2 * len(named) >= filled


def _all_named(row: Row, table: Table, words: Words | None) -> bool:
    """Whether every cell of a row names a column, so that it is a heading though others are missing."""
    cells = [cell for cell in row if (cell or "").strip()]
    return all(_named([cell], table, words) for cell in cells)


def _named(row: Row, table: Table, words: Words | None) -> set[str]:
    """Columns of the table that the cells of a row name, as they are called or otherwise."""
    cells = [cell.strip() for cell in row if cell and cell.strip()]
    keys = set[str]().union(*map(_keys, cells))
    own = _meanings(cells, words or {})
    return {
        name
        for name in table.names
        if name in own or bare(name) in keys or keys.intersection(ALSO_CALLED.get(name, ()))
    }


def _meanings(cells: Iterable[str], words: Words) -> set[str]:
    keys = {_key(cell) for cell in cells}
    return {means for written, means in words.items() if _key(written) in keys}
