"""The event-history witness: what the dates and ties of one analysis say of each mechanism."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from diffuscope.errors import MethodError, PlanError
from diffuscope.mechanisms import mechanisms
from diffuscope.records import Finding, Safeguard, Trial
from diffuscope.safeguards.battery import trial_of
from diffuscope.safeguards.holm import holm
from diffuscope.safeguards.stance import judged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from diffuscope.records import Coefficient, EventHistory, ExposureRecord
    from diffuscope.safeguards.question import Question

PERMUTED = "permuted ties"


@dataclass(frozen=True, kw_only=True)
class How:
    """How the witness is asked.

    Attributes
    ----------
    draws : int
        Worlds drawn for each safeguard that draws any.
    seed : int
    workers : int or None
        Processes at once; all cores by default.
    drivers : mapping of str to sequence of str
        By exposure: the covariates that are declared to drive its ties.
    smallest_effect : float or None
        In percentage points; as for `judged`.
    progress : callable or None
        Called with what is being done.
    """

    draws: int = 999
    seed: int = 0
    workers: int | None = None
    drivers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    smallest_effect: float | None = None
    progress: Callable[[str], None] | None = None


def history_findings(
    history: EventHistory, question: Question | None, how: How | None = None
) -> tuple[Finding, ...]:
    """What event history says of each mechanism in one analysis, with its reason.

    Parameters
    ----------
    history : EventHistory
        What was at risk, which exposures stand, and the main model.
    question : Question or None
        The main model with its panel and channels; None where none could be fitted.
    how : How, optional

    Returns
    -------
    tuple of Finding
        One a mechanism. Silent for want of data where a mechanism has no exposure in the model, with the
        reason; else by the rule of `judged`, with every safeguard beside it.
    """
    how = how or How()
    exposures = {record.mechanism: record for record in history.exposures if record.mechanism}
    trials: dict[str, tuple[Trial, tuple[str, ...]]] = {}
    silent: dict[str, str] = {}
    for name in mechanisms():
        reason = _no_data(history, exposures.get(name), question)
        if reason is None and question is not None:
            try:
                trials[name] = trial_of(question, exposures[name].name, how)
            except (MethodError, PlanError) as error:
                reason = str(error)
        if reason is not None:
            silent[name] = reason
    trials = _adjusted(trials)
    return tuple(
        _silent(history, name, silent[name])
        if name in silent
        else _found(history, name, trials[name], how.smallest_effect)
        for name in mechanisms()
    )


def _no_data(history: EventHistory, exposure: ExposureRecord | None, question: Question | None) -> str | None:
    """Why a mechanism has nothing to be judged by; None where it has."""
    if history.refused is not None:
        return history.refused
    if exposure is None:
        return "No exposure of it is defined."
    if exposure.refused is not None:
        return exposure.refused
    main = history.estimates[0] if history.estimates else None
    if main is not None and main.refused is not None:
        return main.refused
    if main is None or question is None:
        return "No model was fitted."
    if not any(one.mechanism == exposure.mechanism for one in main.coefficients):
        return f"The model has no term for its exposure `{exposure.name}`."
    return None


def _silent(history: EventHistory, mechanism: str, reason: str) -> Finding:
    return Finding(
        witness="event history", body="statistics", analysis=history.analysis, mechanism=mechanism,
        stance="silent", silence="no data", reason=reason,
    )  # fmt: skip


def _found(
    history: EventHistory, mechanism: str, tried: tuple[Trial, tuple[str, ...]], smallest: float | None
) -> Finding:
    trial, rivals = tried
    main = history.estimates[0]
    coefficient = _of_mechanism(main.coefficients, mechanism)
    found = judged(trial, coefficient, smallest, main.warnings)
    bears = {record.name: record.mechanism or record.name for record in history.exposures}
    joint = tuple(bears.get(column, column) for column in rivals)
    reason = f"In {main.rows:,} rows with {main.events:,} events {found.reason}."
    return Finding(
        witness="event history", body="statistics", analysis=history.analysis, mechanism=mechanism,
        stance=found.stance, silence=found.silence, reason=reason, caveats=found.caveats,
        joint_with=joint if found.stance in ("for", "leaning for") else (), trial=trial,
    )  # fmt: skip


def _of_mechanism(coefficients: tuple[Coefficient, ...], mechanism: str) -> Coefficient:
    return next(one for one in coefficients if one.mechanism == mechanism)


def _adjusted(
    trials: Mapping[str, tuple[Trial, tuple[str, ...]]],
) -> dict[str, tuple[Trial, tuple[str, ...]]]:
    """Trials with the p-values of their permutations adjusted over all mechanisms that have one."""
    p = {name: found for name, (trial, _) in trials.items() if (found := _p(trial.safeguards)) is not None}
    adjusted = holm(p) if p else {}
    return {
        name: (msgspec.structs.replace(trial, p_holm=adjusted.get(name)), rivals)
        for name, (trial, rivals) in trials.items()
    }


def _p(safeguards: tuple[Safeguard, ...]) -> float | None:
    return next((one.p for one in safeguards if one.name == PERMUTED), None)
