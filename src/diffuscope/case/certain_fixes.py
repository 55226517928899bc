"""Cells of a case whose fix is certain: what was read as one word, and what can be written in one way only.

A near name is a suggestion and stays; so does whatever has two readings, however likely one of them is.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from diffuscope.case.words import table_words
from diffuscope.records.joined_rows import place_of
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.check import check_tables
from diffuscope.tables.number_words import EMPTY_IS_UNKNOWN
from diffuscope.tables.raw import ROW
from diffuscope.tables.read_as import read_as
from diffuscope.tables.spellings import one_spelling
from diffuscope.tables.suggest import UNKNOWN
from diffuscope.tables.typed import typed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diffuscope.case.settings import Settings
    from diffuscope.records import Problem
    from diffuscope.tables.raw import RawTable

    Cell = tuple[str, int, str]
    """Table, row and column."""

ONE_READING = {
    "bad-date": "the date in the notation of a case",
    "buddhist-era": "the year of the common era",
    "bad-number": "the number alone",
    "ambiguous-number": "the number in plain digits",
}
"""Rules whose fix is the one thing that the cell can mean, where it says `write` and a value alone."""
AS_READ = "the word or id that it is read as"
UNKNOWN_VALUE = "the word says that the value is unknown, which an empty cell says"
ROUNDS = 200
"""Rounds of checking; each tells 500 cells of a column and rule."""
SEVERAL = "the names in it, separated as the column expects"
_SEVERAL = re.compile(r"write `([^`]+; [^`]+)`")
_WRITE = re.compile(r"write (\S+)(?: \(in a spreadsheet, format the column as text\))?")


class Change(NamedTuple):
    """One cell that a corrected copy changes.

    Attributes
    ----------
    file, table : str
    row : int
        As the spreadsheet of the file shows it.
    column : str
        Of the table.
    old : str
    new : str
        Empty where the cell is emptied.
    why : str
    """

    file: str
    table: str
    row: int
    column: str
    old: str
    new: str
    why: str


def certain_fixes(
    tables: Sequence[RawTable], settings: Settings, named: tuple[Sequence[str], Sequence[str]]
) -> list[Change]:
    """Every cell whose fix is certain, in the order of tables and rows.

    Parameters
    ----------
    tables : sequence of RawTable
        As they stand in their files.
    settings : Settings
    named : (sequence of str, sequence of str)
        Analyses and waves that tables may name.
    """
    fixes: dict[Cell, tuple[str, str]] = {}
    words, _ = table_words(tables, settings.words)
    policies, waves = named
    now = list(tables)
    for _ in range(ROUNDS):
        read, _, _ = read_as(now, words, waves)
        read = [_in_one_spelling(raw) for raw in read]
        for before, after in zip(now, read, strict=True):
            fixes |= {cell: (new, AS_READ) for cell, new in _differing(before, after).items()}
        _, problems = check_tables(read, policies, waves, list(settings.waves.values()))
        certain = _certain(read, problems)
        if not certain:
            break
        fixes |= certain
        now = [_with(raw, certain) for raw in read]
    return _changes(tables, fixes)


def has_certain_fix(problem: Problem) -> bool:
    """Whether a corrected copy mends a problem: its cell can be written in one way only."""
    if problem.rule in ONE_READING and _WRITE.fullmatch(problem.fix) is not None:
        return True
    return _SEVERAL.fullmatch(problem.fix) is not None or _says_unknown(problem)


def _differing(before: RawTable, after: RawTable) -> dict[Cell, str]:
    new_texts: dict[Cell, str] = {}
    for name in before.cells.columns:
        if name == ROW or before.cells[name].equals(after.cells[name]):
            continue
        differs = pl.DataFrame({ROW: before.cells[ROW], "old": before.cells[name], "new": after.cells[name]})
        rows = differs.filter(pl.col("old").ne_missing(pl.col("new")))
        new_texts |= {(before.name, row, name): new or "" for row, _, new in rows.iter_rows()}
    return new_texts


def _certain(raws: Sequence[RawTable], problems: Sequence[Problem]) -> dict[Cell, tuple[str, str]]:
    held = {raw.name: raw for raw in raws}
    corrections: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    for one in problems:
        if one.table is None or one.row is None or one.column is None or one.value is None:
            continue
        says = _WRITE.fullmatch(one.fix)
        if one.rule in ONE_READING and says is not None:
            corrections.setdefault((one.table, one.column), {})[one.value] = says[1], ONE_READING[one.rule]
        elif several := _SEVERAL.fullmatch(one.fix):
            corrections.setdefault((one.table, one.column), {})[one.value] = several[1], SEVERAL
        elif _says_unknown(one):
            corrections.setdefault((one.table, one.column), {})[one.value] = "", UNKNOWN_VALUE
    fixes: dict[Cell, tuple[str, str]] = {}
    for (table, column), texts in corrections.items():
        raw = held[table]
        # the same text means the same in every row of a column; of thousands alike only some are told
        there = raw.cells.select(ROW, column).filter(
            pl.col(column).is_in(list(texts)), ~pl.col(ROW).is_in(sorted(raw.told_rows))
        )
        for row, text in there.iter_rows():
            new, why = texts[text]
            if text != new and (row, column) not in raw.told_cells:
                fixes[table, row, column] = new, why
    return fixes


def _in_one_spelling(raw: RawTable) -> RawTable:
    """A table in which each word of a free vocabulary is spelt as it is read, such as one kind of units."""
    if raw.name not in CATALOGUE:
        return raw
    before, _ = typed(raw)
    after, _ = one_spelling(raw, before)
    made = raw.cells
    for name in [name for name in made.columns if name != ROW and name in after.columns]:
        if after[name].dtype == pl.String and not before[name].equals(after[name]):
            differs = before[name].ne_missing(after[name])
            made = made.with_columns(pl.when(differs).then(after[name]).otherwise(pl.col(name)).alias(name))
    return replace(raw, cells=made)


def _says_unknown(problem: Problem) -> bool:
    """Whether a cell holds a word for *unknown* in a column that a row need not have."""
    if problem.table not in CATALOGUE or (problem.value or "").strip().lower() not in UNKNOWN:
        return False
    column = next((one for one in CATALOGUE[problem.table].columns if one.name == problem.column), None)
    empty = problem.fix in (EMPTY_IS_UNKNOWN, "leave the cell empty where nothing is known")
    return column is not None and not column.required and empty


def _with(raw: RawTable, cells: Mapping[Cell, tuple[str, str]]) -> RawTable:
    columns = {column for table, _, column in cells if table == raw.name}
    made = raw.cells
    for name in columns:
        own = {
            row: new
            for (table, row, column), (new, _) in cells.items()
            if (table, column) == (raw.name, name)
        }
        texts = [own.get(row, text) or None for row, text in made.select(ROW, name).iter_rows()]
        made = made.with_columns(pl.Series(name, texts, dtype=pl.String))
    return replace(raw, cells=made)


def _changes(tables: Sequence[RawTable], fixes: Mapping[Cell, tuple[str, str]]) -> list[Change]:
    changes = []
    for raw in tables:
        own = {(row, column): new for (table, row, column), new in fixes.items() if table == raw.name}
        at = {row: place for place, row in enumerate(raw.cells[ROW].to_list())}
        for (row, column), (new, why) in sorted(own.items()):
            file, place = place_of(raw.file, row)
            old = raw.cells[column][at[row]] or ""
            if old and old != new:
                changes.append(Change(file, raw.name, place, column, old, new, why))
    return changes
