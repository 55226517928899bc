"""Keys by which words are found, whatever the script and however they are typed."""

from __future__ import annotations

import re
import unicodedata

from diffuscope.tables.read_as import fold

WITHOUT_STROKE = str.maketrans({"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i"})
"""Letters that Unicode does not take apart into a letter and its stroke."""

APART = str.maketrans({"\u0e33": "\u0e4d\u0e32", "\u0eb3": "\u0ecd\u0eb2"})
"""Thai and Lao AM, which some keyboards write as two letters; Unicode keeps the two ways apart (NFC, NFD)."""
_AM = re.compile("([\u0e4d\u0ecd])([\u0e48-\u0e4b\u0ec8-\u0ecb]+)")
"""The circle of AM before a tone mark, which looks the same after it."""


def search_key(text: str) -> str:
    """A text as a search compares it: Latin letters without their marks; other scripts keep theirs.

    >>> search_key("Đà Nẵng"), search_key("da nang")
    ('danang', 'danang')
    >>> search_key("น้ำท่วม") == search_key("นาทวม")
    False
    >>> search_key("น้ำ") == search_key("น\u0e49\u0e4d\u0e32") == search_key("น\u0e4d\u0e49\u0e32")
    True
    """
    text = _AM.sub(r"\2\1", text.translate(APART))
    kept, latin = [], False
    for letter in unicodedata.normalize("NFD", text.casefold()):
        if unicodedata.combining(letter) and latin:
            continue
        latin = "LATIN" in unicodedata.name(letter, "")
        kept.append(letter)
    return fold("".join(kept).translate(WITHOUT_STROKE))
