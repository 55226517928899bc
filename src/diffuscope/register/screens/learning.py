"""Learning between cities: practices, exchanges, peers, needs and offers, indicators."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from diffuscope.register.rights import members_of, own_partners, visible
from diffuscope.register.screens.lists import MANY, Choice, choice_of, page_of
from diffuscope.register.screens.pages import folder_of, number_of, said

if TYPE_CHECKING:
    from pathlib import Path

AT_ONCE = 30


def own_members(person: Any) -> Choice:
    """Members for which a person may write, by name."""
    return choice_of(members_of(person, "report"))


def practices(request: Any) -> Any:
    """Practices found by words, of those whoever asks may see; a city begins one here."""
    from django.core.paginator import Paginator
    from django.shortcuts import render

    from diffuscope.register.models import Area, Practice
    from diffuscope.register.search import found, search_key

    asked = request.GET.get("q", "").strip()[:200]
    keys = [search_key(word) for word in asked.split()]
    rows = found(Practice.objects.filter(retired=False), request.person, keys)
    rows = rows.select_related("member").order_by("title", "pk")
    shown = {
        "asked": asked, "page": Paginator(rows, AT_ONCE).get_page(request.GET.get("page")),
        "members": own_members(request.person),
        "areas": list(dict.fromkeys(Area.objects.filter(retired=False).values_list("area", flat=True))),
    }  # fmt: skip
    return render(request, "practices.html", shown)


def begin(request: Any) -> Any:
    """A city writes a practice."""
    from django.shortcuts import redirect

    from diffuscope.register.practices import WRITABLE, write_practice

    values = {name: request.POST.get(name, "") for name in WRITABLE}
    folder, person = folder_of().folder, request.person.code
    code = write_practice(folder, request.POST.get("member", ""), values, person=person)
    said(request, "The practice is kept. Nobody else sees it before you release it.")
    return redirect(f"/practices/{code}")


def practice(request: Any, code: str) -> Any:
    """One practice: read, written by its city, reviewed by the secretariat, taken up by others."""
    from django.http import Http404
    from django.shortcuts import render

    from diffuscope.register.models import Area
    from diffuscope.register.practices import practices_seen

    one = practices_seen(request.person).filter(code=code).first()
    if one is None:
        raise Http404
    members = members_of(request.person, "report")
    taken = one.taken_up.filter(retired=False).select_related("member", "learned_from")
    taken = page_of(request, taken.order_by("first_seen", "pk"))
    shown = {
        "practice": one, "pages": taken,
        "taken": [(row, row.first_seen.partition("/")[0]) for row in taken],
        "mine": members.filter(pk=one.member_id).exists(),
        "others": choice_of(members.exclude(pk=one.member_id)),
        "secretary": request.person is not None and "secretariat" in request.person.kinds,
        "areas": list(dict.fromkeys(Area.objects.filter(retired=False).values_list("area", flat=True))),
    }  # fmt: skip
    return render(request, "practice.html", shown)


def step(request: Any, code: str) -> Any:
    """A practice is changed, released, reviewed or taken up."""
    from django.http import Http404
    from django.shortcuts import redirect

    from diffuscope.register.practices import practices_seen

    one = practices_seen(request.person).filter(code=code).first()
    if one is None:
        raise Http404
    said(request, _done(request, one))
    return redirect(f"/practices/{code}")


def _done(request: Any, one: Any) -> str:
    """What a form of a practice's page asks for, done."""
    from diffuscope.register import practices as own

    post, folder, person = request.POST, folder_of().folder, request.person.code
    if post.get("do") == "release":
        own.release_practice(folder, one.code, person=person)
        return "The practice is released; the secretariat reviews it."
    if post.get("do") == "review":
        own.review_practice(folder, one.code, person=person, comment=post.get("comment", "").strip())
        return (
            "The practice goes back with your comment." if post.get("comment") else "Everybody sees it now."
        )
    if post.get("do") == "take-up":
        own.take_up(
            folder, one.code, post.get("member", ""), since=post.get("since", ""), person=person,
            learned_from=post.get("learned_from", ""), source=post.get("source", ""),
        )  # fmt: skip
        return "The take-up is kept."
    values = {name: post.get(name, "") for name in own.WRITABLE}
    own.write_practice(folder, one.member.code, values, person=person, practice=one.code)
    return "The practice is changed."


def exchanges(request: Any) -> Any:
    """Exchanges of the own city: asked for, answered, held, followed up."""
    from django.shortcuts import redirect, render

    from diffuscope.register.exchanges import KINDS, NEXT, exchanges_seen, move_exchange, request_exchange
    from diffuscope.register.models import Member

    post, folder = request.POST, folder_of().folder
    if request.method == "POST" and post.get("do") == "request":
        request_exchange(
            folder, post.get("asking", ""), post.get("asked", ""), kind=post.get("kind", ""),
            about=post.get("about", ""), person=request.person.code,
        )  # fmt: skip
        said(request, "The other city is asked.")
        return redirect("/exchanges")
    if request.method == "POST":
        move_exchange(
            folder, number_of(post.get("number", "")), post.get("state", ""),
            person=request.person.code, day=post.get("day", ""),
        )  # fmt: skip
        said(request, f"The exchange is {post.get('state')}.")
        return redirect("/exchanges")
    pages = page_of(request, exchanges_seen(request.person))
    shown = {
        "exchanges": [(one, NEXT.get(one.state, ())) for one in pages], "pages": pages,
        "kinds": KINDS, "own": own_members(request.person),
        "members": choice_of(Member.objects.filter(retired=False, kind="city")),
        "asked": request.GET.get("asked", ""), "about": request.GET.get("about", ""),
    }  # fmt: skip
    return render(request, "exchanges.html", shown)


