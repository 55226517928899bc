"""Would any such ties do? The coefficient beside those of worlds in which units exchanged their places.

Exchanging ties alone asks whether it matters who is tied to whom. Exchanging ties and covariates together, so
that only the dates are left behind, asks whether it matters who adopted when.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.compute import map_items
from diffuscope.records import Safeguard
from diffuscope.safeguards.covariates import Covariates
from diffuscope.safeguards.question import exchanged
from diffuscope.safeguards.worlds import told

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from diffuscope.models.again import Again
    from diffuscope.panel.seen import Seen
    from diffuscope.records import SafeguardName
    from diffuscope.safeguards.question import Question

    Codes = NDArray[np.int64]
    Numbers = NDArray[np.float64]

DRAWS = 999
FEW_WORLDS = 20
"""Different exchanges below which no p-value can fall under 5 %."""


@dataclass(frozen=True)
class _World:
    """What every draw needs."""

    again: Again
    seen: tuple[tuple[str, Seen], ...]
    blocks: tuple[Codes, ...]
    place: int
    covariates: Covariates | None = None


def permuted_ties(
    question: Question, column: str, *, draws: int = DRAWS, seed: int = 0, workers: int | None = None
) -> Safeguard:
    """Whether the coefficient of an exposure is larger than where units have each other's ties.

    Who adopted when, and every covariate, stays; the units of a block exchange their places in the network.

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
    name: SafeguardName = "permuted ties"
    world = _World(
        again=question.again,
        seen=tuple((one.column, one.seen) for one in question.beside(column)),
        blocks=tuple(question.blocks(question.channel(column).seen)),
        place=question.place(column),
    )
    return _tested(name, question, column, world, (draws, seed, workers))


def permuted_timing(
    question: Question, column: str, *, draws: int = DRAWS, seed: int = 0, workers: int | None = None
) -> Safeguard:
    """Whether the coefficient of an exposure is larger than where units have each other's dates of adoption.

    Every unit keeps its ties and covariates; dates are exchanged between the units of a block.

    Parameters
    ----------
    question, column, draws, seed, workers
        As for `permuted_ties`.

    Returns
    -------
    Safeguard
    """
    name: SafeguardName = "permuted timing"
    covariates = Covariates.of(question)
    if not covariates.columns:
        says = "The model has no covariates, so that exchanging dates is the same as exchanging ties."
        return Safeguard(name=name, applies=False, passed=None, says=says)
    world = _World(
        again=question.again,
        seen=tuple((one.column, one.seen) for one in question.channels),
        blocks=tuple(question.blocks(question.channel(column).seen)),
        place=question.place(column),
        covariates=covariates,
    )
    return _tested(name, question, column, world, (draws, seed, workers))


def _tested(
    name: SafeguardName,
    question: Question,
    column: str,
    world: _World,
    how: tuple[int, int, int | None],
) -> Safeguard:
    draws, seed, workers = how
    worlds = possible(world.blocks)
    if worlds < FEW_WORLDS:
        says = f"Only {worlds} exchanges of units are possible, so no p-value could be small."
        return Safeguard(name=name, applies=False, passed=None, says=says)
    drawn = map_items(_draw, range(draws), world, seed=seed, name=f"{name} {column}", workers=workers)
    what = "ties" if name == "permuted ties" else "dates"
    return told(name, question.coefficient(column), np.array(drawn), f"units exchange their {what}")


def _draw(world: _World, _: int, rng: np.random.Generator) -> float:
    """The coefficient where units of a block have exchanged their places, in every layer alike."""
    layer = world.seen[0][1].layer
    order = exchanged(len(layer.units), world.blocks, rng)
    takes = {unit: layer.units[at] for unit, at in zip(layer.units, order, strict=True)}
    changed: dict[str, Numbers] = {}
    for column, seen in world.seen:
        own = order
        if seen.layer.units != layer.units:
            place = {unit: at for at, unit in enumerate(seen.layer.units)}
            own = np.array([place.get(takes.get(unit, unit), place[unit]) for unit in seen.layer.units])
        changed[column] = seen.values(own)[0]
    if world.covariates is not None:
        changed |= world.covariates.exchanged(takes)
    return float(world.again.coefficients(changed)[world.place])


def possible(blocks: tuple[Codes, ...]) -> int:
    """How many different exchanges within blocks there are, counted as far as it matters."""
    count = 1
    for block in blocks:
        for size in range(2, len(block) + 1):
            count *= size
            if count >= FEW_WORLDS:
                return count
    return count
