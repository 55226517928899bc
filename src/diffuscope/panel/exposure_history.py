"""What everybody had done by each period, seen through one layer: as it was, or with units exchanged."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.errors import PlanError
from diffuscope.panel.adoptions import DECISION
from diffuscope.panel.decisions import decided_together
from diffuscope.panel.native_frames import ROW, ids, need, polars_of
from diffuscope.records.work_bounds import DECIDED_APART, refuse_beyond
from diffuscope.ties.exposure import Exposure, Form, OneUnit, exposure
from diffuscope.ties.exposure_of_copies import exposure_of_copies

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from diffuscope.panel.decisions import Together
    from diffuscope.panel.native_frames import Frame
    from diffuscope.panel.panel import History
    from diffuscope.records.arrays import Codes, Numbers
    from diffuscope.ties.layer import Layer


EPOCH = date(1970, 1, 1).toordinal()
MOST = 4_000_000
"""Numbers held at once when many histories are seen through the same ties: 32 MB an array."""


@dataclass(frozen=True, kw_only=True)
class ExposureSpec:
    """How ties and adopters are put together; as for `exposure` of the room of ties."""

    form: Form | OneUnit = "share"
    lag: int = 1
    decay: float | None = None
    cumulative: bool = True


@dataclass(frozen=True, kw_only=True)
class ExposureColumn:
    """How a column of exposure was made: enough to look again with units exchanged or other adopters.

    Attributes
    ----------
    name : str
        The column.
    layer : Layer
    spec : ExposureSpec
    pushing : tuple of str
        Senders that want all policies throughout.
    success : polars.DataFrame or None
        From `successes`.
    zero_isolates : bool
    """

    name: str
    layer: Layer
    spec: ExposureSpec
    pushing: tuple[str, ...] = ()
    success: pl.DataFrame | None = None
    zero_isolates: bool = False

    def inputs(self, rows: pl.DataFrame, history: History) -> ExposureInputs:
        """What the rows of a panel see through these ties."""
        inputs = exposure_inputs(
            self.layer, rows, history, self.spec, pushing=self.pushing, success=self.success
        )
        return replace(inputs, zero_isolates=self.zero_isolates)


@dataclass(frozen=True, kw_only=True)
class PolicyStates:
    """What there is to be seen of one policy, by all or by units that decided together.

    Attributes
    ----------
    policy : str
    at : array of int, shape (m,)
        Its rows of the panel.
    unit, time : array of int, shape (m,)
        Their units, as rows of the layer, and periods, as columns of `state`.
    state : array of float, shape (S, T)
        Whether each sender had it at the end of each period; NaN where that is not known.
    success : array of float, shape (S, T), or None
    dates : list or None
        Of the periods, where the ties have dates.
    start : int
        Number of the period that the first column of `state` stands for.
    units : frozenset of str or None
        Whose rows they are, where these decided together; None: everybody else's.
    unheard : array of int
        Senders that never expose these rows, as they decided together with their units; they count as
        without the policy.
    """

    policy: str
    at: Codes
    unit: Codes
    time: Codes
    state: Numbers
    success: Numbers | None
    dates: list[str | int] | None
    start: int = 0
    units: frozenset[str] | None = None
    unheard: Codes = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


@dataclass(frozen=True, kw_only=True)
class ExposureInputs:
    """What the units of a panel see through one layer, ready to be looked at again with units exchanged.

    Attributes
    ----------
    layer : Layer
    spec : ExposureSpec
    parts : tuple of PolicyStates
    rows : int
        Of the panel.
    unknown_units : array of bool, shape (rows,)
        Rows of units of whom the layer knows no ties.
    zero_isolates : bool
        Whether the exposure of a unit without ties is 0; it is not known otherwise.
    """

    layer: Layer
    spec: ExposureSpec
    parts: tuple[PolicyStates, ...] = field(repr=False)
    rows: int
    unknown_units: NDArray[np.bool_] = field(repr=False)
    zero_isolates: bool = False

    def values(self, order: Codes | None = None) -> tuple[Numbers, NDArray[np.bool_]]:
        """Exposure of each row, and whether its unit has no ties.

        Parameters
        ----------
        order : array of int, shape (N,), optional
            Unit i takes the ties of unit order[i], to and from other units and from senders that are none:
            w'(i, j) = w(order[i], order[j]). Who adopted when stays as it was.

        Returns
        -------
        values : array of float, shape (rows,)
            NaN where it is not known.
        isolates : array of bool, shape (rows,)
        """
        values, alone = np.full(self.rows, np.nan), np.zeros(self.rows, dtype=bool)
        back = None if order is None else self._senders(order)
        for part in self.parts:
            unit = part.unit if order is None else np.where(part.unit < 0, -1, order[part.unit])
            exposure = self._exposure(part, back)
            values[part.at] = exposure.values[unit, part.time]
            alone[part.at] = (
                exposure.isolates[unit] if exposure.isolates.ndim == 1 else exposure.isolates[unit, part.time]
            )
        values[self.unknown_units], alone[self.unknown_units] = np.nan, True
        if self.zero_isolates:
            values[alone] = 0.0
        return values, alone

    def _exposure(self, part: PolicyStates, back: Codes | None) -> Exposure:
        state, success = part.state, part.success
        if back is not None:
            state, success = state[back], None if success is None else success[back]
        return exposure(
            self.layer, state, form=self.spec.form, success=success, lag=self.spec.lag, decay=self.spec.decay,
            cumulative=self.spec.cumulative, periods=part.dates,
        )  # fmt: skip

    def exchanged(self, orders: Codes) -> Numbers:
        """Exposure of each row with units exchanged, for many exchanges at once.

        Parameters
        ----------
        orders : array of int, shape (B, N)
            Each as for `values`.

        Returns
        -------
        array of float, shape (B, rows)
            NaN where it is not known.
        """
        if len(orders) == 1:
            return self.values(orders[0])[0][None]
        values = np.full((len(orders), self.rows), np.nan)
        backs = np.array([self._senders(order) for order in orders])
        copy = np.arange(len(orders))[:, None]
        for part in self.parts:
            success = None if part.success is None else part.success[backs]
            exposure = self.of_states(part, part.state[backs], success)
            unit = np.where(part.unit < 0, -1, orders[:, part.unit])
            values[:, part.at] = exposure[copy, unit, part.time]
        values[:, self.unknown_units] = 0.0 if self.zero_isolates else np.nan
        return values

    def of_states(
        self, part: PolicyStates, states: Numbers, success: Numbers | None, lag: int | None = None
    ) -> Numbers:
        """Exposure of all units, shape (B, N, T), to many histories of one policy's adoption.

        Parameters
        ----------
        part : PolicyStates
        states : array of float, shape (B, S, T)
        success : array of float, shape (S, T) or (B, S, T), or None
        lag : int, optional
            In place of the look's own.
        """
        values, isolates = exposure_of_copies(
            self.layer, states, form=self.spec.form, success=success,
            lag=self.spec.lag if lag is None else lag, decay=self.spec.decay,
            cumulative=self.spec.cumulative, periods=part.dates,
        )  # fmt: skip
        if self.zero_isolates:
            values[np.broadcast_to(isolates[..., None] if isolates.ndim == 1 else isolates, values.shape)] = 0
        return values

    @property
    def at_once(self) -> int:
        """How many histories fit into memory side by side."""
        largest = max(
            (max(*part.state.shape, len(self.layer.units)) * part.state.shape[1] for part in self.parts),
            default=1,
        )
        return max(1, MOST // max(largest, self.rows, 1))

    @cached_property
    def _sender_of(self) -> Codes:
        """Place of each unit among the senders, -1 where it is none."""
        place = {sender: at for at, sender in enumerate(self.layer.senders)}
        return np.array([place.get(unit, -1) for unit in self.layer.units], dtype=np.int64)

    def _senders(self, order: Codes) -> Codes:
        """Whose choice stands at each sender's place, so that looking through the old ties sees the new."""
        back = np.arange(len(self.layer.senders))
        unit, takes = self._sender_of, self._sender_of[order]
        both = (unit >= 0) & (takes >= 0)
        # relabelling the ties by π is looking at the old ties with states relabelled by π⁻¹: no matrix is
        # copied
        back[takes[both]] = unit[both]
        return back


