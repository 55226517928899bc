"""Personal data: everything that the register holds about one person, handed out and erased."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.errors import PlanError
from diffuscope.register.accounts import account_says, forget_account
from diffuscope.register.database import opened, writing
from diffuscope.register.rights import require
from diffuscope.register.write import act_of, change, erase

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ERASED = "(erased)"


class Held(NamedTuple):
    """What the register holds about one person.

    Attributes
    ----------
    code, name, email : str
    roles : list of str
    changes, returns : int
        How many of each bear the person's name.
    """

    code: str
    name: str
    email: str
    roles: list[str]
    changes: int
    returns: int


def held_about(folder: str | Path, whom: str, *, person: str) -> Held:
    """What the register holds about a person, in short, for that person or the secretariat.

    Parameters
    ----------
    folder : str or Path
    whom, person : str
    """
    with opened(folder):
        found = _person(whom, person)
        roles = [
            f"{one.kind} {one.member or one.organisation or ''}".strip()
            for one in found.roles.filter(retired=False).select_related("member", "organisation")
        ]
        counts = found.changes.count(), found.returns.count()
        return Held(found.code, found.name, found.email, roles, *counts)


def personal_data(folder: str | Path, whom: str, *, person: str) -> bytes:
    """Everything that the register holds about a person, as JSON, for that person or the secretariat.

    Name and address, roles from and to, links, the account without its secrets, drafts, and when and where
    the person changed, sent, proposed, confirmed or asked for something; not what rows say of cities.

    Parameters
    ----------
    folder : str or Path
    whom, person : str

    Returns
    -------
    bytes
        In UTF-8.
    """
    with opened(folder):
        found = _person(whom, person)
        says = {
            "person": {name: getattr(found, name) for name in ("code", "name", "email", "invented")},
            "roles": _rows(
                found.roles, "kind", "member__code", "organisation__code", "first_day", "last_day", "retired"
            ),
            "links": _rows(found.invitations, "expires", "used"),
            "sign_in": account_says(found.code),
            "drafts": _rows(found.drafts.filter(retired=False), "wave__code", "member__code", "key", "cells"),
            "returns": _rows(found.returns, "wave__code", "member__code", "version", "at", "channel", "file"),
            "editions_proposed": _rows(found.proposed, "wave__code", "number", "state", "at"),
            "editions_confirmed": _rows(found.confirmed, "wave__code", "number", "state", "at"),
            "jobs": _rows(found.jobs, "kind", "state", "begun", "ended"),
            "changes": _rows(found.changes, "at", "channel", "entity", "row", "field", "why"),
        }
        return json.dumps(says, ensure_ascii=False, indent=1, default=_text).encode()


def erase_person(folder: str | Path, whom: str, *, why: str, person: str) -> None:
    """Erase a person: name, address, roles, drafts and account go; what the person did stays, under a number.

    The history keeps a hash of what stood there, and the reason. Backups from before hold the person until
    they are deleted, so keep them no longer than you must.

    Parameters
    ----------
    folder : str or Path
    whom : str
    why : str
        The reason, which is kept.
    person : str
        Of the secretariat.
    """
    with opened(folder), writing():
        from diffuscope.register.models import Person

        act = act_of(person, why=why)
        require(act, "write")
        found = Person.objects.filter(code=whom, retired=False).first()
        if found is None or whom == person:
            raise PlanError(f"The register knows no other person `{whom}`.")
        if not why.strip():
            raise PlanError("An erasure needs a reason: `--why`.")
        for role in found.roles.filter(retired=False):
            change(act, role, {"retired": True, "last_day": act.at.date()})
        for link in found.invitations.filter(retired=False):
            change(act, link, {"retired": True})
        for draft in found.drafts.filter(retired=False):
            change(act, draft, {"retired": True, "cells": {}})
        erase(act, found, {"code": f"erased-{found.pk}", "name": ERASED, "email": ""})
        forget_account(whom)


def _person(whom: str, person: str) -> Any:
    """The person who is asked about, by themselves or by the secretariat."""
    from diffuscope.register.models import Person

    act = act_of(person)
    if whom != person:
        require(act, "write")
    found = Person.objects.filter(code=whom).first()
    if found is None:
        raise PlanError(f"The register knows no person `{whom}`.")
    return found


def _rows(rows: Any, *columns: str) -> list[dict[str, Any]]:
    found: Iterable[dict[str, Any]] = rows.order_by("pk").values(*columns)
    return [{name.replace("__code", ""): value for name, value in row.items()} for row in found]


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
