"""What the statistics say of each mechanism, and every safeguard that stands behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.report.terms import chance
from diffuscope.report.words import counted, listed, stance_label, upper_first

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.records import EventHistory, Finding, Safeguard, SafeguardName, Trial
    from diffuscope.result import Result

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
"""Without these, as far as they apply, no estimate is more than leaning; the others are told beside."""
LEVEL = 0.05
"""p below which permuted ties stand out."""
ASKS: dict[SafeguardName, str] = {
    "permuted ties": "Would any such ties do? Units exchange their places among the tied.",
    "permuted timing": "Would any such dates do? Units exchange when they adopted.",
    "shuffled success": "Does it matter how it went with earlier adopters, or only that they adopted?",
    "drivers of ties": "Is it likeness? What is said to make units tied goes into the model.",
    "lagged outcome": "Does exposure go with a decision that it came too late to move?",
    "lead test": "Does what others did afterwards say as much as what they had done before?",
    "unmeasured confounder": "Would something unseen have to be stronger than all that is measured?",
    "separable": "Does it stand without the exposures of other mechanisms, or only with them?",
    "placebo outcome": "Does exposure foretell an unrelated policy, which it cannot have moved?",
    "fixed effects": "Does it outlast whatever is the same for a policy, in a period or of a unit?",
    "leave one unit out": "Does it all rest on one unit? Each is left out in turn.",
    "leave one policy out": "Does it all rest on one policy? Each is left out in turn.",
}
"""What each safeguard asks of a coefficient."""
RULE: tuple[tuple[str, str], ...] = (
    (
        "for",
        "The 95 % interval of the coefficient lies above zero, and it withstands each of these safeguards "
        f"that applies: {listed(NEEDED)}. Permuted ties must stand out (p < 0.05) among all mechanisms "
        "of the question too (adjusted by Holm’s method).",
    ),
    (
        "leaning for",
        "The interval lies above zero, and one of these safeguards is not withstood or is missing. A "
        "safeguard that does not apply is not missing.",
    ),
    (
        "leaning against",
        "The interval lies below zero; or the question names a smallest effect worth calling one, and the "
        "interval of the effect ends below it.",
    ),
    ("silent: tested, inconclusive", "There is an estimate, and none of these holds."),
    (
        "silent: no data",
        "Nothing could be estimated: there is no panel, no model stands, or the mechanism has no exposure in "
        "it.",
    ),
)
"""From a coefficient and its safeguards to a stance: what is printed beside the rule of verdicts."""
CAUTION = (
    "An exposure coefficient by itself is no evidence of a mechanism: those who are tied are often alike, "
    "and those who are alike adopt alike without anybody’s influence. In simulated worlds with likeness "
    "alone, it is “significant” in nearly every one."
)
WITHOUT = "No verdict rests on what follows."
WITH = (
    "Each estimate is therefore put to safeguards, and the statistical part of a verdict follows from both "
    "by a printed rule. Passing the safeguards is no clearance: like units may both tie and adopt alike for "
    "reasons that nobody measured."
)
_ABOVE = "an interval above zero"


def tried(result: Result) -> bool:
    """Whether any estimate of a result was put to safeguards."""
    return any(finding.trial is not None for finding in result.findings)


def title(result: Result) -> str:
    """What the part on estimates is called."""
    return "Estimates and safeguards" if tried(result) else "Estimates without safeguards"


def of_history(result: Result, analysis: str) -> list[Finding]:
    """What event history says of each mechanism in one analysis."""
    return [
        found for found in result.findings if found.witness == "event history" and found.analysis == analysis
    ]


def address(findings: Iterable[Finding], mechanisms: Iterable[str]) -> str | None:
    """Where the page tells what event history says of these mechanisms; None where it says nothing.

    Parameters
    ----------
    findings : iterable of Finding
        Of one analysis.
    mechanisms : iterable of str
    """
    found, [first, *more] = list(findings), list(mechanisms)
    if not found:
        return None
    where = f"#statistics-{found[0].analysis}"
    own = any(one.trial is not None and one.mechanism == first for one in found)
    return f"{where}-{first}" if own and not more else where


def statistics(result: Result, found: EventHistory) -> dict[str, Any] | None:
    """What the statistics say of each mechanism in one analysis.

    Parameters
    ----------
    result : Result
    found : EventHistory

    Returns
    -------
    dict or None
        `tried` (a mechanism each: `mechanism`, `anchor`, `stance`, `reason`, `joint`, `caveats`, `folded`
        (why safeguards decide nothing), `decide`, `beside`, `count`), `silent` (mechanisms and the reason,
        None where it was said already); None where event history was not asked.
    """
    findings = of_history(result, found.analysis)
    if not findings:
        return None
    main = found.estimates[0] if found.estimates else None
    known = set(main.warnings) if main is not None else set()
    return {
        "tried": [_tried(one, one.trial, known) for one in findings if one.trial is not None],
        "silent": [
            (upper_first(listed(about)), None if reason == found.refused else reason)
            for reason, about in alike(one for one in findings if one.trial is None).items()
        ],
    }


def alike(findings: Iterable[Finding]) -> dict[str, list[str]]:
    """Mechanisms by the reason of what is said of them."""
    by_reason: dict[str, list[str]] = {}
    for one in findings:
        by_reason.setdefault(one.reason, []).append(one.mechanism)
    return by_reason


def _tried(finding: Finding, trial: Trial, known: set[str]) -> dict[str, Any]:
    told = known | {f"{upper_first(one.name)}: {one.says}" for one in trial.safeguards}
    by_name = {one.name: one for one in trial.safeguards}
    # one that is needed and was not asked for is missing, not forgotten
    decide = [_row(name, by_name.get(name), trial) for name in NEEDED]
    folded = _folded(trial)
    return {
        "mechanism": upper_first(finding.mechanism),
        "anchor": f"statistics-{finding.analysis}-{finding.mechanism}",
        "stance": stance_label(finding.stance, finding.silence),
        "reason": finding.reason,
        "joint": listed(finding.joint_with) or None,
        "caveats": [caveat for caveat in finding.caveats if caveat not in told],
        "folded": folded,
        "decide": decide,
        "beside": [_row(one.name, one, trial) for one in trial.safeguards if one.name not in NEEDED],
        "count": None if folded else _counted(decide),
    }


def _folded(trial: Trial) -> str | None:
    """Why no safeguard can make more of an estimate; None where they decide."""
    if trial.low is not None and trial.low > 0:
        return None
    where = "lies below zero" if trial.high is not None and trial.high < 0 else "holds zero"
    return f"The interval {where}. Safeguards only ask whether to believe {_ABOVE}: here they decide nothing."


def _counted(rows: list[dict[str, Any]]) -> str:
    """How many of the safeguards that decide are withstood."""
    outcomes = [row["outcome"] for row in rows]
    applying = len(outcomes) - outcomes.count(_OUTCOMES[None])
    missing = outcomes.count(_OUTCOMES["missing"])
    most = f"{outcomes.count(_OUTCOMES['withstands'])} of {counted(applying, 'safeguard')} withstood"
    return f"{most}, {missing} missing" if missing else most


_OUTCOMES: dict[str | None, str] = {
    "withstands": "withstands",
    "alone": "alone, but not among all",
    "fails": "does not withstand",
    "missing": "missing",
    None: "does not apply",
}
"""What became of a safeguard, in words."""


def _row(name: SafeguardName, one: Safeguard | None, trial: Trial) -> dict[str, Any]:
    outcome = _outcome(one, trial)
    told = "–" if one is None else chance(one.p)
    if name == "permuted ties" and trial.p_holm is not None and one is not None and trial.p_holm != one.p:
        told = f"{told}; {chance(trial.p_holm)} among all"
    return {
        "name": upper_first(name),
        "asks": ASKS[name],
        "outcome": _OUTCOMES[outcome],
        "mark": outcome or "not-asked",
        "says": "It was not asked." if one is None else one.says,
        "p": told,
    }


def _outcome(one: Safeguard | None, trial: Trial) -> str | None:
    if one is not None and not one.applies:
        return None
    if one is None or one.passed is None:
        return "missing"
    if not one.passed:
        return "fails"
    among = one.name == "permuted ties" and trial.p_holm is not None and trial.p_holm >= LEVEL
    return "alone" if among else "withstands"
