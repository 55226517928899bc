"""Multiple imputation by Rubin's rules: one answer from fits to many draws of what is not known.

Rubin 1987; with few clusters, degrees of freedom of Barnard & Rubin 1999 (doi:10.1093/biomet/86.4.948).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from diffuscope.errors import MethodError, PlanError
from diffuscope.models.coefficient_table import cells, in_html, in_latex, plain
from diffuscope.models.inference.wald import LEVEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import polars as pl

    from diffuscope.models.fit import Fit
    from diffuscope.records.arrays import Numbers

PROFILE = "profile penalised likelihood"
ENOUGH = 20
"""Draws below which the spread between them is hardly known."""


@dataclass(frozen=True, kw_only=True)
class CombinedFit:
    """Multiply imputed estimates: one model over many draws of unknown data, combined by Rubin's rules.

    Attributes
    ----------
    model, formula, outcome : str
        As of each fit.
    draws : int
        How many fits were combined.
    names : tuple of str
        Of the coefficients.
    coefficients : array of float, shape (k,)
        Means over the fits.
    covariance : array of float, shape (k, k)
        Within plus (1 + 1/draws) times between.
    within : array of float, shape (k, k)
        Mean covariance of the fits: what would be unsure were everything known.
    between : array of float, shape (k, k)
        Covariance of the estimates over the fits: what is unsure because of what is not known.
    missing : array of float, shape (k,)
        Share of the information about each coefficient that is lost with what is not known.
    df : array of float, shape (k,)
        Of the t distribution; infinite where the fits agree.
    p, ci_low, ci_high : array of float, shape (k,)
        Two-sided p-values, and 95 % intervals.
    rows, events : tuple of (int, int)
        Fewest and most over the fits.
    clusters : tuple of (str, int)
        As of each fit, with the fewest clusters.
    warnings : tuple of str
        Why the estimates may not be trusted.
    """

    model: str
    formula: str
    outcome: str
    draws: int
    names: tuple[str, ...]
    coefficients: Numbers
    covariance: Numbers = field(repr=False)
    within: Numbers = field(repr=False)
    between: Numbers = field(repr=False)
    missing: Numbers = field(repr=False)
    df: Numbers = field(repr=False)
    p: Numbers = field(repr=False)
    ci_low: Numbers = field(repr=False)
    ci_high: Numbers = field(repr=False)
    rows: tuple[int, int]
    events: tuple[int, int]
    clusters: tuple[tuple[str, int], ...]
    warnings: tuple[str, ...]

    @property
    def std_errors(self) -> Numbers:
        """Standard errors of the coefficients, shape (k,)."""
        return np.asarray(np.sqrt(np.maximum(np.diag(self.covariance), 0)))

    @property
    def between_share(self) -> Numbers:
        """Share of each coefficient's variance that lies between the draws, shape (k,)."""
        whole = np.diag(self.covariance)
        added = (1 + 1 / self.draws) * np.diag(self.between)
        return np.divide(added, whole, out=np.zeros_like(whole), where=whole > 0)

    def table(self) -> pl.DataFrame:
        """Coefficients as a frame: term, estimate, std_error, df, p, ci_low, ci_high, missing."""
        import polars as pl

        columns = ("df", "p", "ci_low", "ci_high", "missing")
        numbers = {name: getattr(self, name) for name in columns}
        return pl.DataFrame(
            {"term": list(self.names), "estimate": self.coefficients, "std_error": self.std_errors, **numbers}
        )

    def summary(self) -> str:
        """The model in plain text: what was fitted, to what, the coefficients, and its warnings."""
        return plain(self._title(), self._facts(), cells(self), self.warnings)

    def latex(self) -> str:
        """The coefficients as a LaTeX table."""
        return in_latex(cells(self), [*self._facts(), *(f"Warning: {warning}" for warning in self.warnings)])

    def html(self) -> str:
        """The coefficients as an HTML table."""
        notes = [*self._facts(), *(f"Warning: {warning}" for warning in self.warnings)]
        return in_html(self._title(), cells(self), notes)

    def _repr_html_(self) -> str:
        return self.html()

    def _title(self) -> str:
        return f"{self.model}: {self.formula}, over {self.draws} draws"

    def _facts(self) -> list[str]:
        hang = ", ".join(f"{count:,} by {name}" for name, count in self.clusters)
        most = f"at most {self.missing.max():.0%} of the information about a coefficient"
        return [
            f"{_between(self.rows)} rows; {_between(self.events)} events",
            f"errors: {f'clusters: {hang}' if hang else 'model-based'}, and the variance between draws; "
            "intervals: Wald, t",
            f"lost to unknown values: {most}",
        ]


