"""Canonical order of units: by what is known of them and their ties, never by what they are called.

What is drawn at random goes to units by their place in an order. Where that order were one of names, renaming
units would change the draws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from diffuscope.records.arrays import Codes, Numbers
    from diffuscope.ties.layer import Layer


ROUNDS = 2
"""How far along the ties units are told apart: by their own facts, their neighbours', and those of these."""
DIGITS = 9
"""Significant digits compared: sums taken in another order differ in later ones."""


def canonical_order(layer: Layer, rows: pl.DataFrame) -> Codes:
    """Places of a layer's units in an order that does not depend on their names.

    Parameters
    ----------
    layer : Layer
    rows : polars.DataFrame
        Of a panel.

    Returns
    -------
    array of int, shape (N,)
        Units that nothing tells apart stand by name: to exchange them changes no result.
    """
    facts = _facts(rows, layer.units)
    weights = layer.snapshots[-1][1]
    receiving = set(layer.units)
    among = layer.from_senders([one for one in layer.senders if one in receiving])
    square = among.snapshots[-1][1]
    place = {unit: at for at, unit in enumerate(layer.units)}
    senders = np.array([place[one] for one in among.senders], dtype=np.int64)
    columns = [*facts.T, np.asarray(weights.sum(axis=1)).ravel()]
    mixed = _mixed(columns)
    # colour refinement (Weisfeiler & Leman 1968) on numbers: units differ if what they are tied to differs
    for _ in range(ROUNDS):
        received = np.asarray(square @ mixed[senders]).ravel()
        given = np.zeros(len(layer.units))
        given[senders] = np.asarray(square.T @ mixed).ravel()
        columns += [received, given]
        mixed = _mixed(columns)
    keys = [_rounded(column) for column in columns]
    # the last key of lexsort is the first compared, hence reversed; names only break what is left
    return np.lexsort([np.array(layer.units), *reversed(keys)])


def _facts(rows: pl.DataFrame, units: tuple[str, ...]) -> Numbers:
    """Sums over the rows of each unit: rows, and every column of numbers; shape (N, q)."""
    numeric = [name for name, kind in rows.schema.items() if kind.is_numeric() and not name.startswith("_")]
    sums = rows.group_by("unit").agg(
        pl.len().alias("_rows"),
        pl.col("time").min().alias("_first"),
        (pl.col("time") * pl.col("event")).sum().alias("_when"),
        *(pl.col(name).cast(pl.Float64).fill_nan(None).sum() for name in numeric),
    )
    own = pl.DataFrame({"unit": list(units)}, schema={"unit": pl.String})
    joined = own.join(sums, on="unit", how="left", maintain_order="left").drop("unit")
    return joined.cast(pl.Float64).fill_null(-1.0).to_numpy()


def _mixed(columns: list[Numbers]) -> Numbers:
    """One number a unit, in which all its facts have a part."""
    total = np.zeros(len(columns[0]))
    for at, column in enumerate(columns):
        spread = float(np.abs(column).max(initial=0.0))
        if spread > 0:
            # irrational weights, so that no two sets of facts of rounded numbers are likely to give the same
            # sum
            total += np.sqrt(at + 2.0) % 1 * column / spread
    return total


def _rounded(column: Numbers) -> Numbers:
    spread = float(np.abs(column).max(initial=0.0))
    return np.round(column / spread, DIGITS) if spread > 0 else column
