"""Probabilities in print: as many decimals as a coded probability can bear."""

from __future__ import annotations

CERTAIN = 0.005
"""Nearer to 0 or 1 than this, a probability is printed as a bound."""


def printed(p: float) -> str:
    """A probability to one decimal; two where one would read 0 or 1.

    Examples
    --------
    >>> printed(0.698), printed(0.962), printed(0.021), printed(0.001), printed(0.9999)
    ('0.7', '0.96', '0.02', 'below 0.01', 'above 0.99')
    """
    if p < CERTAIN:
        return "below 0.01"
    if p > 1 - CERTAIN:
        return "above 0.99"
    short = f"{p:.1f}"
    return f"{p:.2f}" if short in ("0.0", "1.0") else short


def about(p: float) -> str:
    """A probability as a sentence says it.

    Examples
    --------
    >>> about(0.698), about(0.0001)
    ('about 0.7', 'below 0.01')
    """
    found = printed(p)
    return found if found.startswith(("below", "above")) else f"about {found}"


def with_range(p: float, between: tuple[float, float], coders: int = 1) -> str:
    """A probability with its range under coder error.

    Parameters
    ----------
    p : float
    between : tuple of (float, float)
        Its 5 % and 95 % points when each coder errs by 3 dB.
    coders : int
        How many coders the passages have.

    Examples
    --------
    >>> with_range(0.82, (0.19, 0.98))
    'about 0.8 (0.2 to 0.98 if the coder is moderately off)'
    """
    low, high = (printed(end) for end in between)
    who = "the coder is" if coders == 1 else "the coders are"
    return f"{about(p)} ({low} to {high} if {who} moderately off)"
