"""What a word typed on the command line names: a wave, a member, a project; with the nearest right name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.errors import PlanError
from diffuscope.register.messages import Message, Term, Value
from diffuscope.tables.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable


def wave_named(code: str) -> Any:
    """The wave of that code."""
    from diffuscope.register.models import Wave

    return _named(Wave.objects.filter(retired=False), code, "wave")


def project_named(code: str) -> Any:
    """The project of that code."""
    from diffuscope.register.models import Project

    return _named(Project.objects.filter(retired=False), code, "project")


def member_named(name: str) -> Any:
    """The member of that code, or of that name or alias where only one bears it."""
    from diffuscope.register.models import Member
    from diffuscope.tables.read_as import fold

    found = Member.objects.filter(code=name, retired=False).first()
    if found is not None:
        return found
    members = list(Member.objects.filter(retired=False))
    bearing = [one for one in members if fold(name) in {fold(called) for called in names_of(one)}]
    if len(bearing) == 1:
        return bearing[0]
    if len(bearing) > 1:
        raise PlanError(f"`{name}` can be {' or '.join(f'`{one.code}`' for one in bearing)}; write the code.")
    raise PlanError(_unknown(name, "member", [called for one in members for called in names_of(one)]))


def names_of(member: Any) -> list[str]:
    """Code, name and aliases of a member."""
    return [member.code, member.name, *filter(None, member.aliases.split(";"))]


def reporting_states(wave: Any) -> list[Any]:
    """The members that send a return: states with cities that were members by the wave's reference date.

    A city that belongs to no state reports for itself.
    """
    from diffuscope.register.models import Member

    day = (wave.reference + "-12-31")[:10]
    members = Member.objects.filter(retired=False).select_related("state").order_by("position", "code")
    current = [
        one
        for one in members
        if not (one.entered and one.entered > day) and not (one.left and one.left < day)
    ]
    states = {one.state_id for one in current if one.state_id}
    return [one for one in current if one.pk in states or (one.state_id is None and one.kind == "city")]


def is_date(text: str) -> bool:
    """Whether a text is a year, month or day; there is no year 0 (ISO 8601 has one, calendars have none)."""
    import polars as pl

    from diffuscope.tables.dates import first_day

    return not text.startswith("0000") and pl.select(first_day(pl.lit(text, pl.String))).item() is not None


def state_of(member: Any) -> Any:
    """The member that reports for a member."""
    return member.state or member


def next_position(model: Any) -> int:
    """A place after all rows of a model."""
    from django.db.models import Max

    return int(model.objects.aggregate(last=Max("position"))["last"] or 0) + 1


def _named(rows: Any, code: str, what: str) -> Any:
    found = rows.filter(code=code).first()
    if found is None:
        raise PlanError(_unknown(code, what, rows.values_list("code", flat=True)))
    return found


def _unknown(name: str, what: str, known: Iterable[str]) -> Message:
    meant = nearest(name, list(known))
    said: dict[str, Value] = {"what": Term("word", what), "name": name, "meant": meant or ""}
    return Message("unknown-name-near" if meant else "unknown-name", said)


def unsettled() -> Any:
    """Questions that are open, or answered and not settled."""
    from diffuscope.register.models import Query

    return Query.objects.filter(retired=False).exclude(state="settled")
