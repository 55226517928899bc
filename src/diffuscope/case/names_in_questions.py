"""Names of policies and units in `case.toml`: one clear reading is taken, several are a question."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from diffuscope.records import ReadAs
from diffuscope.records.phrases import listed
from diffuscope.tables.read_as import DECLARE, NAME, words_meant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diffuscope.case.settings import Written
    from diffuscope.records import Problem
    from diffuscope.tables.unit_names import UnitNames

    Key = tuple[str | int, ...]


class Names(NamedTuple):
    """What a list of names in a question means.

    Attributes
    ----------
    meant : tuple of str
        The names, those of one reading as their tables call them; each once.
    unclear : frozenset of str
        Those with several readings, which stay as they are.
    """

    meant: tuple[str, ...]
    unclear: frozenset[str]


class QuestionNames:
    """Reads the names in questions, and keeps what was read as what.

    Parameters
    ----------
    written : Written
    words : mapping
        The case's own words, by column.
    units : UnitNames
    """

    def __init__(self, written: Written, words: Mapping[str, Mapping[str, str]], units: UnitNames) -> None:
        self._written, self._words, self._units = written, words, units
        self.readings: list[ReadAs] = []
        self.problems: list[Problem] = []

    def read(self, key: Key, table: str, names: Sequence[str], known: frozenset[str]) -> Names:
        """The names of a setting as the ids of a table, or as its groups."""
        strange = [name for name in names if name not in known]
        if not strange:
            return Names(tuple(names), frozenset())
        units = self._units if table == "units" else None
        declared = self._words.get("unit" if units is not None else "policy", {})
        one, several = words_meant(pl.Series(strange, dtype=pl.String), known, declared, units)
        file, row = self._written.place(key)
        self.readings += [
            ReadAs(table=table, column=table, file=file or "", row=row or 1, rows=1, written=name,
                   means=met.word, how=met.how)
            for name, met in one.items()
        ]  # fmt: skip
        fix = NAME if units is not None else DECLARE
        self.problems += [
            self._written.problem(
                key, "two-readings", f"It has more than one possible meaning: {listed(can)}.", fix, value=name
            )
            for name, can in several.items()
        ]
        meant = (one[name].word if name in one else name for name in names)
        return Names(tuple(dict.fromkeys(meant)), frozenset(several))
