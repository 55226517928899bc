"""Monotone likelihood: whether some mixture of columns is highest at every event, so that it has no maximum.

The linear programme of separation, with pairs of a row with an event and a row at risk at that time in the
place of rows (monotone likelihood: Heinze & Schemper 2001, doi:10.1111/j.0006-341x.2001.00114.x).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from diffuscope.models.design.separation import TOLERANCE, best_direction
from diffuscope.models.likelihood.partial_likelihood import at_risk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.models.likelihood.partial_likelihood import RiskSets
    from diffuscope.records.arrays import Codes, Numbers


def monotone(x: Numbers, sets: RiskSets, names: Sequence[str]) -> list[str]:
    """Monotone likelihood: columns of a mixture that nobody at risk ever has higher than whoever adopts.

    Parameters
    ----------
    x : array of float, shape (n, k)
    sets : RiskSets
    names : sequence of str

    Returns
    -------
    list of str
        Empty where the partial likelihood has a maximum.
    """
    row, begins = at_risk(sets)
    total = np.add.reduceat(x[row], begins, axis=0)
    size = np.diff(np.append(begins, row.size))
    # Σ over pairs of (x of the event - x of one at risk): positive along γ where every difference is 0 or
    # more
    objective = (x[sets.events] * size[sets.time, None] - total[sets.time]).sum(axis=0)
    scale = max(float(np.abs(x).max()), 1e-300)
    pairs = np.zeros((0, x.shape[1]))
    while True:
        # cutting planes: of all pairs only those that some mixture violates enter, one per event time and
        # round
        gamma = best_direction(objective / (row.size * scale), pairs, np.zeros(len(pairs)))
        eta = x @ gamma
        highest, who = _highest(eta, row, begins)
        short = highest[sets.time] - eta[sets.events]
        objecting = short > TOLERANCE * scale
        if not objecting.any():
            gained = float(
                (eta[sets.events] * size[sets.time] - np.add.reduceat(eta[row], begins)[sets.time]).sum()
            )
            if gained <= TOLERANCE * scale:
                return []
            return [name for name, part in zip(names, gamma, strict=True) if abs(part) > TOLERANCE]
        added = x[sets.events[objecting]] - x[who[sets.time[objecting]]]
        added /= np.abs(added).max(axis=1, keepdims=True)
        wider = np.unique(np.vstack([pairs, added]), axis=0)
        if len(wider) == len(pairs):  # what is left is rounding
            return []
        pairs = wider


def _highest(eta: Numbers, row: Codes, begins: Codes) -> tuple[Numbers, Codes]:
    """The highest value at risk at each event time, and a row that has it."""
    values = eta[row]
    highest = np.maximum.reduceat(values, begins)
    time = np.repeat(np.arange(begins.size), np.diff(np.append(begins, row.size)))
    at = np.flatnonzero(values == highest[time])
    first = at[np.searchsorted(time[at], np.arange(begins.size))]
    return highest, row[first]
