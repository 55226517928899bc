"""Several sheets and files of one table, joined where their headings agree."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePath
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.records.joined_rows import MOST_PARTS, STEP, joined_files
from diffuscope.records.phrases import counted, in_code, listed
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.places import Wording, of_table
from diffuscope.tables.raw import ROW, RawTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.records import Problem

SHEET = " › "
PARTS_NAMED = 20
FIX = (
    "give both sheets the same headings, or say under `[words.heading]` what theirs mean; add a column that "
    "one lacks, and leave it empty"
)


def joined(raws: Sequence[RawTable]) -> tuple[list[RawTable], list[Problem]]:
    """Tables, each once; and what is told of those that stood in several places.

    Sheets and files of one table are joined in their order, and every row keeps its place. A table that
    stands twice under its own name as a file, or twice with the same rows, is an error, as is one whose
    headings differ from those of the others: it is not joined, and none of its rows is read.
    """
    by_table: dict[str, list[RawTable]] = {}
    for raw in sorted(raws, key=lambda raw: not _own_name(raw)):
        by_table.setdefault(raw.name, []).append(raw)
    tables: list[RawTable] = []
    problems: list[Problem] = []
    for several in by_table.values():
        kept, differences = _that_agree(several) if len(several) > 1 else (several, [])
        problems += differences
        if len(kept) > 1:
            problems.append(_joined_note(kept))
        tables.append(_as_one(kept) if len(kept) > 1 else kept[0])
    return tables, problems


def _that_agree(raws: Sequence[RawTable]) -> tuple[list[RawTable], list[Problem]]:
    kept: list[RawTable] = []
    problems: list[Problem] = []
    usual = _usual(raws)
    for raw in sorted(raws, key=lambda raw: raw is not usual):
        same = next((one for one in kept if _is_copy(raw, one)), None)
        if same is not None:
            problems.append(_twice(raw, same))
        elif raw is not usual and (differing := _differing(raw, usual)):
            problems.append(_differs(raw, usual, differing))
        else:
            kept.append(raw)
    order = {id(raw): at for at, raw in enumerate(raws)}
    kept.sort(key=lambda raw: order[id(raw)])
    return kept[:MOST_PARTS], problems + [_too_many(raw) for raw in kept[MOST_PARTS:]]


def _usual(raws: Sequence[RawTable]) -> RawTable:
    """One that has what rows need, with the headings that most of these have; of as many, the first."""
    whole = [raw for raw in raws if _needed(raw) <= _headings(raw)] or raws
    often = Counter(_headings(raw) for raw in whole)
    most = max(often.values())
    return next(raw for raw in whole if often[_headings(raw)] == most)


def _needed(raw: RawTable) -> frozenset[str]:
    """Columns that every row of the table needs."""
    return frozenset(column.name for column in CATALOGUE[raw.name].columns if column.required)


def _strange(raw: RawTable) -> list[str]:
    """Columns that the table does not have."""
    return [name for name in raw.cells.columns if name not in (ROW, *CATALOGUE[raw.name].names)]


def _headings(raw: RawTable) -> frozenset[str]:
    return frozenset(name for name in raw.cells.columns if name in CATALOGUE[raw.name].names)


def _is_copy(raw: RawTable, other: RawTable) -> bool:
    """Whether both are files of the table's own name, or hold the same rows."""
    if SHEET not in raw.file + other.file and _own_name(raw) and _own_name(other):
        return True
    return _same_rows(raw, other)


def _same_rows(raw: RawTable, other: RawTable) -> bool:
    names = [name for name in raw.cells.columns if name != ROW]
    here, there = raw.cells.select(names), other.cells.drop(ROW)
    return bool(here.height) and set(names) == set(there.columns) and here.equals(there.select(names))


def _own_name(raw: RawTable) -> bool:
    """Whether a file or sheet is called like its table, with nothing after it."""
    called = raw.file.rpartition(SHEET)[2] if SHEET in raw.file else PurePath(raw.file).stem
    return called.strip().casefold() == raw.name