def combine_fits(fits: Iterable[Fit]) -> CombinedFit:
    """Rubin's rules: one answer from fits to many draws of what is not known, such as dates within a range.

    Parameters
    ----------
    fits : iterable of Fit
        By `event_history`, `cox`, or `firth` with ``interval="wald"``, of one formula and with the same
        options; one to each panel of `impute_dates`.

    Returns
    -------
    CombinedFit
        Its errors hold both what each fit is unsure of and how the fits differ (Rubin 1987). Terms of time at
        risk are left out where they stand on other knots in each draw, as they then mean different things.

    Raises
    ------
    PlanError
        If there are fewer than two fits, or they are not of one model.
    MethodError
        If they do not have the same coefficients, or have no errors to combine.

    Examples
    --------
    >>> import diffuscope, polars as pl
    >>> laws = pl.DataFrame({
    ...     "unit": [f"u{at}" for at in range(12)], "time": [2001, *range(2002, 2010), None, None, None],
    ...     "time_latest": [None, *range(2004, 2012), None, None, None]})
    >>> panel = diffuscope.person_period(laws, censor=2012)
    >>> draws = diffuscope.impute_dates(panel, seed=1)
    >>> fits = [diffuscope.event_history("adopted ~ time", one) for one in draws]
    >>> combined = diffuscope.combine_fits(fits)
    >>> bool(combined.std_errors[1] > combined.within[1, 1] ** 0.5)
    True
    """
    given = list(fits)
    names, notes = _comparable(given)
    count, kept = len(given), [given[0].names.index(name) for name in names]
    estimates = np.array([fit.coefficients[kept] for fit in given])
    within = np.mean([fit.covariance[np.ix_(kept, kept)] for fit in given], axis=0)
    between = np.atleast_2d(np.cov(estimates, rowvar=False))
    # Rubin 1987: total = within + (1 + 1/m) between; 1/m is the simulation error of the mean of m draws
    covariance = within + (1 + 1 / count) * between
    middle, error = estimates.mean(axis=0), np.sqrt(np.maximum(np.diag(covariance), 0))
    sure = [fit.df for fit in given if fit.df is not None]
    missing, degrees = _missing(np.diag(within), np.diag(between), count, min(sure, default=None))
    p, reach = _by_t(middle, error, degrees)
    few = (f"{count} draws: with fewer than {ENOUGH}, the variance between them is poorly estimated.",)
    first = given[0]
    return CombinedFit(
        model=first.model, formula=first.formula, outcome=first.outcome, draws=count, names=names,
        coefficients=middle, covariance=covariance, within=within, between=between, missing=missing,
        df=degrees, p=p, ci_low=middle - reach * error, ci_high=middle + reach * error,
        rows=_range(fit.rows for fit in given), events=_range(fit.events for fit in given),
        clusters=_clusters(given), warnings=(*(few if count < ENOUGH else ()), *notes, *_warnings(given)),
    )  # fmt: skip


