"""The menu of a page, by what a person's roles let them do, and its language."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.register.language import LANGUAGES, language
from diffuscope.register.rights import roles_of, sees_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.register.language import Language

PARAMETER = "language"
"""Of an address, and the name of the cookie that keeps a choice."""
YEAR = 365 * 24 * 60 * 60


class Entry(NamedTuple):
    """One entry of the menu: a page, or a group of pages that folds.

    Attributes
    ----------
    address : str
        Empty of a group.
    text : str
    here : bool
        Whether the page that is read belongs to it.
    entries : tuple of Entry
        Those of a group.
    """

    address: str
    text: str
    here: bool
    entries: tuple[Entry, ...] = ()


EVERYBODY = ("city", "representative", "secretariat", "chair", "partner", "public")
INSIDE = ("city", "representative", "secretariat", "chair")
ENTRIES = (
    ("/", "published", EVERYBODY, ""),
    ("/waves", "waves", INSIDE, ""),
    ("/queries", "questions", INSIDE, ""),
    ("/projects", "projects", (*INSIDE, "partner"), ""),
    ("/practices", "practices", EVERYBODY, "learning"),
    ("/exchanges", "exchanges", INSIDE, "learning"),
    ("/meetings", "meetings", INSIDE, "learning"),
    ("/needs", "needs", (*INSIDE, "partner"), "learning"),
    ("/support", "support", ("secretariat", "chair", "partner"), "learning"),
    ("/studies", "studies", INSIDE, "learning"),
    ("/desk", "Link and split", ("secretariat",), "Administration"),
    ("/people", "People", ("secretariat",), "Administration"),
)
"""Address, name, who finds it in the menu, and the group that it folds into."""
FEW = 5
"""Entries that need no groups: they fit a line of a telephone, or two."""


def menu_of(request: Any) -> list[Entry]:
    """Entries for whoever asks, in groups where they are many; the published editions are for everybody."""
    person = getattr(request, "person", None)
    words = words_of(request).screen
    kinds = person.kinds if person is not None else {"public"}
    found: dict[str, list[Entry]] = {}
    own = [one for one in ENTRIES if set(one[2]) & (kinds | {"public"})]
    for address, text, _, group in own:
        entry = Entry(address, words.get(text, text), _is_here(request.path, address))
        found.setdefault(group if len(own) > FEW else "", []).append(entry)
    groups = [
        Entry("", words.get(group, group), any(one.here for one in entries), tuple(entries))
        for group, entries in found.items()
        if group
    ]
    return [*found.get("", []), *groups]


def _is_here(path: str, address: str) -> bool:
    """Whether a page belongs to an entry of the menu; editions belong to the first."""
    return path == address or path.startswith(f"{address}/" if address != "/" else "/editions/")


def language_for(request: Any, person: Any) -> Language:
    """The language in which somebody reads: as chosen on this device, or that of their state."""
    if person is not None and sees_all(person):  # pages of officers are in English alone
        return language("en")
    for chosen in (request.GET.get(PARAMETER), request.COOKIES.get(PARAMETER)):
        if chosen in LANGUAGES:
            return language(chosen)
    for role in roles_of(person) if person is not None else ():
        if role.member is not None:
            return language((role.member.state or role.member).language)
    return language("en")


def words_of(request: Any) -> Language:
    """The language of the page that is being made."""
    words = getattr(request, "words", None)
    return language("en") if words is None else words


def speak(request: Any, words: Language) -> None:
    """Make the page in this language, from here on."""
    from django.utils import translation

    request.words = words
    translation.activate(words.code)


@contextmanager
def speaking(request: Any) -> Iterator[None]:
    """Django's own words (faults of passwords, decimal signs) are in the page's language meanwhile."""
    from django.utils import translation

    before = translation.get_language()
    speak(request, language_for(request, request.person))
    try:
        yield
    finally:
        translation.activate(before) if before else translation.deactivate()


def remember(request: Any, response: Any) -> None:
    """Keep the language that was chosen, on this device and nowhere else."""
    from django.conf import settings

    chosen = request.GET.get(PARAMETER)
    if chosen in LANGUAGES:
        response.set_cookie(
            PARAMETER,
            chosen,
            max_age=YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


class Choice(NamedTuple):
    """One language that a page can be read in."""

    code: str
    name: str
    address: str
    here: bool


def languages_of(request: Any) -> list[Choice]:
    """Languages in which the page can be read, each by its address; none where it has English alone."""
    person = getattr(request, "person", None)
    if request.method != "GET" or (person is not None and sees_all(person)):
        return []
    asked = request.GET.copy()
    found = []
    for code in LANGUAGES:
        asked[PARAMETER] = code
        here = code == words_of(request).code
        found.append(Choice(code, language(code).name, f"?{asked.urlencode()}", here))
    return found
