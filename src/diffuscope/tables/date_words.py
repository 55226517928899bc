"""Why a cell cannot be read as a date, and the date to write where only one can be meant."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

from diffuscope.tables.digits import plain_digits
from diffuscope.tables.number_words import EMPTY_IS_UNKNOWN
from diffuscope.tables.places import Wording
from diffuscope.tables.suggest import UNKNOWN

BUDDHIST = 543
"""Years by which the Buddhist era, in which Thailand and Laos count, is ahead of the common one."""
BUDDHIST_YEARS = ("2443", "2644")
"""Years from here, and before there, are of the Buddhist era: 1900 to 2100."""
_YEAR = re.compile(r"[12]\d{3}")
_DATED_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T][\d:.]+(Z|[+-]\d\d:?\d\d)?")
_YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})(?:[-/. ](\d{1,2}))?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/. ](\d{4})")
_IN_WORDS = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?[-. ]+)?(\D+?)\.?,?[-. ]+(?:(\d{1,2})(?:st|nd|rd|th)?,? +)?(\d{4})"
)
_VIETNAMESE = re.compile(r"(?:ngày (\d{1,2}) )?tháng (\d{1,2})[, ]*(?:năm )?(\d{4})")
_SERIAL = re.compile(r"[34]\d{4}(\.\d+)?")
_REMARK = re.compile(r"(?=.*[~≈*?†‡])[~≈]?\s*(\d{4}(?:-\d\d){0,2})\s*[*?†‡]*")
_MONTHS = (
    ("january", "jan", "januari", "มกราคม", "ม.ค"),
    ("february", "feb", "februari", "กุมภาพันธ์", "ก.พ"),
    ("march", "mar", "maret", "mac", "มีนาคม", "มี.ค"),
    ("april", "apr", "เมษายน", "เม.ย"),
    ("may", "mei", "พฤษภาคม", "พ.ค"),
    ("june", "jun", "juni", "มิถุนายน", "มิ.ย"),
    ("july", "jul", "juli", "julai", "กรกฎาคม", "ก.ค"),
    ("august", "aug", "agustus", "ogos", "สิงหาคม", "ส.ค"),
    ("september", "sep", "sept", "กันยายน", "ก.ย"),
    ("october", "oct", "oktober", "ตุลาคม", "ต.ค"),
    ("november", "nov", "พฤศจิกายน", "พ.ย"),
    ("december", "dec", "desember", "disember", "ธันวาคม", "ธ.ค"),
)
"""Months in English, Indonesian, Malay and Thai."""
_MONTH = {name: at for at, names in enumerate(_MONTHS, start=1) for name in names}


def unreadable_date(name: str, value: str) -> Wording:
    """Why a cell of the column `name` is not a date, and how to write it instead."""
    message = f"`{name}` is not a date of the form YYYY, YYYY-MM or YYYY-MM-DD."
    fix = "write the year, year-month or year-month-day, e.g. 2018, 2018-07 or 2018-07-08"
    if value.strip().lower() in UNKNOWN:
        return Wording("bad-date", message, EMPTY_IS_UNKNOWN)
    if remark := _REMARK.fullmatch(value.strip()):
        message = f"`{name}` contains a remark next to the date."
        fix = "write only the date, and put the meaning of the sign into `note`"
        return Wording(
            "bad-date", message, fix, f"write {remark[1]}, and put the meaning of the sign into `note`"
        )
    if meant := date_meant(value):
        if _buddhist(value, meant):
            message = f"`{name}` is a date with a year of the Buddhist era, which is {BUDDHIST} ahead."
        return Wording(
            "bad-date", message, fix, f"write {meant} (in a spreadsheet, format the column as text)"
        )
    if _SERIAL.fullmatch(value):
        fix = (
            "this looks like the day number of a spreadsheet: format the column as YYYY-MM-DD and save again"
        )
        # day 1 is 1 January 1900, but spreadsheets count a 29 February 1900 that never was: after it, day 0
        # falls on 30 December 1899
        day = (date(1899, 12, 30) + timedelta(days=int(float(value)))).isoformat()
        meant = f"if this is a spreadsheet's day number, write {day} (where days are counted from 1900)"
        return Wording("bad-date", message, fix, meant)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        message = f"`{name}` is not a day of the calendar, or lies outside the years 1000 to 2999."
        return Wording("bad-date", message, "correct the day, the month or the year")
    return Wording("bad-date", message, fix)


def _buddhist(value: str, meant: str) -> bool:
    """Whether a text holds the year of a date 543 years later."""
    return str(int(meant[:4]) + BUDDHIST) in re.findall(r"\d{4}", plain_digits(value))


def date_meant(value: str) -> str | None:
    """The date of a spreadsheet, of another country or in words, where only one reading is possible.

    >>> date_meant("30 September 2025"), date_meant("มกราคม 2566"), date_meant("4/5/2018")
    ('2025-09-30', '2023-01', None)
    """
    plain = plain_digits(value.strip())
    date_parts = _in_words(unicodedata.normalize("NFC", plain.lower()))
    if plain != value.strip():
        value = plain
        if _YEAR.fullmatch(value):
            return common_era(value) if is_buddhist(value) else value
    if match := _DATED_TIME.fullmatch(value):
        value = match[1]
    if match := _YEAR_FIRST.fullmatch(value):
        date_parts = (int(match[1]), int(match[2]), int(match[3]) if match[3] else None)
    elif match := _MONTH_YEAR.fullmatch(value):
        date_parts = (int(match[2]), int(match[1]), None)
    elif match := _DAY_FIRST.fullmatch(value):
        one, two, year = int(match[1]), int(match[2]), int(match[3])
        # 4/5/2018 is in April or May: only a number above 12 shows which is the day
        if one == two or max(one, two) > 12:
            date_parts = (year, min(one, two), max(one, two))
    if date_parts is None:
        return None
    year, month, day = date_parts
    year -= BUDDHIST if BUDDHIST_YEARS[0] <= str(year) < BUDDHIST_YEARS[1] else 0
    try:
        exact = date(year, month, day or 1)
    except ValueError:
        return None
    if not 1000 <= year <= 2999:
        return None
    return exact.isoformat() if day else exact.isoformat()[:7]


def _in_words(value: str) -> tuple[int, int, int | None] | None:
    """Year, month and day of a date with the name of a month."""
    if match := _VIETNAMESE.fullmatch(value):
        return int(match[3]), int(match[2]), int(match[1]) if match[1] else None
    match = _IN_WORDS.fullmatch(value)
    if match is None or (match[1] and match[3]):
        return None
    month = _MONTH.get(match[2].strip(" ."))
    day = match[1] or match[3]
    return None if month is None else (int(match[4]), month, int(day) if day else None)


def common_era(value: str) -> str:
    """A date of the Buddhist era in the common one.

    >>> common_era("2558"), common_era("2566-01-31")
    ('2015', '2023-01-31')
    """
    return f"{int(value[:4]) - BUDDHIST}{value[4:]}"


def is_buddhist(value: str) -> bool:
    """Whether the year of a date is one of the Buddhist era."""
    return BUDDHIST_YEARS[0] <= value[:4] < BUDDHIST_YEARS[1]
