"""Tested model: a model of who adopted when, with the ties behind its exposures."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from diffuscope.errors import PlanError
from diffuscope.models.refit import Refitter
from diffuscope.simulate.forward import ForwardSimulation
from diffuscope.simulate.never_adopted import why_not_simulable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffuscope.models import Fit
    from diffuscope.panel import Panel
    from diffuscope.panel.exposure_history import ExposureInputs


@dataclass(frozen=True, kw_only=True)
class TestedExposure:
    """An exposure of a model, and the ties it was seen through.

    Attributes
    ----------
    column : str
        Of the panel.
    mechanism : str or None
        None for a neighbour exposure, mechanism not identified.
    inputs : ExposureInputs
    """

    column: str
    mechanism: str | None
    inputs: ExposureInputs


@dataclass(frozen=True)
class TestedModel:
    """A fitted model, its panel, and the channels among its columns.

    Attributes
    ----------
    panel : Panel
        With exposures and covariates; not paired or merged.
    fit : Fit
        By `event_history` or `firth`, of this panel.
    channels : tuple of TestedExposure
    strata : mapping of str to object
        What units may only be exchanged within: region, size; none: all alike.
    kept : dict
        What several safeguards ask for, so that it is computed once; a changed model begins anew.
    """

    panel: Panel
    fit: Fit
    channels: tuple[TestedExposure, ...]
    strata: Mapping[str, object] | None = None
    kept: dict[object, Any] = field(init=False, default_factory=dict, repr=False, compare=False)

    @cached_property
    def refitter(self) -> Refitter:
        """The model, ready to be fitted again."""
        return Refitter.of(self.fit, self.panel, [one.column for one in self.used])

    @property
    def used(self) -> tuple[TestedExposure, ...]:
        """Channels whose column the model has."""
        uses = self.fit.design.needs()
        return tuple(one for one in self.channels if one.column in uses)

    @cached_property
    def not_simulable(self) -> str | None:
        """Why the model cannot be simulated forward, in words; None where it can."""
        return why_not_simulable(self.panel, self.fit, self._inputs)

    @cached_property
    def simulation(self) -> ForwardSimulation:
        """The model, ready to be run forward."""
        return ForwardSimulation.of(self.panel, self.fit, self._inputs)

    @property
    def _inputs(self) -> dict[str, ExposureInputs]:
        return {one.column: one.inputs for one in self.used}

    def channel(self, column: str) -> TestedExposure:
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
        holding = self.fit.design.holding(column)
        if len(holding) != 1:
            many = "no term" if not holding else f"{len(holding)} terms"
            raise PlanError(f"`{column}` is in {many} of the model, so it has no single coefficient.")
        return holding[0]

    def coefficient(self, column: str) -> float:
        """What a column adds to the linear predictor, as fitted."""
        return float(self.fit.coefficients[self.place(column)])

    def same_ties(self, column: str) -> tuple[TestedExposure, ...]:
        """The channel of a column, and all others through the same ties: these change with it."""
        own = self.channel(column)
        return tuple(one for one in self.used if one.inputs.layer is own.inputs.layer or one is own)
