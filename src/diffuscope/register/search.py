"""Keys by which words are found, whatever the script and however they are typed."""

from __future__ import annotations

import unicodedata

from diffuscope.tables.read_as import fold

WITHOUT_STROKE = str.maketrans({"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i"})
"""Letters that Unicode does not take apart into a letter and its stroke."""


def search_key(text: str) -> str:
    """A text as a search compares it: Latin letters without their marks; other scripts keep theirs.

    >>> search_key("Đà Nẵng"), search_key("da nang")
    ('danang', 'danang')
    >>> search_key("น้ำท่วม") == search_key("นาทวม")
    False
    """
    kept, latin = [], False
    for letter in unicodedata.normalize("NFD", text.casefold()):
        if unicodedata.combining(letter) and latin:
            continue
        latin = "LATIN" in unicodedata.name(letter, "")
        kept.append(letter)
    return fold("".join(kept).translate(WITHOUT_STROKE))
