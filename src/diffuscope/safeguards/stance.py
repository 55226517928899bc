"""Stance rule of the statistical body: from a coefficient and its safeguards to a stance, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from diffuscope.records import Silence, Stance
from diffuscope.records.rule_file import RulePart, SilentRow, printed_stance_rules, read_rule_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.records import Safeguard, SafeguardResults, SafeguardRole, StanceRule

Condition = Literal[
    "gate passed",
    "gate failed",
    "gate missing",
    "interval above zero",
    "interval holds zero",
    "interval below smallest",
    "below relabelled ties",
    "negative without any unit",
    "decisive failed",
    "decisive missing",
    "confirming unmet",
    "few events",
    "untimed",
]
LEFT_OUT = "leave one unit out"


class Row(SilentRow, frozen=True, kw_only=True):
    """One row of the rule: the conditions that hold together, the stance, and its kind of silence."""

    stance: Stance
    when: tuple[Condition, ...]


class Rule(RulePart, frozen=True):
    """The rule as its file states it."""

    level: float
    events_for: int
    row: tuple[Row, ...]


def rule() -> Rule:
    """The rule, from its one file."""
    return read_rule_file(__package__, "stance.toml", Rule)


def stance_rules() -> tuple[StanceRule, ...]:
    """Stance rule of the statistical body, row by row, for print.

    Returns
    -------
    tuple of StanceRule
        In the order in which they are tried.
    """
    return printed_stance_rules("statistics", rule().row)


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A stance, and why.

    Attributes
    ----------
    stance : Stance
    silence : Silence or None
    description : str
        The row of the rule that holds.
    lacking : tuple of str
        Tests that failed or are missing and on which the stance hangs, in words.
    """

    stance: Stance
    silence: Silence | None
    description: str
    lacking: tuple[str, ...] = ()


def judge(trial: SafeguardResults, *, events: int, timed: bool) -> Judgement:
    """Stance of one exposure's coefficient: the first row of the rule that holds.

    Parameters
    ----------
    trial : SafeguardResults
    events : int
        Of the model.
    timed : bool
        Whether the model has a control of time.
    """
    holding = set(_conditions(trial, events=events, timed=timed))
    # the file's last row has no condition: some row always holds
    row = next(row for row in rule().row if set(row.when) <= holding)
    lacking = tuple(_lacking(trial, row.silence))
    return Judgement(stance=row.stance, silence=row.silence, description=row.description, lacking=lacking)


def _conditions(trial: SafeguardResults, *, events: int, timed: bool) -> Iterator[Condition]:
    yield _gate(trial)
    above = trial.ci_low is not None and trial.ci_low > 0
    yield "interval above zero" if above else "interval holds zero"
    # the whole interval lies below the smallest effect of interest: the data rule an effect of that size out
    if trial.ci_high is not None and trial.smallest is not None and trial.ci_high < trial.smallest:
        yield "interval below smallest"
    if trial.p_holm_less is not None and trial.p_holm_less < rule().level:
        yield "below relabelled ties"
    if _negative_without_any_unit(trial):
        yield "negative without any unit"
    decisive = _of_role(trial, "decisive")
    if any(one.passed is False for one in decisive):
        yield "decisive failed"
    if any(one.passed is None for one in decisive):
        yield "decisive missing"
    # failed or missing: either limits the stance
    if any(not one.passed for one in _of_role(trial, "confirming")):
        yield "confirming unmet"
    if events < rule().events_for:
        yield "few events"
    if not timed:
        yield "untimed"


def _gate(trial: SafeguardResults) -> Condition:
    """The gate, with its p-value adjusted over mechanisms: what is not computed is missing, not passed."""
    gates = _of_role(trial, "gate")
    if not gates or any(one.passed is None for one in gates):
        return "gate missing"
    if not all(one.passed for one in gates):
        return "gate failed"
    if trial.p_holm is None:
        return "gate missing"
    return "gate passed" if trial.p_holm < rule().level else "gate failed"


def _negative_without_any_unit(trial: SafeguardResults) -> bool:
    own = next((one for one in trial.safeguards if one.name == LEFT_OUT), None)
    return own is not None and own.applies and own.ci_high is not None and own.ci_high < 0


def _of_role(trial: SafeguardResults, role: SafeguardRole) -> list[Safeguard]:
    """Tests of one role that the question has something for."""
    return [one for one in trial.safeguards if one.role == role and one.applies]


def _lacking(trial: SafeguardResults, silence: Silence | None) -> Iterator[str]:
    roles: tuple[SafeguardRole, ...] = ("decisive", "confirming")
    for role in roles if silence != "does not withstand" else ("decisive",):
        for one in _of_role(trial, role):
            if one.passed is False:
                yield f"{one.name}: {'failed' if role == 'decisive' else 'not met'}"
            elif one.passed is None and silence != "does not withstand":
                yield f"{one.name}: missing"
