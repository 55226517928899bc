"""A fitted model run forward: who would have adopted when, through the same ties, were the model true.

Each unit decides anew in each period by the hazard that the model foretells from what it sees then. What such
worlds look like is what a test of the model must be measured against.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.models.links import hazard
from diffuscope.models.predict import link_of
from diffuscope.panel.covariates import joined
from diffuscope.panel.frames import ROW
from diffuscope.panel.spans import rows_at_risk
from diffuscope.safeguards.beside import World, first_period
from diffuscope.safeguards.moving import Moving
from diffuscope.ties.exposure import exposure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from diffuscope.panel import Panel
    from diffuscope.panel.seen import Part, Seen
    from diffuscope.safeguards.question import Question

    Codes = NDArray[np.int64]
    Numbers = NDArray[np.float64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Forward:
    """A model, everybody who could adopt throughout, and their ties.

    Attributes
    ----------
    columns : Moving
        One row per unit, policy and period, as if nobody had adopted; by time.
    time : array of int, shape (n,)
    pair : array of int, shape (n,)
        Unit and policy of each row, numbered.
    luck : array of int, shape (n,)
        Which random number decides each row.
    numbers : int
        How many random numbers a world takes.
    did : array of bool, shape (n,)
        Whether the unit really adopted in this period: it does so again where the model knows no hazard.
    seen : mapping of str to Seen
        What these rows see, of senders that have not adopted unless outside the model.
    sender : mapping of str to array of int, shape (n,)
        Place of each row's unit among the senders of these ties, -1 where it is none.
    """

    columns: Moving
    time: Codes = field(repr=False)
    pair: Codes = field(repr=False)
    luck: Codes = field(repr=False)
    numbers: int
    did: Flags = field(repr=False)
    seen: dict[str, Seen] = field(repr=False)
    sender: dict[str, Codes] = field(repr=False)

    @classmethod
    def of(cls, question: Question) -> Forward:
        """Of a question that `unable` has no objection to."""
        panel = question.panel
        rows = as_if_never(panel)
        event = panel.table().filter(pl.col("event") == 1)
        own = rows.select("unit", "policy", "time").join(
            event.select("unit", "policy", "time", did=pl.lit(value=True)),
            on=["unit", "policy", "time"], how="left", maintain_order="left",
        )  # fmt: skip
        pairs = rows.select("policy", "unit").unique(maintain_order=True).with_row_index("pair")
        pair = rows.join(pairs, on=["policy", "unit"], how="left", maintain_order="left")["pair"]
        time = panel.table()["time"].to_numpy()
        seen = {one.column: _blank(one.seen, rows, event, time) for one in question.channels}
        luck, numbers = _luck(rows, question.channels[0].seen)
        did = own["did"].fill_null(value=False).to_numpy()
        sender = {column: _codes(rows["unit"], one.layer.senders) for column, one in seen.items()}
        return cls(
            columns=Moving.of(question.fit, rows, seen),
            time=rows["time"].to_numpy(),
            pair=pair.to_numpy().astype(np.int64),
            luck=luck,
            numbers=numbers,
            did=did,
            seen=seen,
            sender=sender,
        )

    def world(self, rng: np.random.Generator) -> World:
        """A world drawn from the model."""
        luck = rng.random(self.numbers)[self.luck]
        states = {column: [part.state.copy() for part in seen.parts] for column, seen in self.seen.items()}
        alive, events = np.ones(int(self.pair.max()) + 1, dtype=bool), np.zeros(len(self.pair), dtype=bool)
        kept = []
        edges = np.flatnonzero(np.r_[True, self.time[1:] != self.time[:-1], True])
        for start, stop in pairwise(edges):
            at = np.arange(start, stop)[alive[self.pair[start:stop]]]
            if not at.size:
                continue
            kept.append(at)
            chance = self._hazards(at, states)
            adopts = np.where(np.isnan(chance), self.did[at], luck[at] < chance)
            events[at] = adopts
            alive[self.pair[at[adopts]]] = False
            self._tell(at[adopts], states)
        rows = np.concatenate(kept)
        return self._world(rows, events[rows], states)

    def _hazards(self, at: Codes, states: dict[str, list[Numbers]]) -> Numbers:
        """Hazard of some rows of one period; NaN where the model knows none."""
        values = {column: self._glimpse(seen, at, states[column]) for column, seen in self.seen.items()}
        fit, offset = self.columns.fit, self.columns.offset
        eta = self.columns.matrix(at, values) @ fit.coefficients
        return hazard(link_of(fit), eta if offset is None else eta + offset[at])

    @staticmethod
    def _glimpse(seen: Seen, at: Codes, states: list[Numbers]) -> Numbers:
        """What rows of one period see."""
        found = np.full(at.size, np.nan)
        for part, state in zip(seen.parts, states, strict=True):
            # rows of a part stand in the order of the whole, so those of a period are found by bisection
            place = np.searchsorted(part.at, at)
            own = np.flatnonzero(part.at[np.minimum(place, part.at.size - 1)] == at)
            if own.size:
                place = place[own]
                found[own] = _now(seen, part, state, int(part.time[place[0]]))[part.unit[place]]
        found[seen.strange[at]] = np.nan
        return found

    def _tell(self, at: Codes, states: dict[str, list[Numbers]]) -> None:
        """Let senders have adopted from the end of these rows on."""
        for column, seen in self.seen.items():
            who = self.sender[column][at]
            for part, state in zip(seen.parts, states[column], strict=True):
                place = np.searchsorted(part.at, at)
                own = (part.at[np.minimum(place, part.at.size - 1)] == at) & (who >= 0)
                if own.any():
                    state[who[own], int(part.time[place[own][0]]) :] = 1.0

    def _world(self, kept: Codes, events: Flags, states: dict[str, list[Numbers]]) -> World:
        seen = {
            column: replace(
                one,
                parts=tuple(
                    replace(part, state=state)
                    for part, state in zip(one.parts, states[column], strict=True)
                ),
            )
            for column, one in self.seen.items()
        }  # fmt: skip
        values = {column: one.values()[0][kept] for column, one in seen.items()}
        return World(self.columns, kept, events.astype(np.float64), seen, values)


def unable(question: Question) -> str | None:
    """Why a model cannot be run forward, in words; None where it can."""
    panel, fit = question.panel, question.fit
    if panel.history is None:
        return "Units are paired or rows merged, so the model cannot be run forward."
    if fit.weights is not None:
        return "The model is weighted, and weights of those who had adopted are not known."
    if fit.outcome != "event":
        return f"The model explains `{fit.outcome}`, not adoption, so it cannot be run forward."
    rows, spells = panel.table(), panel.history.spells
    own = spells.filter(pl.col("unit").is_in(panel.units), pl.col("policy").is_in(panel.policies))
    if own["until"].is_not_null().any():
        return "Adoptions end here, and the model does not say when: it cannot be run forward."
    events = rows.filter(pl.col("event") == 1).join(own, on=["unit", "policy"])
    wide = events.filter(pl.col("lo") < pl.col("hi")).height
    if wide:
        dated = "1 adoption is" if wide == 1 else f"{wide:,} adoptions are"
        return f"{dated} dated to a span of several periods: what others had done in each is not known."
    if any(part.success is not None for one in question.channels for part in one.seen.parts):
        return (
            "An exposure of the model weighs how it went with adopters, which is not known of those who "
            "adopt only in a world that is drawn."
        )
    if any(one.seen.look.lag == 0 for one in question.channels):
        return "An exposure of the model is of the same period (lag 0): periods cannot be drawn one by one."
    if not question.channels:
        return "The model has no exposure."
    known = {*as_if_never(panel).columns, *(one.column for one in question.channels)}
    strange = [name for name in fit.design.needs() if name not in known]
    if strange:
        return f"What `{strange[0]}` would be for those who had adopted is not known: it was joined by hand."
    return None


def as_if_never(panel: Panel) -> pl.DataFrame:
    """Rows of all who were ever at risk, from then on to the last row of any, with covariates; by time."""
    history = panel.history
    assert history is not None
    bounds, rows = history.bounds, panel.table()
    pairs = rows.group_by("policy", "unit").agg(start=pl.col("time").min())
    ends = rows.group_by("policy").agg(last=pl.col("time").max())
    exits = pl.DataFrame({"unit": bounds.units, "exit": bounds.exit}, schema_overrides={"unit": pl.String})
    pairs = pairs.join(ends, on="policy").join(exits, on="unit")
    end = pl.min_horizontal("last", "exit").cast(pl.Int64)
    spells = pairs.select(
        "unit", "policy", lo=end, hi=end, until=pl.lit(None, pl.Int64), **{ROW: pl.lit(0, pl.Int64)}
    )
    found, _, _ = rows_at_risk(spells, bounds, history.calendar)
    found = (
        found.join(pairs.select("policy", "unit", "start"), on=["policy", "unit"])
        .filter(pl.col("time") >= pl.col("start"))
        .sort("time", "policy", "unit")
        .drop("start")
    )
    for extra, lag, carry in history.covariates:
        found, _ = joined(found, extra, history.calendar, lag=lag, carry=carry)
    return found


def _blank(seen: Seen, rows: pl.DataFrame, event: pl.DataFrame, time: Codes) -> Seen:
    """The same ties for other rows, of senders whose adoption in the model has not happened yet."""
    sender = {unit: at for at, unit in enumerate(seen.layer.senders)}
    codes = _codes(rows["unit"], seen.layer.units)
    whole = rows.select("policy", "time").with_row_index("_at")
    parts = []
    for part in seen.parts:
        own = whole.filter(pl.col("policy") == part.policy)
        at, state = own["_at"].to_numpy().astype(np.int64), part.state.copy()
        for unit in event.filter(pl.col("policy") == part.policy)["unit"]:
            if unit in sender:
                state[sender[unit]] = 0.0
        columns = own["time"].to_numpy() - first_period(part, time)
        parts.append(replace(part, at=at, unit=codes[at], time=columns, state=state))
    return replace(seen, parts=tuple(parts), rows=rows.height, strange=codes < 0)


def _now(seen: Seen, part: Part, state: Numbers, column: int) -> Numbers:
    """Exposure of all units of a layer in one period, from what was done before."""
    look = seen.look
    # one period more than the lag tells who is new; decay needs all that went before
    begin = 0 if look.decay is not None else max(0, column - look.lag - 1)
    dates = None if part.dates is None else part.dates[begin : column + 1]
    found = exposure(
        seen.layer, state[:, begin : column + 1], form=look.form, lag=look.lag, decay=look.decay,
        cumulative=look.cumulative, periods=dates,
    )  # fmt: skip
    return found.values[:, -1]


def _codes(units: pl.Series, known: tuple[str, ...]) -> Codes:
    """Places of units among known ones, -1 where they are not."""
    place = {unit: at for at, unit in enumerate(known)}
    return units.replace_strict(place, default=-1, return_dtype=pl.Int64).to_numpy()


def _luck(rows: pl.DataFrame, seen: Seen) -> tuple[Codes, int]:
    """Which random number decides each row: by policy, period and place in the layer, not by name."""
    policies = _codes(rows["policy"], tuple(sorted(set(rows["policy"]))))
    time = rows["time"].to_numpy()
    # units that the layer does not know have no hazard, so that no number decides for them
    unit = np.maximum(_codes(rows["unit"], seen.layer.units), 0)
    times, width = int(time.max() - time.min()) + 1, len(seen.layer.units)
    return (policies * times + (time - time.min())) * width + unit, (int(policies.max()) + 1) * times * width
