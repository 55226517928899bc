"""Network exposure: how exposed each unit was to earlier choices of others, by one operator for all ties.

A mechanism is a kind of tie and a form; what the ties are is said by the layer, what is counted by the form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from diffuscope.errors import MethodError, PlanError
from diffuscope.records.phrases import counted, noun
from diffuscope.ties.dates import COUNTED, moment
from diffuscope.ties.last_wave import carried_past_last_wave

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from diffuscope.records.arrays import Flags, Numbers
    from diffuscope.ties.layer import Layer, Matrix

    Columns = NDArray[np.int64]

Form = Literal["share", "sum", "attribute share", "mean success"]
OneUnit = Callable[
    [Mapping[str, float], Mapping[str, float | None], Mapping[str, float | None]], float | None
]
"""Exposure of one unit in one period: its ties by sender, who had adopted, with what success."""
CONTEMPORANEOUS = (
    "contemporaneous (lag 0): units that adopt at the same time expose each other; simultaneity bias"
)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Exposure:
    """Exposure of each unit in each period: how much adoption by others reached it through its ties.

    Attributes
    ----------
    values : array of float64, shape (N, T)
        NaN where it is not known: the first `lag` periods, isolates, times before the ties were known, and
        whoever is tied to somebody of whom it is not known whether they had adopted.
    isolates : array of bool, shape (N,), or (N, T) for ties that change
        Who has no tie at all (or, for attribute shares, none to anybody with the attribute). Their exposure
        is missing, never 0.
    layer : str
    form : str
        As it was asked for; ``own`` of a function of one unit.
    lag : int
    units : tuple of str, length N
    periods : tuple, length T
        As they were given; 1, 2, … otherwise.
    notes : tuple of str
        What a reader has to be told of these numbers.
    """

    values: Numbers
    isolates: Flags
    layer: str
    form: str
    lag: int
    units: tuple[str, ...]
    periods: tuple[str | int, ...]
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """What it is of, and of how many it is not known, in a line."""
        units, periods = self.values.shape
        unknown = int(np.isnan(self.values).sum())
        return (
            f"<Exposure {self.layer}: {self.form}, lag {self.lag}, {counted(units, 'unit')}, "
            f"{counted(periods, 'period')}, {unknown:,} of {self.values.size:,} not known>"
        )

    def table(self) -> pl.DataFrame:
        """One row a unit and period: `unit`, `period`, `exposure` (null: not known), `isolate`."""
        import polars as pl

        count = self.values.shape[1]
        alone = np.broadcast_to(self.isolates.reshape(len(self.units), -1), self.values.shape)
        return pl.DataFrame(
            {
                "unit": np.repeat(np.array(self.units, dtype=object), count).tolist(),
                "period": list(self.periods) * len(self.units),
                "exposure": pl.Series(self.values.ravel()).fill_nan(None),
                "isolate": alone.ravel(),
            }
        )


def exposure(
    layer: Layer,
    adopted: Any,
    *,
    form: Form | OneUnit = "share",
    success: Any = None,
    lag: int = 1,
    decay: float | None = None,
    cumulative: bool = True,
    periods: Sequence[str | int] | None = None,
) -> Exposure:
    """Network exposure of each unit, in each period, to what its senders had done before.

    Parameters
    ----------
    layer : Layer
        N receivers and S senders.
    adopted : array of bool, shape (S, T)
        Whether each sender had the policy at the end of each period, in the order of ``layer.senders``.
        Numbers between 0 and 1 stand for how strongly a sender wants the policy; NaN: not known.
    form : {"share", "sum", "attribute share", "mean success"}, or callable
        A function says it of one unit at a time, as that of a mechanism does. With W the ties, a the adopters
        and s what is given as success: share ΣWa/ΣW · sum ΣWa (ΣWsa with success) · attribute share ΣWsa/ΣWs
        · mean success ΣWsa/ΣWa, over adopters whose success is known.
    success : array of float, shape (S,) or (S, T), optional
        What each sender's adoption is weighed by; NaN: not known. Share takes it too: ΣWsa/ΣW.
    lag : int
        Periods between what is seen and the decision; 0 must be asked for and marks the result.
    decay : float, optional
        An adoption counts exp(-decay · periods since) as much as a new one.
    cumulative : bool
        Whether all who have adopted count, or only those who adopted in the period that is seen.
    periods : sequence of str or int, length T, optional
        Date of each period; needed where the ties change or were known from a date on only.

    Returns
    -------
    Exposure

    Raises
    ------
    PlanError
        If the arguments do not fit each other.
    MethodError
        If adoptions are no numbers between 0 and 1.

    Examples
    --------
    >>> from diffuscope.ties import Layer
    >>> advice = Layer(name="advice", units=("a", "b"), weights=[[0, 1], [1, 0]])
    >>> exposure(advice, [[0, 1, 1], [0, 0, 0]], periods=[2001, 2002, 2003]).table().rows()[3:]
    [('b', 2001, None, False), ('b', 2002, 0.0, False), ('b', 2003, 1.0, False)]

    Notes
    -----
    Both ties and adoptions are those of `lag` periods before. Where ties do not change and nobody gives the
    policy up, only new adopters push, so the cost is that of the ties plus that of the result.
    """
    state, unknown = _state(layer, adopted)
    past = _Past(state, unknown, decay=decay, cumulative=cumulative)
    if callable(form):
        return _by_function(layer, past, form, success, lag, periods)
    weight = _weight(layer, success, past.state.shape, form)
    _refuse_lag(lag, past.state.shape[1])
    values, isolates = _exposures(layer, past, weight, form, lag=lag, periods=periods)
    return Exposure(
        values=values,
        isolates=isolates,
        layer=layer.name,
        form=form,
        lag=lag,
        units=layer.units,
        periods=tuple(periods) if periods is not None else tuple(range(1, values.shape[1] + 1)),
        notes=(*layer.notes, *_carried(layer, periods, lag), *((CONTEMPORANEOUS,) if lag == 0 else ())),
    )


def _carried(layer: Layer, periods: Sequence[str | int] | None, lag: int) -> tuple[str, ...]:
    """What to say of the periods in which ties are looked up, which are `lag` before those of the result."""
    return () if periods is None else carried_past_last_wave(layer, periods[: len(periods) - lag])


def _exposures(
    layer: Layer,
    past: _Past,
    weight: Numbers | None,
    form: Form,
    *,
    lag: int,
    periods: Sequence[str | int] | None,
) -> tuple[Numbers, Flags]:
    """Values, shape (N, copies x T), and isolates, shape (N,) or as the values."""
    every = past.state.shape[1]
    span = every // past.copies
    # the first `lag` periods stay unknown: what was adopted before them was not seen
    values = np.full((len(layer.units), every), np.nan)
    isolates = np.zeros(values.shape, dtype=bool)
    for own, matrix in in_force(layer, span - lag, lag, periods):
        columns = past.columns(own)
        # a decision at t uses ties and adoptions of t - lag: at lag 0, those that adopt together would expose
        # each other
        later = columns + lag
        pushed = partial(_pushed, matrix, past, columns, alone=not layer.changes)
        exposures, isolates[:, later] = _formed(matrix, form, pushed, weight, columns)
        hidden = _hidden(past, weight, form, columns)
        if hidden.any():
            exposures[_touches(matrix, hidden, columns)] = np.nan
        values[:, later] = exposures
    if not layer.changes and (weight is None or weight.shape[1] == 1 or form != "attribute share"):
        isolates = _alone(_base(layer.snapshots[0][1], form, weight, np.arange(1))[:, 0])
    return values, isolates


def _by_function(  # noqa: PLR0917 what `exposure` was given
    layer: Layer, past: _Past, one_unit: OneUnit, success: Any, lag: int, periods: Sequence[str | int] | None
) -> Exposure:
    """A function of one unit instead of a form: it says itself how adoptions count."""
    from diffuscope.ties.one_unit import by_one_unit

    if past.decay is not None or not past.cumulative:
        raise PlanError(
            "A function of one unit already sets how adoptions count: leave out `decay` and `cumulative`."
        )
    _refuse_lag(lag, past.state.shape[1])
    state = past.state.astype(np.float64)
    if past.unknown is not None:
        state[past.unknown] = np.nan
    return by_one_unit(layer, state, one_unit, success=success, lag=lag, periods=periods)


@dataclass(frozen=True)
class _Past:
    """Past adoption of the senders, and how much of it counts.

    Attributes
    ----------
    state : array of bool or float, shape (S, copies x T)
        Whether each had adopted, or how strongly each wants it; 0 where that is not known.
    unknown : array of bool, shape (S, copies x T), or None
    copies : int
        Histories that stand side by side, T periods each.
    """

    state: NDArray[Any]
    unknown: Flags | None
    decay: float | None
    cumulative: bool
    copies: int = 1

    def __post_init__(self) -> None:
        """Ages and new adopters need adoptions."""
        if self.decay is not None and not (np.isfinite(self.decay) and self.decay >= 0):
            raise PlanError(f"decay is {self.decay!r}; it must be a number not below 0.")
        if self.decay is not None and not self.cumulative:
            raise PlanError(
                "If only new adopters count, nothing decays: give either `decay` or `cumulative=False`."
            )
        if self.state.dtype != np.bool_ and (self.decay is not None or not self.cumulative):
            raise PlanError("Decay and new adopters need adoptions (true or false), not degrees.")

    def columns(self, own: slice) -> Columns:
        """Columns of all copies for some periods."""
        span = self.state.shape[1] // self.copies
        return np.asarray((np.arange(self.copies) * span)[:, None] + np.arange(span)[own]).ravel()

    @cached_property
    def first(self) -> NDArray[np.int64] | None:
        """Period in which each adopted, T where never; None where that does not tell all."""
        if self.copies > 1 or self.state.dtype != np.bool_ or self.unknown is not None:
            return None
        if (self.state[:, 1:] < self.state[:, :-1]).any():
            return None
        return np.asarray(self.state.shape[1] - self.state.sum(axis=1))

    @cached_property
    def strength(self) -> Numbers:
        """How much each sender counts in each period, shape (S, copies x T)."""
        if self.state.dtype != np.bool_ or (self.decay is None and self.cumulative):
            return self.state.astype(np.float64)
        state = self.state.reshape(len(self.state), self.copies, -1)
        new = state.copy()
        new[..., 1:] &= ~state[..., :-1]
        counts = new.astype(np.float64)
        if self.decay is not None:
            # Σ exp(-δ (t - T)) by the recursion X_t = e^-δ X_{t-1} + new_t, which forgets a sender who gives
            # the policy up
            kept = np.exp(-self.decay)
            for at in range(1, counts.shape[2]):
                counts[..., at] += counts[..., at - 1] * kept * (state[..., at] & ~new[..., at])
        return counts.reshape(self.state.shape)


def _pushed(matrix: Matrix, past: _Past, columns: Columns, weight: Numbers | None, *, alone: bool) -> Numbers:
    """Sum over senders of tie times strength times weight, shape (N, columns)."""
    fixed = weight is None or weight.shape[1] == 1
    if alone and fixed and past.first is not None:
        return _increments(matrix, past, past.first, None if weight is None else weight[:, 0])[:, columns]
    strength = past.strength[:, columns]
    return np.asarray(matrix @ (strength if weight is None else strength * _shown(weight, columns)))


def _increments(matrix: Matrix, past: _Past, first: NDArray[np.int64], weight: Numbers | None) -> Numbers:
    """The same where ties and weights are fixed and nobody gives up: only new adopters push."""
    receivers, periods = matrix.shape[0], past.state.shape[1]
    when = first[matrix.indices]
    push = matrix.data if weight is None else matrix.data * weight[matrix.indices]
    # E_t = E_{t-1} + W[:, new at t]: each tie is added once, in the period of its sender's adoption
    row = np.repeat(np.arange(receivers), np.diff(matrix.indptr))
    ever = when < periods
    place = row[ever] * periods + when[ever]
    increments = np.bincount(place, push[ever], minlength=receivers * periods)
    sums: Numbers = increments.astype(np.float64, copy=False).reshape(receivers, periods)
    if past.decay is not None:
        kept = np.exp(-past.decay)
        for at in range(1, periods):
            sums[:, at] += kept * sums[:, at - 1]
    elif past.cumulative:
        np.cumsum(sums, axis=1, out=sums)
    return sums


def _formed(
    matrix: Matrix,
    form: Form,
    pushed: Callable[[Numbers | None], Numbers],
    weight: Numbers | None,
    columns: Columns,
) -> tuple[Numbers, Flags]:
    """Values and isolates of the periods that one matrix serves."""
    base = _base(matrix, form, weight, columns)
    alone = _alone(base)
    if form == "mean success":
        known = np.isfinite(weight)  # type: ignore[arg-type]
        top, below = pushed(np.where(known, weight, 0.0)), pushed(known.astype(np.float64))  # type: ignore[arg-type]
        below[below == 0] = np.nan  # nobody with a known result was seen
        top /= below
    else:
        top = pushed(None if weight is None else np.nan_to_num(weight))
        if form != "sum":
            top /= np.where(alone, np.nan, base)
    if form == "share" and weight is None:
        np.minimum(top, 1.0, out=top)  # sums in another order can pass 1 by a rounding
    alone = np.broadcast_to(alone, top.shape)
    if form == "sum":
        # with no tie at all nothing could be heard: missing, not an exposure of 0
        top[alone] = np.nan
    return top, alone


def _base(matrix: Matrix, form: Form, weight: Numbers | None, columns: Columns) -> Numbers:
    """What a receiver's ties add up to, shape (N, 1) or (N, columns): without it nobody is in sight."""
    if form == "attribute share" and weight is not None:
        return np.asarray(matrix @ np.nan_to_num(_shown(weight, columns)))
    return np.asarray(matrix.sum(axis=1)).reshape(-1, 1)


