"""Search: keys by which words are found in every script, and rows compared only where they may be seen."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from diffuscope.tables.read_as import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def found(rows: Any, person: Any, keys: Sequence[str]) -> Any:
    """Rows that a person may see, and whose folded text holds every key.

    The text of a row that may not be seen is never compared: SQL evaluates `THEN` where `WHEN` holds and
    nowhere else, whereas it may take the conditions of a plain `WHERE` in any order. So neither what a search
    finds nor how long it takes says anything of other rows.

    Parameters
    ----------
    rows : QuerySet
        Of a table with a column `folded`, and a rule of who sees what.
    person : Person or None
    keys : sequence of str
    """
    from django.db.models import BooleanField, Case, ExpressionWrapper, Q, Value, When

    from diffuscope.register.rights import seen_by

    hits, truth = Q(), BooleanField()
    for key in keys:
        hits &= Q(folded__contains=key)
    rule = seen_by(person, rows.model)
    if rule is None or not hits:
        return rows.filter(hits if rule is None else rule)
    compared = When(rule, then=ExpressionWrapper(hits, output_field=truth))
    return rows.filter(Case(compared, default=Value(False), output_field=truth))
