"""From findings to a verdict: bodies, sentences, and the author's conclusion beside ours."""

from __future__ import annotations

import math
import re
from itertools import product
from typing import get_args

import msgspec
import pytest
import recount

from diffuscope.records import (
    AuthorVerdict,
    Chronology,
    EvidenceDetail,
    EvidenceItem,
    Finding,
    Place,
    Posterior,
    Safeguard,
    SafeguardResults,
    Silence,
    Stance,
)
from diffuscope.verdicts import neighbours_verdict, verdict

OPEN = Chronology(analysis="a", testable=True, reason="There is an order of events to explain.")
LAUNCH = Chronology(analysis="a", testable=False, reason="All adopted in 2018.")


def passage(id_: str, decibans: float, definition: str | None = None, coders: int = 1) -> EvidenceItem:
    return EvidenceItem(
        id=id_, mechanism="learning", criteria=(), direction="for" if decibans > 0 else "against",
        decibans=decibans, cluster=id_, share="public", coders=coders, definition=definition,
    )  # fmt: skip


def probability(decibans: float) -> float:
    return 10 ** (decibans / 10) / (1 + 10 ** (decibans / 10))


def detail(*weights: float, broad: tuple[float, str] | None = None, items=None, **limited):
    """Passages of one cluster each, so that their weights add up."""
    items = items or tuple(passage(f"L{at}", weight) for at, weight in enumerate(weights, start=1))
    counted = [item for item in items if item.definition != "broad"]
    total = sum(item.decibans for item in counted)
    lines = [10 * math.log10(line / (1 - line)) for line in (0.2, 0.4, 0.6, 0.8)]
    return EvidenceDetail(
        p=probability(total),
        decibans=total,
        by_rho=(),
        by_prior=(),
        leave_one_out=tuple(
            Posterior(
                setting=f"without {item.id}",
                decibans=total - item.decibans,
                p=probability(total - item.decibans),
            )
            for item in counted
        ),
        leave_one_source_out=(),
        noise=(probability(total - 5), probability(total + 5)),
        tipping=(
            min((line - total for line in lines if line > total), default=None),
            min((total - line for line in lines if line <= total), default=None),
        ),
        criteria=(),
        items=items,
        other_definition=broad and Posterior(setting="broad", decibans=broad[0], p=probability(broad[0])),
        other_stance=broad and broad[1],
        **({"caps": (), "failed": ()} | limited),
    )


WEIGHT = {"for": 9.0, "leaning for": 3.0, "silent": 0.5, "leaning against": -3.0, "against": -9.0}


def evidence(stance: str, *weights: float, **more) -> Finding:
    return Finding(
        witness="evidence",
        body="evidence",
        analysis="a",
        mechanism="learning",
        stance=stance,
        reason="",
        silence="tested, inconclusive" if stance == "silent" else None,
        evidence=detail(*(weights or (WEIGHT[stance],)), **more),
    )


def statistics(stance: str, witness: str = "event history", **more) -> Finding:
    return Finding(
        witness=witness,
        body="statistics",
        analysis="a",
        mechanism="learning",
        stance=stance,
        **({"reason": ""} | more),
    )


def author(conclusion: str) -> AuthorVerdict:
    return AuthorVerdict(
        analysis="a",
        mechanism="learning",
        verdict=conclusion,
        wording=None,
        document=None,
        locator=None,
        place=Place(table="author_verdicts", file="author_verdicts.csv", row=2),
    )


def trial(*guards: Safeguard, **more) -> SafeguardResults:
    made = {"estimate": 0.8, "ci_low": 0.2, "ci_high": None} | more
    return SafeguardResults(term="learning", mechanism="learning", safeguards=guards, **made)


def guard(name: str, role: str, passed: bool | None = True, **more) -> Safeguard:
    return Safeguard(name=name, applies=True, passed=passed, description="…", role=role, **more)


def test_a_weak_verdict_says_what_was_counted_what_limits_it_and_what_would_change_it():
    found = verdict(
        "learning", OPEN, [evidence("leaning for", 4.0, -1.0, 0.0, caps=("one person coded it",))]
    )
    assert found.verdict == "weak"
    assert found.sentence == (
        "Weak. The coded evidence leans towards it: 1 passage speaks for it and 1 against, together +3.0 dB, "
        "a probability of about 0.7 (0.4 to 0.9 if the coder is moderately off). It is limited to leaning, "
        "because one person coded it. Statistics: not asked. The verdict would be not shown without L1 "
        "(−1.0 dB instead of +3.0 dB)."
    )
    assert found.would_change == "The verdict would be not shown without L1 (−1.0 dB instead of +3.0 dB)."


