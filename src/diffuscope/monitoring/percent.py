"""What printed percentages allow: which counts, of how many, can have been rounded to them.

A percentage printed with few decimals of a small whole can come from few fractions only, or from none (the
idea of the GRIM test: Brown & Heathers 2017, doi:10.1177/1948550616673876). Everything here is integer
arithmetic: a printed 14.29 is the integer 1429 with two decimals, never a float.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from diffuscope.records.shares import Percent, Rounding, as_printed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROW_ROUNDINGS: tuple[Rounding, ...] = ("half up", "half even")
"""Ways to round that are no mistake; a row of shares is rounded throughout in one of them."""
LARGEST_WHOLE = 200
"""Wholes up to this many are tried where the whole is not known."""
_PRINTED = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,9}))?")
_BELOW = re.compile(r"\s*<")


class Cell(NamedTuple):
    """One printed percentage changed so that its row adds up."""

    at: int
    printed: Percent
    instead: Percent
    whole: int
    counts: tuple[int, ...]


def percent(printed: str, decimals: int | None = None) -> Percent | None:
    """The percentage that a printed text stands for, exactly; None where it is none.

    Parameters
    ----------
    printed : str
        As it stands in the document, e.g. ``"14.29%"`` or ``"0 %"``.
    decimals : int, optional
        How many decimals the document prints there, where that is more than the text shows (a lone ``0``).

    Examples
    --------
    >>> percent("14.29%"), percent("0 %", 2), percent("many")
    (Percent(digits=1429, decimals=2), Percent(digits=0, decimals=2), None)
    """
    match = _PRINTED.fullmatch(printed.strip().rstrip("%").strip())
    if match is None:
        return None
    whole, part = match[1], match[2] or ""
    shown = max(len(part), decimals or 0)
    return Percent(int(whole + part.ljust(shown, "0")), shown)


def rounded_how(printed: str, exact: Percent, count: int, whole: int) -> Rounding | None:
    """How a count of a whole was rounded to a printed share; None where no rounding gives it.

    Parameters
    ----------
    printed : str
        As it stands in the document. ``<1 %`` is any share above nothing and below 1 per cent.
    exact : Percent
        The printed value as a number.
    count, whole : int

    Returns
    -------
    {"half up", "half even"} or None
        A tie printed as the even digit (12 for 12.5) is no mistake: spreadsheets round up, many languages to
        even.

    Examples
    --------
    >>> rounded_how("13", Percent(13, 0), 1, 8), rounded_how("12", Percent(12, 0), 1, 8)
    ('half up', 'half even')
    >>> rounded_how("<1 %", Percent(1, 0), 1, 300), rounded_how("11", Percent(11, 0), 1, 8)
    ('half up', None)
    """
    if _BELOW.match(printed):
        return "half up" if 0 < count * 10 ** (exact.decimals + 2) < exact.digits * whole else None
    roundings = (way for way in ROW_ROUNDINGS if as_printed(count, whole, exact.decimals, way) == exact)
    return next(roundings, None)


def counts_for(printed: Percent, whole: int, rounding: Rounding = "half up") -> range:
    """Counts that, of so many, are printed as this percentage: k with round(100·k/n, d) = p.

    Parameters
    ----------
    printed : Percent
    whole : int
        The number they are counted of (n ≥ 1).
    rounding : {"half up", "half even", "truncated"}

    Returns
    -------
    range
        Whole numbers k, 0 ≤ k ≤ n; empty where no count gives it.

    Examples
    --------
    >>> list(counts_for(percent("14.29"), 7)), list(counts_for(percent("14.29"), 8))
    ([1], [])
    """
    # With P digits printed at d decimals and scale s = 10^(d+2): s·k/n lies in [P − ½, P + ½).
    scale = 10 ** (printed.decimals + 2)
    if rounding == "truncated":
        # ceiling by negated floor division: exact for integers of any size
        low = -(-printed.digits * whole // scale)
        high = -(-(printed.digits + 1) * whole // scale) - 1
    else:
        below, above = (2 * printed.digits - 1) * whole, (2 * printed.digits + 1) * whole
        low, high = -(-below // (2 * scale)), -(-above // (2 * scale)) - 1
        if rounding == "half even":
            even = printed.digits % 2 == 0
            # half to even: a tie at either end belongs to this percentage only if its last digit is even
            low += not even and low * 2 * scale == below
            high += even and (high + 1) * 2 * scale == above
    return range(max(low, 0), min(high, whole) + 1)


def wholes_for(
    row: Sequence[Percent], largest: int = LARGEST_WHOLE, rounding: Rounding = "half up"
) -> Iterator[int]:
    """Wholes of which a row of shares that make up everything can have been computed, smallest first.

    Parameters
    ----------
    row : sequence of Percent
        The shares of one whole, none missing.
    largest : int
        Wholes up to this many are tried.
    rounding : {"half up", "half even", "truncated"}

    Yields
    ------
    int
        n for which counts exist, each printed as its share, that sum to n.

    Examples
    --------
    >>> cambodia = [percent("14.29"), percent("71.43"), percent("60", 2)]
    >>> list(wholes_for(cambodia))
    []
    """
    for whole in range(1, largest + 1):
        if adds_up(row, whole, rounding):
            yield whole


def adds_up(row: Sequence[Percent], whole: int, rounding: Rounding = "half up") -> bool:
    """Whether counts exist, each printed as its share, that sum to the whole."""
    allowed = [counts_for(share, whole, rounding) for share in row]
    # each is a run of whole numbers, so their sums are a run too
    return all(allowed) and sum(run[0] for run in allowed) <= whole <= sum(run[-1] for run in allowed)


def can_add_up(row: Sequence[Percent]) -> bool:
    """Whether rounding alone can explain that the shares of a whole do not sum to 100.

    It can where |Σp − 100| is at most the sum of half a unit of each last decimal.
    """
    # both sides doubled, in units of the last decimal of the most exact share, so that all are whole numbers
    decimals = max(share.decimals for share in row)
    total = sum(share.digits * 10 ** (decimals - share.decimals) for share in row)
    rounding = sum(10 ** (decimals - share.decimals) for share in row)
    return bool(2 * abs(total - 100 * 10**decimals) <= rounding)


def repairs(
    row: Sequence[Percent], largest: int = LARGEST_WHOLE, rounding: Rounding = "half up"
) -> list[Cell]:
    """Single cells that, printed otherwise, make a row that cannot add up add up.

    Parameters
    ----------
    row : sequence of Percent
    largest : int
    rounding : {"half up", "half even", "truncated"}

    Returns
    -------
    list of Cell
        For each cell that can be fixed alone, the value from the smallest whole; cells that need fewer
        digits changed come first. Empty where no change of one cell suffices.

    Examples
    --------
    >>> cambodia = [percent("14.29"), percent("71.43"), percent("60", 2)]
    >>> best = repairs(cambodia)[0]
    >>> str(best.printed), str(best.instead), best.whole
    ('60.00', '14.29', 7)
    """
    tried = (_repair_of(row, at, largest, rounding) for at in range(len(row)))
    cells = [cell for cell in tried if cell is not None]
    return sorted(cells, key=lambda cell: (_digits_changed(cell.printed, cell.instead), cell.whole, cell.at))


def _repair_of(row: Sequence[Percent], at: int, largest: int, rounding: Rounding) -> Cell | None:
    others = [share for place, share in enumerate(row) if place != at]
    for whole in range(1, largest + 1):
        allowed = [counts_for(share, whole, rounding) for share in others]
        if not all(allowed):
            continue
        counts = [run[0] for run in allowed]
        if sum(counts) > whole:
            continue
        counts.insert(at, whole - sum(counts))
        instead = as_printed(counts[at], whole, row[at].decimals, rounding)
        return Cell(at, row[at], instead, whole, tuple(counts))
    return None


def _digits_changed(one: Percent, other: Percent) -> int:
    left, right = str(one), str(other)
    width = max(len(left), len(right))
    return sum(a != b for a, b in zip(left.rjust(width), right.rjust(width), strict=True))
