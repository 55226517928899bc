"""Delay densities: how probable a lag between the adoption of a parent and that of its follower is.

All is computed in logarithms. R's package forms the product of a density and 1e-10 first, which is zero for
long lags and stops it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from diffuscope.errors import MethodError, PlanError

if TYPE_CHECKING:
    from diffuscope.networks.cascades import Cascades
    from diffuscope.records.arrays import Numbers

DelayName = Literal["exponential", "rayleigh", "log-normal", "power-law"]
DELAYS: tuple[DelayName, ...] = ("exponential", "rayleigh", "log-normal", "power-law")
Rate = float | tuple[float, float]


@dataclass(frozen=True)
class Delay:
    """A delay density with its parameters.

    Attributes
    ----------
    name : {"exponential", "rayleigh", "log-normal", "power-law"}
    rate : float or (float, float)
        exponential: λ in ``λ exp(-λ x)`` · rayleigh: scale α in ``x/α² exp(-x²/2α²)`` · log-normal: (μ, σ) of
        the logarithm of the lag · power-law: α in ``(α - 1) x^-α``, for lags of at least 1.
    """

    name: DelayName
    rate: Rate

    @property
    def code(self) -> int:
        """Number of the density, as compiled code knows it."""
        return DELAYS.index(self.name)

    @property
    def constants(self) -> tuple[float, float, float]:
        """What the log density needs, computed once: see `log_density`."""
        if isinstance(self.rate, tuple):
            mu, sigma = self.rate
            return math.log(sigma) + 0.5 * math.log(2 * math.pi), mu, 1 / (2 * sigma**2)
        if self.name == "exponential":
            return math.log(self.rate), self.rate, 0.0
        if self.name == "rayleigh":
            return 2 * math.log(self.rate), 1 / (2 * self.rate**2), 0.0
        return math.log(self.rate - 1), self.rate, 0.0

    def says(self) -> str:
        """The density and its parameters in words."""
        if isinstance(self.rate, tuple):
            return f"log-normal, μ {self.rate[0]:.4g} and σ {self.rate[1]:.4g}"
        return f"{self.name}, {'λ' if self.name == 'exponential' else 'α'} {self.rate:.4g}"


def log_density(code: int, constants: tuple[float, float, float], lag: Numbers) -> Numbers:
    """Log density of lags above 0, shape of the lags; minus infinity where a lag is impossible."""
    first, second, third = constants
    if code == 0:
        return np.asarray(first - second * lag)
    if code == 1:
        return np.asarray(np.log(lag) - first - lag * lag * second)
    log = np.log(lag)
    if code == 2:
        return np.asarray(-log - first - (log - second) ** 2 * third)
    return np.where(lag >= 1, first - second * log, -np.inf)


def delay_of(name: str, rate: Rate | None, cascades: Cascades) -> Delay:
    """The density that is asked for, its parameters checked, or taken from the cascades.

    Without a rate it is the midpoint between what two sets of lags give: those since the first adoption of
    the policy, and those since the adoption just before. For the exponential density this is the starting
    value of R's NetworkInference. That package's values for the other two rest on slips (a product in place
    of a quotient, an average of one number) and are not followed.

    Raises
    ------
    MethodError
        If no lag is above 0, so that the cascades give no rate.
    PlanError
        If the density is unknown or a parameter out of range.
    """
    if name not in DELAYS:
        raise PlanError(f"delay is {name!r}; it must be one of {', '.join(DELAYS)}.")
    known: DelayName = next(one for one in DELAYS if one == name)
    if rate is not None:
        return Delay(known, _checked(known, rate))
    since_first, since_last = _lags(cascades)
    if not (since_first > 0).any():
        raise MethodError(
            "Every policy was adopted at one time only, so no delay can be estimated; without an order of "
            "adoptions there is no network."
        )
    return Delay(known, _estimated(known, since_first, since_last))


def _checked(name: DelayName, rate: object) -> Rate:
    if name == "log-normal":
        pair = tuple(rate) if isinstance(rate, tuple | list) else ()
        if len(pair) != 2 or not all(_finite(one) for one in pair) or pair[1] <= 0:
            raise PlanError(f"rate is {rate!r}; for log-normal delays it is (μ, σ), with σ above 0.")
        return float(pair[0]), float(pair[1])
    least = 1 if name == "power-law" else 0
    if not _finite(rate) or rate <= least:  # type: ignore[operator]
        raise PlanError(f"rate is {rate!r}; for {name} delays it is a number above {least}.")
    return float(rate)  # type: ignore[arg-type]


def _finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _lags(cascades: Cascades) -> tuple[Numbers, Numbers]:
    """Lags since the first adoption of the same policy, and since the one just before."""
    events = cascades.events
    firsts = np.zeros(len(events.times), dtype=bool)
    filled = np.diff(events.starts) > 0
    firsts[events.starts[:-1][filled]] = True
    since_first = events.times - events.times[events.starts[events.cascades]]
    gaps = np.diff(events.times)[~firsts[1:]]
    return since_first[~firsts], gaps


def _estimated(name: DelayName, since_first: Numbers, gaps: Numbers) -> Rate:
    if name == "exponential":
        return float((1 / since_first.mean() + 1 / gaps.mean()) / 2)
    pair = [lags[lags > 0] for lags in (since_first, gaps)]
    if name == "rayleigh":
        return float(np.mean([math.sqrt(float(np.mean(lags**2)) / 2) for lags in pair]))
    if name == "log-normal":
        logs = [np.log(lags) for lags in pair]
        sigma = float(np.mean([one.std() for one in logs]))
        if sigma == 0:
            raise MethodError("All lags are alike, so a log-normal delay has no spread; give its rate.")
        return float(np.mean([one.mean() for one in logs])), sigma
    inverse = [float(np.log(lags[lags >= 1]).mean()) if (lags >= 1).any() else 0.0 for lags in pair]
    known = [1 + 1 / one for one in inverse if one > 0]
    if not known:
        raise MethodError("No lag is longer than 1, so a power-law delay cannot be estimated; give its rate.")
    return float(np.mean(known))
