"""Keys by which words are found, whatever the script and however they are typed."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

from diffuscope.tables.read_as import fold

WITHOUT_STROKE = str.maketrans({"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i"})
"""Letters that Unicode does not take apart into a letter and its stroke."""
NOT_ASCII = r"[^\x00-\x7f]"
"""Folded titles in which a search has to look for letters with marks."""


@lru_cache(maxsize=65_536)
def search_key(text: str) -> str:
    """A text as a search compares it: Latin letters without their marks; other scripts keep theirs.

    >>> search_key("Đà Nẵng"), search_key("da nang")
    ('danang', 'danang')
    >>> search_key("น้ำท่วม") == search_key("นาทวม")
    False
    """
    if text.isascii():
        return fold(text)
    kept, latin = [], False
    for letter in unicodedata.normalize("NFD", text.casefold()):
        if unicodedata.combining(letter) and latin:
            continue
        latin = "LATIN" in unicodedata.name(letter, "")
        kept.append(letter)
    return fold("".join(kept).translate(WITHOUT_STROKE))


def projects_found(rows: Any, asked: str) -> list[int]:
    """The latest observation of each project whose title, city or key holds every word that is asked for.

    Parameters
    ----------
    rows : QuerySet
        Observations that whoever asks may see.
    asked : str
        Words, in any language; empty: every project.

    Returns
    -------
    list of int
        Numbers of observations, by city and title.
    """
    typed = {key: word for word in asked.split() if (key := search_key(word))}
    words, cities = list(typed), _city_keys() if typed else {}
    for word in words:
        rows = _perhaps(rows, word, typed[word], [pk for pk, key in cities.items() if word in key])
    last: dict[tuple[int, int, int], Any] = {}
    columns = ("project_id", "wave_id", "city_id", "pk", "withdrawn", "folded", "project__code")
    named = ("wave__position", "city__name", "title")
    for row in rows.order_by("version").values_list(*columns, *named):
        last[row[:3]] = row
    found: dict[int, tuple[Any, ...]] = {}
    for row in last.values():
        project, _, city, pk, withdrawn, folded, code, position, name, title = row
        key = "\n".join((search_key(folded), cities.get(city, ""), fold(code)))
        if not withdrawn and all(word in key for word in words):
            found[project] = max(found.get(project, (-1,)), (position, name, title, pk))
    return [pk for _, _, _, pk in sorted(found.values(), key=lambda one: (one[1], one[2], one[3]))]


def _perhaps(rows: Any, word: str, typed: str, cities: list[int]) -> Any:
    """All versions of projects in which a word may be found; letters with marks are compared later."""
    from django.db.models import Q

    code = Q(project__code__icontains=typed)
    may = Q(folded__contains=word) | Q(folded__regex=NOT_ASCII) | Q(city_id__in=cities) | code
    return rows.filter(project_id__in=rows.filter(may).order_by().values("project_id"))


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
