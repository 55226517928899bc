"""Desk for links, splits and merges: what may be one project is proposed, and the secretariat decides."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.register.rights import visible
from diffuscope.register.screens.pages import folder_of, said

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = 50
NEAR = 0.72
"""Likeness of two titles (Ratcliff and Obershelp) from which a link is proposed."""


class Proposal(NamedTuple):
    """Two projects of one city that may be one."""

    earlier: str
    earlier_title: str
    later: str
    later_title: str
    city: str
    wave: str


def desk(request: Any) -> Any:
    """Proposed links, and the form that says which projects continue which."""
    from django.shortcuts import redirect, render

    from diffuscope.register import succeed
    from diffuscope.register.succession import KINDS

    if request.method == "POST":
        post = request.POST
        kind = post.get("kind", "")
        text = succeed(
            folder_of().folder, kind, post.get("earlier", "").replace(";", " ").split(),
            post.get("later", "").replace(";", " ").split(), why=post.get("why", ""),
            person=request.person.code, wave=post.get("wave") or None,
        )  # fmt: skip
        said(request, text)
        return redirect("/desk")
    return render(request, "desk.html", {"proposals": proposals(request.person), "kinds": KINDS})


def proposals(person: Any) -> list[Proposal]:
    """Projects that appear in a wave under a new key, near the title of one that disappeared there.

    At most `AT_ONCE`, those of the latest waves first: a decision makes room for the next. Each pair of waves
    takes two queries, until there are as many.
    """
    from diffuscope.register.export import ordered_waves
    from diffuscope.register.models import Wave

    waves = ordered_waves(Wave.objects.filter(retired=False))
    between = (one for pair in reversed(list(pairwise(waves))) for one in _between(person, *pair))
    return list(islice(between, AT_ONCE))


def _between(person: Any, before: Any, after: Any) -> Iterator[Proposal]:
    """Those between two waves; rows that are in both never leave the database."""
    new = _only_in(person, after, before)
    gone = _only_in(person, before, after).exclude(status__in=("completed", "cancelled"))
    titles: dict[int, dict[str, Any]] = {}
    for row in gone.filter(city__in=new.order_by().values("city_id")):
        titles.setdefault(row.city_id, {})[row.folded] = row
    for row in new.filter(city__in=list(titles)).order_by("city__name", "pk") if titles else ():
        for near in get_close_matches(row.folded, titles[row.city_id], n=1, cutoff=NEAR):
            other = titles[row.city_id][near]
            yield Proposal(
                other.project.code, other.title, row.project.code, row.title, row.city.name, after.code
            )


def _only_in(person: Any, wave: Any, other: Any) -> Any:
    """What counts in one wave, of projects that the city has not in another."""
    from django.db.models import Exists, OuterRef

    from diffuscope.register.waves import counting, rows_of

    same = counting(rows_of(other)).filter(project=OuterRef("project"), city=OuterRef("city"))
    rows = counting(rows_of(wave)).filter(~Exists(same), project__retired=False)
    return visible(rows, person).select_related("project", "city")
