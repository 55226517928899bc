"""Copies of a panel side by side: as it was, or as a model might have had it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffuscope.models.refit import TimeVaryingDesign
    from diffuscope.panel.exposure_history import ExposureInputs
    from diffuscope.records.arrays import Flags, Numbers


@dataclass(frozen=True)
class SimulatedPanels:
    """Who was at risk when, who adopted and what each saw, in many copies of the same rows.

    Attributes
    ----------
    design : TimeVaryingDesign
        Columns of the model for n rows.
    y : array of float, shape (B, n)
        1 where the unit adopted.
    mask : array of bool, shape (B, n)
        Which of the rows are at risk in each copy.
    inputs : mapping of str to ExposureInputs
        What the rows see through their ties, by exposure.
    states : mapping of str to tuple of array, shape (B, S, T)
        Who had adopted by when, for each part of what is seen.
    success : mapping of str to tuple of (array, shape (B, S, T), or None)
    others : mapping of str to array, shape (B, n)
        Further columns that differ: the global share.
    """

    design: TimeVaryingDesign
    y: Numbers = field(repr=False)
    mask: Flags = field(repr=False)
    inputs: Mapping[str, ExposureInputs] = field(repr=False)
    states: Mapping[str, tuple[Numbers, ...]] = field(repr=False)
    success: Mapping[str, tuple[Numbers | None, ...]] = field(repr=False)
    others: Mapping[str, Numbers] = field(repr=False)

    @property
    def values(self) -> dict[str, Numbers]:
        """The varying columns of the model, each of shape (B, n)."""
        own = {name: self.exposure(name) for name in self.inputs if name in self.design.varying}
        return own | {name: one for name, one in self.others.items() if name in self.design.varying}

    def exposure(self, column: str) -> Numbers:
        """An exposure as the model has it, shape (B, n); NaN where it is not known."""
        return self._looked_up(column, -self.inputs[column].spec.lag)

    def shifted(self, column: str, later: int) -> Numbers:
        """Exposure of each row to what others had done by the end of another period, shape (B, n).

        Parameters
        ----------
        column : str
        later : int
            Periods after the row's own; 0: in the same one, negative: before it.

        Returns
        -------
        array of float
            NaN where that lies outside what was watched.
        """
        return self._looked_up(column, later)

    def _looked_up(self, column: str, later: int) -> Numbers:
        inputs = self.inputs[column]
        exposures = np.full(self.y.shape, np.nan)
        for part, every in zip(inputs.parts, self.by_period[column], strict=True):
            # a row's exposure of lag L is that of its unit, contemporaneous, L periods before
            time = part.time + later
            inside = (time >= 0) & (time < part.state.shape[1])
            exposures[:, part.at[inside]] = every[:, part.unit[inside], time[inside]]
        exposures[:, inputs.unknown_units] = np.nan
        return exposures

    @cached_property
    def by_period(self) -> dict[str, tuple[Numbers, ...]]:
        """By exposure and part: that of all units to what had been done by the end of each period, (B, N, T).

        Ties and adoptions are those of one period, so that an exposure of any lag is one of these columns.
        """
        return {
            column: tuple(
                inputs.of_states(part, states, success, lag=0)
                for part, states, success in zip(
                    inputs.parts, self.states[column], self.success[column], strict=True
                )
            )
            for column, inputs in self.inputs.items()
        }
