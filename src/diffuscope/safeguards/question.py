"""A model of who adopted when, with the ties behind its exposures: what every safeguard asks again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.errors import PlanError
from diffuscope.models.again import Again

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from diffuscope.models import Fit
    from diffuscope.panel import Panel
    from diffuscope.panel.seen import Seen

    Codes = NDArray[np.int64]
    Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Channel:
    """An exposure of a model, and the ties it was seen through.

    Attributes
    ----------
    column : str
        Of the panel.
    mechanism : str or None
        None for a neighbour exposure, mechanism not identified.
    seen : Seen
    """

    column: str
    mechanism: str | None
    seen: Seen


@dataclass(frozen=True)
class Question:
    """A fitted model, its panel, and the channels among its columns.

    Attributes
    ----------
    panel : Panel
        With exposures and covariates; not paired or merged.
    fit : Fit
        By `event_history` or `firth`, of this panel.
    channels : tuple of Channel
    strata : mapping of str to object
        What units may only be exchanged within: region, size; none: all alike.
    """

    panel: Panel
    fit: Fit
    channels: tuple[Channel, ...]
    strata: Mapping[str, object] | None = None

    @cached_property
    def again(self) -> Again:
        """The model, ready to be fitted again."""
        return Again.of(
            self.fit, self.panel, [one.column for one in self.channels if one.column in self._uses]
        )

    @property
    def _uses(self) -> tuple[str, ...]:
        return tuple(self.fit.design.columns.formula.variables)

    def channel(self, column: str) -> Channel:
        """The channel of a column.

        Raises
        ------
        PlanError
            If no channel has this column.
        """
        for one in self.channels:
            if one.column == column:
                return one
        known = ", ".join(one.column for one in self.channels) or "none"
        raise PlanError(f"The model has no exposure `{column}`; its exposures are {known}.")

    def place(self, column: str) -> int:
        """Which coefficient belongs to a column.

        Raises
        ------
        PlanError
            If no term, or more than one, holds the column: then no single number says what it adds.
        """
        names = self.fit.names
        if column in names:
            return names.index(column)
        holding = [at for at, name in enumerate(names) if column in re.findall(r"\w+", name)]
        if len(holding) != 1:
            many = "no term" if not holding else f"{len(holding)} terms"
            raise PlanError(f"`{column}` stands in {many} of the model, so no single coefficient is its own.")
        return holding[0]

    def coefficient(self, column: str) -> float:
        """What a column adds to the linear predictor, as fitted."""
        return float(self.fit.coefficients[self.place(column)])

    def beside(self, column: str) -> tuple[Channel, ...]:
        """The channel of a column, and all others through the same ties: these change with it."""
        own = self.channel(column)
        return tuple(one for one in self.channels if one.seen.layer is own.seen.layer or one is own)

    def blocks(self, seen: Seen) -> list[Codes]:
        """Places in a layer of units that may be exchanged: at risk from one period on, of one stratum."""
        import polars as pl

        rows = self.panel.table()
        place = {unit: at for at, unit in enumerate(seen.layer.units)}
        since = rows.group_by("unit").agg(pl.col("time").min()).sort("unit")
        found: dict[tuple[object, object], list[int]] = {}
        for unit, first in since.iter_rows():
            if unit in place:
                stratum = None if self.strata is None else self.strata.get(unit)
                found.setdefault((first, stratum), []).append(place[unit])
        return [np.array(each) for each in found.values()]


def exchanged(units: int, blocks: Iterable[Codes], rng: np.random.Generator) -> Codes:
    """A random exchange of units within blocks, as `Seen.values` takes it.

    Parameters
    ----------
    units : int
        How many units the layer has; those in no block stay.
    blocks : iterable of array of int
    rng : numpy.random.Generator
    """
    order = np.arange(units)
    for block in blocks:
        order[block] = rng.permutation(block)
    return order
