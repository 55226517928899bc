"""Digits of any script as 0 to 9: Thai, Lao, Khmer, Burmese, Arabic-Indic and others of Unicode."""

from __future__ import annotations

import unicodedata

_ARABIC = {"\u066b": ".", "\u066c": ""}
"""Signs before decimals and between thousands that stand among Arabic-Indic digits alone."""


def plain_digits(text: str) -> str:
    """A text with every decimal digit as 0 to 9; raised digits, fractions and circled numbers stay.

    Source: Unicode, property General_Category=Nd, whose characters have a decimal value.

    >>> plain_digits("๓๐/๙/๒๕๖๙"), plain_digits("៥០"), plain_digits("١٬٢٣٤٫٥")
    ('30/9/2569', '50', '1234.5')
    >>> plain_digits("½"), plain_digits("m²"), plain_digits("①")
    ('½', 'm²', '①')
    """
    if text.isascii():
        return text
    return "".join(_ARABIC.get(letter, str(unicodedata.decimal(letter, letter))) for letter in text)
