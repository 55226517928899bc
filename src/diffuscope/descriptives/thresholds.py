"""Network threshold: the exposure of a unit at the time of its own adoption."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from diffuscope.descriptives.diffusion_network import refuse_no_network
from diffuscope.descriptives.options import whole_number

if TYPE_CHECKING:
    from diffuscope.descriptives.diffusion_network import DiffusionNetwork
    from diffuscope.descriptives.unit_statistic import UnitStatistic
    from diffuscope.records.arrays import Flags, Numbers

NOT_ADOPTED = "had not adopted"
FIRST = "adopted in the first period: no earlier period was observed"
ALONE = "has no ties to anybody"
NOT_MEASURED = "adopted before the ties were known"
CONTEMPORANEOUS = (
    "exposure in the period of adoption itself (lag 0): units that adopt together expose each other"
)


def thresholds(
    network: DiffusionNetwork,
    *,
    lag: int = 1,
    weighted: bool = True,
    keep_first: bool = False,
) -> UnitStatistic:
    """Network threshold of each adopter: the share of those it looks to who had adopted when it did.

    Parameters
    ----------
    network : DiffusionNetwork
        From `diffusion_network`.
    lag : int
        Periods before its own adoption at which a unit looks; 0 counts those who adopted together with it,
        and the result says so.
    weighted : bool
        Whether weights count; otherwise each tie is one.
    keep_first : bool
        Whether adopters of the first period have a threshold (of 0, or with ``lag=0`` by each other).
        Otherwise it is unknown, as they may have been ready at any time before.

    Returns
    -------
    UnitStatistic
        Unknown for who had not adopted, first adopters, and units without ties (isolates).

    Raises
    ------
    PlanError
        If the lag is no whole number from 0 on, or either ties or periods have dates, but not both.

    References
    ----------
    Valente 1996, Social Networks 18: 69–89, doi:10.1016/0378-8733(95)00256-1.

    Examples
    --------
    >>> import polars as pl
    >>> from diffuscope import diffusion_network
    >>> laws = pl.DataFrame({"unit": ["a", "b", "c"], "time": [2001, 2003, 2004]})
    >>> ties = pl.DataFrame({"sender": ["a", "b", "a", "c"], "receiver": ["c", "c", "b", "b"]})
    >>> thresholds(diffusion_network(laws, ties)).values.tolist()
    [nan, 0.5, 1.0]
    """
    lag = whole_number("lag", lag, 0)
    refuse_no_network(network)
    exposure = exposure_at_adoption(network, lag=lag, weighted=weighted)
    times, values = network.times, exposure.share
    reasons = [
        (~times.ever, NOT_ADOPTED),
        ((times.toa == 1) & (not keep_first), FIRST),
        (~exposure.known, NOT_MEASURED),
        (exposure.isolated, ALONE),
    ]
    why: list[str | None] = [None] * len(times.units)
    for wrong, reason in reversed(reasons):  # the first reason that holds is told
        values[wrong] = np.nan
        for at in np.flatnonzero(wrong).tolist():
            why[at] = reason
    return network.unit_statistic("threshold", values, why, (CONTEMPORANEOUS,) if lag == 0 else ())


class ExposureAtAdoption(NamedTuple):
    """Exposure of each unit at its own adoption, each of shape (N,).

    `share` of its ties that lead to adopters; whether it was `isolated`; whether its ties were `known`.
    """

    share: Numbers
    isolated: Flags
    known: Flags


def exposure_at_adoption(network: DiffusionNetwork, *, lag: int, weighted: bool = True) -> ExposureAtAdoption:
    """Exposure of each unit in the period of its adoption, or `lag` periods before it."""
    times = network.times
    looked = times.toa - lag
    share = np.full(len(times.units), np.nan)
    isolated, known = np.zeros(len(share), dtype=bool), np.zeros(len(share), dtype=bool)
    for snapshot in network.snapshots:
        mine = times.ever & (looked >= snapshot.first) & (looked <= snapshot.last)
        receivers, weight = snapshot.receivers, snapshot.weights(weighted)
        theirs = times.toa[snapshot.senders]
        had = times.ever[snapshot.senders] & (theirs <= looked[receivers])
        total = np.bincount(receivers, weights=weight, minlength=len(share))
        reached = np.bincount(receivers, weights=weight * had, minlength=len(share))
        # exposure at the time of adoption (Valente 1996), ties and adopters both of that period
        share[mine] = np.divide(reached, total, out=np.full(len(share), np.nan), where=total > 0)[mine]
        isolated[mine], known[mine] = (total == 0)[mine], True
    return ExposureAtAdoption(share, isolated, known)
