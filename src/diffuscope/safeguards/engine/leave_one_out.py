"""Leave-one-out: the coefficient of an exposure with each unit, or each policy, left out in turn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from diffuscope.errors import MethodError, PlanError
from diffuscope.models.inference.clusters import inverse
from diffuscope.models.likelihood.links import likelihood_contributions
from diffuscope.models.postestimation.predict import link_of
from diffuscope.records import Safeguard
from diffuscope.records.numbers import decimal
from diffuscope.records.phrases import in_code
from diffuscope.safeguards.engine.check import not_asked
from diffuscope.safeguards.engine.respecify import respecify

if TYPE_CHECKING:
    from diffuscope.models.refit import Refitter
    from diffuscope.records.arrays import Codes
    from diffuscope.safeguards.tested_model import TestedModel


MOST = 400
"""Units of whom each is left out; of more, those that matter most by their share in the score."""
AT_ONCE = 64


@dataclass(frozen=True)
class LeftOutInTurn:
    """What is left out in turn: a column of the panel, how many there are called, and how few are too few.

    Attributes
    ----------
    way, many : str
    fewest : int
    one : str
        How one of them is called, if not as the column.
    """

    way: str
    many: str
    fewest: int
    one: str = ""

    @property
    def called(self) -> str:
        """How one of them is called."""
        return self.one or self.way


class _Others(NamedTuple):
    """Coefficients with one left out, by what was; and in words, which were."""

    estimates: dict[str, float]
    each: str


def leave_one_out(tested: TestedModel, column: str, one: LeftOutInTurn) -> Safeguard:
    """Leave-one-out: passed where the coefficient stays above zero whichever unit or policy is left out.

    Its own rows are left out; others still see what it did.

    Parameters
    ----------
    tested : TestedModel
    column : str
        The exposure.
    one : LeftOutInTurn

    Returns
    -------
    Safeguard
        The coefficient, and the lowest and highest of those with one left out, on the scale of the linear
        predictor. The sign is asked, not the interval: leaving out the weightiest unit takes most of the
        information with it.
    """
    labels = tested.refitter.complete.rows[one.way].cast(str).to_numpy()
    names, groups = np.unique(labels, return_inverse=True)
    if len(names) < one.fewest:
        count = f"{len(names)} {one.called if len(names) == 1 else one.many}"
        return not_asked(f"The model uses {count}: too few to leave one out.")
    value = tested.coefficient(column)
    others = _others(tested, column, one, (names, groups))
    lost = [name for name, estimate in others.estimates.items() if math.isnan(estimate)]
    if lost:
        named = in_code(sorted(lost), 3)
        says = f"The coefficient is {decimal(value)}. Without {named} no estimate was found."
        return Safeguard(name="", applies=True, passed=None, description=says, value=value)
    low, high = min(others.estimates.values()), max(others.estimates.values())
    most = max(others.estimates, key=lambda name: abs(others.estimates[name] - value))
    says = (
        f"With {others.each} left out in turn, the coefficient lies between {decimal(low)} and "
        f"{decimal(high)}; it is {decimal(value)}. `{most}` moves it most."
    )
    return Safeguard(
        name="", applies=True, passed=low > 0, description=says, value=value, ci_low=low, ci_high=high
    )


def _others(tested: TestedModel, column: str, one: LeftOutInTurn, labelled: tuple[Codes, Codes]) -> _Others:
    names, groups = labelled
    refitter, place = tested.refitter, tested.place(column)
    tried = _weighty(refitter, groups, place, len(names))
    coefficients = np.concatenate(
        [
            refitter.drop_rows(groups[None] == np.array(tried[start : start + AT_ONCE])[:, None])[:, place]
            for start in range(0, len(tried), AT_ONCE)
        ]
    )
    for at in np.flatnonzero(np.isnan(coefficients)):
        coefficients[at] = _respecified(tested, column, one.way, str(names[tried[at]]))
    each = f"each {one.called}"
    if len(tried) < len(names):
        each = f"each of the {len(tried)} most influential of {len(names):,} {one.many}"
    return _Others(dict(zip(names[tried].tolist(), coefficients.tolist(), strict=True)), each)


def _weighty(refitter: Refitter, groups: Codes, place: int, count: int) -> list[int]:
    """All groups; of too many, those that a step of Newton's method says move the coefficient most."""
    if count <= MOST:
        return list(range(count))
    fit, (_, x, y, offset) = refitter.fit, refitter.complete
    eta = x @ fit.coefficients if offset is None else x @ fit.coefficients + offset
    own = likelihood_contributions(link_of(fit), eta, y)
    # one-step approximation (Pregibon 1981): leaving out a group moves coefficients by about I⁻¹ times its
    # score
    reach = x @ inverse(x.T @ (x * own.weight[:, None]))[place]
    moved = np.bincount(groups, weights=reach * own.score)
    order = np.argsort(moved, kind="stable")
    # those that lift it most when there, whose absence is the threat; and as many that press it down
    return sorted({*order[-MOST // 2 :].tolist(), *order[: MOST // 2].tolist()})


def _respecified(tested: TestedModel, column: str, way: str, name: str) -> float:
    """The coefficient where effects fall away with a unit or a policy, or Firth's estimator is needed."""
    rows = tested.panel.table()
    try:
        return respecify(tested, column, rows=rows.filter(rows[way].cast(str) != name)).estimate
    except (MethodError, PlanError):
        return float("nan")  # reported as such: without it no estimate was found
