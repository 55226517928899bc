"""Signing in: by a link that works once, by name and password, and for some with a second factor."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from diffuscope.register.messages import Message, Term, said_in
from diffuscope.register.screens.accounts import account_of, confirm_device, device_of
from diffuscope.register.screens.guesses import too_many
from diffuscope.register.screens.middleware import person_named
from diffuscope.register.screens.pages import INSIDE, needs_code, said
from diffuscope.tables.digits import plain_digits

if TYPE_CHECKING:
    from datetime import datetime
    from logging import LogRecord

WEAK = {
    "password_too_short": "password-too-short",
    "password_too_common": "password-too-common",
    "password_too_similar": "password-too-similar",
}
"""What the validators of `settings.PASSWORDS` find, and the message that says it."""
TOLD_LATER = "told-later"
"""Where a session keeps what is said after the second factor."""
BACKEND = "django.contrib.auth.backends.ModelBackend"
LINK = re.compile(r"(/enter/)[\w-]{20,}")
LOGS = ("django.request", "django.security.csrf", "waitress")
"""Loggers that name the address of a request."""
NO_ADDRESS = "strict-origin"
"""The page behind a link: a proxy logs from which page its style was asked for (W3C Referrer Policy, 3.5)."""


def without_links(record: LogRecord) -> bool:
    """A filter of logs that takes out the secret of a link: whoever reads the log could enter by it."""
    record.msg, record.args = LINK.sub(r"\1…", record.getMessage()), ()
    return True


def sign_in(request: Any) -> Any:
    """Sign in with name and password."""
    from django.contrib.auth import authenticate, login
    from django.shortcuts import redirect, render

    wrong, name = False, request.POST.get("name", "")[:150]
    if request.method == "POST":
        if too_many(request, name):
            return too_many_guesses(request, None, {})
        user = authenticate(request, username=name, password=request.POST.get("password", "")[:500])
        if user is not None:
            before = user.last_login
            login(request, user)
            tell_links(request, before)
            return redirect(_next(request) or home_of(person_named(user.get_username())))
        wrong = True
    shown = {"wrong": wrong, "name": name, "next": _next(request)}
    return render(request, "enter.html", shown, status=403 if wrong else 200)


def tell_links(request: Any, before: datetime | None) -> None:
    """Tell somebody who signs in of links that others made since the last time.

    Parameters
    ----------
    request : HttpRequest
    before : datetime or None
        When the person signed in before; None: never, so that a link is how one enters.
    """
    from diffuscope.register.models import Person
    from diffuscope.register.people import links_made

    person = Person.objects.filter(code=request.user.username, retired=False).first()
    if before is None or person is None:
        return
    made = [one for one in links_made(person) if one.at > before]
    if not made:
        return
    last = next((one for one in made if one.forgot), made[0])
    day = Term("day", last.at.date().isoformat())
    says = Message("link-made-factor" if last.forgot else "link-made", {"name": last.by, "day": day})
    said(request, says)
    request.session[TOLD_LATER] = request.session["said"]  # before the code only the password was shown


def _next(request: Any) -> str:
    """Where somebody wanted to go before signing in: an address of this register, and no other; or empty."""
    from django.utils.http import url_has_allowed_host_and_scheme

    asked = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(asked, allowed_hosts=None, require_https=request.is_secure())
    return asked if own and asked.startswith("/") else ""


def home_of(person: Any) -> str:
    """The page on which somebody begins: one that their roles may read, where their work is."""
    kinds = person.kinds if person is not None else set()
    return "/waves" if kinds & set(INSIDE) else "/needs" if "partner" in kinds else "/"


def invitation(request: Any, secret: str) -> Any:
    """Enter by a link that works once, and choose a password; a made-up person enters at once."""
    from django.contrib.auth import login
    from django.shortcuts import redirect, render

    from diffuscope.register.screens.menu import language_for, speak

    found = _invitation(secret)
    if found is None:
        return render(request, "link_used.html", status=404)
    speak(request, language_for(request, found.person))
    wrong: list[str] = []
    if request.method == "POST":
        password = request.POST.get("password", "")[:500]
        if not found.person.invented:
            wrong = _wrong_with(request, password, found.person)
        if not wrong:
            user = account_of(found, password)
            before = user.last_login
            login(request, user, backend=BACKEND)
            said(request, Message("welcome", {"name": found.person.name}))
            tell_links(request, before)
            return redirect(home_of(person_named(found.person.code)))
    answer = render(request, "invitation.html", {"invited": found.person, "wrong": wrong})
    answer.headers["Referrer-Policy"] = NO_ADDRESS
    return answer


def _invitation(secret: str) -> Any:
    from datetime import UTC, datetime

    from diffuscope.register.models import Invitation

    digest = hashlib.sha256(secret.encode()).hexdigest()
    open_ones = Invitation.objects.filter(token_sha256=digest, used__isnull=True, retired=False)
    return (
        open_ones.filter(expires__gt=datetime.now(UTC), person__retired=False)
        .select_related("person")
        .first()
    )


def _wrong_with(request: Any, password: str, person: Any) -> list[str]:
    from django.contrib.auth.models import User
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    if password != request.POST.get("again", ""):
        return [request.words.screen["passwords_differ"]]
    try:
        validate_password(password, User(username=person.code, email=person.email))
    except ValidationError as error:
        return [said_in(Message(WEAK[one.code]), request.words) for one in error.error_list]
    return []


def second_factor(request: Any) -> Any:
    """Set up the second factor, or give its code; a recovery code replaces it once."""
    from django.shortcuts import redirect, render
    from django_otp import login as otp_login
    from django_otp import match_token

    if request.person is None:
        return redirect("/enter")
    if not needs_code(request):
        return redirect(home_of(request.person))
    device = device_of(request.user)
    wrong = False
    if request.method == "POST":
        token = plain_digits(request.POST.get("code", "").strip()[:20])
        known = (
            device
            if not device.confirmed and device.verify_token(token)
            else match_token(request.user, token)
        )
        if known is not None:
            codes = confirm_device(request.user, device) if not device.confirmed else []
            otp_login(request, known)
            if TOLD_LATER in request.session:
                request.session["said"] = request.session.pop(TOLD_LATER)
            if codes:
                return render(request, "recovery_codes.html", {"codes": codes})
            return redirect("/waves")
        wrong = True
    shown = {"device": device, "wrong": wrong, "key": _readable(device.key), "address": device.config_url}
    return render(request, "second_factor.html", shown, status=403 if wrong else 200)


def _readable(key: str) -> str:
    """A secret as an authenticator takes it: base 32, in groups of four letters."""
    import base64

    text = base64.b32encode(bytes.fromhex(key)).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def leave(request: Any) -> Any:
    """Sign out."""
    from django.contrib.auth import logout
    from django.shortcuts import redirect

    logout(request)
    return redirect("/")


def too_many_guesses(request: Any, response: Any, credentials: Any) -> Any:  # noqa: ARG001 as axes calls it
    """What somebody sees whose guesses were too many."""
    from django.shortcuts import render

    return render(request, "enter.html", {"locked": True, "next": ""}, status=429)


def form_too_old(request: Any, reason: str = "") -> Any:  # noqa: ARG001 as Django calls it
    """What somebody sees whose form was not made by this register, or too long ago."""
    from django.shortcuts import render

    from diffuscope.register.screens.menu import words_of

    why = words_of(request).screen["form_too_old"]
    return render(request, "refused.html", {"why": why, "back": f"/{request.path.lstrip('/')}"}, status=403)


def not_found(request: Any, exception: Exception) -> Any:  # noqa: ARG001 as Django calls it
    """A page that does not exist, or not for whoever asks: both look the same."""
    from django.shortcuts import render

    return render(request, "not_found.html", status=404)


def went_wrong(request: Any) -> Any:
    """A fault of the program: nothing was written."""
    from django.shortcuts import render

    return render(request, "went_wrong.html", status=500)
