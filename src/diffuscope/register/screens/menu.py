"""The menu of a page: what a person's roles let them do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.register.language import language
from diffuscope.register.rights import roles_of, sees_all

if TYPE_CHECKING:
    from diffuscope.register.language import Language


class Entry(NamedTuple):
    """One entry of the menu."""

    address: str
    text: str
    here: bool


ENTRIES = (
    ("/waves", "waves", ("city", "representative", "secretariat", "chair")),
    ("/queries", "questions", ("city", "representative", "secretariat", "chair")),
    ("/projects", "projects", ("city", "representative", "secretariat", "chair", "partner")),
    ("/exchanges", "exchanges", ("city", "representative", "secretariat", "chair")),
    ("/needs", "needs", ("city", "representative", "secretariat", "chair", "partner")),
    ("/support", "Support", ("secretariat", "chair", "partner")),
    ("/studies", "Studies", ("city", "representative", "secretariat", "chair")),
    ("/desk", "Link and split", ("secretariat",)),
    ("/people", "People", ("secretariat",)),
)


def menu_of(request: Any) -> list[Entry]:
    """Entries for whoever asks; the published editions are for everybody."""
    person = getattr(request, "person", None)
    words = language_of(request).screen
    kinds = person.kinds if person is not None else set()
    own = [(address, words.get(text, text)) for address, text, who in ENTRIES if kinds & set(who)]
    return [
        Entry(address, text, request.path == address or (address != "/" and request.path.startswith(address)))
        for address, text in [("/", words["published"]), ("/practices", words["practices"]), *own]
    ]


def language_of(request: Any) -> Language:
    """The language of whoever asks: that of the member for which a focal point or representative acts."""
    person = getattr(request, "person", None)
    for role in roles_of(person) if person is not None and not sees_all(person) else ():
        if role.member is not None:
            return language((role.member.state or role.member).language)
    return language("en")
