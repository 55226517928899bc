"""How far inferred edges run along the ties of each mechanism, given other ties and how alike units are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import polars as pl

from diffuscope.compute import stream
from diffuscope.errors import MethodError
from diffuscope.mechanisms import mechanisms
from diffuscope.networks.overlap import overlap
from diffuscope.records.inferred import LayerOverlap
from diffuscope.safeguards.engine.holm import holm
from diffuscope.tables.variables import measures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diffuscope.records.arrays import Numbers

PERMUTATIONS = 999
SHARED = ("edges_tied", "pairs_tied", "correlation", "p", "p_direction")
"""What the record takes over from the test."""
FEWEST = 2
"""Units below which nobody can be alike."""


def edges_along_ties(
    edges: Numbers,
    layers: Mapping[str, tuple[str, Numbers]],
    alike: Mapping[str, Numbers],
    seed: int,
    draws: int = PERMUTATIONS,
) -> tuple[LayerOverlap, ...]:
    """Overlap of an inferred network with the layer of each mechanism, with Holm's method over them.

    Parameters
    ----------
    edges : array of float, shape (N, N)
        Receiver by sender.
    layers : mapping of str to (str, array of float of shape (N, N))
        Name of the layer, and its ties, by mechanism.
    alike : mapping of str to array of float, shape (N, N)
        How alike units are in each variable that the question declares.
    seed, draws : int

    Returns
    -------
    tuple of LayerOverlap
        One a mechanism that there is, whether it has a layer or not.
    """
    found = []
    for name in mechanisms():
        if name not in layers:
            found.append(LayerOverlap(mechanism=name))
            continue
        layer, ties = layers[name]
        # a layer that bears two mechanisms cannot be held constant for itself
        others = [one for other, one in layers.values() if other != layer]
        rng = stream(seed, f"overlap {name}")
        try:
            result = overlap(edges, ties, [*others, *alike.values()], draws, rng)
        except MethodError as error:
            found.append(LayerOverlap(mechanism=name, layer=layer, refused=str(error)))
            continue
        shared = {one: getattr(result, one) for one in SHARED}
        found.append(LayerOverlap(mechanism=name, layer=layer, likeness=tuple(alike), **shared))
    adjusted = holm({one.mechanism: one.p for one in found if one.p is not None})
    return tuple(msgspec.structs.replace(one, p_holm=adjusted.get(one.mechanism)) for one in found)


def likeness(attributes: pl.DataFrame, variables: Sequence[str], units: Sequence[str]) -> dict[str, Numbers]:
    """How alike units are in each variable: minus the difference of numbers, or whether categories agree.

    Parameters
    ----------
    attributes : polars.DataFrame
        The table of a case.
    variables : sequence of str
    units : sequence of str

    Returns
    -------
    dict of str to array of float, shape (N, N)
        By the first known value of each unit. Pairs of which one is unknown are as alike as the mean of the
        others, which says nothing; a variable that fewer than two units have is left out.
    """
    kinds = measures(attributes)
    found: dict[str, Numbers] = {}
    for name in dict.fromkeys(variables):
        own = attributes.filter(pl.col("variable") == name).drop_nulls("value").sort("time", nulls_last=False)
        first = own.group_by("unit", maintain_order=True).agg(pl.col("value").first())
        value = dict(first.iter_rows())
        known = np.array([unit in value for unit in units])
        if known.sum() < FEWEST:
            continue
        if kinds.get(name) == "numbers":
            numbers = np.array([float(value.get(unit, "nan")) for unit in units])
            pairs = -np.abs(np.subtract.outer(numbers, numbers))
        else:
            codes = np.array([str(value.get(unit)) for unit in units])
            pairs = np.equal.outer(codes, codes).astype(np.float64)
        both = np.logical_and.outer(known, known) & ~np.eye(len(units), dtype=bool)
        found[name] = np.where(both, pairs, pairs[both].mean())
    return found
