"""Learning between cities: practices, exchanges, peers, needs and offers, indicators."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from diffuscope.register.messages import Message, Term
from diffuscope.register.screens.pages import folder_of, said

if TYPE_CHECKING:
    from pathlib import Path

AT_ONCE = 30


def own_members(person: Any) -> list[Any]:
    """Members for which a person may write: own city, cities of the own state, or all."""
    from diffuscope.register.models import Member
    from diffuscope.register.rights import roles_of

    if "secretariat" in person.kinds:
        return list(Member.objects.filter(retired=False).order_by("name"))
    pks = {role.member_id for role in roles_of(person) if role.kind in ("city", "representative")}
    states = {role.member_id for role in roles_of(person) if role.kind == "representative"}
    rows = Member.objects.filter(retired=False)
    return list((rows.filter(pk__in=pks) | rows.filter(state_id__in=states)).order_by("name"))


def practices(request: Any) -> Any:
    """Practices found by words, of those whoever asks may see; a city begins one here."""
    from django.core.paginator import Paginator
    from django.shortcuts import render

    from diffuscope.register.models import Area
    from diffuscope.register.practices import practices_found

    asked = request.GET.get("q", "").strip()[:200]
    rows = practices_found(request.person, asked)
    shown = {
        "asked": asked, "page": Paginator(rows, AT_ONCE).get_page(request.GET.get("page")),
        "members": own_members(request.person) if request.person is not None else [],
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

    from diffuscope.register.models import Area
    from diffuscope.register.practices import practices_seen

    one = practices_seen(request.person).filter(code=code).first()
    if one is None:
        raise Http404
    members = own_members(request.person) if request.person is not None else []
    taken = one.taken_up.filter(retired=False).select_related("member", "learned_from").order_by("first_seen")
    shown = {
        "practice": one, "taken": [(row, row.first_seen.partition("/")[0]) for row in taken],
        "mine": any(member.pk == one.member_id for member in members),
        "others": [member for member in members if member.pk != one.member_id],
        "teachers": _teachers() if members else [],
        "secretary": request.person is not None and "secretariat" in request.person.kinds,
        "areas": list(dict.fromkeys(Area.objects.filter(retired=False).values_list("area", flat=True))),
    }  # fmt: skip
    return render(request, "practice.html", shown)


def _teachers() -> list[tuple[str, str]]:
    """Cities from which another can have learned, by name."""
    from diffuscope.register.models import Member

    return list(
        Member.objects.filter(retired=False, kind="city").order_by("name").values_list("code", "name")
    )


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
        number = post.get("number", "")
        move_exchange(
            folder, int(number) if number.isdigit() else 0, post.get("state", ""),
            person=request.person.code, day=post.get("day", ""), note=post.get("note", ""),
        )  # fmt: skip
        said(request, Message("exchange-now", {"state": Term("word", post.get("state", ""))}))
        return redirect("/exchanges")
    shown = {
        "exchanges": [(one, NEXT.get(one.state, ())) for one in exchanges_seen(request.person)],
        "kinds": KINDS, "own": own_members(request.person),
        "members": Member.objects.filter(retired=False, kind="city").order_by("name"),
        **{name: request.GET.get(name, "") for name in ("asking", "asked", "about")},
    }  # fmt: skip
    return render(request, "exchanges.html", shown)


def peers(request: Any, member: str) -> Any:
    """Cities further along with the same work, with the reason, from the latest published edition."""
    from django.http import Http404
    from django.shortcuts import render

    from diffuscope.register.models import Edition, Member

    whose = Member.objects.filter(code=member, retired=False).first()
    last = (
        Edition.objects.filter(state="published", retired=False).order_by("wave__position", "number").last()
    )
    if whose is None or (whose.pk not in {one.pk for one in own_members(request.person)}):
        raise Http404
    offered = _peers_of(folder_of().editions / last.file).get(member, ()) if last is not None else ()
    names = dict(Member.objects.values_list("code", "name"))
    shown = {
        "member": whose,
        "edition": last,
        "peers": [(row, names.get(row["peer"], row["peer"]), _why(row)) for row in offered],
    }
    return render(request, "peers.html", shown)


def _why(row: dict[str, Any]) -> Message:
    """Why a peer is proposed; in English with every detail of the edition."""
    code = "peer-reason" if row["shared"] else "peer-reason-alone"
    return Message(code, {
        "reason": str(row["reason"]), "status": Term("status", str(row["peer_status"])),
        "area": str(row["area"] or ""), "count": str(row["shared"] or 0),
    })  # fmt: skip


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
    from diffuscope.register.rights import roles_of

    if request.method == "POST":
        said(request, _done_for_needs(request))
        return redirect("/needs")
    own, kinds = own_members(request.person), request.person.kinds
    partner = [role.organisation for role in roles_of(request.person) if role.kind == "partner"]
    offers, wanted = list(offers_seen(request.person)), list(needs_seen(request.person))
    matched = _matched(offers)
    free = [one for one in offers if one.need_id is None]
    shown = {
        "needs": [
            (one, from_minor(one.amount_minor, one.currency), matched.get(one.pk, ())) for one in wanted
        ],
        "offers": [(one, from_minor(one.amount_minor, one.currency)) for one in offers],
        "open_needs": [one for one in wanted if one.state == "open"],
        "free_offers": [one for one in free if one.organisation in partner or "secretariat" in kinds],
        "own": own, "partner": partner, "may_match": bool(partner) or "secretariat" in kinds,
        "areas": list(dict.fromkeys(Area.objects.filter(retired=False).values_list("area", flat=True))),
        "opted": [one for one in own if one.opted_in] if "city" in kinds else [],
        "not_opted": [one for one in own if not one.opted_in] if "city" in kinds else [],
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
    numbers = {name: int(post[name]) if post.get(name, "").isdigit() else 0 for name in ("offer", "need")}
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
    own = own_members(request.person) if of.state == "open" else []
    values, mine = values_seen(request.person, of), {one.code for one in own}
    names = dict(Member.objects.values_list("code", "name"))
    asked = (request.GET.get("indicator"), request.GET.get("member"))
    shown = {
        "wave": of, "known": Indicator.objects.order_by("code"), "own": own,
        "values": [(one, names.get(one.unit, one.unit), one.unit in mine) for one in values],
        "filled": _filled(next((one for one in values if (one.indicator.code, one.unit) == asked), None)),
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
