"""Messages of the register: a code and its values, said in the reader's language when they are shown.

A sentence is never parsed. Whoever writes a message names its code, and every language has a sentence for it
(`languages/*.toml`, part `message`); a value may itself be a word that each language has.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.records.phrases import in_code
from diffuscope.register.language import day_in, language
from diffuscope.tables.catalogue import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diffuscope.records import Problem
    from diffuscope.register.language import Language

DAY = "day"
"""Part of a term that is a day (ISO 8601), which each language writes in its own way."""
PLAIN = "plain"
"""Code of a text that somebody typed: it is the same in every language."""
SAYS = "_says"
"""Where the row of a question keeps what is asked, as codes and values."""
LONGEST = 8_000
"""Letters of one field of a form; a longer text is refused, never cut."""
BELONGS = {
    "budget": "currency",
    "amount": "currency",
    "currency": "budget",
    "end_planned": "start_planned",
    "end": "start",
}
"""Columns that a rule compares with another."""
LABELS = {
    "support": {
        "recipient": ("screen", "to_which_member"), "kind": ("screen", "what_is_given"),
        "name": ("screen", "instrument"), "amount": ("screen", "amount"), "currency": ("heading", "currency"),
        "stage": ("screen", "how_far"), "conditional": ("screen", "conditional"), "start": ("screen", "from"),
        "end": ("screen", "to"), "note": ("heading", "note"), "partner": ("heading", "partner"),
    },
    "indicators": {
        "indicator": ("screen", "indicator_code"), "unit": ("screen", "member"),
        "name": ("screen", "what_is_measured"),
        "baseline": ("screen", "baseline"), "target": ("screen", "target"), "actual": ("screen", "actual"),
        "unit_of_measure": ("screen", "unit_of_measure"),
        "note": ("heading", "note"),
    },
}  # fmt: skip
"""By table, what a page calls its columns: a part of each language, and the key in it."""
TOLD = frozenset({
    "missing-value", "bad-number", "out-of-bounds", "ambiguous-number", "bad-date", "bad-choice", "bad-id",
    "damaged-text", "too-long", "unknown-id", "value-needs-another", "currency-code",
    "dates-in-order", "total-row", "repeated-key",
})  # fmt: skip
"""Rules of a table that a row of a return can break, of which every language has a sentence."""
_TABLES = re.compile(r",? or (?:add a row to|say under) `.*$")
"""Fixes that only the keeper of the tables can make."""
_CODE = re.compile(r"`([^`]*)`")


class Term(NamedTuple):
    """A word that every language has: one of its parts (`heading`, `status` …), and the key in it."""

    part: str
    key: str

    def said_in(self, words: Language) -> str:
        """The word in a language; the key itself where the part has no such word."""
        if self.part == DAY:
            return day_in(self.key, words)
        return str(getattr(words, self.part).get(self.key) or words.word.get(self.key, self.key))


class Choices(NamedTuple):
    """Words of which one is to be chosen."""

    part: str
    keys: tuple[str, ...]

    def said_in(self, words: Language) -> str:
        """The words in a language, one after the other."""
        return in_code([Term(self.part, key).said_in(words) for key in self.keys])


Value = str | Term | Choices
"""What can stand in a place of a message."""


def too_long(cells: Mapping[str, str], labels: Mapping[str, tuple[str, str]]) -> dict[str, Message]:
    """What is wrong with fields that hold more letters than one may.

    Parameters
    ----------
    cells : mapping of str to str
        Texts by field.
    labels : mapping of str to tuple of str and str
        By field, what a page calls it: a part of each language, and the key in it.
    """
    return {
        name: Message("field-too-long", {"field": Term(*labels[name]), "count": str(LONGEST)})
        for name, text in cells.items()
        if len(text) > LONGEST
    }


class Message(str):
    """A sentence in English, which is its text, with the code and values from which others say it.

    It is a text, so that a command, a log or an error prints it as it is.

    Parameters
    ----------
    code : str
        A key of the part `message` of every language.
    values : mapping of str to str, Term or Choices
        What stands in its places.

    Examples
    --------
    >>> late = Message("no-project", {"key": "p-000012"})
    >>> print(late)
    `p-000012` is no project that waits to be reported.
    >>> late.said_in(language("id"))
    '“p-000012” bukan proyek yang menunggu dilaporkan.'
    """

    code: str
    values: Mapping[str, Value]

    def __new__(cls, code: str, values: Mapping[str, Value] | None = None) -> Message:
        """A message of that code."""
        made = super().__new__(cls, _text(code, values or {}, language("en")))
        made.code, made.values = code, dict(values or {})
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """As it was made."""
        return Message, (self.code, self.values)

    def said_in(self, words: Language) -> str:
        """The sentence in a language, for a page: what is quoted stands between quotation marks."""
        return _CODE.sub(r"“\1”", _text(self.code, self.values, words))


def _text(code: str, values: Mapping[str, Value], words: Language) -> str:
    if code == PLAIN:
        return str(values["text"])
    said = {
        name: value.said_in(words) if isinstance(value, Term | Choices | Message) else str(value)
        for name, value in values.items()
    }
    return words.message[code].format(**said)


def typed(text: str) -> Message:
    """What somebody typed, as a message: it is shown as it is."""
    return Message(PLAIN, {"text": text})


def told(problem: Problem, part: str) -> Message:
    """What is wrong with a cell of a table, for somebody who sees a form and not the table behind it.

    Parameters
    ----------
    problem : Problem
    part : str
        The part of a language that says what the table's columns are called in the form.
    """
    column = problem.column or ""
    other = "amount" if (problem.table, column) == ("support", "currency") else BELONGS.get(column, column)
    fix = _TABLES.sub("", problem.fix)
    return Message(
        f"problem-{problem.rule}" if problem.rule in TOLD else "problem-other",
        {
            "column": label_of(problem, column, part), "other": label_of(problem, other, part),
            "value": problem.value or "", "message": with_labels(problem, problem.message, part),
            "fix": with_labels(problem, fix, part),
        },
    )  # fmt: skip


def label_of(problem: Problem, column: str, part: str) -> Term:
    """What a form calls a column of the table that a problem is in."""
    labels = LABELS.get(problem.table or "", {})
    if part == "screen" and column not in labels and problem.table == "projects":
        return Term("heading", column)
    return Term(*labels.get(column, (part, column)))


def with_labels(problem: Problem, text: str, part: str = "screen") -> str:
    """A sentence of a table in English with the columns as a form calls them."""
    columns = CATALOGUE[problem.table].names if problem.table in CATALOGUE else ()
    words = language("en")

    def called(found: re.Match[str]) -> str:
        name = found[1]
        known = name in columns and name != problem.value
        return f"`{label_of(problem, name, part).said_in(words)}`" if known else found[0]

    return _CODE.sub(called, text)


def said_in(text: str, words: Language) -> str:
    """A text in a language, if it is a message; otherwise as it is."""
    return text.said_in(words) if isinstance(text, Message) else _CODE.sub(r"“\1”", text)


def kept(messages: Sequence[str]) -> list[dict[str, Any]]:
    """Messages as a row of the register keeps them."""
    return [
        {
            "code": one.code,
            "values": {
                name: [type(value).__name__, *value] if isinstance(value, Term | Choices) else value
                for name, value in one.values.items()
            },
        }
        for one in (text if isinstance(text, Message) else typed(text) for text in messages)
    ]


def read_again(stored: Sequence[Mapping[str, Any]]) -> list[Message]:
    """Messages from what a row keeps of them."""
    return [
        Message(one["code"], {name: _value(value) for name, value in one["values"].items()}) for one in stored
    ]


def _value(stored: Any) -> Value:
    if not isinstance(stored, list):
        return str(stored)
    kind, part, rest = stored
    return Term(part, rest) if kind == Term.__name__ else Choices(part, tuple(rest))


def asked_in(query: Any, words: Language) -> str:
    """What a question asks, in a language; questions of older registers keep one sentence in English."""
    stored = query.row.get(SAYS)
    return (
        " ".join(one.said_in(words) for one in read_again(stored)) if stored else said_in(query.asks, words)
    )
