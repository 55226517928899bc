"""Several ids in one cell that are not separated by semicolons: how to write them without losing one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diffuscope.tables.places import Wording
from diffuscope.tables.suggest import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.tables.suggest import Names

_BETWEEN = re.compile(r"\s*[,/|&+\n\u3001\uFF0C]\s*|\s+(?:and|dan|et|và|และ|y)\s+", re.IGNORECASE)
"""What people write between names; in English, Indonesian, French, Vietnamese, Thai and Spanish."""
MOST = 10
"""Names in one cell that are looked up one by one."""


def parts_of(value: str) -> list[str]:
    """The names in a cell that may hold several; one where nothing stands between them.

    >>> parts_of("JICA, MLIT"), parts_of("Hanoi and Hue"), parts_of("Andaman")
    (['JICA', 'MLIT'], ['Hanoi', 'Hue'], ['Andaman'])
    """
    if value.strip().lower() in UNKNOWN:  # n/a is one word
        return [value.strip()]
    return [part for part in (one.strip() for one in _BETWEEN.split(value)) if part]


def several_ids(value: str, names: Names, wrong: tuple[str, str], *, many: bool) -> Wording | None:
    """How to write a cell in which several known names stand; None where it holds no two.

    A fix that kept the one name nearest to the whole cell would lose the others.

    Parameters
    ----------
    value : str
    names : Names
        What the column can hold.
    wrong : (str, str)
        The rule, and what is wrong, where it is not that the column holds one alone.
    many : bool
        Whether the column can hold several.
    """
    rule, message = wrong
    parts = parts_of(value)
    if not 2 <= len(parts) <= MOST:
        return None
    exact = [names.exact(part) for part in parts]
    ids = (
        exact if all(exact) else [one or names.nearest(part) for one, part in zip(exact, parts, strict=True)]
    )
    if not any(ids):
        return None
    apart = "separate them by semicolons" if many else ONE_EACH
    if not all(ids):
        near = names.nearest(value)
        meant = None if near is None else f"write `{near}` if that alone is meant; otherwise {apart}"
        return Wording(rule, message, f"correct it; if it names several, {apart}", meant)
    if len(set(ids)) == 1:
        return None
    if not many:
        return Wording(rule, "It names several; the column holds one.", ONE_EACH)
    doubt = "" if all(exact) else " if these are meant"
    return Wording(rule, message, apart, f"write `{_joined(ids)}`{doubt}")


ONE_EACH = "keep one id, and add one row for each of the others"


def _joined(ids: Iterable[str | None]) -> str:
    return "; ".join(dict.fromkeys(one for one in ids if one is not None))


def words_in(value: str, choices: Iterable[str]) -> list[str] | None:
    """The words of a column that a cell names among others; None where it holds no more than one.

    >>> words_in("planning / ongoing", ["planning", "ongoing"]), words_in("ongoing, late", ["ongoing"])
    (['planning', 'ongoing'], ['ongoing'])
    >>> words_in("on going", ["ongoing"]) is None
    True
    """
    parts = [part for one in parts_of(value) for part in _OR.split(one) if part]
    if len(parts) < 2:
        return None
    known = {_folded(choice): choice for choice in choices}
    return list(dict.fromkeys(known[_folded(part)] for part in parts if _folded(part) in known))


_OR = re.compile(r"\s+(?:or|atau|ou|hoặc|หรือ|o)\s+|\s*;\s*", re.IGNORECASE)


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
