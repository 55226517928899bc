"""Why a cell cannot be read, in words, and how to write it instead."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from diffuscope.tables.number_words import EMPTY_IS_UNKNOWN, number_wording
from diffuscope.tables.places import Wording
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
_DATED_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T][\d:.]+(Z|[+-]\d\d:?\d\d)?")
_YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})(?:[-/. ](\d{1,2}))?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/. ](\d{4})")
_SERIAL = re.compile(r"[34]\d{4}(\.\d+)?")


def unreadable(column: Column, value: str, decimal: str) -> Wording:
    """Why a cell cannot be a value of its column, under which rule, and how to write it instead."""
    if _DAMAGED.search(value):
        return Wording(
            "damaged-text",
            f"`{column.name}` holds a character that no person types (a control or damaged character).",
            "type the cell anew; if many cells are damaged, save the file again as UTF-8",
        )
    if column.kind in ("number", "integer", "probability", "fraction"):
        return _number(column, value, decimal)
    if column.kind == "choice":
        return _choice(column, value)
    return _BY_KIND[column.kind](column.name, value)


def _number(column: Column, value: str, decimal: str) -> Wording:
    name = column.name
    if value.strip().lower() in UNKNOWN:
        return Wording("bad-number", f"`{name}` is no number.", EMPTY_IS_UNKNOWN)
    number = _parsed(value, decimal)
    if number is not None:
        return _out_of_bounds(column, number)
    told = number_wording(column, value, decimal)
    if told is not None:
        return told
    mend = "write digits only, without units, signs of currency or blanks; remarks go to `note`"
    return Wording("bad-number", f"`{name}` is no number.", mend)


def _parsed(value: str, decimal: str) -> float | None:
    sign = re.escape(decimal)
    if not re.fullmatch(rf"[+-]?([0-9]+({sign}[0-9]*)?|{sign}[0-9]+)([eE][+-]?[0-9]+)?", value):
        return None
    return float(value.replace(decimal, "."))


def _out_of_bounds(column: Column, number: float) -> Wording:
    name = column.name
    if column.kind == "probability":
        message = f"`{name}` lies outside .01–.99: no trace is certain under either reading."
        mend = "write a chance between .01 and .99"
        meant = f"{mend}, such as {number / 100:g} for {number:g} %" if 1 < number <= 99 else None
        return Wording("out-of-bounds", message, mend, meant)
    if column.kind == "fraction":
        return Wording("out-of-bounds", f"`{name}` lies outside 0–1.", "write a share between 0 and 1")
    if column.kind == "integer" and not number.is_integer():
        return Wording("bad-number", f"`{name}` is no whole number.", "write a whole number")
    low, high = column.low, column.high
    if (low is None or number >= low) and (high is None or number <= high):
        return Wording(
            "out-of-bounds",
            f"`{name}` is too large, or not in plain digits.",
            "write the number in plain digits",
        )
    span = (
        f"from {low:g}" if high is None else f"up to {high:g}" if low is None else f"from {low:g} to {high:g}"
    )
    return Wording("out-of-bounds", f"`{name}` may go {span}.", f"write a number {span}")


def _date(name: str, value: str) -> Wording:
    message = f"`{name}` is no date of the form YYYY, YYYY-MM or YYYY-MM-DD."
    mend = "write the year, year-month or year-month-day, e.g. 2018, 2018-07 or 2018-07-08"
    if value.strip().lower() in UNKNOWN:
        return Wording("bad-date", message, EMPTY_IS_UNKNOWN)
    date_meant = _meant_date(value)
    if date_meant:
        meant = f"write {date_meant} (in a spreadsheet, format the column as text)"
        return Wording("bad-date", message, mend, meant)
    if _SERIAL.fullmatch(value):
        mend = "this looks like a spreadsheet's day number: format the column as YYYY-MM-DD and save again"
        return Wording("bad-date", message, mend)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        message = f"`{name}` is no day of the calendar, or lies outside the years 1000 to 2999."
        return Wording("bad-date", message, "correct the day, the month or the year")
    return Wording("bad-date", message, mend)


def _meant_date(value: str) -> str | None:
    """The date of a spreadsheet or of another country, where only one reading is possible."""
    found: tuple[int, int, int | None] | None = None
    if match := _DATED_TIME.fullmatch(value):
        value = match[1]
    if match := _YEAR_FIRST.fullmatch(value):
        found = (int(match[1]), int(match[2]), int(match[3]) if match[3] else None)
    elif match := _MONTH_YEAR.fullmatch(value):
        found = (int(match[2]), int(match[1]), None)
    elif match := _DAY_FIRST.fullmatch(value):
        one, two, year = int(match[1]), int(match[2]), int(match[3])
        if one == two or max(one, two) > 12:
            found = (year, min(one, two), max(one, two))
    if found is None:
        return None
    year, month, day = found
    try:
        exact = date(year, month, day or 1)
    except ValueError:
        return None
    if not 1000 <= year <= 2999:
        return None
    return exact.isoformat() if day else exact.isoformat()[:7]


def _choice(column: Column, value: str) -> Wording:
    meant = nearest(value, column.choices)
    listed = ", ".join(f"`{choice}`" for choice in column.choices)
    message = f"`{column.name}` must be one of {listed}."
    if not column.required and value.strip().lower() in UNKNOWN:
        return Wording("bad-choice", message, EMPTY_IS_UNKNOWN)
    return Wording("bad-choice", message, f"write one of {listed}", f"write `{meant}`" if meant else None)


def _id(name: str, value: str) -> Wording:
    if ";" in value:
        return Wording("bad-id", f"`{name}` holds several ids.", "keep one id; add a row for each other one")
    if _BREAKS.search(value):
        return Wording("bad-id", f"`{name}` holds a line break or tab.", "write the id on one line")
    return Wording("bad-id", f"`{name}` is longer than {LONGEST_ID} characters.", "use a short id")


def _ids(name: str, value: str) -> Wording:
    if _BREAKS.search(value):
        return Wording("bad-id", f"`{name}` holds a line break or tab.", "separate the ids by semicolons")
    if not bare(value):
        return Wording("bad-id", f"`{name}` holds no id.", EMPTY_IS_UNKNOWN)
    mend = "use short ids, separated by semicolons"
    return Wording("bad-id", f"`{name}` holds an id longer than {LONGEST_ID} characters.", mend)


def _text(name: str, _: str) -> Wording:
    message = f"`{name}` is longer than {LONGEST_TEXT:,} characters."
    return Wording("too-long", message, "shorten it, or keep the text in a document of the case")


def _path(name: str, value: str) -> Wording:
    if len(value) > LONGEST_TEXT:
        return _text(name, value)
    message = f"`{name}` does not name a file inside the case folder."
    mend = "write the path from the case folder with forward slashes, e.g. documents/report.pdf"
    return Wording("bad-path", message, mend)


def _url(name: str, _: str) -> Wording:
    mend = "write the whole address, beginning with https://"
    return Wording("bad-url", f"`{name}` is no web address.", mend)


_BY_KIND: dict[str, Callable[[str, str], Wording]] = {
    "date": _date,
    "id": _id,
    "ids": _ids,
    "text": _text,
    "path": _path,
    "url": _url,
}
