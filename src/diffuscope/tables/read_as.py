"""Spellings that can be read in one way only are taken, and told as *read as*; two readings are a problem.

Letters are compared without case, spaces, hyphens and characters that nobody sees; a case may declare further
words. Where a column names units, their names, aliases and the codes of countries are read, too. Nothing else
is guessed: missing letters and translations are another word.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from diffuscope.records import ReadAs
from diffuscope.records.joined_rows import STEP
from diffuscope.records.phrases import listed
from diffuscope.records.work_bounds import SPELLINGS, too_many
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.places import Wording, of_rows, of_table
from diffuscope.tables.raw import ROW
from diffuscope.tables.refer import WAVES
from diffuscope.tables.unit_names import UnitNames

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from diffuscope.records import Problem
    from diffuscope.tables.columns import Column
    from diffuscope.tables.raw import RawTable

UNIT = "units.unit"
DECLARE = "write the one that is meant, or declare it in `[words]`"
NAME = "write the id that is meant, or add the name to the `aliases` of its unit if no other unit bears it"
_HYPHENS = "Pd"
_UNSEEN = ("Cf", "Zs", "Zl", "Zp", "Cc", "Mn")


def fold(text: str) -> str:
    """A word without case, spaces, hyphens and characters that nobody sees.

    >>> fold("On-Going\\u200b "), fold("on_hold"), fold("Đà Nẵng")
    ('ongoing', 'onhold', 'đànẵng')
    """
    letters = unicodedata.normalize("NFC", text).casefold()
    return "".join(letter for letter in letters if letter != "_" and not _unseen(letter))


def _unseen(letter: str) -> bool:
    kind = unicodedata.category(letter)
    if kind == "Mn":  # marks are letters of Thai or Khmer; variation selectors are seen by nobody
        return "VARIATION SELECTOR" in unicodedata.name(letter, "")
    return kind == _HYPHENS or kind in _UNSEEN or letter.isspace()


def read_as(
    raws: Sequence[RawTable], words: Mapping[str, Mapping[str, str]], waves: Collection[str] = ()
) -> tuple[list[RawTable], list[ReadAs], list[Problem]]:
    """Tables with every spelling of one reading replaced by what it means.

    Parameters
    ----------
    raws : sequence of RawTable
    words : mapping
        The case's own words: by column, what is written and what it means. Those of `unit` hold wherever a
        column names units.
    waves : collection of str
        Waves that the case declares.

    Returns
    -------
    list of RawTable
    list of ReadAs
        What was taken, in the order of tables and columns.
    list of Problem
        Cells that can be read in two ways; they stay as they are.
    """
    ids = _Ids(raws, waves)
    made, kept_readings, problems = [], [], []
    for raw in raws:
        now = raw
        for column in CATALOGUE[raw.name].columns if raw.name in CATALOGUE else ():
            if column.name not in raw.cells.columns or raw.name == "words":
                continue
            known = ids.of(raw.name, column)
            declared = _declared(column, words)
            if not known and not declared:
                continue
            unknown = _unknown_words(raw.cells[column.name], column, known, declared)
            problems += _too_many(raw, column, unknown.len())
            units = ids.units if column.refers_to == UNIT else None
            one, several = words_meant(unknown.head(SPELLINGS.most), known, declared, units)
            now = _replaced(now, column, {value: met.word for value, met in one.items()})
            kept_readings += _read_as(raw, column, one)
            problems += _several(raw, column, several)
        made.append(now)
    return made, kept_readings, problems


class Meaning(NamedTuple):
    """What a word is read as, and by which list of codes."""

    word: str
    how: str = ""


def words_meant(
    unknown: pl.Series, known: frozenset[str], declared: Mapping[str, str], units: UnitNames | None = None
) -> tuple[dict[str, Meaning], dict[str, list[str]]]:
    """Words of one meaning with it, and words of several with all of them.

    Parameters
    ----------
    unknown : polars.Series of str
        Words that are not expected as they stand.
    known : frozenset of str
        Those that are.
    declared : mapping of str to str
        The case's own words, and what they mean.
    units : UnitNames, optional
        Names of units, where the words name units.
    """
    readings = _readings(unknown, known, declared)
    one = {value: Meaning(met[0]) for value, met in readings.items() if len(met) == 1}
    several = {value: [f"`{means}`" for means in met] for value, met in readings.items() if len(met) > 1}
    if units is not None:
        left = [cell for cell in unknown if cell and cell not in readings]
        _of_units(units, [cell for cell in left if cell not in known], one, several)
    return one, several


def _of_units(
    units: UnitNames, cells: list[str], one: dict[str, Meaning], several: dict[str, list[str]]
) -> None:
    """Adds the cells that name units, and those that can name several."""
    for cell, reading in (units.readings(cells) if cells else {}).items():
        if reading.unit is not None:
            one[cell] = Meaning(reading.unit, reading.how)
        else:
            several[cell] = list(reading.candidates)


class _Ids:
    """What columns expect, read from the tables themselves."""

    def __init__(self, raws: Sequence[RawTable], waves: Collection[str]) -> None:
        self._tables = {raw.name: raw for raw in reversed(raws)}
        self._waves = frozenset(waves)
        self._met: dict[str, frozenset[str]] = {}

    @cached_property
    def units(self) -> UnitNames:
        """The names of the case's units."""
        raw = self._tables.get("units")
        return UnitNames(pl.DataFrame() if raw is None or "unit" not in raw.cells.columns else raw.cells)

    def of(self, table: str, column: Column) -> frozenset[str]:
        """The words or ids that a column can hold; empty where anything can stand there."""
        if column.kind == "choice":
            return frozenset(column.choices)
        if column.name in WAVES:
            return self._waves
        where = column.refers_to or ("areas.area" if column.name == "area" and table != "areas" else "")
        if where and where not in self._met:
            name, _, key = where.partition(".")
            raw = self._tables.get(name)
            held = raw.cells[key] if raw is not None and key in raw.cells.columns else None
            self._met[where] = frozenset() if held is None else frozenset(held.drop_nulls().unique())
        return self._met.get(where, frozenset())


