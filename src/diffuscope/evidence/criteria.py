"""Necessary conditions of a mechanism (hoop tests), and whether the evidence leaves them standing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import polars as pl

from diffuscope.evidence.rule import rule
from diffuscope.evidence.weigh import TINY
from diffuscope.evidence.weight_of_evidence import total
from diffuscope.mechanisms.base import PRIOR_ADOPTION

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from diffuscope.evidence.passage_arrays import PassageArrays
    from diffuscope.mechanisms import Criterion, Mechanism

Reading = Literal["narrow", "broad"]


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
    requirements: list[Need] = []
    for item in needed:
        if item.one_of is not None:
            alternatives = [other for other in needed if other.one_of == item.one_of]
            ids = [strands[one.perspective] if one.perspective else (one.id,) for one in alternatives]
            requirements.append(Need(tuple(ids)))
        elif item.perspective is None:
            requirements.append(Need(((item.id,),)))
        elif item.perspective not in grouped:
            # needed within its perspective: the mechanism falls only when all perspectives do
            requirements.append(Need(tuple(strands.values())))
    return tuple(dict.fromkeys(requirements))


def _is_needed(item: Criterion, reading: Reading) -> bool:
    necessary = item.role in ("necessary", "diffusion")
    return necessary and (reading == "narrow" or item.definition is None)


def naming(passages: pl.DataFrame, criterion: str) -> NDArray[np.bool_]:
    """Which passages name a criterion."""
    return passages["criteria"].list.contains(criterion).to_numpy()


def failed(mechanism: Mechanism, reading: Reading, passages: PassageArrays) -> tuple[str, ...]:
    """Necessary criteria against which the evidence speaks so that the mechanism falls with them.

    Parameters
    ----------
    mechanism : Mechanism
    reading : {"narrow", "broad"}
    passages : PassageArrays
        The passages that count under that reading.

    Returns
    -------
    tuple of str
        Ids; a criterion fails when what names it, pooled, comes to the weight that the stance rule states, as
        coded and also if every search had found its trace with the chance that the rule states.
    """
    line = rule().fails
    weights, searched = passages.weights, passages.if_searched(line.searched)
    # a bound that is quick to compute: most criteria cannot fail, and pooling is needed only for those that
    # may
    against = np.minimum(weights.decibans, 0.0)
    sunk = set()
    for name, own in passages.criteria.items():
        # undiscounted, and without what speaks for it, nothing can weigh more against a criterion
        if against[own].sum() > line.decibans + TINY:
            continue
        if all(total(each.where(own)) <= line.decibans + TINY for each in (weights, searched)):
            sunk.add(name)
    fallen = {name for need in needs(mechanism, reading) for names in need.broken(sunk) for name in names}
    return tuple(item.id for item in mechanism.all_criteria if item.id in fallen)


def without_support(mechanism: Mechanism, reading: Reading, passages: PassageArrays) -> tuple[str, ...]:
    """Needs for which no passage speaks, in words; the order of adoptions is left to their dates."""
    speaks = passages.weights.decibans > TINY
    supported = {PRIOR_ADOPTION.id, *(name for name, own in passages.criteria.items() if speaks[own].any())}
    bare = {item.id for item in mechanism.all_criteria} - supported
    lacking = [need.broken(bare) for need in needs(mechanism, reading)]
    return tuple(", or ".join(" and ".join(names) for names in need) for need in lacking if need)


def with_reading(mechanism: Mechanism, passages: pl.DataFrame) -> pl.DataFrame:
    """The passages, each with the reading of the mechanism under which alone it counts, if any.

    A passage that bears on nothing but what the narrow reading asks for counts under that reading only,
    whether or not its coder said so.
    """
    if mechanism.readings is None:
        return passages.with_columns(definition=pl.lit(None, dtype=pl.String))
    only_narrow = pl.col("definition").is_null() & narrow_only(mechanism, pl.col("criteria"))
    return passages.with_columns(
        definition=pl.when(only_narrow).then(pl.lit("narrow")).otherwise("definition")
    )


def narrow_only(mechanism: Mechanism, criteria: pl.Expr) -> pl.Expr:
    """Whether a list of criteria names nothing but what the narrow reading alone asks for."""
    narrow = [item.id for item in mechanism.criteria if item.definition == "narrow"]
    return criteria.list.eval(pl.element().is_in(narrow)).list.all() & (criteria.list.len() > 0)


def under(passages: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """The passages that count, under one reading of the mechanism."""
    return passages.filter(
        pl.col("counts") & (pl.col("definition").is_null() | (pl.col("definition") == reading))
    )


def bearing_on(mechanism: Mechanism, perspective: str, passages: pl.DataFrame) -> NDArray[np.bool_]:
    """Which passages bear on one perspective: on its own criteria, or on what all perspectives share."""
    others = [item.id for item in mechanism.criteria if item.perspective not in (None, perspective)]
    return (~passages["criteria"].list.eval(pl.element().is_in(others)).list.all()).to_numpy()
