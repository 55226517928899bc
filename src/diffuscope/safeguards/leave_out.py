"""Does it all rest on one unit, or on one policy? The coefficient with each left out in turn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.compute import map_items
from diffuscope.errors import MethodError, PlanError
from diffuscope.models.clusters import inverse
from diffuscope.models.links import pieces
from diffuscope.models.predict import link_of
from diffuscope.records import Safeguard
from diffuscope.safeguards.refit import refit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from diffuscope.models.again import Again
    from diffuscope.records import SafeguardName
    from diffuscope.safeguards.question import Question

    Codes = NDArray[np.int64]
    Numbers = NDArray[np.float64]

MOST = 400
"""Units of whom each is left out; of more, those that matter most by their share in the score."""


@dataclass(frozen=True)
class _Kind:
    """What is left out in turn."""

    name: SafeguardName
    way: str
    many: str
    fewest: int


@dataclass(frozen=True)
class _World:
    again: Again
    groups: Codes
    place: int


def leave_one_unit_out(question: Question, column: str, *, workers: int | None = None) -> Safeguard:
    """Whether the coefficient of an exposure holds whichever unit is left out.

    A unit's own rows are left out; others still see what it did. Passed: every coefficient is above zero, and
    so is the 95 % interval without the unit whose absence lowers it most.

    Parameters
    ----------
    question : Question
    column : str
        The exposure.
    workers : int, optional

    Returns
    -------
    Safeguard
        The coefficient, and the lowest and highest of those with one left out, on the scale of the linear
        predictor.
    """
    return _left_out(question, column, _Kind("leave one unit out", "unit", "units", 3), workers)


def leave_one_policy_out(question: Question, column: str, *, workers: int | None = None) -> Safeguard:
    """Whether the coefficient of an exposure holds whichever policy is left out.

    Passed: every coefficient is above zero, and so is the 95 % interval without the policy whose absence
    lowers it most.

    Parameters
    ----------
    question, column, workers
        As for `leave_one_unit_out`.

    Returns
    -------
    Safeguard
        As of `leave_one_unit_out`.
    """
    return _left_out(question, column, _Kind("leave one policy out", "policy", "policies", 2), workers)


def _left_out(question: Question, column: str, one: _Kind, workers: int | None) -> Safeguard:
    place = question.place(column)
    try:
        again = question.again
    except MethodError as error:
        return Safeguard(name=one.name, applies=True, passed=None, says=str(error))
    labels = again.complete.rows[one.way].cast(str).to_numpy()
    names, groups = np.unique(labels, return_inverse=True)
    if len(names) < one.fewest:
        count = f"{len(names)} {one.way if len(names) == 1 else one.many}"
        says = f"The model rests on {count}: too few to leave one out."
        return Safeguard(name=one.name, applies=False, passed=None, says=says)
    world = _World(again, groups, place)
    tried = _weighty(world, len(names))
    found = np.array(map_items(_one, tried, world, seed=0, name=one.name, workers=workers))
    for at in np.flatnonzero(np.isnan(found)):
        found[at] = _otherwise(question, column, one.way, str(names[tried[at]]))
    each = f"each {one.way}"
    if len(tried) < len(names):
        each = f"each of the {len(tried)} weightiest of {len(names):,} {one.many}"
    return _told(question, column, one, dict(zip(names[tried].tolist(), found.tolist(), strict=True)), each)


def _one(world: _World, group: int, _: np.random.Generator) -> float:
    return float(world.again.without(world.groups == group)[world.place])


def _weighty(world: _World, count: int) -> list[int]:
    """All groups; of too many, those that a step of Newton's method says move the coefficient most."""
    if count <= MOST:
        return list(range(count))
    fit, (_, x, y, offset) = world.again.fit, world.again.complete
    eta = x @ fit.coefficients if offset is None else x @ fit.coefficients + offset
    own = pieces(link_of(fit), eta, y)
    reach = x @ inverse(x.T @ (x * own.weight[:, None]))[world.place]
    moved = np.bincount(world.groups, weights=reach * own.slope)
    order = np.argsort(moved, kind="stable")
    # those that lift it most when there, whose absence is the threat; and as many that press it down
    return sorted({*order[-MOST // 2 :].tolist(), *order[: MOST // 2].tolist()})


def _otherwise(question: Question, column: str, way: str, name: str) -> float:
    """The coefficient where effects fall away with a unit or a policy, or Firth's estimator is needed."""
    rows = question.panel.table()
    try:
        return refit(question, column, rows=rows.filter(rows[way].cast(str) != name)).estimate
    except (MethodError, PlanError):
        return float("nan")  # told as such: without it there is no finite estimate


def _told(question: Question, column: str, one: _Kind, found: dict[str, float], each: str) -> Safeguard:
    value = question.coefficient(column)
    lost = [name for name, estimate in found.items() if math.isnan(estimate)]
    if lost:
        named = ", ".join(f"`{name}`" for name in lost[:3]) + (" …" if len(lost) > 3 else "")
        says = f"The coefficient is {value:.2f}. Without {named} there is no finite estimate."
        return Safeguard(name=one.name, applies=True, passed=False, says=says, value=value)
    least = min(found, key=lambda name: found[name])
    most = max(found, key=lambda name: abs(found[name] - value))
    low, high = found[least], max(found.values())
    says = (
        f"With {each} left out in turn, the coefficient lies between {low:.2f} and {high:.2f}; it is "
        f"{value:.2f}. `{most}` moves it most."
    )
    rows = question.panel.table()
    try:
        rest = refit(question, column, rows=rows.filter(rows[one.way].cast(str) != least))
    except (MethodError, PlanError) as error:
        says, passed = f"{says} Without `{least}` its interval cannot be computed: {error}", None
    else:
        says = f"{says} Without `{least}`, where it is lowest, it is {rest}."
        passed = low > 0 and rest.low > 0
    return Safeguard(name=one.name, applies=True, passed=passed, says=says, value=value, low=low, high=high)
