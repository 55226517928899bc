"""Link functions of discrete-time hazards: what a row adds to the likelihood, its score and its curvature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import erfcx, expit, log_ndtr, ndtr, ndtri

if TYPE_CHECKING:
    from diffuscope.models.types import Link
    from diffuscope.records.arrays import Numbers

HIGHEST = 30.0
"""Beyond this a hazard is 1 to the last digit, and its exponential would overflow in products."""


@dataclass(frozen=True)
class LikelihoodContributions:
    """What rows add to a likelihood, per row.

    Attributes
    ----------
    loglik : array of float, shape (n,)
    score : array of float, shape (n,)
        Derivative of the log-likelihood by the linear predictor.
    weight : array of float, shape (n,)
        Information about the linear predictor: expected, of probit observed.
    """

    loglik: Numbers
    score: Numbers
    weight: Numbers


def likelihood_contributions(link: Link, eta: Numbers, y: Numbers) -> LikelihoodContributions:
    """What each row adds to the log-likelihood of a discrete-time hazard, with score and curvature.

    Parameters
    ----------
    link : {"logit", "cloglog", "probit"}
    eta : array of float, shape (n,)
        Linear predictor.
    y : array of float, shape (n,)
        1 where the event happened in the row's period, else 0.
    """
    return _CONTRIBUTIONS[link](eta, y)


def _logit(eta: Numbers, y: Numbers) -> LikelihoodContributions:
    # only e^-|eta| is computed, which cannot overflow
    small = np.exp(-np.abs(eta))
    whole = 1 + small
    p = np.where(eta >= 0, 1.0, small) / whole
    # y eta - log(1 + e^eta), with log(1 + e^eta) = max(eta, 0) + log(1 + e^-|eta|)
    loglik = y * eta - np.maximum(eta, 0) - np.log1p(small)
    return LikelihoodContributions(loglik, y - p, small / (whole * whole))


def _cloglog(eta: Numbers, y: Numbers) -> LikelihoodContributions:
    # h = 1 - exp(-u) with u = e^eta: proportional hazards observed by period (Prentice & Gloeckler 1978,
    # doi:10.2307/2529588)
    u = np.exp(np.minimum(eta, HIGHEST))
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        ratio = u / np.expm1(u)  # u·e^-u / (1 - e^-u), which is 1 where u vanishes
    ratio[u < 1e-300] = 1.0
    score = y * ratio - (1 - y) * u
    loglik = -(1 - y) * u
    happened = y > 0
    loglik[happened] += y[happened] * _log_hazard(eta[happened], u[happened])
    # expected information (dh/d eta)² / (h (1 - h)) = u² e^-u / (1 - e^-u)
    return LikelihoodContributions(loglik, score, u * ratio)


def _probit(eta: Numbers, y: Numbers) -> LikelihoodContributions:
    # h = Φ(η). The observed information λ(λ + η), λ being φ/Φ, as in Stata: it is positive everywhere, and
    # Newton's method needs fewer steps than with the expected one
    happened, did_not = _mills(eta), _mills(-eta)
    loglik = y * log_ndtr(eta) + (1 - y) * log_ndtr(-eta)
    weight = y * happened * (happened + eta) + (1 - y) * did_not * (did_not - eta)
    return LikelihoodContributions(loglik, y * happened - (1 - y) * did_not, np.maximum(weight, 0.0))


def _mills(eta: Numbers) -> Numbers:
    """Density over distribution of the normal, φ(η)/Φ(η)."""
    # the scaled complementary error function keeps digits where both vanish
    with np.errstate(over="ignore"):
        return np.asarray(ROOT / erfcx(-eta / np.sqrt(2)))


ROOT = np.sqrt(2 / np.pi)
_CONTRIBUTIONS = {"logit": _logit, "cloglog": _cloglog, "probit": _probit}


def _log_hazard(eta: Numbers, u: Numbers) -> Numbers:
    """log(1 - e^-u) without losing digits at either end."""
    # expm1 keeps digits where u is small, log1p where it is large; at ln 2 both are exact. Below 1e-8,
    # 1 - e^-u is u, so that its logarithm is eta
    tiny, small = u < 1e-8, u <= np.log(2)
    with np.errstate(divide="ignore"):
        inner = np.where(small, np.log(-np.expm1(-u)), np.log1p(-np.exp(-u)))
    return np.where(tiny, eta, inner)


def hazard(link: Link, eta: Numbers) -> Numbers:
    """Inverse link: probability that the event happens in a period, given that it has not happened before."""
    if link == "logit":
        return np.asarray(expit(eta))
    if link == "probit":
        return np.asarray(ndtr(eta))
    return np.asarray(-np.expm1(-np.exp(np.minimum(eta, HIGHEST))))


def hazard_derivative(link: Link, eta: Numbers) -> Numbers:
    """Derivative of the inverse link: by how much the hazard rises with the linear predictor."""
    if link == "logit":
        p = expit(eta)
        return np.asarray(p * (1 - p))
    if link == "probit":
        return np.asarray(np.exp(-eta * eta / 2) / np.sqrt(2 * np.pi))
    capped = np.minimum(eta, HIGHEST)
    # dh/d eta = u e^-u, in one exponential, so that u e^-u is never infinity times zero
    return np.asarray(np.exp(capped - np.exp(capped)))


def predictor(link: Link, share: float) -> float:
    """Link: the linear predictor at which the hazard is a given share."""
    if link == "probit":
        return float(ndtri(share))
    return float(np.log(share / (1 - share))) if link == "logit" else float(np.log(-np.log1p(-share)))


def predictor_change(link: Link, log_ratio: float, share: float) -> float:
    """By how much a linear predictor rises where odds or hazards are multiplied by a ratio.

    A coefficient of logit or cloglog is the logarithm of that ratio. Of probit it depends on the hazard from
    which the odds are multiplied.

    Parameters
    ----------
    link : {"logit", "cloglog", "probit"}
    log_ratio : float
        Logarithm of the ratio.
    share : float
        The hazard before.
    """
    if link != "probit":
        return log_ratio
    odds = np.log(share / (1 - share)) + log_ratio
    return float(ndtri(expit(odds)) - ndtri(share))
