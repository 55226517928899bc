"""Newton–Raphson and Fisher scoring in blocks of rows: the coefficients that make the events most likely."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.models.likelihood.grouped_information import GroupedInformation
from diffuscope.models.likelihood.links import likelihood_contributions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from diffuscope.models.types import Link
    from diffuscope.records.arrays import Codes, Numbers

BLOCK = 4096
"""Rows at a time: a block of some dozen columns stays in the processor's cache."""
ITERATIONS = 50
HALVINGS = 30
TOLERANCE = 1e-8
SMALL_UPDATE = 1e-8
"""Cosine of step and what the curvature lacks along it below which the step tells nothing of it."""


@dataclass(frozen=True)
class OptimResult:
    """Where the likelihood is highest, and how well that is known.

    Attributes
    ----------
    coefficients : array of float, shape (k,)
    information : array of float, shape (k, k)
        Expected information X'WX there.
    loglik : float
    converged : bool
        Whether the last step and the gradient per row were below 1e-8.
    iterations : int
    gradient_norm : float
        Largest absolute element of the gradient, of the coefficients that may move.
    gradient : array of float, shape (k,)
        Of all coefficients.
    """

    coefficients: Numbers
    information: Numbers
    loglik: float
    converged: bool
    iterations: int
    gradient_norm: float
    gradient: Numbers


def blocks(rows: int, size: int = BLOCK) -> Iterator[slice]:
    """Slices that cover all rows."""
    for start in range(0, rows, size):
        yield slice(start, min(start + size, rows))


def newton_raphson(
    evaluate: Callable[[Numbers], tuple[float, Numbers, Numbers | GroupedInformation]],
    start: Numbers,
    rows: int,
    *,
    free: Codes | None = None,
    longest: float = np.inf,
    scoring: bool = False,
) -> OptimResult:
    """Newton–Raphson with step halving: steps are halved until the likelihood does not fall.

    Parameters
    ----------
    evaluate : callable
        From coefficients to the log-likelihood, its gradient and the information; in blocks where groups
        have effects, which are then eliminated.
    start : array of float, shape (k,)
    rows : int
        What the gradient is measured against.
    free : array of int, optional
        Coefficients that may move; all of them where left out.
    longest : float
        Longest step of one coefficient.
    scoring : bool
        Whether the information is not the curvature of the likelihood, as under Firth's penalty: what it
        lacks is then learnt from how the gradient changes (structured quasi-Newton).
    """
    beta, moving = start.astype(float), np.arange(start.size) if free is None else free
    value, gradient, information = evaluate(beta)
    step, iterations, lacking = np.zeros_like(beta), 0, np.zeros((moving.size, moving.size))
    for _ in range(ITERATIONS):
        iterations += 1
        step = np.zeros_like(beta)
        # Newton's step I⁻¹U; with the expected information in place of the curvature it is Fisher scoring
        step[moving] = _direction(_among(information, moving), lacking, gradient[moving])
        step *= min(1.0, longest / max(float(np.abs(step).max(initial=0.0)), 1e-300))
        for _ in range(HALVINGS):
            tried = evaluate(beta + step)
            # rounding may lower the likelihood a little at its maximum, which is no reason to halve the step
            if tried[0] >= value - 1e-10 * (1 + abs(value)):
                if scoring:
                    fell, now = (gradient - tried[1])[moving], whole(_among(tried[2], moving))
                    lacking += lacking_curvature(now + lacking, step[moving], fell)
                beta, (value, gradient, information) = beta + step, tried
                break
            step, lacking[:] = step / 2, 0.0
        if _settled(step, gradient[moving], rows):
            break
    return OptimResult(
        coefficients=beta,
        information=whole(information),
        loglik=value,
        converged=_settled(step, gradient[moving], rows),
        iterations=iterations,
        gradient_norm=float(np.abs(gradient[moving]).max(initial=0.0)),
        gradient=gradient,
    )


def whole(information: Numbers | GroupedInformation) -> Numbers:
    """An information matrix, put together from its blocks where it comes in blocks."""
    return information.whole() if isinstance(information, GroupedInformation) else information


def _among(information: Numbers | GroupedInformation, moving: Codes) -> Numbers | GroupedInformation:
    """The information about the coefficients that move; in blocks, all of them do."""
    if isinstance(information, GroupedInformation):
        every = information.common.shape[0] + information.own.size
        return information if moving.size == every else information.whole()[np.ix_(moving, moving)]
    return information[np.ix_(moving, moving)]


def _direction(information: Numbers | GroupedInformation, lacking: Numbers, gradient: Numbers) -> Numbers:
    """Step that the curvature asks for; that of the information alone where it would lead downhill."""
    if isinstance(information, GroupedInformation):
        try:
            return information.solve(gradient)
        except np.linalg.LinAlgError:  # by least squares, as where there are no groups
            information = information.whole()
    step = solve(information + lacking, gradient)
    if step @ gradient > 0 or not lacking.any():
        return step
    lacking[:] = 0.0
    return solve(information, gradient)