def _alone(base: Numbers) -> Flags:
    return np.asarray(base == 0)


def _shown(weight: Numbers, columns: Columns) -> Numbers:
    return weight if weight.shape[1] == 1 else weight[:, columns]


def _hidden(past: _Past, weight: Numbers | None, form: Form, columns: Columns) -> Flags:
    """Senders of whom what counts is not known, shape (S, 1) or (S, columns)."""
    hidden = np.zeros((len(past.state), 1), dtype=bool)
    if past.unknown is not None:
        hidden = past.unknown[:, columns]
    if weight is None or form == "mean success" or not np.isnan(weight).any():
        return hidden
    lacking = np.isnan(_shown(weight, columns))
    if form != "attribute share":
        # an unknown success of somebody who has not adopted is multiplied by 0 and does not matter
        lacking = lacking & (past.strength[:, columns] > 0)
    return np.asarray(hidden | lacking)


def _touches(matrix: Matrix, hidden: Flags, columns: Columns) -> Flags:
    """Receivers with a tie to any of these senders, shape (N, columns)."""
    shape = (matrix.shape[0], len(columns))
    return np.broadcast_to(np.asarray(matrix @ hidden.astype(np.float64)) > 0, shape)


def _state(layer: Layer, adopted: Any) -> tuple[NDArray[Any], Flags | None]:
    """Adoptions, and where they are not known."""
    given = np.asarray(adopted)
    if given.dtype.kind not in "biuf" or given.ndim != 2 or len(given) != len(layer.senders):
        what = f"of {given.dtype}" if given.dtype.kind not in "biuf" else f"of the shape {given.shape}"
        raise PlanError(
            f"Adoptions are a table of {counted(len(layer.senders), 'sender')} of layer `{layer.name}` "
            f"by periods, true or false, or numbers from 0 to 1; this is one {what}. From a frame of "
            "adoptions, make a panel (`person_period`), which `add_exposure` takes."
        )
    if given.dtype == np.bool_:
        return given, None
    numbers = given.astype(np.float64)
    unknown = np.isnan(numbers)
    numbers[unknown] = 0
    wrong = (numbers < 0) | (numbers > 1)
    if wrong.any():
        row, column = (int(at[0]) for at in np.nonzero(wrong))
        raise MethodError(
            f"The adoption of `{layer.senders[row]}` in period {column + 1} is {numbers[row, column]:g}; "
            "it is a number from 0 to 1."
        )
    plain = bool(((numbers == 0) | (numbers == 1)).all())
    return numbers.astype(bool) if plain else numbers, unknown if unknown.any() else None


