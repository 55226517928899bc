"""Meetings on a screen: which were held, and who was there."""

from __future__ import annotations

from typing import Any, NamedTuple

from diffuscope.register.messages import Message
from diffuscope.register.screens.learning import own_members
from diffuscope.register.screens.lists import Choice, choice_of, names_by_code, page_of
from diffuscope.register.screens.pages import folder_of, said

AT_ONCE = 10
"""Meetings on one page; each lists who was there."""


class Held(NamedTuple):
    """A meeting as the page shows it.

    Attributes
    ----------
    code, name, start, end, place, kind, host : str
    who : list of (str, str)
        Name and role of each who attended.
    missing : list of (str, str)
        Code and name of each of whom the reader can say that they attended; empty where they are too many to
        be listed, and are typed.
    """

    code: str
    name: str
    start: str
    end: str
    place: str
    kind: str
    host: str
    who: list[tuple[str, str]]
    missing: list[tuple[str, str]]


def meetings(request: Any) -> Any:
    """Meetings of the network; the secretariat adds one, and members say that they were there."""
    from django.shortcuts import redirect, render

    from diffuscope.register.meetings import Meeting, add_meeting, attended, meetings_held
    from diffuscope.register.models import Member

    post, folder, person = request.POST, folder_of().folder, request.person.code
    if request.method == "POST" and post.get("do") == "meeting":
        add_meeting(folder, Meeting(*(post.get(name, "") for name in Meeting._fields)), person=person)
        said(request, Message("meeting-kept"))
        return redirect("/meetings")
    if request.method == "POST":
        attended(folder, post.get("meeting", ""), post.getlist("member"), person=person)
        said(request, Message("attendance-kept"))
        return redirect("/meetings")
    own, pages = own_members(request.person), page_of(request, meetings_held(), at_once=AT_ONCE)
    shown = {
        "meetings": _held(pages, own), "pages": pages, "many": own.many,
        "secretary": "secretariat" in request.person.kinds,
        "members": choice_of(Member.objects.filter(retired=False)),
    }  # fmt: skip
    return render(request, "meetings.html", shown)


def _held(events: Any, members: Choice) -> list[Held]:
    from diffuscope.register.meetings import attendance_of

    attendance, rows = attendance_of(list(events)), []
    named = {row.unit for there in attendance.values() for row in there} | {one.host for one in events}
    names = names_by_code(named)
    own = [] if members.many else [(one.code, one.name) for one in members.rows]
    for one in events:
        there = attendance[one.event]
        who = [(names.get(row.unit, row.unit), row.role) for row in there]
        known = {row.unit for row in there}
        missing = [(code, name) for code, name in own if code not in known]
        host = names.get(one.host, one.host)
        rows.append(Held(one.event, one.name, one.start, one.end, one.place, one.kind, host, who, missing))
    return rows
