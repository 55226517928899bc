"""Network exposure joined to a panel: what each unit at risk had seen others do, through one kind of tie."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from diffuscope.errors import MethodError, PlanError
from diffuscope.mechanisms import mechanisms
from diffuscope.panel.bounds import chosen
from diffuscope.panel.calendar import BEFORE_ALL
from diffuscope.panel.exposure_history import ExposureColumn, ExposureSpec, dates_of, state_of, successes
from diffuscope.panel.native_frames import ids, need, polars_of
from diffuscope.records.native_tables import as_kind
from diffuscope.records.phrases import counted
from diffuscope.ties.dates import moment
from diffuscope.ties.from_frame import layer_from_frame
from diffuscope.ties.last_wave import carried_past_last_wave
from diffuscope.ties.layer import Layer
from diffuscope.ties.separability import EVERYBODY_IS, refuse_competition, refuse_even

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.panel.native_frames import Frame
    from diffuscope.panel.panel import History, Panel
    from diffuscope.records.arrays import Numbers
    from diffuscope.ties.exposure import Form, OneUnit


COMPETITION = "competition"
OUTCOME = "adoptions"
"""What a layer must not be computed from, besides the policies themselves."""


def add_exposure(
    panel: Panel,
    ties: Layer | Frame,
    *,
    name: str | None = None,
    form: Form | OneUnit = "share",
    lag: int = 1,
    decay: float | None = None,
    cumulative: bool = True,
    success: Frame | None = None,
    promoters: Iterable[str] = (),
    known_from: str | None = None,
    isolates: Literal["missing", "zero"] = "missing",
) -> Panel:
    """Network exposure of each unit before each period, to the choices of those tied to it, on a panel.

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
        raise PlanError(f"lag is {lag!r}; it must be a whole number of periods (default 1).")
    layer = ties if isinstance(ties, Layer) else layer_of(ties, panel, name, known_from)
    name, rows = name or re.sub(r"\W", "_", layer.name), panel.table()
    _refuse_called(name, layer, by_hand=not isinstance(ties, Layer))
    _refuse_outcome(layer, panel)
    _refuse_names(name, rows)
    pushing, zero = tuple(promoters), not chosen("isolates", isolates, "missing", "zero")
    _refuse_unknown(layer, panel.history, pushing)
    notes = (*_own_notes(name, layer, panel, lag), *known_late(layer, panel))
    known = None if success is None else successes(success, panel.history)
    spec = ExposureSpec(form=form, lag=lag, decay=decay, cumulative=cumulative)
    column = ExposureColumn(
        name=name, layer=layer, spec=spec, pushing=pushing, success=known, zero_isolates=zero
    )
    values, alone = column.inputs(rows, panel.history).values()
    if name == COMPETITION:
        refuse_competition(name, values, _everybody(rows, panel.history, layer, pushing, lag))
    if zero:
        notes += (f"`{name}` is set to 0 in {counted(int(alone.sum()), 'row')} of units without ties.",)
    notes += _lag_notes(name, values, lag)
    columns = [pl.Series(name, values, nan_to_null=True), pl.Series(f"isolate_{name}", alone)]
    frame = as_kind(rows.with_columns(columns), panel.history.kind)
    return _remembering(replace(panel, frame=frame, notes=panel.notes + notes), column)


def _remembering(panel: Panel, column: ExposureColumn) -> Panel:
    """The panel, which knows how its exposure was made."""
    assert panel.history is not None
    return replace(
        panel, history=panel.history.with_exposure(column), exposures=(*panel.exposures, column.name)
    )


def _everybody(
    rows: pl.DataFrame, history: History, layer: Layer, pushing: tuple[str, ...], lag: int
) -> Numbers:
    """Share of all senders that had adopted before, for each row."""
    share = np.full(rows.height, np.nan)
    for (policy,), part in rows.with_row_index("_at").group_by("policy", maintain_order=True):
        time = part["time"].to_numpy() - lag
        span = range(int(time.min()), int(time.max()) + 1)
        state = state_of(
            history.of_policy(str(policy)), layer.senders, pushing, span, undated=history.undated
        )
        # NaN where any sender is unknown, as in the exposure it is compared with
        share[part["_at"].to_numpy()] = state.mean(axis=0)[time - span.start]
    return share


