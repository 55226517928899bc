"""Numbers in text: a true minus sign, enough digits to keep the sign, words for no end."""

from __future__ import annotations

import math

MINUS = "\N{MINUS SIGN}"
NOISE = 1e-12
"""Sizes below this are left of a zero by sums of floating-point numbers; they are printed as zero."""


def decimal(value: float | None, decimals: int = 2) -> str:
    """A coefficient or another number; one that would round to zero keeps its first digit, and so its sign.

    A journal prints neither −0.00 nor 0.00 for a number below zero, because a reader cannot tell from it on
    which side of zero the number is. An end that does not exist says so.

    Parameters
    ----------
    value : float or None
    decimals : int
        Decimals of a number that does not round to zero with them.

    Returns
    -------
    str

    Examples
    --------
    >>> decimal(0.126), decimal(-1.5), decimal(-0.001), decimal(0.0), decimal(None), decimal(float("inf"))
    ('0.13', '−1.50', '−0.001', '0.00', 'no end', 'no end')
    """
    if value is None or not math.isfinite(value):
        return "no end"
    shown = _digits(abs(value), decimals)
    return f"{MINUS}{shown}" if value < 0 and float(shown) else shown


def signed(value: float, decimals: int = 1) -> str:
    """A weight or a change with its sign.

    Examples
    --------
    >>> signed(3.67), signed(-8.96), signed(-0.01), signed(0.0)
    ('+3.7', '−9.0', '−0.01', '0.0')
    """
    shown = decimal(value, decimals)
    return f"+{shown}" if value > NOISE else shown


def times(ratio: float) -> str:
    """A ratio to two decimals or three digits; one that is not 1 never reads as 1, nor as 0.

    Examples
    --------
    >>> times(2.2255), times(18.17), times(0.0498), times(1.0), times(0.9990), times(1.00004)
    ('2.23', '18.2', '0.050', '1.00', '0.999', '1.00004')
    >>> times(12345.0), times(0.0001), times(1 - 1e-9)
    ('>9,999', '<0.001', 'just below 1')
    """
    if ratio > 9999.5:
        return ">9,999"
    if ratio < 0.001:
        return "<0.001"
    decimals = next(places for least, places in ((100, 0), (10, 1), (0.1, 2), (0, 3)) if ratio >= least)
    shown = f"{ratio:,.{decimals}f}"
    off = abs(ratio - 1)
    if off < NOISE or shown != "1.00":
        return shown
    decimals = -math.floor(math.log10(off))
    # a ratio of 0.99996 rounds to 1.0000: the last digit may carry over
    decimals += float(f"{ratio:.{decimals}f}") == 1
    return f"{ratio:.{decimals}f}" if decimals <= 6 else f"just {'above' if ratio > 1 else 'below'} 1"


def p_value(p: float, decimals: int = 3) -> str:
    """A p-value; one that would round to zero is bounded, since no p-value is zero.

    Examples
    --------
    >>> p_value(0.04321), p_value(0.00025), p_value(0.00025, 4), p_value(0.00001, 4)
    ('0.043', '<0.001', '0.0003', '<0.0001')
    """
    least = 10.0**-decimals
    return f"<{least:.{decimals}f}" if p < least else f"{p:.{decimals}f}"


def p_equals(p: float) -> str:
    """A p-value in a sentence.

    Examples
    --------
    >>> p_equals(0.04321), p_equals(0.00025)
    ('p = 0.043', 'p < 0.001')
    """
    shown = p_value(p)
    return f"p < {shown[1:]}" if shown.startswith("<") else f"p = {shown}"


def _digits(size: float, decimals: int) -> str:
    shown = f"{size:.{decimals}f}"
    if float(shown) or size < NOISE:
        return shown
    return f"{size:.{-math.floor(math.log10(size))}f}".rstrip("0")
