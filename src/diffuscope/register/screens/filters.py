"""What a page shows where nothing was said: that it is not known, which is neither nothing nor zero."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()
NOT_KNOWN = "not known"


def known(value: Any, words: Any = None) -> Any:
    """A value as it is, zero among them; where there is none, the words for *not known*.

    Parameters
    ----------
    value : object
    words : mapping of str to str, optional
        Words of the page; by default English.
    """
    from django.utils.html import format_html

    if value is None or value == "":
        text = (words or {}).get("not_known", NOT_KNOWN)
        return format_html('<span class="quiet">{}</span>', text)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def worded(value: str, words: Any) -> str:
    """A status in the language of the page.

    Parameters
    ----------
    value : str
    words : mapping of str to str
        Words by status.
    """
    return str(words.get(value, value))


register.filter("known", known)
register.filter("worded", worded)
