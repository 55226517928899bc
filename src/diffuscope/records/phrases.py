"""Parts of sentences: lists, counted nouns, names in code type, first letters, text on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
"""Do not print, but belong to the spelling of several scripts."""
_SPELLED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def listed(words: Iterable[str], last: str = "and", *, at_most: int | None = None) -> str:
    """Words as a list in a sentence; a list cut at some length says how many it leaves out.

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")
    ('a', 'a and b', 'a, b or c')
    >>> listed(["a", "b", "c", "d"], at_most=2)
    'a, b and 2 more'
    """
    named = list(words)
    if at_most is not None and len(named) > at_most:
        named = [*named[:at_most], f"{len(named) - at_most} more"]
    return "".join(named) if len(named) < 2 else f"{', '.join(named[:-1])} {last} {named[-1]}"


def in_code(names: Iterable[str], at_most: int | None = None) -> str:
    """Names in code type, one after another; an ellipsis stands for what is cut.

    Examples
    --------
    >>> in_code(["unit", "time"]), in_code("abc", 2), in_code([])
    ('`unit`, `time`', '`a`, `b` …', '')
    """
    named = list(names)
    return ", ".join(f"`{name}`" for name in named[:at_most]) + (
        " …" if len(named[:at_most]) < len(named) else ""
    )


def noun(number: int, one: str, many: str | None = None) -> str:
    """A noun or a verb in the number that fits.

    Examples
    --------
    >>> noun(1, "row"), noun(2, "row"), noun(0, "is", "are")
    ('row', 'rows', 'are')
    """
    return one if number == 1 else many or f"{one}s"


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun.

    Examples
    --------
    >>> counted(1, "passage"), counted(1200, "row"), counted(2, "city", "cities")
    ('1 passage', '1,200 rows', '2 cities')
    """
    return f"{number:,} {noun(number, one, many)}"


def in_words(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun, spelled if it is small.

    Examples
    --------
    >>> in_words(1, "question"), in_words(0, "city", "cities"), in_words(12, "question")
    ('one question', 'no cities', '12 questions')
    """
    return f"{_SPELLED[number]} {noun(number, one, many)}" if number <= 10 else counted(number, one, many)


def upper_first(text: str) -> str:
    """The text with a capital at its start, and all other letters as they are.

    Examples
    --------
    >>> upper_first("log GDP"), upper_first("")
    ('Log GDP', '')
    """
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """The text with a small letter at its start.

    Examples
    --------
    >>> lower_first("No ASEAN city")
    'no ASEAN city'
    """
    return text[:1].lower() + text[1:]


def one_line(text: str, kept: str = JOINERS) -> str:
    """Text on one line: single blanks, and no character that does not print but those kept.

    Examples
    --------
    >>> one_line("two\\nlines\\x00 "), one_line("<b>bold</b>")
    ('two lines', '<b>bold</b>')
    """
    return " ".join("".join(sign if sign.isprintable() or sign in kept else " " for sign in text).split())


def printable(text: str) -> str:
    """Text whose characters all print: others, which could steer a terminal, show as damaged.

    Examples
    --------
    >>> printable("a\\x1b[31m")
    'a�[31m'
    """
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
