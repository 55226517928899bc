"""The verdict rule against its published table, written here a second time as plain conditions."""

from __future__ import annotations

from itertools import combinations, product
from typing import get_args

import pytest

from diffuscope.records import Silence, Stance
from diffuscope.verdicts import verdict_rule
from diffuscope.verdicts.rule import _rules, decide, decide_neighbours

STANCES = get_args(Stance)
FLAGS = ("ruled_out", "joint", "divided")
COMBINATIONS = [
    (evidence, statistics, frozenset(flags))
    for evidence, statistics in product(STANCES, STANCES)
    for size in range(len(FLAGS) + 1)
    for flags in combinations(FLAGS, size)
]
TABLE = {
    # no flag; lines: evidence, columns: statistics for, leaning for, silent, leaning against
    "for": ("supported", "supported by one body", "supported by one body", "contested"),
    "leaning for": ("supported by one body", "weak", "weak", "contested"),
    "silent": ("supported by one body", "weak", "not shown", "not shown"),
    "leaning against": ("contested", "contested", "not shown", "opposed"),
    "against": ("contested", "contested", "opposed", "opposed"),
}
JOINT = {
    "for": "supported by one body",
    "leaning for": "weak",
    "silent": "not separable",
    "leaning against": "not separable",
    "against": "opposed",
}
"""Statistics for or leaning for it, only jointly with rivals."""


def published(evidence: str, statistics: str, flags: frozenset[str]) -> str:
    if "ruled_out" in flags:
        return "not testable"
    if "divided" in flags:
        return "contested"
    if "joint" in flags and statistics in ("for", "leaning for"):
        return JOINT[evidence]
    if statistics == "against":
        statistics = "leaning against"
    return TABLE[evidence][("for", "leaning for", "silent", "leaning against").index(statistics)]


@pytest.mark.parametrize(("evidence", "statistics", "flags"), COMBINATIONS)
def test_every_combination_has_the_published_verdict(evidence, statistics, flags):
    assert decide(evidence, statistics, flags).verdict == published(evidence, statistics, flags)


@pytest.mark.parametrize(("evidence", "statistics", "flags"), COMBINATIONS)
def test_every_combination_lands_in_exactly_one_row(evidence, statistics, flags):
    """Beside the two flags that decide before any stance does, no row is held back by an earlier one."""
    held = [row for row in _rules().row if any(one.fits(evidence, statistics, flags) for one in row.when)]
    if flags & {"ruled_out", "divided"}:
        assert held[0].verdict == published(evidence, statistics, flags)
    else:
        assert [row.verdict for row in held] == [published(evidence, statistics, flags)]


def test_every_row_is_reached():
    reached = {decide(*combination).description for combination in COMBINATIONS}
    assert reached == {row.description for row in verdict_rule() if row.of == "mechanisms"}


def test_the_printed_rule_names_every_verdict_once_in_order():
    rule = verdict_rule()
    assert [row.verdict for row in rule if row.of == "mechanisms"] == [
        "not testable",
        "contested",
        "opposed",
        "supported",
        "supported by one body",
        "weak",
        "not separable",
        "not shown",
    ]
    assert {row.verdict for row in rule if row.of == "neighbours"} == {
        "found",
        "leaning",
        "not shown",
        "no data",
    }
    assert all(row.description.endswith(".") for row in rule)
    assert len({row.description for row in rule}) == len(rule)


@pytest.mark.parametrize("silence", [None, *get_args(Silence)])
@pytest.mark.parametrize("stance", STANCES)
def test_every_stance_on_neighbours_has_its_verdict(stance, silence):
    if (stance == "silent") == (silence is None):
        return
    if stance == "for":
        expected = "found"
    elif stance == "leaning for":
        expected = "leaning"
    elif silence in ("no data", "not asked", "too few events"):
        expected = "no data"
    else:
        expected = "not shown"
    row = decide_neighbours(stance, silence)
    assert (row.verdict, row.of) == (expected, "neighbours")
