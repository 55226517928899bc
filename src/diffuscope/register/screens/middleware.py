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
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer


def with_person(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that finds the person of the register behind an account, and the language of the page.

    The person is None where nobody is signed in.
    """
    from diffuscope.register.screens.menu import remember, speaking

    def answer(request: Any) -> HttpResponse:
        request.person = _person_of(request)
        with speaking(request):
            response = get_response(request)
        remember(request, response)
        return response

    return answer


def _person_of(request: Any) -> Any:
    from diffuscope.register.models import Person
    from diffuscope.register.rights import roles_of

    if not request.user.is_authenticated:
        return None
    person = Person.objects.filter(code=request.user.get_username(), retired=False).first()
    if person is not None:
        person.kinds = {role.kind for role in roles_of(person)}
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
