"""The outcome of one world: what the statistics conclude, as one record that can be counted."""

from __future__ import annotations

import math
import time

import msgspec

import diffuscope
from diffuscope.errors import CaseError, MethodError, PlanError
from diffuscope.records import Finding

from .cells import CELLS
from .world import World
from .world_case import QUESTION, case_of

DRAWS = 99
"""Draws of every safeguard. The smallest p is .01, which passes Holm at 5 % with up to four mechanisms."""


class MechanismOutcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The statistical finding on one mechanism.

    Attributes
    ----------
    stance : str
    silence : str or None
        Kind of silence.
    joint : bool
        Whether the stance names diffusion only, because rivals are neither in the model nor ruled out.
    estimate, ci_low, ci_high : float or None
        Coefficient of the exposure and its 95 % interval.
    p : float or None
        Permuted ties.
    failed, missing : tuple of str
        Safeguards that failed, and that could not be run.
    """

    stance: str
    silence: str | None = None
    joint: bool = False
    estimate: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p: float | None = None
    failed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Outcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One world and the findings on it.

    Attributes
    ----------
    cell : str
    index, seed, draws : int
    events : int
        Adoptions in the world.
    seconds : float
        CPU time, making the case included.
    findings : mapping of str to MechanismOutcome
        By mechanism whose ties the case holds.
    effect : float or None
        True coefficient of the mechanism under test; None where the fitted model is not the true one.
    error : str or None
        Why the world could not be evaluated; never counted as silence.
    code : str
        Hash of the code that decided the findings.
    """

    cell: str
    index: int
    seed: int
    draws: int
    events: int = 0
    seconds: float = 0.0
    findings: dict[str, MechanismOutcome] = msgspec.field(default_factory=dict)
    effect: float | None = None
    error: str | None = None
    code: str = ""


def evaluate(cell: str, seed: int, index: int, draws: int = DRAWS) -> Outcome:
    """Draw one world and ask for the statistical findings on it."""
    world = CELLS[cell].world(seed, index)
    began = time.process_time()
    error, found = None, {}
    try:
        found = {
            one.mechanism: _outcome(one) for one in _findings(world, draws) if one.mechanism in world.ties
        }
    except (CaseError, MethodError, PlanError) as trouble:
        error = f"{type(trouble).__name__}: {trouble}"
    if error is None and set(found) != set(world.ties):
        error = f"No finding on {', '.join(sorted(set(world.ties) - set(found)))}."
    return Outcome(
        cell=cell,
        index=index,
        seed=seed,
        draws=draws,
        events=int((world.adopted > 0).sum()),
        seconds=round(time.process_time() - began, 3),
        findings=found,
        effect=None if math.isnan(world.effect) else world.effect,
        error=error,
    )


def _findings(world: World, draws: int) -> tuple[Finding, ...]:
    """The statistical findings; safeguards that can no longer change a stance are left out."""
    found = diffuscope.findings(
        case_of(world), QUESTION, seed=world.index, draws=draws, workers=1, stop_early=True
    )
    return tuple(one for one in found if one.body == "statistics")


def _outcome(finding: Finding) -> MechanismOutcome:
    trial = finding.trial
    base = MechanismOutcome(stance=finding.stance, silence=finding.silence, joint=bool(finding.joint_with))
    if trial is None:
        return base
    applying = [one for one in trial.safeguards if one.applies]
    return msgspec.structs.replace(
        base,
        estimate=trial.estimate,
        ci_low=trial.ci_low,
        ci_high=trial.ci_high,
        p=next((one.p for one in trial.safeguards if one.name == "permuted ties"), None),
        failed=tuple(one.name for one in applying if one.passed is False),
        missing=tuple(one.name for one in applying if one.passed is None),
    )
