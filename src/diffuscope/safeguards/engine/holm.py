"""Holm's correction (1979): one question asked of several mechanisms, and p-values that allow for it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from diffuscope.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Mapping


def holm(p: Mapping[str, float]) -> dict[str, float]:
    """Holm-adjusted p-values: the chance of any false find among them stays below the level.

    Parameters
    ----------
    p : mapping of str to float
        By mechanism; NaN: not known, and not counted among those that were asked.

    Returns
    -------
    dict of str to float
        In the order given. The smallest of m is multiplied by m, the next by m - 1, and so on; none is below
        one that was smaller, none above 1.

    Raises
    ------
    PlanError
        If a value is no probability.

    Examples
    --------
    >>> holm({"learning": 0.04, "competition": 0.01})
    {'learning': 0.04, 'competition': 0.02}
    """
    wrong = [name for name, value in p.items() if not math.isnan(value) and not 0 <= value <= 1]
    if wrong:
        raise PlanError(f"The p-value of `{wrong[0]}` is {p[wrong[0]]:g}; it must be a number from 0 to 1.")
    known = sorted((value, name) for name, value in p.items() if not math.isnan(value))
    adjusted, most = dict(p), 0.0
    for at, (value, name) in enumerate(known):
        # step-down: the smallest of m times m, and none below the one before it, so that order is kept
        most = min(1.0, max(most, (len(known) - at) * value))
        adjusted[name] = most
    return adjusted
