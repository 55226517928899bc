"""The hash of a case's content: the same however its files are named, sorted, parted or encoded."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import polars as pl

from diffuscope.case.model import ROW

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diffuscope.records import Analysis, Specification

    QuestionSettings = TypeVar("QuestionSettings", Analysis, Specification)

EMPTY, BETWEEN_CELLS = "\x00", "\x1f"
"""Signs that cannot stand in a cell that was read."""
PIECE = 100_000
LATER = ("rows", "pooling")
"""Settings of a repetition that earlier versions did not have."""
LATER_COLUMNS = ("stage", "learned_from")
"""Columns that earlier versions did not have: one that says nothing is no part of a hash."""
WORDS = "words"
"""The table of the network's own words."""


def fingerprint(hashes: Mapping[str, str], analyses: Iterable[Analysis], waves: Mapping[str, str]) -> str:
    """SHA-256 over the tables, by the hash of each, and over the questions asked of them.

    The network's own words are no part of it, in settings or as a table: what a word is read as stands in the
    tables, and how it is printed changes no study.
    """
    questions = [_fields(_in_order(one)) for one in sorted(analyses, key=lambda one: one.id)]
    read = sorted((name, one) for name, one in hashes.items() if name != WORDS)
    content = msgspec.json.encode([questions, sorted(waves.items()), read])
    return hashlib.sha256(content).hexdigest()


def fingerprints(tables: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    """SHA-256 of each typed table, sorted by its rows."""
    return {name: _of_rows(_lines(table)) for name, table in tables.items()}


def _of_rows(rows: pl.Series) -> str:
    content = hashlib.sha256(f"{rows.len()}\n".encode())
    # A piece at a time: the lines of a large table joined at once would double its memory.
    for at in range(0, rows.len(), PIECE):
        content.update("\n".join(rows.slice(at, PIECE).to_list()).encode())
        content.update(b"\n")
    return content.hexdigest()


def _in_order(analysis: Analysis) -> Analysis:
    """The same question, however its policies and units are sorted."""
    repeat = tuple(_sorted(again) for again in sorted(analysis.repeat, key=lambda again: again.id))
    return msgspec.structs.replace(_sorted(analysis), repeat=repeat)


def _fields(analysis: Analysis) -> dict[str, Any]:
    """A question by its settings; those that came later only where they are set, so that no hash changes."""
    fields: dict[str, Any] = msgspec.to_builtins(analysis)
    if fields["inferred"] is None:
        del fields["inferred"]
    for again in fields["repeat"]:
        for name in LATER:
            if again[name] is None:
                del again[name]
    return fields


def _sorted(question: QuestionSettings) -> QuestionSettings:
    named = {"policies": question.policies, "units": question.units}
    ordered = {name: None if ids is None else tuple(sorted(ids)) for name, ids in named.items()}
    return msgspec.structs.replace(question, **ordered)


def _lines(frame: pl.DataFrame) -> pl.Series:
    empty = {name for name in LATER_COLUMNS if name in frame and frame[name].null_count() == frame.height}
    cells = [_cell(name, kind) for name, kind in frame.schema.items() if name != ROW and name not in empty]
    return frame.select(pl.concat_str(cells, separator=BETWEEN_CELLS).alias("line"))["line"].sort()


def _cell(name: str, kind: pl.DataType) -> pl.Expr:
    cell = pl.col(name)
    if isinstance(kind, pl.List):
        cell = cell.list.join(";")
    elif kind.is_float():
        cell = (cell + 0.0).cast(pl.String)  # -0.0 and 0.0 are one number
    else:
        cell = cell.cast(pl.String)
    return cell.fill_null(EMPTY)
