"""Event-history witness: what the dates and ties of one analysis say of each mechanism, and of neighbours."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from diffuscope.errors import MethodError, PlanError
from diffuscope.mechanisms import mechanisms
from diffuscope.records import Finding
from diffuscope.safeguards.engine.check import SafeguardOptions
from diffuscope.safeguards.engine.detectable import RATIOS, detectable_odds_ratio, odds_multiplied
from diffuscope.safeguards.engine.holm import holm
from diffuscope.safeguards.run_safeguards import gate_of, run_safeguards
from diffuscope.safeguards.stance import judge
from diffuscope.safeguards.wording import caveats, reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffuscope.records import Coefficient, EventHistory, MechanismModel, SafeguardResults, Silence
    from diffuscope.safeguards.stance import Judgement
    from diffuscope.safeguards.tested_model import TestedModel

NEIGHBOURS = "neighbours"
SMALLEST = 1.25
"""Odds ratio over the contrast of an exposure below which an effect is of no interest, by default."""
TESTED: tuple[Silence, ...] = ("tested, inconclusive",)


def history_findings(
    history: EventHistory,
    questions: Mapping[str, TestedModel],
    options: SafeguardOptions | None = None,
    *,
    smallest_odds_ratio: float = SMALLEST,
) -> tuple[Finding, ...]:
    """What event history says of each mechanism in one analysis, and of its neighbours, with the reason.

    Parameters
    ----------
    history : EventHistory
        What was at risk, which exposures stand, and the model in which each mechanism is judged.
    questions : mapping of str to TestedModel
        By mechanism (or ``neighbours``): the tested model; none where it could not be fitted.
    options : SafeguardOptions, optional
    smallest_odds_ratio : float
        Smallest odds ratio of interest over the contrast of an exposure.

    Returns
    -------
    tuple of Finding
        One a mechanism, and one of neighbours where the analysis has them; silent with its kind and reason
        where there is nothing to judge by, else by the printed rule with every safeguard.
    """
    options = options or SafeguardOptions()
    models = {one.mechanism: one for one in history.models}
    trials: dict[str, SafeguardResults] = {}
    silent: dict[str, tuple[Silence, str]] = {}
    names = [*mechanisms(), *([NEIGHBOURS] if NEIGHBOURS in models else [])]
    for name in names:
        why = _nothing_to_judge(history, name, models.get(name), questions.get(name))
        if why is None:
            try:
                trials[name] = _tried(models[name], questions[name], options, smallest_odds_ratio)
            except (MethodError, PlanError) as error:
                why = "no data", str(error)
        if why is not None:
            silent[name] = why
    # Holm needs the p-values of all mechanisms: first all trials, then the stances
    trials = adjusted(trials)
    return tuple(
        _silent(history, name, *silent[name])
        if name in silent
        else _finding_of(history, models[name], questions[name], trials[name], options)
        for name in names
    )


def _nothing_to_judge(
    history: EventHistory, name: str, model: MechanismModel | None, tested: TestedModel | None
) -> tuple[Silence, str] | None:
    """Why a mechanism has nothing to be judged by, with the kind of silence; None where it has."""
    if history.refused is not None:
        return "no data", history.refused
    if model is None:
        refused = (one.refused for one in history.exposures if one.mechanism == name and one.refused)
        return "no data", next(refused, "No exposure is defined for it.")
    if model.tested.refused is not None:
        return model.silence or "no data", model.tested.refused
    if tested is None or model.coefficient is None:
        return "no data", f"The model has no term for its exposure `{model.term}`."
    return None


def _tried(
    model: MechanismModel, tested: TestedModel, options: SafeguardOptions, smallest_odds_ratio: float
) -> SafeguardResults:
    """The coefficient with its safeguards; of drawn dates, the combined coefficient and interval."""
    coefficient = model.coefficient
    assert coefficient is not None
    trial = run_safeguards(tested, model.term, options)
    width = contrast(tested, coefficient)
    return msgspec.structs.replace(
        trial,
        mechanism=None if model.mechanism == NEIGHBOURS else model.mechanism,
        estimate=coefficient.estimate,
        ci_low=coefficient.ci_low,
        ci_high=coefficient.ci_high,
        # smallest effect of interest as a coefficient: log odds ratio over the contrast, by its width
        smallest=None if width is None else odds_multiplied(tested, smallest_odds_ratio) / width,
    )


def contrast(tested: TestedModel, coefficient: Coefficient) -> float | None:
    """By how much a term rises over the contrast of its exposure, as the record has it; None: it does not.

    Over the same contrast, from the 10th to the 90th percentile, the logarithm of an exposure rises by
    another number than the exposure itself, and so the coefficient of an odds ratio is another one.
    """
    low, high, column = coefficient.contrast_from, coefficient.contrast_to, coefficient.column
    if low is None or high is None or column is None or high <= low:
        return None
    rows = tested.panel.table()[tested.refitter.complete.rows["row"][:1]]
    ends = pl.concat([rows, rows]).with_columns(pl.Series(column, [low, high]))
    first, last = tested.fit.design.matrix(ends)[:, tested.place(column)]
    width = float(last - first)
    return width if math.isfinite(width) and width > 0 else None


def adjusted(trials: Mapping[str, SafeguardResults]) -> dict[str, SafeguardResults]:
    """Trials with the p-values of the gate adjusted over the mechanisms tested, on either side.

    Neighbours identify no mechanism and are no rival hypothesis: they stand by themselves.
    """
    results = dict(trials)
    for family in ([name for name in trials if name != NEIGHBOURS], [NEIGHBOURS]):
        gates = {name: gate_of(trials[name]) for name in family if name in trials}
        more = holm({name: one.p for name, one in gates.items() if one is not None and one.p is not None})
        less = holm(
            {name: one.p_less for name, one in gates.items() if one is not None and one.p_less is not None}
        )
        for name in gates:
            results[name] = msgspec.structs.replace(
                results[name], p_holm=more.get(name), p_holm_less=less.get(name)
            )
    return results


def _silent(history: EventHistory, mechanism: str, silence: Silence, why: str) -> Finding:
    return Finding(
        witness="event history", body="statistics", analysis=history.analysis, mechanism=mechanism,
        stance="silent", silence=silence, reason=why,
    )  # fmt: skip


def _finding_of(
    history: EventHistory,
    model: MechanismModel,
    tested: TestedModel,
    trial: SafeguardResults,
    options: SafeguardOptions,
) -> Finding:
    judged = judge(trial, events=model.tested.events, timed=model.tested.timed)
    trial = _with_detectable(model, tested, trial, judged, options)
    joint = tuple(name for name, _ in model.rivals_open) if model.mechanism != NEIGHBOURS else ()
    positive = judged.stance in ("for", "leaning for")
    return Finding(
        witness="event history", body="statistics", analysis=history.analysis, mechanism=model.mechanism,
        stance=judged.stance, silence=judged.silence, reason=reason(model, trial, judged),
        caveats=caveats(model, trial, judged), joint_with=joint if positive else (), trial=trial,
    )  # fmt: skip


def _with_detectable(
    model: MechanismModel,
    tested: TestedModel,
    trial: SafeguardResults,
    judged: Judgement,
    options: SafeguardOptions,
) -> SafeguardResults:
    """What could have been shown, where nothing was; trials of the rule itself do not ask."""
    coefficient = model.coefficient
    if judged.silence not in TESTED or options.stop_early or coefficient is None:
        return trial
    width = contrast(tested, coefficient)
    if width is None:
        return trial
    ratio = detectable_odds_ratio(tested, model.term, width, options)
    if ratio is not None and math.isinf(ratio):  # JSON has no number for it
        return msgspec.structs.replace(trial, undetectable=RATIOS[-1])
    return msgspec.structs.replace(trial, detectable=ratio)
