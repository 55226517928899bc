"""Numbers and stances in the words a reader of the report meets."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from diffuscope.records.wording import stance_words

if TYPE_CHECKING:
    from diffuscope.records import Body, Silence, Stance, VerdictName

STANCES: dict[Stance, str] = {
    "for": "speaks for it",
    "leaning for": "leans towards it",
    "silent": "is inconclusive",
    "leaning against": "leans against it",
    "against": "speaks against it",
}
DIRECTIONS = {"for": "for", "against": "against", "absent": "looked for, not found", "mixed": "coders differ"}
AUTHOR = {
    "at work": "at work",
    "in part": "at work in part",
    "not at work": "not at work",
    "undecided": "left open",
}
TESTS = {
    "straw in the wind": "found or not, it changes the balance only a little",
    "hoop": "failing it counts heavily against the mechanism, passing it counts little",
    "smoking gun": "finding it counts heavily, not finding it counts little",
    "doubly decisive": "it counts heavily, found or not",
}
ROLES = {
    "necessary": "necessary",
    "supporting": "supporting",
    "discriminating": "distinguishes it from a rival",
    "diffusion": "needed for any diffusion",
}


NEIGHBOURS = "neighbours"
"""Stands in place of a mechanism where exposure to neighbours is told, which identifies none."""


def mechanism_label(mechanism: str) -> str:
    """What a mechanism is called; of neighbours it is said that they identify none.

    Examples
    --------
    >>> mechanism_label("learning"), mechanism_label("neighbours")
    ('learning', 'neighbours (mechanism not identified)')
    """
    return f"{mechanism} (mechanism not identified)" if mechanism == NEIGHBOURS else mechanism


def by_strength(verdict: VerdictName) -> int:
    """Where a verdict stands between what is best supported and what cannot be asked."""
    return _STRENGTH.index(verdict)


_STRENGTH: tuple[VerdictName, ...] = (
    "supported",
    "found",
    "supported by one body",
    "weak",
    "leaning",
    "contested",
    "not separable",
    "not shown",
    "opposed",
    "no data",
    "not testable",
)


def stance_label(stance: Stance, silence: Silence | None, body: Body = "statistics") -> str:
    """What a body of evidence says, as a label; silence never stands without its kind.

    Examples
    --------
    >>> stance_label("leaning for", None), stance_label("silent", "no data")
    ('leaning for', 'not tested: no data')
    """
    return stance_words(stance, silence, body)


def weight_words(decibans: float) -> str:
    """A weight of evidence in words, by the bands that coders use.

    Examples
    --------
    >>> weight_words(3.9), weight_words(-5.4), weight_words(0.2), weight_words(0)
    ('weak', 'moderate', 'hardly any', 'none')
    """
    size = abs(decibans)
    for most, words in ((0.05, "none"), (1.5, "hardly any"), (4.5, "weak"), (8, "moderate"), (15, "strong")):
        if size < most:
            return words
    return "very strong"


def times(decibans: float) -> str:
    """A weight of evidence as a ratio of chances.

    Examples
    --------
    >>> times(10), times(-3.0103), times(0)
    ('10 times likelier if it was at work', '2 times less likely if it was at work', 'as likely either way')
    """
    ratio = 10 ** (abs(decibans) / 10)
    shown = f"{ratio:.1f}".removesuffix(".0") if ratio < 10 else f"{ratio:.0f}"
    if shown == "1":
        return "as likely either way"
    return f"{shown} times {'likelier' if decibans > 0 else 'less likely'} if it was at work"


def when(first: str | None, last: str | None) -> str:
    """The days between which something happened, as a reader would say it.

    Examples
    --------
    >>> when("2018-01-01", "2018-12-31"), when("2018-05-01", "2018-05-31")
    ('2018', 'May 2018')
    >>> when(None, "2022-12-31"), when("2014-01-01", "2016-12-31")
    ('by the end of 2022', '2014–2016')
    >>> when("2018-07-08", "2018-07-08"), when(None, None)
    ('8 July 2018', 'unknown')
    """
    if last is None:
        return "unknown" if first is None else f"{_day(first)} or later"
    if first is None:
        return f"by the end of {last[:4]}" if last.endswith("-12-31") else f"by {_day(last)}"
    if first == last:
        return _day(first)
    if first.endswith("-01-01") and last.endswith("-12-31"):
        return first[:4] if first[:4] == last[:4] else f"{first[:4]}–{last[:4]}"
    if first[:7] == last[:7] and first.endswith("-01") and int(last[8:]) >= 28:
        return f"{date.fromisoformat(first):%B %Y}"
    return f"between {_day(first)} and {_day(last)}"


def as_written(text: str) -> str:
    """A date as the case writes it (`2018`, `2018-05`, `2018-05-03`) as a reader would say it.

    Examples
    --------
    >>> as_written("2018-05-03"), as_written("2018-05"), as_written("2018"), as_written("w3")
    ('3 May 2018', 'May 2018', '2018', 'w3')
    """
    try:
        if len(text) == len("2018-05"):
            return f"{date.fromisoformat(text + '-01'):%B %Y}"
        return _day(text) if len(text) == len("2018-05-03") else text
    except ValueError:
        return text


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"
