"""What a made world is, and the three draws that all worlds share: ties, hazards, adoptions.

Nothing here uses `diffuscope.simulate`, nor any other part of the package: who errs in making worlds must not
err in the same way in judging them.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Ties = NDArray[np.bool_]
"""Ties of one layer, shape (units, units): row the receiver, column the sender."""

TUNING_SEED = 20_240_117
"""Worlds of this seed may be looked at while a rule is being made."""
PUBLISHED_SEED = 71_993_204
"""Worlds of this seed are looked at only to publish how often the rule errs."""
UNITS, PERIODS, SENDERS = 50, 30, 5
OWN = 0.7
"""What one unit of the covariate x adds to the log odds of adopting."""
BASE = -3.3
"""Log odds of adopting in a period where nothing else is said."""
ASKED = "emulation"
"""The mechanism whose ties the case holds; `learning` and `competition` are its rivals."""
RIVAL = "competition"
RULED_OUT: Mapping[str, str] = {
    "learning": "No results were known in the period under study.",
    "competition": "The policy moves neither capital nor buyers.",
}
"""Rivals ruled out in every world whose question is not which mechanism it was."""

Truth = Literal["nothing", "another mechanism", "unseen likeness", "contagion"]


@dataclass(frozen=True, kw_only=True)
class World:
    """Who adopted when, what a case would hold of it, and the truth.

    Attributes
    ----------
    name : str
        Of its cell.
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
    truth : {"nothing", "another mechanism", "unseen likeness", "contagion"}
        What is behind the adoptions: nothing that spreads along the ties of the case, and all else in the model;
        contagion along other ties; likeness that the model lacks; contagion along the ties of the case.
    effect : float
        True coefficient of the exposure; NaN where the model is not true.
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
    truth: Truth = "nothing"
    effect: float = 0.0
    periods: int = PERIODS

    @property
    def units(self) -> int:
        """How many units there are."""
        return len(self.adopted)


def stream(seed: int, name: str, index: int) -> np.random.Generator:
    """Chance for one world, independent of that of every other."""
    return np.random.default_rng([seed, zlib.crc32(name.encode()), index])


def chance(log_odds: Numbers) -> Numbers:
    """Chance of adopting in a period, for these log odds.

    >>> float(chance(np.array(0.0)))
    0.5
    """
    return 1 / (1 + np.exp(-log_odds))


def random_senders(rng: np.random.Generator, units: int, senders: int = SENDERS) -> Ties:
    """As many senders for every unit, any of the others with the same chance."""
    return likely_senders(rng, np.ones((units, units)), senders)


def likely_senders(rng: np.random.Generator, likely: Numbers, senders: int = SENDERS) -> Ties:
    """As many senders for every unit, drawn without replacement with chances in proportion to `likely`.

    The largest of exponential clocks, each running at its own speed (Efraimidis & Spirakis 2006,
    doi:10.1016/j.ipl.2005.11.003); a unit never sends to itself.
    """
    weights = np.array(likely, dtype=float)
    np.fill_diagonal(weights, 0.0)
    with np.errstate(divide="ignore"):
        clocks = np.where(weights > 0, rng.exponential(size=weights.shape) / weights, np.inf)
    chosen = np.argsort(clocks, axis=1)[:, :senders]
    ties = np.zeros(weights.shape, dtype=bool)
    np.put_along_axis(ties, chosen, True, axis=1)
    return ties & np.isfinite(clocks)


def alike_senders(rng: np.random.Generator, trait: Numbers, senders: int = SENDERS) -> Ties:
    """Senders whose chance falls as exp(-2 d) in the distance d of their trait."""
    return likely_senders(rng, np.exp(-2 * np.abs(trait[:, None] - trait[None, :])), senders)


def adoptions(
    rng: np.random.Generator,
    log_odds: Numbers,
    *,
    entered: Whole | None = None,
    ties: Ties | None = None,
    effect: float = 0.0,
) -> Whole:
    """Period in which each unit adopts, from 1; 0: never.

    Parameters
    ----------
    rng : numpy.random.Generator
    log_odds : array of float, shape (units, periods)
        Of adopting in each period, without what others do.
    entered : array of int, shape (units,), optional
        First period at risk; from the first on if it is not given.
    ties : array of bool, shape (units, units), optional
    effect : float
        What exposure adds: the share of senders that had adopted by the period before.
    """
    units, periods = log_odds.shape
    adopted = np.zeros(units, dtype=np.int64)
    since = np.ones(units, dtype=np.int64) if entered is None else entered
    sent = np.zeros((units, units)) if ties is None else ties.astype(float)
    degree = np.maximum(sent.sum(axis=1), 1.0)
    for period in range(1, periods + 1):
        seen = sent @ (adopted > 0).astype(float) / degree
        odds = log_odds[:, period - 1] + effect * seen
        new = (adopted == 0) & (since <= period) & (rng.random(units) < chance(odds))
        adopted[new] = period
    return adopted


def every_period(levels: Numbers, course: Numbers | float, periods: int = PERIODS) -> Numbers:
    """Log odds of units by period: a level of each unit and a course that all share.

    >>> every_period(np.array([0.0, 1.0]), np.array([10.0, 20.0]), 2).tolist()
    [[10.0, 20.0], [11.0, 21.0]]
    """
    return levels[:, None] + np.broadcast_to(course, (periods,))[None, :]
