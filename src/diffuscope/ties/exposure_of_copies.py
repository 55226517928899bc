"""Network exposure of many histories of adoption through the same ties at once, by the one operator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from diffuscope.ties.exposure import _exposures, _Past, _refuse_lag, _state, _weight, exposure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from diffuscope.records.arrays import Flags, Numbers
    from diffuscope.ties.exposure import Form, OneUnit
    from diffuscope.ties.layer import Layer


def exposure_of_copies(
    layer: Layer,
    adopted: NDArray[Any],
    *,
    form: Form | OneUnit = "share",
    success: Numbers | None = None,
    lag: int = 1,
    decay: float | None = None,
    cumulative: bool = True,
    periods: Sequence[str | int] | None = None,
) -> tuple[Numbers, Flags]:
    """Network exposure as by `exposure`, of many histories of adoption through the same ties at once.

    Parameters
    ----------
    layer : Layer
    adopted : array of bool or float, shape (B, S, T)
        As for `exposure`, of each copy.
    success : array of float, shape (S, T) or (B, S, T), optional
    form, lag, decay, cumulative, periods
        As for `exposure`.

    Returns
    -------
    values : array of float64, shape (B, N, T)
    isolates : array of bool, shape (N,), or (B, N, T) for ties that change

    Notes
    -----
    One product of the ties with all copies side by side: O(B T) for each tie.
    """
    if callable(form):
        return _copies_by_function(layer, adopted, form, success, lag, periods)
    copies, senders, span = adopted.shape
    state, unknown = _state(layer, np.moveaxis(adopted, 1, 0).reshape(senders, copies * span))
    past = _Past(state, unknown, decay=decay, cumulative=cumulative, copies=copies)
    if success is not None:
        own = np.broadcast_to(np.asarray(success, dtype=np.float64), adopted.shape)
        success = np.moveaxis(own, 1, 0).reshape(senders, copies * span)
    weight = _weight(layer, success, past.state.shape, form)
    _refuse_lag(lag, span)
    values, isolates = _exposures(layer, past, weight, form, lag=lag, periods=periods)
    values = np.moveaxis(values.reshape(-1, copies, span), 0, 1)
    if isolates.ndim == 2:
        isolates = np.moveaxis(isolates.reshape(-1, copies, span), 0, 1)
    return values, isolates


def _copies_by_function(  # noqa: PLR0917 what `exposure_of_copies` was given
    layer: Layer,
    adopted: NDArray[Any],
    one_unit: OneUnit,
    success: Numbers | None,
    lag: int,
    periods: Sequence[str | int] | None,
) -> tuple[Numbers, Flags]:
    """Copies one by one: a function of one unit knows no others."""
    own = None if success is None else np.broadcast_to(success, adopted.shape)
    exposures = [
        exposure(
            layer, state, form=one_unit, success=None if own is None else own[at], lag=lag, periods=periods
        )
        for at, state in enumerate(adopted)
    ]
    isolates = [one.isolates for one in exposures]
    alone = isolates[0] if isolates[0].ndim == 1 else np.array(isolates)
    return np.array([one.values for one in exposures]), alone
