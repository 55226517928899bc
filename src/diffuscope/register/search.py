"""Search: keys by which words are found in every script, and rows compared only where they may be seen."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from diffuscope.tables.read_as import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

WITHOUT_STROKE = str.maketrans({"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i"})
"""Letters that Unicode does not take apart into a letter and its stroke."""
NOT_ASCII = r"[^\x00-\x7f]"
"""Folded titles in which a search has to look for letters with marks."""

APART = str.maketrans({"\u0e33": "\u0e4d\u0e32", "\u0eb3": "\u0ecd\u0eb2"})
"""Thai and Lao AM, which some keyboards write as two letters; Unicode keeps the two ways apart (NFC, NFD)."""
_AM = re.compile("([\u0e4d\u0ecd])([\u0e48-\u0e4b\u0ec8-\u0ecb]+)")
"""The circle of AM before a tone mark, which looks the same after it."""


@lru_cache(maxsize=65_536)
def search_key(text: str) -> str:
    """A text as a search compares it: Latin letters without their marks; other scripts keep theirs.

    >>> search_key("Đà Nẵng"), search_key("da nang")
    ('danang', 'danang')
    >>> search_key("น้ำท่วม") == search_key("นาทวม")
    False
    >>> search_key("น้ำ") == search_key("น\u0e49\u0e4d\u0e32") == search_key("น\u0e4d\u0e49\u0e32")
    True
    """
    if text.isascii():
        return fold(text)
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

    Parameters
    ----------
    rows : QuerySet
        Of a table with a column `folded`, and a rule of who sees what.
    person : Person or None
    keys : sequence of str
    """
    from django.db.models import Q

    hits = Q()
    for key in keys:
        hits &= Q(folded__contains=key)
    return compared(rows, person, hits)


def compared(rows: Any, person: Any, hits: Any) -> Any:
    """Rows that a person may see, and of which a condition holds.

    The text of a row that may not be seen is never compared: SQL evaluates `THEN` where `WHEN` holds and
    nowhere else, whereas it may take the conditions of a plain `WHERE` in any order. So neither what a search
    finds nor how long it takes says anything of other rows.

    Parameters
    ----------
    rows : QuerySet
    person : Person or None
    hits : Q
    """
    from django.db.models import BooleanField, Case, ExpressionWrapper, Value, When

    from diffuscope.register.rights import seen_by

    truth = BooleanField()
    rule = seen_by(person, rows.model)
    if rule is None or not hits:
        return rows.filter(hits if rule is None else rule)
    then = When(rule, then=ExpressionWrapper(hits, output_field=truth))
    return rows.filter(Case(then, default=Value(False), output_field=truth))


def projects_found(rows: Any, person: Any, asked: str) -> list[int]:
    """Of each project whose title, city or key holds every word the observation that counts in its last wave.

    Parameters
    ----------
    rows : QuerySet
        Observations.
    person : Person or None
        Who asks; rows that this person may not see are not compared.
    asked : str
        Words, in any language; empty: every project.

    Returns
    -------
    list of int
        Numbers of observations, by city and title.
    """
    from diffuscope.register.rights import visible

    typed = {key: word for word in asked.split() if (key := search_key(word))}
    cities = _city_keys() if typed else {}
    seen = visible(rows.filter(project__retired=False), person)
    for word, written in typed.items():
        own = [pk for pk, key in cities.items() if word in key]
        matched = compared(rows, person, _perhaps(word, written, own))
        seen = seen.filter(project_id__in=matched.order_by().values("project_id"))
    last: dict[tuple[int, int, int], Any] = {}
    columns = ("project_id", "wave__position", "city_id", "withdrawn", "folded", "project__code")
    for row in seen.order_by("wave__position", "version").values_list(*columns, "city__name", "title", "pk"):
        last[row[:3]] = row
    found_rows: dict[int, tuple[str, str, int]] = {}
    for project, _, city, withdrawn, folded, code, *shown in last.values():
        key = "\n".join((search_key(folded), cities.get(city, ""), fold(code)))
        if not withdrawn and all(word in key for word in typed):
            found_rows[project] = (shown[0], shown[1], shown[2])
    return [pk for _, _, pk in sorted(found_rows.values())]


def _perhaps(word: str, written: str, cities: list[int]) -> Any:
    """A condition that holds wherever a word may be found; letters with marks are compared later."""
    from django.db.models import Q

    code = Q(project__code__icontains=written)
    return Q(folded__contains=word) | Q(folded__regex=NOT_ASCII) | Q(city_id__any_of=cities) | code


def _city_keys() -> dict[int, str]:
    """What members are called, as a search compares it."""
    from diffuscope.register.models import Member, MemberName

    keys = {
        pk: "\n".join(search_key(text) for text in (name, *aliases.split(";")))
        for pk, name, aliases in Member.objects.values_list("pk", "name", "aliases")
    }
    for pk, name in MemberName.objects.filter(retired=False).values_list("member_id", "name"):
        keys[pk] += f"\n{search_key(name)}"
    return keys
