"""A country's name as it compares: without case, accents, punctuation and articles."""

from __future__ import annotations

import re
import unicodedata

_LEFT_OUT = frozenset({"the", "of", "and"})
_IN_FULL = {"st": "saint", "rep": "republic", "dem": "democratic", "is": "islands", "isl": "islands"}
_LETTERS = re.compile(r"[\W_]+")
_APOSTROPHES = re.compile("['’ʼ`´]")
_BRACKETS = re.compile(r"^([^()]*)\(([^()]*)\)\s*$")
_LONGEST = 200
"""Characters of what can be a name."""


def country_key(name: str) -> str:
    """A name as names of countries compare.

    Examples
    --------
    >>> country_key("Côte d'Ivoire"), country_key("St. Lucia"), country_key("The Gambia")
    ('cotedivoire', 'saintlucia', 'gambia')
    """
    # decomposed, so that an accent is a character of its own, which can be left out
    letters = unicodedata.normalize("NFKD", name[:_LONGEST]).casefold()
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = _LETTERS.sub(" ", _APOSTROPHES.sub("", kept)).split()
    return "".join(_IN_FULL.get(word, word) for word in words if word not in _LEFT_OUT)


def forms(name: str) -> list[str]:
    """Keys of a name as it stands and with what follows a comma, or stands in brackets, set in front.

    Examples
    --------
    >>> forms("Korea, Republic of"), forms("Venezuela (Bolivarian Republic of)")[1]
    (['korearepublic', 'republickorea'], 'bolivarianrepublicvenezuela')
    """
    keys = [country_key(name)]
    parts = two_parts(name)
    if parts is not None:
        keys.append(country_key(f"{parts[1]} {parts[0]}"))
    return [key for key in dict.fromkeys(keys) if key]


def two_parts(name: str) -> tuple[str, str] | None:
    """What stands before the last comma, or before brackets, and what stands after or in them.

    Examples
    --------
    >>> two_parts("Bangkok, Thailand"), two_parts("Myanmar (Burma)"), two_parts("Chad")
    (('Bangkok', 'Thailand'), ('Myanmar', 'Burma'), None)
    """
    met = _BRACKETS.match(name)
    first, second = met.groups() if met else name.rpartition(",")[::2]
    return (first.strip(), second.strip()) if first.strip() and second.strip() else None
