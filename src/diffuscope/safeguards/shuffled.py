"""Learning or emulation: does it matter how it went with those who adopted, or only that they did?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.compute import map_items
from diffuscope.records import Safeguard
from diffuscope.safeguards.permuted import DRAWS, FEW_WORLDS, possible
from diffuscope.safeguards.worlds import told

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from diffuscope.models.again import Again
    from diffuscope.panel.seen import Part, Seen
    from diffuscope.records import SafeguardName
    from diffuscope.safeguards.question import Question

    Codes = NDArray[np.int64]

NAME: SafeguardName = "shuffled success"


@dataclass(frozen=True)
class _World:
    again: Again
    column: str
    seen: Seen
    groups: tuple[tuple[Codes, ...], ...]
    place: int


def shuffled_success(
    question: Question, column: str, *, draws: int = DRAWS, seed: int = 0, workers: int | None = None
) -> Safeguard:
    """Whether an exposure to success says more than where success is dealt out anew among adopters.

    Ties and dates stay. Those who adopted a policy in the same period exchange how it went with them.
    Learning must fall to nothing then; emulation does not mind.

    Parameters
    ----------
    question : Question
    column : str
        The exposure.
    draws : int
    seed : int
    workers : int, optional

    Returns
    -------
    Safeguard
        Value, and the 2.5 and 97.5 % points of the draws, on the scale of the linear predictor.
    """
    seen = question.channel(column).seen
    if all(part.success is None for part in seen.parts):
        says = "The exposure does not weigh how it went with those who adopted."
        return Safeguard(name=NAME, applies=False, passed=None, says=says)
    groups = tuple(tuple(_together(part)) for part in seen.parts)
    worlds = possible(tuple(group for own in groups for group in own))
    if worlds < FEW_WORLDS:
        says = f"Success can be dealt out in {worlds} ways only: hardly anybody adopted at the same time."
        return Safeguard(name=NAME, applies=False, passed=None, says=says)
    world = _World(question.again, column, seen, groups, question.place(column))
    drawn = map_items(_draw, range(draws), world, seed=seed, name=f"{NAME} {column}", workers=workers)
    what = "adopters of one period exchange how it went with them"
    return told(NAME, question.coefficient(column), np.array(drawn), what)


def _together(part: Part) -> list[Codes]:
    """Senders who adopted in the same period and of whom it is known how it went."""
    if part.success is None:
        return []
    adopted = part.state == 1
    known = adopted.any(axis=1) & np.isfinite(part.success).any(axis=1)
    first = np.where(adopted.any(axis=1), adopted.argmax(axis=1), -1)
    return [np.flatnonzero(known & (first == when)) for when in np.unique(first[known])]


def _draw(world: _World, _: int, rng: np.random.Generator) -> float:
    parts = tuple(_dealt(part, own, rng) for part, own in zip(world.seen.parts, world.groups, strict=True))
    values = replace(world.seen, parts=parts).values()[0]
    return float(world.again.coefficients({world.column: values})[world.place])


def _dealt(part: Part, groups: tuple[Codes, ...], rng: np.random.Generator) -> Part:
    if part.success is None:
        return part
    success = part.success.copy()
    for group in groups:
        success[group] = part.success[rng.permutation(group)]
    return replace(part, success=success)
