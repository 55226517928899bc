"""A case before it is written, and what mutants do to its cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Row = dict[str, str]
Rng = np.random.Generator


@dataclass
class Draft:
    """A case before it is written: settings, and rows of text by table.

    Attributes
    ----------
    settings : dict
        Of `case.toml`.
    tables : dict of str to list of dict
    kind : str
        Of the base it was made from.
    workbook : bool
        Whether the tables are written as one workbook.
    sheets : set of str
        What is odd in its sheets.
    done : list of str
        Names of the mutants it went through.
    """

    settings: dict[str, Any]
    tables: dict[str, list[Row]]
    kind: str = ""
    workbook: bool = False
    sheets: set[str] = field(default_factory=set)
    done: list[str] = field(default_factory=list)

    def columns(self, table: str) -> list[str]:
        """Columns of a table, in order."""
        return list(dict.fromkeys(name for row in self.tables[table] for name in row))

    def ids(self, table: str, column: str) -> list[str]:
        """What stands in a column, each once and in order; a word that nobody has, if nothing does."""
        found = {row.get(column) or "" for row in self.tables.get(table, ())} - {""}
        return sorted(found) or ["nobody"]

    def rows(self, table: str) -> list[Row]:
        """The rows of a table, which is made if it is not there."""
        return self.tables.setdefault(table, [])

    @property
    def waves(self) -> list[str]:
        """Names of the waves; one that nobody dated, if there is none."""
        return list(self.settings.get("waves", ())) or ["2024"]


Mutant = Callable[[Draft, Rng], None]


def one_of(rng: Rng, choices: list[str] | tuple[str, ...]) -> str:
    """One of some words."""
    return choices[int(rng.integers(len(choices)))]


def mostly(rng: Rng, sound: list[str] | tuple[str, ...], wrong: list[str] | tuple[str, ...]) -> str:
    """A word of the first kind, and in one of ten cases one of the second."""
    return one_of(rng, wrong if rng.random() < 0.1 else sound)


def some(rng: Rng, rows: list[Row]) -> list[Row]:
    """One row, a third of the rows, or all."""
    if not rows:
        return []
    part = rng.integers(3)
    if part == 0:
        return [rows[int(rng.integers(len(rows)))]]
    return [row for row in rows if part == 1 or rng.random() < 0.33]
