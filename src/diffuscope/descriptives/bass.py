"""Bass model: innovation, imitation and market of one adoption curve, by nonlinear least squares."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from scipy.special import stdtrit

from diffuscope.descriptives.options import one_of
from diffuscope.descriptives.rates import AdoptionRates, adoption_rates
from diffuscope.errors import MethodError, PlanError
from diffuscope.records.phrases import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from diffuscope.descriptives.toa_matrix import Period
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Numbers

FEWEST = 5
"""Periods with adoptions below which three numbers cannot be told."""
# the sum of squares has several valleys; starts over the ranges that are reported for p and q
STARTS = tuple(product((0.001, 0.01, 0.1), (0.05, 0.3, 0.8)))
SMALLEST = 1e-8
"""Of p and q; below it they are 0."""
NO_PROOF = "a good fit does not show that adopters influence each other: many curves that rise look like this"
ENDLESS = 10.0
"""Standard error of a logarithm from which on an interval says nothing."""
CUMULATIVE = (
    "errors of a cumulative share are correlated, so intervals would be far too short and are not given. Fit "
    "the increments to get intervals."
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Bass:
    """Bass model fitted to one adoption curve.

    Attributes
    ----------
    p, q : float
        Innovation: the chance per period of adopting by oneself · imitation: what it gains with the share
        that has adopted.
    market : float
        All who will ever adopt.
    std_errors, ci_low, ci_high : dict of str to float
        Standard errors and ends of 95 % intervals of p, q and, if estimated, market; NaN where not known.
    peak : float or None
        Time of most adoptions, in periods from the start of the first; None where adoption falls
        throughout.
    periods : tuple, length T
    observed, expected : array of float, shape (T,)
        New adopters of each period.
    fitted_to : {"increments", "cumulative"}
    sd : float
        Residual standard deviation.
    warnings : tuple of str
        Why the estimates may not be trusted.
    notes : tuple of str
    """

    p: float
    q: float
    market: float
    std_errors: Mapping[str, float]
    ci_low: Mapping[str, float]
    ci_high: Mapping[str, float]
    peak: float | None
    periods: tuple[Any, ...]
    observed: Numbers = field(repr=False)
    expected: Numbers = field(repr=False)
    fitted_to: Literal["increments", "cumulative"]
    sd: float
    warnings: tuple[str, ...]
    notes: tuple[str, ...] = (NO_PROOF,)

    def table(self) -> pl.DataFrame:
        """A row per parameter: term, estimate, std_error, ci_low, ci_high; null where not known."""
        import polars as pl

        terms = ("p", "q", "market")
        columns = {"estimate": [self.p, self.q, self.market]} | {
            name: [getattr(self, held).get(term, float("nan")) for term in terms]
            for name, held in (("std_error", "std_errors"), ("ci_low", "ci_low"), ("ci_high", "ci_high"))
        }
        return pl.DataFrame({"term": list(terms)} | columns).with_columns(
            pl.col("std_error", "ci_low", "ci_high").fill_nan(None)
        )

    def curve(self, periods: int) -> Numbers:
        """New adopters that the model expects in each of the first periods, shape (periods,)."""
        return self.market * np.diff(share_by(np.arange(periods + 1.0), self.p, self.q))


def bass(
    adoptions: Frame | AdoptionRates | Sequence[float],
    *,
    market: float | Literal["units", "free"] | None = None,
    fit_to: Literal["increments", "cumulative"] = "increments",
    period: Period = "year",
    waves: Mapping[Any, Any] | Sequence[Any] | None = None,
    censor: Any = None,
    units: Iterable[str] | None = None,
) -> Bass:
    """Bass model of an adoption curve: innovation, imitation and market, by nonlinear least squares.

    Parameters
    ----------
    adoptions : pandas, Polars or Arrow table, or AdoptionRates, or sequence of float
        A row per unit: `unit` and `time`, which is empty if it never adopted. Or new adopters by period.
    market : float, "units" or "free", optional
        How many will ever adopt: a number, all units (the default where they are known), or estimated.
    fit_to : {"increments", "cumulative"}
        New adopters of each period; or the share that has adopted by its end, without intervals.
    period, waves, censor, units
        As for `adoption_rates`.

    Returns
    -------
    Bass

    Raises
    ------
    CaseError
        If a time cannot be read.
    MethodError
        If fewer than five periods have adoptions, or the search finds nothing.
    PlanError
        If an option is none of its choices, or the market is smaller than what has been adopted.

    Notes
    -----
    ``F(t) = (1 - exp(-(p + q) t)) / (1 + q / p · exp(-(p + q) t))`` is the share by time t, and
    ``market · (F(t) - F(t - 1))`` adopt in period t. Intervals are those of p, q and market on their
    logarithms, with Student's t.

    References
    ----------
    Bass 1969, Management Science 15: 215–227, doi:10.1287/mnsc.15.5.215 · Srinivasan & Mason 1986, Marketing
    Science 5: 169–178, doi:10.1287/mksc.5.2.169 · Van den Bulte & Lilien 1997, Marketing Science 16: 338–353,
    doi:10.1287/mksc.16.4.338, on curves that end early.

    Examples
    --------
    >>> import numpy as np
    >>> sales = 1000 * np.diff(share_by(np.arange(16.0), 0.03, 0.38))
    >>> found = bass(sales)
    >>> round(found.p, 4), round(found.q, 4), round(found.market, 2)
    (0.03, 0.38, 1000.0)
    """
    one_of("fit_to", fit_to, ("increments", "cumulative"))
    curve = _curve(adoptions, period, waves, censor, units)
    new = curve.new
    fixed = _market(market, curve.units, float(new.sum()))
    _refuse_few(new)
    goal = np.cumsum(new) if fit_to == "cumulative" else new
    solution = _search(goal, fixed, cumulative=fit_to == "cumulative")
    best = _parameters(solution.x, fixed)
    free = len(goal) - len(solution.x)
    # scipy's cost is half the sum of squares
    sd = float(np.sqrt(2 * solution.cost / free)) if free > 0 else float("nan")
    # cumulative shares share their errors from one period to the next, so (J'J)⁻¹ is not their covariance
    spread = _spread(solution.jac, sd) if fit_to == "increments" else np.full(len(solution.x), np.nan)
    estimates = best._asdict()
    reach = stdtrit(free, 0.975) * spread if free > 0 else spread * np.nan
    names = list(estimates)[: len(spread)]
    return Bass(
        p=best.p,
        q=best.q,
        market=best.market,
        # delta method: d exp(a) = exp(a) da
        std_errors={name: estimates[name] * float(one) for name, one in zip(names, spread, strict=True)},
        ci_low={name: estimates[name] * float(np.exp(-one)) for name, one in zip(names, reach, strict=True)},
        ci_high={name: estimates[name] * float(np.exp(one)) for name, one in zip(names, reach, strict=True)},
        peak=best.peak,
        periods=curve.periods,
        observed=new,
        expected=best.market * np.diff(share_by(np.arange(len(new) + 1.0), best.p, best.q)),
        fitted_to=fit_to,
        sd=sd,
        warnings=(*_of_market(new, best.market, fixed is None), *_warnings(new, best, fit_to, spread)),
        notes=(*curve.notes, NO_PROOF),
    )


def _refuse_few(new: Numbers) -> None:
    many = int((new > 0).sum())
    if many < FEWEST:
        raise MethodError(
            f"Adoptions fall in {counted(many, 'period')}; Bass's model needs at least {FEWEST}."
        )


class _Parameters(NamedTuple):
    """Innovation, imitation and market."""

    p: float
    q: float
    market: float

    @property
    def peak(self) -> float | None:
        """Time of most adoptions; None where adoption falls throughout."""
        return float(np.log(self.q / self.p) / (self.p + self.q)) if self.q > self.p else None


def share_by(time: Numbers, p: float, q: float) -> Numbers:
    """Cumulative share of the market by some times (Bass 1969).

    >>> share_by(np.array([1.0, 5.0, 10.0]), 0.03, 0.38).round(6).tolist()
    [0.035758, 0.331199, 0.812803]
    """
    # -expm1(-x) is 1 - exp(-x) without losing digits early on, where x is small
    decay = np.exp(-(p + q) * time)
    return np.asarray(-np.expm1(-(p + q) * time) / (1 + q / p * decay))


class _Curve(NamedTuple):
    """New adopters by period, what the periods are called, and how many units there are."""

    new: Numbers
    periods: tuple[Any, ...]
    units: int | None = None
    notes: tuple[str, ...] = ()


def _curve(adoptions: Any, period: Period, waves: Any, censor: Any, units: Any) -> _Curve:
    """The curve of a frame of adoptions, of rates, or of counts."""
    if (
        isinstance(adoptions, AdoptionRates)
        or hasattr(adoptions, "columns")
        or hasattr(adoptions, "column_names")
    ):
        held = adoptions
        if not isinstance(held, AdoptionRates):
            held = adoption_rates(held, period=period, waves=waves, censor=censor, units=units)
        return _Curve(held.new.astype(np.float64), held.periods, held.units, held.notes)
    try:
        new = np.asarray(adoptions, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise PlanError(
            "bass takes a table of adoptions, the adoption rates, or a sequence of new adopters by period, "
            f"not {type(adoptions).__name__}."
        ) from error
    if new.ndim != 1 or not (np.isfinite(new) & (new >= 0)).all():
        raise PlanError("New adopters are a row of numbers not below 0, one for each period.")
    return _Curve(new, tuple(range(1, len(new) + 1)))


def _market(market: Any, units: int | None, adopted: float) -> float | None:
    """The market, where it is not to be estimated."""
    if market is None:
        market = "free" if units is None else "units"
    if market == "free":
        return None
    if market == "units":
        if units is None:
            raise PlanError("Counts do not give the number of units: give `market` as a number or 'free'.")
        return float(units)
    if isinstance(market, bool) or not isinstance(market, int | float) or not np.isfinite(market):
        raise PlanError(f"market is {market!r}; it must be a number, 'units' or 'free'.")
    if market < adopted:
        raise PlanError(f"The market of {market:g} is smaller than the {adopted:g} who have adopted.")
    return float(market)


def _parameters(at: Numbers, fixed: float | None) -> _Parameters:
    """Parameters from their logarithms, on which they are searched: none can fall below 0."""
    p, q = np.exp(at[:2])
    return _Parameters(float(p), float(q), float(np.exp(at[2])) if fixed is None else fixed)


def _search(goal: Numbers, fixed: float | None, *, cumulative: bool) -> Any:
    """The best of searches from several starts, on the logarithms of p, q and market."""
    from scipy.optimize import least_squares

    times = np.arange(len(goal) + 1.0)
    total = float(goal[-1] if cumulative else goal.sum())

    def missed(at: Numbers) -> Numbers:
        p, q, size = _parameters(at, fixed)
        share = size * share_by(times, p, q)
        return np.asarray((share[1:] if cumulative else np.diff(share)) - goal)

    bounds = ([np.log(SMALLEST)] * 2, [np.log(20.0)] * 2)
    if fixed is None:
        # a curve that ends before its peak fits ever larger markets equally well: the bound keeps the search
        # finite
        bounds = ([*bounds[0], np.log(total) - 3], [*bounds[1], np.log(total) + 14])
    best: Any = None
    for p, q in STARTS:
        start = [np.log(p), np.log(q), *([np.log(1.2 * total)] if fixed is None else [])]
        optimum = least_squares(
            missed, start, bounds=bounds, x_scale="jac", ftol=1e-14, xtol=1e-14, gtol=1e-14, max_nfev=500
        )
        if np.isfinite(optimum.cost) and (best is None or optimum.cost < best.cost):
            best = optimum
    if best is None:
        raise MethodError("No Bass curve comes near these adoptions.")
    return best


def _spread(jacobian: Numbers, sd: float) -> Numbers:
    """Standard errors on the logarithms, sd · √diag((J'J)⁻¹); NaN where the curve does not tell."""
    information = jacobian.T @ jacobian
    length = np.sqrt(np.diag(information))
    if not (np.isfinite(sd) and (length > 0).all()):
        return np.full(len(information), np.nan)
    # columns of length 1, so that the condition tells of collinearity and not of units of measure
    scaled = information / np.outer(length, length)
    if np.linalg.cond(scaled) > 1e12:
        return np.full(len(information), np.nan)
    spread = sd * np.sqrt(np.diag(np.linalg.inv(scaled))) / length
    return np.where(spread > ENDLESS, np.nan, spread)


def _of_market(new: Numbers, market: float, estimated: bool) -> tuple[str, ...]:
    warnings = []
    if estimated and int((new > 0).sum()) < 2 * FEWEST:
        warnings.append("few periods for three parameters: fix the market if it is known")
    if market < 0.999 * new.sum():
        warnings.append(f"the estimated market is smaller than the {new.sum():g} who have adopted")
    return tuple(warnings)


def _warnings(new: Numbers, parameters: _Parameters, fit_to: str, spread: Numbers) -> tuple[str, ...]:
    p, q, peak = parameters.p, parameters.q, parameters.peak
    warnings = []
    # Van den Bulte & Lilien 1997: ending early biases the market down and q up
    if (peak is not None and peak >= len(new)) or int(np.argmax(new)) == len(new) - 1:
        warnings.append(
            "adoption had not passed its peak when observation ended: p, q and above all the market are then "
            "inexact, with the market too small and q too large"
        )
    elif peak is None:
        warnings.append("q is not above p: adoption falls from the start, and there is no S-shape to explain")
    if min(p, q) <= 2 * SMALLEST:
        warnings.append(f"{'q' if q < p else 'p'} is 0, at the limit of its range")
    if fit_to == "cumulative":
        warnings.append(CUMULATIVE)
    elif np.isnan(spread).any():
        warnings.append("the curve does not determine every parameter; those have no interval")
    return tuple(warnings)
