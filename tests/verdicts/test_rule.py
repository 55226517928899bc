"""The verdict rule against its published table, written here a second time as plain conditions."""

from __future__ import annotations

from itertools import combinations, product
from typing import get_args

import pytest

from diffuscope.records import Stance, VerdictName
from diffuscope.verdicts import verdict_rule
from diffuscope.verdicts.rule import decide

STANCES = get_args(Stance)
FLAGS = ("ruled_out", "joint", "divided")
COMBINATIONS = [
    (evidence, statistics, frozenset(flags))
    for evidence, statistics in product(STANCES, STANCES)
    for size in range(len(FLAGS) + 1)
    for flags in combinations(FLAGS, size)
    # a divided body has no stance of its own
    if not ("divided" in flags and statistics != "silent")
]


def published(evidence: str, statistics: str, flags: frozenset[str]) -> str:
    positive, negative = {"for", "leaning for"}, {"against", "leaning against"}
    both = (evidence, statistics)
    if "ruled_out" in flags:
        return "not testable"
    if "joint" in flags and statistics in positive and evidence != "for":
        return "not separable"
    if "divided" in flags or (set(both) & positive and set(both) & negative):
        return "contested"
    if both == ("for", "for"):
        return "supported"
    if "for" in both:
        return "supported by one body"
    if "leaning for" in both:
        return "weak"
    if "against" in both:
        return "opposed"
    return "not shown"


@pytest.mark.parametrize(("evidence", "statistics", "flags"), COMBINATIONS)
def test_every_combination_has_the_published_verdict(evidence, statistics, flags):
    assert decide(evidence, statistics, flags).verdict == published(evidence, statistics, flags)


def test_every_row_is_reached():
    reached = {decide(*combination).verdict for combination in COMBINATIONS}
    assert reached == set(get_args(VerdictName))


def test_the_printed_rule_names_every_verdict_once_in_order():
    assert [row.verdict for row in verdict_rule()] == list(get_args(VerdictName))
    assert all(row.says.endswith(".") for row in verdict_rule())


@pytest.mark.parametrize(
    ("evidence", "statistics", "flags", "name"),
    [
        ("for", "for", {"ruled_out"}, "not testable"),
        ("leaning for", "for", {"joint"}, "not separable"),
        ("against", "leaning for", {"joint"}, "not separable"),
        ("for", "for", {"joint"}, "supported"),
        ("for", "leaning against", (), "contested"),
        ("leaning against", "leaning for", (), "contested"),
        ("for", "silent", {"divided"}, "contested"),
        ("for", "for", (), "supported"),
        ("for", "silent", (), "supported by one body"),
        ("leaning for", "for", (), "supported by one body"),
        ("leaning for", "silent", (), "weak"),
        ("leaning for", "leaning for", (), "weak"),
        ("silent", "leaning for", (), "weak"),
        ("against", "silent", (), "opposed"),
        ("leaning against", "against", (), "opposed"),
        ("silent", "silent", (), "not shown"),
        ("leaning against", "silent", (), "not shown"),
        ("leaning against", "leaning against", (), "not shown"),
    ],
)
def test_each_row_of_the_published_table(evidence, statistics, flags, name):
    assert decide(evidence, statistics, flags).verdict == name
