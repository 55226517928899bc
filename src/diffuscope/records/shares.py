"""Rounding of shares: the percentage that a count of a whole is printed as, everywhere we print one.

Integer arithmetic throughout, so that a tie is a tie: 1 of 8 is 12.5 per cent exactly, printed 13 where
halves go up and 12 where they go to the even digit. Pages, Word, workbooks and the audit of printed figures
ask here.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Rounding = Literal["half up", "half even", "truncated"]
ROUNDINGS: tuple[Rounding, ...] = ("half up", "half even", "truncated")
TABLE_DECIMALS = 2
"""Decimals of a share in a table, as the reports of programmes print them."""


class Percent(NamedTuple):
    """A percentage as printed: `digits` / 10^`decimals` per cent."""

    digits: int
    decimals: int

    def __str__(self) -> str:
        if self.decimals == 0:
            return str(self.digits)
        text = str(self.digits).rjust(self.decimals + 1, "0")
        return f"{text[: -self.decimals]}.{text[-self.decimals :]}"


def as_printed(count: int, whole: int, decimals: int = 0, rounding: Rounding = "half up") -> Percent:
    """The percentage a count of a whole is printed as.

    Parameters
    ----------
    count, whole : int
        The whole is at least 1.
    decimals : int
    rounding : {"half up", "half even", "truncated"}
        Half up is what we print ourselves.

    Examples
    --------
    >>> str(as_printed(1, 8)), str(as_printed(1, 8, rounding="half even")), str(as_printed(1, 8, 1))
    ('13', '12', '12.5')
    """
    digits, rest = divmod(count * 10 ** (decimals + 2), whole)
    if rounding == "half up":
        digits += 2 * rest >= whole
    elif rounding == "half even":
        digits += 2 * rest > whole or (2 * rest == whole and digits % 2 == 1)
    return Percent(digits, decimals)


def share_words(count: int, whole: int) -> str:
    """A share in whole per cents as a reader would say it; nothing where there is no whole.

    Examples
    --------
    >>> share_words(32, 134), share_words(1, 8), share_words(1, 1000), share_words(0, 5), share_words(0, 0)
    ('24 %', '13 %', '<1 %', '0 %', '')
    """
    if whole <= 0:
        return ""
    shown = as_printed(count, whole)
    return "<1 %" if count > 0 and shown.digits == 0 else f"{shown} %"


def table_share(count: int, whole: int) -> float | None:
    """A share in per cent as a table holds it, with two decimals; None where there is no whole.

    Examples
    --------
    >>> table_share(1, 8), table_share(2, 3), table_share(0, 0)
    (12.5, 66.67, None)
    """
    return float(str(as_printed(count, whole, TABLE_DECIMALS))) if whole > 0 else None
