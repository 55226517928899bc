"""`case.toml` as text: read in bounded time, its mistakes told with line and column, every setting placed."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from diffuscope.case import limits
from diffuscope.case.encoding import utf8
from diffuscope.case.refusal import Unreadable
from diffuscope.case.settings import Written
from diffuscope.tables.places import Wording

if TYPE_CHECKING:
    from diffuscope.case.settings import Key

TOKEN = re.compile(
    r"""  # texts, comments, words; every other sign by itself
    \"{3}(?:\\.|(?!\"{3}).)*(?:\"{3})?
    | '{3}(?:(?!'{3}).)*(?:'{3})?
    | "(?:\\.|[^"\\\n])*"?
    | '[^'\n]*'?
    | \#[^\n]*
    | [\w-]+
    | .""",
    re.DOTALL | re.VERBOSE,
)
PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
CURLY = re.compile("[“”„‘’]")
QUOTED = 'put text between straight quotation marks: title = "My case"'
MISTAKES = (
    (
        "Cannot",
        "something is set twice",
        "write `[[analysis]]` before each question, or decide which of the two is right",
    ),
    ("Expected '='", "a name has no value", 'put `=` between them: title = "My case"'),
    ("Expected newline", "there is text after the value", f"begin a new line after each value; {QUOTED}"),
    ("Invalid value", "a value cannot be read", QUOTED),
    (
        "Unclosed array",
        "a list has no end",
        'separate its items by commas and end it with `]`: ["one", "two"]',
    ),
    ("Unclosed", "a table has no end", "end it with `}` on the same line"),
    ("Unescaped", "a text holds a backslash", "write it twice, or put the text between single marks: 'a'"),
    ("Unterminated", "a text has no end", 'end it with a quotation mark; longer texts with three: """'),
    (
        "Illegal character",
        "a text has no end on its line",
        'end it with a quotation mark; longer texts with three: """',
    ),
    ("", "a line is not understood", "write a setting as name = value; begin a comment with #"),
)
"""Beginnings of what the library says, and the same in words for people who never heard of TOML."""


def read_settings(data: bytes, file: str = "case.toml") -> Written:
    """The settings of a case as they stand in its file.

    Raises
    ------
    Unreadable
        If the file is no TOML, with the line and column where it goes wrong.
    """
    text = utf8(data).decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    places = _Walk().places(text)
    try:
        says = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _mistake(str(error), text) from None
    except ValueError:
        message = "A number in the file is far too long."
        raise Unreadable(Wording("bad-toml", message, QUOTED)) from None
    return Written(says=says, file=file, places={key: (file, line) for key, line in places.items()})


def _mistake(parser_message: str, text: str) -> Unreadable:
    at = PLACE.search(parser_message)
    lines = text.split("\n")
    row, column = (int(at[1]), int(at[2])) if at and at[1] else (len(text.rstrip().split("\n")), None)
    _, says, fix = next(mistake for mistake in MISTAKES if parser_message.startswith(mistake[0]))
    if CURLY.search(lines[min(row, len(lines)) - 1]):
        fix = QUOTED
    where = f"line {row:,}" if column is None else f"line {row:,}, column {column:,}"
    message = f"The file cannot be read from {where} on: {says}."
    return Unreadable(Wording("bad-toml", message, fix), row=row)


class _Walk:
    """A walk over the signs of the text, which counts depths and notes the line of every setting.

    The library that reads TOML takes time that grows with the square of the parts of a key, and a level of
    Python for each list within a list; both are bounded here, before it sees the text.
    """

    def __init__(self) -> None:
        self._places: dict[Key, int] = {}
        self._table: Key = ()
        self._listed: dict[Key, int] = {}
        self._statement: list[str] = []

    def places(self, text: str) -> dict[Key, int]:
        line, depth, dots, in_value = 1, 0, 0, False
        for token in TOKEN.finditer(text):
            sign = token[0]
            if sign in "[{]}":
                depth += 1 if sign in "[{" else -1
            if sign == "." or sign in "=,\n[{":
                dots = dots + 1 if sign == "." else 0
            if max(depth, dots) > limits.SETTINGS_DEPTH:
                message = f"Something in line {line:,} lies more than {limits.SETTINGS_DEPTH} levels deep."
                fix = "write it without so many levels: no setting of a case needs them"
                raise Unreadable(Wording("too-deep", message, fix), row=line)
            if sign == "\n" and (depth <= 0 or not in_value):
                self._enter(line)
                depth, in_value = 0, False
            elif sign == "=" and not in_value:
                self._places.setdefault((*self._table, *self._names()), line)
                in_value = True
            if not in_value and not sign.isspace() and sign[0] != "#":
                self._statement.append(sign)
            line += sign.count("\n")
        self._enter(line)
        return self._places

    def _enter(self, line: int) -> None:
        """Whatever follows belongs to the table that this statement names, if it names one."""
        if self._statement[:1] == ["["]:
            names = self._names()
            if self._statement[:2] == ["[", "["] and names:
                within = (*self._resolved(names[:-1]), names[-1])
                self._listed[within] = self._listed.get(within, -1) + 1
            self._table = self._resolved(names)
            self._places.setdefault(self._table, line)
        self._statement = []

    def _resolved(self, names: Key) -> Key:
        """The same names, each list among them followed by the number of the table that is being written."""
        key: Key = ()
        for name in names:
            key = (*key, name)
            if key in self._listed:
                key = (*key, self._listed[key])
        return key

    def _names(self) -> Key:
        return tuple(part.strip("\"'") for part in self._statement if part not in ("[", "]", ".", "="))
