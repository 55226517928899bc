"""Why a cell cannot be read, in words, and how to write it instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diffuscope.records.phrases import in_code
from diffuscope.records.statuses import OTHER_WORDS
from diffuscope.tables.date_words import unreadable_date
from diffuscope.tables.number_words import EMPTY_IS_UNKNOWN, number_wording
from diffuscope.tables.places import Wording
from diffuscope.tables.several_ids import words_in
from diffuscope.tables.suggest import UNKNOWN, bare, nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from diffuscope.tables.columns import Column

LONGEST_ID = 200
LONGEST_TEXT = 100_000
DAMAGED = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F\x{202A}-\x{202E}\x{2066}-\x{2069}\x{FEFF}\x{FFFD}]"
"""Characters that no person types: controls, marks that turn the direction of writing, damaged letters."""
BREAKS = r"[\t\r\n\x{2028}\x{2029}]"
URL = r"^https?://[^\s<>\x22]+$"

_DAMAGED = re.compile(re.sub(r"\\x\{(\w+)\}", r"\\u\1", DAMAGED))
_BREAKS = re.compile(re.sub(r"\\x\{(\w+)\}", r"\\u\1", BREAKS))


def unreadable(column: Column, value: str, decimal: str) -> Wording:
    """Why a cell cannot be a value of its column, under which rule, and how to write it instead."""
    if _DAMAGED.search(value):
        return Wording(
            "damaged-text",
            f"`{column.name}` contains a control character or a damaged character.",
            "type the cell again; if many cells are damaged, save the file again as UTF-8",
        )
    if column.kind in ("number", "integer", "probability", "fraction"):
        return _number(column, value, decimal)
    if column.kind == "choice":
        return _choice(column, value)
    return _BY_KIND[column.kind](column.name, value)


def _number(column: Column, value: str, decimal: str) -> Wording:
    name = column.name
    if value.strip().lower() in UNKNOWN:
        return Wording("bad-number", f"`{name}` is not a number.", EMPTY_IS_UNKNOWN)
    number = _parsed(value, decimal)
    if number is not None:
        return _out_of_bounds(column, number)
    wording = number_wording(column, value, decimal)
    if wording is not None:
        return wording
    fix = "write only digits, without units, currency signs or spaces; put remarks into `note`"
    return Wording("bad-number", f"`{name}` is not a number.", fix)


def _parsed(value: str, decimal: str) -> float | None:
    sign = re.escape(decimal)
    if not re.fullmatch(rf"[+-]?([0-9]+({sign}[0-9]*)?|{sign}[0-9]+)([eE][+-]?[0-9]+)?", value):
        return None
    return float(value.replace(decimal, "."))


def _out_of_bounds(column: Column, number: float) -> Wording:
    name = column.name
    if column.kind == "probability":
        message = f"`{name}` is outside .01–.99: no trace is certain, whether the mechanism is true or not."
        fix = "write a chance between .01 and .99"
        meant = f"{fix}, such as {number / 100:g} for {number:g} %" if 1 < number <= 99 else None
        return Wording("out-of-bounds", message, fix, meant)
    if column.kind == "fraction":
        return Wording("out-of-bounds", f"`{name}` lies outside 0–1.", "write a share between 0 and 1")
    if column.kind == "integer" and not number.is_integer():
        return Wording("bad-number", f"`{name}` is not a whole number.", "write a whole number")
    low, high = column.minimum, column.maximum
    if (low is None or number >= low) and (high is None or number <= high):
        return Wording(
            "out-of-bounds",
            f"`{name}` is too large, or is not written in plain digits.",
            "write the number in plain digits",
        )
    span = (
        f"from {low:g}" if high is None else f"up to {high:g}" if low is None else f"from {low:g} to {high:g}"
    )
    return Wording("out-of-bounds", f"`{name}` must be {span}.", f"write a number {span}")


_OTHER_WORDS = {bare(word): status for status, words in OTHER_WORDS.items() for word in words}


def _choice(column: Column, value: str) -> Wording:
    listed = in_code(column.choices)
    usual = _OTHER_WORDS.get(bare(value))
    if usual in column.choices:  # `Not started` is one letter from `not stated`, and another state
        message = f"`{column.name}` must be one of {listed}."
        return Wording("bad-choice", message, f"write one of {listed}; `{usual}`, if that is meant")
    message = f"`{column.name}` must be one of {listed}."
    named = words_in(value, column.choices)
    if named is not None:  # the nearest word would lose the rest of the cell
        fix = f"write one of {listed}, and put the rest into `note`"
        meant = f"write `{named[0]}`, and put the rest into `note`" if len(named) == 1 else None
        return Wording("bad-choice", message, fix, meant)
    meant = nearest(value, column.choices)
    if not column.required and value.strip().lower() in UNKNOWN:
        return Wording("bad-choice", message, EMPTY_IS_UNKNOWN)
    return Wording("bad-choice", message, f"write one of {listed}", f"write `{meant}`" if meant else None)


def _id(name: str, value: str) -> Wording:
    if ";" in value:
        return Wording(
            "bad-id", f"`{name}` contains several ids.", "keep one id, and add one row for each of the others"
        )
    if _BREAKS.search(value):
        return Wording("bad-id", f"`{name}` contains a line break or tab.", "write the id on one line")
    return Wording("bad-id", f"`{name}` is longer than {LONGEST_ID} characters.", "use a short id")


def _ids(name: str, value: str) -> Wording:
    if _BREAKS.search(value):
        return Wording("bad-id", f"`{name}` contains a line break or tab.", "separate the ids by semicolons")
    if not bare(value):
        return Wording("bad-id", f"`{name}` contains no id.", EMPTY_IS_UNKNOWN)
    fix = "use short ids, separated by semicolons"
    return Wording("bad-id", f"`{name}` contains an id longer than {LONGEST_ID} characters.", fix)


def _text(name: str, _: str) -> Wording:
    message = f"`{name}` is longer than {LONGEST_TEXT:,} characters."
    return Wording("too-long", message, "shorten it, or keep the text in a document of the case")


def _path(name: str, value: str) -> Wording:
    if len(value) > LONGEST_TEXT:
        return _text(name, value)
    message = f"`{name}` does not name a file inside the case folder."
    fix = "write the path from the case folder with forward slashes, e.g. documents/report.pdf"
    return Wording("bad-path", message, fix)


def _url(name: str, _: str) -> Wording:
    fix = "write the whole address, beginning with https://"
    return Wording("bad-url", f"`{name}` is not a web address.", fix)


_BY_KIND: dict[str, Callable[[str, str], Wording]] = {
    "date": unreadable_date,
    "id": _id,
    "ids": _ids,
    "text": _text,
    "path": _path,
    "url": _url,
}
