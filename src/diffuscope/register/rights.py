"""Rights: what a person's roles allow, and which rows they see; every command, file and page asks here.

Nobody else filters rows by whom they belong to (a house rule). Each table that holds more than everybody may
see has its rule in `RULES`; a table without one is seen by everybody who may ask for its page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from diffuscope.errors import PlanError
from diffuscope.register.messages import Choices, Message

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from diffuscope.register.write import Act

WHO_MAY = {
    "report": ("city", "representative", "secretariat"),
    "clear": ("representative", "secretariat"),
    "write": ("secretariat",),
    "confirm": ("chair",),
    "study": ("secretariat", "chair"),
    "see everything": ("secretariat", "chair"),
}
"""Roles by what they may do; the secretariat clears for a state by the state's letter alone."""
PUBLISHED = ("published", "imported")
"""States of a wave in which everybody sees what it says."""


def roles_of(person: Any, day: date | None = None) -> list[Any]:
    """The roles that a person has on a day; today, where none is given.

    A page reads them once for whoever asks (`current_roles`); whoever acts is read anew with each act.
    """
    from django.db.models import Q

    if day is None and hasattr(person, "current_roles"):
        return list(person.current_roles)
    day = day or _today()
    current = Q(last_day__isnull=True) | Q(last_day__gte=day)
    return list(
        person.roles.filter(current, retired=False, first_day__lte=day).select_related(
            "member__state", "organisation"
        )
    )


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
    kinds = WHO_MAY[what]
    roles = [role for role in roles_of(act.person) if role.kind in kinds]
    if any(_covers(role, member) for role in roles):
        return
    if roles and member is not None:
        raise PlanError(Message("not-yours", {"person": act.person.code, "member": member.name}))
    raise PlanError(Message("no-role", {"person": act.person.code, "roles": Choices("word", kinds)}))


def may(person: Any, what: str, member: Any = None) -> bool:
    """Whether a person's roles allow something, of a member where one is given."""
    return any(role.kind in WHO_MAY[what] and _covers(role, member) for role in roles_of(person))


def _covers(role: Any, member: Any) -> bool:
    if role.kind in ("secretariat", "chair") or member is None:
        return role.kind in ("secretariat", "chair") or member is None
    if role.kind == "city":
        return bool(role.member_id == member.pk)
    return role.member_id in (member.pk, member.state_id)


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How far a person sees, by the roles of today.

    Attributes
    ----------
    everything : bool
        Whether drafts of every member are seen.
    inside : bool
        Whether the person has a role in the network; partners and the public have none.
    own, states, organisations : frozenset of int
        Members of which a person is focal point or representative; states among them whose cities are seen
        too; partners for which the person acts.
    person : int
        0 for somebody who is not signed in.
    """

    everything: bool = False
    inside: bool = False
    own: frozenset[int] = frozenset()
    states: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    person: int = 0

    def members(self, *ways: str) -> Any:
        """Rows that lead to the own city, the own state, or a city of the own state."""
        from django.db.models import Q

        found = Q(pk__in=[])
        for way in ways:
            found |= Q(**{f"{way}__in": self.own}) | Q(**{f"{way}__state__in": self.states})
        return found


def reach_of(person: Any) -> Reach:
    """How far a person sees; None is somebody who is not signed in, and sees what everybody does."""
    if person is None:
        return Reach()
    roles = roles_of(person)
    return Reach(
        everything=any(one.kind in WHO_MAY["see everything"] for one in roles),
        inside=any(one.kind != "partner" for one in roles),
        own=frozenset(one.member_id for one in roles if one.kind in ("city", "representative")),
        states=frozenset(one.member_id for one in roles if one.kind == "representative"),
        organisations=frozenset(one.organisation_id for one in roles if one.kind == "partner"),
        person=person.pk,
    )


def sees_all(person: Any) -> bool:
    """Whether a person sees drafts of every member."""
    return reach_of(person).everything


def visible(rows: Any, person: Any) -> Any:
    """Of some rows those that a person may see: own city, own state, everything, or what is published.

    Parameters
    ----------
    rows : QuerySet
        Of a table that has a rule.
    person : Person or None
        None: somebody who is not signed in.
    """
    rule = seen_by(person, rows.model)
    return rows if rule is None else rows.filter(rule)


def seen_by(person: Any, model: Any) -> Any:
    """The condition on a table's rows under which a person sees them; None where all are seen."""
    name, reach = model.__name__, reach_of(person)
    if reach.everything and name not in APART:
        return None
    return RULES[name](reach)


def members_of(person: Any, what: str) -> Any:
    """Members for which a person may do something: own city, own state with its cities, or all.

    Parameters
    ----------
    person : Person
    what : str
        A key of `WHO_MAY`, or ``"see"``: whose returns the person sees.
    """
    from diffuscope.register.models import Member

    rows = Member.objects.filter(retired=False).select_related("state")
    allowed = {*WHO_MAY["report"], *WHO_MAY["see everything"]} if what == "see" else set(WHO_MAY[what])
    roles = [role for role in roles_of(person) if role.kind in allowed] if person is not None else []
    if any(role.kind in WHO_MAY["see everything"] for role in roles):
        return rows
    own = {role.member_id for role in roles}
    states = {role.member_id for role in roles if role.kind == "representative"}
    return rows.filter(pk__in=own) | rows.filter(state__in=states)


def own_cities(person: Any) -> list[Any]:
    """Cities of which a person is the focal point."""
    return [role.member for role in roles_of(person) if role.kind == "city"]