def test_nothing_at_all_is_not_shown_and_says_that_nobody_looked():
    found = verdict("learning", OPEN, [])
    assert found.verdict == "not shown"
    assert (found.evidence_silence, found.statistics_silence) == ("no data", "not asked")
    assert found.sentence.startswith("Not shown. No evidence was coded. Statistics: not asked.")


def test_chronology_overrides_the_strongest_evidence_which_shows_motive_only():
    found = verdict("learning", LAUNCH, [evidence("for", 6.0, 3.0), statistics("for")])
    assert found.verdict == "not testable"
    assert found.sentence == (
        "Not testable. All adopted in 2018. The evidence is about motives only: 2 passages speak for it and "
        "none against it. Only different dates of adoption would change this."
    )


def test_a_launch_without_evidence_claims_no_motive():
    nothing = msgspec.structs.replace(evidence("silent"), evidence=None, silence="no data")
    for findings in ([], [nothing]):
        assert "motive" not in verdict("learning", LAUNCH, findings).sentence


def test_both_readings_stand_where_they_differ_and_passages_count_under_their_own():
    items = (passage("C1", 1.0), passage("C2", -6.0, "narrow"), passage("C3", 2.0, "broad"))
    found = verdict("learning", OPEN, [evidence("leaning against", items=items, broad=(3.0, "leaning for"))])
    assert "1 passage speaks for it and 1 against, together −5.0 dB" in found.sentence
    assert (
        "This is the narrow reading; read broadly, the evidence leans towards it (about 0.7)."
        in found.sentence
    )
    assert found.would_change == "The verdict would be weak if the mechanism is read broadly."
    same = evidence("leaning against", items=items, broad=(-3.0, "leaning against"))
    assert "reading" not in verdict("learning", OPEN, [same]).sentence


@pytest.mark.parametrize("silence", get_args(Silence))
def test_silence_never_stands_without_its_kind(silence):
    finding = statistics("silent", silence=silence, reason="The ties begin too late.")
    text = verdict("learning", OPEN, [evidence("leaning for"), finding]).sentence
    words = {
        "no data": "not tested: no data. The ties begin too late.",
        "explained by time or likeness": "explained by time or by similarity",
        "cannot be told from time": "cannot be distinguished from time",
        "does not withstand": "does not withstand a decisive test",
    }
    assert f"Statistics: {words.get(silence, silence)}" in text
    assert "silent" not in text


def test_what_an_estimate_does_not_withstand_is_named():
    guards = (guard("permuted ties", "gate", p=0.01), guard("lead test", "decisive", passed=False))
    finding = statistics("silent", silence="does not withstand", trial=trial(*guards))
    assert (
        "Statistics: does not withstand: lead test; the coefficient is 0.80 (95 % interval 0.20 to no end); "
        "permuted ties p = 0.010."
    ) in verdict("learning", OPEN, [finding]).sentence


def test_an_estimate_says_how_much_of_what_bears_on_it_is_withstood():
    guards = (
        guard("permuted ties", "gate", p=0.004),
        guard("lead test", "decisive"),
        guard("unmeasured confounder", "confirming", passed=None),
        guard("separable", "confirming", passed=False),
        guard("fixed effects", "beside", passed=False),
    )
    found = verdict("learning", OPEN, [statistics("leaning for", trial=trial(*guards, p_holm=0.012))])
    assert (
        "The statistics lean towards it: the coefficient is 0.80 (95 % interval 0.20 to no end); permuted "
        "ties p = 0.004, 0.012 over all mechanisms; 2 of 4 relevant safeguards are passed (unmeasured "
        "confounder missing, separable failed)."
    ) in found.sentence


def test_a_failed_necessary_condition_is_named():
    found = verdict("learning", OPEN, [evidence("against", -9.0, failed=("L-b",))])
    assert found.verdict == "opposed"
    assert "A necessary condition fails: L-b." in found.sentence
    two = evidence(
        "leaning against",
        -9.0,
        failed=("L-b", "L-c"),
        caps=("one person coded it", "it rests on one document"),
    )
    text = verdict("learning", OPEN, [two]).sentence
    assert "Necessary conditions fail: L-b and L-c." in text
    assert "because one person coded it and it rests on one document." in text


def test_evidence_that_cannot_count_is_not_called_undecided():
    nothing = msgspec.structs.replace(evidence("silent"), silence="no data")
    found = verdict("learning", OPEN, [nothing])
    assert (found.verdict, found.evidence_silence) == ("not shown", "no data")
    assert found.sentence.startswith("Not shown. No coded passage can count. Statistics: not asked.")


