"""Every shipped case gives what its `expected.json` says."""

from __future__ import annotations

import json

import pytest
from expected import differences, expected, shipped, summary

from diffuscope.case import read_case, shipped_cases
from diffuscope.result import to_json
from diffuscope.study import run_study

FOUNDING = "asean-smart-cities"


def test_every_case_folder_is_listed():
    assert sorted(case.id for case in shipped_cases()) == shipped()


@pytest.mark.parametrize("case", shipped())
def test_a_shipped_case_gives_what_is_expected(case, request):
    found = request.getfixturevalue("founding_result") if case == FOUNDING else run_study(read_case(case))
    result = json.loads(to_json(found))
    assert differences(expected(case), summary(result)) == []


def test_the_comparison_sees_a_difference():
    wanted = {"a": {"p": 0.7, "verdict": "weak", "range": [0.1, 0.2], "n": 3}}
    assert differences(wanted, {"a": {"p": 0.7004, "verdict": "weak", "range": [0.1, 0.2], "n": 3}}) == []
    found = {"a": {"p": 0.702, "verdict": "opposed", "range": [0.1, 0.3], "n": True}}
    assert len(differences(wanted, found)) == 4
    assert differences(wanted, {}) == ["/a: expected a mapping, found None"]
