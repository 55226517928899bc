"""Wave board: members by the state of their return, and the secretariat's steps."""

from __future__ import annotations

from collections import Counter
from typing import Any

from diffuscope.records.phrases import counted
from diffuscope.register.screens.lists import MANY, page_of
from diffuscope.register.screens.pages import folder_of, said

STEPS = ("accept", "nil", "carried-forward", "excused")


def waves(request: Any) -> Any:
    """All waves, and the form that opens another."""
    from django.shortcuts import redirect, render

    from diffuscope.register import open_wave
    from diffuscope.register.models import Edition, Wave
    from diffuscope.register.rights import require, visible
    from diffuscope.register.write import act_of

    if request.method == "POST":
        require(act_of(request.person.code), "write")
        wave = request.POST.get("wave", "").strip()
        asked = open_wave(
            folder_of().folder, wave, due=request.POST.get("due", ""), person=request.person.code,
            reference=request.POST.get("reference") or None,
        )  # fmt: skip
        said(request, f"The wave {wave} is open; {counted(len(asked), 'member is', 'members are')} asked.")
        return redirect(f"/waves/{wave}")
    rows = list(Wave.objects.filter(retired=False).order_by("-position"))
    current = [one for one in rows if one.state == "open"]
    if len(current) == 1 and "all" not in request.GET and not request.person.kinds & {"secretariat", "chair"}:
        return redirect(f"/waves/{current[0].code}")
    drafts = visible(Edition.objects.filter(state="proposed", retired=False), request.person)
    proposed = list(drafts.select_related("wave"))
    return render(request, "waves.html", {"waves": rows, "proposed": proposed})


def board(request: Any, wave: str) -> Any:
    """Where each member stands in a wave."""
    from django.shortcuts import redirect, render

    from diffuscope.register.board import reminder_to, standings
    from diffuscope.register.lookup import wave_named
    from diffuscope.register.rights import own_cities

    place, of = folder_of(), wave_named(wave)
    own = own_cities(request.person)
    if own and request.person.kinds == {"city"}:  # the board shows states; a focal point reports for a city
        return redirect(f"/waves/{wave}/{own[0].code}")
    rows = standings(place, of, request.person)
    pages = page_of(request, rows, at_once=MANY)
    reminders = {one.member: reminder_to(one, of, place.network) for one in pages if one.late}
    shown = {
        "wave": of,
        "rows": [(one, reminders.get(one.member, "")) for one in pages],
        "pages": pages,
        "counts": sorted(Counter(one.state for one in rows).items()),
        "late": sum(one.late for one in rows),
        "secretary": "secretariat" in request.person.kinds,
    }
    return render(request, "board.html", shown)


def step(request: Any, wave: str) -> Any:
    """One step of the secretariat: accept or mark a return, note reminders, or close the wave."""
    from django.http import Http404
    from django.shortcuts import redirect

    from diffuscope.register import accept_return, close_wave, mark_return, reminders
    from diffuscope.register.lookup import member_named

    folder, person = folder_of().folder, request.person.code
    what, member = request.POST.get("step", ""), request.POST.get("member", "")
    why = request.POST.get("why", "").strip()
    if what == "accept":
        accept_return(folder, wave, member, person=person)
        name = member_named(member).name
        said(request, f"The return of {name} is accepted. Its representative can clear it.")
    elif what in STEPS:
        said(request, mark_return(folder, wave, member, what, person=person, why=why) + ".")
    elif what == "remind":
        count = len(reminders(folder, wave, person=person))
        said(request, f"{counted(count, 'member is', 'members are')} noted as reminded.")
    elif what == "close":
        close_wave(folder, wave, person=person)
        said(request, f"The wave {wave} is closed. What did not come in is silent, which is not zero.")
    else:
        raise Http404
    return redirect(f"/waves/{wave}")
