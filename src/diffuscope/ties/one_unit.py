"""Exposure of one unit at a time: a mechanism's own function, called, or compared with the operator's
form."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from diffuscope.ties.exposure import CONTEMPORANEOUS, Exposure, exposure, in_force
from diffuscope.ties.layer import Layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.records.arrays import Numbers
    from diffuscope.ties.exposure import Form, OneUnit
    from diffuscope.ties.layer import Matrix


OWN = "own"
PROBES, UNITS, PERIODS = 8, 7, 4
"""Made networks on which a function and a form are compared."""


def by_one_unit(
    layer: Layer,
    state: Numbers,
    one_unit: OneUnit,
    *,
    success: Numbers | None = None,
    lag: int = 1,
    periods: Sequence[str | int] | None = None,
) -> Exposure:
    """Exposure by a function of one unit: its ties by sender, who had adopted, and with what success.

    Parameters
    ----------
    layer : Layer
        N receivers and S senders.
    state : array of float, shape (S, T)
        Whether each sender had adopted at the end of each period, or how strongly it wants to; NaN: not
        known.
    one_unit : callable
        From three mappings by sender (ties; adoption; success; None: not known) to a number, or None.
    success : array of float, shape (S,) or (S, T), optional
    lag, periods
        As for `exposure`.

    Returns
    -------
    Exposure
        Of the form ``own``: NaN where the function gives None, and for whoever has no ties.
    """
    count = state.shape[1]
    values = np.full((len(layer.units), count), np.nan)
    isolates = np.zeros(values.shape, dtype=bool)
    results = np.full(state.shape, np.nan) if success is None else _wide(success, count)
    for columns, matrix in in_force(layer, count - lag, lag, periods):
        ties = _ties(layer, matrix)
        later = slice(columns.start + lag, columns.stop + lag)
        isolates[:, later] = np.array([not own for own in ties])[:, None]
        for at in range(columns.start, columns.stop):
            adopted, heard = (_known(layer.senders, of[:, at]) for of in (state, results))
            exposures = (one_unit(own, adopted, heard) if own else None for own in ties)
            values[:, at + lag] = [math.nan if one is None else one for one in exposures]
    return Exposure(
        values=values,
        isolates=isolates if layer.changes else isolates[:, -1],
        layer=layer.name,
        form=OWN,
        lag=lag,
        units=layer.units,
        periods=tuple(periods) if periods is not None else tuple(range(1, count + 1)),
        notes=(*layer.notes, *((CONTEMPORANEOUS,) if lag == 0 else ())),
    )


def disagreement(one_unit: OneUnit, form: Form, *, degrees: bool = False) -> str | None:
    """Where a function of one unit and a form of the operator differ on small made networks; None: nowhere.

    Parameters
    ----------
    one_unit : callable
    form : {"share", "sum", "attribute share", "mean success"}
    degrees : bool
        Whether senders want the policy more or less strongly, instead of having adopted or not.

    Returns
    -------
    str or None
        The first unit and period that differ, with both numbers.

    Notes
    -----
    The networks hold units without ties, senders of whom it is not known whether they had adopted, and
    adopters of whose success nothing is known.
    """
    for seed in range(PROBES):
        layer, state, success = _made(np.random.default_rng(seed), degrees=degrees)
        given = success if form in ("mean success", "attribute share") else None
        expected = exposure(layer, state, form=form, success=given).values
        try:
            computed = by_one_unit(layer, state, one_unit, success=success).values
        except (TypeError, KeyError, ZeroDivisionError, ValueError) as error:
            return f"it fails with {type(error).__name__}: {error}"
        # rounding in another order of the sum is no disagreement
        differs = ~np.isclose(computed, expected, rtol=1e-9, atol=1e-12, equal_nan=True)
        if differs.any():
            unit, period = (int(at[0]) for at in np.nonzero(differs))
            numbers = (_word(one[unit, period]) for one in (computed, expected))
            return "on a made network it gives {}, the form {}".format(*numbers)
    return None


class _Network(NamedTuple):
    """A layer, what its senders had done in each period, and the success of each."""

    layer: Layer
    state: Numbers
    success: Numbers


def _made(rng: np.random.Generator, *, degrees: bool) -> _Network:
    """A small network with everything that a function must be able to bear."""
    ties = rng.random((UNITS, UNITS)) * (rng.random((UNITS, UNITS)) < 0.45)
    np.fill_diagonal(ties, 0)
    ties[rng.integers(UNITS)] = 0
    state = rng.random((UNITS, PERIODS))
    if not degrees:
        first = rng.integers(0, 2 * PERIODS, UNITS)
        state = (np.arange(PERIODS) >= first[:, None]).astype(np.float64)
    success = rng.random(UNITS)
    if rng.random() < 0.5:
        state[rng.integers(UNITS), PERIODS // 2 :] = np.nan
        success[rng.integers(UNITS)] = np.nan
    return _Network(Layer(name="made", units=tuple("abcdefg"), weights=ties), state, success)


def _ties(layer: Layer, matrix: Matrix) -> list[dict[str, float]]:
    ends = matrix.indptr
    return [
        {
            layer.senders[sender]: float(weight)
            for sender, weight in zip(matrix.indices[start:end], matrix.data[start:end], strict=True)
        }
        for start, end in pairwise(ends.tolist())
    ]


def _known(senders: tuple[str, ...], values: Numbers) -> dict[str, float | None]:
    return {
        one: None if math.isnan(value) else value for one, value in zip(senders, values.tolist(), strict=True)
    }


def _wide(success: Any, count: int) -> Numbers:
    values = np.asarray(success, dtype=np.float64)
    return np.broadcast_to(values.reshape(len(values), -1), (len(values), count))


def _word(value: float) -> str:
    return "nothing (not known)" if math.isnan(value) else f"{value:.6g}"
