"""Where a wave stands, and what became of a project: lists that commands print and screens show."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from diffuscope.register.database import opened, writing
from diffuscope.register.judge import FIELDS
from diffuscope.register.language import day_in, language
from diffuscope.register.lookup import project_named, unsettled, wave_named
from diffuscope.register.messages import Message, Term, Value, typed
from diffuscope.register.questions import OpenQuery, open_queries
from diffuscope.register.rights import members_of, require, sees_all, visible
from diffuscope.register.waves import counting, rows_of
from diffuscope.register.write import act_of, change

if TYPE_CHECKING:
    from pathlib import Path

NO_RETURN = ("expected", "silent", "excused")
"""States of a return in which nothing is known of a member's projects."""


class Standing(NamedTuple):
    """Where one member stands in a wave.

    Attributes
    ----------
    member, name, state : str
    projects, fresh : int or None
        Projects in the wave, and those of them that are not carried forward; None where nothing came, so that
        they are not known.
    queries : int
        Questions that are open.
    late : bool
        Whether nothing came by the end of the due date, in the network's time zone.
    received, language : str
        When it came; in which language the member is written to.
    """

    member: str
    name: str
    state: str
    projects: int | None
    fresh: int | None
    queries: int
    late: bool
    received: str
    language: str = "en"


class HistoryLine(NamedTuple):
    """One change in the life of a project.

    Attributes
    ----------
    at : datetime
    person, channel, wave, what : str
    old, new, why : str
    """

    at: datetime
    person: str
    channel: str
    wave: str
    what: str
    old: str
    new: str
    why: str


def status(folder: str | Path, wave: str | None = None, *, person: str) -> list[Standing]:
    """Who has sent, who is late, who is asked, in a wave.

    Parameters
    ----------
    folder : str or Path
    wave : str, optional
        By default the latest that was opened here.
    person : str

    Returns
    -------
    list of Standing
        Of the members that the person may see.
    """
    with opened(folder) as place:
        act = act_of(person)
        return standings(place, _asked_wave(wave), act.person)


def standings(place: Any, wave: Any, person: Any, member: Any = None) -> list[Standing]:
    """The same of an open register; of one member, where one is given."""
    from django.db.models import Count

    from diffuscope.register.models import ExpectedReturn

    late = wave.due is not None and datetime.now(ZoneInfo(place.zone)).date() > wave.due
    expected = visible(ExpectedReturn.objects.filter(wave=wave, retired=False), person)
    if member is not None:
        expected = expected.filter(member=member)
    queries = dict(unsettled().filter(wave=wave).values_list("member").annotate(Count("id")).order_by())
    projects = _counted(wave, member)
    return [
        Standing(
            one.member.code,
            one.member.name,
            one.state,
            *_known(projects.get(one.member_id, (0, 0)), one.state),
            queries.get(one.member_id, 0),
            late and one.state in ("expected", "silent"),
            one.received,
            one.member.language,
        )
        for one in expected.select_related("member").order_by("member__position", "member__code")
    ]


def return_of(wave: Any, member: Any) -> str:
    """The state of a member's return, or of that of its state; empty where none was expected."""
    from diffuscope.register.models import ExpectedReturn

    rows = ExpectedReturn.objects.filter(wave=wave, member__in=[member.pk, member.state_id], retired=False)
    states = dict(rows.values_list("member_id", "state"))
    return str(states.get(member.pk, states.get(member.state_id, "")))


def _known(counts: tuple[int, int], state: str) -> tuple[int | None, int | None]:
    """Projects, and fresh ones among them; silence is not zero."""
    return (None, None) if counts == (0, 0) and state in NO_RETURN else counts


def _counted(wave: Any, member: Any) -> dict[int, tuple[int, int]]:
    """Projects of a wave by the member that reports them, and how many of them are not carried forward."""
    from django.db.models import Count, Q
    from django.db.models.functions import Coalesce

    rows = counting(rows_of(wave, member)).order_by()
    fresh = Count("id", filter=~Q(sent__file__startswith="carried forward"))
    by_state = rows.annotate(state=Coalesce("city__state_id", "city_id")).values_list("state")
    return {state: (n, new) for state, n, new in by_state.annotate(n=Count("id"), fresh=fresh)}


def reminders(folder: str | Path, wave: str | None = None, *, person: str) -> dict[str, str]:
    """The text of a reminder to each member whose return is late; each is noted as reminded.

    Parameters
    ----------
    folder : str or Path
    wave : str, optional
    person : str
        Of the secretariat.

    Returns
    -------
    dict of str to str
        Text by member.
    """
    with opened(folder) as place, writing():
        from diffuscope.register.models import ExpectedReturn

        act = act_of(person, why="reminded")
        require(act, "write")
        of = _asked_wave(wave)
        late = [one for one in standings(place, of, act.person) if one.late]
        for one in ExpectedReturn.objects.filter(wave=of, member__code__any_of=[row.member for row in late]):
            change(act, one, {"reminded": act.at})
        return {one.member: reminder_to(one, of, place.network) for one in late}


