"""Units whose names are nearly the same: by the letters of all names first, then letter by letter."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.tables.suggest import bare, letter_counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import polars as pl

    from diffuscope.records.work_bounds import Allowance

NEARLY = 0.85
"""Names of units less alike than this are taken for different ones."""
LETTERS = 200
"""What one comparison letter by letter counts, where one by how many of each letter there are counts 1."""


class NearNames:
    """Which of some units are called nearly as another is.

    Parameters
    ----------
    units : polars.DataFrame
        The table of the case, typed.
    among : sequence of str
        The units that are found.
    left : Allowance
        How much may be compared.
    """

    def __init__(self, units: pl.DataFrame, among: Sequence[str], left: Allowance) -> None:
        self._shown: dict[str, str] = {}
        self._met: dict[str, tuple[str, ...]] = {}
        self._left = left
        self._found: dict[str, tuple[str, ...] | None] = {}
        for unit, name, aliases in units.select("unit", "name", "aliases").iter_rows():
            self._shown[unit] = name or unit
            called = {bare(re.sub(r"\(.*?\)", "", text)) for text in (unit, name or "", *(aliases or ()))}
            self._met[unit] = tuple(sorted(text for text in called if text))
        pairs = [(name, unit) for unit in among for name in self._met.get(unit, ())]
        self._names = [name for name, _ in pairs]
        self._of = [unit for _, unit in pairs]
        self._letters = letter_counts(self._names)
        self._length = np.array([len(name) for name in self._names], dtype=np.int64)

    def near(self, units: Iterable[str]) -> tuple[str, ...] | None:
        """Units under a name nearly that of any of these; None where that could not be compared."""
        units_near: dict[str, None] = {}
        for unit in units:
            if unit not in self._found:
                self._found[unit] = self._compared(unit)
            own = self._found[unit]
            if own is None:
                return None
            units_near |= dict.fromkeys(own)
        return tuple(units_near)

    def described(self, ones: Iterable[str], others: Sequence[str]) -> str:
        """That a unit of the ones and a unit of the others, which is near, are called nearly the same."""
        pairs = ((one, other) for one in ones for other in others if other in (self._found[one] or ()))
        one, other = next(pairs)
        return f"{self._shown[one]} and {self._shown[other]} are nearly one name"

    def _compared(self, unit: str) -> tuple[str, ...] | None:
        mine = self._met.get(unit, ())
        if not self._left.takes(len(mine) * len(self._names)):
            return None
        units_near: dict[str, None] = {}
        for name in mine:
            # so many letters of both have no match in the other that no order of them could be near
            distance = np.abs(self._letters - letter_counts([name])[0]).sum(axis=1, dtype=np.int64)
            close = np.flatnonzero(distance <= (1 - NEARLY) * (self._length + len(name)) + 1e-9)
            if not self._left.takes(LETTERS * close.size):
                return None
            units_near |= {self._of[at]: None for at in close.tolist() if _near(name, self._names[at])}
        units_near.pop(unit, None)
        return tuple(units_near)


def _near(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    # quick_ratio is an upper bound of ratio, and far cheaper
    return matcher.quick_ratio() >= NEARLY and matcher.ratio() >= NEARLY
