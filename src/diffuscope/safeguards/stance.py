"""From a coefficient and what it withstood to a stance: the printed rule of the statistical body.

For: the interval lies above zero, and every safeguard that applies is passed. Leaning for: the interval lies
above zero, and a safeguard is missing or failed. Leaning against: the interval lies below zero, or below the
smallest effect worth calling one. Else silent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection

    from diffuscope.records import Coefficient, Safeguard, SafeguardName, Silence, Stance, Trial

NEEDED: tuple[SafeguardName, ...] = (
    "permuted ties",
    "permuted timing",
    "shuffled success",
    "drivers of ties",
    "lagged outcome",
    "lead test",
    "unmeasured confounder",
    "separable",
)
"""Without these nothing is more than leaning; the others are told beside."""
LEVEL = 0.05
POWER = 2.8
"""Errors from zero at which an effect is seen four times in five: 1.96 and the 80 % point of the normal."""
NOT_CLEARANCE = (
    "Passing these tests is no clearance: like units may both tie and adopt alike for reasons unseen."
)


@dataclass(frozen=True)
class Judged:
    """A stance, and why.

    Attributes
    ----------
    stance : Stance
    silence : Silence or None
    reason : str
    caveats : tuple of str
    """

    stance: Stance
    silence: Silence | None
    reason: str
    caveats: tuple[str, ...] = ()


def judged(
    trial: Trial,
    coefficient: Coefficient,
    smallest_effect: float | None = None,
    untrusted: Collection[str] = (),
) -> Judged:
    """What one exposure's coefficient says of its mechanism.

    Parameters
    ----------
    trial : Trial
    coefficient : Coefficient
        With its effect on the chance of adopting.
    smallest_effect : float, optional
        Percentage points by which the chance of adopting in a period rises, from the 10th to the 90th
        percentile of the exposure: the smallest worth calling an effect.
    untrusted : collection of str
        Why the estimate itself may not be trusted.

    Returns
    -------
    Judged
    """
    caveats = (*untrusted, *_shortfalls(trial.safeguards))
    low, high = trial.low, trial.high
    told = f"the coefficient is {trial.estimate:.2f} (95 % interval {_end(low)} to {_end(high)})"
    if low is not None and low > 0:
        lacking = lacks(trial)
        if not lacking:
            reason = f"{told}, and it withstands every safeguard that applies"
            return Judged("for", None, reason, (*caveats, NOT_CLEARANCE))
        return Judged("leaning for", None, f"{told}; {'; '.join(lacking)}", (*caveats, NOT_CLEARANCE))
    if high is not None and high < 0:
        return Judged("leaning against", None, f"{told}: the reverse of what it claims", caveats)
    top = coefficient.effect_high
    if smallest_effect is not None and top is not None and 100 * top < smallest_effect:
        reason = (
            f"{told}: more exposure raises the chance of adopting by {100 * top:.1f} points at most, "
            f"less than the {smallest_effect:g} that would count"
        )
        return Judged("leaning against", None, reason, caveats)
    return Judged(
        "silent", "tested, inconclusive", f"{told}, which does not decide{_power(coefficient)}", caveats
    )


def lacks(trial: Trial) -> list[str]:
    """What keeps an estimate above zero from more than a lean, in words."""
    found = []
    for one in trial.safeguards:
        if one.name not in NEEDED or not one.applies:
            continue
        if one.name == "permuted ties" and one.passed and not _holm(trial):
            found.append(
                f"permuted ties no longer stand out among several mechanisms (p = {trial.p_holm:.3f})"
            )
        elif one.passed is False:
            found.append(f"{one.name}: failed")
        elif one.passed is None:
            found.append(f"{one.name}: missing")
    seen = {one.name for one in trial.safeguards}
    return [*found, *(f"{name}: missing" for name in NEEDED if name not in seen)]


def _holm(trial: Trial) -> bool:
    return trial.p_holm is None or trial.p_holm < LEVEL


def _shortfalls(safeguards: Collection[Safeguard]) -> tuple[str, ...]:
    return tuple(
        f"{one.name[0].upper()}{one.name[1:]}: {one.says}"
        for one in safeguards
        if one.applies and not one.passed
    )


def _power(coefficient: Coefficient) -> str:
    """What could have been seen, had it been there."""
    if not np.isfinite(coefficient.error) or coefficient.error <= 0:
        return ""
    start, stop = coefficient.effect_from, coefficient.effect_to
    step = 1.0 if start is None or stop is None or stop <= start else stop - start
    ratio = float(np.exp(min(POWER * coefficient.error * step, 50.0)))
    many = f"{ratio:.1f}" if ratio < 100 else "over 100"
    return (
        f": such data show an effect four times in five only if it multiplies the odds of adopting by {many} "
        "between little and much exposure"
    )


def _end(end: float | None) -> str:
    return "without end" if end is None else f"{end:.2f}"
