"""Delimited text as people really have it: whatever parts its cells, ends its lines or marks its text."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.case import limits
from diffuscope.case.decimals import (
    ambiguous_numbers,
    decimal_comma,
    decimal_sign,
    parted_by_its_comma,
)
from diffuscope.case.encoding import AnotherEncoding, utf8
from diffuscope.case.headings import WITHIN, heading_row, lower_headings, named_headings
from diffuscope.case.raw_table import letter, tidy
from diffuscope.case.refusal import Unreadable
from diffuscope.case.scan import layout
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.places import TOLD, Wording, of_rows, of_table
from diffuscope.tables.raw import ROW, RawTable
from diffuscope.tables.suggest import bare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from diffuscope.records import Problem

DELIMITERS = (",", ";", "\t")
HEADINGS_WITHIN = 20
"""Rows at the top among which the widest tells how many columns are read."""
SPARE = 8
"""Columns kept beyond the headings, to see whether what stands there is empty."""
HINT = re.compile(rb'"?sep=([,;\t])"?\r?\n')
"""A first line by which Excel is told what parts the cells; it shows no such row."""
FIRST_LINE = re.compile(rb"[\r\n]*([^\r\n]*)")
HEADINGS_BYTES = 100_000
"""Of a first line, what is looked at to see what parts its cells."""
MARKS = (
    "begin and end a text that holds the delimiter, a line break or a quotation mark with quotation marks, "
    'and double those inside: "the ""smart"" city"'
)


def read_delimited(
    data: bytes, table: str, file: str, words: Mapping[str, str] | None = None
) -> tuple[RawTable, list[Problem]]:
    """The table of a delimited file, and what is wrong with the way it is written.

    Parts of the cells: commas, semicolons or tabs. Lines end in LF, CRLF or CR. A row keeps the number that
    a spreadsheet shows, however many lines its texts take.

    Parameters
    ----------
    data : bytes
    table : str
        Table of the catalogue that the file is named after.
    file : str
        The file as problems name it.
    words : mapping of str to str, optional
        The network's own words for headings, and the columns they mean.

    Raises
    ------
    Unreadable
        If rows and cells cannot be told apart, or the letters be read.
    """
    text, delimiter = prepared(data, table)
    cells, counts = _parsed(text, delimiter)
    at = _headings_at(cells, table, words)
    headings = list(cells.row(at)) if cells.height else []
    while headings and not (headings[-1] or "").strip():
        headings.pop()
    if not headings:
        raise Unreadable(_EMPTY)
    first_cells = int(counts[at])
    if first_cells > cells.width:
        raise Unreadable(_TOO_LOW)
    headings, readings = named_headings(headings, table=table, file=file, row=at + 1, words=words)
    body, counts = cells.slice(at + 1), counts[at + 1 :]
    raw, problems = tidy(body[:, :first_cells], headings, table=table, file=file, first_row=at + 2)
    raw = replace(raw, read_as=readings)
    body, counts = body.head(raw.cells.height), counts[: raw.cells.height]
    if at and (
        above := cells.head(at).filter(pl.any_horizontal(_filled(name) for name in cells.columns)).height
    ):
        problems.append(of_table(raw, lower_headings(at, above), row=at + 1, level="warning"))
    ragged = _too_many_cells(
        raw, body, counts, headings[:first_cells] + [None] * (first_cells - len(headings))
    )
    ragged += _too_few_cells(raw, body, counts, len(headings))
    raw = replace(raw, told_rows=frozenset(one.row for one in ragged if one.row is not None))
    problems += ragged
    if delimiter != ",":
        raw = replace(raw, decimal=decimal_sign(raw))
    problems += ambiguous_numbers(raw, unless_shown=delimiter != ",")
    return raw, problems


def prepared(data: bytes, table: str) -> tuple[bytes, str]:
    """The text in UTF-8 with LF or CRLF, and what parts its cells."""
    try:
        text = utf8(data)
    except AnotherEncoding as error:
        error.column = _heading_at(error.text, error.offset, table)
        raise
    if b"\r" in text and b"\n" not in text:
        text = text.replace(b"\r", b"\n")
    hint = HINT.match(text)
    if hint:
        return text[hint.end() :], hint[1].decode()
    return text, _delimiter(text, table)


def _heading_at(text: bytes, offset: int, table: str) -> str:
    """The heading over a byte of the text, as far as that can be said of a text in another encoding."""
    delimiter = _delimiter(text, table)
    start = max(text.rfind(b"\n", 0, offset), text.rfind(b"\r", 0, offset)) + 1
    before = re.sub(rb'"[^"]*"?', b"", text[start:offset]).count(delimiter.encode())
    headings = _first_line(text).split(delimiter)
    return headings[before].strip(' "') if before < len(headings) else letter(before)


def _delimiter(text: bytes, table: str) -> str:
    """What parts the headings so that most of them are columns of the table."""
    row = _first_line(text)
    known = {bare(name) for name in CATALOGUE[table].names} if table in CATALOGUE else set()

    def fits(delimiter: str) -> tuple[int, int]:
        names = [bare(name) for name in row.split(delimiter)]
        return sum(name in known for name in names), len(names)

    best = max(DELIMITERS, key=fits)
    if known and fits(best) == (0, 1) and row.strip():
        message = "The headings are not separated by commas, semicolons or tabs."
        raise Unreadable(
            Wording("bad-delimiter", message, "save the table as CSV, separated by commas"), row=1
        )
    return best


def _first_line(text: bytes) -> str:
    line = FIRST_LINE.match(text)
    return line[1][:HEADINGS_BYTES].decode("utf-8", "replace") if line else ""


def _parsed(text: bytes, delimiter: str) -> tuple[pl.DataFrame, NDArray[np.uint32]]:
    """Every row of the text, that of the headings included, and how many cells each has."""
    _bounded(max(text.count(b"\n"), text.count(b'"')), 1)
    measured = layout(text, delimiter)
    if measured.longest > limits.RECORD_BYTES:
        raise Unreadable(_TOO_LONG)
    if measured.stray_quotes or not measured.cells.size:
        return _parsed_slowly(text, delimiter)
    width = min(int(measured.cells.max()), int(measured.cells[:HEADINGS_WITHIN].max()) + SPARE)
    _bounded(measured.cells.size, width)
    # The parser takes the number of columns from the first row, so it is given one of the right width.
    text = delimiter.encode() * (width - 1) + b"\n" + text
    try:
        cells = pl.read_csv(
            text,
            has_header=False,
            separator=delimiter,
            schema={f"column_{at + 1}": pl.String for at in range(width)},
            truncate_ragged_lines=True,
        ).slice(1)
    except pl.exceptions.PolarsError:
        return _parsed_slowly(text, delimiter)
    if cells.height != measured.cells.size:
        return _parsed_slowly(text, delimiter)
    return cells, measured.cells


def _parsed_slowly(text: bytes, delimiter: str) -> tuple[pl.DataFrame, NDArray[np.uint32]]:
    """The same for a text with quotation marks inside its cells: only a walk from mark to mark parts it."""
    if len(text) > limits.ODD_TEXT_BYTES:
        message = "Some quotation marks are inside cells, and the file is too large to repair while reading."
        raise Unreadable(Wording("stray-quotation-mark", message, MARKS))
    rows: list[list[str]] = []
    lines = io.StringIO(text.decode("utf-8"), newline="")
    try:
        for row in csv.reader(lines, delimiter=delimiter, strict=True):
            rows.append(row or [""])
    except csv.Error as error:
        raise _broken_marks(error, len(rows) + 1) from None
    counts = np.array([len(row) for row in rows], dtype=np.uint32)
    width = int(counts.max()) if rows else 0
    _bounded(len(rows), width)
    columns = {
        f"column_{at + 1}": pl.Series([row[at] if at < len(row) else None for row in rows], dtype=pl.String)
        for at in range(width)
    }
    return pl.DataFrame(columns), counts


def _broken_marks(error: csv.Error, row: int) -> Unreadable:
    if "field larger" in str(error) or "end of data" in str(error):
        message = (
            f"A quotation mark that opens in row {row:,} is never closed, so the rows after it are lost."
        )
        fix = "close it at the end of its cell; a quotation mark inside a text is doubled"
        return Unreadable(Wording("unclosed-quotation-mark", message, fix), row=row)
    message = f"In row {row:,} a text continues after its closing quotation mark, so its end is unknown."
    return Unreadable(Wording("stray-quotation-mark", message, MARKS), row=row)


_TOO_LONG = Wording(
    "too-long",
    f"A row is longer than {limits.RECORD_BYTES / limits.MB:.0f} MB; either it has no line break, or a "
    "quotation mark is never closed.",
    "save the table again as CSV from a spreadsheet, one row per line",
)


def watch_lines(chunk: bytes, since: int) -> int:
    """Bytes since the last line break, `since` before this chunk; refuses a line that never ends.

    This is asked while a file is still being read, so that one endless line does not fill the memory first.
    """
    last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
    first = min((at for at in (chunk.find(b"\n"), chunk.find(b"\r")) if at >= 0), default=len(chunk))
    if since + first > limits.RECORD_BYTES:
        raise Unreadable(_TOO_LONG)
    return since + len(chunk) if last < 0 else len(chunk) - last - 1


def _bounded(rows: int, width: int) -> None:
    if width >= limits.COLUMNS + SPARE:
        message = f"The table has more than {limits.COLUMNS:,} columns."
        raise Unreadable(
            Wording("too-many-columns", message, "move columns that no table of a case has to another file")
        )
    if rows * width > limits.CELLS:
        message = (
            f"The table has {rows * width:,} cells, empty ones included; {limits.CELLS:,} are read at most."
        )
        raise Unreadable(Wording("too-many-cells", message, "remove empty columns, or split the case"))


def _headings_at(cells: pl.DataFrame, table: str, words: Mapping[str, str] | None) -> int:
    """The row of the headings: the first that is not empty, or a later one where that is a title."""
    first = _first_filled(cells)
    below = heading_row(cells.slice(first, WITHIN).rows(), table, words)
    return first + (below or 0)


def _first_filled(cells: pl.DataFrame) -> int:
    """The first row that is not empty, which holds the headings; 0 where there is none."""
    for at in range(0, cells.height, 100):
        for within, row in enumerate(cells.slice(at, 100).iter_rows()):
            if any(cell and cell.strip() for cell in row):
                return at + within
    return 0


def _too_many_cells(
    raw: RawTable, body: pl.DataFrame, counts: NDArray[np.uint32], headings: Sequence[str | None]
) -> list[Problem]:
    """Rows that go on beyond the headings; empty cells at the end are nothing."""
    if not (counts > len(headings)).any():
        return []
    more = [_filled(name) for name in body.columns[len(headings) :]]
    beyond = body.select(pl.any_horizontal(more).alias("it"))["it"] | pl.Series(counts > body.width)
    rows = body.with_columns(raw.cells[ROW], _n=counts).filter(beyond)
    shifted = [
        (row, number)
        for *cells, row, n in rows.head(TOLD).iter_rows()
        if n <= body.width and (number := decimal_comma(raw.name, headings, cells[:n])) is not None
    ]
    broken = pl.DataFrame(shifted, schema={ROW: pl.UInt32, "value": pl.String}, orient="row")
    others = beyond & ~raw.cells[ROW].is_in(broken[ROW].implode())
    last = next((name for name in reversed(raw.cells.columns) if name != ROW), ROW)
    return of_rows(raw, last, broken, parted_by_its_comma) + _row_problems(raw, others, counts, _MORE)


def _too_few_cells(
    raw: RawTable, body: pl.DataFrame, counts: NDArray[np.uint32], headings: int
) -> list[Problem]:
    """Rows that end before the headings do; a row without any text is just empty."""
    if not (counts < headings).any():
        return []
    filled = body.select(pl.any_horizontal(_filled(name) for name in body.columns).alias("it"))["it"]
    return _row_problems(raw, filled & pl.Series(counts < headings), counts, _FEWER)


def _filled(name: str) -> pl.Expr:
    return (pl.col(name).str.strip_chars() != "").fill_null(False)


def _row_problems(
    raw: RawTable, which: pl.Series, counts: NDArray[np.uint32], wording: Wording
) -> list[Problem]:
    rows = pl.DataFrame({ROW: raw.cells[ROW], "other": counts}).filter(which)
    last = [name for name in raw.cells.columns if name != ROW][-1:] or [ROW]
    return of_rows(raw, last[0], rows.with_columns(value=pl.lit(None, dtype=pl.String)), lambda _: wording)


_EMPTY = Wording(
    "empty-file",
    "The file is empty: it has no column headings.",
    "write the names of the columns into the first row, or remove the file",
)
_TOO_LOW = Wording(
    "empty-file",
    f"The headings are below more than {HEADINGS_WITHIN} empty rows.",
    "delete the empty rows above the headings",
)
_MORE = Wording(
    "ragged-row",
    "The row has {other} cells, more than there are headings: the extra cells are not read.",
    f"{MARKS}; then check that every cell is under its own heading",
)
_FEWER = Wording(
    "ragged-row",
    "The row has {other} cells, fewer than there are headings, so cells may be under the wrong headings.",
    "give the row one cell for every heading; leave unknown ones empty",
)
