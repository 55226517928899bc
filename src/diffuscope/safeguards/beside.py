"""The same exposure at another time, or of another policy, beside the one a model was fitted with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.models.again import FARTHEST
from diffuscope.models.firth import LONGEST, penalty_of
from diffuscope.models.newton import climb, evaluate
from diffuscope.models.predict import link_of
from diffuscope.records import Safeguard
from diffuscope.safeguards.moving import Moving
from diffuscope.safeguards.worlds import LEVEL, MOST_LOST, p_two_sided

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from diffuscope.models import Fit
    from diffuscope.panel.seen import Part, Seen
    from diffuscope.records import SafeguardName
    from diffuscope.safeguards.question import Question

    Codes = NDArray[np.int64]
    Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """Who was at risk when, who adopted, and what each saw: as it was, or as a model might have had it.

    Attributes
    ----------
    columns : Moving
    at : array of int, shape (n,)
        Which of its rows there were.
    y : array of float, shape (n,)
        1 where the unit adopted.
    seen : mapping of str to Seen
        What the rows of `columns` saw through their ties, by exposure.
    exposures : mapping of str to array, shape (n,)
    """

    columns: Moving
    at: Codes
    y: Numbers
    seen: Mapping[str, Seen]
    exposures: Mapping[str, Numbers]

    @classmethod
    def observed(cls, question: Question) -> World:
        """The world as it was."""
        rows = question.panel.table()
        seen = {one.column: one.seen for one in question.channels}
        # as the panel has them: isolates may have been set to 0 there
        values = {name: rows[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in seen}
        y = rows[question.fit.outcome].cast(pl.Float64).to_numpy()
        return cls(Moving.of(question.fit, rows, seen), np.arange(rows.height), y, seen, values)

    def elsewhen(self, column: str, later: int) -> Numbers:
        """Exposure of each row to what others had done `later` periods after it (0: in the same period).

        NaN where that lies outside what was watched.
        """
        return elsewhen(self.seen[column], later)[self.at]


def elsewhen(seen: Seen, later: int) -> Numbers:
    """Exposure of each row to what others had done by the end of another period; `later` may be negative."""
    parts = []
    for part in seen.parts:
        time = part.time + later
        inside = (time >= 0) & (time < part.state.shape[1])
        parts.append(replace(part, at=part.at[inside], unit=part.unit[inside], time=time[inside]))
    return replace(seen, look=replace(seen.look, lag=0), parts=tuple(parts)).values()[0]


def first_period(part: Part, time: Codes) -> int:
    """Number of the period that the first column of a part's state stands for; `time` by row of its panel."""
    return int(time[part.at[0]] - part.time[0])


def both(world: World, column: str, place: int, other: Numbers) -> tuple[float, float]:
    """Coefficients of an exposure and of another one beside it, which enters the model in the same form.

    Parameters
    ----------
    world : World
    column : str
    place : int
        Which coefficient is the exposure's.
    other : array of float, shape (n,)
        The other exposure; rows in which it is not known are left out.

    Returns
    -------
    tuple of float
        NaN where there is no finite estimate.
    """
    columns, exposures = world.columns, world.exposures
    beside = columns.matrix(world.at, {**exposures, column: other})[:, place]
    x = np.column_stack([columns.matrix(world.at, exposures), beside])
    known = np.isfinite(x).all(axis=1) & np.isfinite(world.y)
    offset = None
    if columns.offset is not None:
        offset = columns.offset[world.at]
        known &= np.isfinite(offset)
        offset = offset[known]
    found = _estimates(columns.fit, x[known], world.y[known], offset)
    return float(found[place]), float(found[-1])


def _estimates(fit: Fit, x: Numbers, y: Numbers, offset: Numbers | None) -> Numbers:
    """Coefficients, NaN where there are none; policies without events are left out with their rows."""
    found = np.full(x.shape[1], np.nan)
    if len(y) <= x.shape[1] or np.ptp(y) == 0:
        return found
    policies = np.array([*(name.startswith("policy ") for name in fit.names), False])
    idle = policies & (y @ x == 0)
    used, rows = ~idle, ~(x[:, idle] != 0).any(axis=1)
    x, y, offset = x[np.ix_(rows, used)], y[rows], None if offset is None else offset[rows]
    spread = np.sqrt(np.einsum("rk,rk->k", x, x) / len(x))
    if (spread == 0).any() or np.ptp(x[:, -1]) == 0:
        return found
    x = np.asfortranarray(x / spread)
    start = np.append(fit.coefficients, 0.0)[used] * spread
    if fit.model.startswith("Firth"):
        top = climb(penalty_of(x, y, offset), start, y.size, longest=LONGEST)
    else:
        top = climb(partial(evaluate, link_of(fit), x, y, offset=offset), start, y.size)
    moves = np.abs(top.coefficients) * x.std(axis=0)
    if top.converged and np.isfinite(top.coefficients).all() and moves.max(initial=0.0) < FARTHEST:
        found[used] = top.coefficients / spread
    return found


def withstood(name: SafeguardName, observed: float, drawn: Numbers, words: tuple[str, str, str]) -> Safeguard:
    """A test that is passed where the observation does not stand out from worlds of the model.

    Parameters
    ----------
    name : SafeguardName
    observed : float
        NaN: no finite estimate.
    drawn : array of float
        The same of worlds drawn from the model; NaN where a world has no finite estimate.
    words : tuple of str
        What was looked at, as the subject of a sentence; what to add where it stands out; and where not.
    """
    what, stands_out, passes = words
    lost = int(np.isnan(drawn).sum())
    if not np.isfinite(observed) or lost > MOST_LOST * len(drawn):
        where = f" in {lost:,} of {len(drawn):,} worlds drawn from the model" if np.isfinite(observed) else ""
        says = f"{what} has no finite coefficient{where}: nothing can be compared."
        return Safeguard(name=name, applies=True, passed=None, says=says, draws=len(drawn))
    found = drawn[np.isfinite(drawn)]
    p = p_two_sided(observed, found, lost)
    low, high = (float(end) for end in np.quantile(found, (0.025, 0.975)))
    missing = f" {lost:,} worlds had no finite estimate and count as no less extreme." if lost else ""
    return Safeguard(
        name=name, applies=True, passed=p >= LEVEL,
        says=f"{what} has the coefficient {observed:.2f}; in 95 % of {len(drawn):,} worlds drawn from the "
        f"model it lies between {low:.2f} and {high:.2f} (p = {p:.3f}). "
        f"{passes if p >= LEVEL else stands_out}{missing}",
        value=observed, low=low, high=high, p=p, draws=len(drawn),
    )  # fmt: skip