def reminder_to(one: Standing, wave: Any, network: str) -> str:
    """The text of a reminder, in the language of the member that is late."""
    words = language(one.language)
    due = "" if wave.due is None else day_in(wave.due.isoformat(), words)
    said: dict[str, Value] = {"member": one.name, "wave": wave.code, "network": network, "due": due}
    return Message("reminder", said).said_in(words)


def queries(folder: str | Path, wave: str | None = None, *, person: str) -> list[OpenQuery]:
    """Questions that are open.

    Parameters
    ----------
    folder : str or Path
    wave : str, optional
        By default of every wave.
    person : str
    """
    with opened(folder):
        act = act_of(person)
        return open_queries(act.person, None if wave is None else wave_named(wave))


def history(folder: str | Path, project: str, *, person: str) -> list[HistoryLine]:
    """Everything that changed in a project: who, when, by which way, from what to what, and why.

    Whoever does not see the returns of its city gets what is published of it, without names of persons.

    Parameters
    ----------
    folder : str or Path
    project : str
        Its code.
    person : str
    """
    with opened(folder):
        from diffuscope.register.models import Change, Observation

        act = act_of(person)
        of = project_named(project)
        named = members_of(act.person, "see").filter(pk=of.lead_id).exists()
        seen = visible(Observation.objects.filter(project=of), act.person).select_related(
            "wave", "city", "sent"
        )
        rows = {one.pk: one for one in seen.order_by("pk")}
        links = {one.pk: one for one in successions_of(of, act.person)}
        ours = [("Observation", rows), ("Succession", links)]
        if sees_all(act.person):
            ours.append(("Project", {of.pk: of}))
        found = [
            (one, known[one.row])
            for entity, known in ours
            for one in Change.objects.filter(entity=entity, row__any_of=list(known)).select_related("person")
        ]
        return [
            line if named else line._replace(person="")
            for one, row in sorted(found, key=lambda pair: pair[0].pk)
            for line in _lines(one, row, rows)
        ]


def successions_of(project: Any, person: Any) -> list[Any]:
    """What a project continues, and what continues it, as far as a person may see."""
    from django.db.models import Q

    from diffuscope.register.models import Succession

    rows = Succession.objects.filter(Q(earlier=project) | Q(later=project))
    return list(visible(rows, person).select_related("earlier", "later", "wave").order_by("pk"))


def _lines(one: Any, row: Any, rows: dict[int, Any]) -> list[HistoryLine]:
    def line(what: str, old: object = "", new: object = "") -> HistoryLine:
        wave = row.wave.code if hasattr(row, "wave") else ""
        return HistoryLine(
            one.at, one.person.code, one.channel, wave, what, _plain(old), _plain(new), one.why
        )

    if one.entity == "Succession":
        told = {"kind": Term("word", row.kind), "later": row.later.code, "earlier": row.earlier.code}
        return [line(Message("history-continues", told), new=row.basis)]
    if one.entity == "Project":
        return [
            line(one.field, one.old or "", one.new or "") if one.field else line(Message("history-added"))
        ]
    if row.withdrawn:
        return [line(Message("history-withdrawn", {"city": row.city.name}))]
    before = [
        other
        for other in rows.values()
        if other.pk < row.pk and other.wave_id == row.wave_id and other.city_id == row.city_id
    ]
    if not before:
        told = {"city": row.city.name, "title": row.title}
        source: dict[str, Value] = {
            "status": Term("status", row.status),
            "source": row.source,
            "cited": cited(row),
        }
        return [line(Message("history-reported", told), new=Message("history-row", source))]
    old = before[-1]
    return [
        line(
            Message("history-changed", _column(row, column)),
            _said(getattr(old, name)),
            _said(getattr(row, name)),
        )
        for column, name in FIELDS.items()
        if getattr(old, name) != getattr(row, name)
    ]


def _column(row: Any, column: str) -> dict[str, Value]:
    return {"city": row.city.name, "name": column, "column": Term("heading", column)}


def _said(value: object) -> object:
    """A cell as it is told: zero is a value, and None is an empty cell."""
    return "" if value is None else value


def _plain(value: object) -> str:
    return value if isinstance(value, str) else str(value)


def cited(row: Any) -> Message:
    """Where a row comes from: the source of a case, or the return that brought it."""
    sent = row.sent
    if sent.channel == "import":
        return typed(row.source)
    day = sent.at.date().isoformat()
    said = {
        "number": str(sent.version),
        "file": sent.file,
        "day": Term("day", day),
    }
    if sent.channel == "form" or sent.file.endswith(".xlsx"):
        return Message("cited-form" if sent.channel == "form" else "cited-return", said)
    # files that the register writes about itself: their first word says what they are
    kind = next((one for one in ("correction", "carried forward", "answer") if sent.file.startswith(one)), "")
    return Message("cited-step", {**said, "kind": Term("word", kind or sent.channel)})


def _asked_wave(code: str | None) -> Any:
    from diffuscope.errors import PlanError
    from diffuscope.register.models import Wave

    if code is not None:
        return wave_named(code)
    found = Wave.objects.filter(retired=False).exclude(state="imported").order_by("position").last()
    if found is None:
        raise PlanError("No wave was opened yet: see `register open`.")
    return found
