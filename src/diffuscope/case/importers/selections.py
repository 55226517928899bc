"""Where a passage stands in a text: positions as programs count them, checked against what they quote.

REFI-QDA counts characters, but programs differ in what a line break and a rare character count for, and in
whether the end is the last character or the one after it. Where a selection carries its words, the way of
counting is chosen that gives the words of most selections.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LEAST = 3
"""Letters of a quotation below which it tells nothing."""


@dataclass(frozen=True)
class Selection:
    """Positions of the first character and of the end, and the words that the file quotes, if any."""

    start: int
    end: int
    quoted: str = ""


@dataclass(frozen=True)
class ReadSelections:
    """The words of each selection, None where it lies outside; how many quoted ones agree, of how many."""

    words: list[str | None]
    agree: int
    quoted: int


def read_selections(text: str, selections: Sequence[Selection]) -> ReadSelections:
    """The words of selections in a text, by the way of counting that agrees with most quotations."""
    best: ReadSelections | None = None
    plain = text.replace("\r\n", "\n")
    texts = dict.fromkeys((text, plain, plain.replace("\n", "\r\n")))
    for (one, wide), after in product(product(texts, (False, True)), (0, 1)):
        if wide and all(ord(sign) < 0x10000 for sign in one):
            continue
        cut = _cutter(one, wide=wide)
        words = [cut(each.start, each.end + after) for each in selections]
        pairs = [(each.quoted, selected) for each, selected in zip(selections, words, strict=True)]
        telling = [(quoted, selected) for quoted, selected in pairs if len(_bare(quoted)) >= LEAST]
        agree = sum(_same(quoted, selected) for quoted, selected in telling)
        if best is None or agree > best.agree:
            best = ReadSelections(words, agree, len(telling))
    return best or ReadSelections([], 0, 0)


def _cutter(text: str, *, wide: bool) -> Callable[[int, int], str | None]:
    """Cut words out of a text; `wide`: a rare character counts for two, as in UTF-16."""
    if not wide:
        return lambda start, end: text[start:end] if 0 <= start < end <= len(text) else None
    units = text.encode("utf-16-le")

    def cut(start: int, end: int) -> str | None:
        if not 0 <= 2 * start < 2 * end <= len(units):
            return None
        return units[2 * start : 2 * end].decode("utf-16-le", "replace")

    return cut


def _same(quoted: str, selected: str | None) -> bool:
    """Whether words are those quoted, which may be cut short; white space does not count."""
    if selected is None:
        return False
    short = _bare(re.sub(r"(\.\.\.|…)\s*$", "", quoted))
    return _bare(selected) == short or (short != _bare(quoted) and _bare(selected).startswith(short))


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)
