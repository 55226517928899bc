"""Layer of ties, a weighted directed network: who acts on whom, how strongly, since when."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from diffuscope.errors import MethodError, PlanError
from diffuscope.records.notebook import MOST_ROWS, folded
from diffuscope.records.phrases import counted
from diffuscope.ties.dates import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import polars as pl
    from numpy.typing import NDArray

Matrix = Any
"""A `scipy.sparse.csr_array` of float64."""
DIRECTION = "sender acts on receiver"
TABLE: Any = {"sender": str, "receiver": str, "weight": float}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Layer:
    """Ties of one kind between named actors, as a matrix with named rows and columns.

    Attributes
    ----------
    name : str
        What the ties are, e.g. ``co-attendance``.
    units : tuple of str, length N
        Receivers, one a row: those who are acted on.
    weights : scipy.sparse.csr_array, shape (N, S), or tuple of (str, csr_array)
        ``weights[i, j]`` is the influence of sender j on receiver i; not below 0, 0 for a unit on itself.
        Ties that change are a tuple of (date, matrix): each holds from its date until the next one. A matrix
        without ties stands for a time at which nothing was measured.
    senders : tuple of str, length S
        Those who act, one a column; the units themselves unless others (promoters, sources) take part.
    direction : str
        Always "sender acts on receiver"; stands here so that every output can say so.
    unit_of_measure : str or None
        Unit of the weights.
    known_from : str or None
        Date from which the ties were known; None: always (geography, what was there before). They explain no
        decision before it.
    source : str or None
        Where they come from.
    derived_from : tuple of str
        Tables, variables or layers they were computed from; empty for raw facts.
    notes : tuple of str
        What was left out or changed in making it, and why.
    last_wave : str or None
        Last wave in which the ties were measured; None where they were not measured in waves.

    Raises
    ------
    MethodError
        If a weight is missing, infinite or negative, or a unit acts on itself; named.
    PlanError
        If names are missing, repeated or do not fit the matrix, or a date cannot be read.
    """

    name: str
    units: tuple[str, ...]
    weights: Matrix | tuple[tuple[str, Matrix], ...]
    senders: tuple[str, ...] = ()
    direction: str = DIRECTION
    unit_of_measure: str | None = None
    known_from: str | None = None
    source: str | None = None
    derived_from: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    last_wave: str | None = None
    _reindexings: dict[tuple[tuple[str, ...], tuple[str, ...]], Layer] = field(
        init=False, default_factory=dict
    )

    def __getstate__(self) -> dict[str, Any]:
        """Without the same layer among others, which another process makes for itself."""
        return self.__dict__ | {"_reindexings": {}}

    def __post_init__(self) -> None:
        """Names fit, weights are sound, dates rise."""
        object.__setattr__(self, "units", _named(self.units, "unit", self.name))
        senders = _named(self.senders or self.units, "sender", self.name)
        object.__setattr__(self, "senders", senders)
        if self.direction != DIRECTION:
            raise PlanError(
                f"The direction of layer `{self.name}` is {self.direction!r}; it is {DIRECTION!r}."
            )
        if isinstance(self.weights, tuple):
            object.__setattr__(self, "weights", self._dated(self.weights))
        else:
            object.__setattr__(self, "weights", self._checked(self.weights))
        if self.known_from is not None:
            moment(self.known_from, f"The date from which layer `{self.name}` is known")

    @property
    def changes(self) -> bool:
        """Whether the ties change in time."""
        return isinstance(self.weights, tuple)

    @property
    def snapshots(self) -> tuple[tuple[str | None, Matrix], ...]:
        """The matrices and the date from which each holds and was known; None: always."""
        if not isinstance(self.weights, tuple):
            return ((self.known_from, self.weights),)
        if self.known_from is None:
            return self.weights
        known = moment(self.known_from, "known_from")
        late = [at if moment(at, "a date") > known else self.known_from for at, _ in self.weights]
        return tuple(
            (at, matrix)
            for place, (at, (_, matrix)) in enumerate(zip(late, self.weights, strict=True))
            if place + 1 == len(late) or late[place + 1] != at
        )

    def at(self, date: str | int) -> Matrix | None:
        """The matrix in force, and known, at the end of a date; None where nothing was known yet."""
        when = moment(date, "The date")
        latest = None
        for since, matrix in self.snapshots:
            if since is None or moment(since, "a date") <= when:
                latest = matrix
        return latest

    def as_of(self, date: str | int) -> Layer:
        """The layer that does not change any more: the ties in force, and known, at the end of a date.

        Raises
        ------
        PlanError
            If nothing was known yet.
        """
        matrix, when = self.at(date), moment(date, "The date")
        if matrix is None:
            raise PlanError(f"Layer `{self.name}` has no data up to {date}.")
        before = [since for since, _ in self.snapshots if since is None or moment(since, "a date") <= when]
        return replace(self, weights=matrix, known_from=before[-1])

    def table(self) -> pl.DataFrame:
        """One row a tie: sender, receiver, weight, and start where ties are dated."""
        import polars as pl

        parts = []
        for since, matrix in self.snapshots:
            ties = matrix.tocoo()
            ends = {
                "sender": [self.senders[at] for at in ties.col],
                "receiver": [self.units[at] for at in ties.row],
            }
            part = pl.DataFrame(ends | {"weight": ties.data}, schema=TABLE)
            parts.append(part if since is None else part.with_columns(start=pl.lit(since)))
        return pl.concat(parts)

    def __repr__(self) -> str:
        """Its name and how much of what it holds, in a line."""
        snapshots = self.snapshots
        ties = max(matrix.nnz for _, matrix in snapshots)
        dated = f", {counted(len(snapshots), 'date')} from {snapshots[0][0]}" if self.changes else ""
        since = f", known from {snapshots[0][0]}" if snapshots[0][0] and not self.changes else ""
        count = f"{'up to ' if self.changes else ''}{counted(ties, 'tie')}"
        actors = f"{counted(len(self.units), 'unit')}, {counted(len(self.senders), 'sender')}"
        return f"<Layer {self.name}: {actors}, {count}{dated}{since}>"

    def _repr_html_(self) -> str:
        """Its first ties, as a notebook shows them."""
        table = self.table()
        return folded(repr(self)[1:-1], table.columns, table.head(MOST_ROWS).iter_rows())

    def among(self, units: Sequence[str]) -> Layer:
        """The same layer with these receivers, in this order; a unit without a row is an isolate.

        Senders are those of the layer; where they were the units themselves, they become these units.
        """
        wanted = tuple(units)
        senders = wanted if self.senders == self.units else self.senders
        return self._reindexed(wanted, senders)

    def from_senders(self, senders: Sequence[str]) -> Layer:
        """The same layer with these senders, in this order; others no longer act."""
        return self._reindexed(self.units, tuple(senders))

    def noted(self, notes: Iterable[str]) -> Layer:
        """The same layer with more to tell a reader."""
        return replace(self, notes=(*self.notes, *notes))

    def turned_into(
        self,
        name: str,
        change: Callable[[Matrix], Matrix],
        *,
        unit_of_measure: str | None = None,
        derived_from: Sequence[str] = (),
        notes: Sequence[str] = (),
    ) -> Layer:
        """A layer computed from this one, matrix by matrix: known no sooner, and it says from what."""
        weights = (
            tuple((at, change(matrix)) for at, matrix in self.weights)
            if isinstance(self.weights, tuple)
            else change(self.weights)
        )
        return replace(
            self,
            name=name,
            weights=weights,
            unit_of_measure=unit_of_measure,
            derived_from=tuple(dict.fromkeys((*self.derived_from, self.name, *derived_from))),
            notes=(*self.notes, *notes),
        )

    def _reindexed(self, units: tuple[str, ...], senders: tuple[str, ...]) -> Layer:
        """The same ties with other rows and columns; made once, as every draw of dates asks for it."""
        if (units, senders) not in self._reindexings:
            self._reindexings[units, senders] = self._picked(units, senders)
        return self._reindexings[units, senders]

    def _picked(self, units: tuple[str, ...], senders: tuple[str, ...]) -> Layer:
        rows = _picks(units, self.units)
        columns = _picks(senders, self.senders)
        # P A Q': rows and columns picked and put in order by matrices of zeros and ones
        weights = (
            tuple((at, rows @ matrix @ columns.T) for at, matrix in self.weights)
            if isinstance(self.weights, tuple)
            else rows @ self.weights @ columns.T
        )
        return replace(self, units=units, senders=senders, weights=weights)

    def _dated(self, weights: tuple[tuple[str, Matrix], ...]) -> tuple[tuple[str, Matrix], ...]:
        if not weights:
            raise PlanError(f"Layer `{self.name}` changes in time, but has no matrix.")
        moments = [moment(at, f"A date of layer `{self.name}`") for at, _ in weights]
        if any(later <= earlier for earlier, later in pairwise(moments)):
            raise PlanError(f"The dates of layer `{self.name}` must be in rising order, without repeats.")
        return tuple((str(at), self._checked(matrix)) for at, matrix in weights)

    def _checked(self, weights: Matrix) -> Matrix:
        matrix = sparse.csr_array(weights, dtype=np.float64, copy=True)
        shape = (len(self.units), len(self.senders))
        if matrix.shape != shape:
            raise PlanError(
                f"Layer `{self.name}` names {counted(shape[0], 'unit')} and "
                f"{counted(shape[1], 'sender')}, but its matrix is {matrix.shape[0]} × {matrix.shape[1]}: "
                "a row is a receiver, a column a sender."
            )
        # an entry that is there twice counts as one tie, the sum of both
        matrix.sum_duplicates()
        self._refuse(matrix, ~np.isfinite(matrix.data), "no finite number; write 0 where there is no tie")
        self._refuse(matrix, matrix.data < 0, "negative; the weight of a tie must not be below 0")
        matrix.eliminate_zeros()
        self._refuse_self(matrix)
        return matrix

    def _refuse(self, matrix: Matrix, bad: NDArray[np.bool_], why: str) -> None:
        if not bad.any():
            return
        place = int(np.flatnonzero(bad)[0])
        # of compressed rows, the row of an entry is the last one that begins at or before it
        row = int(np.searchsorted(matrix.indptr, place, side="right")) - 1
        sender, receiver = self.senders[matrix.indices[place]], self.units[row]
        raise MethodError(
            f"The tie from `{sender}` to `{receiver}` in layer `{self.name}` ({matrix.data[place]:g}) is "
            f"{why}."
        )

    def _refuse_self(self, matrix: Matrix) -> None:
        row_of = {name: row for row, name in enumerate(self.units)}
        # senders need not be units, so that the diagonal is not where row and column are equal
        own_row = np.array([row_of.get(name, -1) for name in self.senders])
        ties = matrix.tocoo()
        loops = [self.units[row] for row in ties.row[own_row[ties.col] == ties.row][:1]]
        if loops:
            raise MethodError(
                f"In layer `{self.name}`, `{loops[0]}` acts on itself; a unit is not exposed to its own "
                "adoption."
            )


def _named(names: Sequence[str], what: str, layer: str) -> tuple[str, ...]:
    if not isinstance(layer, str) or not re.search(r"\S", layer):
        raise PlanError("A layer of ties has no name.")
    if isinstance(names, str):
        raise PlanError(f"The {what}s of layer `{layer}` are a list of ids, not one text.")
    ids = tuple(names)
    bad = [name for name in ids if not isinstance(name, str) or not name.strip()]
    if bad or not ids:
        raise PlanError(
            f"A {what} of layer `{layer}` has no id that is a text ({bad[0]!r})."
            if bad
            else f"Layer `{layer}` names no {what}."
        )
    if len(set(ids)) < len(ids):
        earlier: set[str] = set()
        twice = next(name for name in ids if name in earlier or earlier.add(name))  # type: ignore[func-returns-value]
        raise PlanError(f"The {what} `{twice}` of layer `{layer}` is named twice.")
    return ids


def _picks(wanted: Sequence[str], known: Sequence[str]) -> Matrix:
    """Matrix that takes the known rows in the wanted order; a row of zeros for who is not known."""
    place = {name: at for at, name in enumerate(known)}
    pairs = [(row, place[name]) for row, name in enumerate(wanted) if name in place]
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return sparse.csr_array((np.ones(len(pairs)), (rows, columns)), shape=(len(wanted), len(known)))


def without_self(matrix: Matrix) -> Matrix:
    """A square matrix with its diagonal set to 0: likeness to oneself is no tie."""
    entries = sparse.coo_array(matrix)
    off_diagonal = entries.row != entries.col
    return sparse.csr_array(
        (entries.data[off_diagonal], (entries.row[off_diagonal], entries.col[off_diagonal])),
        shape=entries.shape,
    )


def refuse_other_senders(layer: Layer, what: str) -> None:
    """Refuse a layer that is not square: others than its units act in it.

    Raises
    ------
    PlanError
    """
    if layer.units != layer.senders:
        raise PlanError(f"Senders of layer `{layer.name}` are not its units; {what} need the same on both.")
