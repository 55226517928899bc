"""A still without what repeats in every mark of it: half the size, and the same picture."""

from __future__ import annotations

import re
from collections import Counter

_TAG = re.compile(r"<[a-z][^>]*>")
_NOTHING = re.compile(
    r' (?:opacity="1"|pointer-events="none"|class="[^"]*"|fill-opacity="1"|stroke-opacity="1")'
)
_FONT = re.compile(r' font-family="([^"]*)"')
_ID = re.compile(r'<[^>]* id="([^"]*)"')
_ID_USED = re.compile(r"""( id="|url\(#|href="#)([^")]*)([")])""")
_LONG = re.compile(r"-?\d+\.\d{3,}")


def slim(svg: str) -> str:
    """The same SVG in fewer letters: one font for all, two decimals, no words for machines.

    Parameters
    ----------
    svg : str
        As Vega writes it, without accessible names inside: those stand in its title and description.

    Examples
    --------
    >>> slim('<svg class="marks"><text opacity="1" x="1.23456" font-family="a">x.12345</text></svg>')
    '<svg font-family="a"><text x="1.23">x.12345</text></svg>'
    """
    fonts = Counter(_FONT.findall(svg))
    font = f' font-family="{fonts.most_common(1)[0][0]}"' if fonts else ""

    def shorter(tag: re.Match[str]) -> str:
        text = _NOTHING.sub("", tag[0])
        text = text.replace(font, "") if font else text
        return _LONG.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), text)

    shortened = re.sub(r"<svg\b", lambda start: start[0] + font, _TAG.sub(shorter, svg), count=1)
    return _renumbered(shortened)


def _renumbered(svg: str) -> str:
    """The same SVG with its inner ids counted from 1: the painter counts on from picture to picture."""
    numbers = {name: f"i{at}" for at, name in enumerate(dict.fromkeys(_ID.findall(svg)), start=1)}
    return _ID_USED.sub(lambda match: f"{match[1]}{numbers.get(match[2], match[2])}{match[3]}", svg)