def _weight(layer: Layer, success: Any, shape: tuple[int, ...], form: Form) -> Numbers | None:
    """What senders are weighed by, shape (S, 1) or (S, T)."""
    if form not in get_args(Form):
        raise PlanError(f"form is {form!r}; it must be one of {', '.join(get_args(Form))}.")
    if success is None:
        if form in ("attribute share", "mean success"):
            raise PlanError(f"The form `{form}` needs `success`: a number for each sender.")
        return None
    given = np.asarray(success, dtype=np.float64)
    weight = given[:, None] if given.ndim == 1 else given
    if weight.shape not in ((shape[0], 1), shape):
        raise PlanError(f"Success has the shape {given.shape}; it must be ({shape[0]},) or {shape}.")
    if np.isinf(weight).any() or (form == "attribute share" and (weight < 0).any()):
        row = int(np.nonzero(np.isinf(weight) | (weight < 0))[0][0])
        raise MethodError(
            f"The success of `{layer.senders[row]}` is infinite, or below 0 in an attribute share."
        )
    return weight


def _refuse_lag(lag: int, periods: int) -> None:
    if isinstance(lag, bool) or not isinstance(lag, int) or lag < 0:
        raise PlanError(f"lag is {lag!r}; it must be a whole number of periods (default 1).")
    if lag >= periods:
        raise PlanError(f"A lag of {lag} needs more than {counted(periods, 'period')}.")


