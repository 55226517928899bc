"""Success of adopters (learning): change after adoption against those still without, as in a
difference in differences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from diffuscope.errors import PlanError

if TYPE_CHECKING:
    from diffuscope.records.arrays import Numbers


def success_of(
    outcomes: Any, adopted: Any, *, better: Literal["higher", "lower"] = "higher", least: int = 2
) -> Numbers:
    """Success of each adopter in each period, a difference in differences as far as it can be seen by then.

    Parameters
    ----------
    outcomes : array of float, shape (N, T)
        What the policy is meant to change; NaN: not measured.
    adopted : array of bool, shape (N, T)
        Whether each had adopted by the end of each period.
    better : {"higher", "lower"}
        Which direction is success.
    least : int
        Periods with an outcome that must have passed since adoption.

    Returns
    -------
    array of float64, shape (N, T)
        Change of the outcome since the period before adoption, less the mean change of those who had not
        adopted by then; NaN where too little time has passed, or nobody is left to compare with.

    Examples
    --------
    >>> outcomes = [[1, 1, 3, 5], [1, 1, 1, 2]]  # the first adopts in the second period
    >>> success_of(outcomes, [[0, 1, 1, 1], [0, 0, 0, 0]])[0].tolist()
    [nan, nan, nan, 3.0]
    """
    values, has = np.array(outcomes, dtype=np.float64), np.asarray(adopted).astype(bool)
    if values.ndim != 2 or values.shape != has.shape:
        raise PlanError(
            f"Outcomes have the shape {values.shape}, adoptions {has.shape}; both are (units, periods)."
        )
    if better not in ("higher", "lower"):
        raise PlanError(f"better is {better!r}; it must be 'higher' or 'lower'.")
    if least < 1:
        raise PlanError(f"least is {least}; success needs at least one period after adoption.")
    sign = 1.0 if better == "higher" else -1.0
    success = np.full(values.shape, np.nan)
    first = np.where(has.any(axis=1), has.argmax(axis=1), values.shape[1])
    # an adopter of the first period has no period before to compare with: its success stays unknown
    for start in np.unique(first[(first > 0) & (first < values.shape[1])]):
        change = values - values[:, [start - 1]]
        known = np.isfinite(change)
        # not yet treated units alone: those that adopted before change for their own adoption (as in
        # staggered difference in differences)
        others = known & ~has
        count = others.sum(axis=0)
        total = np.where(others, change, 0.0).sum(axis=0)
        usual = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        who = first == start
        passed = np.cumsum(np.isfinite(values) & (np.arange(values.shape[1]) > start), axis=1)
        enough = (passed >= least) & has
        success[who] = np.where(enough, sign * (change - usual), np.nan)[who]
    return success


def gains_and_losses(success: Any) -> tuple[Numbers, Numbers]:
    """Success and failure apart: s⁺ and s⁻, each 0 where it was the other, unknown where success is.

    Whether governments shun what failed as readily as they take up what worked is asked with both side by
    side: success is s⁺ - s⁻.

    Parameters
    ----------
    success : array of float

    Returns
    -------
    two arrays of float64, of the same shape
        How well it went where it went well, and how badly where it went badly, both not below 0.

    Examples
    --------
    >>> [part.tolist() for part in gains_and_losses([2.0, -1.0, float("nan")])]
    [[2.0, 0.0, nan], [0.0, 1.0, nan]]
    """
    known = np.asarray(success, dtype=np.float64)
    return np.maximum(known, 0), np.maximum(-known, 0)
