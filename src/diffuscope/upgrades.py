"""Migrations of `result.json`: one step from each format to the next.

A step adds what a later format says in other words; it changes no finding, no verdict and no rule. What it
cannot carry over, or what would be misread as the later format's, it says in the notes of `upgraded`. The
words of a step are those of its old format and do not follow the package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_BORE_ON_STANCE = (
    "permuted ties",
    "permuted timing",
    "shuffled success",
    "drivers of ties",
    "lagged outcome",
    "lead test",
    "unmeasured confounder",
    "separable",
)
"""Format 1: without these, as far as they applied, no estimate was more than leaning."""
_ASKED = {
    "permuted ties": "Would any such ties do? Units exchange their places among the tied.",
    "permuted timing": "Would any such dates do? Units exchange when they adopted.",
    "shuffled success": "Does it matter how it went with earlier adopters, or only that they adopted?",
    "drivers of ties": "Is it likeness? What is said to make units tied goes into the model.",
    "lagged outcome": "Does exposure go with a decision that it came too late to move?",
    "lead test": "Does what others did afterwards say as much as what they had done before?",
    "unmeasured confounder": "Would something unseen have to be stronger than all that is measured?",
    "separable": "Does it stand without the exposures of other mechanisms, or only with them?",
    "placebo outcome": "Does exposure predict an unrelated policy, which it cannot have moved?",
    "fixed effects": "Does it outlast whatever is the same for a policy, in a period or of a unit?",
    "leave one unit out": "Does it all rest on one unit? Each is left out in turn.",
    "leave one policy out": "Does it all rest on one policy? Each is left out in turn.",
}
_LIMITS = {"one coder": "one person coded it", "one source document": "it rests on one document"}
"""Limits of format 1 as what follows the word because, which they do in later formats."""
_NOTES_ON_1 = (
    "Format 1 carries no stance rules: which rule gave the stances cannot be read from it.",
    "Its p-values of permuted ties, and those after Holm's method, are two-sided; later ones are one-sided.",
    "It measured no launch in days: `launch_days` and `launch` hold the value of later versions, which was "
    "not applied.",
    "It had no smallest odds ratio of interest: `smallest_odds_ratio` holds the value of later versions, "
    "which was not applied.",
)


_LOWEST = "announced"


def upgraded(result: Any, version: int) -> Any:
    """A result of an older format as the next ones up to the present would have written it.

    Parameters
    ----------
    result : dict
        The decoded `result.json`.
    version : int
        Its format.
    """
    for step in _STEPS[version - 1 :] if version >= 1 else ():
        result = step(result)
    return result


def _to_2(result: dict[str, Any]) -> dict[str, Any]:
    """Safeguards carry what they ask and what the stance makes of them; limits follow the word because."""
    findings = [
        {
            **finding,
            "trial": _with_roles(finding.get("trial")),
            "evidence": _with_limits(finding.get("evidence")),
        }
        for finding in result.get("findings", ())
    ]
    notes = [*_NOTES_ON_1, *_smallest_effects(result.get("analyses", ()))]
    # every row of `adoptions` was an adoption, whatever its tier
    analyses = [{"tier": _LOWEST, **analysis} for analysis in result.get("analyses", ())]
    upgraded_parts = {"analyses": analyses, "findings": findings, "upgraded": {"format": 1, "notes": notes}}
    return {**result, "format": 2, **upgraded_parts}


def _smallest_effects(analyses: Iterable[dict[str, Any]]) -> list[str]:
    """Smallest effects of interest that questions declared in points; later ones are odds ratios."""
    return [
        f"The question `{analysis['id']}` declared a smallest effect of interest of "
        f"{analysis['smallest_effect']:g} percentage points, and was judged by it; later formats ask for an "
        "odds ratio, so it is not carried over."
        for analysis in analyses
        if analysis.get("smallest_effect") is not None
    ]


def _with_limits(evidence: dict[str, Any] | None) -> dict[str, Any] | None:
    if not evidence:
        return None
    return {**evidence, "caps": [_LIMITS.get(cap, cap) for cap in evidence.get("caps", ())]}


def _with_roles(trial: dict[str, Any] | None) -> dict[str, Any] | None:
    if not trial:
        return None
    safeguards = [
        {
            **one,
            "asks": _ASKED.get(one["name"], ""),
            "role": "confirming" if one["name"] in _BORE_ON_STANCE else "beside",
        }
        for one in trial.get("safeguards", ())
    ]
    return {**trial, "safeguards": safeguards}


_FIELDS = {"mend": "fix", "says": "description", "error": "std_error", "low": "ci_low", "high": "ci_high"}
_SUMMARY = {"spread": "sd", "low": "min", "high": "max"}
"""Fields of format 2, and what later formats call them."""


def _to_3(result: dict[str, Any]) -> dict[str, Any]:
    """Fields are called as textbooks call them: std_error, ci_low, ci_high, sd; fix and description."""
    renamed = {
        name: _renamed(result.get(name, []), _FIELDS)
        for name in ("problems", "audit", "claims", "rule", "stance_rules")
    }
    findings = [
        {**finding, "trial": _renamed(finding.get("trial"), _FIELDS)}
        for finding in result.get("findings", ())
    ]
    histories = [
        {
            **history,
            "exposures": _renamed(history.get("exposures", []), _SUMMARY),
            "estimates": _renamed(history.get("estimates", []), _FIELDS),
            "models": _renamed(history.get("models", []), _FIELDS),
        }
        for history in result.get("histories", ())
    ]
    curves = ("hazard_", "curve_")
    frames = {
        name: {**frame, "columns": [_FIELDS.get(column, column) for column in frame["columns"]]}
        if name.startswith(curves)
        else frame
        for name, frame in result.get("frames", {}).items()
    }
    tables = {
        name: _renamed(table, _FIELDS) if name.startswith(curves) else table
        for name, table in result.get("tables", {}).items()
    }
    upgraded_parts = {"findings": findings, "histories": histories, "frames": frames, "tables": tables}
    upgraded_from = result.get("upgraded") or {"format": 2, "notes": []}
    return {**result, "format": 3, **renamed, **upgraded_parts, "upgraded": upgraded_from}


def _renamed(part: Any, names: dict[str, str]) -> Any:
    """A part of a result whose fields have their new names, however deep they stand."""
    if isinstance(part, dict):
        return {names.get(name, name): _renamed(held, names) for name, held in part.items()}
    if isinstance(part, list):
        return [_renamed(held, names) for held in part]
    return part


_STEPS = (_to_2, _to_3)
