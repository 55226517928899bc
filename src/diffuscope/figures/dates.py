"""Dates as a figure draws them: 2018 is the whole of that year, 2018-07 the whole of that July."""

from __future__ import annotations

import calendar
import re
from datetime import date

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def first_day(text: str | None) -> date | None:
    """First day a date can mean; None where there is no date.

    Examples
    --------
    >>> first_day("2018-07").isoformat()
    '2018-07-01'
    """
    return _day(text, first=True)


def last_day(text: str | None) -> date | None:
    """Last day a date can mean; None where there is no date.

    Examples
    --------
    >>> last_day("2018").isoformat(), last_day("2020-02").isoformat()
    ('2018-12-31', '2020-02-29')
    """
    return _day(text, first=False)


def _day(text: str | None, *, first: bool) -> date | None:
    match = _DATE.fullmatch(text) if text else None
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    if not year or not 1 <= (month or 1) <= 12:
        return None
    month = month or (1 if first else 12)
    length = calendar.monthrange(year, month)[1]
    if (day or 1) > length or day == 0:
        return None
    return date(year, month, day or (1 if first else length))


def in_words(time: str | None, latest: str | None) -> str:
    """When something happened, as a reader would say it.

    Examples
    --------
    >>> in_words("2018", None), in_words("2018", "2020"), in_words(None, "2022"), in_words(None, None)
    ('2018', 'between 2018 and 2020', 'by 2022', 'date unknown')
    """
    if time and latest and time != latest:
        return f"between {time} and {latest}"
    if time:
        return time
    return f"by {latest}" if latest else "date unknown"
