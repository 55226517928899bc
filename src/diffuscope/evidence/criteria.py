"""What must be there for a mechanism to have been at work, and whether the evidence leaves it standing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import polars as pl

from diffuscope.evidence.odds import Weights, total
from diffuscope.evidence.weigh import TINY
from diffuscope.mechanisms.base import PRIOR_ADOPTION

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from diffuscope.mechanisms import Criterion, Mechanism

Reading = Literal["narrow", "broad"]
FAILS = -7.0
"""Weight at which the evidence on a necessary criterion says that it was not met (dB)."""
SEARCHED = 0.5
"""How well an absent trace must have been searched for before its absence can sink a criterion."""


class Need(NamedTuple):
    """Something a mechanism cannot do without.

    One alternative has to hold, and an alternative holds when all its criteria do. Most needs are one
    criterion; learning needs one of three channels, each with what its perspective asks for.
    """

    alternatives: tuple[tuple[str, ...], ...]

    def broken(self, criteria: Collection[str]) -> tuple[tuple[str, ...], ...]:
        """Of each alternative the criteria that break it when these do not hold; empty where one stands."""
        hit = tuple(tuple(item for item in needed if item in criteria) for needed in self.alternatives)
        return hit if all(hit) else ()


def needs(mechanism: Mechanism, reading: Reading) -> tuple[Need, ...]:
    """What a mechanism needs under one of its readings, in the order of its criteria."""
    needed = [item for item in mechanism.all_criteria if _is_needed(item, reading)]
    strands = {
        name: tuple(item.id for item in needed if item.perspective == name) for name in mechanism.perspectives
    }
    grouped = {item.perspective for item in needed if item.one_of is not None}
    found: list[Need] = []
    for item in needed:
        if item.one_of is not None:
            alike = [other for other in needed if other.one_of == item.one_of]
            found.append(
                Need(tuple(strands[each.perspective] if each.perspective else (each.id,) for each in alike))
            )
        elif item.perspective is None:
            found.append(Need(((item.id,),)))
        elif item.perspective not in grouped:
            # needed within its perspective: the mechanism falls only when all perspectives do
            found.append(Need(tuple(strands.values())))
    return tuple(dict.fromkeys(found))


def _is_needed(item: Criterion, reading: Reading) -> bool:
    necessary = item.role in ("necessary", "diffusion")
    return necessary and (reading == "narrow" or item.definition is None)


def naming(found: pl.DataFrame, criterion: str) -> NDArray[np.bool_]:
    """Which passages name a criterion."""
    return found["criteria"].list.contains(criterion).to_numpy()


def failed(mechanism: Mechanism, reading: Reading, found: pl.DataFrame, weights: Weights) -> tuple[str, ...]:
    """Necessary criteria against which the evidence speaks so that the mechanism falls with them.

    Parameters
    ----------
    mechanism : Mechanism
    reading : {"narrow", "broad"}
    found : polars.DataFrame
        The passages that count under that reading.
    weights : Weights
        The same passages as numbers.

    Returns
    -------
    tuple of str
        Ids; a criterion fails when all passages that name it weigh −7 dB or less at ρ = .3, absent traces
        among them only where the search would have found them with a chance of .5 or more.
    """
    sunk = {
        item.id
        for item in mechanism.all_criteria
        if total(weights.where(naming(found, item.id) & well_searched(found))) <= FAILS + TINY
    }
    fallen = {name for need in needs(mechanism, reading) for names in need.broken(sunk) for name in names}
    return tuple(item.id for item in mechanism.all_criteria if item.id in fallen)


def well_searched(found: pl.DataFrame) -> NDArray[np.bool_]:
    """Which passages may sink a criterion: those seen, and those searched for well enough."""
    return (found["sure"].fill_null(1.0) >= SEARCHED - TINY).to_numpy()


def without_evidence(mechanism: Mechanism, reading: Reading, found: pl.DataFrame) -> tuple[str, ...]:
    """Needs on which no passage bears, in words; the order of adoptions is left to their dates."""
    silent = {
        item.id
        for item in mechanism.all_criteria
        if item.id != PRIOR_ADOPTION.id and not naming(found, item.id).any()
    }
    lacking = [need.broken(silent) for need in needs(mechanism, reading)]
    return tuple(", or ".join(" and ".join(names) for names in need) for need in lacking if need)


def with_reading(mechanism: Mechanism, found: pl.DataFrame) -> pl.DataFrame:
    """The passages, each with the reading of the mechanism under which alone it counts, if any.

    A passage that bears on nothing but what the narrow reading asks for counts under that reading only,
    whether or not its coder said so.
    """
    if mechanism.readings is None:
        return found.with_columns(definition=pl.lit(None, dtype=pl.String))
    only_narrow = pl.col("definition").is_null() & narrow_only(mechanism, pl.col("criteria"))
    return found.with_columns(definition=pl.when(only_narrow).then(pl.lit("narrow")).otherwise("definition"))


def narrow_only(mechanism: Mechanism, criteria: pl.Expr) -> pl.Expr:
    """Whether a list of criteria names nothing but what the narrow reading alone asks for."""
    narrow = [item.id for item in mechanism.criteria if item.definition == "narrow"]
    return criteria.list.eval(pl.element().is_in(narrow)).list.all() & (criteria.list.len() > 0)


def under(found: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """The passages that count, under one reading of the mechanism."""
    return found.filter(
        pl.col("counts") & (pl.col("definition").is_null() | (pl.col("definition") == reading))
    )


def bearing_on(mechanism: Mechanism, perspective: str, found: pl.DataFrame) -> NDArray[np.bool_]:
    """Which passages bear on one perspective: on its own criteria, or on what all perspectives share."""
    others = [item.id for item in mechanism.criteria if item.perspective not in (None, perspective)]
    return (~found["criteria"].list.eval(pl.element().is_in(others)).list.all()).to_numpy()
