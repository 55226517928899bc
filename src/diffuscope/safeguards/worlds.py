"""Worlds drawn under a null, and what an observation among them is worth.

Permutation p-values count the observation among the draws: (b + 1) / (B + 1) (Phipson & Smyth 2010,
doi:10.2202/1544-6115.1585).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from diffuscope.records import Safeguard

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from diffuscope.records import SafeguardName

    Numbers = NDArray[np.float64]

LEVEL = 0.05
MOST_LOST = 0.1
"""Share of draws without a finite estimate above which a test says nothing."""


def told(name: SafeguardName, observed: float, drawn: Numbers, what: str) -> Safeguard:
    """A permutation test in words.

    Parameters
    ----------
    name : str
    observed : float
    drawn : array of float
        NaN where a world had no finite estimate; those count as no less extreme than the observation.
    what : str
        What is different in the worlds drawn.
    """
    lost = int(np.isnan(drawn).sum())
    if lost > MOST_LOST * len(drawn):
        return Safeguard(
            name=name, applies=True, passed=None, draws=len(drawn),
            says=f"In {lost:,} of {len(drawn):,} worlds in which {what}, the model has no finite estimate: "
            "nothing can be compared.",
        )  # fmt: skip
    found = drawn[np.isfinite(drawn)]
    p = p_two_sided(observed, found, lost)
    low, high = (float(end) for end in np.quantile(found, (0.025, 0.975)))
    above = observed > float(np.median(found))
    below = (
        " It is smaller than in such worlds: these ties do not carry it." if p < LEVEL and not above else ""
    )
    missing = f" {lost:,} worlds had no finite estimate and count against it." if lost else ""
    return Safeguard(
        name=name, applies=True, passed=p < LEVEL and above,
        says=f"Where {what}, the coefficient lies between {low:.2f} and {high:.2f} in 95 % of "
        f"{len(drawn):,} worlds; it is {observed:.2f} (p = {p:.3f}).{below}{missing}",
        value=observed, low=low, high=high, p=p, draws=len(drawn),
    )  # fmt: skip


def p_two_sided(observed: float, drawn: Numbers, lost: int = 0) -> float:
    """Two-sided p-value of an observation among draws: twice the smaller tail, itself counted in both.

    >>> p_two_sided(9.0, np.zeros(999))
    0.002
    """
    low = int((drawn <= observed).sum()) + lost
    high = int((drawn >= observed).sum()) + lost
    return min(1.0, 2 * (min(low, high) + 1) / (len(drawn) + lost + 1))
