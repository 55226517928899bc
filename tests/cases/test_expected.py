"""Every shipped case gives what its `expected.json` says, in sentences that hold; changes have reasons."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest
from expected import differences, expected, shipped, summary

from diffuscope.case import read_case, shipped_cases
from diffuscope.report.difference import compare
from diffuscope.result import from_json, to_json
from diffuscope.study import run_study

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "verdicts"), str(TESTS / "report")]

import reasons  # noqa: E402
import recount  # noqa: E402

FOUNDING = "asean-smart-cities"
FORMER = TESTS / "result" / "samples" / "format-1" / "result.json.gz"
"""The founding case as a former version saw it."""


def test_every_case_folder_is_listed():
    assert sorted(case.id for case in shipped_cases()) == shipped()


def test_the_founding_case_gives_what_is_expected(founding_result):
    result = json.loads(to_json(founding_result))
    assert differences(expected(FOUNDING), summary(result)) == []


@pytest.mark.parametrize("case", [case for case in shipped() if case != FOUNDING])
def test_a_further_case_gives_what_is_expected_short_of_safeguards(case, monkeypatch):
    """Safeguards of large cases take a minute; with them, the installed command is compared (`tests/e2e`)."""
    monkeypatch.setattr("diffuscope.safeguards.run_safeguards.checks", tuple)
    monkeypatch.setattr("diffuscope.safeguards.witness.detectable_odds_ratio", lambda *_: None)
    result = json.loads(to_json(run_study(read_case(case))))
    wanted = expected(case)
    for analysis in wanted["analyses"].values():
        passed = [name for name, stance in analysis["statistics"].items() if not stance.startswith("silent")]
        for name in passed:
            del analysis["statistics"][name], analysis["verdicts"][name]
    assert differences(wanted, summary(result)) == []


def test_every_sentence_of_the_founding_case_is_counted_again(founding_result):
    assert recount.check(founding_result) > 4 * len(founding_result.verdicts)


def test_every_verdict_that_changed_since_format_1_has_reasons_that_are_found_again(founding_result):
    former = from_json(gzip.decompress(FORMER.read_bytes()))
    assert reasons.check(former, founding_result) > 100
    assert reasons.check(founding_result, former) > 100
    assert reasons.check(founding_result, founding_result) == 0
    found = compare(former, founding_result)
    assert {"data", "settings", "rules", "version"} <= {*found.causes}
    assert {line.because for line in found.verdicts if line.mechanism == "neighbours"} == {
        "This line is new: the rule of the older result has no rows on neighbours."
    }


def test_the_comparison_sees_a_difference():
    wanted = {"a": {"p": 0.7, "verdict": "weak", "range": [0.1, 0.2], "n": 3}}
    assert differences(wanted, {"a": {"p": 0.7004, "verdict": "weak", "range": [0.1, 0.2], "n": 3}}) == []
    found = {"a": {"p": 0.702, "verdict": "opposed", "range": [0.1, 0.3], "n": True}}
    assert len(differences(wanted, found)) == 4
    assert differences(wanted, {}) == ["/a: expected a mapping, found None"]
