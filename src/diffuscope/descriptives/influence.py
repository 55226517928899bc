"""Infectiousness and susceptibility (Valente et al. 2015): who is followed at once, and who follows at once.

Both weigh the same ties: those whose sender adopted before its receiver. A tie across d periods counts in the
numerator if d is within the window, and in the denominator once for every k up to the window with d ≥ k, each
over the discount of k. By receiver that is susceptibility, by sender infectiousness.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from diffuscope.descriptives.diffusion_network import refuse_no_network
from diffuscope.descriptives.options import one_of, whole_number
from diffuscope.descriptives.thresholds import NOT_ADOPTED
from diffuscope.errors import PlanError

if TYPE_CHECKING:
    from diffuscope.descriptives.diffusion_network import DiffusionNetwork
    from diffuscope.descriptives.toa_matrix import TimesOfAdoption
    from diffuscope.descriptives.unit_statistic import UnitStatistic
    from diffuscope.records.arrays import Codes, Numbers

Discount = Literal["linear", "exponential"]


def infectiousness(
    network: DiffusionNetwork,
    *,
    window: int = 1,
    discount: Discount = "linear",
    rate: float = 0.5,
    normalized: bool = False,
    weighted: bool = False,
) -> UnitStatistic:
    """Infectiousness: how many of those who look to a unit, and adopted after it, did so at once.

    Parameters
    ----------
    network : DiffusionNetwork
        From `diffusion_network`.
    window : int
        Periods that count as at once: 1 is the period after.
    discount : {"linear", "exponential"}
        What the k-th period counts: ``1 / k``, or ``1 / (1 + rate) ** (k - 1)``.
    rate : float
        Of the exponential discount.
    normalized : bool
        Whether to divide by the number of all who adopted in these periods, discounted alike: following where
        few adopt says more.
    weighted : bool
        Whether weights of ties count.

    Returns
    -------
    UnitStatistic
        Unknown for who never adopted; 0 for who adopted in the last period, or whom nobody followed.

    Raises
    ------
    PlanError
        If the window, discount or rate make no sense, or either ties or periods have dates, but not both.

    Notes
    -----
    With T the period of adoption, x_ji(s) whether j looks to i in period s, z_j(s) whether j adopts in it:
    ``Σ_k Σ_j x_ji(T+k-1) z_j(T+k) / w_k`` over ``Σ_k Σ_j x_ji(T+k-1) z_j(s ≥ T+k) / w_k``.

    References
    ----------
    Valente, Dyal, Chu, Wipfli & Fujimoto 2015, Social Science & Medicine 147: 89–99,
    doi:10.1016/j.socscimed.2015.10.001.

    Examples
    --------
    >>> import polars as pl
    >>> from diffuscope import diffusion_network
    >>> laws = pl.DataFrame({"unit": ["hub", "a", "b", "c"], "time": [2001, 2002, 2003, 2003]})
    >>> ties = pl.DataFrame({"sender": ["hub"] * 3, "receiver": ["a", "b", "c"]})
    >>> infectiousness(diffusion_network(laws, ties)).values.round(3).tolist()
    [0.333, 0.0, 0.0, 0.0]
    """
    weights = _discounts(window, discount, rate)
    return _measured("infectiousness", network, weights, normalized=normalized, weighted=weighted)


def susceptibility(
    network: DiffusionNetwork,
    *,
    window: int = 1,
    discount: Discount = "linear",
    rate: float = 0.5,
    normalized: bool = False,
    weighted: bool = False,
) -> UnitStatistic:
    """Susceptibility: how many of those a unit looks to, and who adopted before it, did so just before.

    Parameters
    ----------
    network, window, discount, rate, normalized, weighted
        As for `infectiousness`.

    Returns
    -------
    UnitStatistic
        Unknown for who never adopted; 0 for who adopted in the first period, or after nobody it looks to.

    Raises
    ------
    PlanError
        If the window, discount or rate make no sense, or either ties or periods have dates, but not both.

    Notes
    -----
    With T the period of adoption, x_ij(s) whether i looks to j in period s, z_j(s) whether j adopts in it:
    ``Σ_k Σ_j x_ij(T-k+1) z_j(T-k) / w_k`` over ``Σ_k Σ_j x_ij(T-k+1) z_j(s ≤ T-k) / w_k``. Who never adopted
    is in neither.

    References
    ----------
    Valente, Dyal, Chu, Wipfli & Fujimoto 2015, Social Science & Medicine 147: 89–99,
    doi:10.1016/j.socscimed.2015.10.001.

    Examples
    --------
    >>> import polars as pl
    >>> from diffuscope import diffusion_network
    >>> laws = pl.DataFrame({"unit": ["a", "b", "c"], "time": [2001, 2002, 2003]})
    >>> ties = pl.DataFrame({"sender": ["a", "b"], "receiver": ["c", "c"]})
    >>> susceptibility(diffusion_network(laws, ties)).values.tolist()
    [0.0, 0.0, 0.5]
    """
    weights = _discounts(window, discount, rate)
    return _measured("susceptibility", network, weights, normalized=normalized, weighted=weighted)


def _discounts(window: int, discount: str, rate: float) -> Numbers:
    """What each period of the window counts, shape (window,)."""
    window = whole_number("window", window, 1)
    one_of("discount", discount, get_args(Discount))
    if not (np.isfinite(rate) and rate > -1):
        raise PlanError(f"rate is {rate!r}; it must be a number above -1.")
    steps = np.arange(1, window + 1, dtype=np.float64)
    # both are 1 in the first period, so that a window of one period has no discount
    return np.asarray(1 / steps if discount == "linear" else (1 + rate) ** (1 - steps))


def _measured(
    name: Literal["infectiousness", "susceptibility"],
    network: DiffusionNetwork,
    weights: Numbers,
    *,
    normalized: bool,
    weighted: bool,
) -> UnitStatistic:
    """Both statistics: they sum over the same ties, by sender or by receiver."""
    refuse_no_network(network)
    times = network.times
    top, below = np.zeros(len(times.units)), np.zeros(len(times.units))
    by_sender = name == "infectiousness"
    for snapshot in network.snapshots:
        row, column = snapshot.receivers, snapshot.senders
        delay = np.where(times.ever[row] & times.ever[column], times.toa[row] - times.toa[column], 0)
        followed = np.flatnonzero(delay > 0)
        row, column, delay = row[followed], column[followed], delay[followed]
        tie = snapshot.weights(weighted)[followed]
        ends = column if by_sender else row
        for k, weight in enumerate(weights[: times.last], start=1):
            # the tie is that of the period before the follower adopts: T + k - 1 of the sender, T - k + 1 of
            # the receiver
            looked = times.toa[column] + k - 1 if by_sender else times.toa[row] - k + 1
            in_force = (looked >= snapshot.first) & (looked <= snapshot.last)
            counts = tie * weight * ((delay >= k) & in_force)
            below += np.bincount(ends, weights=counts, minlength=len(below))
            top += np.bincount(ends, weights=counts * (delay == k), minlength=len(top))
    # 0/0 is 0 by the convention of netdiffuseR: nobody could be followed
    values = np.divide(top, below, out=np.zeros(len(top)), where=below > 0)
    if normalized:
        around = _adopting_around(times, weights, 1 if by_sender else -1)
        values = np.divide(values, around, out=np.zeros(len(top)), where=around > 0)
    values[~times.ever] = np.nan
    why = [None if adopted else NOT_ADOPTED for adopted in times.ever.tolist()]
    return network.unit_statistic(name, values, why)


def _adopting_around(times: TimesOfAdoption, weights: Numbers, direction: int) -> Numbers:
    """How many adopt in the periods of the window after each unit's adoption, or before it, discounted."""
    count = np.bincount(times.toa, minlength=times.last + 1).astype(np.float64)
    count[0] = 0
    around = np.zeros(len(count))
    for k, weight in enumerate(weights[: times.last], start=1):
        at: Codes = np.arange(len(count)) + direction * k
        there = (at >= 1) & (at <= times.last)
        around[there] += weight * count[at[there]]
    return around[times.toa]
