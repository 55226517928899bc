"""Partial likelihood: sums over those at risk at each event time, swept once over rows of a counting process.

A row (start, stop] is at risk at the event times a … b-1 of its stratum. What it adds to a sum over all event
times needs only cumulative sums at its two ends, so a step costs one pass over the rows: O(n k²).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.models.likelihood.newton_raphson import blocks

if TYPE_CHECKING:
    from diffuscope.models.types import Ties
    from diffuscope.records.arrays import Codes, Numbers


@dataclass(frozen=True)
class RiskSets:
    """Risk sets: who is at risk when.

    Attributes
    ----------
    first, after : array of int, shape (n,)
        Event times at which each row is at risk: `first` up to but without `after`.
    events : array of int, shape (e,)
        Rows with an event, in order of their event time.
    time : array of int, shape (e,)
        Event time of each of them.
    deaths : array of float, shape (d,)
        Weight of the events at each event time.
    begins : array of int, shape (d,)
        Where in `events` each event time begins.
    """

    first: Codes
    after: Codes
    events: Codes
    time: Codes
    deaths: Numbers
    begins: Codes


@dataclass(frozen=True)
class PartialLikelihood:
    """A partial likelihood at some coefficients.

    Attributes
    ----------
    loglik : float
    gradient : array of float, shape (k,)
    information : array of float, shape (k, k)
        Observed information.
    risk : array of float, shape (n,)
        exp of the linear predictor.
    cumulative_hazard : array of float, shape (n,)
        Cumulated hazard over the times at which a row is at risk.
    efron_fraction : array of float, shape (e,)
        Of the events at one time, the share that has left the risk set before each of them.
    risk_sum : array of float, shape (e,)
        Sum of `risk` over those at risk at each event.
    means : array of float, shape (e, k)
        Mean covariates of those at risk at each event.
    """

    loglik: float
    gradient: Numbers
    information: Numbers
    risk: Numbers
    cumulative_hazard: Numbers
    efron_fraction: Numbers
    risk_sum: Numbers
    means: Numbers


def risk_sets(start: Numbers, stop: Numbers, event: Numbers, strata: Codes | None = None) -> RiskSets:
    """Risk sets: who is at risk at each event time.

    Parameters
    ----------
    start, stop : array of float, shape (n,)
        A row is at risk after its start, up to and with its stop.
    event : array of float, shape (n,)
        1 where the event happened at the row's stop.
    strata : array of int, shape (n,), optional
        Rows are compared within a stratum only.
    """
    rows = np.flatnonzero(event > 0)
    group = (
        np.zeros(start.size, dtype=np.int64) if strata is None else np.unique(strata, return_inverse=True)[1]
    )
    times, rank = np.unique(stop[rows], return_inverse=True)
    wide = times.size + 1
    keys, code = np.unique(group[rows] * wide + rank, return_inverse=True)
    # of (start, stop] a row is not yet at risk at an event at its start, and still at risk at one at its stop
    first = np.searchsorted(keys, group * wide + np.searchsorted(times, start, side="right"))
    after = np.searchsorted(keys, group * wide + np.searchsorted(times, stop, side="right"))
    order = np.argsort(code, kind="stable")
    begins = np.searchsorted(code[order], np.arange(keys.size))
    return RiskSets(first, after, rows[order], code[order], np.bincount(code).astype(float), begins)


def partial_likelihood(sets: RiskSets, x: Numbers, beta: Numbers, ties: Ties) -> PartialLikelihood:
    """Partial log-likelihood with gradient and information, for all rows at once.

    Parameters
    ----------
    sets : RiskSets
    x : array of float, shape (n, k)
    beta : array of float, shape (k,)
    ties : {"efron", "breslow"}
        How events at one time are ordered: on average over all orders, or as if each saw all of them.
    """
    eta = x @ beta
    # taken out of every exponential, so that none overflows; it cancels in each ratio
    top = float(eta.max(initial=0.0))
    risk = np.exp(eta - top)
    many = sets.deaths.size
    s0 = _at_times(sets, risk, many)
    s1 = np.empty((many, x.shape[1]), order="F")
    for column in range(x.shape[1]):
        s1[:, column] = _at_times(sets, risk * x[:, column], many)
    tied_x, tied_risk = x[sets.events], risk[sets.events]
    d0 = np.add.reduceat(tied_risk, sets.begins)
    d1 = np.add.reduceat(tied_x * tied_risk[:, None], sets.begins, axis=0)
    # Efron 1977 (doi:10.1080/01621459.1977.10480613): of d events at one time, the share l/d has left the
    # risk set before the one that follows l others. Breslow leaves all of them in
    efron_fraction = (np.arange(sets.events.size) - sets.begins[sets.time]) / sets.deaths[sets.time]
    efron_fraction = efron_fraction if ties == "efron" else np.zeros_like(efron_fraction)
    risk_sum = s0[sets.time] - efron_fraction * d0[sets.time]
    means = (s1[sets.time] - efron_fraction[:, None] * d1[sets.time]) / risk_sum[:, None]
    # Breslow's increments of the baseline hazard, one for each event
    hazard = np.bincount(sets.time, weights=1 / risk_sum, minlength=many).astype(float)
    tied_hazard = np.bincount(sets.time, weights=efron_fraction / risk_sum, minlength=many)
    cumulative_hazard = _between(hazard, sets)
    # under Efron's ties, those that have an event at a time are at risk there with the share 1 - l/d
    cumulative_hazard[sets.events] -= tied_hazard[sets.time]
    return PartialLikelihood(
        loglik=float(eta[sets.events].sum() - (np.log(risk_sum) + top).sum()),
        gradient=tied_x.sum(axis=0) - means.sum(axis=0),
        # Σ over events of E[xx'] - E[x]E[x]': the first part gathered by row, as risk times cumulative hazard
        information=_second(x, risk * cumulative_hazard) - means.T @ means,
        risk=risk,
        cumulative_hazard=cumulative_hazard,
        efron_fraction=efron_fraction,
        risk_sum=risk_sum,
        means=means,
    )


def score_residuals(sets: RiskSets, x: Numbers, partial: PartialLikelihood) -> Numbers:
    """Score residuals: what each row adds to the gradient, its part in the risk sets of others included.

    Parameters
    ----------
    sets : RiskSets
    x : array of float, shape (n, k)
    partial : PartialLikelihood
        At the coefficients in question.

    Returns
    -------
    array of float, shape (n, k)
        Column-major; the columns add up to the gradient.
    """
    many = sets.deaths.size
    part = np.empty(x.shape, order="F")
    for at in range(x.shape[1]):
        means, column = partial.means[:, at], x[:, at]
        # score residual: x - mean at the row's own event, less the integral of (x - mean) risk dΛ over its
        # time at risk
        increment = means / partial.risk_sum
        mean_hazard = np.bincount(sets.time, weights=increment, minlength=many).astype(float)
        tied_hazard = np.bincount(sets.time, weights=increment * partial.efron_fraction, minlength=many)
        # of tied events, each gets the average of Efron's means
        centre = np.bincount(sets.time, weights=means, minlength=many) / sets.deaths
        score = _between(mean_hazard, sets)
        score[sets.events] -= tied_hazard[sets.time]
        score -= column * partial.cumulative_hazard
        score *= partial.risk
        score[sets.events] += column[sets.events] - centre[sets.time]
        part[:, at] = score
    return part


def at_risk(sets: RiskSets) -> tuple[Codes, Codes]:
    """Rows at risk at each event time, one time after another, and where each time begins."""
    many = sets.after - sets.first
    row = np.repeat(np.arange(many.size), many)
    time = np.arange(row.size) - np.repeat(np.cumsum(many) - many, many) + np.repeat(sets.first, many)
    order = np.argsort(time, kind="stable")
    return row[order], np.searchsorted(time[order], np.arange(sets.deaths.size))


def weighted_information(sets: RiskSets, x: Numbers, partial: PartialLikelihood, weight: Numbers) -> Numbers:
    """Information of the partial likelihood with a weight for each event time, shape (k, k).

    Parameters
    ----------
    sets : RiskSets
    x : array of float, shape (n, k)
    partial : PartialLikelihood
        At the coefficients in question.
    weight : array of float, shape (d,)
    """
    many, event_weight = sets.deaths.size, weight[sets.time]
    increment = event_weight / partial.risk_sum
    hazard = np.bincount(sets.time, weights=increment, minlength=many).astype(float)
    cumulative_hazard = _between(hazard, sets)
    tied_hazard = np.bincount(sets.time, weights=increment * partial.efron_fraction, minlength=many)
    cumulative_hazard[sets.events] -= tied_hazard[sets.time]
    second_moment = _second(x, partial.risk * cumulative_hazard)
    return np.asarray(second_moment - partial.means.T @ (partial.means * event_weight[:, None]))


def _at_times(sets: RiskSets, values: Numbers, many: int) -> Numbers:
    """Sum over those at risk at each event time."""
    # a row enters the sum at `first` and leaves it at `after`: the running sum is that over those at risk
    enter = np.bincount(sets.first, weights=values, minlength=many + 1)
    leave = np.bincount(sets.after, weights=values, minlength=many + 1)
    return np.asarray(np.cumsum(enter - leave)[:many])


def _between(values: Numbers, sets: RiskSets) -> Numbers:
    """Sum over the event times at which each row is at risk."""
    running = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(running[sets.after] - running[sets.first])


def _second(x: Numbers, weight: Numbers) -> Numbers:
    total = np.zeros((x.shape[1], x.shape[1]))
    for rows in blocks(len(x)):
        total += x[rows].T @ (x[rows] * weight[rows][:, None])
    return total
