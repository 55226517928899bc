"""Repetitions that ask for another kind of model, dyads or pooled policies: what each takes and needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffuscope.case.analyses import Repetition
    from diffuscope.case.settings import Check, Key, Written
    from diffuscope.records import Problem

ROWS = ("dyads",)
POOLING = ("policy",)
WITHOUT_EFFECT = {"rows": ("formula", "forms", "errors"), "pooling": ("policy_effects", "errors")}
"""Settings of a repetition that say nothing where its rows are dyads, or its policies pooled."""


def refuse_without_effect(check: Check, key: Key, given: Mapping[str, object]) -> None:
    """Settings that contradict dyads or pooling in one repetition, or do nothing beside them.

    Parameters
    ----------
    check : Check
        Takes the problems.
    key : Key
        Of the repetition.
    given : mapping
        What it sets.
    """
    if given.get("rows") is not None and given.get("pooling") is not None:
        message = "A repetition has either dyads or pooled policies, not both."
        check.add((*key, "pooling"), "bad-setting", message, "make two repetitions of it")
    for setting, names in WITHOUT_EFFECT.items():
        if given.get(setting) is None:
            continue
        for name in names:
            if given.get(name) is not None:
                message = f"`{name}` has no effect in a repetition with `{setting}`."
                check.add((*key, name), "bad-setting", message, f"leave out `{name}` or `{setting}`")
        if given.get("model") == "firth":
            message = f"Firth's logit cannot be fitted in a repetition with `{setting}`."
            fix = "write `logit`, `cloglog` or `probit`, or leave out `model`"
            check.add((*key, "model"), "bad-choice", message, fix, value="firth")


def refuse_one_policy(
    again: Repetition, of: str, policies: tuple[str, ...], written: Written
) -> list[Problem]:
    """Pooling needs several policies.

    Parameters
    ----------
    again : Repetition
    of : str
        What it is called in a problem.
    policies : tuple of str
        Its own, or those of the question.
    written : Written
    """
    if again.pooling is None or len(policies) > 1:
        return []
    message = f"{of} pools policies, but has {len(policies)} of them."
    fix = "name several policies, or leave out `pooling`"
    return [written.problem(again.key("pooling"), "bad-setting", message, fix, value=again.pooling)]
