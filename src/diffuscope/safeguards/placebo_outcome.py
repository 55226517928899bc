"""Adoptions of another policy as the outcome: what it cannot have moved, it should not foretell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.compute import map_items
from diffuscope.records import Safeguard
from diffuscope.safeguards.beside import World, both, first_period, withstood
from diffuscope.safeguards.forward import Forward, unable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from diffuscope.panel.seen import Part, Seen
    from diffuscope.records import SafeguardName
    from diffuscope.safeguards.question import Question

    Codes = NDArray[np.int64]
    Numbers = NDArray[np.float64]

NAME: SafeguardName = "placebo outcome"
DRAWS = 199
STANDS_OUT = (
    "If the policies have nothing to do with each other, tied units have something in common that the model "
    "lacks."
)
PASSES = "What tied units have in common, and the model lacks, does not show here."
ALONE = (
    "The panel has one policy, and no unrelated policy was handed in whose adoptions could be explained by "
    "the same ties."
)


@dataclass(frozen=True)
class _Asked:
    """What every draw needs.

    Attributes
    ----------
    forward : Forward
    column : str
    place : int
    first : mapping of str to int
        Period of the first column, by policy.
    given : Seen or None
        What others had done about the policies asked about; None: they are those of the world itself.
    starts : mapping of str to int
        Period of the first column of each part of `given`.
    """

    forward: Forward
    column: str
    place: int
    first: Mapping[str, int]
    given: Seen | None
    starts: Mapping[str, int]


def placebo_outcome(
    question: Question,
    column: str,
    *,
    unrelated: Question | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    workers: int | None = None,
) -> Safeguard:
    """Whether exposure to adopters of one policy goes with the adoption of another, unrelated one.

    Parameters
    ----------
    question : Question
    column : str
        The exposure.
    unrelated : Question, optional
        The same model of policies that have nothing to do with those asked about: same ties, same period. By
        default each policy of the panel stands for the others.
    draws : int
        Worlds drawn from the model of the unrelated policies, in which each spreads by itself.
    seed : int
    workers : int, optional

    Returns
    -------
    Safeguard
        Value: the coefficient of exposure to adopters of the other policies, beside exposure to those of the
        own, on the scale of the linear predictor; low and high: the 2.5 and 97.5 % points of the draws.

    Notes
    -----
    Exposure to the own policy's adopters stays in the model: policies that each spread through the same ties
    rise together, and would stand out without it. Of several other policies the mean is taken.
    """
    asked_of = question if unrelated is None else unrelated
    place = asked_of.place(column)
    reason = _misfit(question, asked_of, column) or unable(asked_of)
    if reason is not None:
        return Safeguard(name=NAME, applies=False, passed=None, says=reason)
    seen, given = asked_of.channel(column).seen, None
    if unrelated is not None:
        given = question.channel(column).seen
    asked = _Asked(
        forward=Forward.of(asked_of),
        column=column,
        place=place,
        first=_starts(seen, asked_of),
        given=given,
        starts=_starts(given, question) if given is not None else _starts(seen, asked_of),
    )
    observed = _across(asked, World.observed(asked_of))
    drawn = map_items(_draw, range(draws), asked, seed=seed, name=f"{NAME} {column}", workers=workers)
    what = "Exposure to adopters of other policies, beside those of the policy itself,"
    return withstood(NAME, observed, np.array(drawn), (what, STANDS_OUT, PASSES))


def _misfit(question: Question, other: Question, column: str) -> str | None:
    """Why two questions cannot be put to each other."""
    if other is question:
        return ALONE if len(question.panel.policies) == 1 else None
    if question.panel.period != other.panel.period:
        return (
            f"The unrelated policies are watched by {other.panel.period}, those asked about by "
            f"{question.panel.period}."
        )
    shared = set(question.panel.policies) & set(other.panel.policies)
    if shared:
        return f"`{sorted(shared)[0]}` is among the policies asked about and among the unrelated ones."
    if question.channel(column).seen.layer.units != other.channel(column).seen.layer.units:
        return "The ties of the two models are not between the same units."
    return None


def _starts(seen: Seen, question: Question) -> dict[str, int]:
    time = question.panel.table()["time"].to_numpy()
    return {part.policy: first_period(part, time) for part in seen.parts}


def _across(asked: _Asked, world: World) -> float:
    own = world.seen[asked.column]
    other = _others(own, asked.first, asked.given or own, asked.starts)
    return both(world, asked.column, asked.place, other[world.at])[1]


def _others(own: Seen, first: Mapping[str, int], given: Seen, starts: Mapping[str, int]) -> Numbers:
    """Mean exposure of each row of `own` to adopters of all policies of `given` but the row's own."""
    total, many = np.zeros(own.rows), np.zeros(own.rows)
    for source in given.parts:
        parts = [
            _moved(source, part, first[part.policy] - starts[source.policy], given.look.lag)
            for part in own.parts
            if part.policy != source.policy
        ]
        values = replace(given, parts=tuple(parts), rows=own.rows, strange=own.strange).values()[0]
        known = np.isfinite(values)
        total[known] += values[known]
        many[known] += 1
    return np.where(many > 0, total / np.maximum(many, 1), np.nan)


def _moved(source: Part, rows: Part, shift: int, lag: int) -> Part:
    """What rows of one policy see of another's adopters, in the periods in which both were watched."""
    time = rows.time + shift
    inside = (time >= lag) & (time < source.state.shape[1])
    return replace(source, at=rows.at[inside], unit=rows.unit[inside], time=time[inside])


def _draw(asked: _Asked, _: int, rng: np.random.Generator) -> float:
    return _across(asked, asked.forward.world(rng))