def exposure_inputs(
    layer: Layer,
    rows: pl.DataFrame,
    history: History,
    spec: ExposureSpec,
    *,
    pushing: tuple[str, ...] = (),
    success: pl.DataFrame | None = None,
) -> ExposureInputs:
    """What the rows of a panel see through a layer.

    Parameters
    ----------
    layer : Layer
    rows : polars.DataFrame
        Of the panel.
    history : History
    spec : ExposureSpec
    pushing : tuple of str
        Senders that want all policies throughout.
    success : polars.DataFrame, optional
        From `successes`.

    Returns
    -------
    ExposureInputs
    """
    row = {unit: at for at, unit in enumerate(layer.units)}
    codes = rows["unit"].replace_strict(row, default=-1, return_dtype=pl.Int64).to_numpy()
    parts: list[PolicyStates] = []
    for (policy,), part in rows.with_row_index("_at").group_by("policy", maintain_order=True):
        time = part["time"].to_numpy()
        # from `lag` periods before the first row, whose exposure needs what was adopted then
        span = range(int(time.min()) - spec.lag, int(time.max()) + 1)
        own = history.of_policy(str(policy))
        whole = PolicyStates(
            policy=str(policy),
            at=part["_at"].to_numpy(),
            unit=codes[part["_at"].to_numpy()],
            time=time - span.start,
            state=state_of(own, layer.senders, pushing, span, undated=history.undated),
            success=None if success is None else _at_times(success, str(policy), layer.senders, span),
            dates=dates_of(history, span, layer),
            start=span.start,
        )
        together = decided_together(own, same_date=spec.lag == 0)
        parts += _by_decision(whole, part["unit"], together, own, layer.senders)
    return ExposureInputs(
        layer=layer, spec=spec, parts=tuple(parts), rows=rows.height, unknown_units=codes < 0
    )


