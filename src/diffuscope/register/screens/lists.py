"""Lists that may be long: in pages, and members to choose from, typed where they are too many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

AT_ONCE = 50
"""Rows of one page."""
MANY = 200
"""Members beyond which a page asks for a name instead of listing them all."""


class Choice(NamedTuple):
    """Members to choose from.

    Attributes
    ----------
    rows : list of Member
        The first `MANY` of them.
    many : bool
        Whether there are more, so that the name is typed.
    """

    rows: list[Any]
    many: bool


def choice_of(rows: Any) -> Choice:
    """Members of a query to choose from, by name."""
    found = list(rows.order_by("name")[: MANY + 1])
    return Choice(found[:MANY], len(found) > MANY)


def names_by_code(codes: Collection[str]) -> dict[str, str]:
    """What members and organisations are called, of some codes."""
    from diffuscope.register.models import Member, Organisation

    found = dict(Organisation.objects.filter(code__any_of=codes).values_list("code", "name"))
    return found | dict(Member.objects.filter(code__any_of=codes).values_list("code", "name"))


def page_of(request: Any, rows: Sequence[Any] | Any, name: str = "page", at_once: int = AT_ONCE) -> Any:
    """The page of a list that is asked for, and nothing of the others.

    Parameters
    ----------
    request : HttpRequest
    rows : QuerySet or sequence
    name : str
        Of the parameter with its number; a page with two lists has two.
    at_once : int
    """
    from django.core.paginator import Paginator

    found = Paginator(rows, at_once).get_page(request.GET.get(name))
    kept = request.GET.copy()
    kept.pop(name, None)
    found.name, found.kept = name, f"{kept.urlencode()}&" if kept else ""
    return found
