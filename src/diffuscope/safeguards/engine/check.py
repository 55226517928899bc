"""Self-describing safeguard: what it asks, what hangs on it, and how it is computed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from diffuscope.errors import MethodError, PlanError
from diffuscope.records import Safeguard

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from diffuscope.records import SafeguardRole
    from diffuscope.safeguards.tested_model import TestedModel

LEVEL = 0.05


@dataclass(frozen=True, kw_only=True)
class RepeatedEstimate:
    """The coefficient of an exposure in a repetition of the question.

    Attributes
    ----------
    id : str
    events : int
    estimate : float or None
        None where nothing could be fitted.
    ci_low, ci_high : float or None
        95 % interval; None where it has no end.
    """

    id: str
    events: int
    estimate: float | None
    ci_low: float | None
    ci_high: float | None


@dataclass(frozen=True, kw_only=True)
class SafeguardOptions:
    """How safeguards are asked.

    Attributes
    ----------
    draws : int
        Draws of each permutation test.
    seed : int
    workers : int or None
        Processes at once; all cores by default.
    drivers : mapping of str to sequence of str
        By exposure: the covariates that are declared to drive its ties.
    repeated : mapping of str to sequence of RepeatedEstimate
        By exposure: its coefficient in every repetition of the question.
    stop_early : bool
        Whether a permutation test may end when its result is plain (Besag & Clifford 1991,
        doi:10.1093/biomet/78.2.301): for trials of the rule itself, never for reports.
    progress : callable or None
        Called with what is being done.
    """

    draws: int = 999
    seed: int = 0
    workers: int | None = None
    drivers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    repeated: Mapping[str, Sequence[RepeatedEstimate]] = field(default_factory=dict)
    stop_early: bool = False
    progress: Callable[[str], None] | None = None


@dataclass(frozen=True, kw_only=True)
class Check:
    """A safeguard as its file declares it.

    Attributes
    ----------
    name : str
    asks : str
        What it asks, in one sentence.
    role : {"gate", "decisive", "confirming", "beside"}
    run : callable
        From a tested model, an exposure of it and the options to the answer.
    """

    name: str
    asks: str
    role: SafeguardRole
    run: Callable[[TestedModel, str, SafeguardOptions], Safeguard]

    def __call__(self, tested: TestedModel, column: str, options: SafeguardOptions) -> Safeguard:
        """The answer with what was asked; what cannot be computed is missing, with the reason."""
        if options.progress is not None:
            options.progress(f"{column}: {self.name}")
        try:
            answer = self.run(tested, column, options)
        except (MethodError, PlanError) as error:
            answer = missing(str(error))
        return msgspec.structs.replace(answer, name=self.name, asks=self.asks, role=self.role)


def not_asked(why: str) -> Safeguard:
    """The question does not have what a safeguard asks about."""
    return Safeguard(name="", applies=False, passed=None, description=why)


def missing(why: str, draws: int | None = None) -> Safeguard:
    """A safeguard that should be asked and cannot be computed: never passed."""
    return Safeguard(name="", applies=True, passed=None, description=why, draws=draws)