def in_force(
    layer: Layer, length: int, lag: int, periods: Sequence[str | int] | None
) -> list[tuple[slice, Matrix]]:
    """Runs of the first `length` periods, each with the matrix in force and known in them."""
    snapshots = layer.snapshots
    if snapshots[0][0] is None:
        return [(slice(0, length), snapshots[0][1])]
    if periods is None:
        raise PlanError(f"The ties of layer `{layer.name}` are dated ({snapshots[0][0]}): give `periods`.")
    dates = [moment(date, "A period") for date in periods]
    if len(dates) != length + lag or any(b <= a for a, b in pairwise(dates)):
        raise PlanError(
            f"There {noun(len(dates), 'is', 'are')} {counted(len(dates), 'date')} for "
            f"{counted(length + lag, 'period')}, or they are not in rising order."
        )
    starts = [moment(since, "a date") for since, _ in snapshots if since is not None]
    if (starts[0] < COUNTED) != (dates[0] < COUNTED):
        raise PlanError(
            f"Layer `{layer.name}` is dated ({snapshots[0][0]}), the periods are not, or the reverse."
        )
    # a matrix serves from the first period that ends at or after its date: before, its ties were not yet
    # known
    edges = [*np.searchsorted(dates[:length], starts, side="left").tolist(), length]
    return [
        (slice(start, stop), matrix)
        for (start, stop), (_, matrix) in zip(pairwise(edges), snapshots, strict=True)
        if start < stop
    ]
