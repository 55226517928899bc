"""Permutation test of the exposure coefficient, in words and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from diffuscope.compute import randomization_test
from diffuscope.records import Safeguard
from diffuscope.records.numbers import decimal, p_equals, p_value
from diffuscope.records.phrases import counted, noun
from diffuscope.safeguards.engine.check import LEVEL, missing
from diffuscope.safeguards.engine.draws import MOST_LOST

if TYPE_CHECKING:
    from diffuscope.records.arrays import Numbers


def permutation_result(observed: float, drawn: Numbers, what: str) -> Safeguard:
    """Permutation test: passed where the coefficient is larger than draws under the null, one-sided.

    Parameters
    ----------
    observed : float
    drawn : array of float
        NaN where a draw gave no estimate; those count as at least as extreme.
    what : str
        What is different in the draws, after "Where".
    """
    lost = int(np.isnan(drawn).sum())
    if lost > MOST_LOST * len(drawn):
        return missing(
            f"In {lost:,} of {len(drawn):,} draws in which {what}, no estimate was found, so no "
            "comparison is possible.",
            len(drawn),
        )
    # lost draws count as at least as extreme on either side, so that failing to converge never makes p
    # smaller
    more, less = (randomization_test(observed, drawn, side) for side in ("greater", "less"))
    estimated = drawn[np.isfinite(drawn)]
    low, high = (float(end) for end in np.quantile(estimated, (0.025, 0.975)))
    # where automorphisms of the network make many draws equal to the observation, no result could be below
    # the level: the test has no power, and failing it says nothing
    if more.p_smallest >= LEVEL:
        passed = None
        description = (
            f"Where {what}, {100 * more.equal:.0f} % of draws give the same coefficient, so no p-value could "
            f"be below {p_value(more.p_smallest, 2)}, which is too few exchanges for a test."
        )
    else:
        passed = more.p < LEVEL
        description = (
            f"Where {what}, the coefficient lies between {decimal(low)} and {decimal(high)} in 95 % of "
            f"{len(drawn):,} draws; it is {decimal(observed)} (one-sided {p_equals(more.p)})."
        )
        if less.p < LEVEL:
            description += (
                f" It is smaller than in such draws ({p_equals(less.p)}): there is no sign of an effect "
                "through these ties."
            )
        if lost:
            description += (
                f" {counted(lost, 'draw')} gave no estimate; "
                f"{noun(lost, 'it counts', 'they count')} as at least as extreme."
            )
    return Safeguard(
        name="", applies=True, passed=passed, value=observed, ci_low=low, ci_high=high, p=more.p,
        p_less=less.p, p_smallest=more.p_smallest, equal=more.equal, draws=len(drawn),
        description=description,
    )  # fmt: skip
