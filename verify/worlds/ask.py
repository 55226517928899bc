"""What the package says of a made world, as one row that can be counted."""

from __future__ import annotations

import time

import msgspec

from diffuscope.errors import CaseError, MethodError, PlanError
from diffuscope.records import Finding

from .as_case import QUESTION, case_of
from .cells import CELLS
from .world import World

DRAWS = 99
"""Draws of every safeguard: the smallest p is 1/100, which passes Holm's 5 % for up to five mechanisms."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What was said of one mechanism.

    Attributes
    ----------
    stance : str
    silence : str or None
        Of which kind, where it is silent.
    joint : bool
        Whether the stance is only for diffusion, by a mechanism that cannot be told from others.
    estimate, low, high : float or None
        The coefficient of its exposure and the 95 % interval.
    p : float or None
        Of permuted ties.
    failed, missing : tuple of str
        Safeguards that were.
    """

    stance: str
    silence: str | None = None
    joint: bool = False
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    failed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One world, judged.

    Attributes
    ----------
    cell : str
    index, seed, draws : int
    events : int
        Adoptions in the world.
    seconds : float
        Of computing, the case included.
    told : mapping of str to Told
        By mechanism whose ties the case holds.
    effect : float or None
        True coefficient of the first mechanism; None where the model is not true.
    error : str or None
        What kept the world from being judged; never counted as silence.
    """

    cell: str
    index: int
    seed: int
    draws: int
    events: int
    seconds: float
    told: dict[str, Told] = msgspec.field(default_factory=dict)
    effect: float | None = None
    error: str | None = None


def judged(cell: str, seed: int, index: int, draws: int = DRAWS) -> Row:
    """Make one world, ask the statistics of it, and keep what they say."""
    world = CELLS[cell].world(seed, index)
    began = time.process_time()
    error, told = None, {}
    try:
        told = {one.mechanism: _told(one) for one in _findings(world, draws) if one.mechanism in world.ties}
    except (CaseError, MethodError, PlanError) as trouble:
        error = f"{type(trouble).__name__}: {trouble}"
    if error is None and set(told) != set(world.ties):
        error = f"Nothing was said of {', '.join(sorted(set(world.ties) - set(told)))}."
    return Row(
        cell=cell,
        index=index,
        seed=seed,
        draws=draws,
        events=int((world.adopted > 0).sum()),
        seconds=round(time.process_time() - began, 3),
        told=told,
        effect=None if world.effect != world.effect else world.effect,  # NaN: the model is not true
        error=error,
    )


def _findings(world: World, draws: int) -> tuple[Finding, ...]:
    """What the statistics say; by the whole study where a version cannot be asked for them alone."""
    case = case_of(world)
    try:
        from diffuscope.study import findings
    except ImportError:
        from diffuscope import run_study

        parts = ["mechanisms", "statistics"]
        found = run_study(case, seed=world.index, draws=draws, parts=parts, workers=1).findings
    else:
        found = findings(case, QUESTION, seed=world.index, draws=draws, workers=1, stop_early=True)
    return tuple(one for one in found if one.body == "statistics" and one.analysis == QUESTION)


def _told(finding: Finding) -> Told:
    trial = finding.trial
    base = Told(stance=finding.stance, silence=finding.silence, joint=bool(finding.joint_with))
    if trial is None:
        return base
    asked = [one for one in trial.safeguards if one.applies]
    return msgspec.structs.replace(
        base,
        estimate=trial.estimate,
        low=trial.low,
        high=trial.high,
        p=next((one.p for one in trial.safeguards if one.name == "permuted ties"), None),
        failed=tuple(one.name for one in asked if one.passed is False),
        missing=tuple(one.name for one in asked if one.passed is None),
    )
