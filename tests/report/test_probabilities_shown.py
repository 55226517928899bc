"""Probabilities as a reader meets them: as many decimals as coded judgements carry, with their range."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import factory
import msgspec
import pytest
from test_report_page import Page, read, written

from diffuscope.report.figures import draw
from diffuscope.report.names import Names
from diffuscope.result import from_json

OLD = Path(__file__).parents[1] / "result" / "samples" / "format-1" / "result.json.gz"


def changed(**detail):
    """The result made by hand, with another detail of the evidence on coercion."""
    made = factory.result()
    first = made.findings[0]
    other = msgspec.structs.replace(first.evidence, **detail)
    findings = (msgspec.structs.replace(first, evidence=other), *made.findings[1:])
    return msgspec.structs.replace(made, findings=findings)


@pytest.mark.parametrize(
    ("p", "noise", "says"),
    [
        (0.781, (0.226, 0.978), "about 0.8 (0.2 to 0.98 if the coder is moderately off)"),
        (0.002, (0.0001, 0.06), "below 0.01 (below 0.01 to 0.1 if the coder is moderately off)"),
        (0.97, (0.6, 0.999), "about 0.97 (0.6 to above 0.99 if the coder is moderately off)"),
    ],
)
def test_a_probability_stands_with_its_range(p, noise, says):
    assert f"probability {says}" in read(changed(p=p, noise=noise)).text("know")


def test_both_readings_stand_where_they_differ():
    shown = read(
        changed(
            p=0.167,
            noise=(0.02, 0.7),
            other_definition=factory.Posterior(setting="broad reading", decibans=2.3, p=0.628),
            other_stance="leaning for",
            other_noise=(0.2, 0.97),
        )
    )
    assert "probability 0.2 read narrowly, 0.6 read broadly" in shown.text("answer")
    broad = "about 0.6 (0.2 to 0.97 if the coder is moderately off)"
    assert f"read broadly, {broad}" in shown.text("know")
    assert "read broadly" not in read(changed(other_stance="leaning against")).text("answer")


def test_no_probability_of_a_setting_has_more_decimals_than_it_can_carry():
    text = written(factory.result())
    told = re.findall(r"<th scope=\"row\">(?:rho|prior|without) [^<]*</th><td>([^<]*)</td>", text)
    assert len(told) > 20
    for shown in told:
        assert re.fullmatch(r"0\.[1-9]|0\.0\d|0\.9\d|below 0\.01|above 0\.99", shown), shown


def test_an_old_result_is_told_by_its_own_rules_and_no_others():
    old = from_json(gzip.decompress(OLD.read_bytes()))
    assert not old.stance_rules
    shown = Page(written(old))
    assert "This result does not contain the rules that gave its stances" in shown.text("rule")
    for row in old.rule:
        assert " ".join(row.description.split()) in shown.text("rule")
    asked = old.analyses[0].id
    first = msgspec.structs.replace(
        old,
        analyses=old.analyses[:1],
        findings=tuple(one for one in old.findings if one.analysis == asked),
        verdicts=tuple(one for one in old.verdicts if one.analysis == asked),
        histories=(),
    )
    drawn = [one for one in draw(first, Names(first)) if one.name.endswith("-robustness")]
    assert drawn
    for one in drawn:
        assert one.failed is None
        assert "ground" not in one.caption.lower()
