"""Bounds on what is there, given what came in: what an absent return could add, and what a claim still bears.

Worst-case bounds, without any assumption on who does not report (Manski 2003, Partial Identification of
Probability Distributions, ch. 1). An absent return can hold any number of projects, from none upwards, in any
area and of any status:

- a number of projects is at least that of the fresh rows; above it has no bound;
- a number of units with projects is at most one more for each absent unit;
- a share of an area or of a state with absent units can be anything from 0 to 1; that of a state whose own
  units all reported can only shrink, as the whole grows.

Hence *rises* stands although the later wave lacks returns, if the earlier one lacks none; *falls* does not.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from diffuscope.records import Reading

Number = int | float | Fraction


class Span(NamedTuple):
    """What a number can be.

    Attributes
    ----------
    low : number
        The least it can be.
    observed : number
        What the returns that came in, and rows carried forward, give.
    high : number or None
        The most it can be; None without bound.
    """

    low: Number
    observed: Number
    high: Number | None

    @property
    def exact(self) -> bool:
        """Whether it is known."""
        return self.low == self.high


class Judged(NamedTuple):
    """Whether a claim holds whatever absent returns hold, and whether it holds of those that came in.

    Attributes
    ----------
    holds : bool or None
        None where an absent return decides, or nothing can tell.
    received : bool or None
        What the returns that came in say, where `holds` is None for that reason.
    """

    holds: bool | None
    received: bool | None = None


def exactly(value: Number) -> Span:
    """A number that no absent return can change."""
    return Span(value, value, value)


def count_span(fresh: int, observed: int, absent: int, per_unit: int | None = None) -> Span:
    """A number of projects, or of units with projects.

    Parameters
    ----------
    fresh, observed : int
        Counted in rows of the wave's own returns, and in all rows.
    absent : int
        Units of which nothing fresh came.
    per_unit : int, optional
        The most that one absent unit can add; without it there is no bound.

    Examples
    --------
    >>> count_span(5, 5, 0), count_span(4, 5, 2), count_span(4, 5, 2, per_unit=1)
    (Span(low=5, observed=5, high=5), Span(low=4, observed=5, high=None), Span(low=4, observed=5, high=6))
    """
    if not absent:
        return exactly(observed)
    return Span(fresh, observed, None if per_unit is None else fresh + per_unit * absent)


def share_span(part: Span, whole: Span) -> Span:
    """A share of a whole, where the part lies within it.

    Examples
    --------
    >>> share_span(exactly(2), exactly(8))
    Span(low=Fraction(1, 4), observed=Fraction(1, 4), high=Fraction(1, 4))
    >>> share_span(exactly(2), Span(8, 8, None))  # the absent are all outside the part
    Span(low=0, observed=Fraction(1, 4), high=Fraction(1, 4))
    >>> share_span(Span(2, 2, None), Span(8, 8, None))
    Span(low=0, observed=Fraction(1, 4), high=1)
    """
    observed = Fraction(int(part.observed), int(whole.observed))
    if part.exact and whole.exact:
        return exactly(observed)
    high: Number = 1
    if part.exact and whole.low:
        # absent returns can only add to the whole, so the share of a part that is known can only shrink
        high = min(Fraction(1), Fraction(int(part.observed), int(whole.low)))
    return Span(0, observed, high)


def compared(kind: str, before: Span, after: Span) -> Judged:
    """Whether a number rises, falls, or stays unchanged.

    Examples
    --------
    >>> compared("rises", exactly(3), Span(4, 4, None)), compared("falls", exactly(3), Span(2, 2, None))
    (Judged(holds=True, received=None), Judged(holds=None, received=True))
    """
    if kind == "falls":
        return compared("rises", after, before)
    observed = after.observed > before.observed if kind == "rises" else after.observed == before.observed
    if kind == "rises":
        # it rises for certain only if the least it can be now is above the most it can have been
        sure = before.high is not None and after.low > before.high
        never = after.high is not None and after.high <= before.low
    else:
        sure = before.exact and after.exact and before.observed == after.observed
        never = _below(before, after) or _below(after, before)
    return Judged(True) if sure else Judged(False) if never else Judged(None, observed)


def _below(one: Span, other: Span) -> bool:
    return one.high is not None and one.high < other.low


def is_value(span: Span, value: float) -> Judged:
    """Whether a number is a stated one."""
    if value < span.low or (span.high is not None and value > span.high):
        return Judged(False)
    return Judged(span.observed == value) if span.exact else Judged(None, span.observed == value)


def reading(looks_at: str, observed: str, judged: Judged) -> Reading:
    """One way to check a claim, saying where an absent return decides."""
    if judged.received is not None:
        observed += ", but a missing return could change this"
    return Reading(looks_at=looks_at, found=observed, holds=judged.holds, received=judged.received)
