"""Learning between cities: practices, exchanges, peers, needs and offers, indicators."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from diffuscope.register.messages import Message, Term
from diffuscope.register.rights import members_of, own_partners, visible
from diffuscope.register.screens.files import edition_result
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
    from django.shortcuts import render

    from diffuscope.register.models import Area
    from diffuscope.register.practices import practices_found

    asked = request.GET.get("q", "").strip()[:200]
    rows = practices_found(request.person, asked).select_related("member")
    shown = {
        "asked": asked, "page": page_of(request, rows, at_once=AT_ONCE),
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
    said(request, Message("practice-kept"))
    return redirect(f"/practices/{code}")


def practice(request: Any, code: str) -> Any:
    """One practice: read, written by its city, reviewed by the secretariat, taken up by others."""
    from django.http import Http404
    from django.shortcuts import render

    from diffuscope.register.models import Area, Member
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
        "teachers": choice_of(Member.objects.filter(retired=False, kind="city")),
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


def _done(request: Any, one: Any) -> Message:
    """What a form of a practice's page asks for, done."""
    from diffuscope.register import practices as own

    post, folder, person = request.POST, folder_of().folder, request.person.code
    if post.get("do") == "release":
        own.release_practice(folder, one.code, person=person)
        return Message("practice-released")
    if post.get("do") == "review":
        own.review_practice(folder, one.code, person=person, comment=post.get("comment", "").strip())
        return Message("practice-back" if post.get("comment") else "practice-reviewed")
    if post.get("do") == "take-up":
        own.take_up(
            folder, one.code, post.get("member", ""), since=post.get("since", ""), person=person,
            learned_from=post.get("learned_from", ""), source=post.get("source", ""),
        )  # fmt: skip
        return Message("take-up-kept")
    values = {name: post.get(name, "") for name in own.WRITABLE}
    own.write_practice(folder, one.member.code, values, person=person, practice=one.code)
    return Message("practice-changed")


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
        said(request, Message("exchange-asked"))
        return redirect("/exchanges")
    if request.method == "POST":
        move_exchange(
            folder, number_of(post.get("number", "")), post.get("state", ""),
            person=request.person.code, day=post.get("day", ""), note=post.get("note", ""),
        )  # fmt: skip
        said(request, Message("exchange-now", {"state": Term("word", post.get("state", ""))}))
        return redirect("/exchanges")
    pages = page_of(request, exchanges_seen(request.person))
    shown = {
        "exchanges": [(one, NEXT.get(one.state, ())) for one in pages], "pages": pages,
        "kinds": KINDS, "own": own_members(request.person),
        "members": choice_of(Member.objects.filter(retired=False, kind="city")),
        **{name: request.GET.get(name, "") for name in ("asking", "asked", "about")},
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
    names = dict(
        Member.objects.filter(code__any_of=[row["peer"] for row in offered]).values_list("code", "name")
    )
    shown = {
        "member": whose,
        "edition": last,
        "known": last is not None and _reported(folder_of().editions / last.file, last.wave.code, member),
        "peers": [(row, names.get(row["peer"], row["peer"]), _why(row)) for row in offered],
    }
    return render(request, "peers.html", shown)


def _reported(packed: Path, wave: str, member: str) -> bool:
    """Whether a wave shows projects of a member: without any, nothing can be compared."""
    from diffuscope.register.screens.atlas import places_of

    return any(one.unit == member and one.projects for one in places_of(packed, wave).cities)


def _why(row: dict[str, Any]) -> Message:
    """Why a peer is proposed; in English with every detail of the edition."""
    code = "peer-reason" if row["shared"] else "peer-reason-alone"
    return Message(code, {
        "reason": str(row["reason"]), "status": Term("status", str(row["peer_status"])),
        "area": str(row["area"] or ""), "count": str(row["shared"] or 0),
    })  # fmt: skip


@lru_cache(maxsize=4)  # what is published never changes
def _peers_of(packed: Path) -> dict[str, list[dict[str, Any]]]:
    with edition_result(packed) as result:
        frame = None if result is None else result.frames.get("learning_peers")
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
    own, kinds = own_members(request.person), request.person.kinds
    partner = own_partners(request.person)
    wanted = page_of(request, needs_seen(request.person))
    offers = page_of(request, offers_seen(request.person), "offers")
    asked = {one.need_id for one in offers if one.need_id is not None}
    known = set(needs_seen(request.person).filter(pk__any_of=asked).values_list("pk", flat=True))
    may_say = {one.pk for one in partner}
    for one in offers:  # to whose need it went is for those who see that need, and for the partner
        one.goes = one.need_id is not None and (one.need_id in known or one.organisation_id in may_say)
    matched = _matched(offers_seen(request.person).filter(need__any_of=[one.pk for one in wanted]))
    free = offers_seen(request.person).filter(need__isnull=True)
    free = free if "secretariat" in kinds else free.filter(organisation__any_of=may_say)
    shown = {
        "needs": [
            (one, from_minor(one.amount_minor, one.currency), matched.get(one.pk, ())) for one in wanted
        ],
        "offers": [(one, from_minor(one.amount_minor, one.currency)) for one in offers],
        "wanted": wanted, "offered": offers,
        "open_needs": needs_seen(request.person).filter(state="open")[:MANY],
        "free_offers": free[:MANY],
        "own": own, "partner": partner, "may_match": bool(partner) or "secretariat" in kinds,
        "areas": list(dict.fromkeys(Area.objects.filter(retired=False).values_list("area", flat=True))),
        "opted": [one for one in own.rows if one.opted_in] if "city" in kinds else [],
        "not_opted": [one for one in own.rows if not one.opted_in] if "city" in kinds else [],
    }  # fmt: skip
    return render(request, "needs.html", shown)


def _matched(offers: list[Any]) -> dict[int, list[Any]]:
    """Offers by the need that they went to."""
    found: dict[int, list[Any]] = {}
    for one in offers:
        if one.need_id is not None:
            found.setdefault(one.need_id, []).append(one)
    return found


def _done_for_needs(request: Any) -> Message:
    from diffuscope.register import needs as own

    post, folder, person = request.POST, folder_of().folder, request.person.code
    wanted = own.Wanted(*(post.get(name, "") for name in own.Wanted._fields))
    numbers = {name: number_of(post.get(name, "")) for name in ("offer", "need")}
    if post.get("do") == "need":
        own.add_need(folder, post.get("member", ""), wanted, person=person)
        return Message("need-kept")
    if post.get("do") == "offer":
        own.add_offer(folder, post.get("organisation", ""), wanted, person=person)
        return Message("offer-kept")
    if post.get("do") == "match":
        own.match_offer(folder, numbers["offer"], numbers["need"], person=person)
        return Message("offer-matched")
    if post.get("do") == "withdraw":
        own.withdraw_need(folder, numbers["need"], person=person)
        return Message("need-withdrawn")
    if post.get("do") in ("opt-in", "opt-out"):
        own.opt_in(folder, post.get("member", ""), person=person, yes=post["do"] == "opt-in")
        return Message("opted-in" if post["do"] == "opt-in" else "opted-out")
    met = post.get("met") == "yes"
    own.say_outcome(folder, numbers["offer"], post.get("outcome", ""), person=person, met=met)
    return Message("outcome-kept")


def indicators(request: Any, wave: str) -> Any:
    """Indicators of a wave: baseline, target and actual value."""
    from django.shortcuts import redirect, render

    from diffuscope.register.indicators import CELLS, set_indicator, values_seen
    from diffuscope.register.lookup import wave_named
    from diffuscope.register.models import Indicator, Member

    of, post = wave_named(wave), request.POST
    if request.method == "POST":
        set_indicator(
            folder_of().folder, wave, post.get("member", ""), post.get("indicator", "").strip(),
            {name: post.get(name, "") for name in CELLS}, person=request.person.code,
        )  # fmt: skip
        said(request, Message("indicator-kept"))
        return redirect(f"/waves/{wave}/indicators")
    own = own_members(request.person) if of.state == "open" else Choice([], False)
    values, mine = values_seen(request.person, of), {one.code for one in own.rows}
    pages = page_of(request, values)
    codes = [one.unit for one in pages]
    names = dict(Member.objects.filter(code__any_of=codes).values_list("code", "name"))
    asked = (request.GET.get("indicator"), request.GET.get("member"))
    shown = {
        "wave": of, "known": Indicator.objects.order_by("code")[:MANY], "own": own, "pages": pages,
        "values": [(one, names.get(one.unit, one.unit), one.unit in mine) for one in pages],
        "filled": _filled(values.filter(indicator__code=asked[0], unit=asked[1]).first()),
    }  # fmt: skip
    return render(request, "indicators.html", shown)


def _filled(value: Any) -> dict[str, str]:
    """What the form of an indicator shows of one that is to be put right."""
    if value is None:
        return {}
    numbers = {name: getattr(value, name) for name in ("baseline", "target", "actual")}
    said = {name: "" if number is None else f"{number:.15g}" for name, number in numbers.items()}
    texts = {name: getattr(value, name) for name in ("unit", "name", "unit_of_measure")}
    return {**said, **texts, "indicator": value.indicator.code}
