"""Words inside figures: whatever a file holds stays text, on one line or in lines that fit."""

from __future__ import annotations

import textwrap

from diffuscope.records.phrases import one_line

NAMED = 8
"""Names that a caption or a tooltip lists before it counts the rest."""


WIDE = frozenset("WMmw@%&…—")
"""Letters of the Latin script that are wider than others, in every font that is asked for."""


def at_most_pixels(text: str, size: float) -> float:
    """Width that a text has at most in the fonts of figures, the widest of which is DejaVu Sans.

    Examples
    --------
    >>> round(at_most_pixels("Phnom Penh", 12)), round(at_most_pixels("Viet Nam", 12))
    (89, 74)
    """
    wide = sum(letter in WIDE or ord(letter) > 0xFF for letter in text)
    capital = sum(letter.isupper() and letter not in WIDE for letter in text)
    return size * (1.1 * wide + 0.9 * capital + 0.65 * (len(text) - wide - capital))


def clean(text: object, limit: int = 160) -> str:
    """Text from a file as a figure may carry it: one line, no control characters, not longer than `limit`.

    Markup stays as it is written: figures draw characters, never HTML.

    Examples
    --------
    >>> clean("two\\nlines\\x00"), clean("<b>bold</b>"), clean(None)
    ('two lines', '<b>bold</b>', '')
    >>> clean("a long name", limit=6)
    'a lon…'
    """
    if text is None:
        return ""
    shown = one_line(str(text))  # what does not print would break SVG
    return shown if len(shown) <= limit else f"{shown[: limit - 1].rstrip()}…"


def lines(text: object, width: int, at_most: int = 3) -> list[str]:
    """Clean text broken into lines of at most `width` characters; what does not fit ends in an ellipsis.

    Examples
    --------
    >>> lines("shared norms or a socio-cultural tie", 14, 2)
    ['shared norms', 'or a socio-…']
    """
    broken = textwrap.wrap(clean(text, limit=1000), width) or [""]
    if len(broken) > at_most:
        last = broken[at_most - 1]
        broken = [*broken[: at_most - 1], f"{last[: width - 1].rstrip()}…"]
    return broken
