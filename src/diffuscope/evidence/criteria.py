"""Necessary conditions of a mechanism (hoop tests), and whether the evidence leaves them standing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import polars as pl

from diffuscope.evidence.rule import rule
from diffuscope.evidence.weigh import TINY, at
from diffuscope.evidence.weight_of_evidence import Weights, total
from diffuscope.mechanisms.base import PRIOR_ADOPTION

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

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
            alike = [other for other in needed if other.one_of == item.one_of]
            requirements.append(
                Need(tuple(strands[each.perspective] if each.perspective else (each.id,) for each in alike))
            )
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


def failed(
    mechanism: Mechanism, reading: Reading, passages: pl.DataFrame, weights: Weights
) -> tuple[str, ...]:
    """Necessary criteria against which the evidence speaks so that the mechanism falls with them.

    Parameters
    ----------
    mechanism : Mechanism
    reading : {"narrow", "broad"}
    passages : polars.DataFrame
        The passages that count under that reading.
    weights : Weights
        The same as numbers.

    Returns
    -------
    tuple of str
        Ids; a criterion fails when what names it, pooled, comes to the weight that the stance rule states, as
        coded and also if every search had found its trace with the chance that the rule states.
    """
    line = rule().fails
    again = if_searched(passages, weights, line.searched)
    sunk = set()
    against = passages.filter(pl.col("decibans") < 0).select("criteria", "decibans")
    whole = against.explode("criteria", empty_as_null=False).group_by("criteria").sum()
    # undiscounted, and without what speaks for it, nothing can weigh more against a criterion
    near = set(whole.filter(pl.col("decibans") <= line.decibans + TINY)["criteria"])
    for item in mechanism.all_criteria:
        if item.id not in near:
            continue
        named = naming(passages, item.id)
        if all(total(each.where(named)) <= line.decibans + TINY for each in (weights, again)):
            sunk.add(item.id)
    fallen = {name for need in needs(mechanism, reading) for names in need.broken(sunk) for name in names}
    return tuple(item.id for item in mechanism.all_criteria if item.id in fallen)


def without_support(mechanism: Mechanism, reading: Reading, passages: pl.DataFrame) -> tuple[str, ...]:
    """Needs for which no passage speaks, in words; the order of adoptions is left to their dates."""
    supporting = passages.filter(pl.col("decibans") > TINY)
    supported = {PRIOR_ADOPTION.id, *supporting["criteria"].list.explode(empty_as_null=False)}
    bare = {item.id for item in mechanism.all_criteria} - supported
    lacking = [need.broken(bare) for need in needs(mechanism, reading)]
    return tuple(", or ".join(" and ".join(names) for names in need) for need in lacking if need)


def as_weights(passages: pl.DataFrame) -> Weights:
    """Passages as numbers."""
    return Weights(
        decibans=passages["decibans"].to_numpy(),
        cluster=codes(passages["cluster"]),
        document=codes(passages["source"]),
        coders=passages["coders"].to_numpy(),
    )


def if_searched(passages: pl.DataFrame, weights: Weights, chance: float) -> Weights:
    """The same passages if every search would have found its absent trace with one and the same chance."""
    return replace(weights, decibans=passages[at(chance)].to_numpy())


def codes(names: pl.Series) -> NDArray[np.int64]:
    """Codes in the order of first sight, so that sums do not depend on how things are called."""
    code = {name: place for place, name in enumerate(names.unique(maintain_order=True))}
    return np.fromiter((code[name] for name in names), dtype=np.int64, count=names.len())


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
