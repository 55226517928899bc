"""Every verdict that differs between two results has its reasons, and every reason is in the two results."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from random import Random

import msgspec
import pytest
import reasons
from factory import result

from diffuscope.report.difference import compare, in_words
from diffuscope.result import from_json

SAMPLE = Path(__file__).parents[1] / "result" / "samples" / "format-1" / "result.json.gz"


@cache
def sample():
    """The founding case in format 1, without its register: passages, exposures, estimates, safeguards."""
    whole = from_json(gzip.decompress(SAMPLE.read_bytes()))
    return msgspec.structs.replace(whole, frames={}, tables={}, audit=(), claims=())


@pytest.fixture(name="former")
def _former():
    return sample()


def replaced(of, part, chosen, **fields):
    """The result with fields of one record of a part replaced."""
    rows = tuple(msgspec.structs.replace(one, **fields) if chosen(one) else one for one in getattr(of, part))
    assert rows != getattr(of, part), "nothing was replaced"
    return msgspec.structs.replace(of, **{part: rows})


def about(analysis, mechanism, **more):
    def chosen(one):
        wanted = {"analysis": analysis, "mechanism": mechanism, **more}
        return all(getattr(one, name) == value for name, value in wanted.items())

    return chosen


def only(old, new):
    reasons.check(old, new)
    [line] = compare(old, new).verdicts
    return line, {(one.because, one.about): (one.before, one.after) for one in line.reasons}


def with_verdict(of, analysis, mechanism, **fields):
    return replaced(of, "verdicts", about(analysis, mechanism), **fields)


def test_a_result_has_no_changed_verdict_beside_itself(former):
    assert compare(former, former).verdicts == ()
    assert next(in_words(compare(former, former))).text == (
        "No verdict changed, no stance and no probability."
    )


def test_a_verdict_that_changed_with_nothing_behind_it_is_said_to_be_unexplained(former):
    line, found = only(former, with_verdict(former, "smart-cities", "learning", verdict="supported"))
    assert line.because == (
        "Dates, stances and rule are the same; the two results do not show what changed it."
    )
    assert found == {
        ("unknown", "everything else that both results hold on it is the same"): ("weak", "supported")
    }


def test_a_changed_rule_is_named_where_the_bodies_say_the_same(former):
    rule = tuple(
        msgspec.structs.replace(row, description="Otherwise.") if row.verdict == "weak" else row
        for row in former.rule
    )
    new = with_verdict(former, "smart-cities", "learning", verdict="not shown", rule="Otherwise.")
    line, found = only(former, msgspec.structs.replace(new, rule=rule))
    assert line.because == "Dates and stances are the same; the rule changed."
    assert found["rule", "the rule of verdicts"] == ("8 rows", "8 rows, 1 of them not in the older")
    assert found["rule", "the row of the rule that holds"][1] == "Otherwise."
    assert compare(former, msgspec.structs.replace(former, rule=rule)).causes == ("rules",)


def evidence(of, analysis, mechanism):
    return next(one for one in of.findings if about(analysis, mechanism, body="evidence")(one)).evidence


def test_a_passage_that_is_gone_is_named_with_what_it_weighed(former):
    detail = evidence(former, "smart-cities", "learning")
    gone, *kept = detail.items
    less = msgspec.structs.replace(detail, items=tuple(kept), p=0.55, decibans=0.9)
    key = ("smart-cities", "learning")
    new = replaced(former, "findings", about(*key, body="evidence"), stance="silent", evidence=less)
    new = with_verdict(
        new, *key, verdict="not shown", evidence="silent", evidence_silence="tested, inconclusive"
    )
    line, found = only(former, new)
    assert line.because == "The evidence changed from “leaning for” to “inconclusive”."
    assert found["data", f"passage `{gone.id}`"] == (f"+{gone.decibans:.1f} dB", "—")
    assert found["number", "the probability"] == ("0.700", "0.550")


def test_the_same_passages_pooled_otherwise_are_a_changed_rule(former):
    key = ("smart-cities", "learning")
    detail = evidence(former, *key)
    other = msgspec.structs.replace(detail, p=0.781, decibans=5.52, caps=())
    new = replaced(former, "findings", about(*key, body="evidence"), evidence=other)
    line, found = only(former, new)
    assert not line.changed
    assert line.because == "Verdict and stances stay; the probability of the evidence changed."
    assert found["rule", "the pooling of the same passages"] == ("+3.7 dB", "+5.5 dB")
    assert found["limit", "what limits it to a leaning stance"] == ("one person coded it", "none")


def test_a_weight_that_changed_with_the_coding_unchanged_is_no_change_of_data(former):
    key = ("smart-cities", "coercion")
    detail = evidence(former, *key)
    first = next(item for item in detail.items if item.p_if_true is not None)
    items = tuple(
        msgspec.structs.replace(item, decibans=item.decibans + 2) if item is first else item
        for item in detail.items
    )
    other = msgspec.structs.replace(detail, p=0.2, decibans=-6.0, items=items)
    new = replaced(former, "findings", about(*key, body="evidence"), evidence=other)
    _, found = only(former, new)
    assert ("rule", f"weight of passage `{first.id}`, coded alike") in found


def test_a_safeguard_that_failed_or_is_missing_now_is_named(former):
    key = ("sub-areas", "emulation")
    finding = next(one for one in former.findings if about(*key, body="statistics")(one))
    guards = tuple(
        msgspec.structs.replace(one, passed=None)
        if one.name == "permuted ties"
        else msgspec.structs.replace(one, applies=True, passed=False, role="decisive")
        if one.name == "lead test"
        else one
        for one in finding.trial.safeguards
    )
    trial = msgspec.structs.replace(finding.trial, safeguards=guards)
    new = replaced(
        former, "findings", about(*key, body="statistics"), silence="does not withstand", trial=trial
    )
    new = with_verdict(new, *key, statistics_silence="does not withstand")
    line, found = only(former, new)
    assert line.because.startswith("The verdict stays; the statistics changed from “tested, inconclusive” to")
    assert found["safeguard", "permuted ties"] == ("failed (confirming)", "missing (confirming)")
    assert found["safeguard", "lead test"] == ("does not apply", "failed (decisive)")


def test_dates_that_rule_diffusion_out_outrank_what_the_bodies_say(former):
    spell = former.chronology[0].order[0]
    order = (
        msgspec.structs.replace(spell, first="2020-01-01", last="2020-12-31"),
        *former.chronology[0].order[1:],
    )
    new = replaced(
        former, "chronology", lambda one: one.analysis == "smart-cities",
        testable=False, reason="All in one year.", order=order,
    )  # fmt: skip
    for mechanism in ("coercion", "competition", "emulation", "learning"):
        new = with_verdict(new, "smart-cities", mechanism, verdict="not testable")
    found = compare(former, new)
    assert {line.because for line in found.verdicts} == {"The dates now rule diffusion out."}
    for line in found.verdicts:
        named = {(one.because, one.about) for one in line.reasons}
        assert ("dates", "the dates") in named
        assert ("data", f"the adoption of `{spell.policy}` by `{spell.unit}`") in named
    assert reasons.check(former, new) >= 12


def test_statistics_that_the_dates_silence_now_are_named_and_what_an_old_format_does_not_say(former):
    key = ("sub-areas", "emulation")
    told_of = "3 events remain outside the launch"
    new = replaced(former, "chronology", lambda one: one.analysis == key[0], silenced=told_of)
    new = with_verdict(new, *key, statistics_silence="too few events")
    _, found = only(former, msgspec.structs.replace(new, upgraded=None))
    words = "whether the dates prevent statistics"
    assert found["unknown", words] == ("format 1 does not say", told_of)
    _, found = only(*(msgspec.structs.replace(one, upgraded=None) for one in (former, new)))
    assert found["dates", words] == ("they do not", told_of)


def test_a_question_or_a_line_that_only_one_result_has_is_new_or_gone(former):
    fewer = msgspec.structs.replace(
        former,
        analyses=former.analyses[:-1],
        verdicts=tuple(one for one in former.verdicts if one.analysis != "sub-areas"),
    )
    lost = compare(former, fewer).verdicts
    assert {line.because for line in lost} == {
        "This line is gone: the newer result does not ask the question `sub-areas`."
    }
    gained = compare(fewer, former).verdicts
    assert {(line.before, line.reasons[0].because) for line in gained} == {("—", "line")}
    assert reasons.check(former, fewer) == reasons.check(fewer, former) == 4
    assert next(in_words(compare(former, fewer))).text == "No verdicts changed; 4 are gone."
    assert next(in_words(compare(fewer, former))).text == "No verdicts changed; 4 are new."


def test_a_layer_that_was_chosen_otherwise_is_put_down_to_the_question(former):
    key = ("sub-areas", "emulation")
    old_layers = next(one for one in former.analyses if one.id == key[0]).layers
    new = replaced(former, "analyses", lambda one: one.id == key[0], layers={**old_layers, "emulation": "x"})
    history = next(one for one in former.histories if one.analysis == key[0])
    exposures = tuple(
        msgspec.structs.replace(one, layer="x", refused="The case has no ties `x`.")
        if one.name == key[1]
        else one
        for one in history.exposures
    )
    new = replaced(new, "histories", lambda one: one.analysis == key[0], exposures=exposures)
    new = with_verdict(new, *key, statistics_silence="no data")
    line, found = only(former, new)
    assert line.because.endswith("Its exposure was used before and is now refused.")
    assert found["question", "the exposure `emulation`"][1] == "`x`, refused: The case has no ties `x`"
    assert found["question", "`layers` of the question"] == (
        f"emulation: {old_layers['emulation']}",
        "emulation: x",
    )


STANCES = ("for", "leaning for", "silent", "leaning against", "against")
NAMES = ("not testable", "contested", "opposed", "supported", "weak", "not shown")


def changed_verdicts(of, chance):
    for one in of.verdicts:
        if chance.random() < 0.1:
            continue
        stances = {body: chance.choice(STANCES) for body in ("evidence", "statistics")}
        silent = {f"{body}_silence": "no data" for body, stance in stances.items() if stance == "silent"}
        moved = {**stances, **silent} if chance.random() < 0.5 else {}
        name = {"verdict": chance.choice(NAMES)} if chance.random() < 0.5 else {}
        yield msgspec.structs.replace(one, **moved, **name)


def changed_findings(of, chance):
    for one in of.findings:
        kept = chance.choice(("all", "all", "less", "none"))
        if kept == "none":
            continue
        more = {}
        if kept == "less" and one.evidence is not None:
            less = {"items": one.evidence.items[1:], "p": chance.uniform(0.01, 0.99), "caps": ()}
            more["evidence"] = msgspec.structs.replace(one.evidence, **less)
        if kept == "less" and one.trial is not None:
            less = {"estimate": 1.0, "safeguards": one.trial.safeguards[2:]}
            more |= {
                "trial": msgspec.structs.replace(one.trial, **less),
                "joint_with": ("learning", "coercion"),
            }
        yield msgspec.structs.replace(one, **more)


def changed(of, chance):
    """A result with whatever changed: verdicts, stances, dates, rules, passages, safeguards, lines."""
    dates = tuple(
        msgspec.structs.replace(
            one, testable=chance.choice((True, False, None)), order=one.order[chance.randrange(3) :]
        )
        for one in of.chronology
    )
    hashes = {**of.case.hashes, chance.choice(("ties", "evidence", "adoptions")): "0"}
    return msgspec.structs.replace(
        of,
        verdicts=tuple(changed_verdicts(of, chance)),
        findings=tuple(changed_findings(of, chance)),
        chronology=dates,
        case=chance.choice((of.case, msgspec.structs.replace(of.case, hashes=hashes))),
        rule=of.rule[chance.randrange(2) :],
        histories=of.histories[chance.randrange(3) :],
        upgraded=chance.choice((of.upgraded, None)),
    )


@pytest.mark.parametrize("seed", range(20))
def test_no_verdict_differs_without_a_reason_and_every_reason_is_found_again(former, seed):
    new = changed(former, Random(seed))
    assert reasons.check(former, new) > 20
    assert reasons.check(new, former) > 20
    assert all("\n" not in line.text for line in in_words(compare(former, new)))


def test_the_report_of_another_case_is_compared_too(former):
    """Nothing is shared: every line is new or gone, and says so."""
    other = result()
    found = compare(former, other)
    assert found.details[0] == f"the case: {former.case.id} → {other.case.id}" or found.causes
    reasons.check(former, other)


def test_what_is_printed_begins_with_the_verdicts_and_says_what_an_old_format_lacks(former):
    new = with_verdict(former, "smart-cities", "learning", verdict="supported")
    new = msgspec.structs.replace(new, upgraded=None)
    lines = [line.text for line in in_words(compare(former, new))]
    assert lines[0] == "1 verdict changed."
    assert (
        "  The older result was written in format 1, and is shown with its own verdicts, sentences and rules."
        in lines
    )
    assert "  the format of the result: 1 → 3" in lines
    assert json.loads(msgspec.json.encode(compare(former, new)))["verdicts"][0]["after"] == "supported"
