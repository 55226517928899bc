"""From when to when an edge of a network file holds, and how strongly."""

from __future__ import annotations

import math
import re
from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COUNTED = 1000
"""Whole numbers below it count periods; from it on they are years."""
TIMES = frozenset({"start", "end", "startopen", "endopen", "timestamp"})
ALWAYS = ("inf", "+inf", "-inf", "infinity", "+infinity", "-infinity")


class Span(NamedTuple):
    """A time in which an edge holds, and its strength then; None: always, or not said."""

    start: str | None
    end: str | None
    weight: float | None


def spans_of(
    attributes: Mapping[str, str],
    weight: str | None,
    spells: Sequence[Mapping[str, str]],
    weights: Sequence[Mapping[str, str]],
) -> list[Span]:
    """The spans of an edge: those of weights that change, else its spells, else its own start and end.

    Parameters
    ----------
    attributes : mapping of str to str
        Attributes of the edge.
    weight : str or None
        Its weight, where that does not change.
    spells, weights : sequence of mapping
        Each with `start`, `end`, `startopen`, `endopen` or `timestamp`; weights also with `value`.

    Raises
    ------
    ValueError
        If a time or a weight cannot be read, or a span ends before it begins.
    """
    strength = None if weight is None else _number(weight)
    if not (spells or weights) and TIMES.isdisjoint(attributes):
        return [Span(None, None, strength)]
    spans = [_span(one, _number(one["value"])) for one in weights]
    spans = spans or [_span(one, strength) for one in spells] or [_span(attributes, strength)]
    spans.sort(key=lambda span: _rank(span.start, -1))
    for at, (span, following) in enumerate(pairwise(spans)):
        if span.end is not None and span.end == following.start and span.start != span.end:
            spans[at] = span._replace(end=_before(span.end))
    return spans


def _span(attributes: Mapping[str, str], weight: float | None) -> Span:
    moment = attributes.get("timestamp")
    start = _time(moment or attributes.get("start") or attributes.get("startopen"))
    end = _time(moment or attributes.get("end") or attributes.get("endopen"))
    if end is not None and "endopen" in attributes and "end" not in attributes:
        end = _before(end)
    if _rank(end, 10**9) < _rank(start, -1):
        raise ValueError(f"a span ends ({end}) before it begins ({start})")
    return Span(start, end, weight)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"the weight `{text[:40]}` is not a number") from None
    if not math.isfinite(number) or number < 0:
        raise ValueError(f"the weight `{text[:40]}` is infinite or below 0")
    return number


def _time(text: str | None) -> str | None:
    """A time as ties have it: a date, a month, a year, or the number of a period.

    >>> _time("2018-07-08T00:00:00"), _time("2018.0"), _time("3"), _time("-Infinity")
    ('2018-07-08', '2018', '3', None)
    """
    written = (text or "").strip()
    if not written or written.lower() in ALWAYS:
        return None
    if re.fullmatch(r"[12]\d{3}-\d\d(-\d\d([T ].*)?)?", written):
        _last_day(written[:10])
        return written[:10]
    try:
        number = float(written)
    except ValueError:
        number = math.nan
    if number != number // 1 or not 0 <= number < 3000:
        raise ValueError(f"`{written[:40]}` is neither a date nor a year nor the number of a period")
    return str(int(number))


def _last_day(time: str) -> date:
    year, month, day = [*map(int, time.split("-")), 0, 0][:3]
    try:
        return date(year, month or 12, day or monthrange(year, month or 12)[1])
    except ValueError:
        raise ValueError(f"`{time}` is not a day of the calendar") from None


def _rank(time: str | None, otherwise: int) -> int:
    """The last day that a time can mean, or the number of the period."""
    if time is None:
        return otherwise
    if time.isdigit() and int(time) < COUNTED:
        return int(time)
    return _last_day(time).toordinal()


def _before(time: str) -> str:
    """The time just before another, so that what ends there no longer holds in it."""
    if time.isdigit() and int(time) < COUNTED:
        return str(int(time) - 1) if int(time) else time
    return (_last_day(time) - timedelta(days=1)).isoformat()