def _differing(raw: RawTable, usual: RawTable) -> str:
    """How the headings of a sheet differ from the usual ones; nothing where they agree.

    They agree where one lacks columns that may be empty, and no unknown heading could be the lacking one.
    """
    here, there = _headings(raw), _headings(usual)
    if raw.decimal != usual.decimal:
        return "its numbers have another sign before decimals"
    strange = _strange(raw)
    lacks = [name for name in usual.cells.columns if name in there - here]
    more = [name for name in raw.cells.columns if name in here - there]
    other_name = (lacks and strange) or (more and _strange(usual))
    if not other_name and not _needed(raw).intersection([*lacks, *more]):
        return ""
    parts = [f"it lacks {in_code(lacks)}"] if lacks else []
    parts += [f"it has {in_code([*more, *strange])}, which the other lacks"] if more or strange else []
    return listed(parts)


def _differs(raw: RawTable, usual: RawTable, differing: str) -> Problem:
    rows = counted(raw.cells.height, "row")
    are = "is" if raw.cells.height == 1 else "are"
    message = (
        f"Its headings are not those of `{usual.file}`: {differing}. "
        f"Its {rows} cannot be joined and {are} not read."
    )
    strange, lacks = _strange(raw), list(_headings(usual) - _headings(raw))
    meant = None
    if len(strange) == len(lacks) == 1 and not set('"\\') & set(strange[0]):
        line = f'`"{strange[0]}" = "{lacks[0]}"`'
        meant = f"if `{strange[0]}` means `{lacks[0]}`, write {line} under `[words.heading]`; otherwise {FIX}"
    return of_table(raw, Wording("headings-differ", message, FIX, meant), row=None)


def _twice(raw: RawTable, other: RawTable) -> Problem:
    rows = counted(raw.cells.height, "row")
    are = "is" if raw.cells.height == 1 else "are"
    if _same_rows(raw, other):
        message = f"It holds the same {rows} as `{other.file}`, which {are} read; this one is not."
        fix = "move one of the two out of the case"
    else:
        message = (
            f"The table `{raw.name}` was already read from `{other.file}`; the {rows} here {are} not read."
        )
        fix = "put all rows into one of the two"
    return of_table(raw, Wording("table-twice", message, fix), row=None)


def _too_many(raw: RawTable) -> Problem:
    message = f"The table stands in more than {MOST_PARTS} sheets; this one is not read."
    return of_table(raw, Wording("too-many", message, "put the rows of several into one"), row=None)


def _joined_note(parts: Sequence[RawTable]) -> Problem:
    named = [f"{counted(raw.cells.height, 'row')} of `{raw.file}`" for raw in parts]
    message = f"`{parts[0].name}` is joined from {len(parts)} places: {listed(named, at_most=PARTS_NAMED)}."
    every = dict.fromkeys(name for raw in parts for name in raw.cells.columns if name in _headings(raw))
    empty = [
        f"`{raw.file}` has no {in_code(lacks)}"
        for raw in parts
        if (lacks := [name for name in every if name not in raw.cells.columns])
    ]
    if empty:
        message += f" Left empty: {listed(empty, at_most=PARTS_NAMED)}."
    wording = Wording(
        "joined-sheets", message, "nothing, if they belong together; else move out what does not"
    )
    return of_table(parts[0], wording, row=None, level="warning", count=len(parts))


def _as_one(parts: Sequence[RawTable]) -> RawTable:
    def shift(part: int) -> int:
        return (part + 1) * STEP

    cells = [
        raw.cells.with_columns((pl.col(ROW) + shift(at)).cast(pl.UInt32).alias(ROW))
        for at, raw in enumerate(parts)
    ]
    together = pl.concat(cells, how="diagonal")
    names = [name for name in together.columns if name != ROW]
    return RawTable(
        name=parts[0].name,
        file=joined_files([raw.file for raw in parts]),
        cells=together.select(*names, ROW),
        decimal=parts[0].decimal,
        told_rows=frozenset(row + shift(at) for at, raw in enumerate(parts) for row in raw.told_rows),
        told_cells=frozenset(
            (row + shift(at), name) for at, raw in enumerate(parts) for row, name in raw.told_cells
        ),
        read_as=tuple(one for raw in parts for one in raw.read_as),
    )