@pytest.mark.parametrize(
    ("history", "networks", "stance", "name"),
    [
        ("silent", "for", "leaning for", "weak"),  # inferred ties alone never carry more
        ("silent", "leaning against", "leaning against", "not shown"),
        ("leaning for", "for", "leaning for", "weak"),
        ("for", "silent", "for", "supported by one body"),
        ("leaning for", "leaning against", "silent", "contested"),
        ("against", "for", "silent", "contested"),
    ],
)
def test_two_statistical_witnesses_are_one_body(history, networks, stance, name):
    found = verdict("learning", OPEN, [statistics(history), statistics(networks, "inferred networks")])
    assert (found.statistics, found.verdict) == (stance, name)


def test_what_was_tested_says_more_than_what_could_not_be():
    history = statistics("silent", silence="no data")
    networks = statistics("silent", "inferred networks", silence="tested, inconclusive")
    assert verdict("learning", OPEN, [history, networks]).statistics_silence == "tested, inconclusive"
    assert verdict("learning", OPEN, [history]).statistics_silence == "no data"


def test_a_joint_result_names_its_rivals_and_those_that_could_not_be_tested():
    joint = statistics("for", joint_with=("emulation", "coercion"))
    rival = msgspec.structs.replace(statistics("silent", silence="no data"), mechanism="coercion")
    found = verdict("learning", OPEN, [joint, rival, evidence("silent")])
    assert found.verdict == "not separable"
    assert (
        "only jointly with emulation and coercion: the data do not show which of them it was."
        in found.sentence
    )
    assert "Coercion could not be tested." in found.sentence
    assert "Emulation could not" not in found.sentence
    assert found.would_change == (
        "The verdict would be supported by one body if emulation and coercion were in the model or could be "
        "ruled out."
    )
    assert verdict("learning", OPEN, [joint, evidence("leaning for")]).verdict == "weak"
    assert verdict("learning", OPEN, [joint, evidence("for")]).verdict == "supported by one body"
    assert verdict("learning", OPEN, [joint, evidence("against")]).verdict == "opposed"


@pytest.mark.parametrize(
    ("stance", "conclusion", "agrees"),
    [
        ("for", "at work", True),
        ("leaning for", "at work", False),
        ("leaning for", "in part", True),
        ("leaning against", "at work", False),
        ("leaning against", "not at work", False),  # not shown is no proof that it was not
        ("against", "not at work", True),
        ("silent", "undecided", True),
    ],
)
def test_the_author_stands_beside_with_what_was_counted(stance, conclusion, agrees):
    found = verdict("learning", OPEN, [evidence(stance)], author(conclusion))
    assert f"; our verdict is {found.verdict}{', which agrees' if agrees else ''}. " in found.difference
    side = "for" if WEIGHT[stance] > 0 else "against"
    assert f"1 passage speaks {side} it and none" in found.difference


def test_another_question_is_the_first_reason():
    said = msgspec.structs.replace(author("at work"), own_question=False)
    parts = verdict("learning", OPEN, [evidence("leaning for")], said).difference.split(". ")
    assert parts[1] == "The author asked another question; this is the closest one"
    assert "question" not in verdict("learning", OPEN, [evidence("for")], author("at work")).difference


def test_the_reading_is_the_first_reason_where_readings_differ():
    items = (passage("C1", 1.0), passage("C2", -6.0, "narrow"))
    finding = evidence("leaning against", items=items, broad=(1.0, "silent"), caps=("one person coded it",))
    first, second = verdict("learning", OPEN, [finding], author("at work")).difference.split(". ")[1:3]
    assert first == (
        "The definition matters: on the narrow reading the evidence leans against it, on the "
        "broad reading it is inconclusive (about 0.6)"
    )
    assert second.startswith("1 passage speaks for it and 1 against")


@pytest.mark.parametrize("conclusion", ["at work", "in part", "not at work", "undecided"])
@pytest.mark.parametrize("silence", ["no data", "not asked", "too few events"])
def test_without_data_nothing_is_confirmed_and_nothing_contradicted(conclusion, silence):
    uncoded = msgspec.structs.replace(evidence("silent"), evidence=None, silence="no data")
    found = verdict("learning", OPEN, [uncoded, statistics("silent", silence=silence)], author(conclusion))
    assert found.difference.endswith("so this can neither be confirmed nor contradicted.")
    assert "agree" not in found.difference


def test_dates_explain_a_difference_with_the_author():
    found = verdict("learning", LAUNCH, [evidence("for")], author("at work"))
    assert found.difference == (
        "The author concludes that it was at work; the dates do not allow a test: all adopted in 2018."
    )


