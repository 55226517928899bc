"""What the event-history witness found, in plain words made from the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records.numbers import decimal, p_equals, p_value
from diffuscope.records.phrases import counted, upper_first
from diffuscope.safeguards.run_safeguards import gate_of

if TYPE_CHECKING:
    from diffuscope.records import MechanismModel, SafeguardResults
    from diffuscope.safeguards.stance import Judgement

NOT_PROOF = "Passing does not prove influence: similar units may form ties and adopt for unmeasured reasons."


def reason(model: MechanismModel, trial: SafeguardResults, judged: Judgement) -> str:
    """Why the witness takes its stance: the coefficient, the gate, and the row of the rule that holds."""
    tested = model.tested
    parts = [
        f"In {counted(tested.rows, 'row')} with {counted(tested.events, 'event')} the coefficient is "
        f"{decimal(trial.estimate)} "
        f"(95 % interval {decimal(trial.ci_low)} to {decimal(trial.ci_high)})."
    ]
    gate = gate_of(trial)
    if gate is not None and gate.p is not None:
        adjusted = "" if trial.p_holm in (None, gate.p) else f", {p_value(trial.p_holm)} after Holm"
        parts.append(f"Against relabelled ties {p_equals(gate.p)}{adjusted} (one-sided).")
    parts.append(judged.description)
    if judged.lacking:
        parts.append(f"{upper_first('; '.join(judged.lacking))}.")
    parts += [detectable(trial)] if trial.detectable or trial.undetectable else []
    return " ".join(parts)


def detectable(trial: SafeguardResults) -> str:
    """What such data could have shown, in a sentence."""
    shown = (
        "With these data, an effect is shown in four cases of five only if it "
        "multiplies the odds of adopting by"
    )
    if trial.detectable is not None:
        return f"{shown} {trial.detectable:,g} or more."
    return f"{shown} more than {trial.undetectable:,g}."


def caveats(model: MechanismModel, trial: SafeguardResults, judged: Judgement) -> tuple[str, ...]:
    """What weakens the finding: warnings of the model, and tests that failed or are missing."""
    failures = [
        f"{upper_first(one.name)}: {one.description}"
        for one in trial.safeguards
        if one.applies and not one.passed
    ]
    positive = judged.stance in ("for", "leaning for")
    return (*model.tested.warnings, *failures, *((NOT_PROOF,) if positive else ()))
