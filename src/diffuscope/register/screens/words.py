"""Words of pages in the reader's language: filters and one tag of the templates."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.template import Library

from diffuscope.register.language import day_in, language
from diffuscope.register.messages import Message, asked_in, said_in

if TYPE_CHECKING:
    from diffuscope.register.language import Language

register = Library()
WRITTEN = re.compile(r"-?\d{1,12}\.\d+")
"""A number as Python writes it."""


def _words() -> Language:
    """The language in which the page is being made."""
    from django.utils.translation import get_language

    from diffuscope.register.language import LANGUAGES

    code = get_language()
    return language(code if code in LANGUAGES else "en")


def word(code: str) -> str:
    """A state, kind or role as the language calls it; itself where it has no such word."""
    return _words().word.get(code, code)


def status(code: str) -> str:
    """A project's status as the language calls it."""
    words = _words()
    return words.status.get(code) or words.word.get(code, code)


def listed_status(one: Any) -> str:
    """A status in an edition: in the network's own words, and on pages in other languages in theirs."""
    words = _words()
    if words.code == "en":
        return str(one.status)
    return words.status.get(one.code) or words.word.get(one.code, one.status)


def day(value: date | str | None) -> str:
    """A day, or a year or month as a case writes it, as the language does."""
    if not value:
        return ""
    written = value.date() if isinstance(value, datetime) else value
    return day_in(written.isoformat() if isinstance(written, date) else written, _words())


def number(value: float | None) -> str:
    """A number with the decimal sign of the language; empty where there is none."""
    return "" if value is None else f"{value:.12g}".replace(".", _words().decimal)


def figure(text: str) -> str:
    """A value as the register writes it in its history, a number without needless places; others as they are.

    >>> figure("5.0"), figure("12.5"), figure("2026"), figure("version 1.0")
    ('5', '12.5', '2026', 'version 1.0')
    """
    return number(float(text)) if WRITTEN.fullmatch(str(text)) else text


def amount(value: float | str | None) -> str:
    """An amount of money, its thousands apart, with the signs of the language.

    >>> amount(1250000), amount("-2500.5"), amount(None)
    ('1,250,000', '-2,500.50', '')
    """
    if value is None or value == "":
        return ""
    value = float(value)
    written = f"{value:,.0f}" if value.is_integer() else f"{value:,.2f}"
    return written.translate(str.maketrans(",.", ".,")) if _words().decimal == "," else written


def known(value: Any) -> Any:
    """A value as it is, zero among them; where there is none, the words for *not known*."""
    from django.utils.html import format_html

    if value is None or value == "":
        return format_html('<span class="quiet">{}</span>', _words().screen["not_known"])
    return number(value) if isinstance(value, float) else value


def heading(column: str) -> str:
    """What a column is called in the language; itself where it has no such word."""
    words = _words()
    return words.heading.get(column) or words.word.get(column, column)


def said(text: str) -> str:
    """A text, in the language where it is a message of the register."""
    return said_in(text, _words())


def asks(query: Any) -> str:
    """What a question asks."""
    return asked_in(query, _words())


def _say(code: str, **values: object) -> str:
    """A sentence with values in its places; Django calls it with the names that a template writes."""
    return Message(code, {name: str(value) for name, value in values.items()}).said_in(_words())


for _one in (word, status, listed_status, heading, day, number, figure, amount, known, said, asks):
    register.filter(_one.__name__, _one)
register.simple_tag(_say, name="say")
