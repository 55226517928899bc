"""A frame from delimited text: cells parted and letters read as at the front door, then typed by column."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Literal

import polars as pl

from diffuscope.case.delimited import read_delimited
from diffuscope.case.importers.frame_read import FrameRead
from diffuscope.case.refusal import Unreadable
from diffuscope.errors import CaseError, PlanError
from diffuscope.records.phrases import counted, noun
from diffuscope.tables.raw import ROW

if TYPE_CHECKING:
    from pathlib import Path

    from diffuscope.records import Problem
    from diffuscope.tables.raw import RawTable

ENDINGS = (".csv", ".tsv", ".tab", ".txt")
MISSING = ("NA",)
"""What R writes into an empty cell; an empty one is missing anyway."""
WHOLE = r"^[+-]?[0-9]{1,18}$"
LONG_WHOLE = r"^[+-]?[0-9]{19,}$"
NUMBER = r"^[+-]?(([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?|(?i:inf|infinity))$"
NOT_A_NUMBER = r"^(?i:nan)$"
TRUTH = r"^(?i:true|false)$"
LEADING_ZERO = r"^[+-]?0[0-9]"
MOSTLY = 0.8
"""Share of the cells that are numbers, from which on a column of text is probably meant as numbers."""


def read_text_frame(
    file: Path, encoding: str | None = None, decimal: Literal[".", ","] | None = None
) -> FrameRead:
    """The table of a delimited file, each column whole numbers, numbers, truth or text.

    A column in which any whole number begins with a zero holds codes and stays text, so that 01001 and 1001
    are two. A comma stands before decimals where the cells are not parted by commas and some number can be
    read in no other way.
    """
    raw, problems = _raw(file, encoding)
    known = [problem for problem in problems if not (decimal and problem.rule == "ambiguous-number")]
    wrong = [problem for problem in known if problem.level == "error" and problem.rule != "no-heading"]
    if wrong:
        also = ' Or say which it is: decimal=",".' if wrong[0].rule == "ambiguous-number" else ""
        raise CaseError(f"`{file.name}`: {_says(wrong[0])}{also}", problems=tuple(wrong))
    notes = [_says(problem) for problem in known]
    columns = []
    for name in raw.cells.columns:
        if name != ROW:
            series, note = typed(raw.cells[name], decimal or raw.decimal, raw.cells[ROW])
            columns.append(series)
            notes += [note] if note else []
    return FrameRead(pl.DataFrame(columns), notes)


def _raw(file: Path, encoding: str | None) -> tuple[RawTable, list[Problem]]:
    data = file.read_bytes()
    if encoding is not None:
        try:
            data = data.decode(codecs.lookup(encoding).name).encode("utf-8")
        except LookupError as error:
            raise PlanError(f'encoding is {encoding!r}, which is none; write "cp1252" or "utf-8".') from error
        except UnicodeError as error:
            raise CaseError(f"`{file.name}` is not written in {encoding}.") from error
    try:
        return read_delimited(data, "", file.name)
    except Unreadable as error:
        also = ' Or say which it is: encoding="cp1252".' if error.wording.rule == "bad-encoding" else ""
        problem = error.problem(file.name)
        raise CaseError(f"`{file.name}`: {_says(problem)}{also}", problems=(problem,)) from error


def _says(problem: Problem) -> str:
    where = f"column `{problem.column}`: " if problem.column else ""
    if problem.row is not None:
        row = f"row {problem.row}"
        where = "" if row in problem.message else f"{row}: "
    return f"{where}{problem.message} Fix: {problem.fix}."


def typed(cells: pl.Series, decimal: str, rows: pl.Series) -> tuple[pl.Series, str | None]:
    """A column by what all its cells are, and what should be known of it."""
    text = cells.set(cells.is_in(MISSING).fill_null(value=False), None)
    held = text.drop_nulls()
    if held.is_empty() or held.str.contains(LEADING_ZERO).any() or held.str.contains(LONG_WHOLE).any():
        return text, None
    if held.str.contains(TRUTH).all():
        return text.str.to_lowercase() == "true", None
    if held.str.contains(WHOLE).all():
        return text.str.strip_prefix("+").cast(pl.Int64), None
    plain = text.str.replace(",", ".", literal=True) if decimal == "," else text
    plain = plain.set(plain.str.contains(NOT_A_NUMBER).fill_null(value=False), None)
    numbers = plain.str.contains(NUMBER)
    if decimal == ",":
        numbers = numbers & ~text.str.contains(".", literal=True)
    if numbers.drop_nulls().all():
        return plain.str.strip_prefix("+").cast(pl.Float64), None
    return text, _nearly_numbers(text, ~numbers.fill_null(value=True), rows)


def _nearly_numbers(text: pl.Series, strange: pl.Series, rows: pl.Series) -> str | None:
    """What to say of a column that is text for the sake of a few cells."""
    held = text.len() - text.null_count()
    many = int(strange.sum())
    if many > (1 - MOSTLY) * held:
        return None
    at = int(strange.arg_true()[0])
    return (
        f"column `{text.name}` is text: {counted(many, 'cell')} of {held:,} {noun(many, 'holds', 'hold')} no "
        f"number, the first `{text[at][:40]}` in row {rows[at]}."
    )
