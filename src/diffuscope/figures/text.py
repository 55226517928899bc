"""Words inside figures: whatever a file holds stays text, on one line or in lines that fit."""

from __future__ import annotations

import textwrap

_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"


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
    # joiners belong to the spelling of several scripts; whatever else does not print would break SVG
    shown = "".join(sign if sign.isprintable() or sign in _JOINERS else " " for sign in str(text))
    shown = " ".join(shown.split())
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


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun.

    Examples
    --------
    >>> counted(1, "passage"), counted(3, "city", "cities")
    ('1 passage', '3 cities')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"


def listed(words: list[str], at_most: int = 8) -> str:
    """Words as a list in a sentence; a long one is cut and says so.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(["a", "b", "c"], at_most=2)
    ('a, b and c', 'a, b and 1 more')
    """
    if len(words) > at_most:
        words = [*words[:at_most], f"{len(words) - at_most} more"]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
