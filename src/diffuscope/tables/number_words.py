"""Why a cell cannot be read as a number, and the number to write instead.

A fix is told from the digits themselves where only one number can be meant; where two can, both are told.
What only bounds a number (`<5`) is never turned into one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diffuscope.records.phrases import listed
from diffuscope.tables.digits import plain_digits
from diffuscope.tables.places import Wording

if TYPE_CHECKING:
    from diffuscope.tables.columns import Column

EMPTY_IS_UNKNOWN = "leave the cell empty where the value is unknown"
PER_CENT = "per cent"
"""Unit of measure of a column that counts per cent."""
_SIGNS = {",": "comma", ".": "point", "'": "apostrophe", "’": "apostrophe"}
_BLANKS = " \u00a0\u202f\u2009"
_MINUS = "\u2212\u2013\u2014"
_BODY = rf"(?:[0-9][0-9.,'’{_BLANKS}]*|[.,][0-9]+)"
_NUMBER = re.compile(
    rf"(?P<brackets>\()?\s*(?P<bound>[<>~≈≤≥])?\s*(?P<money>[$€£¥฿₫₱]|Rp|RM|US\$)?\s*"
    rf"(?P<minus>[+\-{_MINUS}])?\s*(?P<body>{_BODY})\s*"
    r"(?P<after>%|[$€£¥฿₫₱])?\s*(?P<remark>[*?†‡]+)?\s*(?P<closed>\))?"
)
_PLAIN = re.compile(r"[+-]?[0-9]+([.][0-9]+)?")
_GROUPS = re.compile(rf"[1-9][0-9]{{0,2}}([.,'’{_BLANKS}])[0-9]{{3}}(\1[0-9]{{3}})*")


def number_wording(column: Column, value: str, decimal: str) -> Wording | None:
    """What stands in a cell beside the digits of a number; None where these are no digits at all.

    Parameters
    ----------
    column : Column
    value : str
        No plain number.
    decimal : {".", ","}
        The sign before decimals in this file.
    """
    plain = plain_digits(value.strip())
    if plain != value.strip() and _PLAIN.fullmatch(plain.replace(decimal, ".", 1)):
        message = f"`{column.name}` is written in the digits of another script."
        return Wording("bad-number", message, "write the digits 0 to 9", f"write {plain}")
    match = _NUMBER.fullmatch(plain)
    if match is None or bool(match["brackets"]) != bool(match["closed"]):
        return None
    readings = _readings(match["body"].strip(), decimal)
    name = column.name
    if not readings:
        return None
    if match["bound"]:
        fix = "leave the cell empty, and write what is known about the number into `note`"
        return Wording("bad-number", f"`{name}` is a bound or an estimate, not a number.", fix)
    minus = "" if match["minus"] in (None, "+") else "-"
    numbers = [f"{minus}{reading}" for reading in readings]
    if match["brackets"]:
        message = f"`{name}` is in brackets, which means a negative number in accounting."
        meant = f"write -{readings[0]} if it is negative, otherwise {readings[0]}"
        return Wording("bad-number", message, "write a negative number with a minus sign", meant)
    if match["after"] == "%":
        return _percent(column, numbers, decimal)
    for group, what, fix in _BESIDE:
        if match[group] or (group == "after" and match["after"]):
            return Wording("bad-number", f"`{name}` holds {what}.", fix, _write(numbers, fix))
    if match["minus"] and match["minus"] in _MINUS:
        message = f"`{name}` begins with a dash, which is not a minus sign."
        return Wording("bad-number", message, "write a plain minus sign before the digits", _write(numbers))
    return _parted(name, match["body"], numbers, decimal)


_BESIDE = (
    ("money", "a currency sign", "write only the number"),
    ("after", "a currency sign", "write only the number"),
    ("remark", "a remark next to the number", "write only the number, and put the remark into `note`"),
)


def _write(numbers: list[str], fix: str = "") -> str:
    remark = ", and put the remark into `note`" if fix.endswith("`note`") else ""
    if len(numbers) == 1:
        return f"write {numbers[0]}{remark}"
    thousands, decimals = numbers
    return f"write {thousands} if the sign separates thousands, {decimals} if it separates decimals{remark}"


def _percent(column: Column, numbers: list[str], decimal: str) -> Wording:
    message = f"`{column.name}` is a percentage, not a plain number."
    fix = "write the number without the sign; a share of 45 % is 0.45"
    if len(numbers) != 1:
        return Wording("bad-number", message, fix)
    whole = numbers[0].replace(",", ".")
    # twelve digits, so that the division leaves no binary remainder such as 1.1 / 100 = 0.011000000000000001
    share = f"{float(whole) / 100:.12g}".replace(".", decimal)
    if column.kind in ("probability", "fraction"):
        return Wording("bad-number", message, fix, f"write {share}")
    if column.unit == PER_CENT:
        return Wording("bad-number", message, fix, f"write {numbers[0]}")
    meant = f"write {numbers[0]} where percentages are meant, {share} where shares are"
    return Wording("bad-number", message, fix, meant)


def _parted(name: str, body: str, numbers: list[str], decimal: str) -> Wording:
    there = list(dict.fromkeys(letter for letter in body if not letter.isdigit()))
    called = [_SIGNS.get(letter, "blank") for letter in there]
    signs = listed(f"{'an' if word == 'apostrophe' else 'a'} {word}" for word in dict.fromkeys(called))
    sign = _SIGNS[decimal]
    fix = f"write a {sign} before decimals, and no separator between thousands"
    if len(numbers) > 1:
        message = f"`{name}` has {signs}, which may separate thousands or decimals."
    else:
        what = "between thousands" if _GROUPS.fullmatch(body) else "where plain digits are expected"
        message = f"`{name}` has {signs} {what}."
    if decimal == ",":
        message = f"{message[:-1]}, in a file of decimal commas."
        fix += ", as elsewhere in this file"
    return Wording("ambiguous-number", message, fix, _write(numbers))


def _parts_thousands(body: str) -> bool:
    """Whether blanks or apostrophes stand between groups of three digits, before any decimals."""
    at = max(body.rfind("."), body.rfind(","))
    whole, tail = (body, "") if at < 0 else (body[:at], body[at + 1 :])
    return _GROUPS.fullmatch(whole) is not None and (not tail or tail.isdigit())


def _readings(body: str, decimal: str) -> list[str]:
    """The numbers that digits with signs between them can mean: thousands parted first, then decimals."""
    marks = [letter for letter in body if letter in ".,"]
    plain = re.sub(rf"['’{_BLANKS}]", "", body)
    blanks = plain != body
    if blanks and not _parts_thousands(body):  # 12, 14 and 2018 2019 are two numbers, not 12.14 and 20182019
        return []
    if not marks:
        return [plain]
    last = marks[-1]
    head, _, tail = plain.rpartition(last)
    if len(set(marks)) == 2:  # the last of two different signs stands before the decimals
        whole = re.sub(r"[.,]", "", head)
        return [f"{whole}{decimal}{tail}"] if marks.count(last) == 1 and tail else []
    # one sign several times separates thousands, or this is no number
    if len(marks) > 1:
        return [plain.replace(last, "")] if _GROUPS.fullmatch(plain) else []
    decimals = f"{head or '0'}{decimal}{tail}" if tail else head
    # where blanks separate thousands already, the sign can only stand before decimals
    grouped = _GROUPS.fullmatch(plain) is not None and not blanks
    return [f"{head}{tail}", decimals] if grouped else [decimals]
