"""Bayesian learning: beliefs about what a policy does, and what others' results do to them.

Meseguer 2006, Rationality and Society 18: 35–66, doi:10.1177/1043463106060152.

Nearer countries may count more: numbers of observations then are sums of ties, not whole. The formulas stay
the same, which makes the likelihood one to a power (a power likelihood).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from diffuscope.errors import MethodError
from diffuscope.ties.exposure import exposure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from diffuscope.ties.layer import Layer


class SufficientStatistics(NamedTuple):
    """What somebody has heard of others' results: how many, their mean, and squares about the mean."""

    n: float
    mean: float
    squares: float = 0.0


@dataclass(frozen=True)
class Normal:
    """A belief about a mean, where the variance of single results is known.

    >>> belief = Normal(0, 4).after(SufficientStatistics(4, 2), variance=1)
    >>> round(belief.mean, 7), round(belief.variance, 7)
    (1.8823529, 0.2352941)
    """

    mean: float
    variance: float

    def __post_init__(self) -> None:
        """The variance is above 0."""
        _positive(self.variance, "The variance of a belief")

    def after(self, heard: SufficientStatistics, variance: float) -> Normal:
        """The belief after having heard results of that variance."""
        _positive(variance, "The variance of results")
        if not _counted(heard):
            return self
        # precisions add up; the mean is that of prior and results, each weighted by its precision
        precision = 1 / self.variance + heard.n / variance
        mean = (self.mean / self.variance + heard.n * heard.mean / variance) / precision
        return Normal(mean, 1 / precision)


@dataclass(frozen=True)
class NormalInverseGamma:
    """A belief about a mean and a variance, neither known.

    >>> belief = NormalInverseGamma(0, 1, 2, 2).after(SufficientStatistics(4, 2, 3))
    >>> belief, round(1 - belief.below(0), 7)
    (NormalInverseGamma(mean=1.6, kappa=5.0, alpha=4.0, beta=5.1), 0.9933875)
    """

    mean: float
    kappa: float
    alpha: float
    beta: float

    def __post_init__(self) -> None:
        """All but the mean are above 0."""
        for name in ("kappa", "alpha", "beta"):
            _positive(getattr(self, name), name)

    def after(self, heard: SufficientStatistics) -> NormalInverseGamma:
        """The belief after having heard results."""
        if not _counted(heard):
            return self
        kappa = self.kappa + heard.n
        mean = (self.kappa * self.mean + heard.n * heard.mean) / kappa
        # how far results lie from what was believed adds to the spread that is believed afterwards
        shift = self.kappa * heard.n * (heard.mean - self.mean) ** 2 / (2 * kappa)
        # conjugate update: κ + n, α + n/2, β + Σ(x - x̄)²/2 + κn(x̄ - m)²/(2(κ + n))
        return NormalInverseGamma(
            mean, float(kappa), float(self.alpha + heard.n / 2), self.beta + heard.squares / 2 + shift
        )

    @property
    def scale(self) -> float:
        """Scale of the Student t, with 2α degrees of freedom, that the mean follows."""
        return float(np.sqrt(self.beta / (self.alpha * self.kappa)))

    def below(self, value: float) -> float:
        """Probability that the mean is below a value."""
        from scipy import stats

        # the variance integrated out, the mean is Student's t: neither known, the normal would be too sure
        return float(stats.t.cdf((value - self.mean) / self.scale, 2 * self.alpha))


@dataclass(frozen=True)
class Beta:
    """A belief about a chance of success.

    >>> belief = Beta(2, 2).after(7, 3)
    >>> belief, round(belief.mean, 7), round(belief.variance, 7)
    (Beta(alpha=9, beta=5), 0.6428571, 0.0153061)
    """

    alpha: float
    beta: float

    def __post_init__(self) -> None:
        """Both are above 0."""
        _positive(self.alpha, "alpha")
        _positive(self.beta, "beta")

    def after(self, successes: float, failures: float) -> Beta:
        """The belief after having heard of successes and failures."""
        if not (np.isfinite([successes, failures]).all() and min(successes, failures) >= 0):
            raise MethodError(f"{successes:g} successes and {failures:g} failures: neither is below 0.")
        return Beta(self.alpha + successes, self.beta + failures)

    @property
    def mean(self) -> float:
        """Expected chance."""
        return self.alpha / (self.alpha + self.beta)

    @property
    def variance(self) -> float:
        """How unsure it is."""
        total = self.alpha + self.beta
        return self.alpha * self.beta / (total**2 * (total + 1))


