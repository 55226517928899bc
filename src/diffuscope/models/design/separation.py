"""Whether some mixture of columns predicts every event, so that no finite coefficients exist.

Linear programme of Konis 2007, after Albert & Anderson 1984 (doi:10.1093/biomet/71.1.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from diffuscope.errors import MethodError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.records.arrays import Codes, Numbers


FEW = 4000
"""Rows that a programme is begun with: if these overlap and have full rank, so do all."""
TOLERANCE = 1e-6
"""Of a margin, against the largest element of its row."""


@dataclass(frozen=True)
class Separation:
    """Result of the search for separation: whether some mixture of columns predicts every event.

    Attributes
    ----------
    kind : {"none", "quasi-complete", "complete"}
        Complete: a mixture of columns is positive in every event and negative elsewhere.
    optimum : float
        Σ z'γ at the best γ within ±1; 0 where events and the rest overlap.
    columns : tuple of str
        Names of the columns in that mixture.
    direction : array of float, shape (k,)
        The mixture γ.
    """

    kind: Literal["none", "quasi-complete", "complete"]
    optimum: float
    columns: tuple[str, ...]
    direction: Numbers


def separation(x: Numbers, y: Numbers, names: Sequence[str] | None = None) -> Separation:
    """Whether some mixture of columns predicts every event, and which columns stand in it.

    Rows that are alike count once. Large problems begin with few rows and take in those that object to the
    mixture found, until none does.

    Parameters
    ----------
    x : array of float, shape (n, k)
        Columns of the model, the intercept among them.
    y : array of float, shape (n,)
        1 where the event happened, else 0.
    names : sequence of str, optional
        Of the columns; otherwise their positions.

    Returns
    -------
    Separation

    Examples
    --------
    >>> import numpy as np
    >>> found = separation(np.c_[np.ones(4), [1, 2, 3, 4]], np.array([0, 0, 1, 1]), ["one", "x"])
    >>> found.kind, found.optimum, found.columns
    ('complete', 2.0, ('one', 'x'))
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    labels = [str(at) for at in range(x.shape[1])] if names is None else list(names)
    sign = np.where(y > 0, 1.0, -1.0)
    reach = _reach(x)
    inside = _begin(x, y)
    while True:
        gamma = _best(x[inside] * sign[inside, None])
        margins = (x @ gamma) * sign
        objecting = np.flatnonzero(margins < -TOLERANCE * reach)
        worst = objecting[np.argsort(margins[objecting], kind="stable")[:FEW]]
        wider = np.union1d(inside, worst)
        if wider.size == inside.size:
            break
        inside = wider
    if objecting.size or not (margins > TOLERANCE * reach).any():
        return Separation("none", 0.0, (), np.zeros(x.shape[1]))
    optimum = float(margins.sum())
    used = tuple(label for label, part in zip(labels, gamma, strict=True) if abs(part) > TOLERANCE)
    complete = _complete(x * sign[:, None])
    return Separation("complete" if complete else "quasi-complete", optimum, used, gamma)


def _begin(x: Numbers, y: Numbers) -> Codes:
    """Rows to begin with: all where they are few, else events and the rest spread evenly."""
    if y.size <= FEW:
        return np.arange(y.size)
    happened, quiet = np.flatnonzero(y > 0), np.flatnonzero(y <= 0)
    parts = [rows[np.linspace(0, rows.size - 1, min(rows.size, FEW // 2)).astype(int)]
             for rows in (happened, quiet) if rows.size]  # fmt: skip
    # extremes of every column keep rare levels in
    ends = np.concatenate([x.argmin(axis=0), x.argmax(axis=0)])
    return np.unique(np.concatenate([*parts, ends]))


def _reach(x: Numbers) -> Numbers:
    """Largest absolute element of each row, without a copy of all."""
    reach = np.zeros(len(x))
    for column in range(x.shape[1]):
        np.maximum(reach, np.abs(x[:, column]), out=reach)
    return reach


def _best(z: Numbers) -> Numbers:
    """The mixture γ within ±1 that maximises Σ z'γ while no z'γ is negative."""
    from scipy.optimize import linprog

    rows, count = np.unique(z, axis=0, return_counts=True)
    answer = linprog(
        -(count @ rows) / count.sum(),
        A_ub=-rows / np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1e-300),
        b_ub=np.zeros(len(rows)),
        bounds=[(-1, 1)] * rows.shape[1],
        method="highs",
    )
    if answer.x is None:
        raise MethodError(f"The search for separating columns did not end: {answer.message}")
    return np.asarray(answer.x)


def _complete(z: Numbers) -> bool:
    """Whether some γ has every z'γ positive: the largest margin ε ≤ 1 with z'γ ≥ ε is 1."""
    from scipy.optimize import linprog

    rows = np.unique(z, axis=0)
    columns = rows.shape[1]
    answer = linprog(
        np.r_[np.zeros(columns), -1.0],
        A_ub=np.c_[-rows, np.ones(len(rows))],
        b_ub=np.zeros(len(rows)),
        bounds=[(None, None)] * columns + [(0, 1)],
        method="highs",
    )
    return answer.x is not None and float(answer.x[-1]) > TOLERANCE
