"""Search: keys by which words are found in every script, and rows compared only where they may be seen."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from diffuscope.tables.read_as import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

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
