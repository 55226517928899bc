"""Shuffled success: learning or emulation, does it matter how it went with those who adopted?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.compute import stream
from diffuscope.safeguards.engine.check import Check, SafeguardOptions, missing, not_asked
from diffuscope.safeguards.engine.draws import drawn
from diffuscope.safeguards.engine.permutation import permutation_result
from diffuscope.safeguards.engine.relabel import FEW_EXCHANGES, possible

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from diffuscope.models.refit import Refitter
    from diffuscope.panel.seen import Part, Seen
    from diffuscope.records import Safeguard
    from diffuscope.safeguards.question import Question

    Codes = NDArray[np.int64]
    Numbers = NDArray[np.float64]

NAME = "shuffled success"


@dataclass(frozen=True)
class _Null:
    """What every draw needs."""

    refitter: Refitter
    column: str
    seen: Seen
    groups: tuple[tuple[Codes, ...], ...]
    place: int
    seed: int


def shuffled_success(question: Question, column: str, options: SafeguardOptions) -> Safeguard:
    """Permutation test of an exposure to success: is it larger than where adopters exchange their results?

    Ties and dates stay. Those who adopted a policy in the same period exchange how it went with them.
    Learning must fall to nothing then; emulation does not mind. One-sided.

    Parameters
    ----------
    question : Question
    column : str
        The exposure.
    options : SafeguardOptions

    Returns
    -------
    Safeguard
        As of `permuted_ties`.
    """
    seen = question.channel(column).seen
    if all(part.success is None for part in seen.parts):
        return not_asked("The exposure does not weigh how it went with those who adopted.")
    groups = tuple(tuple(_together(part)) for part in seen.parts)
    worlds = possible([group for own in groups for group in own])
    if worlds < FEW_EXCHANGES:
        return missing(
            f"Success can be dealt out in {worlds} ways only: hardly anybody adopted at the same time."
        )
    null = _Null(question.refitter, column, seen, groups, question.place(column), options.seed)
    observed = question.coefficient(column)
    found = drawn(
        _draw, null, options.draws, options, at_once=seen.at_once, name=f"{NAME} {column}", observed=observed
    )
    return permutation_result(observed, found, "adopters of one period exchange how it went with them")


def _together(part: Part) -> list[Codes]:
    """Senders who adopted in the same period and of whom it is known how it went.

    They stand by their results, not by name, so that draws do not depend on what units are called.
    """
    if part.success is None:
        return []
    adopted = part.state == 1
    known = adopted.any(axis=1) & np.isfinite(part.success).any(axis=1)
    first = np.where(adopted.any(axis=1), adopted.argmax(axis=1), -1)
    order = np.lexsort(np.nan_to_num(part.success, nan=-np.inf).T)
    return [order[known[order] & (first[order] == when)] for when in np.unique(first[known])]


def _draw(null: _Null, numbers: range) -> Numbers:
    seen, values = null.seen, np.full((len(numbers), null.seen.rows), np.nan)
    streams = [stream(null.seed, f"{NAME} {null.column}", number) for number in numbers]
    for part, groups in zip(seen.parts, null.groups, strict=True):
        states = np.repeat(part.state[None], len(numbers), axis=0)
        dealt = (
            None if part.success is None else np.array([_dealt(part.success, groups, rng) for rng in streams])
        )
        values[:, part.at] = seen.of_states(part, states, dealt)[:, part.unit, part.time]
    values[:, seen.strange] = np.nan
    return null.refitter.coefficients({null.column: values})[:, null.place]


def _dealt(success: Numbers, groups: tuple[Codes, ...], rng: np.random.Generator) -> Numbers:
    found = success.copy()
    for group in groups:
        found[group] = success[rng.permutation(group)]
    return found


SAFEGUARD = Check(
    name=NAME,
    asks="Is the coefficient larger than where those who adopted together exchange how it went with them?",
    role="beside",
    run=shuffled_success,
)
