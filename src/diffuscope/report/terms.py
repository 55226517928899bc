"""Terms of a model in a reader's words: what they are called, and how their numbers are told."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from diffuscope.records.numbers import MINUS, decimal, p_value, signed, times
from diffuscope.records.phrases import upper_first

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.records import Coefficient, Estimate, EventHistory

INTERCEPT = "(intercept)"
NOT_IDENTIFIED = "mechanism not identified"
_BACKGROUND = ("duration ", "policy ")
"""How columns begin that hold time at risk and the policy constant."""


def main_of(history: EventHistory) -> Estimate | None:
    """The main model of an analysis, fitted or refused; None where there is none."""
    return history.estimates[0] if history.estimates else None


def fitted(history: EventHistory) -> Estimate | None:
    """The main model, where one stands."""
    main = main_of(history)
    return main if main is not None and main.refused is None and main.coefficients else None


def neighbours(history: EventHistory) -> frozenset[str]:
    """Exposures that identify no mechanism."""
    return frozenset(exposure.name for exposure in history.exposures if exposure.mechanism is None)


def label(term: str, mechanism: str | None, unidentified: Iterable[str]) -> str:
    """What a term is called; an exposure to neighbours never bears the name of a mechanism.

    Examples
    --------
    >>> label("learning", "learning", []), label("distance", None, ["distance"]), label("log(gdp)", None, [])
    ('Learning', 'neighbours: distance', 'log(gdp)')
    """
    if term in unidentified:
        return f"neighbours: {term}"
    if mechanism is None:
        return term
    return upper_first(term) if term == mechanism else f"{upper_first(mechanism)}: {term}"


def with_lag(name: str, lag: int | None) -> str:
    """A term and how many periods before the row it was taken.

    Examples
    --------
    >>> with_lag("election_year", 0), with_lag("time at risk", None)
    ('election_year, lag 0', 'time at risk')
    """
    return name if lag is None else f"{name}, lag {lag}"


def reported_terms(coefficients: Iterable[Coefficient]) -> list[Coefficient]:
    """The terms a reader asks about: not the intercept, nor time at risk, nor the policies' own levels."""
    return [
        coefficient
        for coefficient in coefficients
        if coefficient.term != INTERCEPT and not coefficient.term.startswith(_BACKGROUND)
    ]


def multiplies(model: str) -> str | None:
    """What a coefficient of a model multiplies: the odds of adopting, or the hazard; None of probit: neither.

    Examples
    --------
    >>> multiplies("Firth logit"), multiplies("cloglog"), multiplies("probit"), multiplies("pooled probit")
    ('odds', 'hazard', None, None)
    """
    if model.endswith("probit"):
        return None
    return "hazard" if re.search("cloglog|cox", model, re.I) else "odds"


def ratio(number: float | None) -> str:
    """A coefficient as the ratio it stands for; an end that does not exist says so.

    Examples
    --------
    >>> ratio(0.0), ratio(0.8), ratio(-9.0), ratio(20.0), ratio(None)
    ('1.00', '2.23', '<0.001', '>9,999', 'no end')
    >>> ratio(2.9), ratio(-3.0)
    ('18.2', '0.050')
    """
    if number is None or math.isinf(number):
        return "no end"
    return times(math.exp(min(number, 700.0)))


PROPENSITY = "standard deviations of the propensity to adopt"
"""What coefficients of probit are measured in."""


def on_scale(model: str, number: float | None) -> str:
    """A coefficient as a reader compares it: its ratio; of probit, which has none, the coefficient itself.

    Examples
    --------
    >>> on_scale("logit", 0.8), on_scale("probit", 0.8), on_scale("probit", None)
    ('2.23', '0.800', 'no end')
    """
    if multiplies(model) is not None:
        return ratio(number)
    return "no end" if number is None or math.isinf(number) else decimal(number, 3)


def interval_on_scale(model: str, low: float | None, high: float | None) -> str:
    """An interval of what `on_scale` shows."""
    return f"{on_scale(model, low)} to {on_scale(model, high)}"


def points(effect: float | None) -> str | None:
    """A difference between chances in percentage points, with its sign.

    Examples
    --------
    >>> points(0.0421), points(-0.2), points(None)
    ('+4.2', '−20.0', None)
    """
    return None if effect is None else signed(100 * effect)


def reach_points(coefficient: Coefficient) -> str | None:
    """The interval of an effect in percentage points; None where it is not told."""
    low, high = points(coefficient.effect_low), points(coefficient.effect_high)
    return None if low is None or high is None else f"{low} to {high}"


def plain(number: float | None) -> str:
    """A value of a column, in few digits.

    Examples
    --------
    >>> plain(0.5), plain(12345.6), plain(-0.25), plain(None)
    ('0.5', '12,346', '−0.25', 'unknown')
    """
    if number is None:
        return "unknown"
    shown = f"{abs(number):,.0f}" if abs(number) >= 1000 else f"{abs(number):.3g}"
    return f"{MINUS}{shown}" if number < 0 and float(shown.replace(",", "")) else shown


def chance(p: float | None) -> str:
    """A p-value.

    Examples
    --------
    >>> chance(0.04321), chance(0.00001), chance(None)
    ('0.043', '<0.001', '–')
    """
    if p is None:
        return "–"
    return p_value(p)
