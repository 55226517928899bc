"""People and roles: who may do what is given by somebody else, and a link lets a person in once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.errors import PlanError
from diffuscope.records.phrases import listed
from diffuscope.register.accounts import close_account
from diffuscope.register.create import person_code
from diffuscope.register.database import opened, writing
from diffuscope.register.lookup import member_named
from diffuscope.register.rights import may, require, roles_of
from diffuscope.register.write import act_of, add, change

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from diffuscope.register.write import Act

KINDS = ("city", "representative", "secretariat", "chair", "partner")
DAYS = 7
"""Days for which a link lets its person in."""
FORGOT = "made a link, and took the second factor away"
"""Reason of such a link in the history, by which it is known."""
SHOWN = 20
"""Links that a person is shown."""


class Invited(NamedTuple):
    """A person with a link that works once.

    Attributes
    ----------
    person : str
    role : str
    link : str
        To be handed over by an officer; the register keeps only its hash.
    """

    person: str
    role: str
    link: str


def invite(
    folder: str | Path,
    whom: str,
    *,
    role: str,
    person: str,
    member: str | None = None,
    name: str = "",
    email: str = "",
) -> Invited:
    """Give a person a role, and make a link by which this person can enter once.

    Parameters
    ----------
    folder : str or Path
    whom : str
        Short name of the person, who may be new.
    role : {"city", "representative", "secretariat", "chair", "partner"}
    person : str
        Who invites, of the secretariat; nobody invites themselves. Where the secretariat has nobody left,
        whoever is at the server makes an officer, and the history says who that was.
    member : str, optional
        For a city focal point the city, for a representative the state, for a partner the organisation.
    name, email : str
        Of a new person.

    Returns
    -------
    Invited
    """
    with opened(folder) as place, writing():
        act = act_of(person)
        if role != "secretariat" or somebody_writes():
            require(act, "write")
            if whom == person:
                raise PlanError("Nobody gives themselves a role: another person of the secretariat does it.")
        made = invited(act, whom, role, (member, name, email))
        return made._replace(link=f"{place.address}{made.link}")


def invited(
    act: Act, whom: str, role: str, about: tuple[str | None, str, str], *, made_up: bool = False
) -> Invited:
    """The same within an open transaction."""
    from diffuscope.register.models import Person, Role

    if role not in KINDS:
        raise PlanError(f"`{role}` is no role; the roles are {listed(KINDS, 'or')}.")
    member, name, email = about
    found = Person.objects.filter(code=whom).first()
    if found is None:
        found = Person(code=person_code(whom), name=name or whom, email=email, invented=made_up)
        add(act, [found])
    place = _place_of(role, member)
    held = [one for one in roles_of(found) if one.kind == role]
    if not any(
        (one.member_id, one.organisation_id) == tuple(getattr(at, "pk", None) for at in place) for one in held
    ):
        row = Role(person=found, kind=role, member=place[0], organisation=place[1], first_day=act.at.date())
        add(act, [row])
    return Invited(whom, role, new_link(act, found))


def somebody_writes() -> bool:
    """Whether the secretariat has anybody today; no page can be asked for by an officer otherwise."""
    from diffuscope.register.models import Person

    people = Person.objects.filter(retired=False, roles__kind="secretariat").distinct()
    return any(may(one, "write") for one in people)


def link_for(folder: str | Path, whom: str, *, person: str, forget_factor: bool = False) -> str:
    """Address of a link that lets a person with a role in once: for a first entry, or a lost password.

    A second factor that is set up stays, so that nobody enters as somebody else by a link alone.

    Parameters
    ----------
    folder : str or Path
    whom : str
    person : str
        Of the secretariat, or the person themselves, who then stands at the server.
    forget_factor : bool
        Take the second factor and the recovery codes away, for somebody who lost phone and codes. The history
        says so, and the person is told.
    """
    with opened(folder) as place, writing():
        from diffuscope.register.models import Person

        why = FORGOT if forget_factor else "made a link"  # for whom is in the row: a name could not be erased
        act = act_of(person, why=why)
        if whom != person:
            require(act, "write")
        found = Person.objects.filter(code=whom, retired=False).first()
        if found is None or not roles_of(found):
            raise PlanError(
                f"The register knows nobody `{whom}` with a role; give one with `register invite`."
            )
        if forget_factor:
            close_account(whom, forget_factor=True)
        return f"{place.address}{new_link(act, found)}"


class LinkMade(NamedTuple):
    """A link that somebody made for another person.

    Attributes
    ----------
    at : datetime
    by : str
        Who made it, by name.
    forgot : bool
        Whether the second factor was taken away.
    """

    at: datetime
    by: str
    forgot: bool


def links_made(whom: Any) -> list[LinkMade]:
    """Links that others made for a person, the latest first; at most `SHOWN`."""
    from diffuscope.register.models import Change

    own = whom.invitations.order_by()
    rows = Change.objects.filter(entity="Invitation", field="", row__in=own.values("pk")).exclude(person=whom)
    return [
        LinkMade(one.at, one.person.name, one.why == FORGOT)
        for one in rows.select_related("person").order_by("-pk")[:SHOWN]
    ]


def new_link(act: Act, whom: Any) -> str:
    """A link that lets a person in once, in place of earlier ones; the register keeps only its hash."""
    from diffuscope.register.models import Invitation

    end_links(act, whom)
    secret = secrets.token_urlsafe(24)
    digest = hashlib.sha256(secret.encode()).hexdigest()
    add(act, [Invitation(person=whom, token_sha256=digest, expires=act.at + timedelta(days=DAYS))])
    return f"/enter/{secret}"


def end_links(act: Act, whom: Any) -> None:
    """Links of a person that nobody used let nobody in any more."""
    for link in whom.invitations.filter(used__isnull=True, retired=False):
        change(act, link, {"retired": True})


def _place_of(role: str, member: str | None) -> tuple[Any, Any]:
    """The member, or the organisation, that a role is for."""
    from diffuscope.register.models import Organisation

    if role in ("secretariat", "chair"):
        return None, None
    if member is None:
        raise PlanError(f"The role `{role}` is for a member: say which with --member.")
    if role == "partner":
        found = Organisation.objects.filter(code=member, retired=False).first()
        if found is None:
            raise PlanError(f"The register has no organisation `{member}`.")
        return None, found
    return member_named(member), None
