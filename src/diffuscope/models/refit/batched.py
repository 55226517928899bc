"""Batched Newton-Raphson: a thousand refits of one discrete-time hazard side by side.

Columns that are the same in every refit are kept once, so that their part of each information matrix is one
matrix product for all refits: X'WX of columns i and j is the weights times the product of both columns. Only
columns that change are multiplied refit by refit. The cost of an iteration is that of the exponentials.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from diffuscope.models.likelihood.links import likelihood_contributions
from diffuscope.models.likelihood.newton_raphson import HALVINGS, ITERATIONS, lacking_curvature

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.models.types import Link
    from diffuscope.records.arrays import Codes, Flags, Numbers


# e^15 is an odds ratio of three millions per standard deviation
FARTHEST = 15.0
"""Standard deviations of a column times its coefficient beyond which the likelihood has no finite maximum."""
FLAT = 1e-9
"""Share of the information at the start below which the likelihood has no maximum in some direction: a hazard
would have to fall a thousand million times below its mean."""
LONGEST = 2.0
"""Longest step of Firth's estimator on columns of unit length, as in `firth`."""
TOLERANCE = 1e-9
SCORED = 5
"""Steps by the information alone; a penalised likelihood not climbed by then is one whose curvature differs,
and what the information lacks is learnt from how its score changes."""
CACHED = 1 << 15
"""Refits times rows at once: a dozen such arrays stay in the processor's cache."""
PRODUCTS = 1 << 24
"""Numbers in the products of unchanged columns; where there are more, they are made refit by refit."""
SINGULAR = 1e-11
"""Reciprocal condition number of the information, its columns brought to one length, below which columns
repeat each other."""


class BatchedFit(NamedTuple):
    """Coefficients of many refits.

    Attributes
    ----------
    coefficients : array of float, shape (B, k)
        Unchanged columns first, then changed ones. NaN throughout where a refit found none, and
        for single columns that are zero in all its rows.
    loglik : array of float, shape (B,)
        Log-likelihood at the estimate, penalised for Firth; NaN where there is none.
    """

    coefficients: Numbers
    loglik: Numbers


