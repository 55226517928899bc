"""Widths of the columns of a printed table, by what stands in them."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING
from unicodedata import category, east_asian_width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

UPRIGHT = 106.0
"""Letters of nine points that a line of an upright A4 page holds."""
SMALLEST = 0.78
"""Of the size of letters: a table that would need smaller ones is for a page on its side."""
LEAST_SIZE = 0.7
"""To how much of their size letters are made smaller at most; beyond that, words are parted."""
ROOM = 2.5
"""What the space beside a cell takes, in letters."""
BOLD = 1.12
"""How much wider bold letters are, such as those of a head."""
SPREAD = 0.2
"""How much of the width that its texts ask for, beyond its longest words, a table should get."""
MOST_WORD, MOST_TEXT = 24, 60
"""Letters of a word that are kept on one line, and of a text that ask for width."""
_BREAK = re.compile(r"(?<=[-/])|[ \t\n]+")


def column_parts(rows: Sequence[Sequence[str]], room: float = UPRIGHT) -> list[float]:
    """Widths that keep words whole and share the rest of the line by the length of the texts.

    Parameters
    ----------
    rows : sequence of sequence of str
        The head of the table and its lines. A space that does not break keeps what it joins together.
    room : float
        Letters of a line.

    Returns
    -------
    list of float
        Letters, for each column; their proportions are meant.

    Examples
    --------
    >>> column_parts([("Year", "Title"), ("in 2025", "Smart Water Management of the River")])
    [9.5, 37.5]
    >>> column_parts([("Year", "Title"), ("in 2025", "Smart Water Management of the River")], room=27)
    [7.7, 19.3]
    """
    size = fitting(rows, room)
    least = [ROOM + size * (need - ROOM) for need in _least(rows)]
    wished = [max(need, wish) for need, wish in zip(least, _wished(rows), strict=True)]
    spare = room - sum(least)
    more = [wish - need for need, wish in zip(least, wished, strict=True)]
    part = min(1.0, max(0.0, spare / sum(more))) if sum(more) else 0.0
    return [round(need + part * extra, 1) for need, extra in zip(least, more, strict=True)]


def fitting(rows: Sequence[Sequence[str]], room: float = UPRIGHT) -> float:
    """By how much letters have to be smaller for the longest words of all columns to stand side by side.

    Examples
    --------
    >>> fitting([["Area"] * 6, ["Infrastructure"] * 6]), fitting([["Area"] * 8, ["Infrastructure"] * 8])
    (1.0, 0.76)
    """
    least = _least(rows)
    margins = ROOM * len(least)  # they do not become smaller with the letters
    words = sum(least) - margins
    return max(0.01, min(1.0, math.floor(100 * (room - margins) / words) / 100)) if words else 1.0


def too_wide(rows: Sequence[Sequence[str]], room: float = UPRIGHT) -> bool:
    """Whether letters would have to be too small to read, or columns too narrow for their texts.

    Examples
    --------
    >>> too_wide([["Area"] * 7, ["Infrastructure"] * 7]), too_wide([["Area"] * 9, ["Infrastructure"] * 9])
    (False, True)
    >>> too_wide([["Note"] * 9, ["a few words"] * 9]), too_wide([["Note"] * 9, ["many words " * 9] * 9])
    (False, True)
    """
    widths = zip(_least(rows), _wished(rows), strict=True)
    return SMALLEST * sum(need + SPREAD * (wish - need) for need, wish in widths) > room


def _least(rows: Sequence[Sequence[str]]) -> list[float]:
    """Letters of the longest word of each column, and the space beside it."""
    return [ROOM + min(MOST_WORD, _widest(column, _longest)) for column in _columns(rows)]


def _wished(rows: Sequence[Sequence[str]]) -> list[float]:
    """Letters of the longest text of each column, as far as it asks for width, and the space beside it."""
    wished = (ROOM + min(MOST_TEXT, _widest(column, _long)) for column in _columns(rows))
    return [max(pair) for pair in zip(_least(rows), wished, strict=True)]


def _widest(column: Sequence[str], measured: Callable[[str], int]) -> float:
    head, *cells = map(measured, column)
    return max(BOLD * head, *cells) if cells else BOLD * head


def _columns(rows: Sequence[Sequence[str]]) -> Iterable[tuple[str, ...]]:
    return zip(*rows, strict=True)


def _longest(text: str) -> int:
    """Letters of the longest piece that a line keeps whole."""
    return max(map(_long, _BREAK.split(text)), default=0)


def _long(text: str) -> int:
    """How many letters wide a text is: marks above and below take no room, wide letters two."""
    return sum(
        0 if category(sign) in ("Mn", "Me", "Cf") else 2 if east_asian_width(sign) in "WF" else 1
        for sign in text
    )
