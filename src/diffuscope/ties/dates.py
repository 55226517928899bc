"""When something was known: dates that mean intervals, as numbers that can be compared."""

from __future__ import annotations

import calendar
import re
from datetime import date

from diffuscope.errors import PlanError
from diffuscope.tables.dates import PATTERN

COUNTED = 1000
"""Whole numbers below it count periods; from it on they are years."""
FIRST_DATE = "1000-01-01"
"""Stands for always where a date is needed."""


def moment(text: str | int, what: str) -> int:
    """The last day that a date can mean, in days; what happened in it is known by then.

    Parameters
    ----------
    text : str or int
        ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; a whole number below 1000 counts periods and stands for
        itself.
    what : str
        What it dates, for the message.

    Raises
    ------
    PlanError
        If it is not a date.

    >>> moment("2018", "it") == moment("2018-12-31", "it"), moment(3, "it")
    (True, 3)
    """
    written = str(text)
    if re.fullmatch(r"[0-9]{1,3}", written):
        return int(written)
    if not re.match(PATTERN, written):
        raise PlanError(f"{what} is {text!r}; write it as 2018, 2018-07 or 2018-07-08.")
    year, month, day = [*map(int, written.split("-")), 0, 0][:3]
    # the last day: what a year's record reports may have happened on 31 December, and is not known before
    if not month:
        return date(year, 12, 31).toordinal()
    last = calendar.monthrange(year, month)[1]
    if day > last:
        raise PlanError(f"{what} is {text!r}, a day that does not exist in that month.")
    return date(year, month, day or last).toordinal()
