"""How alike two titles of projects are, and in what: words that tell projects apart, and letters."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

ALMOST = 0.99
"""Only the same title scores 1."""
_LITTLE = ("a", "an", "and", "at", "for", "from", "in", "of", "on", "or", "the", "to", "with")
_FILLER = frozenset((*_LITTLE, "project", "programme", "program", "phase", "smart", "city"))


@lru_cache(maxsize=65_536)
def words(title: str) -> frozenset[str]:
    """The words of a title that tell projects apart, without case, accents and signs.

    >>> sorted(words("Smart Bus Fleet – Phase 2"))
    ['2', 'bus', 'fleet']
    """
    plain = unicodedata.normalize("NFKD", title).casefold()
    return frozenset(word for word in re.findall(r"\w+", plain) if word not in _FILLER)


def title_similarity(one: str, other: str) -> float:
    """How alike two titles are, from 0 to 1 (the same but for case): by their letters or their words.

    >>> title_similarity("Bus lanes", "BUS LANES")
    1.0
    >>> round(title_similarity("Bus lanes", "Lanes for the bus"), 2)
    0.99
    """
    if one.casefold() == other.casefold():
        return 1.0
    # twice the matching letters over all letters (Ratcliff & Obershelp), without the shortcut for frequent
    # ones
    letters = SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False).ratio()
    mine, its = words(one), words(other)
    # Jaccard's index of the words that tell projects apart
    in_words = len(mine & its) / len(mine | its) if mine | its else 0.0
    return min(ALMOST, max(letters, in_words))


def likeness(one: str, other: str) -> str:
    """In what two titles are alike, in words."""
    if one.casefold() == other.casefold():
        return "the same title"
    shared = sorted(words(one) & words(other))
    return f"shares the words {', '.join(shared)}" if shared else "a title spelled alike"
