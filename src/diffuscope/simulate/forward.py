"""Forward simulation of a fitted hazard: who would have adopted when, through the same ties.

Each unit decides anew in each period by the hazard that the model predicts from what it sees then. The
distribution of a test statistic in such worlds is its null distribution under the model. All worlds are run
side by side, period by period.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from diffuscope.compute import stream
from diffuscope.models.likelihood.links import hazard
from diffuscope.models.postestimation.predict import link_of
from diffuscope.models.refit import TimeVaryingDesign
from diffuscope.panel.adoptions import DECISION
from diffuscope.panel.canonical_order import canonical_order
from diffuscope.panel.global_share import GLOBAL_SHARE
from diffuscope.simulate.copies import SimulatedPanels
from diffuscope.simulate.never_adopted import blank_inputs, never_adopted, places, share_without_events

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from diffuscope.models import Fit
    from diffuscope.panel import Panel
    from diffuscope.panel.exposure_history import ExposureInputs, PolicyStates
    from diffuscope.records.arrays import Codes, Flags, Numbers
    from diffuscope.simulate.never_adopted import ShareWithoutEvents


HELD = 1 << 23
"""Numbers of one array of states or rows at most: 64 MB."""


class Chance(NamedTuple):
    """Common random numbers: what is drawn for worlds side by side, whatever the coefficients are.

    Attributes
    ----------
    uniforms : array of float, shape (B, u)
        A number between 0 and 1 for each decision.
    success : dict of str to tuple of array, shape (B, S, T), or None
        By exposure and policy: how adoption goes with each sender.
    """

    uniforms: Numbers
    success: dict[str, tuple[Numbers | None, ...]]


class _Step(NamedTuple):
    """Rows of one period, where each exposure of them is looked up, and who hears of their adoptions."""

    rows: slice
    looks: dict[str, list[_Look]]
    updates: dict[str, list[_StateUpdate]]


class _Look(NamedTuple):
    """Rows of one policy in one period: their places in the step, units, and the column of the period."""

    part: int
    own: Codes
    unit: Codes
    column: int


class _StateUpdate(NamedTuple):
    """Rows of one policy in one period, a part that hears of their adoptions, and of whose it does not."""

    part: int
    own: Codes
    column: int
    unheard: Codes


@dataclass(frozen=True)
class ForwardSimulation:
    """A fitted hazard, everybody who could adopt throughout, and their ties.

    Attributes
    ----------
    design : TimeVaryingDesign
        One row per unit, policy and period, as if nobody had adopted; by time.
    time : array of int, shape (n,)
    pair : array of int, shape (n,)
        Unit and policy of each row, numbered.
    uniform : array of int, shape (n,)
        Which random number decides each row.
    uniforms : int
        How many random numbers a world takes.
    did : array of bool, shape (n,)
        Whether the unit really adopted in this period: it does so again where the model knows no hazard.
    inputs : mapping of str to ExposureInputs
        What these rows see, of senders that have not adopted unless outside the model.
    sender : mapping of str to array of int, shape (n,)
        Place of each row's unit among the senders of these ties, -1 where it is none.
    share : ShareWithoutEvents or None
        What the global share is without those whose adoption is drawn; None where the model lacks it.
    """

    design: TimeVaryingDesign
    time: Codes = field(repr=False)
    pair: Codes = field(repr=False)
    uniform: Codes = field(repr=False)
    uniforms: int
    did: Flags = field(repr=False)
    inputs: dict[str, ExposureInputs] = field(repr=False)
    sender: dict[str, Codes] = field(repr=False)
    share: ShareWithoutEvents | None = field(repr=False)
    steps: tuple[_Step, ...] = field(repr=False)

    @classmethod
    def of(cls, panel: Panel, fit: Fit, inputs: Mapping[str, ExposureInputs]) -> ForwardSimulation:
        """Of a model that `why_not_simulable` has no objection to.

        Parameters
        ----------
        panel : Panel
        fit : Fit
        inputs : mapping of str to ExposureInputs
            What the panel's rows see, by exposure of the model.
        """
        rows = never_adopted(panel)
        events = panel.table().filter(pl.col("event") == 1)
        keys = ["unit", "policy", "time"]
        did = rows.select(keys).join(
            events.select(*keys, did=pl.lit(value=True)), on=keys, how="left", maintain_order="left"
        )["did"]
        pairs = rows.select("policy", "unit").unique(maintain_order=True).with_row_index("pair")
        pair = rows.join(pairs, on=["policy", "unit"], how="left", maintain_order="left")["pair"]
        blank = {column: blank_inputs(one, rows, events) for column, one in inputs.items()}
        varying = [*blank, *([GLOBAL_SHARE] if GLOBAL_SHARE in fit.design.needs() else [])]
        own = next(iter(inputs.values()))
        spells = panel.history.spells if panel.history is not None else pl.DataFrame()
        uniform, uniforms = _uniforms(rows, own, panel.table(), spells)
        time = rows["time"].to_numpy()
        return cls(
            design=TimeVaryingDesign.of(fit, rows, varying),
            time=time,
            pair=pair.to_numpy().astype(np.int64),
            uniform=uniform,
            uniforms=uniforms,
            did=did.fill_null(value=False).to_numpy(),
            inputs=blank,
            sender={name: places(rows["unit"], one.layer.senders) for name, one in blank.items()},
            share=share_without_events(panel, rows, events) if GLOBAL_SHARE in varying else None,
            steps=tuple(_steps(time, blank)),
        )

    @property
    def at_once(self) -> int:
        """How many worlds fit into memory side by side."""
        sizes = [len(self.time), *(part.state.size for one in self.inputs.values() for part in one.parts)]
        return max(1, HELD // max(sizes))

    def worlds(
        self, numbers: range, seed: int, name: str, coefficients: Numbers | None = None
    ) -> SimulatedPanels:
        """Worlds drawn from the model.

        Parameters
        ----------
        numbers : range
            Which of the worlds of this seed and name; each has its own stream.
        seed : int
        name : str
        coefficients : array of float, shape (k,), optional
            Of the hazard; the fitted ones by default.
        """
        chance = self.chance(numbers, seed, name)
        return self.run(chance, self.design.fit.coefficients if coefficients is None else coefficients)

    def chance(self, numbers: range, seed: int, name: str) -> Chance:
        """What is drawn for some worlds before any coefficient is known; arguments as for `worlds`."""
        streams = [stream(seed, name, at) for at in numbers]
        draws = np.array([one.random(self.uniforms) for one in streams])
        success = {
            column: tuple(_dealt(part, streams) for part in inputs.parts)
            for column, inputs in self.inputs.items()
        }
        return Chance(draws, success)

    def run(self, chance: Chance, coefficients: Numbers) -> SimulatedPanels:
        """The worlds that chance and the coefficients of the hazard make together.

        Parameters
        ----------
        chance : Chance
        coefficients : array of float, shape (k,)
        """
        draws, success = chance
        many = len(draws)
        states = {
            column: [np.repeat(part.state[None], many, axis=0) for part in inputs.parts]
            for column, inputs in self.inputs.items()
        }
        # at risk until it adopts: one flag for each unit and policy of a world
        alive = np.ones((many, int(self.pair.max()) + 1), dtype=bool)
        y, mask = np.zeros((many, len(self.time))), np.zeros((many, len(self.time)), dtype=bool)
        adopted = None if self.share is None else self.share.nobody(many)
        shares = np.full(y.shape if self.share is not None else (many, 0), np.nan)
        link = link_of(self.design.fit)
        for step in self.steps:
            rows, at = step.rows, np.arange(step.rows.start, step.rows.stop)
            values = {
                column: self._glimpse(column, step, states[column], success[column]) for column in self.inputs
            }
            if self.share is not None and adopted is not None:
                values[GLOBAL_SHARE] = shares[:, rows] = self.share.before(at, adopted)
            certain = self.design.certain(at)
            likely = hazard(link, self.design.predictors(at, values, coefficients))
            # at durations of an infinite level (dummies) the hazard is 0 or 1, and no coefficient says so
            likely = np.where(np.isfinite(certain), certain, likely)
            here = alive[:, self.pair[rows]]
            adopts = (
                # inverse-transform sampling: adopts if its uniform number is below the hazard; the same
                # numbers under other coefficients make common random numbers
                np.where(np.isfinite(likely), draws[:, self.uniform[rows]] < likely, self.did[rows]) & here
            )
            mask[:, rows], y[:, rows] = here, adopts
            world, own = np.nonzero(adopts)
            alive[world, self.pair[rows][own]] = False
            self._update_states(step, world, own, states)
            if self.share is not None and adopted is not None:
                self.share.tell(at[own], world, adopted)
        kept = {column: tuple(own) for column, own in states.items()}
        others = {} if self.share is None else {GLOBAL_SHARE: shares}
        return SimulatedPanels(self.design, y, mask, self.inputs, kept, success, others)

    def _glimpse(
        self, column: str, step: _Step, states: list[Numbers], success: tuple[Numbers | None, ...]
    ) -> Numbers:
        """What rows of one period see in every world, shape (B, m)."""
        inputs = self.inputs[column]
        exposures = np.full((len(states[0]), step.rows.stop - step.rows.start), np.nan)
        for part, own, unit, at in step.looks[column]:
            exposures[:, own] = _now(inputs, inputs.parts[part], states[part], success[part], at)[:, unit]
        exposures[:, inputs.unknown_units[step.rows]] = np.nan
        return exposures

    def _update_states(self, step: _Step, world: Codes, own: Codes, states: dict[str, list[Numbers]]) -> None:
        """Let senders have adopted from the end of the period on."""
        if not own.size:
            return
        for column, updates in step.updates.items():
            who = self.sender[column][step.rows][own]
            for one in updates:
                here = (who >= 0) & np.isin(own, one.own) & ~np.isin(who, one.unheard)
                state = states[column][one.part]
                for b, sender in zip(world[here], who[here], strict=True):
                    # adoption is absorbing here: `why_not_simulable` refuses histories with repeals
                    state[b, sender, one.column :] = 1.0


def _steps(time: Codes, inputs: Mapping[str, ExposureInputs]) -> Iterator[_Step]:
    edges = np.flatnonzero(np.r_[True, time[1:] != time[:-1], True]) if time.size else np.zeros(1, np.int64)
    for start, stop in pairwise(edges.tolist()):
        looks: dict[str, list[_Look]] = {}
        for column, one in inputs.items():
            looks[column] = []
            for number, part in enumerate(one.parts):
                # rows of a part stand in the order of the whole, so those of a period are found by bisection
                begin, end = np.searchsorted(part.at, (start, stop))
                if begin < end:
                    own = part.at[begin:end] - start
                    looks[column].append(_Look(number, own, part.unit[begin:end], int(part.time[begin])))
        updates = {column: _state_updates(one, looks[column]) for column, one in inputs.items()}
        yield _Step(slice(start, stop), looks, updates)


def _state_updates(inputs: ExposureInputs, looks: list[_Look]) -> list[_StateUpdate]:
    """Every part of a policy hears of all its adoptions, but not of those decided together with its own."""
    updates = []
    for policy in dict.fromkeys(inputs.parts[look.part].policy for look in looks):
        own = [look for look in looks if inputs.parts[look.part].policy == policy]
        rows = np.concatenate([look.own for look in own])
        updates += [
            _StateUpdate(number, rows, own[0].column, part.unheard)
            for number, part in enumerate(inputs.parts)
            if part.policy == policy
        ]
    return updates


def _now(
    inputs: ExposureInputs, part: PolicyStates, state: Numbers, success: Numbers | None, column: int
) -> Numbers:
    """Exposure of all units of a layer in one period, from what was done before; shape (B, N)."""
    spec = inputs.spec
    # one period more than the lag tells who is new; decay needs all that went before
    begin = 0 if spec.decay is not None else max(0, column - spec.lag - 1)
    span = slice(begin, column + 1)
    dates = None if part.dates is None else part.dates[span]
    own = None if success is None else success[:, :, span]
    return inputs.of_states(replace(part, dates=dates), state[:, :, span], own)[:, :, -1]


def _dealt(part: PolicyStates, streams: list[np.random.Generator]) -> Numbers | None:
    """How adoption goes with each sender in each world, shape (B, S, T); None where that is not weighed.

    A sender's own results hold in every world, the first of them from the beginning on: who adopts earlier
    than it did has results earlier. Who has none is dealt those of another sender at random.
    """
    if part.success is None:
        return None
    known = np.isfinite(part.success)
    has = known.any(axis=1)
    if not has.any():
        return np.repeat(part.success[None], len(streams), axis=0)
    first = np.where(has, known.argmax(axis=1), 0)
    filled = part.success.copy()
    for row in np.flatnonzero(has):
        # results before its own adoption are those of its first known period, as no others are known
        filled[row, : first[row]] = filled[row, first[row]]
    lacking, donors = np.flatnonzero(~has), np.flatnonzero(has)
    made = np.repeat(filled[None], len(streams), axis=0)
    for world, rng in enumerate(streams):
        made[world, lacking] = filled[rng.choice(donors, size=lacking.size)]
    return made


def _uniforms(
    rows: pl.DataFrame, inputs: ExposureInputs, panel: pl.DataFrame, spells: pl.DataFrame
) -> tuple[Codes, int]:
    """Which random number decides each row: by policy, period and canonical place of the unit.

    Units that decided on the policy together have one number, that of the first of them.
    """
    policies = places(rows["policy"], tuple(sorted(set(rows["policy"]))))
    time, order = rows["time"].to_numpy(), canonical_order(inputs.layer, panel)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    unit = places(rows["unit"], inputs.layer.units)
    # units that the layer does not know have no hazard, so that no number decides for them
    unit = _of_deciders(rows, np.where(unit < 0, 0, rank[np.maximum(unit, 0)]), spells)
    times, width = int(time.max() - time.min()) + 1, len(inputs.layer.units)
    # one number a cell of policy, period and unit, whether or not it is at risk: no draw shifts another
    numbers = (policies * times + (time - time.min())) * width + unit
    return numbers, (int(policies.max()) + 1) * times * width


def _of_deciders(rows: pl.DataFrame, place: Codes, spells: pl.DataFrame) -> Codes:
    """The place of each row's unit; for those who decided on a policy together, the first of theirs."""
    if DECISION not in spells.columns or spells[DECISION].null_count() == spells.height:
        return place
    own = spells.drop_nulls(DECISION).select("unit", "policy", DECISION)
    place_of_rows = rows.select("unit", "policy", place=pl.Series(place))
    first = (
        place_of_rows.unique()
        .join(own, on=["unit", "policy"])
        .with_columns(pl.col("place").min().over("policy", DECISION))
    )
    first = first.group_by("unit", "policy").agg(first=pl.col("place").min())
    deciders = place_of_rows.join(first, on=["unit", "policy"], how="left", maintain_order="left")
    return deciders.select(pl.coalesce("first", "place")).to_series().to_numpy().astype(np.int64)
