"""Tables of a case, wherever they are kept: a file, a sheet of a workbook, or a data frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from diffuscope.case.refusal import Unreadable
from diffuscope.tables.catalogue import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Callable

    from diffuscope.records import Problem
    from diffuscope.tables.raw import RawTable


class TableSource(NamedTuple):
    """One table of a case before it is read.

    `file` is how the case names the place; `read` gives the raw table and what is wrong with it as a file, or
    raises `Unreadable`.
    """

    table: str
    file: str
    read: Callable[[], tuple[RawTable, list[Problem]]]


@dataclass
class RawTables:
    """The tables of a case as far as they have been read, the same for every kind of source.

    Attributes
    ----------
    raws : list of RawTable
    problems : list of Problem
    refused : set of str
        Tables that are there and were not read, or cannot be; nothing is concluded from their absence.
    wanted : frozenset of str
        The only tables that are read.
    """

    raws: list[RawTable] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    wanted: frozenset[str] = frozenset(CATALOGUE)

    def add(self, source: TableSource) -> None:
        """Read one more table, or note why it is not or cannot be read."""
        if source.table not in self.wanted:
            self.refused.add(source.table)
            return
        try:
            raw, problems = source.read()
        except Unreadable as error:
            self.problems.append(error.problem(source.file, source.table))
            self.refused.add(source.table)
        else:
            self.raws.append(raw)
            self.problems += problems
