"""Simulated worlds with a known truth: the record, and how ties, hazards and adoptions are drawn.

Nothing here imports the package, so that an error in its simulator cannot hide an error in its statistics.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Ties = NDArray[np.bool_]
"""Ties of one layer, shape (units, units): row the receiver, column the sender."""

TUNING_SEED = 20_240_117
"""Worlds of this seed may be used while a rule is developed."""
PUBLISHED_SEED = 71_993_204
"""Worlds of this seed are used only for the published table, never to develop a rule."""
UNITS, PERIODS, SENDERS = 50, 30, 5
OWN = 0.7
"""Coefficient of the covariate x on the log odds of adopting."""
BASE = -3.3
"""Log odds of adopting in a period, unless a world says otherwise."""
ASKED = "emulation"
"""The mechanism under test, whose ties every case holds; `learning` and `competition` are its rivals."""
RIVAL = "competition"
RULED_OUT: Mapping[str, str] = {
    "learning": "No results were known in the period under study.",
    "competition": "The policy moves neither capital nor buyers.",
}
"""Rivals declared ruled out, except where the question is which mechanism was at work."""


@dataclass(frozen=True, kw_only=True)
class World:
    """Adoptions, what a case would hold of them, and the truth.

    Attributes
    ----------
    name : str
        Name of its cell.
    index : int
    adopted : array of int, shape (units,)
        Period of adoption, from 1; 0: never.
    entered : array of int, shape (units,)
        First period at risk.
    ties : mapping of str to array of bool, shape (units, units)
        By mechanism whose layer it is: row the receiver, column the sender.
    covariates : mapping of str to array of float, shape (units,)
        Fixed before the first period; all are in the model.
    drivers : tuple of str
        Covariates declared to drive the ties.
    ruled_out : mapping of str to str
        Rivals ruled out, with the reason.
    effect : float
        True coefficient of the exposure; NaN where the fitted model is not the true one.
    periods : int
    """

    name: str
    index: int
    adopted: Whole
    entered: Whole
    ties: Mapping[str, Ties]
    covariates: Mapping[str, Numbers]
    drivers: tuple[str, ...] = ()
    ruled_out: Mapping[str, str] = field(default_factory=lambda: RULED_OUT)
    effect: float = 0.0
    periods: int = PERIODS

    @property
    def units(self) -> int:
        """Number of units."""
        return len(self.adopted)


def stream(seed: int, name: str, index: int) -> np.random.Generator:
    """Random numbers of one world, independent of those of every other world."""
    return np.random.default_rng([seed, zlib.crc32(name.encode()), index])


def hazard(log_odds: Numbers) -> Numbers:
    """Inverse logit: chance of adopting in a period.

    >>> float(hazard(np.array(0.0)))
    0.5
    """
    return 1 / (1 + np.exp(-log_odds))


def random_senders(rng: np.random.Generator, units: int, senders: int = SENDERS) -> Ties:
    """The same number of senders for every unit, each other unit with the same chance."""
    return weighted_senders(rng, np.ones((units, units)), senders)


def weighted_senders(rng: np.random.Generator, weights: Numbers, senders: int = SENDERS) -> Ties:
    """The same number of senders for every unit, drawn without replacement in proportion to weights.

    Weighted sampling by exponential keys: the smallest of Exp(weight) draws (Efraimidis & Spirakis 2006,
    doi:10.1016/j.ipl.2005.11.003). No unit is its own sender.
    """
    weights = np.array(weights, dtype=float)
    np.fill_diagonal(weights, 0.0)
    with np.errstate(divide="ignore"):
        keys = np.where(weights > 0, rng.exponential(size=weights.shape) / weights, np.inf)
    chosen = np.argsort(keys, axis=1)[:, :senders]
    ties = np.zeros(weights.shape, dtype=bool)
    np.put_along_axis(ties, chosen, True, axis=1)
    return ties & np.isfinite(keys)


def homophilous_senders(rng: np.random.Generator, trait: Numbers, senders: int = SENDERS) -> Ties:
    """Senders drawn in proportion to exp(-2 d), d the distance between traits."""
    return weighted_senders(rng, np.exp(-2 * np.abs(trait[:, None] - trait[None, :])), senders)


def simulate_adoptions(
    rng: np.random.Generator,
    log_odds: Numbers,
    *,
    entered: Whole | None = None,
    ties: Ties | None = None,
    effect: float = 0.0,
) -> Whole:
    """Discrete-time hazard simulation: the period in which each unit adopts, from 1; 0: never.

    Parameters
    ----------
    rng : numpy.random.Generator
    log_odds : array of float, shape (units, periods)
        Of adopting in each period, without exposure.
    entered : array of int, shape (units,), optional
        First period at risk; from the first on if it is not given.
    ties : array of bool, shape (units, units), optional
    effect : float
        Coefficient of the share of senders that had adopted by the period before.
    """
    units, periods = log_odds.shape
    adopted = np.zeros(units, dtype=np.int64)
    since = np.ones(units, dtype=np.int64) if entered is None else entered
    sent = np.zeros((units, units)) if ties is None else ties.astype(float)
    degree = np.maximum(sent.sum(axis=1), 1.0)
    for period in range(1, periods + 1):
        seen = sent @ (adopted > 0).astype(float) / degree
        odds = log_odds[:, period - 1] + effect * seen
        new = (adopted == 0) & (since <= period) & (rng.random(units) < hazard(odds))
        adopted[new] = period
    return adopted


def linear_predictor(levels: Numbers, course: Numbers | float, periods: int = PERIODS) -> Numbers:
    """Log odds by unit and period: a level per unit plus a course in time that all share.

    >>> linear_predictor(np.array([0.0, 1.0]), np.array([10.0, 20.0]), 2).tolist()
    [[10.0, 20.0], [11.0, 21.0]]
    """
    return levels[:, None] + np.broadcast_to(course, (periods,))[None, :]
