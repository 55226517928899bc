"""Where the rows and cells of a delimited text lie, found on its bytes before anything is parsed.

The parser of tables is fast because it trusts its input. So the text is measured first: how many cells each
row has, how long rows are, and whether every quotation mark opens or closes a cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

PIECE = 16_000_000
NEW_LINE, RETURN, QUOTE = b"\n"[0], b"\r"[0], b'"'[0]


@dataclass(frozen=True)
class Layout:
    """How a text falls into rows and cells.

    Attributes
    ----------
    cells : array of int, shape (rows,)
        Cells of each row, the first one included.
    longest : int
        Bytes of the longest row.
    stray_quotes : bool
        Whether some quotation mark neither opens, closes nor stands doubled inside a cell; then rows and
        cells cannot be told by counting, and the rest says nothing.
    """

    cells: NDArray[np.uint32]
    longest: int
    stray_quotes: bool


def layout(text: bytes, delimiter: str) -> Layout:
    """Measure a text whose lines end in LF or CRLF.

    >>> layout(b'a,b\\n"x, y",2\\n3\\n', ",")
    Layout(cells=array([2, 2, 1], dtype=uint32), longest=9, stray_quotes=False)
    """
    letters = np.frombuffer(text, dtype=np.uint8)
    quotes = _positions(letters, QUOTE, text.count(b'"'))
    if _stray(letters, quotes, ord(delimiter)):
        return Layout(np.zeros(0, dtype=np.uint32), 0, True)
    parts: list[NDArray[np.uint32]] = []
    begun, row_start, longest = 1, 0, 0
    for start in range(0, letters.size, PIECE):
        piece = letters[start : start + PIECE]
        ends = _outside(np.flatnonzero(piece == NEW_LINE) + start, quotes)
        between = _outside(np.flatnonzero(piece == ord(delimiter)) + start, quotes)
        if ends.size:
            until = np.searchsorted(between, ends)
            cells = np.diff(until, prepend=0) + 1
            cells[0] += begun - 1
            parts.append(cells.astype(np.uint32))
            longest = max(longest, int(np.diff(ends, prepend=row_start).max()))
            row_start = int(ends[-1])
            begun = 1 + int(between.size - until[-1])
        else:
            begun += int(between.size)
    if letters.size and text[-1] != NEW_LINE:
        parts.append(np.array([begun], dtype=np.uint32))
    longest = max(longest, letters.size - row_start)
    return Layout(np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint32), longest, False)


def rows_before(text: bytes, offset: int) -> int:
    """Rows that end before a byte of the text."""
    before = np.frombuffer(text, dtype=np.uint8, count=offset)
    ends = np.flatnonzero(before == NEW_LINE)
    return int(_outside(ends, np.flatnonzero(before == QUOTE)).size)


def _positions(letters: NDArray[np.uint8], letter: int, count: int) -> NDArray[np.uint32]:
    positions, filled = np.empty(count, dtype=np.uint32), 0
    for start in range(0, letters.size if count else 0, PIECE):
        at = np.flatnonzero(letters[start : start + PIECE] == letter) + start
        positions[filled : filled + at.size] = at
        filled += at.size
    return positions


def _outside(at: NDArray[np.int64], quotes: NDArray[np.integer]) -> NDArray[np.int64]:
    """Those of the places that do not lie between quotation marks."""
    if not quotes.size or not at.size:
        return at
    outside: NDArray[np.int64] = at[np.searchsorted(quotes, at) % 2 == 0]
    return outside


def _stray(letters: NDArray[np.uint8], quotes: NDArray[np.uint32], delimiter: int) -> bool:
    if not quotes.size:
        return False
    if quotes.size % 2:
        return True
    opens, closes = quotes[::2], quotes[1::2]
    before = np.where(opens > 0, letters[np.maximum(opens, 1) - 1], NEW_LINE)
    opens_cell = (before == delimiter) | (before == NEW_LINE)
    doubled = np.concatenate([[False], opens[1:] == closes[:-1] + 1])
    after = _after(letters, closes, 1)
    returns = (after == RETURN) & (_after(letters, closes, 2) == NEW_LINE)
    closes_cell = (after == delimiter) | (after == NEW_LINE) | (after == QUOTE) | returns
    return not bool(np.all(opens_cell | doubled) and np.all(closes_cell))


def _after(letters: NDArray[np.uint8], at: NDArray[np.uint32], step: int) -> NDArray[np.uint8]:
    """The letter some steps after each place; a line break beyond the end."""
    following: NDArray[np.uint8] = letters[np.minimum(at + step, letters.size - 1)]
    following[at + step >= letters.size] = NEW_LINE
    return following
