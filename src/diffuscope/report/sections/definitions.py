"""The rule whole, and the mechanisms with their criteria and sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.report.words import ROLES

if TYPE_CHECKING:
    from diffuscope.records.base import RuleOf
    from diffuscope.result import Result


def rule(result: Result) -> list[dict[str, Any]]:
    """The rows of the verdict rule, in the order in which they are tried.

    Parameters
    ----------
    result : Result

    Returns
    -------
    list of dict
        `order`, `verdict`, `says`, `of` (mechanisms or neighbours), `gave` (how many verdicts of this result
        it gave).
    """
    return [
        {
            "order": order,
            "verdict": row.verdict,
            "says": row.description,
            "of": row.of,
            "gave": sum(verdict.rule == row.description for verdict in result.verdicts),
        }
        for order, row in enumerate(result.rule, start=1)
    ]


_BODIES: dict[RuleOf, str] = {
    "evidence": "Coded evidence",
    "statistics": "Statistics",
    "inferred networks": "Inferred networks",
}


def stance_rules(result: Result) -> list[dict[str, Any]]:
    """The rules by which each body came to its stances, as the result carries them; empty where it does not.

    Parameters
    ----------
    result : Result

    Returns
    -------
    list of dict
        `body`, `title`, `rows` (stance, when it holds).
    """
    return [
        {
            "body": body,
            "title": heading,
            "rows": [(row.stance, row.description) for row in result.stance_rules if row.body == body],
        }
        for body, heading in _BODIES.items()
        if any(row.body == body for row in result.stance_rules)
    ]


def mechanisms(result: Result) -> list[dict[str, Any]]:
    """The mechanisms as they are defined here.

    Parameters
    ----------
    result : Result

    Returns
    -------
    list of dict
        `name`, `claim`, `definition`, `readings`, `rivals`, `source`, `criteria` (id, text, role, whether
        it is met here for the first time).
    """
    ids: set[str] = set()
    return [
        {
            "name": mechanism.name,
            "claim": mechanism.claim.replace("{policy}", "the policy"),
            "definition": mechanism.definition,
            "readings": mechanism.readings,
            "rivals": mechanism.rivals,
            "source": mechanism.source,
            "criteria": [
                (id_, text, ROLES.get(role, role), _first(id_, ids)) for id_, text, role in mechanism.criteria
            ],
        }
        for mechanism in result.mechanisms
    ]


def _first(id_: str, ids: set[str]) -> bool:
    """Whether an id is met for the first time: mechanisms share a criterion, an address belongs to one."""
    new = id_ not in ids
    ids.add(id_)
    return new
