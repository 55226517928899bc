"""What the statistics say of each mechanism, and every safeguard that stands behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.records.phrases import counted, listed, upper_first
from diffuscope.records.wording import silence_words
from diffuscope.report.terms import chance
from diffuscope.report.words import mechanism_label, stance_label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.records import EventHistory, Finding, Safeguard, SafeguardResults, SafeguardRole, Silence
    from diffuscope.result import Result

CAUTION = (
    "An exposure coefficient by itself is no evidence of a mechanism: units that are tied are often similar, "
    "and similar units adopt at similar times without any influence. In simulated worlds with similarity "
    "alone, it is “significant” in nearly every one."
)
WITHOUT = "No verdict uses the estimates below."
WITH = (
    "So each estimate is tested by safeguards, and the statistical part of a verdict follows from both by a "
    "printed rule. Passing does not prove influence: similar units may form ties and adopt for unmeasured "
    "reasons."
)
ROLES: dict[SafeguardRole, str] = {
    "gate": "Gate",
    "decisive": "Decisive",
    "confirming": "Confirming",
    "beside": "Shown for information; the stance does not depend on them",
}
"""What each role of a safeguard is called, in the order of the page; what it does stands in the rules."""


def tried(result: Result) -> bool:
    """Whether any estimate of a result was put to safeguards."""
    return any(finding.trial is not None for finding in result.findings)


def title(result: Result) -> str:
    """What the part on estimates is called."""
    return "Estimates and safeguards" if tried(result) else "Estimates without safeguards"


def of_history(result: Result, analysis: str) -> list[Finding]:
    """What event history says of each mechanism in one analysis."""
    return [
        finding
        for finding in result.findings
        if finding.witness == "event history" and finding.analysis == analysis
    ]


def address(findings: Iterable[Finding], mechanisms: Iterable[str]) -> str | None:
    """Where the page tells what event history says of these mechanisms; None where it says nothing.

    Parameters
    ----------
    findings : iterable of Finding
        Of one analysis.
    mechanisms : iterable of str
    """
    listed_findings, [first, *more] = list(findings), list(mechanisms)
    if not listed_findings:
        return None
    where = f"#statistics-{listed_findings[0].analysis}"
    own = any(one.trial is not None and one.mechanism == first for one in listed_findings)
    return f"{where}-{first}" if own and not more else where


def statistics(result: Result, history: EventHistory) -> dict[str, Any] | None:
    """What the statistics say of each mechanism in one analysis.

    Parameters
    ----------
    result : Result
    history : EventHistory

    Returns
    -------
    dict or None
        `tried` (a mechanism each: `mechanism`, `anchor`, `stance`, `reason`, `joint`, `caveats`, `groups` (of
        safeguards, by role), `count`), `silent` (mechanisms, the kind of silence, and the reason, None where
        it was said already); None where event history was not asked.
    """
    findings = of_history(result, history.analysis)
    if not findings:
        return None
    main = history.estimates[0] if history.estimates else None
    known = set(main.warnings) if main is not None else set()
    return {
        "tried": [_tried(one, one.trial, known) for one in findings if one.trial is not None],
        "silent": [
            (
                upper_first(listed(about)),
                silence_words(silence),
                None if reason == history.refused else reason,
            )
            for (silence, reason), about in _by_silence(one for one in findings if one.trial is None).items()
        ],
    }


def _by_silence(findings: Iterable[Finding]) -> dict[tuple[Silence | None, str], list[str]]:
    """Mechanisms by the kind of silence, and its reason."""
    mechanisms: dict[tuple[Silence | None, str], list[str]] = {}
    for one in findings:
        mechanisms.setdefault((one.silence, one.reason), []).append(mechanism_label(one.mechanism))
    return mechanisms


def _tried(finding: Finding, trial: SafeguardResults, known: set[str]) -> dict[str, Any]:
    printed = known | {f"{upper_first(one.name)}: {one.description}" for one in trial.safeguards}
    relevant = [one for one in trial.safeguards if one.role != "beside" and one.applies]
    return {
        "mechanism": upper_first(mechanism_label(finding.mechanism)),
        "anchor": f"statistics-{finding.analysis}-{finding.mechanism}",
        "stance": stance_label(finding.stance, finding.silence),
        "reason": finding.reason,
        "joint": listed(finding.joint_with) or None,
        "caveats": [caveat for caveat in finding.caveats if caveat not in printed],
        "groups": [
            {
                "role": role,
                "title": heading,
                "rows": [_row(one, trial) for one in trial.safeguards if one.role == role],
            }
            for role, heading in ROLES.items()
            if any(one.role == role for one in trial.safeguards)
        ],
        "count": _counted(relevant) if relevant else None,
    }


def _counted(relevant: list[Safeguard]) -> str:
    """How many of the safeguards that bear on the stance are passed."""
    passed = sum(one.passed is True for one in relevant)
    missing = sum(one.passed is None for one in relevant)
    most = (
        f"{passed} of {counted(len(relevant), 'safeguard')} that {_bear(len(relevant))} on the stance passed"
    )
    return f"{most}, {missing} missing" if missing else most


def _bear(number: int) -> str:
    return "bears" if number == 1 else "bear"


_OUTCOMES: dict[str | None, str] = {
    "withstands": "passed",
    "fails": "failed",
    "missing": "missing",
    None: "does not apply",
}
"""What became of a safeguard, in words."""


def _row(one: Safeguard, trial: SafeguardResults) -> dict[str, Any]:
    outcome = _outcome(one)
    p_text = chance(one.p)
    if one.name == "permuted ties" and trial.p_holm is not None and trial.p_holm != one.p:
        p_text = f"{p_text}; {chance(trial.p_holm)} over all mechanisms"
    least = chance(one.p_smallest) if one.p is not None and one.p_smallest is not None else None
    return {
        "name": upper_first(one.name),
        "asks": one.asks,
        "outcome": _OUTCOMES[outcome],
        "mark": outcome or "not-asked",
        "says": one.description,
        "p": p_text,
        "p_smallest": least,
    }


def _outcome(one: Safeguard) -> str | None:
    if not one.applies:
        return None
    if one.passed is None:
        return "missing"
    return "withstands" if one.passed else "fails"
