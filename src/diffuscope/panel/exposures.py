"""Exposures attached to a panel: what each unit at risk had seen others do, through one kind of tie."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from diffuscope.errors import MethodError, PlanError
from diffuscope.mechanisms import mechanisms
from diffuscope.panel.bounds import chosen
from diffuscope.panel.frames import ROW, as_kind, ids, need, polars_of
from diffuscope.ties.exposure import Exposure, Form, exposure
from diffuscope.ties.frames import layer_from_frame
from diffuscope.ties.layer import Layer
from diffuscope.ties.moments import moment
from diffuscope.ties.separability import EVERYBODY_IS, refuse_competition, refuse_even

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from diffuscope.panel.frames import Frame
    from diffuscope.panel.record import History, Panel

    Numbers = NDArray[np.float64]

COMPETITION = "competition"
OUTCOME = "adoptions"
"""What a layer must not be computed from, besides the policies themselves."""
EPOCH = date(1970, 1, 1).toordinal()


def add_exposure(
    panel: Panel,
    ties: Layer | Frame,
    *,
    name: str | None = None,
    form: Form = "share",
    lag: int = 1,
    decay: float | None = None,
    cumulative: bool = True,
    success: Frame | None = None,
    promoters: Iterable[str] = (),
    known_from: str | None = None,
    isolates: Literal["missing", "zero"] = "missing",
) -> Panel:
    """A panel with how exposed each unit was, before each period, to the choices of those tied to it.

    Parameters
    ----------
    panel : Panel
        From `person_period`; not paired or merged.
    ties : Layer, or pandas, Polars or Arrow table
        A frame has the columns `sender`, `receiver` and, if ties differ, `weight`: the sender acts on the
        receiver; from `start` to `end` if ties change.
    name : str, optional
        Of the new column; a layer's own name otherwise, as a formula can write it (``shared_religion``). A
        mechanism's name is borne by its own ties alone.
    form, lag, decay, cumulative
        As for `exposure` of the room of ties: by default the share of ties to those who had adopted by the
        end of the period before.
    success : pandas, Polars or Arrow table, optional
        Columns `unit`, `time`, `value` and perhaps `policy`: how it went with each adopter. A value counts
        from its period on until the next one, and is seen `lag` periods later, as adoptions are.
    promoters : iterable of str
        Senders that push all policies throughout and never adopt.
    known_from : str, optional
        Date from which the ties of a frame were known.
    isolates : {"missing", "zero"}
        Exposure of a unit without ties: not known, or 0, and the panel says so.

    Returns
    -------
    Panel
        With the column, null where exposure is not known: isolates (flagged in ``isolate_…``), times before
        the ties were known, and whoever is tied to a unit whose date is a range that is not over yet.

    Raises
    ------
    CaseError
        If a tie of a frame lacks an id or weight, or is there twice; with every such row.
    MethodError
        If the ties were computed from the adoptions they are to explain, the exposure never varies, or it
        is that to everybody: ties alike between all (unless called ``everybody``), or an exposure called
        ``competition`` that correlates above 0.95 with the share of all that had adopted.
    PlanError
        If a sender's adoptions are not known, columns clash or are lacking, or a layer of neighbours, or of
        another mechanism's ties, is given a mechanism's name.

    Examples
    --------
    >>> import diffuscope, polars as pl
    >>> laws = pl.DataFrame({"unit": ["a", "b", "c"], "time": [2001, 2003, None]})
    >>> ties = pl.DataFrame({"sender": ["a", "b", "a"], "receiver": ["c", "c", "b"], "weight": [1, 3, 1]})
    >>> panel = add_exposure(diffuscope.person_period(laws, censor=2004), ties, name="neighbours")
    >>> panel.frame.filter(pl.col("unit") == "c").select("period", "neighbours").rows()
    [(2002, 0.25), (2003, 0.25), (2004, 1.0)]
    """
    if panel.history is None:
        raise PlanError("Exposures are added before units are paired or rows are merged.")
    if not isinstance(lag, int) or lag < 0:
        raise PlanError(f"lag is {lag!r}; it is a whole number of periods, 1 unless asked otherwise.")
    layer = ties if isinstance(ties, Layer) else _layer(ties, panel, name, known_from)
    name, rows = name or re.sub(r"\W", "_", layer.name), panel.table()
    _refuse_called(name, layer, by_hand=not isinstance(ties, Layer))
    _refuse_outcome(layer, panel)
    _refuse_names(name, rows)
    pushing = tuple(promoters)
    _refuse_unknown(layer, panel.history, pushing)
    notes = (*(f"`{name}`: {note}." for note in layer.notes), *known_late(layer, panel))
    known = None if success is None else _successes(success, panel.history)
    look = partial(exposure, layer, form=form, lag=lag, decay=decay, cumulative=cumulative)
    values, alone = _looked(look, rows, panel.history, layer=layer, pushing=pushing, known=known, lag=lag)
    if name == COMPETITION:
        refuse_competition(name, values, _everybody(rows, panel.history, layer, pushing, lag))
    if not chosen("isolates", isolates, "missing", "zero"):
        values[alone] = 0.0
        notes += (f"`{name}` is set to 0 in {int(alone.sum()):,} rows of units without ties.",)
    notes += _told(name, values, lag)
    columns = [pl.Series(name, values).fill_nan(None), pl.Series(f"isolate_{name}", alone)]
    frame = as_kind(rows.with_columns(columns), panel.history.kind)
    return replace(panel, frame=frame, notes=panel.notes + notes, exposures=(*panel.exposures, name))


def _looked(
    look: Callable[..., Exposure],
    rows: pl.DataFrame,
    history: History,
    *,
    layer: Layer,
    pushing: tuple[str, ...],
    known: pl.DataFrame | None,
    lag: int,
) -> tuple[Numbers, Any]:
    """Exposure of each row, and whether its unit has no ties, one policy after the other."""
    values, alone = np.full(rows.height, np.nan), np.zeros(rows.height, dtype=bool)
    row = {unit: at for at, unit in enumerate(layer.units)}
    codes = rows["unit"].replace_strict(row, default=-1, return_dtype=pl.Int64).to_numpy()
    spells = history.spells.filter(pl.col("unit").is_in(layer.senders)).partition_by("policy", as_dict=True)
    for (policy,), part in rows.with_row_index("_at").group_by("policy", maintain_order=True):
        at, time = part["_at"].to_numpy(), part["time"].to_numpy()
        span = range(int(time.min()) - lag, int(time.max()) + 1)
        found = look(
            _state(
                spells.get((policy,), history.spells.clear()),
                layer.senders,
                pushing,
                span,
                undated=history.undated,
            ),
            success=None if known is None else _at_times(known, str(policy), layer.senders, span),
            periods=_dates(history, span, layer),
        )
        values[at] = found.values[codes[at], time - span.start]
        alone[at] = _flags(found, codes[at], time - span.start)
    strange = codes < 0  # of whom the layer knows no ties
    values[strange], alone[strange] = np.nan, True
    return values, alone


def _everybody(
    rows: pl.DataFrame, history: History, layer: Layer, pushing: tuple[str, ...], lag: int
) -> Numbers:
    """Share of all senders that had adopted before, for each row."""
    share = np.full(rows.height, np.nan)
    spells = history.spells.filter(pl.col("unit").is_in(layer.senders))
    for (policy,), part in rows.with_row_index("_at").group_by("policy", maintain_order=True):
        time = part["time"].to_numpy() - lag
        span = range(int(time.min()), int(time.max()) + 1)
        own = spells.filter(pl.col("policy") == policy)
        state = _state(own, layer.senders, pushing, span, undated=history.undated)
        share[part["_at"].to_numpy()] = state.mean(axis=0)[time - span.start]
    return share


def _layer(ties: Frame, panel: Panel, name: str | None, known_from: str | None) -> Layer:
    """A layer from a frame of ties, with all its senders, in the panel or not."""
    if not name:
        raise PlanError("A frame of ties needs a name: what the ties are, such as `neighbours`.")
    frame = polars_of(ties, "The frame of ties")[0]
    need(frame, ("sender", "receiver"), "The frame of ties")
    acting = frame.filter(ids(frame["receiver"]).is_in(panel.units))
    senders = sorted({*panel.units, *ids(acting["sender"]).drop_nulls()})
    return layer_from_frame(frame, name, units=panel.units, senders=senders, known_from=known_from)


def _refuse_called(name: str, layer: Layer, *, by_hand: bool) -> None:
    """Refuse ties that a name does not fit; what a frame holds, only its maker knows."""
    if name != EVERYBODY_IS:
        refuse_even(layer)
    if name in mechanisms() and not by_hand:
        mechanisms()[name].refuse_bare(layer)


def _refuse_outcome(layer: Layer, panel: Panel) -> None:
    policies = () if panel.history is None else panel.history.bounds.policies
    bad = [origin for origin in layer.derived_from if origin == OUTCOME or origin in policies]
    if bad:
        raise MethodError(
            f"The ties `{layer.name}` were computed from `{bad[0]}`, which they are to explain: they would "
            "explain it whatever happened. Take ties from another source."
        )


def _refuse_names(name: str, rows: pl.DataFrame) -> None:
    for column in (name, f"isolate_{name}"):
        if column in rows.columns:
            raise PlanError(f"The panel has a column `{column}` already; give the exposure another name.")


def _refuse_unknown(layer: Layer, history: History, promoters: tuple[str, ...]) -> None:
    known = {*history.bounds.units, *history.spells["unit"], *promoters}
    strange = [sender for sender in layer.senders if sender not in known]
    if strange:
        raise PlanError(
            f"Nothing is known of the adoptions of {len(strange):,} senders in `{layer.name}` "
            f"(`{strange[0]}`). Give them rows among the adoptions (an empty time: never), or name them as "
            "promoters."
        )


def _state(
    spells: pl.DataFrame, senders: tuple[str, ...], promoters: tuple[str, ...], span: range, *, undated: bool
) -> Numbers:
    """Whether each sender had the policy at the end of each period of a span; NaN where it is not known."""
    first = span.start
    state = np.zeros((len(senders), len(span)))
    place = {sender: at for at, sender in enumerate(senders)}
    columns = (spells[name].to_list() for name in ("unit", "lo", "hi", "until"))
    for unit, lo, hi, until in zip(*columns, strict=True):
        row = state[place[unit]]
        if hi is None:
            row[:] = np.nan if undated else 0.0
            continue
        begin, sure = max(lo - first, 0), max(hi - first, 0)
        end = row.size if until is None else max(until - first, 0)
        row[min(begin, end) : min(sure, end)] = np.nan
        row[min(sure, end) : end] = 1.0
    state[[place[one] for one in promoters if one in place]] = 1.0
    return state


def _dates(history: History, span: range, layer: Layer) -> list[str | int] | None:
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


def _successes(success: Frame, history: History) -> pl.DataFrame:
    frame = polars_of(success, "The frame of success")[0]
    need(frame, ("unit", "time", "value"), "The frame of success")
    _, last, bad = history.calendar.intervals(frame["time"])
    if (bad | last.is_null()).any():
        raise PlanError("The frame of success has a time that cannot be read.")
    named = [ids(frame[name]).alias(name) for name in ("unit", "policy") if name in frame.columns]
    found = frame.with_columns(*named, pl.col("value").cast(pl.Float64), known=last).drop_nulls("value")
    keys = [name for name in ("unit", "policy", "known") if name in found.columns]
    if found.select(keys).is_duplicated().any():
        raise PlanError("The frame of success has two values of one unit for one period.")
    return found.sort("known").drop([name for name in (ROW,) if name in found.columns])


def _at_times(known: pl.DataFrame, policy: str, senders: tuple[str, ...], span: range) -> Numbers:
    """Success as known at the end of each period, shape (S, T): each value holds until the next."""
    values = np.full((len(senders), len(span)), np.nan)
    place = {sender: at for at, sender in enumerate(senders)}
    own = known.filter(pl.col("policy") == policy) if "policy" in known.columns else known
    for unit, value, when in own.select("unit", "value", "known").iter_rows():
        if unit in place and when < span.stop:
            values[place[unit], max(when - span.start, 0) :] = value
    return values


def _flags(found: Exposure, unit: Any, at: Any) -> Any:
    return found.isolates[unit] if found.isolates.ndim == 1 else found.isolates[unit, at]


def _told(name: str, values: Numbers, lag: int) -> tuple[str, ...]:
    """What to say of an exposure; one that never varies is refused."""
    known = np.isfinite(values)
    if not known.any():
        raise MethodError(f"The exposure `{name}` is known in no row of the panel.")
    if known.sum() > 1 and np.ptp(values[known]) == 0:
        raise MethodError(
            f"The exposure `{name}` is {values[known][0]:g} in every row where it is known: without "
            "variation it can explain nothing."
        )
    notes = []
    if not known.all():
        notes.append(f"`{name}` is unknown in {int((~known).sum()):,} of {known.size:,} rows.")
    if lag == 0:
        notes.append(f"`{name}` is contemporaneous (lag 0): who adopts together exposes each other.")
    return tuple(notes)


def known_late(layer: Layer, panel: Panel) -> tuple[str, ...]:
    """Whether the ties were known only after the first adoption."""
    since = layer.snapshots[0][0]
    history = panel.history
    if since is None or history is None:
        return ()
    adopted = history.spells.filter(pl.col("hi").is_not_null(), pl.col("policy").is_in(panel.policies))
    first = int(adopted["hi"].min())  # type: ignore[arg-type]
    when = (_dates(history, range(first, first + 1), layer) or [since])[0]
    if moment(since, "known_from") <= moment(when, "The first adoption"):
        return ()
    return (
        f"The ties `{layer.name}` are known from {since} on, after the first adoption ({when}): they may be "
        "a result of adoption.",
    )
