"""Rights: what a person's roles allow, and which rows they see; every command, file and page asks here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.errors import PlanError
from diffuscope.register.messages import Choices, Message

if TYPE_CHECKING:
    from datetime import date

    from diffuscope.register.write import Act

WHO_MAY = {
    "report": ("city", "representative", "secretariat"),
    "clear": ("representative", "secretariat"),
    "write": ("secretariat",),
    "confirm": ("chair",),
    "see everything": ("secretariat", "chair"),
}
"""Roles by what they may do; the secretariat clears for a state by the state's letter alone."""


def roles_of(person: Any, day: date | None = None) -> list[Any]:
    """The roles that a person has on a day; today, where none is given."""
    from datetime import UTC, datetime

    from django.db.models import Q

    day = day or datetime.now(UTC).date()
    current = Q(last_day__isnull=True) | Q(last_day__gte=day)
    return list(person.roles.filter(current, retired=False, first_day__lte=day).select_related("member"))


def require(act: Act, what: str, member: Any = None) -> None:
    """Refuse what a person's roles do not allow.

    Parameters
    ----------
    act : Act
    what : str
        A key of `WHO_MAY`.
    member : Member, optional
        Of whom it is done: a focal point does it for the own city, a representative for the own state.

    Raises
    ------
    PlanError
        If no role of the person allows it.
    """
    may = WHO_MAY[what]
    roles = [role for role in roles_of(act.person) if role.kind in may]
    if any(_covers(role, member) for role in roles):
        return
    if roles and member is not None:
        raise PlanError(Message("not-yours", {"person": act.person.code, "member": member.name}))
    raise PlanError(Message("no-role", {"person": act.person.code, "roles": Choices("word", may)}))


def sees_all(person: Any) -> bool:
    """Whether a person sees drafts of every member."""
    return any(role.kind in WHO_MAY["see everything"] for role in roles_of(person))


def visible(rows: Any, person: Any, city: str = "city", wave: str = "wave") -> Any:
    """Of some rows those that a person may see: own city, own state, everything, or what is published.

    Parameters
    ----------
    rows : QuerySet
    person : Person
    city, wave : str
        How the rows lead to their member and wave, such as ``"member"`` or ``"sent__wave"``.
    """
    from django.db.models import Q

    if sees_all(person):
        return rows
    seen = Q(**{f"{wave}__state__in": ("published", "imported")})
    for role in roles_of(person):
        if role.kind == "city" and role.member_id:
            seen |= Q(**{f"{city}_id": role.member_id})
        if role.kind == "representative" and role.member_id:
            seen |= Q(**{f"{city}_id": role.member_id}) | Q(**{f"{city}__state_id": role.member_id})
    return rows.filter(seen)


def _covers(role: Any, member: Any) -> bool:
    if role.kind in ("secretariat", "chair") or member is None:
        return role.kind in ("secretariat", "chair") or member is None
    if role.kind == "city":
        return bool(role.member_id == member.pk)
    return role.member_id in (member.pk, member.state_id)