def fit_batch(
    fixed: Numbers,
    changed: Sequence[Numbers],
    y: Numbers,
    *,
    link: Link = "logit",
    firth: bool = False,
    mask: Flags | Numbers | None = None,
    offset: Numbers | None = None,
    start: Numbers | None = None,
    copies: int | None = None,
    held: int | None = None,
) -> BatchedFit:
    """Maximum-likelihood or Firth estimates of many refits of a discrete-time hazard.

    Parameters
    ----------
    fixed : array of float, shape (n, f)
        Columns that are the same in every refit.
    changed : sequence of array of float, shape (B, n)
        Columns that differ.
    y : array of float, shape (n,) or (B, n)
        1 where the event happened.
    link : {"logit", "cloglog", "probit"}
    firth : bool
        Whether the likelihood carries Firth's penalty (logit only).
    mask : array of bool or float, shape (B, n), optional
        Rows that belong to each refit, or how often each row does, as in draws of a bootstrap; all of them
        once where left out.
    offset : array of float, shape (n,), optional
    start : array of float, shape (f + c,), optional
        Where the search begins.
    copies : int, optional
        Number of refits B, where no array tells it.
    held : int, optional
        Column whose coefficient is held at zero. Firth's penalty stays that of all columns, as a penalised
        likelihood-ratio test needs it (Heinze & Schemper 2002, doi:10.1002/sim.1047).

    Returns
    -------
    BatchedFit
    """
    given = [one for one in (*changed, mask, y if y.ndim == 2 else None) if one is not None]
    many = given[0].shape[0] if given else copies or 1
    k = fixed.shape[1] + len(changed)
    start = np.zeros(k) if start is None else np.nan_to_num(np.array(start, dtype=np.float64))
    if held is not None:
        start[held] = 0.0
    coefficients, loglik = np.full((many, k), np.nan), np.full(many, np.nan)
    size = max(1, CACHED // max(len(fixed), 1))
    for begin in range(0, many, size):
        part = slice(begin, min(begin + size, many))
        work = _Batch(
            fixed=fixed,
            changed=tuple(one[part] for one in changed),
            y=np.broadcast_to(y[part] if y.ndim == 2 else y, (part.stop - begin, len(fixed))),
            mask=None if mask is None else mask[part].astype(np.float64),
            offset=offset,
            link=link,
            firth=firth,
            held=held,
        )
        coefficients[part], loglik[part] = _search(work, start)
    return BatchedFit(coefficients, loglik)


class _State(NamedTuple):
    """Where a search stands: value of the likelihood, score and information of each refit."""

    value: Numbers
    score: Numbers
    information: Numbers

    def put(self, at: Codes, other: _State) -> None:
        for mine, theirs in zip(self, other, strict=True):
            mine[at] = theirs


@dataclass(frozen=True)
class _Batch:
    """Some refits; columns of unit length where `scaled` made it."""

    fixed: Numbers
    changed: tuple[Numbers, ...]
    y: Numbers
    mask: Numbers | None
    offset: Numbers | None
    link: Link
    firth: bool
    held: int | None = None

    @property
    def rows(self) -> Numbers:
        """Number of rows of each refit."""
        return np.full(len(self.y), self.y.shape[1]) if self.mask is None else self.mask.sum(axis=1)

    @cached_property
    def products(self) -> Numbers | None:
        """Products of each two unchanged columns, shape (n, f²)."""
        n, f = self.fixed.shape
        if n * f * f > PRODUCTS:
            return None
        return np.asarray((self.fixed[:, :, None] * self.fixed[:, None, :]).reshape(n, f * f))

    def moments(self) -> tuple[Numbers, Numbers]:
        """Root mean square and standard deviation of every column in every refit, shape (B, k)."""
        own = np.ones(self.y.shape) if self.mask is None else self.mask
        rows = np.maximum(own.sum(axis=1), 1)[:, None]
        square = [own @ self.fixed**2, *((one * one * own).sum(axis=1)[:, None] for one in self.changed)]
        first = [own @ self.fixed, *((one * own).sum(axis=1)[:, None] for one in self.changed)]
        squares, means = np.hstack(square) / rows, np.hstack(first) / rows
        return np.sqrt(squares), np.sqrt(np.maximum(squares - means**2, 0))

    def take(self, at: Codes) -> _Batch:
        """Some of the refits."""
        made = _Batch(
            self.fixed, tuple(one[at] for one in self.changed), self.y[at],
            None if self.mask is None else self.mask[at], self.offset, self.link, self.firth, self.held,
        )  # fmt: skip
        if "products" in self.__dict__:
            made.__dict__["products"] = self.products  # they do not depend on the refit
        return made

    def evaluate(self, beta: Numbers) -> _State:
        """Log-likelihood, score and expected information at coefficients of shape (B, k)."""
        f = self.fixed.shape[1]
        eta = beta[:, :f] @ self.fixed.T
        for at, one in enumerate(self.changed):
            eta += one * beta[:, f + at, None]
        if self.offset is not None:
            eta += self.offset
        own = likelihood_contributions(self.link, eta, self.y)
        loglik, row_score, weight = own.loglik, own.score, own.weight
        if self.mask is not None:
            with np.errstate(invalid="ignore"):  # what is infinite in a row that does not belong to the refit
                loglik, row_score, weight = (
                    np.where(self.mask > 0, one * self.mask, 0.0) for one in (loglik, row_score, weight)
                )
        value, information = loglik.sum(axis=1), self._information(weight)
        if self.firth:
            sign, volume = np.linalg.slogdet(_filled(information))
            # Firth's penalty ½ log|I|; minus infinity sends a step into singular information back
            value = np.where(sign > 0, value + volume / 2, -np.inf)
            inverse = _inverse(_filled(information))
            # y minus the slope of the logit is the hazard
            row_score = row_score + weight * self._quadratic(inverse) * (0.5 - self.y + own.score)
        of_changed = ((row_score * one).sum(axis=1)[:, None] for one in self.changed)
        score = np.hstack([row_score @ self.fixed, *of_changed])
        if self.held is not None:  # as a column that is zero in all rows: its coefficient does not move
            score[:, self.held] = information[:, self.held] = information[:, :, self.held] = 0.0
        return _State(value, score, information)

    def _information(self, weight: Numbers) -> Numbers:
        """X'WX of each refit, shape (B, k, k)."""
        f, many = self.fixed.shape[1], len(weight)
        k = f + len(self.changed)
        information = np.empty((many, k, k))
        if self.products is not None:
            information[:, :f, :f] = (weight @ self.products).reshape(many, f, f)
        else:
            for at, own in enumerate(weight):
                information[at, :f, :f] = self.fixed.T @ (self.fixed * own[:, None])
        for at, one in enumerate(self.changed):
            weighed = weight * one
            information[:, f + at, :f] = information[:, :f, f + at] = weighed @ self.fixed
            for other in range(at + 1):
                across = np.einsum("br,br->b", weighed, self.changed[other])
                information[:, f + at, f + other] = information[:, f + other, f + at] = across
        return information

    def _quadratic(self, inverse: Numbers) -> Numbers:
        """x'Ax of every row, shape (B, n), with A the inverse information of its refit."""
        f, many = self.fixed.shape[1], len(inverse)
        if self.products is not None:
            quadratic = inverse[:, :f, :f].reshape(many, f * f) @ self.products.T
        else:
            quadratic = np.array(
                [((self.fixed @ own) * self.fixed).sum(axis=1) for own in inverse[:, :f, :f]]
            )
        for at, one in enumerate(self.changed):
            across = inverse[:, f + at, :f] @ self.fixed.T
            quadratic += 2 * across * one + inverse[:, f + at, f + at, None] * one * one
            for other in range(at):
                quadratic += 2 * inverse[:, f + at, f + other, None] * one * self.changed[other]
        return np.asarray(quadratic)


def _search(work: _Batch, start: Numbers) -> tuple[Numbers, Numbers]:
    """Coefficients and log-likelihood of every refit; NaN where there is no finite estimate."""
    length, sd = work.moments()
    # one scale for unchanged columns: theirs in the first refit; any will do that is near unit length
    f = work.fixed.shape[1]
    scale = np.where(length > 0, length, 1.0)
    scale[:, :f] = scale[:1, :f]
    scaled = _Batch(
        work.fixed / scale[:1, :f],
        tuple(one / scale[:, f + at, None] for at, one in enumerate(work.changed)),
        work.y, work.mask, work.offset, work.link, work.firth, work.held,
    )  # fmt: skip
    rows = work.rows
    events = (
        work.y.sum(axis=1)
        if work.mask is None
        else np.where(work.mask > 0, work.y * work.mask, 0).sum(axis=1)
    )
    # more rows than coefficients, an event, and a row without one
    possible = (rows > (length > 0).sum(axis=1)) & (events > 0) & (events < rows)
    beta = np.where(length > 0, start * scale, 0.0)
    coefficients, loglik = np.full(beta.shape, np.nan), np.full(len(beta), np.nan)
    at = np.flatnonzero(possible)
    if at.size:
        climbed, value, settled = _climb(
            scaled if at.size == len(beta) else scaled.take(at), beta[at], rows[at]
        )
        climbed = climbed / scale[at]
        settled &= (np.abs(climbed) * sd[at]).max(axis=1, initial=0.0) < FARTHEST
        climbed[length[at] == 0] = np.nan
        coefficients[at[settled]], loglik[at[settled]] = climbed[settled], value[settled]
        if work.firth:  # of the penalty, from columns of unit length to those that came
            loglik += np.log(np.where(length > 0, scale, 1.0)).sum(axis=1)
    return coefficients, loglik


def _climb(work: _Batch, beta: Numbers, rows: Numbers) -> tuple[Numbers, Numbers, Flags]:
    """Newton's method for all refits at once, each step halved until its likelihood does not fall."""
    state = work.evaluate(beta)
    lacking = np.zeros_like(state.information)
    settled = np.zeros(len(beta), dtype=bool)
    at_start = state.information.copy()
    open_ = np.flatnonzero(_distinct(at_start))
    for iteration in range(ITERATIONS):
        if not open_.size:
            break
        part = work if open_.size == len(beta) else work.take(open_)
        step = _direction(_filled(state.information[open_]), lacking, open_, state.score[open_])
        if work.firth:
            step *= np.minimum(1.0, LONGEST / np.maximum(np.abs(step).max(axis=1), 1e-300))[:, None]
        before = state.score[open_]
        proposed, step = step, _halved(part, beta, state, open_, step.copy())
        if work.firth and iteration >= SCORED:
            known = state.information[open_] + lacking[open_]
            lacking[open_] += lacking_curvature(known, step, before - state.score[open_])
            lacking[open_[(proposed != step).any(axis=1)]] = 0.0
        small = np.abs(step).max(axis=1, initial=0.0) < TOLERANCE
        flat = np.abs(state.score[open_]).max(axis=1, initial=0.0) / np.maximum(rows[open_], 1) < TOLERANCE
        done = small & flat
        settled[open_[done]] = True
        wild = ~np.isfinite(state.value[open_]) | (np.abs(beta[open_]).max(axis=1) > 1e6)
        open_ = open_[~(done | wild)]
    if not work.firth:  # the penalty has a maximum where events are separated, the likelihood none
        settled[settled] = ~_flat(state.information[settled], at_start[settled])
    return beta, state.value, settled


def _direction(information: Numbers, lacking: Numbers, at: Codes, score: Numbers) -> Numbers:
    """Steps that the curvature asks for; those of the information alone where these would lead downhill."""
    step = _solve(information + lacking[at], score)
    downhill = ~((step * score).sum(axis=1) > 0) & lacking[at].any(axis=(1, 2))
    if downhill.any():
        lacking[at[downhill]] = 0.0
        step[downhill] = _solve(information[downhill], score[downhill])
    return step


def _halved(part: _Batch, beta: Numbers, state: _State, at: Codes, step: Numbers) -> Numbers:
    """Steps as taken: beta and state are moved in place."""
    waiting = np.arange(len(at))
    for _ in range(HALVINGS):
        own = at[waiting]
        tried = (part if waiting.size == len(at) else part.take(waiting)).evaluate(beta[own] + step[waiting])
        value = state.value[own]
        better = tried.value >= value - 1e-10 * (1 + np.abs(value))
        improved = own[better]
        beta[improved] += step[waiting[better]]
        state.put(improved, _State(*(one[better] for one in tried)))
        waiting = waiting[~better]
        if not waiting.size:
            break
        step[waiting] /= 2
    return step


def _filled(information: Numbers) -> Numbers:
    """The information, with 1 for columns that are zero in all rows: their coefficients do not move."""
    empty = np.einsum("bkk->bk", information) == 0
    if not empty.any():
        return information
    filled = information.copy()
    at, which = np.nonzero(empty)
    filled[at, which, which] = 1.0
    return filled


def _distinct(information: Numbers) -> Flags:
    """Refits whose columns do not repeat each other."""
    full = _filled(information)
    length = np.sqrt(np.maximum(np.einsum("bkk->bk", full), 1e-300))
    finite = np.asarray(np.isfinite(full).all(axis=(1, 2)))
    scaled = np.where(
        finite[:, None, None], full / (length[:, :, None] * length[:, None, :]), np.eye(full.shape[1])
    )
    values = np.linalg.eigvalsh(scaled)
    return np.asarray(finite & (values[:, 0] > SINGULAR * values[:, -1]))


def _flat(information: Numbers, at_start: Numbers) -> Flags:
    """Refits whose likelihood is all but flat in some direction where the search ended: events are separated.

    A step of the search can vanish there by rounding alone, while the coefficients are still few standard
    deviations away.
    """
    root = np.linalg.cholesky(_filled(at_start))
    # generalised eigenvalues by Cholesky: L⁻¹ I L⁻', with L L' the information at the start
    half = np.linalg.solve(root, _filled(information))
    lowest = np.linalg.eigvalsh(np.linalg.solve(root, half.transpose(0, 2, 1)))[:, 0]
    return np.asarray(lowest < FLAT)


def _solve(matrix: Numbers, right: Numbers) -> Numbers:
    try:
        return np.asarray(np.linalg.solve(matrix, right[..., None])[..., 0])
    except np.linalg.LinAlgError:
        return np.array(
            [np.linalg.lstsq(one, own, rcond=None)[0] for one, own in zip(matrix, right, strict=True)]
        )


def _inverse(matrix: Numbers) -> Numbers:
    try:
        return np.asarray(np.linalg.inv(matrix))
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.pinv(matrix, hermitian=True))
