"""Randomization p-value: the share of draws under the null that are at least as extreme as the observation.

The observation is counted among the draws, so that no p-value is 0 (Phipson & Smyth 2010,
doi:10.2202/1544-6115.1585). The one implementation for every permutation, randomization and simulation test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from diffuscope.records.arrays import Numbers


Alternative = Literal["greater", "less", "two-sided"]
TIE = 1e-6
"""Distance, in standard deviations of the draws, within which a draw equals the observation.

Automorphisms of a network give draws that equal the observation up to the last bits: compared exactly, half
of them would count as smaller."""
ROUNDING = 1e-7
"""The same relative to the observation itself, for draws that hardly vary: what two fits may differ by."""


class RandomizationTest(NamedTuple):
    """What a randomization test found.

    Attributes
    ----------
    p : float
        Share of draws at least as extreme, the observation counted among them; never 0.
    p_smallest : float
        The smallest p that an observation beyond all other draws would have had: draws that equal the
        observation count against it whatever it is.
    equal : float
        Share of draws that equal the observation.
    draws : int
        Draws with a finite value.
    lost : int
        Draws without one; they count as at least as extreme.
    """

    p: float
    p_smallest: float
    equal: float
    draws: int
    lost: int


def randomization_test(
    observed: float, drawn: Numbers, alternative: Alternative = "greater"
) -> RandomizationTest:
    """Randomization p-value of an observation among draws under the null.

    Parameters
    ----------
    observed : float
    drawn : array of float, shape (B,)
        The same statistic of each draw; NaN where a draw has none.
    alternative : {"greater", "less", "two-sided"}
        Which draws are at least as extreme; two-sided: twice the smaller of both, at most 1.

    Returns
    -------
    RandomizationTest

    Examples
    --------
    >>> randomization_test(9.0, np.zeros(999)).p
    0.001
    >>> randomization_test(1.0, np.ones(99)).p
    1.0
    """
    drawn = np.asarray(drawn, dtype=np.float64)
    finite = drawn[np.isfinite(drawn)]
    lost, many = drawn.size - finite.size, drawn.size + 1
    slack = ROUNDING * max(abs(observed), 1e-300)
    if finite.size:
        slack = max(slack, TIE * float(finite.std()))
    equal = int((np.abs(finite - observed) <= slack).sum())
    above = int((finite >= observed - slack).sum()) + lost
    below = int((finite <= observed + slack).sum()) + lost
    tail = {"greater": above, "less": below, "two-sided": min(above, below)}[alternative]
    sides = 2 if alternative == "two-sided" else 1
    return RandomizationTest(
        p=min(1.0, sides * (tail + 1) / many),
        p_smallest=min(1.0, sides * (equal + lost + 1) / many),
        equal=equal / drawn.size if drawn.size else 0.0,
        draws=int(finite.size),
        lost=lost,
    )


def draws_needed(tests: int) -> int:
    """Draws with which the smallest of several p-values can pass Holm's method at half the level of 5 %.

    With m tests the smallest p is multiplied by m; 40 m - 1 draws let it come down to 1/(40 m).

    >>> draws_needed(3)
    119
    """
    return 40 * max(tests, 1) - 1
