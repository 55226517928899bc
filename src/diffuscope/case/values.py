"""Values as TOML holds them, and how they are told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TypeGuard

from diffuscope.tables.dates import PATTERN

YEARS = 10_000
LONGEST_NUMBER = 10**15


def is_date(text: str) -> bool:
    """Whether a text is a date of the format: ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.

    >>> is_date("2018-02"), is_date("2018-02-30")
    (True, False)
    """
    if not re.fullmatch(PATTERN, text):
        return False
    try:
        date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        return False
    return True


def is_list(given: object) -> TypeGuard[Sequence[object]]:
    """Whether a value is several values."""
    return isinstance(given, Sequence) and not isinstance(given, str)


def iso_date(given: object) -> str | None:
    """A date of the format, from however TOML lets it be written; None where it is not a date."""
    text = date_text(given)
    return text if text is not None and is_date(text) else None


def date_text(given: object) -> str | None:
    """A date, a year or a text as text; None where it is nothing of them."""
    if isinstance(given, date) and not isinstance(given, datetime):
        return given.isoformat()
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given) if 0 <= given < YEARS else None
    return given.strip() if isinstance(given, str) and given.strip() else None


def mapping_at(says: Mapping[str, object], *path: str) -> Mapping[str, object]:
    """The table under some keys; empty where there is none.

    >>> mapping_at({"words": {"status": {"x": "y"}}}, "words", "status"), mapping_at({"waves": 3}, "waves")
    ({'x': 'y'}, {})
    """
    value: object = says
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def shown(given: object) -> str:
    """A value as a problem shows it."""
    # Only the first of many: a list may be as long as the file.
    if is_list(given):
        first = ", ".join(shown(one) for one in given[:3])
        return f"[{first}, …]" if len(given) > 3 else f"[{first}]"
    if isinstance(given, int) and abs(given) > LONGEST_NUMBER:
        return "a very long number"  # Python refuses to write the longest ones out
    return str(given) if not isinstance(given, Mapping) else "a table"