def own_partners(person: Any) -> list[Any]:
    """Partners for which a person acts."""
    return [role.organisation for role in roles_of(person) if role.kind == "partner"]


def represents(person: Any, member: Any) -> bool:
    """Whether a person is the national representative of a member."""
    return any(role.kind == "representative" and role.member_id == member.pk for role in roles_of(person))


def _observations(reach: Reach) -> Any:
    """Own rows of every wave and version; of others what a published wave says now, and no version before."""
    from django.db.models import Exists, Q

    now = Q(wave__state__in=PUBLISHED) & ~_waits() & ~Exists(later_versions().filter(~_waits()))
    return reach.members("city") | now


def _waits() -> Any:
    """Observations of errata that no edition has taken up: few, and looked up once."""
    from django.db.models import Q

    from diffuscope.register.models import Erratum

    return Q(
        pk__in=Erratum.objects.filter(edition__isnull=True, retired=False).order_by().values("observation")
    )


def later_versions() -> Any:
    """Later versions of the observation of an outer query."""
    from django.db.models import OuterRef, Q

    from diffuscope.register.models import Observation

    same = {name: OuterRef(name) for name in ("project_id", "wave_id", "city_id")}
    # what follows another is never the first: the index of those is small
    return Observation.objects.filter(Q(version__gt=OuterRef("version")), Q(version__gt=1), **same)


def counting_for(person: Any) -> Any:
    """The condition under which an observation counts as a person sees it.

    It is the last version of those that the person may see, and not withdrawn. Versions of one observation
    are of one city and one wave, so a later one is hidden by nothing but an erratum that waits.
    """
    from django.db.models import Exists, Q

    reach, later = reach_of(person), later_versions()
    if reach.everything:
        return Q(withdrawn=False) & ~Exists(later)
    there = reach.members("city") | (Q(wave__state__in=PUBLISHED) & ~_waits())
    return Q(withdrawn=False) & there & ~Exists(later.filter(reach.members("city") | ~_waits()))


def _practices(reach: Reach) -> Any:
    """Reviewed ones; those of the own city from the first word; released ones of the own state, or all.

    Who wrote one for a city that never signs in, in its state or the secretariat, sees and releases it too.
    """
    from django.db.models import Exists, OuterRef, Q

    from diffuscope.register.models import Change

    drafts = Q(member__in=reach.own)
    if reach.everything or reach.states:
        added = Change.objects.filter(entity="Practice", field="", row=OuterRef("pk"), person=reach.person)
        drafts |= Exists(added)
    released = Q() if reach.everything else reach.members("member")
    return Q(reviewed__isnull=False) | drafts | (~Q(released="") & released)


def _indicators(reach: Reach) -> Any:
    """Those of the own city and state, and those of published waves; they name both by their codes."""
    from django.db.models import Q

    from diffuscope.register.models import Member, Wave

    own = Member.objects.filter(Q(pk__in=reach.own) | Q(state__in=reach.states))
    locked = Wave.objects.filter(state__in=PUBLISHED)
    return Q(unit__in=own.values("code")) | Q(wave__in=locked.values("code"))


def _needs(reach: Reach) -> Any:
    """Those of the own city and state; a partner those of cities that opted in."""
    from django.db.models import Q

    opted = Q(member__opted_in__lte=_today()) if reach.organisations else Q(pk__in=[])
    return reach.members("member") | opted


def _offers(reach: Reach) -> Any:
    """People of the network all, partners their own."""
    from django.db.models import Q

    return ~Q(pk__in=[]) if reach.inside else Q(organisation__in=reach.organisations)


def _support(reach: Reach) -> Any:
    """What the own partner gives, and what names the own city or state; it names both by their codes."""
    from django.db.models import Q

    from diffuscope.register.models import Member, Organisation

    own = Member.objects.filter(Q(pk__in=reach.own) | Q(state__in=reach.states))
    partners = Organisation.objects.filter(pk__in=reach.organisations)
    return Q(partner__in=partners.values("code")) | Q(recipient__in=own.values("code"))


def _in_waves(reach: Reach, *ways: str) -> Any:
    """Rows of the own city and state in every wave, and all of a published one."""
    from django.db.models import Q

    return reach.members(*ways) | Q(wave__state__in=PUBLISHED)


def _errata(reach: Reach) -> Any:
    """Those of the own city and state, and those that a published edition has taken up."""
    from django.db.models import Q

    return reach.members("observation__city") | Q(edition__state="published")


def _q(**conditions: Any) -> Any:
    from django.db.models import Q

    return Q(**conditions)


RULES: dict[str, Callable[[Reach], Any]] = {
    "Draft": lambda reach: _q(person=reach.person),
    "Edition": lambda _: _q(state="published"),
    "Erratum": _errata,
    "Exchange": lambda reach: reach.members("asking", "asked"),
    "ExpectedReturn": lambda reach: _in_waves(reach, "member"),
    "IndicatorValue": _indicators,
    "Job": lambda reach: ~_q(pk__in=[]) if reach.inside else _q(pk__in=[]),
    "Need": _needs,
    "Observation": _observations,
    "Offer": _offers,
    "Practice": _practices,
    "Query": lambda reach: reach.members("member", "project__lead"),
    "Return": lambda reach: reach.members("member"),
    "Succession": lambda reach: _in_waves(reach, "earlier__lead", "later__lead"),
    "Support": _support,
}
"""By table, the rows that a person sees who does not see everything."""
APART = ("Draft", "Practice")
"""Tables of which nobody sees everything: what was not sent or released is its author's alone."""


def _today() -> date:
    from datetime import UTC, datetime

    return datetime.now(UTC).date()
