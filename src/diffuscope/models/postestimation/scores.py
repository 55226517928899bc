"""Scores of predicted hazards: area under the ROC curve, Brier and log score, calibration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.errors import MethodError
from diffuscope.models.likelihood.newton_raphson import maximum_likelihood

if TYPE_CHECKING:
    from diffuscope.records.arrays import Numbers


@dataclass(frozen=True)
class Scores:
    """Scores of predicted hazards against the events that happened.

    Attributes
    ----------
    rows, events : int
    auc : float or None
        Chance that a row with an event was given a higher hazard than one without; None where either lacks.
    average_precision : float or None
        Area under precision against recall; a guess gives the share of events.
    brier : float
        Mean squared distance between hazard and outcome.
    log_score : float
        Mean log-likelihood of a row; 0 is perfect.
    brier_skill, log_skill : float or None
        Share of the distance of the base rate that the hazards take away; 0 or less: no better than it.
    intercept, slope : float or None
        Of a logit of the outcome on the log odds of the hazards: 0 and 1 where they are calibrated. None
        where no finite ones exist.
    """

    rows: int
    events: int
    auc: float | None
    average_precision: float | None
    brier: float
    log_score: float
    brier_skill: float | None
    log_skill: float | None
    intercept: float | None
    slope: float | None


def score_hazards(y: Numbers, p: Numbers, base: float | None = None) -> Scores:
    """Scores of predicted hazards: how well they predicted events.

    Parameters
    ----------
    y : array of float, shape (n,)
        1 where the event happened.
    p : array of float, shape (n,)
        Hazards predicted.
    base : float, optional
        Base rate to compare with; the share of events where left out.

    Returns
    -------
    Scores
    """
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    if y.size == 0 or not ((p >= 0) & (p <= 1)).all():
        raise MethodError("Scores need at least one row, and hazards between 0 and 1.")
    rate = float(y.mean()) if base is None else base
    dull = np.full(y.size, rate)
    both = 0 < y.sum() < y.size
    intercept, slope = calibration_line(y, p) if both else (None, None)
    return Scores(
        rows=y.size,
        events=int(y.sum()),
        auc=auc(y, p) if both else None,
        average_precision=average_precision(y, p) if both else None,
        brier=brier(y, p),
        log_score=log_score(y, p),
        brier_skill=1 - brier(y, p) / brier(y, dull) if brier(y, dull) > 0 else None,
        log_skill=1 - log_score(y, p) / log_score(y, dull) if 0 < rate < 1 else None,
        intercept=intercept,
        slope=slope,
    )


def auc(y: Numbers, p: Numbers) -> float:
    """Area under the ROC curve: chance that an event was given a higher hazard than a row without; ties half.

    >>> import numpy as np
    >>> auc(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8]))
    0.75
    """
    _, code, count = np.unique(p, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[code]
    events = float(y.sum())
    # Mann-Whitney's U over the number of pairs (Hanley & McNeil 1982)
    return float((ranks[y > 0].sum() - events * (events + 1) / 2) / (events * (y.size - events)))


def average_precision(y: Numbers, p: Numbers) -> float:
    """Average precision, over the steps in recall, rows of one hazard taken together."""
    values, code = np.unique(-p, return_inverse=True)
    happened = np.cumsum(np.bincount(code, weights=y, minlength=values.size))
    precision = happened / np.cumsum(np.bincount(code, minlength=values.size))
    return float((np.diff(happened, prepend=0) * precision).sum() / happened[-1])


def brier(y: Numbers, p: Numbers) -> float:
    """Brier score: mean squared distance between hazard and outcome."""
    return float(((p - y) ** 2).mean())


def log_score(y: Numbers, p: Numbers) -> float:
    """Logarithmic score: mean log-likelihood of a row; minus infinity where the impossible happened."""
    with np.errstate(divide="ignore"):
        return float(np.where(y > 0, np.log(p), np.log1p(-p)).mean())


def calibration_line(y: Numbers, p: Numbers) -> tuple[float | None, float | None]:
    """Calibration intercept and slope, of the outcome on the log odds predicted; None if none were found."""
    inside = np.clip(p, 1e-12, 1 - 1e-12)
    # Cox 1958: slope below 1, predictions too extreme; intercept below 0, too high
    odds = np.log(inside / (1 - inside))
    if np.ptp(odds) == 0:
        return None, None
    optimum = maximum_likelihood("logit", np.asfortranarray(np.column_stack([np.ones(y.size), odds])), y)
    if not optimum.converged:
        return None, None
    return float(optimum.coefficients[0]), float(optimum.coefficients[1])


def calibration_bins(y: Numbers, p: Numbers, bins: int = 10) -> list[tuple[float, float, int, int]]:
    """Calibration bins by rising hazard: mean hazard, share of events, events and rows in about equal groups.

    Parameters
    ----------
    y, p : array of float, shape (n,)
    bins : int
        At most this many; rows of one hazard stay together.
    """
    order = np.argsort(p, kind="stable")
    edges = np.unique(np.searchsorted(p[order], np.quantile(p, np.arange(1, bins) / bins), side="right"))
    parts = [part for part in np.split(order, edges) if part.size]
    return [(float(p[part].mean()), float(y[part].mean()), int(y[part].sum()), part.size) for part in parts]
