"""Posterior probabilities in words: as many decimals as coded judgements can carry, and no more.

Coders state their chances by judgement, so a posterior is known to a decimal at best. It never reads as
certainty: what would round to 0 or 1 gets a second decimal, and beyond that a bound.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

LOWEST, HIGHEST = 0.005, 0.995
"""Beyond these a probability is only bounded: two decimals would read 0 or 1."""
CODER_ERROR = "if the coder is moderately off"
"""What the range assumes: an error of 3 dB (one standard deviation) in the weight of every passage."""


def probability_text(p: float) -> str:
    """A probability to one decimal; to two where one would read 0 or 1; bounded beyond .005 and .995.

    Parameters
    ----------
    p : float

    Returns
    -------
    str

    Examples
    --------
    >>> [probability_text(p) for p in (0.781, 0.5, 0.03, 0.96, 0.004, 0.999)]
    ['0.8', '0.5', '0.03', '0.96', 'below 0.01', 'above 0.99']
    """
    if p < LOWEST:
        return "below 0.01"
    if p > HIGHEST:
        return "above 0.99"
    # by the decimal digits that are printed, so that .25 does not round to even
    exact = Decimal(repr(float(p)))
    short = exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
    if 0 < short < 1:
        return str(short)
    return str(min(exact.quantize(Decimal("0.01"), ROUND_HALF_UP), Decimal("0.99")))


def range_text(low: float, high: float) -> str:
    """From one probability to another, in words.

    Examples
    --------
    >>> range_text(0.226, 0.978), range_text(0.001, 0.04)
    ('0.2 to 0.98', 'below 0.01 to 0.04')
    """
    return f"{probability_text(low)} to {probability_text(high)}"


def about_text(p: float, noise: tuple[float, float]) -> str:
    """A posterior probability with the range that coder error leaves.

    Parameters
    ----------
    p : float
    noise : tuple of (float, float)
        5 % and 95 % points of the probability under coder error (`EvidenceDetail.noise`).

    Returns
    -------
    str

    Examples
    --------
    >>> about_text(0.781, (0.226, 0.978))
    'about 0.8 (0.2 to 0.98 if the coder is moderately off)'
    """
    shown = probability_text(p)
    about = shown if shown[0].isalpha() else f"about {shown}"
    return f"{about} ({range_text(*noise)} {CODER_ERROR})"
