"""Weight of the tie between the two units of each dyad, as it was when the sender could be followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.panel.exposure_history import dates_of

if TYPE_CHECKING:
    from diffuscope.panel.exposure_history import ExposureColumn
    from diffuscope.panel.panel import History
    from diffuscope.records.arrays import Codes, Numbers
    from diffuscope.ties.layer import Layer, Matrix


def tie_weights(dyads: pl.DataFrame, history: History, exposure: ExposureColumn) -> pl.Series:
    """How strongly the sender of each dyad acts on its receiver, through the ties of an exposure.

    Parameters
    ----------
    dyads : polars.DataFrame
        Rows of `dyad_period`.
    history : History
        Of the panel that was paired.
    exposure : ExposureColumn
        The exposure whose ties and lag are used.

    Returns
    -------
    polars.Series
        0 where the two have no tie. Null where nothing is known: the receiver has no ties at all, or the ties
        were not known yet; the exposure is not known there either.
    """
    layer = exposure.layer
    receiver, sender = _places(dyads["receiver"], layer.units), _places(dyads["sender"], layer.senders)
    weights = np.full(dyads.height, np.nan)
    # the same lag as the exposure: ties of t - lag, as adoptions of t - lag
    time = dyads["time"].to_numpy() - exposure.spec.lag
    for at, matrix in _in_force(layer, history, time):
        weights[at] = _weights(matrix, receiver[at], sender[at])
    return pl.Series(weights, nan_to_null=True)


def _places(names: pl.Series, order: tuple[str, ...]) -> Codes:
    place = {name: at for at, name in enumerate(order)}
    return names.replace_strict(place, default=-1, return_dtype=pl.Int64).to_numpy().astype(np.int64)


def _in_force(layer: Layer, history: History, time: Codes) -> list[tuple[Codes, Matrix]]:
    """Rows that see the same ties, each with these; rows before any tie was known are in none."""
    if not time.size:
        return []
    span = range(int(time.min()), int(time.max()) + 1)
    dates = dates_of(history, span, layer)
    if dates is None:
        return [(np.arange(time.size), layer.snapshots[0][1])]
    parts = []
    for number in np.unique(time):
        matrix = layer.at(dates[int(number) - span.start])
        if matrix is not None:
            parts.append((np.flatnonzero(time == number), matrix))
    return parts


def _weights(matrix: Matrix, receiver: Codes, sender: Codes) -> Numbers:
    """Entries of a matrix; not known in a row without any entry, or of a receiver without a row."""
    ties, width = matrix.tocoo(), matrix.shape[1]
    keys = ties.row.astype(np.int64) * width + ties.col
    order = np.argsort(keys)
    keys, values = np.r_[keys[order], -1], np.r_[ties.data[order], 0.0]
    wanted = receiver * width + sender
    place = np.searchsorted(keys[:-1], wanted)
    tied = (keys[place] == wanted) & (sender >= 0) & (receiver >= 0)
    has_ties = np.r_[np.diff(matrix.indptr) > 0, False]  # the last is for a receiver without a row
    return np.where(has_ties[receiver], np.where(tied, values[place], 0.0), np.nan)
