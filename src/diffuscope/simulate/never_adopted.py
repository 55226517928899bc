"""The rows of a panel as if nobody had adopted while at risk: what a forward simulation starts from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.panel.covariates import joined
from diffuscope.panel.exposure_history import state_of
from diffuscope.panel.global_share import GLOBAL_SHARE, TIME_AT_RISK, add_time_at_risk, deciding, without
from diffuscope.panel.native_frames import ROW
from diffuscope.panel.spans import rows_at_risk
from diffuscope.records.work_bounds import DECIDED_APART, refuse_beyond

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffuscope.models import Fit
    from diffuscope.panel import Panel
    from diffuscope.panel.exposure_history import ExposureInputs, PolicyStates
    from diffuscope.records.arrays import Codes, Numbers


def why_not_simulable(panel: Panel, fit: Fit, inputs: Mapping[str, ExposureInputs]) -> str | None:
    """Why a model cannot be run forward, in words; None where it can."""
    if panel.history is None:
        return "Units are paired or rows merged, so the model cannot be simulated forward."
    if fit.weights is not None:
        return "The model is weighted, and weights of those who had adopted are not known."
    if fit.outcome != "event":
        return f"The model explains `{fit.outcome}`, not adoption, so it cannot be simulated forward."
    spells = panel.history.spells
    own = spells.filter(pl.col("unit").is_in(panel.units), pl.col("policy").is_in(panel.policies))
    if own["until"].is_not_null().any():
        return "Some adoptions end, and the model does not predict when: it cannot be simulated forward."
    if any(one.spec.lag == 0 for one in inputs.values()):
        return "An exposure of the model has lag 0: periods cannot be simulated one after another."
    if not inputs:
        return "The model has no exposure."
    known = {*never_adopted(panel).columns, *inputs, GLOBAL_SHARE}
    by_hand = [name for name in fit.design.needs() if name not in known]
    if by_hand:
        return f"What `{by_hand[0]}` would be for units after adoption is unknown: it was added by hand."
    return None


def never_adopted(panel: Panel) -> pl.DataFrame:
    """Rows of all who were ever at risk, from then on to the last row of any, with covariates; by time."""
    history = panel.history
    assert history is not None
    bounds, rows = history.bounds, panel.table()
    pairs = rows.group_by("policy", "unit").agg(start=pl.col("time").min())
    ends = rows.group_by("policy").agg(last=pl.col("time").max())
    exits = pl.DataFrame({"unit": bounds.units, "exit": bounds.exit}, schema_overrides={"unit": pl.String})
    pairs = pairs.join(ends, on="policy").join(exits, on="unit")
    # until the last row of the policy: later rows would need covariates that the panel never had
    end = pl.min_horizontal("last", "exit").cast(pl.Int64)
    spells = pairs.select(
        "unit", "policy", earliest=end, latest=end, until=pl.lit(None, pl.Int64), **{ROW: pl.lit(0, pl.Int64)}
    )
    at_risk, _, _ = rows_at_risk(spells, bounds, history.calendar)
    at_risk = (
        at_risk.join(pairs.select("policy", "unit", "start"), on=["policy", "unit"])
        .filter(pl.col("time") >= pl.col("start"))
        .sort("time", "policy", "unit")
        .drop("start")
    )
    for extra, lag, carry in history.covariates:
        at_risk, _ = joined(at_risk, extra, history.calendar, lag=lag, carry=carry)
    if TIME_AT_RISK in rows.columns and TIME_AT_RISK not in at_risk.columns:
        at_risk = add_time_at_risk(replace(panel, frame=at_risk)).table()
    return at_risk


def blank_inputs(inputs: ExposureInputs, rows: pl.DataFrame, events: pl.DataFrame) -> ExposureInputs:
    """The same ties for other rows, of senders whose adoption in the model has not happened yet.

    Parameters
    ----------
    inputs : ExposureInputs
        Of the rows of the panel.
    rows : polars.DataFrame
        From `never_adopted`.
    events : polars.DataFrame
        Rows of the panel with an event.
    """
    sender = {unit: at for at, unit in enumerate(inputs.layer.senders)}
    codes = places(rows["unit"], inputs.layer.units)
    whole = rows.select("policy", "unit", "time").with_row_index("_at")
    parts = []
    for part in inputs.parts:
        own = whole.filter(pl.col("policy") == part.policy, _whose(part, inputs))
        at, state = own["_at"].to_numpy().astype(np.int64), part.state.copy()
        for unit in events.filter(pl.col("policy") == part.policy)["unit"]:
            if unit in sender:
                # those whose adoption is drawn start without the policy; adoptions outside the panel stay as
                # they were
                state[sender[unit]] = 0.0
        columns = own["time"].to_numpy() - part.start
        parts.append(replace(part, at=at, unit=codes[at], time=columns, state=state))
    return replace(inputs, parts=tuple(parts), rows=rows.height, unknown_units=codes < 0)


def _whose(part: PolicyStates, inputs: ExposureInputs) -> pl.Expr:
    """Units whose rows a part is: those that decided together, or all others."""
    if part.units is not None:
        return pl.col("unit").is_in(list(part.units))
    others = {name for one in inputs.parts if one.policy == part.policy and one.units for name in one.units}
    return ~pl.col("unit").is_in(list(others))


def places(names: pl.Series, known: tuple[str, ...]) -> Codes:
    """Places of names among known ones, -1 where they are not."""
    place = {name: at for at, name in enumerate(known)}
    return names.replace_strict(place, default=-1, return_dtype=pl.Int64).to_numpy()


@dataclass(frozen=True)
class ShareWithoutEvents:
    """Global adoption share without those whose adoption is drawn.

    Attributes
    ----------
    had, known : array of float, shape (P, T)
        Of all units of the panel: how many had adopted otherwise by the end of each period, and of how many
        it is known. A line for each policy, and for those who decided on it together, who do not hear of each
        other.
    line, column : array of int, shape (n,)
        Line of each row, and the column of the period before it.
    listeners : tuple of array of int
        Lines that hear of an adoption.
    heard : array of int, shape (n,)
        Which of the listeners hear of the adoption of each row.
    """

    had: Numbers
    known: Numbers
    line: Codes
    column: Codes
    listeners: tuple[Codes, ...]
    heard: Codes

    def nobody(self, copies: int) -> Numbers:
        """Drawn adopters by the end of each period, none yet: shape (B, P, T)."""
        return np.zeros((copies, *self.had.shape))

    def before(self, rows: Codes, adopted: Numbers) -> Numbers:
        """The share at the end of the period before each of these rows, shape (B, m)."""
        line, column = self.line[rows], self.column[rows]
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((self.had[line, column] + adopted[:, line, column]) / self.known[line, column])

    def tell(self, rows: Codes, worlds: Codes, adopted: Numbers) -> None:
        """Count the units of these rows among adopters from the end of their period on."""
        for world, heard, column in zip(worlds, self.heard[rows], self.column[rows], strict=True):
            adopted[world, self.listeners[heard], column + 1 :] += 1


def share_without_events(panel: Panel, rows: pl.DataFrame, events: pl.DataFrame) -> ShareWithoutEvents:
    """What the global share of other rows rests on, were nobody to adopt who did so in the panel."""
    history = panel.history
    assert history is not None
    units = history.bounds.units
    first, last = int(rows["time"].min()) - 1, int(rows["time"].max())  # type: ignore[arg-type]
    span = range(first, last + 1)
    spells = history.spells.filter(pl.col("unit").is_in(units))
    lines: list[tuple[Numbers, Numbers]] = []
    line, heard = (np.zeros(rows.height, dtype=np.int64) for _ in range(2))
    listeners: list[Codes] = []
    for (policy,), part in rows.with_row_index("_at").group_by("policy", maintain_order=True):
        own = spells.filter(pl.col("policy") == policy)
        state = state_of(own, units, (), span, undated=history.undated)
        drawn = frozenset(events.filter(pl.col("policy") == policy)["unit"])
        at, begin = part["_at"].to_numpy(), len(lines)
        deaf: dict[str, set[int]] = {}
        for whose, unheard in deciding(own, part["unit"]):
            line[at[whose]] = len(lines)
            for unit in unheard or ():
                deaf.setdefault(unit, set()).add(len(lines))
            lines.append(_counted(without(state, units, drawn | (unheard or frozenset()))))
            refuse_beyond(DECIDED_APART, len(lines) * len(span) + len(deaf) * (len(lines) - begin))
        heard[at] = len(listeners) + _kinds(part["unit"], deaf)
        every = range(begin, len(lines))
        listeners += [
            np.array([one for one in every if one not in without_these], dtype=np.int64)
            for without_these in (frozenset(), *_distinct(deaf))
        ]
    had, known = (np.array(each).reshape(len(lines), len(span)) for each in zip(*lines, strict=True))
    column = rows["time"].to_numpy() - 1 - first
    return ShareWithoutEvents(
        had=had, known=known, line=line, column=column, listeners=tuple(listeners), heard=heard
    )


def _distinct(deaf: Mapping[str, set[int]]) -> list[frozenset[int]]:
    """Which lines do not hear, each set once."""
    return list(dict.fromkeys(frozenset(own) for own in deaf.values()))


def _kinds(unit: pl.Series, deaf: Mapping[str, set[int]]) -> Codes:
    """Who hears of each row's unit: 0 where all do, else the place of the set of those that do not."""
    place = {own: at + 1 for at, own in enumerate(_distinct(deaf))}
    codes = {name: place[frozenset(own)] for name, own in deaf.items()}
    return unit.replace_strict(codes, default=0, return_dtype=pl.Int64).to_numpy()


def _counted(state: Numbers) -> tuple[Numbers, Numbers]:
    """How many had it by the end of each period, and of how many it is known."""
    finite = np.isfinite(state)
    return np.where(finite, state, 0.0).sum(axis=0), finite.sum(axis=0).astype(np.float64)