def _by_decision(
    whole: PolicyStates,
    unit: pl.Series,
    together: list[Together],
    spells: pl.DataFrame,
    senders: tuple[str, ...],
) -> list[PolicyStates]:
    """What is seen of one policy by everybody, and apart by units that decided together: not each other."""
    if not together:
        return [whole]
    refuse_beyond(DECIDED_APART, whole.state.size * len(together))
    place = {sender: at for at, sender in enumerate(senders)}
    joint = {name for one in together for name in one.units}
    parts = [_rows_of(whole, ~unit.is_in(list(joint)))]
    for one in together:
        mine = unit.is_in(list(one.units))
        if not mine.any():
            continue
        members = spells.filter(pl.col(DECISION).is_in(list(one.decisions)))["unit"].unique().sort()
        unheard = np.array([place[name] for name in members if name in place], dtype=np.int64)
        state = whole.state.copy()
        # a joint decision is one event: none of its members is exposed to another (they adopted as one)
        state[unheard] = 0.0
        parts.append(replace(_rows_of(whole, mine), state=state, units=one.units, unheard=unheard))
    return parts


def _rows_of(part: PolicyStates, which: pl.Series) -> PolicyStates:
    kept = which.to_numpy()
    return replace(part, at=part.at[kept], unit=part.unit[kept], time=part.time[kept])


def state_of(
    spells: pl.DataFrame, senders: tuple[str, ...], promoters: tuple[str, ...], span: range, *, undated: bool
) -> Numbers:
    """Whether each sender had the policy at the end of each period of a span; NaN where it is not known."""
    first = span.start
    state = np.zeros((len(senders), len(span)))
    place = {sender: at for at, sender in enumerate(senders)}
    columns = (spells[name].to_list() for name in ("unit", "earliest", "latest", "until"))
    for unit, earliest, latest, until in zip(*columns, strict=True):
        if unit not in place:
            continue
        row = state[place[unit]]
        if latest is None:
            row[:] = np.nan if undated else 0.0
            continue
        begin, sure = max(earliest - first, 0), max(latest - first, 0)
        end = row.size if until is None else max(until - first, 0)
        # within a range of dates it may have adopted or not: unknown, not zero
        row[min(begin, end) : min(sure, end)] = np.nan
        row[min(sure, end) : end] = 1.0
    state[[place[one] for one in promoters if one in place]] = 1.0
    return state


def dates_of(history: History, span: range, layer: Layer) -> list[str | int] | None:
    """Date of each period, where the ties have dates."""
    if not layer.changes and layer.known_from is None:
        return None
    calendar, index = history.calendar, np.array(span)
    if calendar.period == "wave":
        if not calendar.dated and not isinstance(calendar.waves[0], int):
            raise PlanError(f"The ties `{layer.name}` are dated, but the waves are not; give them dates.")
        looks = [calendar.looks[min(max(int(at), 0), len(calendar.looks) - 1)] for at in index]
        return [str(date.fromordinal(EPOCH + int(look))) if calendar.dated else int(look) for look in looks]
    return [one if isinstance(one, int) else str(one) for one in calendar.names(index)]


def successes(success: Frame, history: History) -> pl.DataFrame:
    """How it went with each adopter, by the last period it counts from."""
    frame = polars_of(success, "The frame of success")[0]
    need(frame, ("unit", "time", "value"), "The frame of success")
    _, last, bad = history.calendar.intervals(frame["time"])
    if (bad | last.is_null()).any():
        raise PlanError("The frame of success has a time that cannot be read.")
    named = [ids(frame[name]).alias(name) for name in ("unit", "policy") if name in frame.columns]
    known = frame.with_columns(*named, pl.col("value").cast(pl.Float64), known=last).drop_nulls("value")
    keys = [name for name in ("unit", "policy", "known") if name in known.columns]
    if known.select(keys).is_duplicated().any():
        raise PlanError("The frame of success has two values of one unit for one period.")
    return known.sort("known").drop([name for name in (ROW,) if name in known.columns])


def _at_times(known: pl.DataFrame, policy: str, senders: tuple[str, ...], span: range) -> Numbers:
    """Success as known at the end of each period, shape (S, T): each value holds until the next."""
    values = np.full((len(senders), len(span)), np.nan)
    place = {sender: at for at, sender in enumerate(senders)}
    own = known.filter(pl.col("policy") == policy) if "policy" in known.columns else known
    for unit, value, when in own.select("unit", "value", "known").iter_rows():
        if unit in place and when < span.stop:
            # sorted by date, so that a later value replaces an earlier one from its own period on
            values[place[unit], max(when - span.start, 0) :] = value
    return values
