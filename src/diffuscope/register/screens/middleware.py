"""What every page passes through: headers that protect it, and who it is that asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

POLICY = "; ".join((
    "default-src 'none'", "style-src 'self'", "img-src 'self' data:", "form-action 'self'",
    "frame-ancestors 'none'", "base-uri 'none'",
))  # fmt: skip
"""Content Security Policy: nothing from elsewhere, and no script at all."""
PAPER = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox"
"""That of a published report, which carries its own style and nothing that runs."""


def protected(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that sets the content security policy, and lets nobody keep what only one person may see."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.get_host()  # refused where it is another name, on pages that never ask for it too
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer


def with_person(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that finds the person of the register behind an account, and the language of the page.

    The person is None where nobody is signed in. A session that is over ends here.
    """

    def answer(request: Any) -> HttpResponse:
        from django.contrib.auth import logout

        from diffuscope.register.screens.menu import remember, speaking
        from diffuscope.register.screens.sessions import is_over

        request.person = None
        if request.user.is_authenticated:
            request.person = person_named(request.user.get_username())
            if is_over(request, request.person):
                logout(request)
                request.person = None
        with speaking(request):
            response = get_response(request)
        remember(request, response)
        return response

    return answer


def person_named(code: str) -> Any:
    """The person of an account, with the roles of today; None where that person is erased."""
    from diffuscope.register.models import Person
    from diffuscope.register.rights import roles_of

    person = Person.objects.filter(code=code, retired=False).first()
    if person is not None:
        person.current_roles = roles_of(person)
        person.kinds = {role.kind for role in person.current_roles}
    return person


def on_every_page(request: Any) -> dict[str, Any]:
    """What the frame of every page shows."""
    from diffuscope.register.screens.menu import languages_of, menu_of, words_of

    said = (
        request.session.pop("said", "") if hasattr(request, "session") and "said" in request.session else ""
    )
    words = words_of(request)
    shown = {"person": getattr(request, "person", None), "menu": menu_of(request), "said": said}
    return {**shown, "words": words, "t": words.screen, "languages": languages_of(request)}