Belief = Normal | NormalInverseGamma | Beta


def chance_better(policy: Belief, without: Belief) -> float:
    """Probability that the policy does better than going without it: P(θ1 > θ0).

    Parameters
    ----------
    policy, without : Normal, NormalInverseGamma or Beta
        Beliefs of one kind.

    Returns
    -------
    float

    Examples
    --------
    >>> round(chance_better(Beta(9, 5), Beta(3, 4)), 7)
    0.8343653
    """
    from scipy import integrate, special, stats

    if isinstance(policy, Beta) and isinstance(without, Beta):
        # integral of f1·F0, with f1 the weight of a Gauss–Jacobi rule
        # weight (1 - x)^(β-1) (1 + x)^(α-1) on [-1, 1]: exact for smooth F0, with no steep end of the density
        # to resolve
        nodes, weights = special.roots_jacobi(256, policy.beta - 1, policy.alpha - 1)
        below = special.betainc(without.alpha, without.beta, (nodes + 1) / 2)
        return float(weights @ below / weights.sum())
    if isinstance(policy, Normal) and isinstance(without, Normal):
        gain = policy.mean - without.mean
        # the difference of two independent normals is normal
        return float(stats.norm.cdf(gain / np.sqrt(policy.variance + without.variance)))
    if isinstance(policy, NormalInverseGamma) and isinstance(without, NormalInverseGamma):
        df = 2 * policy.alpha
        # the difference of two t variables has no closed form: E F0(θ1), with u the quantile of θ1
        probability, _ = integrate.quad(
            lambda u: without.below(policy.mean + policy.scale * float(stats.t.ppf(u, df))), 0, 1,
            epsabs=1e-10, epsrel=1e-10, limit=200,
        )  # fmt: skip
        return float(probability)
    raise MethodError("Two beliefs of different kinds cannot be compared.")


class SufficientStatisticsByUnit(NamedTuple):
    """What each unit has heard in each period, as `SufficientStatistics` has it for one."""

    n: NDArray[np.float64]
    mean: NDArray[np.float64]
    squares: NDArray[np.float64]


def sufficient_statistics(
    layer: Layer,
    adopted: Any,
    success: Any,
    *,
    lag: int = 1,
    periods: Sequence[str | int] | None = None,
) -> SufficientStatisticsByUnit:
    """Sufficient statistics of what each unit has heard: number of results, their mean, squares about it.

    Parameters
    ----------
    layer, adopted
        As for `exposure`.
    success : array of float, shape (S,) or (S, T)
        NaN: not known, so not heard.
    lag, periods
        As for `exposure`.

    Returns
    -------
    SufficientStatisticsByUnit
        Arrays of shape (N, T). The number is 0 and the mean missing where nothing was heard; all are missing
        for isolates.
    """
    result = np.asarray(success, dtype=np.float64)
    known = np.isfinite(result)
    middle = float(result[known].mean()) if known.any() else 0.0
    deviation = np.where(known, result - middle, 0.0)  # about a common middle, so that squares lose no digits

    def total(weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum over adopters who are heard."""
        return exposure(layer, adopted, form="sum", success=weight, lag=lag, periods=periods).values

    n, first, second = total(known.astype(np.float64)), total(deviation), total(deviation**2)
    with np.errstate(invalid="ignore"):
        mean = np.where(n > 0, first / np.where(n > 0, n, 1), np.nan)
        squares = np.where(n > 0, np.maximum(second - n * mean**2, 0), np.nan)
    return SufficientStatisticsByUnit(n, mean + middle, squares)


def _positive(value: float, what: str) -> None:
    if not (np.isfinite(value) and value > 0):
        raise MethodError(f"{what} is {value:g}; it must be above 0.")


def _counted(heard: SufficientStatistics) -> bool:
    """Whether anything was heard."""
    if not (np.isfinite(heard.n) and heard.n >= 0 and heard.squares >= 0):
        raise MethodError(f"{heard.n:g} results with squares {heard.squares:g}: neither is below 0.")
    return heard.n > 0
