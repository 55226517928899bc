"""Sessions: how long somebody stays signed in, and what ends it before."""

from __future__ import annotations

from time import time
from typing import Any

IDLE = 2 * 60 * 60
"""Seconds without a page after which somebody signs in anew; a long form is filled in less."""
LONGEST = 12 * 60 * 60
"""Seconds for which somebody stays signed in at most: a working day."""
LOOK = 5 * 60
"""Seconds after which it is noted again that a session is in use; each page would write into the database."""


def begin(sender: Any, request: Any, user: Any, signal: Any) -> None:  # noqa: ARG001 as Django calls it
    """Note when somebody signed in, and with which roles; Django has given the session a new key."""
    request.session["began"] = request.session["seen"] = int(time())
    request.session["roles"] = _roles(_person_named(user.get_username()))


def is_over(request: Any, person: Any) -> bool:
    """Whether a session has lasted too long, was left alone, or its person has other roles now.

    A new password ends every session by itself: each holds a hash of the old one.
    """
    now, session = time(), request.session
    began, seen = session.get("began", 0), session.get("seen", 0)
    if now - began > LONGEST or now - seen > IDLE or session.get("roles") != _roles(person):
        return True
    if now - seen > LOOK:
        session["seen"] = int(now)
    return False


def _person_named(code: str) -> Any:
    from diffuscope.register.screens.middleware import person_named

    return person_named(code)


def _roles(person: Any) -> str:
    held = person.current_roles if person is not None else ()
    return " ".join(sorted(f"{one.kind}:{one.member_id}:{one.organisation_id}" for one in held))
