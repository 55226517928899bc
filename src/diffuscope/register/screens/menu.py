"""The menu of a page: what a person's roles let them do."""

from __future__ import annotations

from typing import Any, NamedTuple


class Entry(NamedTuple):
    """One entry of the menu."""

    address: str
    text: str
    here: bool


ENTRIES = (
    ("/waves", "Waves", ("city", "representative", "secretariat", "chair")),
    ("/queries", "Questions", ("city", "representative", "secretariat", "chair")),
    ("/projects", "Projects", ("city", "representative", "secretariat", "chair", "partner")),
    ("/desk", "Link and split", ("secretariat",)),
    ("/people", "People", ("secretariat",)),
)


def menu_of(request: Any) -> list[Entry]:
    """Entries for whoever asks; the published editions are for everybody."""
    person = getattr(request, "person", None)
    kinds = person.kinds if person is not None else set()
    own = [(address, text) for address, text, who in ENTRIES if kinds & set(who)]
    return [
        Entry(address, text, request.path == address or (address != "/" and request.path.startswith(address)))
        for address, text in [("/", "Published"), *own]
    ]