def layer_of(ties: Frame, panel: Panel, name: str | None, known_from: str | None) -> Layer:
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
    # ties made from the outcome, such as shared adoption, correlate with it by construction
    bad = [origin for origin in layer.derived_from if origin == OUTCOME or origin in policies]
    if bad:
        raise MethodError(
            f"The ties `{layer.name}` were computed from `{bad[0]}`, the outcome they should explain, so "
            "they would always seem to explain it. Take ties from another source."
        )


def _refuse_names(name: str, rows: pl.DataFrame) -> None:
    for column in (name, f"isolate_{name}"):
        if column in rows.columns:
            raise PlanError(f"The panel has a column `{column}` already; give the exposure another name.")


def _refuse_unknown(layer: Layer, history: History, promoters: tuple[str, ...]) -> None:
    known = {*history.known, *promoters}
    unlisted = [sender for sender in layer.senders if sender not in known]
    if unlisted:
        raise PlanError(
            f"The adoptions are unknown for {counted(len(unlisted), 'sender')} in `{layer.name}` "
            f"(`{unlisted[0]}`). Add a row for each to the adoptions (an empty time means never), or "
            "name them as promoters."
        )


def _lag_notes(name: str, values: Numbers, lag: int) -> tuple[str, ...]:
    """What to say of an exposure; one that never varies is refused."""
    known = np.isfinite(values)
    if not known.any():
        raise MethodError(f"The exposure `{name}` is known in no row of the panel.")
    if known.sum() > 1 and np.ptp(values[known]) == 0:
        raise MethodError(
            f"The exposure `{name}` is {values[known][0]:g} in every row where it is known: without "
            "variation it cannot explain anything."
        )
    notes = []
    if not known.all():
        notes.append(f"`{name}` is unknown in {int((~known).sum()):,} of {counted(known.size, 'row')}.")
    if lag == 0:
        notes.append(
            f"`{name}` is contemporaneous (lag 0): units that adopt in the same period expose each other."
        )
    return tuple(notes)


def _own_notes(name: str, layer: Layer, panel: Panel, lag: int) -> tuple[str, ...]:
    """What the layer says of itself, and how far ties are carried past the wave of their last measurement."""
    notes, times = layer.notes, panel.table()["time"] - lag
    if panel.history is not None and layer.last_wave is not None and times.len():
        span = range(int(times.min()), int(times.max()) + 1)  # type: ignore[arg-type]
        notes += carried_past_last_wave(layer, dates_of(panel.history, span, layer) or ())
    return tuple(f"`{name}`: {note}." for note in notes)


def known_late(layer: Layer, panel: Panel) -> tuple[str, ...]:
    """Whether the ties were known only after the first adoption."""
    since, first = layer.snapshots[0][0], _first_adoption(panel, 1)
    if since is None or first is None or panel.history is None:
        return ()
    when = (dates_of(panel.history, range(first, first + 1), layer) or [since])[0]
    # ties formed after adoption may be its result (reverse causation)
    if moment(since, "known_from") <= moment(when, "The first adoption"):
        return ()
    return (
        f"The ties `{layer.name}` are known from {since} on, after the first adoption ({when}): they may be "
        "a consequence of adoption.",
    )


def known_before(layer: Layer, panel: Panel) -> bool:
    """Whether the ties were surely known before the first adoption.

    Neither this nor `known_late` holds of ties of the period of the first adoption, which came first nobody
    knows, and of those of a time by which somebody may have adopted.
    """
    since, first = layer.snapshots[0][0], _first_adoption(panel, 0)
    if since is None or first is None or panel.history is None:
        return True
    calendar = panel.history.calendar
    if first == BEFORE_ALL or (calendar.period == "wave" and first <= 0):
        return False
    before = (dates_of(panel.history, range(first - 1, first), layer) or [since])[0]
    return moment(since, "known_from") <= moment(before, "The period before the first adoption")


def _first_adoption(panel: Panel, end: Literal[0, 1]) -> int | None:
    """Period by which (1) or from which on (0) somebody may first have adopted; None: nobody has."""
    if panel.history is None:
        return None
    firsts = panel.history.first_adoptions
    return min((firsts[policy][end] for policy in panel.policies if policy in firsts), default=None)