def peers(request: Any, member: str) -> Any:
    """Cities further along with the same work, with the reason, from the latest published edition."""
    from django.http import Http404
    from django.shortcuts import render

    from diffuscope.register.models import Edition, Member

    whose = members_of(request.person, "report").filter(code=member).first()
    if whose is None:
        raise Http404
    editions = visible(Edition.objects.filter(retired=False), None)
    last = editions.order_by("wave__position", "number").last()
    offered = _peers_of(folder_of().editions / last.file).get(member, ()) if last is not None else ()
    names = dict(Member.objects.filter(code__in=[row["peer"] for row in offered]).values_list("code", "name"))
    shown = {
        "member": whose,
        "edition": last,
        "known": last is not None and _reported(folder_of().editions / last.file, last.wave.code, member),
        "peers": [(row, names.get(row["peer"], row["peer"])) for row in offered],
    }
    return render(request, "peers.html", shown)


def _reported(packed: Path, wave: str, member: str) -> bool:
    """Whether a wave shows projects of a member: without any, nothing can be compared."""
    from diffuscope.register.screens.atlas import places_of

    return any(one.unit == member and one.projects for one in places_of(packed, wave).cities)


@lru_cache(maxsize=4)  # what is published never changes
def _peers_of(packed: Path) -> dict[str, list[dict[str, Any]]]:
    import zipfile

    from diffuscope.result import from_json

    with zipfile.ZipFile(packed) as opened:
        if "result.json" not in opened.namelist():
            return {}
        result = from_json(opened.read("result.json"))
    frame = result.frames.get("learning_peers")
    found: dict[str, list[dict[str, Any]]] = {}
    for cells in (frame.rows or ()) if frame is not None else ():
        row = dict(zip(frame.columns, cells, strict=True)) if frame is not None else {}
        found.setdefault(str(row["unit"]), []).append(row)
    return found


def needs(request: Any) -> Any:
    """What cities need and partners offer; who was matched, and what came of it."""
    from django.shortcuts import redirect, render

    from diffuscope.register.models import Area
    from diffuscope.register.money import from_minor
    from diffuscope.register.needs import needs_seen, offers_seen

    if request.method == "POST":
        said(request, _done_for_needs(request))
        return redirect("/needs")
    own, partner = own_members(request.person), own_partners(request.person)
    wanted = page_of(request, needs_seen(request.person))
    offers = page_of(request, offers_seen(request.person), "offers")
    asked = {one.need_id for one in offers if one.need_id is not None}
    known = set(needs_seen(request.person).filter(pk__in=asked).values_list("pk", flat=True))
    may_say = {one.pk for one in partner}
    for one in offers:  # to whose need it went is for those who see that need, and for the partner
        one.goes = one.need_id is not None and (one.need_id in known or one.organisation_id in may_say)
    shown = {
        "needs": [(one, from_minor(one.amount_minor, one.currency)) for one in wanted], "wanted": wanted,
        "offers": [(one, from_minor(one.amount_minor, one.currency)) for one in offers], "offered": offers,
        "own": own, "partner": partner, "may_match": bool(partner) or "secretariat" in request.person.kinds,
        "areas": list(dict.fromkeys(Area.objects.filter(retired=False).values_list("area", flat=True))),
        "opted": [one for one in own.rows if one.opted_in] if "city" in request.person.kinds else [],
        "not_opted": [one for one in own.rows if not one.opted_in] if "city" in request.person.kinds else [],
    }  # fmt: skip
    return render(request, "needs.html", shown)


def _done_for_needs(request: Any) -> str:
    from diffuscope.register import needs as own

    post, folder, person = request.POST, folder_of().folder, request.person.code
    wanted = own.Wanted(*(post.get(name, "") for name in own.Wanted._fields))
    numbers = {name: number_of(post.get(name, "")) for name in ("offer", "need")}
    if post.get("do") == "need":
        own.add_need(folder, post.get("member", ""), wanted, person=person)
        return "The need is kept."
    if post.get("do") == "offer":
        own.add_offer(folder, post.get("organisation", ""), wanted, person=person)
        return "The offer is kept."
    if post.get("do") == "match":
        own.match_offer(folder, numbers["offer"], numbers["need"], person=person)
        return "The offer goes to that need."
    if post.get("do") in ("opt-in", "opt-out"):
        own.opt_in(folder, post.get("member", ""), person=person, yes=post["do"] == "opt-in")
        return "Partners see your needs." if post["do"] == "opt-in" else "Partners see your needs no more."
    met = post.get("met") == "yes"
    own.say_outcome(folder, numbers["offer"], post.get("outcome", ""), person=person, met=met)
    return "What came of it is kept."


def indicators(request: Any, wave: str) -> Any:
    """Indicators of a wave: baseline, target and actual value."""
    from django.shortcuts import redirect, render

    from diffuscope.register.indicators import CELLS, set_indicator, values_seen
    from diffuscope.register.lookup import wave_named
    from diffuscope.register.models import Indicator

    of, post = wave_named(wave), request.POST
    if request.method == "POST":
        set_indicator(
            folder_of().folder, wave, post.get("member", ""), post.get("indicator", "").strip(),
            {name: post.get(name, "") for name in CELLS}, person=request.person.code,
        )  # fmt: skip
        said(request, "The indicator is kept.")
        return redirect(f"/waves/{wave}/indicators")
    shown = {
        "wave": of, "values": page_of(request, values_seen(request.person, of)),
        "known": Indicator.objects.order_by("code")[:MANY],
        "own": own_members(request.person) if of.state == "open" else None,
    }  # fmt: skip
    return render(request, "indicators.html", shown)