def lacking_curvature(known: Numbers, step: Numbers, fell: Numbers) -> Numbers:
    """Symmetric rank-one update of what a curvature lacks, for one search or many side by side.

    Structured quasi-Newton: the information stands for the part of the curvature that is known, and an
    update learns the rest (Dennis, Gay & Welsch 1981, doi:10.1145/355958.355965; the update is that of
    Nocedal & Wright 2006, equation 6.24, with their guard 6.26).

    Parameters
    ----------
    known : array of float, shape (…, k, k)
        Curvature as known so far, where the step led.
    step : array of float, shape (…, k)
    fell : array of float, shape (…, k)
        By how much the gradient fell on the way.

    Returns
    -------
    array of float, shape (…, k, k)
        Zero where the step tells nothing.
    """
    rest = fell - (known @ step[..., None])[..., 0]
    along = (rest * step).sum(axis=-1)
    size = np.sqrt((rest * rest).sum(axis=-1) * (step * step).sum(axis=-1))
    tells = np.abs(along) > SMALL_UPDATE * size
    scale = np.where(tells, 1.0, 0.0) / np.where(tells, along, 1.0)
    return np.asarray(scale[..., None, None] * rest[..., :, None] * rest[..., None, :])


def solve(matrix: Numbers, right: Numbers) -> Numbers:
    """Solution of a symmetric system, by least squares where it is singular."""
    try:
        return np.asarray(np.linalg.solve(matrix, right))
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(matrix, right, rcond=None)[0])


def _settled(step: Numbers, gradient: Numbers, rows: int) -> bool:
    # both: a short step may be one halved thirty times, a small gradient one on a ridge
    small_step = float(np.abs(step).max(initial=0.0)) < TOLERANCE
    return small_step and float(np.abs(gradient).max(initial=0.0)) / max(rows, 1) < TOLERANCE


def maximum_likelihood(
    link: Link,
    x: Numbers,
    y: Numbers,
    *,
    weights: Numbers | None = None,
    offset: Numbers | None = None,
    groups: Codes | None = None,
    start: Numbers | None = None,
) -> OptimResult:
    """Maximum likelihood estimates of the coefficients of a discrete-time hazard.

    Parameters
    ----------
    link : {"logit", "cloglog", "probit"}
    x : array of float, shape (n, k)
        Columns of the model, the intercept among them; column-major order is fastest.
    y : array of float, shape (n,)
        1 where the event happened.
    weights, offset : array of float, shape (n,), optional
    groups : array of int, shape (n,), optional
        Group of each row, 0 … g-1; all but group 0 have an effect of their own, after those of `x`.
    start : array of float, shape (k + g - 1,), optional

    Returns
    -------
    OptimResult
        The coefficients with the information there. A step is O(n k²), with groups O(n k² + k² g): no column
        is made for a group, and no copy of `x`.
    """
    likelihood = partial(evaluate, link, x, y, weights=weights, offset=offset, groups=groups)
    effects = 0 if groups is None else int(groups.max())
    return newton_raphson(likelihood, np.zeros(x.shape[1] + effects) if start is None else start, y.size)


def evaluate(
    link: Link,
    x: Numbers,
    y: Numbers,
    beta: Numbers,
    *,
    weights: Numbers | None = None,
    offset: Numbers | None = None,
    groups: Codes | None = None,
) -> tuple[float, Numbers, Numbers | GroupedInformation]:
    """Log-likelihood, gradient and expected information; arguments as for `maximum_likelihood`."""
    k = x.shape[1]
    loglik, gradient, information = 0.0, np.zeros(k), np.zeros((k, k))
    kept = None if groups is None else np.empty((2, y.size))
    for rows in blocks(y.size):
        part = x[rows]
        own = likelihood_contributions(link, linear_predictor(part, beta, rows, offset, groups), y[rows])
        row_score, weight = own.score, own.weight
        if weights is None:
            loglik += float(own.loglik.sum())
        else:
            loglik += float(own.loglik @ weights[rows])
            row_score, weight = row_score * weights[rows], weight * weights[rows]
        gradient += part.T @ row_score
        information += part.T @ (part * weight[:, None])
        if kept is not None:
            kept[0, rows], kept[1, rows] = row_score, weight
    if groups is None or kept is None:
        return loglik, gradient, information
    # no row is in two groups, so the block of their effects is diagonal and no column is needed for a group
    many = beta.size - k + 1
    across = np.array([np.bincount(groups, weights=kept[1] * column, minlength=many)[1:] for column in x.T])
    own_slope, own_weight = (
        np.asarray(np.bincount(groups, weights=each, minlength=many)[1:], dtype=np.float64) for each in kept
    )
    return loglik, np.concatenate([gradient, own_slope]), GroupedInformation(information, across, own_weight)


def linear_predictor(
    part: Numbers, beta: Numbers, rows: slice, offset: Numbers | None, groups: Codes | None
) -> Numbers:
    """Linear predictor of some rows, whose columns are given."""
    k = part.shape[1]
    eta = part @ beta[:k]
    if offset is not None:
        eta += offset[rows]
    if groups is not None:
        eta += np.concatenate([[0.0], beta[k:]])[groups[rows]]
    return np.asarray(eta)
