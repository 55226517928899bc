"""Proximity and hierarchy: ties of geography and government. They bear no mechanism's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from diffuscope.errors import MethodError, PlanError
from diffuscope.records.phrases import counted, noun
from diffuscope.ties.layer import Layer, without_self
from diffuscope.ties.when_named import refuse_pairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

EARTH_KM = 6371.0088
"""Mean radius of the earth."""
PLACES = ("units.lat", "units.lon")


def great_circle(latitude: Any, longitude: Any) -> NDArray[np.float64]:
    """Great-circle distance between places in kilometres, shape (N, N), by the haversine formula.

    >>> [round(km) for km in great_circle([0, 0, 90], [0, 90, 0])[0]]  # quarters of a meridian
    [0, 10008, 10008]
    """
    lat, lon = (np.radians(np.asarray(degrees, dtype=np.float64)) for degrees in (latitude, longitude))
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    # haversine rather than the arc cosine, which loses all digits of places that are near each other
    half = half + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    # rounding may put antipodes a digit above 1, of which there is no arc sine
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1))))


def distance(units: Sequence[str], latitude: Any, longitude: Any, *, within: float | None = None) -> Layer:
    """Inverse-distance weights: 1/km, within a radius if one is given.

    Parameters
    ----------
    units : sequence of str, length N
    latitude, longitude : array of float, shape (N,)
        In degrees.
    within : float, optional
        Radius in kilometres.

    Returns
    -------
    Layer

    Raises
    ------
    MethodError
        If coordinates are not known, or two stand in one place: their tie would be infinite.
    """
    _coordinates(units, latitude, longitude)
    refuse_pairs("distance", len(units) ** 2)
    km = great_circle(latitude, longitude)
    np.fill_diagonal(km, np.inf)
    if (km == 0).any():
        row, column = (int(at[0]) for at in np.nonzero(km == 0))
        raise MethodError(f"`{units[row]}` and `{units[column]}` have the same place; their distance is 0.")
    near = km if within is None else np.where(km <= within, km, np.inf)
    return Layer(
        name="distance", units=tuple(units), weights=sparse.csr_array(1 / near), unit_of_measure="1/km",
        derived_from=PLACES,
    )  # fmt: skip


def nearest(units: Sequence[str], latitude: Any, longitude: Any, k: int) -> Layer:
    """k nearest neighbours: ties to the k nearest, each 1; of equals, those that stand first.

    Parameters
    ----------
    units : sequence of str, length N
    latitude, longitude : array of float, shape (N,)
        In degrees.
    k : int

    Returns
    -------
    Layer
    """
    _coordinates(units, latitude, longitude)
    if not 1 <= k < len(units):
        raise PlanError(f"k is {k}; of {counted(len(units), 'unit')} it is from 1 to {len(units) - 1}.")
    refuse_pairs(f"nearest-{k}", len(units) ** 2)
    km = great_circle(latitude, longitude)
    np.fill_diagonal(km, np.inf)
    columns = np.argsort(km, axis=1, kind="stable")[:, :k].ravel()
    rows = np.repeat(np.arange(len(units)), k)
    weights = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=km.shape)
    return Layer(
        name=f"nearest-{k}",
        units=tuple(units),
        weights=weights,
        unit_of_measure="neighbour",
        derived_from=PLACES,
    )


def contiguity(units: Sequence[str], borders: Iterable[tuple[str, str]], source: str | None = None) -> Layer:
    """Contiguity: ties between units that share a border, each 1, both ways; other borders do not count.

    Parameters
    ----------
    units : sequence of str
    borders : iterable of (str, str)
        Who borders on whom; once is enough.
    source : str, optional

    Returns
    -------
    Layer
    """
    place = {unit: at for at, unit in enumerate(units)}
    named = list(borders)
    if any(isinstance(pair, str) or len(pair) != 2 for pair in named):
        raise PlanError(
            "Borders are pairs of ids; of a frame with two columns, `frame.itertuples(index=False)`."
        )
    pairs = [(place[a], place[b]) for a, b in named if a in place and b in place]
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    matrix = sparse.csr_array((np.ones(len(pairs)), (rows, columns)), shape=(len(place), len(place)))
    both = without_self(matrix + matrix.T)
    both.data[:] = 1.0
    return Layer(
        name="contiguity", units=tuple(units), weights=both, unit_of_measure="border", source=source,
        derived_from=("borders",),
    )  # fmt: skip


def vertical(units: Sequence[str], parents: Mapping[str, str | None]) -> Layer:
    """Vertical ties: from the actor above to those it comprises, as a state acts on its cities.

    Parameters
    ----------
    units : sequence of str
    parents : mapping of str to str or None
        Who stands above each unit; None or no entry: nobody.

    Returns
    -------
    Layer
    """
    above = list(dict.fromkeys(parent for unit in units if (parent := parents.get(unit))))
    senders = tuple(dict.fromkeys((*units, *above)))
    place = {sender: at for at, sender in enumerate(senders)}
    pairs = [(at, place[parent]) for at, unit in enumerate(units) if (parent := parents.get(unit))]
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    weights = sparse.csr_array((np.ones(len(pairs)), (rows, columns)), shape=(len(units), len(senders)))
    return Layer(
        name="vertical", units=tuple(units), senders=senders, weights=weights, unit_of_measure="parent",
        derived_from=("units.parent",),
    )  # fmt: skip


def _coordinates(units: Sequence[str], latitude: Any, longitude: Any) -> None:
    """Refuse places that are not known."""
    for what, degrees, most in (("latitude", latitude, 90.0), ("longitude", longitude, 180.0)):
        values = np.asarray(degrees, dtype=np.float64)
        if values.shape != (len(units),):
            raise PlanError(
                f"{noun(len(units), 'There is', 'There are')} {counted(len(units), 'unit')}, but "
                f"{what}s of shape {values.shape}."
            )
        wrong = np.flatnonzero(~(np.abs(values) <= most))
        if len(wrong):
            raise MethodError(
                f"The {what} of `{units[wrong[0]]}` is {values[wrong[0]]:g}; give it in degrees."
            )
