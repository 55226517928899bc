"""Numbers in sentences: with a true minus sign, none before zero, and words where an interval has no end."""

from __future__ import annotations

import math

MINUS = "\N{MINUS SIGN}"


def decimal(value: float | None, decimals: int = 2) -> str:
    """A coefficient or another number in a sentence; an end that does not exist says so.

    Examples
    --------
    >>> decimal(0.126), decimal(-1.5), decimal(-0.001), decimal(None), decimal(float("inf"))
    ('0.13', '−1.50', '0.00', 'no end', 'no end')
    """
    if value is None or not math.isfinite(value):
        return "no end"
    shown = f"{abs(value):.{decimals}f}"
    return f"{MINUS}{shown}" if value < 0 and float(shown) else shown


def signed(value: float, decimals: int = 1) -> str:
    """A weight or a change with its sign.

    Examples
    --------
    >>> signed(3.67), signed(-8.96), signed(-0.01), signed(0.0)
    ('+3.7', '−9.0', '0.0', '0.0')
    """
    shown = decimal(value, decimals)
    return f"+{shown}" if value > 0 and float(shown) else shown
