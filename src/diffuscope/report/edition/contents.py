"""What an edition holds, before it becomes a page, a document or a workbook."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diffuscope.records.phrases import one_line
from diffuscope.records.shares import share_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


@dataclass(frozen=True)
class Share:
    """A count with its share of a whole."""

    count: int
    whole: int

    def __str__(self) -> str:
        share = share_words(self.count, self.whole)
        return f"{self.count:,} ({share})" if share else f"{self.count:,}"


Cell = str | int | Share


@dataclass(frozen=True)
class Row:
    """A line of a table.

    Attributes
    ----------
    cells : tuple of Cell
    level : int
        0 for a line like the others, 1 for the head of a group, 2 for the total, 3 for the head of a group
        within a group.
    """

    cells: tuple[Cell, ...]
    level: int = 0

    @property
    def head(self) -> int:
        """Which of the cells names the line: the first that is not empty."""
        return next((at for at, cell in enumerate(self.cells) if cell != ""), 0)

    @property
    def span(self) -> int:
        """How many columns its head takes on a page: at the head of a group the empty ones after it too.

        >>> Row(("Laos", "", "", 9), 1).span, Row(("", "Vientiane", "", 5), 3).span
        (3, 2)
        >>> Row(("", "Denpasar", "No return", ""), 3).span, Row(("Laos", "", 9)).span
        (1, 1)
        """
        after = self.cells[self.head + 1 :] if self.level in (1, 3) else ()
        return 1 + next((at for at, cell in enumerate(after) if cell != ""), 0)


@dataclass(frozen=True)
class Table:
    """A table of an edition.

    Attributes
    ----------
    name : str
        What it holds, in one word.
    caption : str
    head : tuple of str
    rows : tuple of Row
    notes : tuple of str
        What stands below it.
    within : int
        How many of the first columns say within what a line stands.
    """

    name: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    within: int = 0

    def shown(self) -> Iterator[Row]:
        """The lines as a reader sees them: what stands in the line above is not said again."""
        above: tuple[Cell, ...] = ()
        for row in self.rows:
            same = 0
            while same < self.within and above[: same + 1] == row.cells[: same + 1]:
                same += 1
            yield Row((*("" for _ in range(same)), *row.cells[same:]), row.level)
            above = row.cells


@dataclass(frozen=True)
class Group:
    """Points below a heading of their own."""

    title: str
    points: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """A part of an edition: a heading, what stands below it, and notes at its end."""

    id: str
    title: str
    says: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    groups: tuple[Group, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def filled(self) -> bool:
        """Whether anything stands in it."""
        return bool(self.says or self.tables or self.groups)


@dataclass(frozen=True)
class Edition:
    """A network's report of one wave.

    Attributes
    ----------
    title, subtitle : str
    summary : str
        What a workbook's first sheet is called.
    language : str
        Of its labels.
    parts : tuple of Part
    foot : str
        What stands at the foot.
    made : datetime
        When the result was made from which it is printed.
    """

    title: str
    subtitle: str
    summary: str
    language: str
    parts: tuple[Part, ...]
    foot: str
    made: datetime = field(repr=False)


def text(cell: Cell) -> str:
    """A cell as a reader sees it."""
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def cells_of(table: Table) -> list[tuple[str, ...]]:
    """The head and the lines of a table for paper: a number and its share are kept on one line."""
    lines = (tuple(map(_kept, row.cells)) for row in table.shown())
    return [tuple(map(one_line, table.head)), *lines]


def _kept(cell: Cell) -> str:
    shown = text(cell)
    return one_line(shown) if isinstance(cell, str) else shown.replace(" ", "\N{NO-BREAK SPACE}")