def of_neighbours(stance: str, **more) -> Finding:
    return msgspec.structs.replace(statistics(stance, **more), mechanism="neighbours")


def test_neighbours_have_a_line_of_their_own_only_where_they_were_asked_about():
    assert neighbours_verdict(OPEN, [statistics("for")]) is None
    found = neighbours_verdict(OPEN, [statistics("silent"), of_neighbours("for", trial=trial())])
    assert (found.mechanism, found.verdict, found.evidence_silence) == ("neighbours", "found", "not asked")
    assert found.sentence == (
        "Found (mechanism not identified). The statistics speak for it: the coefficient is 0.80 (95 % "
        "interval 0.20 to no end)."
    )
    assert neighbours_verdict(LAUNCH, [of_neighbours("for")]).verdict == "no data"


def test_every_sentence_is_recounted_and_none_says_who_coerced_whom():
    """Every stance of the evidence with every stance of the statistics, and each with every author."""
    numbers = 0
    guards = (guard("permuted ties", "gate", p=0.02), guard("lead test", "decisive", passed=False))
    for stance, silence, conclusion, broad in product(
        get_args(Stance), (None, *get_args(Silence)), ("at work", "undecided"), (None, (1.0, "silent"))
    ):
        for other in ("silent",) if silence else ("for", "leaning for", "leaning against"):
            tested = statistics(other, silence=silence, trial=trial(*guards), reason="In 30 rows.")
            coded = evidence(stance, WEIGHT[stance] + 2, -2.0, 0.0, broad=broad)
            findings = [
                msgspec.structs.replace(one, mechanism="coercion", joint_with=joint)
                for one, joint in ((coded, ()), (tested, ("learning",) if other == "for" else ()))
            ]
            said = msgspec.structs.replace(author(conclusion), mechanism="coercion")
            found = verdict("coercion", OPEN, findings, said)
            numbers += recount.of_verdict(found, findings, OPEN)
            assert not re.search(r"coerc(?!ion)", f"{found.sentence} {found.difference}")
            assert found.sentence.endswith(".")
    assert numbers > 1000


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("1 passage speaks for it and 1 against", "2 passages speak for it and 1 against"),
        ("together +3.0 dB", "together +3.1 dB"),
        ("about 0.7 (0.4", "about 0.8 (0.4"),
        ("because one person coded it", "because two persons coded it"),
        ("would be not shown without", "would be supported without"),
        ("(−1.0 dB instead of", "(−1.1 dB instead of"),
        ("Statistics: not asked.", "Statistics: too few events."),
        ("Statistics: not asked.", "Statistics: not asked. 3 cities were asked."),
        ("Statistics: not asked.", "Statistics: not asked. Nothing that was found speaks for it."),
        ("Statistics: not asked.", "Statistics: not asked. And so do we."),
        ("It is limited to leaning, because one person coded it. ", ""),
        ("Weak.", "Supported."),
    ],
)
def test_the_recount_fails_on_a_wrong_number_and_on_a_sentence_it_does_not_know(said, instead):
    findings = [evidence("leaning for", 4.0, -1.0, 0.0, caps=("one person coded it",))]
    found = verdict("learning", OPEN, findings)
    assert recount.of_verdict(found, findings, OPEN) == 5
    assert said in found.sentence
    wrong = msgspec.structs.replace(found, sentence=found.sentence.replace(said, instead))
    with pytest.raises((AssertionError, ValueError)):
        recount.of_verdict(wrong, findings, OPEN)


@pytest.mark.parametrize(
    ("high", "less", "says"),
    [
        (0.1, 0.4, "; the whole interval lies below the smallest effect of interest."),
        (0.5, 0.012, "; p = 0.012 over all mechanisms that relabelled ties give a coefficient as small."),
    ],
)
def test_a_stance_against_says_what_it_rests_on_and_not_what_an_effect_would_have_to_withstand(
    high, less, says
):
    guards = (
        guard("permuted ties", "gate", passed=False, p=0.95),
        guard("lead test", "decisive", passed=False),
    )
    tried = trial(
        *guards, estimate=-0.8, ci_low=-1.2, ci_high=high, smallest=0.2, p_holm_less=less, p_holm=1.0
    )
    findings = [statistics("leaning against", trial=tried)]
    found = verdict("learning", OPEN, findings)
    assert f"0.950, 1.000 over all mechanisms{says}" in found.sentence
    assert "are passed" not in found.sentence
    assert recount.of_verdict(found, findings, OPEN)
