"""Does the future explain the past? What others did afterwards, beside what they had done before.

What others do next cannot have moved a unit, so their later adoptions say nothing beside their earlier ones,
unless units alike adopt alike. But a unit that adopts moves those tied to it, who adopt later: so even a true
effect lets the future stand out where ties go both ways. How much is seen in worlds drawn from the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.compute import map_items
from diffuscope.records import Safeguard
from diffuscope.safeguards.beside import World, both, withstood
from diffuscope.safeguards.forward import Forward, unable

if TYPE_CHECKING:
    from diffuscope.records import SafeguardName
    from diffuscope.safeguards.question import Question

NAME: SafeguardName = "lead test"
DRAWS = 199
AHEAD = 1
"""Periods after a row's own."""
PASSES = (
    "Passing is no clearance: where like units tie and adopt alike for reasons unseen, this test misses it "
    "in many worlds."
)
STANDS_OUT = (
    "What others did later goes with adoption beyond what the model makes of earlier adoptions: like units "
    "may adopt alike for reasons that the model lacks."
)


@dataclass(frozen=True)
class _Asked:
    """What every draw needs."""

    forward: Forward
    column: str
    place: int


def lead_test(
    question: Question, column: str, *, draws: int = DRAWS, seed: int = 0, workers: int | None = None
) -> Safeguard:
    """Whether what others did one period later goes with adoption, beside what they had done before.

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
        Value: the coefficient of the later exposure, on the scale of the linear predictor; low and high: the
        2.5 and 97.5 % points of the draws. Passed where it does not stand out from them, which is no
        clearance.

    Notes
    -----
    The exposure of a row of period t to those who had adopted by the end of t + 1 is fitted beside the
    model's own columns. The last period of each policy has no later one and is left out.
    """
    place, reason = question.place(column), unable(question)
    if reason is not None:
        return Safeguard(name=NAME, applies=False, passed=None, says=reason)
    asked = _Asked(Forward.of(question), column, place)
    observed = _later(asked, World.observed(question))
    drawn = map_items(_draw, range(draws), asked, seed=seed, name=f"{NAME} {column}", workers=workers)
    what = "Exposure to what others did one period later, beside the exposure itself,"
    return withstood(NAME, observed, np.array(drawn), (what, STANDS_OUT, PASSES))


def _later(asked: _Asked, world: World) -> float:
    other = world.elsewhen(asked.column, AHEAD)
    return both(world, asked.column, asked.place, other)[1]


def _draw(asked: _Asked, _: int, rng: np.random.Generator) -> float:
    return _later(asked, asked.forward.world(rng))
