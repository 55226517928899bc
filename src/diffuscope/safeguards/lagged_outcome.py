"""The unit's own decision one step earlier as a placebo, and the estimate freed of what the placebo shows.

After Egami 2024 (Journal of the Royal Statistical Society A; arXiv:1810.07858). What others had done by the
end of a period can move the decision of the next period, not the one of that period itself. So a unit's
decision is explained by what others had done by the end of that same period, beside what they had done
before. Were nothing left out of the model, the first would say nothing. What it says nevertheless is bias: of
unseen likeness of those who are tied, or of shocks that they share.

Who has adopted is no longer at risk, so in the rows that a model explains the earlier decision is always "not
yet", and cannot be asked for there. It is asked for among those who were at risk then: the rows of the panel,
seen one step earlier. This needs no second policy and no repeated adoption; it needs periods short enough
that nobody decides by what others did in the same one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.compute import map_items
from diffuscope.records import Safeguard
from diffuscope.safeguards.beside import World, both, withstood
from diffuscope.safeguards.forward import Forward, unable
from diffuscope.safeguards.worlds import MOST_LOST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from diffuscope.records import SafeguardName
    from diffuscope.safeguards.question import Question

    Numbers = NDArray[np.float64]

NAME: SafeguardName = "lagged outcome"
DRAWS = 199
WHAT = "Exposure to what others did in the very period of the decision, beside the exposure itself,"
STANDS_OUT = (
    "It cannot have moved the decision, so the model lacks what tied units have in common, or units decide "
    "by what others did in the same period."
)
PASSES = "Nothing that tied units have in common and the model lacks shows here; a small bias may not."
ASSUMES = (
    "this takes the bias to be the same in each period, on the scale of the log odds, and the effect too"
)


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """An exposure's coefficient, freed of the bias that a placebo shows.

    Attributes
    ----------
    estimate, low, high : float or None
        On the scale of the linear predictor, with a 95 % interval; None where nothing finite was found.
    placebo : float or None
        What was taken off: the coefficient of the newest exposure on the decision it cannot have moved.
    uncorrected : float or None
        The coefficient before: of the exposure, with older exposure held fixed as the placebo has it.
    """

    estimate: float | None
    low: float | None
    high: float | None
    placebo: float | None
    uncorrected: float | None


@dataclass(frozen=True)
class _Asked:
    """What every draw needs."""

    forward: Forward
    column: str
    place: int
    lag: int


def lagged_outcome(
    question: Question, column: str, *, draws: int = DRAWS, seed: int = 0, workers: int | None = None
) -> Safeguard:
    """Whether exposure goes with a decision that it cannot have moved: the one of its own period.

    Parameters
    ----------
    question : Question
    column : str
        The exposure.
    draws : int
        Worlds drawn from the fitted model: adoptions run forward through the same ties.
    seed : int
    workers : int, optional

    Returns
    -------
    Safeguard
        Value: the placebo's coefficient, on the scale of the linear predictor; low and high: the 2.5 and
        97.5 % points of the draws. Passed where it does not stand out. Its words tell the corrected estimate.
    """
    return placebo_and_correction(question, column, draws=draws, seed=seed, workers=workers)[0]


def bias_corrected(
    question: Question, column: str, *, draws: int = DRAWS, seed: int = 0, workers: int | None = None
) -> Corrected | None:
    """An exposure's coefficient, less what the same exposure seems to do to a decision it cannot have moved.

    Parameters
    ----------
    question, column, draws, seed, workers
        As for `lagged_outcome`.

    Returns
    -------
    Corrected or None
        None where the placebo does not apply.

    Notes
    -----
    Difference in differences of two coefficients, each of the newest exposure with older exposure held fixed:
    of E(t - 1) beside E(t - 2), and of E(t) beside E(t - 1), on decisions of period t. It is right if effect
    and bias are the same in every period and add up on the scale of the linear predictor; that the ones at
    risk are others in each period stretches this. Its interval is that of worlds drawn from the model, in
    which there is no bias.
    """
    return placebo_and_correction(question, column, draws=draws, seed=seed, workers=workers)[1]


def placebo_and_correction(
    question: Question, column: str, *, draws: int = DRAWS, seed: int = 0, workers: int | None = None
) -> tuple[Safeguard, Corrected | None]:
    """`lagged_outcome` and `bias_corrected` from the same drawn worlds; arguments as for either."""
    place, reason = question.place(column), unable(question)
    if reason is not None:
        return Safeguard(name=NAME, applies=False, passed=None, says=reason), None
    asked = _Asked(Forward.of(question), column, place, question.channel(column).seen.look.lag)
    observed = _pair(asked, World.observed(question))
    pairs = map_items(_draw, range(draws), asked, seed=seed, name=f"{NAME} {column}", workers=workers)
    drawn = np.array(pairs).reshape(-1, 2)
    found = withstood(NAME, observed[0], drawn[:, 0], (WHAT, STANDS_OUT, PASSES))
    corrected = _corrected(observed, drawn, question.coefficient(column))
    return _with(found, corrected, question.coefficient(column)), corrected


def _pair(asked: _Asked, world: World) -> tuple[float, float]:
    """Coefficient of the placebo, and of the exposure with older exposure held fixed."""
    newest, oldest = (world.elsewhen(asked.column, later) for later in (0, -2 * asked.lag))
    placebo = both(world, asked.column, asked.place, newest)[1]
    return placebo, both(world, asked.column, asked.place, oldest)[0]


def _draw(asked: _Asked, _: int, rng: np.random.Generator) -> tuple[float, float]:
    return _pair(asked, asked.forward.world(rng))


def _corrected(observed: tuple[float, float], drawn: Numbers, fitted: float) -> Corrected:
    placebo, plain = (float(one) if np.isfinite(one) else None for one in observed)
    if placebo is None or plain is None:
        return Corrected(estimate=None, low=None, high=None, placebo=placebo, uncorrected=plain)
    estimate, low, high = plain - placebo, None, None
    # how far such estimates fall from the truth in worlds whose truth is the fitted coefficient
    errors = drawn[:, 1] - drawn[:, 0] - fitted
    sound = errors[np.isfinite(errors)]
    if len(sound) >= (1 - MOST_LOST) * len(errors) and len(sound):
        above, below = (float(end) for end in np.quantile(sound, (0.025, 0.975)))
        low, high = estimate - below, estimate - above
    return Corrected(estimate=estimate, low=low, high=high, placebo=placebo, uncorrected=plain)


def _with(found: Safeguard, corrected: Corrected, fitted: float) -> Safeguard:
    """The safeguard, with the corrected estimate in its words."""
    if corrected.estimate is None:
        return found
    reach = ""
    if corrected.low is not None and corrected.high is not None:
        reach = f" (95 % interval {corrected.low:.2f} to {corrected.high:.2f})"
    says = (
        f"{found.says} Corrected by it, the coefficient is {corrected.estimate:.2f}{reach}, where the model "
        f"has {fitted:.2f}; {ASSUMES}."
    )
    return Safeguard(
        name=found.name, applies=found.applies, passed=found.passed, says=says,
        value=found.value, low=found.low, high=found.high, p=found.p, draws=found.draws,
    )  # fmt: skip
