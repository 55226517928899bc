"""Desk for links, splits and merges: what may be one project is proposed, and the secretariat decides."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from diffuscope.errors import DiffuscopeError, PlanError
from diffuscope.register.export import ordered_waves
from diffuscope.register.rights import visible
from diffuscope.register.screens.lists import choice_of
from diffuscope.register.screens.pages import folder_of, said, told

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = 50
CITIES = 2_000
"""Cities of which the titles that disappeared are read at once."""
NEAR = 0.72
"""Likeness of two titles (Ratcliff and Obershelp) from which a link is proposed."""


KINDS = (
    ("link", "one project under two keys: its rows go under the earlier key"),
    ("split", "one project became several"),
    ("merge", "several projects became one"),
    ("rename", "the same project under another name, from then on with another key"),
    ("replace", "one project took the place of another"),
)
"""What may have happened, and what it means."""
ENDED = ("completed", "cancelled")
AT_ONCE = 50


class Decision(NamedTuple):
    """A succession, with who decided it and when."""

    link: Any
    person: str
    at: Any


class Proposal(NamedTuple):
    """Two projects of one city that may be one."""

    earlier: str
    earlier_title: str
    later: str
    later_title: str
    city: str
    wave: str


def desk(request: Any) -> Any:
    """Proposed links, the projects of a city to be joined or split, and the decisions that were made."""
    from django.db.models import Exists, OuterRef
    from django.shortcuts import redirect, render

    from diffuscope.register import succeed
    from diffuscope.register.models import Member, Project, Wave

    leading = Exists(Project.objects.filter(lead=OuterRef("pk")))
    city = _city(request.GET.get("city") or request.POST.get("city", ""))
    shown: dict[str, Any] = {"typed": request.POST, "city": city}
    if request.method == "POST":
        post, (earlier, later) = request.POST, (_keys(request, name) for name in ("earlier", "later"))
        try:
            text = succeed(
                folder_of().folder, post.get("kind", ""), earlier, later, why=post.get("why", ""),
                person=request.person.code, wave=post.get("wave") or None,
            )  # fmt: skip
        except DiffuscopeError as error:
            shown |= {"wrong": told(error), "earlier": earlier, "later": later}
        else:
            said(request, text)
            return redirect(f"/desk?{urlencode({'city': city})}" if city else "/desk")
    shown |= {
        "proposals": proposals(request.person), "kinds": KINDS, "projects": _of_city(city, request.person),
        "decisions": decisions(request.person),
        "cities": choice_of(Member.objects.filter(leading, retired=False)),
        "waves": ordered_waves(Wave.objects.filter(retired=False)),
    }  # fmt: skip
    return render(request, "desk.html", shown, status=422 if "wrong" in shown else 200)


def _city(text: str) -> str:
    """The code of a city that was chosen, or typed by its name."""
    from diffuscope.register.lookup import member_named

    try:
        return str(member_named(text).code) if text else ""
    except PlanError:
        return ""


def _keys(request: Any, name: str) -> list[str]:
    """Keys that were ticked, or typed with spaces or semicolons between them."""
    return " ".join(request.POST.getlist(name)).replace(";", " ").split()


def _of_city(code: str, person: Any) -> list[tuple[Any, str]]:
    """The latest row of each project of a city, and the waves that show it."""
    from diffuscope.register.models import Observation

    if not code:
        return []
    rows = visible(Observation.objects.filter(city__code=code, project__retired=False), person)
    last: dict[tuple[int, int], Any] = {}
    for row in rows.select_related("project", "wave").order_by("version"):
        last[row.project_id, row.wave_id] = row
    seen: dict[int, list[Any]] = {}
    for row in last.values():
        if not row.withdrawn:
            seen.setdefault(row.project_id, []).append(row)
    found = []
    for own in seen.values():
        latest = max(own, key=lambda row: row.wave.position)
        waves = [one.code for one in ordered_waves({row.wave_id: row.wave for row in own}.values())]
        found.append((latest, ", ".join(waves)))
    return sorted(found, key=lambda pair: pair[0].title)


def decisions(person: Any) -> list[Decision]:
    """Who continues whom, by whose decision, the latest first."""
    from diffuscope.register.models import Change, Succession

    rows = visible(Succession.objects.filter(retired=False), person)
    links = list(rows.select_related("earlier", "later", "wave").order_by("-pk")[:AT_ONCE])
    acts = Change.objects.filter(entity="Succession", field="", row__any_of=[one.pk for one in links])
    who = {one.row: (one.person.code, one.at) for one in acts.select_related("person")}
    return [Decision(one, *who.get(one.pk, ("", None))) for one in links]


def proposals(person: Any) -> list[Proposal]:
    """Projects that appear in a wave under a new key, near the title of one that disappeared there.

    At most `AT_ONCE`, those of the latest waves first: a decision makes room for the next. Each pair of waves
    takes one query, and one for every `CITIES` cities with new projects, until there are as many.
    """
    from diffuscope.register.models import Wave

    waves = ordered_waves(Wave.objects.filter(retired=False))
    between = (one for pair in reversed(list(pairwise(waves))) for one in _between(person, *pair))
    return list(islice(between, AT_ONCE))


def _between(person: Any, before: Any, after: Any) -> Iterator[Proposal]:
    """Those between two waves; rows that are in both never leave the database."""
    from diffuscope.register.models import Succession

    decided = visible(Succession.objects.filter(retired=False), person).values("earlier_id")
    gone = _only_in(person, before, after).exclude(status__in=ENDED).exclude(project__in=decided)
    said = ("city", "folded", "title", "project__code")
    rows = _only_in(person, after, before).order_by("city__name", "pk").values_list(*said, "city__name")
    new: dict[int, list[Any]] = {}
    for city, *row in rows:
        new.setdefault(city, []).append(row)
    for at in range(0, len(new), CITIES):
        cities = list(new)[at : at + CITIES]
        titles: dict[int, dict[str, tuple[str, str]]] = {}
        for city, folded, title, code in gone.filter(city__any_of=cities).values_list(*said):
            titles.setdefault(city, {})[folded] = (code, title)
        for city in cities:
            for folded, title, code, name in new[city] if city in titles else ():
                for near in get_close_matches(folded, titles[city], n=1, cutoff=NEAR):
                    yield Proposal(*titles[city][near], code, title, name, after.code)


def _only_in(person: Any, wave: Any, other: Any) -> Any:
    """What counts in one wave, of projects that the city has not in another."""
    from django.db.models import Exists, OuterRef

    from diffuscope.register.waves import counting, rows_of

    same = counting(rows_of(other)).filter(project=OuterRef("project"), city=OuterRef("city"))
    rows = counting(rows_of(wave)).filter(~Exists(same), project__retired=False)
    return visible(rows, person)