def _comparable(fits: Sequence[Fit]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the coefficients that mean the same in all fits, and what to say of the others."""
    if len(fits) < 2:
        raise PlanError(f"{len(fits)} fits: combining needs more. Fit the model to each draw.")
    first = fits[0]
    for what in ("model", "formula", "offset", "weights", "strata"):
        values = sorted({str(getattr(fit, what)) for fit in fits})
        if len(values) > 1:
            raise PlanError(f"The fits differ in their {what}: {values[0]} and {values[1]}.")
    if any([name for name, _ in fit.clusters] != [name for name, _ in first.clusters] for fit in fits):
        raise PlanError("The fits differ in their clusters; give them the same `cluster`.")
    if any(fit.interval == PROFILE for fit in fits):
        raise MethodError(
            "Firth's intervals come from its likelihood, not from standard errors that can be combined; "
            'fit it with `interval="wald"` to each draw.'
        )
    # durations of an infinite level have no column, so they may differ
    bases = {fit.design.basis and replace(fit.design.basis, never=(), always=()) for fit in fits}
    moved = len(bases) > 1
    of_time = {name for fit in fits if moved and fit.design.basis for name in fit.design.basis.names()}
    names = [[name for name in fit.names if name not in of_time] for fit in fits]
    for at, own in enumerate(names):
        odd = set(own) ^ set(names[0])
        if odd:
            raise MethodError(
                f"The fits do not have the same coefficients: draw {at + 1} differs by {sorted(odd)[0]}."
            )
    left = "Terms of time at risk have other knots in each draw: they are in every fit, but are not combined."
    return tuple(names[0]), ((left,) if moved else ())


def _missing(within: Numbers, between: Numbers, count: int, known: int | None) -> tuple[Numbers, Numbers]:
    """Share of missing information, and degrees of freedom, of each coefficient."""
    added = (1 + 1 / count) * between
    with np.errstate(divide="ignore", invalid="ignore"):
        lost = np.where(added > 0, added / (within + added), 0.0)
        # Rubin's (m - 1)(1 + 1/r)², r = added/within being the relative increase in variance
        degrees = np.where(lost > 0, (count - 1) / lost**2, np.inf)
        if known is not None:
            # Barnard & Rubin 1999: degrees of freedom cannot exceed those of complete data, few where
            # clusters are few
            observed = (known + 1) / (known + 3) * known * (1 - lost)
            degrees = 1 / (1 / degrees + 1 / observed)
        ratio = added / within
        # fraction of missing information (Rubin 1987)
        share = np.where(lost > 0, (ratio + 2 / (degrees + 3)) / (ratio + 1), 0.0)
    return np.minimum(share, 1.0), degrees


def _by_t(estimates: Numbers, errors: Numbers, degrees: Numbers) -> tuple[Numbers, Numbers]:
    """p-values, and how many errors an interval reaches, each coefficient with degrees of its own."""
    sure = ~np.isfinite(degrees)
    own, tail = np.where(sure, 1.0, degrees), (1 + LEVEL) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        far = -np.abs(np.where(errors > 0, estimates / errors, np.nan))
    p = 2 * np.where(sure, ndtr(far), stdtr(own, far))
    return p, np.where(sure, ndtri(tail), stdtrit(own, tail))


def _clusters(fits: Sequence[Fit]) -> tuple[tuple[str, int], ...]:
    counts = np.array([[count for _, count in fit.clusters] for fit in fits])
    return tuple(zip((name for name, _ in fits[0].clusters), counts.min(axis=0).tolist(), strict=True))


def _warnings(fits: Sequence[Fit]) -> list[str]:
    """What the fits warn of, each kind once, with the number of draws that say so."""
    kinds: dict[str, list[str]] = {}
    for fit in fits:
        for warning in fit.warnings:
            plural = re.sub(r"\b1 (?!of\b)(\w+)", r"1 \1s", warning)  # one event is of a kind with two events
            kinds.setdefault(re.sub(r"[\d.,e+-]+", "", plural), []).append(warning)
    return [f"In {len(each)} of {len(fits)} draws: {each[0]}" for each in kinds.values()]


def _range(values: Iterable[int]) -> tuple[int, int]:
    every = list(values)
    return min(every), max(every)


def _between(ends: tuple[int, int]) -> str:
    return f"{ends[0]:,}" if ends[0] == ends[1] else f"{ends[0]:,} to {ends[1]:,}"
