"""Accounts, by which people sign in: they hold secrets, and no part of them is in the history."""

from __future__ import annotations

from typing import Any

from diffuscope.errors import PlanError
from diffuscope.register.messages import Message

CODES = 8
"""Recovery codes, each of which replaces the second factor once."""


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
    from diffuscope.register.screens.pages import number_of
    from diffuscope.register.write import act_of, change

    with writing():
        act = act_of(person, why="ended the role")
        require(act, "write")
        found = Role.objects.filter(pk=number_of(role), retired=False).select_related("person").first()
        if found is None or found.person.code == person:
            raise PlanError("Another person of the secretariat ends this role.")
        change(act, found, {"retired": True, "last_day": act.at.date()})
        return f"{found.person.name} has the role {found.kind} no more."


def lost_access(folder: Any, person: str, whom: str) -> str:
    """A link for somebody who lost the password; until it is used nobody enters in that name.

    The password counts no more, and open sessions end. The second factor and its recovery codes stay: an
    officer could enter as the chair otherwise, and confirm what the same officer proposed.

    Parameters
    ----------
    folder : Path
    person : str
        Another person, of the secretariat.
    whom : str

    Returns
    -------
    str
        Address that lets its person in once.
    """
    from diffuscope.register.accounts import close_account
    from diffuscope.register.people import link_for

    if whom == person:
        raise PlanError("Another person of the secretariat makes a link for you.")
    link = link_for(folder, whom, person=person)
    close_account(whom)
    return link


def account_of(found: Any, password: str) -> Any:
    """The account of an invited person, its password set; the link is used up in the same transaction.

    Parameters
    ----------
    found : Invitation
    password : str

    Raises
    ------
    PlanError
        If somebody entered by the link meanwhile.
    """
    from django.contrib.auth.models import User

    from diffuscope.register.database import writing
    from diffuscope.register.people import end_links
    from diffuscope.register.write import act_of, change, lock

    with writing():
        act = act_of(found.person.code, channel="form", why="entered by a link")
        found = lock(found)
        if found.used is not None:
            raise PlanError(Message("link-used"))
        change(act, found, {"used": act.at})
        end_links(act, found.person)
        user, _ = User.objects.get_or_create(username=found.person.code)
        if found.person.invented:
            user.set_unusable_password()
        else:
            user.set_password(password)
        user.save()
    return user


def device_of(user: Any) -> Any:
    """The second factor of an account: the one that is set up, or a new one."""
    from django_otp.plugins.otp_totp.models import TOTPDevice

    own = TOTPDevice.objects.filter(user=user).order_by("-confirmed", "pk").first()
    return own or TOTPDevice.objects.create(user=user, name="second factor", confirmed=False)


def confirm_device(user: Any, device: Any) -> list[str]:
    """The device counts from now on; the recovery codes are shown this once."""
    from django_otp.plugins.otp_static.models import StaticToken

    from diffuscope.register.accounts import keep_codes

    device.confirmed = True
    device.save()
    codes = [StaticToken.random_token() for _ in range(CODES)]
    keep_codes(user, codes)
    return codes
