"""Wald statistics, p-values and intervals, by the normal distribution or by Student's t."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

if TYPE_CHECKING:
    from diffuscope.records.arrays import Numbers

LEVEL = 0.95
FEW_CLUSTERS = 30
"""Below this, critical values come from Student's t with G-1 degrees of freedom."""


def critical(degrees: int | None) -> float:
    """Critical value: how many standard errors reach from an estimate to the end of its 95 % interval."""
    tail = (1 + LEVEL) / 2
    return float(ndtri(tail) if degrees is None else stdtrit(degrees, tail))


def statistics(estimates: Numbers, errors: Numbers, degrees: int | None) -> tuple[Numbers, Numbers]:
    """Wald statistic, estimate over error, and two-sided p-value; NaN where the error is zero or unknown."""
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(errors > 0, estimates / errors, np.nan)
    far = -np.abs(statistic)
    return statistic, np.asarray(2 * (ndtr(far) if degrees is None else stdtr(degrees, far)))


WALD = "Wald"
"""What intervals of estimates and standard errors begin with."""
BOOTSTRAP = "penalised bootstrap"
"""What intervals of `firth_bootstrap` are called."""
LARGEST = {
    2: "variance: the largest of two-way, one-way and unclustered",
    3: "variance: the largest of three-way, two-way, one-way and unclustered",
}
"""What an interval from errors clustered several ways rests on."""


def wald(estimates: Numbers, covariance: Numbers, degrees: int | None, ways: int = 0) -> dict[str, Any]:
    """Wald p-values and 95 % intervals from estimates and their covariance, by field of `Fit`.

    `ways` is the number of ways in which rows are clustered.
    """
    errors = np.sqrt(np.maximum(np.diag(covariance), 0))
    reach = critical(degrees) * errors
    how = f"{WALD}, normal" if degrees is None else f"{WALD}, t with {degrees} degrees of freedom"
    return {
        "covariance": covariance,
        "p": statistics(estimates, errors, degrees)[1],
        "ci_low": estimates - reach,
        "ci_high": estimates + reach,
        "df": degrees,
        "interval": f"{how}; {LARGEST[ways]}" if ways in LARGEST else how,
    }


def degrees_of(clusters: tuple[int, ...]) -> int | None:
    """Degrees of freedom for the critical values; None where clusters are many, or none were asked for."""
    fewest = min(clusters, default=FEW_CLUSTERS)
    # of several ways, the one with fewest clusters is the least sure (Cameron, Gelbach & Miller 2011)
    return fewest - 1 if 1 < fewest < FEW_CLUSTERS else None
