"""Stance rule of the witness of inferred networks: from overlap with ties to a stance, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from diffuscope.records.rule_file import RulePart, SilentRow, printed_stance_rules, read_rule_file

if TYPE_CHECKING:
    from diffuscope.records import StanceRule
    from diffuscope.records.inferred import LayerOverlap

Condition = Literal["few policies", "no ties", "overlap missing", "overlap", "likeness open"]


class Row(SilentRow, frozen=True, kw_only=True):
    """One row of the rule: the conditions that hold together, the stance, and its kind of silence."""

    stance: Literal["leaning for", "silent"]
    when: tuple[Condition, ...]


class Rule(RulePart, frozen=True):
    """The rule as its file states it."""

    level: float
    policies: int
    row: tuple[Row, ...]


def rule() -> Rule:
    """The rule, from its one file."""
    return read_rule_file(__package__, "stance.toml", Rule)


def network_stance_rules() -> tuple[StanceRule, ...]:
    """Stance rule of inferred networks, row by row, for print.

    Returns
    -------
    tuple of StanceRule
        In the order in which they are tried.
    """
    return printed_stance_rules("inferred networks", rule().row, {"policies": rule().policies})


def judge(*, ordered: int, found: LayerOverlap) -> Row:
    """Stance on one mechanism: the first row of the rule that holds.

    Parameters
    ----------
    ordered : int
        Policies with adoptions one after another.
    found : LayerOverlap
    """
    holding: set[Condition] = set()
    if ordered < rule().policies:
        holding.add("few policies")
    if found.layer is None:
        holding.add("no ties")
    if found.p_holm is None:
        holding.add("overlap missing")
    elif found.p_holm < rule().level and (found.correlation or 0.0) > 0:
        holding.add("overlap")
    if found.p_direction is None and not found.likeness:
        holding.add("likeness open")
    return next(row for row in rule().row if set(row.when) <= holding)
