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

    Parameters
    ----------
    rows : QuerySet
    person : Person or None
    hits : Q
    """
    from diffuscope.register.rights import seen_by

    rule = seen_by(person, rows.model)
    return rows.filter(hits) if rule is None else only_where(rows, rule, hits)


def only_where(rows: Any, rule: Any, hits: Any) -> Any:
    """Rows for which a rule holds, and of which a condition does.

    The text of a row that may not be seen is never compared: SQL evaluates `THEN` where `WHEN` holds and
    nowhere else, whereas it may take the conditions of a plain `WHERE` in any order. So neither what a search
    finds nor how long it takes says anything of other rows.

    Parameters
    ----------
    rows : QuerySet
    rule : Q
        Who may see a row.
    hits : Q
        What is asked of its text; empty: nothing.
    """
    from django.db.models import BooleanField, Case, ExpressionWrapper, Value, When

    truth = BooleanField()
    if not hits:
        return rows.filter(rule)
    then = When(rule, then=ExpressionWrapper(hits, output_field=truth))
    return rows.filter(Case(then, default=Value(False), output_field=truth))


class ProjectsFound:
    """Projects by city and title, of which one may see an observation that holds every word asked for.

    A word is looked for in the title, in the names of the city and in the key of the project. Projects are
    counted by city and read for one page: a list of 100,000 is neither sorted nor read. Of each the
    observation of its latest wave that holds the words.

    Parameters
    ----------
    rows : QuerySet
        Observations.
    person : Person or None
        Who asks; rows that this person may not see are not compared.
    asked : str
        Words, in any language; empty: every project.
    """

    def __init__(self, rows: Any, person: Any, asked: str = "") -> None:
        from django.db.models import Count

        from diffuscope.register.models import Member

        self.rows = _holding(rows.filter(project__retired=False), person, asked)
        by_lead = self.rows.order_by().values_list("project__lead")
        counts = dict(by_lead.annotate(count=Count("project", distinct=True)))
        leads = Member.objects.order_by("name", "pk").values_list("pk", flat=True) if counts else ()
        self.counts = [(lead, counts[lead]) for lead in leads if lead in counts]

    def __len__(self) -> int:
        return sum(count for _, count in self.counts)

    def __getitem__(self, wanted: slice) -> list[Any]:
        """Rows of the cities that the slice meets, and of them those in it."""
        before, first, leads = 0, None, []
        for lead, count in self.counts:
            if before < wanted.stop and before + count > (wanted.start or 0):
                first = before if first is None else first
                leads.append(lead)
            before += count
        rows, skipped = self._latest(leads), first or 0
        return rows[(wanted.start or 0) - skipped : wanted.stop - skipped]

    def _latest(self, leads: list[int]) -> list[Any]:
        rows = self.rows.filter(project__lead__any_of=leads).select_related("project", "city", "wave")
        latest = {row.project_id: row for row in rows.order_by("wave__position", "pk")}
        place = {lead: at for at, lead in enumerate(leads)}
        return sorted(latest.values(), key=lambda row: (place[row.project.lead_id], row.title, row.pk))


def _holding(rows: Any, person: Any, asked: str) -> Any:
    """Observations that count as a person sees them, and hold every word."""
    from django.db.models import Q

    from diffuscope.register.models import Member, MemberName
    from diffuscope.register.rights import counting_for, sees_all

    hits = Q()
    for word, written in {key: one for one in asked.split() if (key := search_key(one))}.items():
        names = MemberName.objects.filter(retired=False, searched__contains=word).order_by()
        cities = Member.objects.filter(Q(searched__contains=word) | Q(pk__in=names.values("member")))
        named = Q(city__in=cities.order_by().values("pk"))
        hits &= Q(searched__contains=word) | named | Q(project__code__icontains=written)
    counts = counting_for(person)
    return rows.filter(counts, hits) if sees_all(person) else only_where(rows, counts, hits)
