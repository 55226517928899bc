"""Separability: can an exposure be told from its rivals in the model, or do they stand only together?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from diffuscope.errors import MethodError
from diffuscope.records import Safeguard
from diffuscope.records.numbers import decimal, p_equals
from diffuscope.records.phrases import in_code
from diffuscope.safeguards.engine.check import LEVEL, Check, SafeguardOptions, missing, not_asked
from diffuscope.ties.separability import INFLATED, TOGETHER, separability

if TYPE_CHECKING:
    from diffuscope.safeguards.tested_model import TestedExposure, TestedModel
    from diffuscope.ties import Layer
    from diffuscope.ties.separability import Separability


def separable(tested: TestedModel, column: str, options: SafeguardOptions) -> Safeguard:
    """Separability: whether an exposure can be told from those of other mechanisms in the model."""
    return rival_exposures(tested, column)[0]


def rival_exposures(tested: TestedModel, column: str) -> tuple[Safeguard, tuple[str, ...]]:
    """Whether an exposure can be told from those of other mechanisms in the model.

    It holds only jointly with a rival where the two correlate above 0.8; where the rivals inflate its
    variance more than 10 times (with each without which they do not, or else with all); or where the
    intervals of both hold zero, but both together are better than neither (likelihood-ratio test, p < 0.05;
    it takes rows to be independent). How far the ties themselves overlap is told and decides nothing: two
    exposures may differ by more than their ties.

    Parameters
    ----------
    tested : TestedModel
    column : str
        The exposure.

    Returns
    -------
    safeguard : Safeguard
        Passed where there is no such rival; its value is the largest correlation with a rival, p that of the
        joint test, the smallest if there are several.
    joint_with : tuple of str
        Columns of those rivals.
    """
    own = tested.channel(column)
    rivals = [one for one in tested.channels if _rival(tested, own, one)]
    tested.place(column)
    if not rivals:
        says = "The model has no exposure of another mechanism."
        return not_asked(says), ()
    try:
        names = [column, *(one.column for one in rivals)]
        together = _together(tested, names)
        inflating = _inflating(tested, names, together)
    except MethodError as error:
        return missing(str(error)), ()
    inflation = together.inflation[column]
    sentences: list[str] = []
    joint: list[str] = []
    tests: list[float] = []
    for one in rivals:
        r, p = together.correlations[column, one.column], _joint(tested, column, one.column)
        tests += [] if p is None else [p]
        inseparable = abs(r) > TOGETHER or one.column in inflating or (p is not None and p < LEVEL)
        joint += [one.column] if inseparable else []
        sentences.append(_comparison(own, one, r, p))
    says = " ".join(sentences) + f" The rival exposures inflate its variance {inflation:.1f} times."
    if joint:
        says += f" It holds only jointly with {in_code(joint)}."
    value = max((together.correlations[column, one.column] for one in rivals), key=abs)
    safeguard = Safeguard(
        name="", applies=True, passed=not joint, description=says, value=value, p=min(tests, default=None)
    )
    return safeguard, tuple(joint)


def overlap(one: Layer, other: Layer) -> tuple[float, float]:
    """How far two layers are the same ties: share of their weight in common, and of their ties (Jaccard).

    Parameters
    ----------
    one, other : Layer
        Their latest ties.

    Returns
    -------
    weight : float
        Sum over ties of the smaller of two shares, each of all the weight of its layer; 0 to 1.
    ties : float
        Ties in both, of those in either.
    """
    mine, theirs = one.snapshots[-1][1], other.snapshots[-1][1]
    among = other.among(one.units).from_senders(one.senders).snapshots[-1][1]
    if not mine.nnz or not theirs.nnz:
        return 0.0, 0.0
    shared = (mine / mine.sum()).minimum(among / theirs.sum())
    both = int((mine != 0).multiply(among != 0).sum())
    return float(shared.sum()), both / (mine.nnz + theirs.nnz - both)


def _rival(tested: TestedModel, own: TestedExposure, one: TestedExposure) -> bool:
    used = one.column in tested.fit.design.columns.formula.variables
    other = one.mechanism is None or one.mechanism != own.mechanism
    return used and other and one.column != own.column


def _together(tested: TestedModel, names: list[str]) -> Separability:
    rows = tested.refitter.complete.rows
    columns = {name: rows[name].cast(float).to_numpy() for name in names}
    return separability(columns, rows["unit"].to_numpy(), rows["time"].to_numpy())


def _inflating(tested: TestedModel, names: list[str], together: Separability) -> set[str]:
    """Rivals that inflate the variance of the first too much: each without which they do not, or all."""
    column, *rivals = names
    if together.inflation[column] <= INFLATED:
        return set()
    inflating = {
        name
        for name in rivals
        if _together(tested, [one for one in names if one != name]).inflation[column] <= INFLATED
    }
    return inflating or set(rivals)


def _joint(tested: TestedModel, column: str, rival: str) -> float | None:
    """p of both terms against neither; None where one of them is conclusive by itself."""
    fit, at = tested.fit, [tested.place(column), tested.place(rival)]
    if not all(fit.ci_low[one] <= 0 <= fit.ci_high[one] for one in at):
        return None
    # likelihood-ratio test of both coefficients at once: collinear terms can be conclusive only together
    rise = 2 * (tested.refitter.max_loglik() - tested.refitter.max_loglik(at))
    return float(chdtrc(2, max(rise, 0.0))) if np.isfinite(rise) else None


def _comparison(own: TestedExposure, one: TestedExposure, r: float, p: float | None) -> str:
    weight, ties = overlap(own.inputs.layer, one.inputs.layer)
    jointly = ""
    if p is not None:
        jointly = f"; neither is conclusive alone; test of both together: {p_equals(p)}"
    return (
        f"`{own.column}` and `{one.column}` correlate at {decimal(r)}; their ties share "
        f"{100 * weight:.0f} % of their weight and {100 * ties:.0f} % of the ties in either{jointly}."
    )


SAFEGUARD = Check(
    name="separable",
    asks="Can the exposure be separated from those of the other mechanisms in the model?",
    role="beside",
    run=separable,
)
