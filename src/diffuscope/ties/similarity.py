"""Portfolio similarity (competition): who sells the same, or to the same buyers.

Not how much two trade with each other, but how alike their portfolios are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from scipy import sparse

from diffuscope.errors import MethodError, PlanError
from diffuscope.records.phrases import counted, noun
from diffuscope.ties.layer import Layer
from diffuscope.ties.when_named import refuse_pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from diffuscope.records.arrays import Numbers


Measure = Literal["cosine", "correlation", "finger-kreinin", "euclid"]
NAMES = {
    "cosine": "similarity",
    "correlation": "correlation",
    "finger-kreinin": "export-similarity",
    "euclid": "euclid",
}
BLOCK = 1024


def similarity(
    profiles: Any,
    units: Sequence[str],
    measure: Measure = "cosine",
    *,
    nearest: int | None = 10,
    partners: Sequence[str] | None = None,
    name: str | None = None,
    known_from: str | None = None,
    source: str | None = None,
    derived_from: Sequence[str] = ("profiles",),
) -> Layer:
    """Portfolio similarity: ties between units that sell alike, or to like buyers.

    Parameters
    ----------
    profiles : array, shape (N, M)
        Exports by product or by buyer, investment by sector: a row a unit, not below 0.
    units : sequence of str, length N
    measure : {"cosine", "correlation", "finger-kreinin", "euclid"}
        cosine of the profiles · correlation, where below 0 taken as 0 · Finger–Kreinin, the sum of the
        smaller shares · euclid, 1 - d/√2 with d the distance of the shares.
    nearest : int or None
        Ties kept for each unit, the strongest; None: all. With all, exposure comes close to everybody's
        share.
    partners : sequence of str, length M, optional
        Who stands in the columns, where these are units too: a correlation then leaves out what the two sell
        to each other and to themselves.
    name : str, optional
        What the likeness is of, where it is not of what units sell: ``shared-religion`` from the shares of
        adherents. The layer is called after its measure otherwise.
    known_from, source, derived_from
        As for `Layer`.

    Returns
    -------
    Layer
        Units without any entry have no ties.

    Raises
    ------
    MethodError
        If an entry is missing or below 0, there are fewer than two columns, or there are more
        than 5,000 units.
    PlanError
        If names and profiles do not fit.

    References
    ----------
    Finger & Kreinin 1979, Economic Journal 89: 905–912 · Guler, Guillén & Macpherson 2002, Administrative
    Science Quarterly 47: 207–232 · Elkins, Guzman & Simmons 2006, International Organization 60: 811–846.
    """
    rows = _profiles(profiles, units, measure, nearest)
    refuse_pairs(name or NAMES[measure], len(rows) ** 2)
    known = np.asarray(rows.sum(axis=1) > 0)
    similarity_of = _measured(rows, known, measure, units, partners)
    picked, notes, below = [], [], 0
    for start in range(0, len(rows), BLOCK):
        block = similarity_of(np.arange(start, min(start + BLOCK, len(rows))))
        at = np.arange(len(block))
        block[at, start + at] = 0
        block[~known[start : start + BLOCK]] = 0
        block[:, ~known] = 0
        below += int((block < 0).sum())
        # a tie has no negative weight: the opposite of a rival is nobody's model
        picked.append(_strongest(np.maximum(block, 0), nearest))
    if lost := int((~known).sum()):
        notes.append(f"{counted(lost, 'unit')} without any data {noun(lost, 'has', 'have')} no ties")
    if below:
        share = below / max(int(known.sum()) * (int(known.sum()) - 1), 1)
        notes.append(f"{100 * share:.0f} % of the correlations were below 0 and are no ties")
    return Layer(
        name=name or NAMES[measure],
        units=tuple(units),
        weights=sparse.csr_array(sparse.vstack(picked)),
        known_from=known_from,
        source=source,
        unit_of_measure=measure,
        derived_from=tuple(derived_from),
        notes=tuple(notes),
    )


def _profiles(profiles: Any, units: Sequence[str], measure: str, nearest: int | None) -> Numbers:
    if measure not in get_args(Measure):
        raise PlanError(f"measure is {measure!r}; it must be one of {', '.join(get_args(Measure))}.")
    if nearest is not None and nearest < 1:
        raise PlanError(f"nearest is {nearest}; it must be at least 1, or None for all.")
    rows = np.array(profiles, dtype=np.float64)
    if rows.ndim != 2 or len(rows) != len(units):
        raise PlanError(
            f"There {noun(len(units), 'is', 'are')} {counted(len(units), 'unit')}, but "
            f"profiles have the shape {rows.shape}."
        )
    wrong = ~(np.isfinite(rows) & (rows >= 0))
    if wrong.any():
        row, column = (int(at[0]) for at in np.nonzero(wrong))
        raise MethodError(
            f"Entry {column + 1} of the profile of `{units[row]}` is {rows[row, column]:g}; "
            "it is a number not below 0."
        )
    if rows.shape[1] < 2:
        raise MethodError(
            f"{measure} compares how units divide what they have between columns, and there is one column: "
            "all units would be alike."
        )
    return rows


def _measured(
    rows: Numbers,
    known: NDArray[np.bool_],
    measure: str,
    units: Sequence[str],
    partners: Sequence[str] | None,
) -> Callable[[NDArray[np.int64]], Numbers]:
    """A function from some rows to their likeness to all, shape (some, N)."""
    # shares, not amounts: a large and a small exporter of the same goods are alike
    shares = rows / np.where(known, rows.sum(axis=1), 1)[:, None]
    if measure == "cosine":
        unit = rows / np.where(known, np.linalg.norm(rows, axis=1), 1)[:, None]
        return lambda some: unit[some] @ unit.T
    if measure == "finger-kreinin":
        return lambda some: np.stack([np.minimum(shares, shares[at]).sum(axis=1) for at in some])
    if measure == "euclid":
        return lambda some: np.stack(
            # √2 is the largest distance of two vectors of shares: all in one column each, and not in the same
            [1 - np.linalg.norm(shares - shares[at], axis=1) / 2**0.5 for at in some]
        )
    return _correlated(rows, units, partners)


def _correlated(
    rows: Numbers, units: Sequence[str], partners: Sequence[str] | None
) -> Callable[[NDArray[np.int64]], Numbers]:
    """Correlation of rows, leaving out the columns of the two units where columns are partners."""
    place = {name: at for at, name in enumerate(partners or ())}
    if partners is not None and len(place) != rows.shape[1]:
        columns = counted(rows.shape[1], "column")
        raise PlanError(f"The profiles have {columns}, but there are {len(place)} partners.")
    out = np.array([place.get(unit, -1) for unit in units])
    # centred first: sums of squares of raw exports lose their digits when two columns are taken out of them
    centred = rows - rows.mean(axis=1, keepdims=True)
    # own[i, j]: what unit i sells to the partner that is unit j
    own = np.where(out >= 0, centred[:, np.maximum(out, 0)], 0.0)
    inside = (out >= 0).astype(np.float64)
    if rows.shape[1] - 2 * inside.max(initial=0) < 2:
        raise MethodError("Correlations need at least two columns beside those of the two units.")
    sums, squares, mine = centred.sum(axis=1), (centred**2).sum(axis=1), np.diagonal(own)

    def correlation(some: NDArray[np.int64]) -> Numbers:
        theirs = own.T[some]  # what j sells to i
        n = rows.shape[1] - inside[some][:, None] - inside
        sum_x = sums[some][:, None] - mine[some][:, None] - own[some]
        sum_y = sums - mine - theirs
        square_x = squares[some][:, None] - mine[some][:, None] ** 2 - own[some] ** 2 - sum_x**2 / n
        square_y = squares - mine**2 - theirs**2 - sum_y**2 / n
        both = centred[some] @ centred.T - mine[some][:, None] * theirs - own[some] * mine - sum_x * sum_y / n
        below = np.sqrt(np.maximum(square_x, 0) * np.maximum(square_y, 0))
        # a profile that does not vary in the columns left has no correlation: no tie, not 0/0
        flat = below <= 1e-12 * np.maximum(squares[some][:, None], squares)
        return np.where(flat, 0.0, both / np.where(flat, 1.0, below))

    return correlation


def _strongest(block: Numbers, nearest: int | None) -> sparse.csr_array:
    """The strongest ties of each row; of equals, those that stand first."""
    if nearest is not None and nearest < block.shape[1]:
        order = np.argsort(-block, axis=1, kind="stable")[:, nearest:]
        np.put_along_axis(block, order, 0.0, axis=1)
    return sparse.csr_array(block)