def _declared(column: Column, words: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    of_units = words.get("unit", {}) if (column.refers_to or "").startswith("units.") else {}
    return {**of_units, **words.get(column.name, {})}


def _parts(cells: pl.Series, column: Column) -> pl.Series:
    """The words in the cells of a column; those of a list one by one."""
    if column.kind != "ids":
        return cells
    return cells.str.split(";").explode(empty_as_null=True).str.strip_chars()


def _too_many(raw: RawTable, column: Column, unknown: int) -> list[Problem]:
    """That not all strange spellings of a column are looked at, where there are very many."""
    if unknown <= SPELLINGS.most:
        return []
    message = f"Not all unknown spellings of this column were compared: {too_many(SPELLINGS, unknown)}"
    wording = Wording("not-compared", message, "fix the first ones and check again")
    return [of_table(raw, wording, column=column.name, row=None, level="warning")]


def _unknown_words(
    cells: pl.Series, column: Column, known: frozenset[str], declared: Mapping[str, str]
) -> pl.Series:
    """Every word that the column does not hold as it stands."""
    met = _parts(cells, column).unique(maintain_order=True).drop_nulls()
    # a word that the column knows but the case declares to mean another has two readings
    clear = {name for name in declared if name in known and declared[name] != name}
    # few words are met, however many rows there are, so that no query is worth its start
    return pl.Series([word for word in met if word not in known or word in clear], dtype=pl.String)


def _readings(unknown: pl.Series, known: frozenset[str], declared: Mapping[str, str]) -> dict[str, list[str]]:
    """For every strange word, what it can mean."""
    if unknown.is_empty():
        return {}
    folded: dict[str, set[str]] = {}
    for means in known:
        folded.setdefault(fold(means), set()).add(means)
    for written, means in declared.items():
        folded.setdefault(fold(written), set()).add(means)
    readings = {}
    for value in unknown.drop_nulls():
        can = (
            {declared[value]} if value in declared and value not in known else folded.get(fold(value), set())
        )
        if can and can != {value}:
            readings[value] = sorted(can)
    return readings


def _replaced(raw: RawTable, column: Column, means: Mapping[str, str]) -> RawTable:
    if not means:
        return raw
    cell = pl.col(column.name)
    old, new = list(means), list(means.values())
    if column.kind == "ids":
        split = cell.str.split(";").list.eval(pl.element().str.strip_chars().replace(old, new))
        value = split.list.join(";")
    else:
        value = cell.replace(old, new)
    return replace(raw, cells=raw.cells.with_columns(value.alias(column.name)))


def _read_as(raw: RawTable, column: Column, one: Mapping[str, Meaning]) -> list[ReadAs]:
    if not one:
        return []
    cells = _rows_of(raw, column, one)
    of = [pl.col("value"), (pl.col(ROW) // STEP).alias("part")]  # a joined table tells each sheet by itself
    rows = cells.group_by(of, maintain_order=True).agg(pl.col(ROW).min(), pl.len()).drop("part")
    return [
        ReadAs(
            table=raw.name,
            column=column.name,
            file=raw.file,
            row=row,
            rows=count,
            written=value,
            means=one[value].word,
            how=one[value].how,
        )
        for value, row, count in rows.iter_rows()
    ]


def _rows_of(raw: RawTable, column: Column, values: Mapping[str, object]) -> pl.DataFrame:
    cells = raw.cells.select(ROW, pl.col(column.name).alias("value")).drop_nulls()
    if column.kind == "ids":
        cells = cells.with_columns(pl.col("value").str.split(";")).explode("value", empty_as_null=True)
        cells = cells.with_columns(pl.col("value").str.strip_chars())
    return cells.filter(pl.col("value").is_in(pl.Series(list(values), dtype=pl.String).implode()))


def _several(raw: RawTable, column: Column, several: Mapping[str, Sequence[str]]) -> list[Problem]:
    if not several:
        return []
    fix = NAME if column.refers_to == UNIT else DECLARE

    def wording(value: str | None) -> Wording:
        message = f"It has more than one possible meaning: {listed(several.get(value or '', []))}."
        return Wording("two-readings", message, fix)

    return of_rows(raw, column.name, _rows_of(raw, column, several), wording)
