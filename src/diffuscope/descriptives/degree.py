"""Correlation of degree with time of adoption: whether those with many ties adopt early."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from diffuscope.descriptives.diffusion_network import refuse_no_network
from diffuscope.descriptives.options import FEWEST_DRAWS, one_of, seeded, whole_number
from diffuscope.errors import MethodError

if TYPE_CHECKING:
    import polars as pl

    from diffuscope.descriptives.diffusion_network import DiffusionNetwork
    from diffuscope.records.arrays import Codes, Numbers

DEGREES = ("looked to by", "looks to")
Over = Literal["mean", "first", "last"]


@dataclass(frozen=True, kw_only=True, eq=False)
class DegreeTime:
    """Correlation of degree with time of adoption, among adopters.

    Attributes
    ----------
    degrees : tuple of str
        looked to by: how many look to a unit · looks to: how many it looks to.
    correlations, ci_low, ci_high : array of float, shape (2,)
        Pearson's, with a 95 % interval by bootstrap; NaN where all degrees are alike. Below 0: the better
        connected adopt earlier.
    adopters : int
    draws : int
    seed : int
    notes : tuple of str
    """

    degrees: tuple[str, ...]
    correlations: Numbers
    ci_low: Numbers
    ci_high: Numbers
    adopters: int
    draws: int
    seed: int
    notes: tuple[str, ...] = ()

    def table(self) -> pl.DataFrame:
        """A row per kind of degree: degree, correlation, ci_low, ci_high."""
        import polars as pl

        columns = {"correlation": self.correlations, "ci_low": self.ci_low, "ci_high": self.ci_high}
        return pl.DataFrame({"degree": list(self.degrees)} | columns).with_columns(
            pl.col(*columns).fill_nan(None)
        )


def degree_time(
    network: DiffusionNetwork,
    *,
    seed: int,
    draws: int = 1000,
    weighted: bool = False,
    over: Over = "mean",
) -> DegreeTime:
    """Correlation of degree with time of adoption: a diagnostic before any talk of leaders.

    Parameters
    ----------
    network : DiffusionNetwork
        From `diffusion_network`.
    seed : int
        The same seed gives the same interval.
    draws : int
        Adopters are drawn with replacement so many times; at least 99.
    weighted : bool
        Whether weights add up, instead of ties being counted.
    over : {"mean", "first", "last"}
        Where ties change: the mean of all periods, or the first or last of them.

    Returns
    -------
    DegreeTime

    Raises
    ------
    MethodError
        If fewer than three adopted, or all in one period.
    PlanError
        If an option is none of its choices, or either ties or periods have dates, but not both.
    """
    refuse_no_network(network)
    one_of("over", over, get_args(Over))
    times = network.times
    time = times.toa[times.ever].astype(np.float64)
    if len(time) < 3 or np.ptp(time) == 0:
        raise MethodError("Fewer than three units adopted, or all at once, so time has no correlation.")
    degree = _degrees(network, weighted, over)[:, times.ever]
    size = (whole_number("draws", draws, FEWEST_DRAWS), len(time))
    picks = seeded(seed, "degree and time").integers(len(time), size=size)
    everybody = np.arange(len(time))[None]
    correlations = np.array([_correlations(one, time, everybody)[0] for one in degree])
    ends = np.full((2, len(DEGREES)), np.nan)
    for at in np.flatnonzero(np.isfinite(correlations)):
        # percentile bootstrap; samples in which nothing varies have no correlation
        ends[:, at] = np.nanquantile(_correlations(degree[at], time, picks), [0.025, 0.975])
    flat = [name for name, r in zip(DEGREES, correlations, strict=True) if not np.isfinite(r)]
    return DegreeTime(
        degrees=DEGREES,
        correlations=correlations,
        ci_low=ends[0],
        ci_high=ends[1],
        adopters=len(time),
        draws=draws,
        seed=seed,
        notes=(*network.notes, *(f"all adopters have the same value of `{name}`" for name in flat)),
    )


def _degrees(network: DiffusionNetwork, weighted: bool, over: Over) -> Numbers:
    """Degrees of each unit, shape (2, N), in the periods asked for."""
    total, periods = np.zeros((2, len(network.times.units))), 0
    held = list(network.watched_snapshots())
    if not held:
        raise MethodError(f"The ties `{network.layer.name}` were known in none of the periods.")
    for snapshot in {"mean": held, "first": held[:1], "last": held[-1:]}[over]:
        long, weight = snapshot.last - snapshot.first + 1, snapshot.weights(weighted)
        ends = (snapshot.senders, snapshot.receivers)
        # a period counts once: ties in force for long weigh as many times in the mean
        total += long * np.stack([np.bincount(one, weights=weight, minlength=total.shape[1]) for one in ends])
        periods += long
    return total / periods


def _correlations(x: Numbers, y: Numbers, picks: Codes) -> Numbers:
    """Pearson's correlation in each sample; NaN where one of the two does not vary."""
    a, b = (one[picks] - one[picks].mean(axis=1, keepdims=True) for one in (x, y))
    below = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    # 0/0: a sample in which all degrees or all times are equal has no correlation
    flat = below <= 1e-12 * len(x)
    return np.where(flat, np.nan, (a * b).sum(axis=1) / np.where(flat, 1.0, below))
