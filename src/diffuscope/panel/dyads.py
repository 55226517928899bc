"""Directed dyads: a unit that could adopt and each unit it could follow, by period.

Volden 2006 (doi:10.1111/j.1540-5907.2006.00185.x), with the condition of Boehmke 2009
(doi:10.1017/S0022381609090926): where the other has nothing to follow, there is no opportunity to emulate,
and a pair without opportunity mistakes the other's own propensity to adopt for emulation.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.errors import MethodError, PlanError
from diffuscope.panel.adoptions import DECISION
from diffuscope.panel.covariates import joined
from diffuscope.panel.decisions import decided_pairs
from diffuscope.panel.native_frames import called, polars_of
from diffuscope.records.native_tables import as_kind
from diffuscope.records.phrases import counted, noun
from diffuscope.records.work_bounds import DYADS, refuse_beyond

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from diffuscope.panel.native_frames import Frame
    from diffuscope.panel.panel import History, Panel
    from diffuscope.records.arrays import Codes


UNCONDITIONAL = (
    "Pairs without an opportunity to emulate are kept: whatever makes a sender adopt early will look like a "
    "reason to follow it (Boehmke 2009). Keep `conditional=True` for any claim of emulation."
)
PAIRED = ("receiver", "sender")

_log = logging.getLogger("diffuscope")


def dyad_period(
    panel: Panel, *, conditional: bool = True, senders: Frame | None = None, lag: int = 1, carry: int = 0
) -> Panel:
    """Directed dyad-period data: each unit at risk and each unit that it could follow, by period.

    Parameters
    ----------
    panel : Panel
        From `person_period`, with what is known of the receivers.
    conditional : bool
        Keep only pairs in which the sender had the policy in the period before, so that there is something to
        emulate. Without it all pairs stay, and the panel warns.
    senders : pandas, Polars or Arrow table, optional
        What is known of the senders, as for `add_covariates`; its columns come as ``sender_…``.
    lag, carry : int
        As for `add_covariates`.

    Returns
    -------
    Panel
        Columns `receiver`, `sender`, then those of the panel; `event` is 1 where the receiver adopts what the
        sender had. Unconditional pairs have a column `opportunity`.

    Raises
    ------
    PlanError
        If the panel is paired or merged already, or columns clash.
    MethodError
        If no pair has an opportunity, or there would be more pairs than memory holds.

    Examples
    --------
    >>> import diffuscope, polars as pl
    >>> laws = pl.DataFrame({"unit": ["a", "b", "c"], "time": [2001, 2002, 2003]})
    >>> pairs = dyad_period(diffuscope.person_period(laws))
    >>> pairs.frame.select("receiver", "sender", "period", "event").rows()
    [('b', 'a', 2002, 1), ('c', 'a', 2002, 0), ('c', 'a', 2003, 1), ('c', 'b', 2003, 1)]
    """
    history = panel.history
    if history is None:
        raise PlanError("Units can be paired only once, and before rows are merged.")
    rows = panel.table()
    held, sender, at = _holders(rows, history)
    if conditional:
        # sorted keys: the holders of a row's policy in the period before it are one run of them
        begin, end = np.searchsorted(held, at), np.searchsorted(held, at, side="right")
        refuse_beyond(DYADS, int((end - begin).sum()))
        pair = np.repeat(np.arange(at.size), end - begin)
        step = np.arange(pair.size) - np.repeat(np.cumsum(end - begin) - (end - begin), end - begin)
        other, has = sender[np.repeat(begin, end - begin) + step], None
    else:
        pair, other, has = _every_pair(rows, history, held, sender, at)
    pair, other, has = _without_joint_decisions(rows, history, pair, other, has)
    frame = _paired(rows, history, pair, other, has)
    notes = panel.notes + _notes(rows, history)
    if not conditional:
        _log.warning(UNCONDITIONAL)
        notes += (UNCONDITIONAL,)
    if senders is not None:
        frame, more_notes = with_senders(frame, senders, history, lag, carry)
        notes += more_notes
    return replace(panel, frame=as_kind(frame, history.kind), notes=notes, history=None)


def _holders(rows: pl.DataFrame, history: History) -> tuple[Codes, Codes, Codes]:
    """Who had which policy at the end of which period, and the period before each row.

    A key joins policy and period; holders are sorted by it, each with the code of its unit.
    """
    bounds = history.bounds
    policy = {name: at for at, name in enumerate(bounds.policies)}
    unit = {name: at for at, name in enumerate(bounds.units)}
    if rows.is_empty():
        raise MethodError("The panel has no rows, so there are no units to pair.")
    first, last = int(rows["time"].min()) - 1, int(rows["time"].max())  # type: ignore[arg-type]
    width = last - first + 1
    spells = history.spells.filter(
        pl.col("latest") < last, pl.col("unit").is_in(bounds.units), pl.col("policy").is_in(bounds.policies)
    )
    # from the end of a range on: before it, the sender may not have had it yet
    begins = np.maximum(spells["latest"].to_numpy(), first)
    ends = np.minimum(spells["until"].fill_null(last).to_numpy(), last)  # in `until` itself it is gone
    many = np.maximum(ends - begins, 0)
    of = np.repeat(np.arange(many.size), many)
    time = begins[of] + np.arange(of.size) - (np.cumsum(many) - many)[of] - first
    key = _codes(spells["policy"], policy)[of] * width + time
    who = _codes(spells["unit"], unit)[of]
    order = np.lexsort((who, key))
    at = _codes(rows["policy"], policy) * width + rows["time"].to_numpy() - 1 - first
    return key[order], who[order], at


def _codes(column: pl.Series, order: dict[str, int]) -> Codes:
    return column.replace_strict(order, return_dtype=pl.Int64).to_numpy().astype(np.int64)


def _every_pair(
    rows: pl.DataFrame, history: History, held: Codes, sender: Codes, at: Codes
) -> tuple[Codes, Codes, NDArray[np.bool_]]:
    units = history.bounds.units
    n = len(units)
    refuse_beyond(DYADS, rows.height * (n - 1))
    receiver = np.repeat(_codes(rows["unit"], {name: code for code, name in enumerate(units)}), n - 1)
    pair = np.repeat(np.arange(rows.height), n - 1)
    other = np.tile(np.arange(n - 1), rows.height)
    # n - 1 numbers that skip the receiver itself: no unit follows itself
    other = other + (other >= receiver)
    known, wanted = held * n + sender, at[pair] * n + other
    place = np.searchsorted(known, wanted)
    has = np.zeros(pair.size, dtype=bool)
    inside = place < known.size
    has[inside] = known[place[inside]] == wanted[inside]
    return pair, other, has


def _without_joint_decisions(
    rows: pl.DataFrame, history: History, pair: Codes, other: Codes, has: NDArray[np.bool_] | None
) -> tuple[Codes, Codes, NDArray[np.bool_] | None]:
    """The pairs without those that decided together: neither could have followed the other."""
    if history.spells[DECISION].null_count() == history.spells.height:
        return pair, other, has
    sender = pl.Series(history.bounds.units, dtype=pl.String).gather(other)
    kept = ~decided_pairs(history.spells, rows["policy"].gather(pair), rows["unit"].gather(pair), sender)
    mask = kept.to_numpy()
    return pair[mask], other[mask], None if has is None else has[mask]


def _paired(
    rows: pl.DataFrame, history: History, pair: Codes, other: Codes, has: NDArray[np.bool_] | None
) -> pl.DataFrame:
    if not pair.size or not (has is None or has.any()):
        raise MethodError(
            "No pair has an opportunity to emulate: no unit at risk had an earlier adopter to follow."
        )
    names = pl.Series("sender", history.bounds.units, dtype=pl.String).gather(other)
    frame = called(rows[pair], {"unit": "receiver"}).insert_column(1, names)
    if has is None:
        return frame
    opportunity = pl.Series("opportunity", has)
    # without an opportunity an adoption is not emulation of this sender (Boehmke 2009)
    return frame.with_columns(event=pl.col("event") * opportunity, opportunity=opportunity)


def with_senders(
    frame: pl.DataFrame, senders: Frame, history: History, lag: int, carry: int
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Dyads with what is known of their senders, and what to say about it.

    Parameters
    ----------
    frame : polars.DataFrame
        Rows of `dyad_period`.
    senders, lag, carry
        As for `dyad_period`.
    history : History
        Of the panel that was paired.

    Returns
    -------
    polars.DataFrame
        With the columns of `senders` as ``sender_…``.
    tuple of str
    """
    extra = polars_of(senders, "The frame of senders")[0]
    kept = ("unit", "policy", "time", "period", "year", "_row")
    extra = called(extra, {name: f"sender_{name}" for name in extra.columns if name not in kept})
    unpaired = called(frame, {"sender": "unit"})
    paired, notes = joined(unpaired, extra, history.calendar, lag=lag, carry=carry)
    return called(paired, {"unit": "sender"}), notes


def _notes(rows: pl.DataFrame, history: History) -> tuple[str, ...]:
    wide = history.spells.filter(
        pl.col("earliest") < pl.col("latest"), pl.col("policy").is_in(rows["policy"].unique().implode())
    ).height
    if not wide:
        return ()
    return (
        f"{counted(wide, 'sender has a date that spans', 'senders have dates that span')} several periods; "
        f"{noun(wide, 'it counts as an adopter', 'they count as adopters')} from the end of the span.",
    )
