"""Relabelling: units exchange their places in a network, once and for all periods and policies.

Whoever was ever at risk may exchange with anybody else who was. Blocks by the first period at risk would
hold one unit each where units enter one by one, so that nothing could be exchanged; exchanging within risk
sets fails where units differ in unseen ways over several policies (6 % on each side with one relabelling, 14
and 10 % within risk sets, in 269 worlds).

Units that decided together are one event, so they exchange as one: with as many others that decided
together, and never among each other (whole-block permutation; Winkler et al. 2015,
doi:10.1016/j.neuroimage.2015.05.092).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.compute import stream
from diffuscope.panel.canonical_order import canonical_order
from diffuscope.panel.decisions import DECIDER
from diffuscope.safeguards.engine.check import missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.panel.exposure_history import ExposureInputs
    from diffuscope.records import Safeguard
    from diffuscope.records.arrays import Codes
    from diffuscope.safeguards.tested_model import TestedModel


FEW_EXCHANGES = 20
"""Different exchanges below which no p-value can fall under 5 %."""


def blocks(tested: TestedModel, inputs: ExposureInputs) -> tuple[Codes, ...]:
    """Places in a layer of units that may be exchanged: ever at risk, of one stratum; in canonical order.

    Returns
    -------
    tuple of array of int, shape (M, K)
        Rows of each exchange places: K units that decided together, 1 where they decide alone.
    """
    rows = tested.panel.table()
    decider = _deciders(rows)
    together: dict[str, list[int]] = {}
    for place in canonical_order(inputs.layer, rows).tolist():
        unit = inputs.layer.units[place]
        # whoever was never at risk has no rows to exchange, and stays where it is
        if unit in decider:
            together.setdefault(decider[unit], []).append(place)
    blocks_of: dict[tuple[str, ...], list[list[int]]] = {}
    stratum_of = tested.strata or {}
    for places in together.values():
        strata = [repr(stratum_of.get(inputs.layer.units[place])) for place in places]
        turn = sorted(range(len(places)), key=strata.__getitem__)
        # groups exchange with groups of the same strata, place by place in their order
        blocks_of.setdefault(tuple(sorted(strata)), []).append([places[at] for at in turn])
    return tuple(np.array(each, dtype=np.int64) for each in blocks_of.values())


def _deciders(rows: pl.DataFrame) -> dict[str, str]:
    """Who decides for each unit that was ever at risk: itself, or those who decided together with it."""
    who = DECIDER if DECIDER in rows.columns else "unit"
    return dict(rows.select("unit", pl.col(who).alias("who")).unique(maintain_order=True).iter_rows())


def relabellings(units: int, own: Sequence[Codes], numbers: range, seed: int, name: str) -> Codes:
    """Random exchanges of units within blocks, as `ExposureInputs.exchanged` takes them; shape (B, units).

    Parameters
    ----------
    units : int
        How many units the layer has; those in no block stay.
    own : sequence of array of int
        From `blocks`.
    numbers : range
        Which of the draws of this seed and name; each has its own stream.
    seed : int
    name : str
    """
    orders = np.tile(np.arange(units), (len(numbers), 1))
    for at, number in enumerate(numbers):
        # a stream for each draw, so that a draw is the same in whatever batch it comes
        rng = stream(seed, name, number)
        for block in own:
            orders[at, block] = block[rng.permutation(len(block))]
    return orders


def too_few(own: Sequence[Codes]) -> Safeguard | None:
    """Missing, with the reason, where there are too few different exchanges; None where there are enough."""
    worlds = possible(own)
    if worlds >= FEW_EXCHANGES:
        return None
    together = sum(block.size for block in own if block.shape[1] > 1)
    why = (
        f" {together} of the units decided together with others and are exchanged as one group."
        if together
        else ""
    )
    return missing(f"Only {worlds} exchanges of units are possible, which is too few for a test.{why}")


def possible(own: Sequence[Codes]) -> int:
    """How many different exchanges within blocks there are, counted as far as it matters."""
    count = 1
    for block in own:
        # K! orders of a block with K rows; it stops early, since K! grows beyond all need
        for size in range(2, len(block) + 1):
            count *= size
            if count >= FEW_EXCHANGES:
                return count
    return count
