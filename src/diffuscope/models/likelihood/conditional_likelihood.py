"""Exact conditional likelihood: which rows of a stratum had the event, given how many of them had.

The denominator sums over all choices of d rows of n, by the recursion of Gail, Lubin & Rubinstein 1981
(doi:10.1093/biomet/68.3.703): a choice of j among the first r rows holds row r or does not. Here the
recursion carries logarithms, conditional means and conditional covariances, which neither overflow nor
cancel. A stratum takes O(n d k²); strata with equally many events are taken side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from diffuscope.models.design.separation import separation
from diffuscope.records.work_bounds import CONDITIONAL, refuse_beyond

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diffuscope.records.arrays import Codes, Numbers

AT_ONCE = 1 << 20
"""Numbers in the covariances of strata side by side."""


@dataclass(frozen=True)
class Strata:
    """Rows by stratum; a row may be in several strata, as one at risk at several times is.

    Attributes
    ----------
    member : array of int, shape (m,)
        Rows, one stratum after another.
    begins : array of int, shape (s,)
        Where in `member` each stratum begins.
    sizes : array of int, shape (s,)
    happened : array of float, shape (m,)
        1 where the row had the event in that stratum.
    events : array of int, shape (s,)
        How many had, at least one and not all of them.
    """

    member: Codes
    begins: Codes
    sizes: Codes
    happened: Numbers
    events: Codes

    @classmethod
    def of(cls, member: Codes, stratum: Codes, happened: Numbers) -> Strata:
        """Strata that say something: those with an event, and a row without one.

        Parameters
        ----------
        member, stratum : array of int, shape (m,)
            Rows, and the stratum of each, 0 … s-1.
        happened : array of float, shape (m,)

        Raises
        ------
        MethodError
            If the recursion is too long.
        """
        size = np.bincount(stratum)
        events = np.bincount(stratum, weights=happened).astype(np.int64)
        informative = (events > 0) & (events < size)
        inside = np.flatnonzero(informative[stratum])
        inside = inside[np.argsort(stratum[inside], kind="stable")]
        sizes, events = size[informative], events[informative]
        refuse_beyond(CONDITIONAL, int((sizes * np.minimum(events, sizes - events)).sum()))
        return cls(member[inside], np.cumsum(sizes) - sizes, sizes, happened[inside], events)

    @property
    def stratum(self) -> Codes:
        """Stratum of each member, shape (m,)."""
        return np.repeat(np.arange(self.sizes.size), self.sizes)


class ConditionalLikelihood(NamedTuple):
    """A conditional likelihood at some coefficients.

    Attributes
    ----------
    loglik : float
    gradient : array of float, shape (k,)
    information : array of float, shape (k, k)
        Observed, which is also the expected one.
    scores : array of float, shape (s, k)
        What each stratum adds to the gradient.
    """

    loglik: float
    gradient: Numbers
    information: Numbers
    scores: Numbers


def conditional_likelihood(
    strata: Strata, x: Numbers, beta: Numbers, offset: Numbers | None = None
) -> ConditionalLikelihood:
    """Conditional log-likelihood of strata, with gradient and information.

    Parameters
    ----------
    strata : Strata
    x : array of float, shape (n, k)
    beta : array of float, shape (k,)
    offset : array of float, shape (n,), optional
    """
    eta = x @ beta if offset is None else x @ beta + offset
    many, k = strata.sizes.size, x.shape[1]
    total = np.empty(many)
    means, information = np.empty((many, k)), np.zeros((k, k))
    for at, flip in _batches(strata, k):
        total[at], means[at], covariance = _recursion(strata, x, eta, at, flip=flip)
        information += covariance
    rows, weight = strata.member, strata.happened
    observed = np.add.reduceat(x[rows] * weight[:, None], strata.begins, axis=0)
    scores = observed - means
    loglik = float((eta[rows] * weight).sum() - total.sum())
    return ConditionalLikelihood(loglik, scores.sum(axis=0), information, scores)


def separating_columns(strata: Strata, x: Numbers, names: Sequence[str]) -> list[str]:
    """Columns of a mixture that is higher in all rows with the event than in the others of their stratum.

    That is separation in a model in which each stratum has a level of its own.

    Parameters
    ----------
    strata : Strata
    x : array of float, shape (n, k)
    names : sequence of str

    Returns
    -------
    list of str
        Empty where the conditional likelihood has a maximum.
    """
    # the intercept is the level of the first stratum; the others are measured against it
    first = np.ones((strata.member.size, 1))
    labels = ["", *names, *[""] * (strata.sizes.size - 1)]
    separated = separation(np.hstack([first, x[strata.member]]), strata.happened, labels, strata.stratum)
    return [name for name in separated.columns if name]


def _batches(strata: Strata, k: int) -> Iterator[tuple[Codes, bool]]:
    """Strata with equally many events, of about one size, and whether to choose those without instead.

    Whoever chooses d of n leaves n - d: the smaller number is chosen.
    """
    quiet = strata.sizes - strata.events
    flipped = quiet < strata.events
    chosen = np.where(flipped, quiet, strata.events)
    order = np.lexsort((strata.sizes, chosen, flipped))
    kinds = np.flatnonzero(np.diff(chosen[order] + strata.sizes.max() * flipped[order], prepend=-1))
    for own in np.split(order, kinds[1:]):
        size = max(1, AT_ONCE // ((int(chosen[own[0]]) + 1) * k * k))
        for start in range(0, own.size, size):
            yield own[start : start + size], bool(flipped[own[0]])


def _recursion(
    strata: Strata, x: Numbers, eta: Numbers, at: Codes, *, flip: bool
) -> tuple[Numbers, Numbers, Numbers]:
    """Logarithm of the denominator, conditional mean of Σx, and its covariance summed over the strata."""
    sizes = strata.sizes[at]
    d = int((sizes[0] - strata.events[at[0]]) if flip else strata.events[at[0]])
    sign, k = -1.0 if flip else 1.0, x.shape[1]
    log = np.full((at.size, d + 1), -np.inf)
    log[:, 0] = 0.0
    mean, covariance = np.zeros((at.size, d + 1, k)), np.zeros((at.size, d + 1, k, k))
    for row in range(int(sizes.max())):
        here = np.flatnonzero(sizes > row)  # of sizes in rising order: the last ones
        own = strata.member[strata.begins[at[here]] + row]
        part, top = slice(int(here[0]), None), min(row + 1, d)
        state = log[part], mean[part], covariance[part]
        _take(state, top, sign * eta[own], x[own])
    last, middle = log[:, d], mean[:, d]
    if flip:  # what is chosen are the rows without the event
        whole = np.add.reduceat(eta[strata.member], strata.begins)[at]
        every = np.add.reduceat(x[strata.member], strata.begins, axis=0)[at]
        last, middle = last + whole, every - middle
    # of the complement the covariance is the same, as Σx of both together is fixed
    return last, middle, covariance[:, d].sum(axis=0)


def _take(state: tuple[Numbers, Numbers, Numbers], top: int, eta: Numbers, x: Numbers) -> None:
    """Let one more row of each stratum be chosen or not, in place, for choices of up to so many."""
    log, mean, covariance = state
    without, more = slice(0, top), slice(1, top + 1)
    # B(j, r) = B(j, r-1) + exp(eta) B(j-1, r-1), in logarithms (Gail, Lubin & Rubinstein 1981)
    with_row = log[:, without] + eta[:, None]
    both = np.logaddexp(log[:, more], with_row)
    share = np.exp(with_row - both)[:, :, None]
    # a mixture of choices with and without the row: means are averaged, and the covariance gains the variance
    # between
    shift = mean[:, without] + x[:, None, :] - mean[:, more]
    between = (1 - share[..., None]) * shift[..., :, None] * shift[..., None, :]
    covariance[:, more] += share[..., None] * (covariance[:, without] - covariance[:, more] + between)
    mean[:, more] += share * shift
    log[:, more] = both
