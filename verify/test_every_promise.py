"""A plan of evidence keeps its promises: many clues of the founding case, each coded in every direction."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import diffuscope

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "study"))
from test_evidence_plan import least_weights_are_least, outcomes_come_true, searches_come_true

EACH = 5


@pytest.fixture(scope="module")
def case():
    return diffuscope.read_case("asean-smart-cities")


@pytest.fixture(scope="module")
def plan(case):
    return diffuscope.plan_evidence(case)


def test_every_outcome_comes_true_when_the_passage_is_coded(case, plan):
    assert outcomes_come_true(case, plan, EACH) > 3


def test_the_least_weight_changes_the_verdict_and_a_tenth_less_does_not(case, plan):
    least_weights_are_least(case, plan, EACH)


def test_a_search_that_goes_on_keeps_its_promise(case, plan):
    searches_come_true(case, plan, 1)
