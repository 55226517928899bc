"""Separation: whether some mixture of columns predicts every event, so that no finite coefficients exist.

Linear programme of Konis 2007, after Albert & Anderson 1984 (doi:10.1093/biomet/71.1.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from diffuscope.errors import MethodError, SeparationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.records.arrays import Codes, Numbers


FEW = 4000
"""Rows that a programme is begun with: if these overlap and have full rank, so do all."""
# above the feasibility tolerance of the solver (HiGHS: 1e-7), so that its rounding never counts as separation
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


def separation(
    x: Numbers, y: Numbers, names: Sequence[str] | None = None, groups: Codes | None = None
) -> Separation:
    """Search for separation: does some mixture of columns predict every event, and which columns stand in it?

    Rows that are alike count once. Large problems begin with few rows and take in those that object to the
    mixture found, until none does.

    Parameters
    ----------
    x : array of float, shape (n, k)
        Columns of the model, the intercept among them.
    y : array of float, shape (n,)
        1 where the event happened, else 0.
    names : sequence of str, optional
        Of the columns, then of groups 1, 2, …; otherwise their positions.
    groups : array of int, shape (n,), optional
        Group of each row, 0 … g-1; all but group 0 have an effect of their own. No column is made for it.

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
    signed = _Signed(x, np.where(y > 0, 1.0, -1.0), groups)
    labels = [str(at) for at in range(signed.objective.size)] if names is None else list(names)
    # a group's dummy is an element of 1 in its row
    reach = _reach(x) if groups is None else np.maximum(_reach(x), 1.0)
    inside = _begin(x, y)
    while True:
        # maximise Σ z'γ subject to z'γ >= 0 in every row and |γ| <= 1, without which it would be unbounded
        gamma = best_direction(signed.objective / y.size, *signed.rows(inside))
        margins = signed.margins(gamma)
        objecting = np.flatnonzero(margins < -TOLERANCE * reach)
        wider = np.union1d(inside, objecting[np.argsort(margins[objecting], kind="stable")[:FEW]])
        if wider.size == inside.size:
            break
        inside = wider
    # γ = 0 is always feasible: only a row with a positive margin makes it a separation (Albert & Anderson
    # 1984)
    if objecting.size or not (margins > TOLERANCE * reach).any():
        return Separation("none", 0.0, (), np.zeros(signed.objective.size))
    used = tuple(label for label, part in zip(labels, gamma, strict=True) if abs(part) > TOLERANCE)
    kind: Literal["quasi-complete", "complete"] = (
        "complete" if _complete(signed, inside) else "quasi-complete"
    )
    return Separation(kind, float(margins.sum()), used, gamma)


def refuse_separation(x: Numbers, y: Numbers, names: Sequence[str], groups: Codes | None = None) -> None:
    """Refuse a sample in which some mixture of columns predicts every event, naming them.

    Parameters
    ----------
    x, y, names, groups
        As for `separation`; the first name may be the intercept.

    Raises
    ------
    SeparationError
    """
    result = separation(x, y, names, groups)
    if result.kind == "none":
        return
    named = [f"`{name}`" for name in result.columns if name != "(intercept)"]
    columns = ", ".join(named[:8]) + (f" and {len(named) - 8} more" if len(named) > 8 else "")
    raise SeparationError(
        f"Events are separated ({result.kind}) by {columns or 'the intercept'}: a combination of these "
        "columns predicts them exactly, so no finite estimate exists. `diffuscope.firth` gives finite "
        "estimates; or leave a column out."
    )


@dataclass(frozen=True)
class _Signed:
    """Rows with their sign: z = x where the event happened, and -x where it did not."""

    x: Numbers
    sign: Numbers
    groups: Codes | None

    @cached_property
    def objective(self) -> Numbers:
        """Σ z over all rows."""
        common = self.sign @ self.x
        if self.groups is None:
            return np.asarray(common)
        return np.concatenate([common, np.bincount(self.groups, weights=self.sign)[1:]])

    def margins(self, gamma: Numbers) -> Numbers:
        """z'γ of every row."""
        k = self.x.shape[1]
        eta = self.x @ gamma[:k]
        if self.groups is not None:
            eta += np.concatenate([[0.0], gamma[k:]])[self.groups]
        return np.asarray(eta * self.sign)

    def rows(self, at: Codes) -> tuple[Any, Numbers]:
        """z of some rows, each kind once, brought to a largest element of 1; sparse where groups stand."""
        z, groups = self.x[at] * self.sign[at, None], self.groups
        if groups is None:
            z = np.unique(z, axis=0)
            return z / np.maximum(np.abs(z).max(axis=1, keepdims=True), 1e-300), np.zeros(len(z))
        from scipy.sparse import csr_array, hstack

        _, first = np.unique(np.column_stack([z, groups[at]]), axis=0, return_index=True)
        z, own = z[first], groups[at][first]
        shape = (len(z), int(groups.max()) + 1)
        dummies = csr_array((self.sign[at][first], (np.arange(len(z)), own)), shape=shape)[:, 1:]
        scale = 1 / np.maximum(np.abs(z).max(axis=1), 1.0)
        whole = csr_array(hstack([csr_array(z), dummies]))
        return whole.multiply(scale[:, None]).tocsr(), np.zeros(len(z))


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


def best_direction(objective: Numbers, rows: Any, least: Numbers) -> Numbers:
    """The mixture γ within ±1 that maximises an objective while no row falls below its least value.

    Parameters
    ----------
    objective : array of float, shape (k,)
    rows : array or sparse array of float, shape (m, k)
    least : array of float, shape (m,)

    Raises
    ------
    MethodError
        If the linear programme found no end.
    """
    from scipy.optimize import linprog

    answer = linprog(-objective, A_ub=-rows, b_ub=-least, bounds=[(-1, 1)] * objective.size, method="highs")
    if answer.x is None:
        raise MethodError(f"The search for separating columns did not end: {answer.message}")
    return np.asarray(answer.x)


def _complete(signed: _Signed, inside: Codes) -> bool:
    """Whether some γ has every z'γ positive: the largest margin ε ≤ 1 with z'γ ≥ ε is 1."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, hstack

    columns = signed.objective.size
    while True:
        rows, _ = signed.rows(inside)
        answer = linprog(
            np.r_[np.zeros(columns), -1.0],
            A_ub=csr_array(hstack([csr_array(-rows), csr_array(np.ones((rows.shape[0], 1)))])),
            b_ub=np.zeros(rows.shape[0]),
            bounds=[(None, None)] * columns + [(0, 1)],
            method="highs",
        )
        if answer.x is None or float(answer.x[-1]) <= TOLERANCE:
            return False
        margins = signed.margins(answer.x[:-1])
        objecting = np.flatnonzero(margins <= 0)
        wider = np.union1d(inside, objecting[np.argsort(margins[objecting], kind="stable")[:FEW]])
        if wider.size == inside.size:
            return not objecting.size
        inside = wider
