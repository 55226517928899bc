"""Sentences as the page sets them: criteria lead to their definition, names of the case stand in type."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from diffuscope.result import Result


class Prose:
    """Sets sentences of one result; whatever they hold is escaped first.

    Parameters
    ----------
    result : Result
    """

    def __init__(self, result: Result) -> None:
        # an id without a hyphen, such as `T`, is also a word or a letter
        self._texts = {
            id_: text for mechanism in result.mechanisms for id_, text, _ in mechanism.criteria if "-" in id_
        }
        longest_first = sorted(self._texts, key=lambda id_: (-len(id_), id_))
        ids = "|".join(re.escape(str(escape(id_))) for id_ in longest_first)
        self._criteria = re.compile(rf"(?<![\w-])(?:{ids})(?![\w-])") if ids else None

    def __call__(self, text: str | None) -> Markup:
        """One sentence, or several, as HTML."""
        html = re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text or "")))
        if self._criteria is not None:
            html = self._criteria.sub(self._link, html)
        return Markup(html)

    def _link(self, match: re.Match[str]) -> str:
        id_ = Markup(match[0]).unescape()
        return f'<a href="#criterion-{escape(id_)}" title="{escape(self._texts[id_])}">{match[0]}</a>'
