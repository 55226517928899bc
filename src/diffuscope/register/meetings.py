"""Meetings of the network, and who attended: kept by the secretariat; a member says that it was there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.errors import PlanError
from diffuscope.register.database import opened, writing
from diffuscope.register.lookup import member_named, next_position
from diffuscope.register.messages import Message, Term
from diffuscope.register.practices import refuse_no_date
from diffuscope.register.rights import require
from diffuscope.register.write import act_of, add

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SOURCE = "register"


class Meeting(NamedTuple):
    """What a meeting is.

    Attributes
    ----------
    name, kind : str
    start, end : str
        First and last day: a year, a month or a day; `end` may be empty.
    place : str
    host : str
        A member; empty where it is not known.
    """

    name: str
    kind: str
    start: str
    end: str = ""
    place: str = ""
    host: str = ""


def add_meeting(folder: str | Path, meeting: Meeting, *, person: str) -> str:
    """Keep a meeting of the network.

    Parameters
    ----------
    folder : str or Path
    meeting : Meeting
    person : str
        Of the secretariat.

    Returns
    -------
    str
        Its code.

    Raises
    ------
    PlanError
        If it has no name or kind, or its days are none, or in the wrong order.
    """
    with opened(folder), writing():
        from diffuscope.register.models import Event

        act = act_of(person, channel="form")
        require(act, "write")
        says = Meeting(*(text.strip() for text in meeting))
        for name in ("name", "kind"):
            if not getattr(says, name):
                raise PlanError(Message("field-needed", {"field": Term("screen", name)}))
        says = says._replace(
            start=refuse_no_date(says.start), end=refuse_no_date(says.end) if says.end else ""
        )
        if says.end and says.end < says.start[: len(says.end)]:
            raise PlanError(Message("ends-before", {"start": says.start, "end": says.end}))
        host = member_named(says.host).code if says.host else ""
        fields = {**says._asdict(), "host": host, "source": SOURCE}
        code = _new_code()
        add(act, [Event(event=code, position=next_position(Event), **fields)])
        return code


def attended(folder: str | Path, meeting: str, members: Sequence[str], *, person: str) -> int:
    """Say that members were at a meeting; gives how many of them were not known to have been there.

    Parameters
    ----------
    folder : str or Path
    meeting : str
        Its code.
    members : sequence of str
    person : str
        Who acts for each of the members, or the secretariat.
    """
    with opened(folder), writing():
        from diffuscope.register.models import Attendance, Event

        act = act_of(person, channel="form")
        if not Event.objects.filter(event=meeting, retired=False).exists():
            raise PlanError(Message("no-meeting", {"value": meeting}))
        if not members:
            raise PlanError(Message("tick-who-was-there"))
        there = set(Attendance.objects.filter(event=meeting, retired=False).values_list("unit", flat=True))
        new = []
        for name in dict.fromkeys(members):
            member = member_named(name)
            require(act, "report", member)
            if member.code not in there:
                new.append(Attendance(event=meeting, unit=member.code, source=SOURCE))
        first = next_position(Attendance)
        for at, one in enumerate(new):
            one.position = first + at
        add(act, new)
        return len(new)


def meetings_held() -> Any:
    """Meetings, the latest first; everybody of the network sees them."""
    from diffuscope.register.models import Event

    return Event.objects.filter(retired=False).order_by("-start", "-pk")


def attendance_of(meetings: Sequence[Any]) -> dict[str, list[Any]]:
    """Who attended some meetings, by the code of the meeting."""
    from diffuscope.register.models import Attendance

    there: dict[str, list[Any]] = {one.event: [] for one in meetings}
    for one in Attendance.objects.filter(retired=False, event__any_of=list(there)).order_by("position", "pk"):
        there[one.event].append(one)
    return there


def _new_code() -> str:
    from diffuscope.register.models import Event

    taken = set(Event.objects.values_list("event", flat=True))
    number = len(taken) + 1
    while (code := f"meeting-{number:03}") in taken:
        number += 1
    return code
