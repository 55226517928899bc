"""Accounts, by which people sign in: they hold secrets, and no part of them is in the history."""

from __future__ import annotations

from diffuscope.errors import PlanError


def end_role(person: str, role: str) -> str:
    """End a role as of today; nobody ends their own, so that one officer is always left.

    Parameters
    ----------
    person : str
        Of the secretariat.
    role : str
        Number of the role.
    """
    from diffuscope.register.database import writing
    from diffuscope.register.models import Role
    from diffuscope.register.rights import require
    from diffuscope.register.write import act_of, change

    with writing():
        act = act_of(person, why="ended the role")
        require(act, "write")
        found = Role.objects.filter(pk=role if role.isdigit() else 0, retired=False).select_related("person").first()
        if found is None or found.person.code == person:
            raise PlanError("Another person of the secretariat ends this role.")
        change(act, found, {"retired": True, "last_day": act.at.date()})
        return f"{found.person.name} has the role {found.kind} no more."


def forget_account(name: str) -> None:
    """Delete an account with its password, second factor and sessions."""
    from django.contrib.auth.models import User

    User.objects.filter(username=name).delete()
