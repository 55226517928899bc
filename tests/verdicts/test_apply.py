"""From findings to a verdict: bodies, sentences, and the author's conclusion beside ours."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from diffuscope.records import AuthorVerdict, Chronology, EvidenceDetail, Finding, Place, Posterior, Stance
from diffuscope.verdicts import verdict

OPEN = Chronology(analysis="a", testable=True, reason="There is an order of events to explain.")
LAUNCH = Chronology(analysis="a", testable=False, reason="All adopted in 2018.")


def detail(p: float, caps: tuple[str, ...] = (), failed: tuple[str, ...] = (), broad: float | None = None):
    return EvidenceDetail(
        p=p,
        decibans=0.0,
        by_rho=(),
        by_prior=(),
        leave_one_out=(),
        leave_one_source_out=(),
        noise=(p, p),
        tipping=(None, None),
        caps=caps,
        failed=failed,
        criteria=(),
        items=(),
        other_definition=None if broad is None else Posterior(setting="broad", decibans=0.0, p=broad),
        other_stance=None if broad is None else "silent",
    )


def evidence(stance: str, **more) -> Finding:
    p = more.pop("p", 0.5)
    return Finding(
        witness="evidence",
        body="evidence",
        analysis="a",
        mechanism="learning",
        stance=stance,
        reason="",
        silence="tested, inconclusive" if stance == "silent" else None,
        evidence=detail(p, **more),
    )


def statistics(stance: str, witness: str = "event history", **more) -> Finding:
    return Finding(
        witness=witness,
        body="statistics",
        analysis="a",
        mechanism="learning",
        stance=stance,
        reason="",
        **more,
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


def test_a_lean_from_one_coder_is_weak_and_says_why():
    found = verdict(
        "learning", OPEN, [evidence("leaning for", p=0.7, caps=("one coder", "one source document"))]
    )
    assert found.verdict == "weak"
    assert found.sentence == (
        "Weak — the coded evidence leans towards it (probability 0.70) and can do no more than lean: "
        "one coder, one source document; the statistics were not asked."
    )


def test_nothing_at_all_is_not_shown_and_silent_for_want_of_data():
    found = verdict("learning", OPEN, [])
    assert found.verdict == "not shown"
    assert (found.evidence_silence, found.statistics_silence) == ("no data", "not asked")
    assert "no evidence was coded" in found.sentence


def test_chronology_overrides_the_strongest_evidence():
    found = verdict("learning", LAUNCH, [evidence("for", p=0.99), statistics("for")])
    assert found.verdict == "not testable"
    assert found.sentence == "Not testable — all adopted in 2018. The evidence shows motive only."


def test_the_broad_reading_is_named_where_it_differs():
    found = verdict("coercion", OPEN, [evidence("leaning against", p=0.113, broad=0.516)])
    assert "0.11; 0.52 if the mechanism is read broadly" in found.sentence


def test_statistics_without_data_are_not_statistics_that_were_not_asked():
    found = verdict("learning", OPEN, [statistics("silent", silence="no data")])
    assert found.statistics_silence == "no data"
    assert found.sentence.endswith("the statistics had no data.")


def test_a_failed_necessary_condition_is_named():
    found = verdict("learning", OPEN, [evidence("against", p=0.6, failed=("L-b",))])
    assert found.verdict == "opposed"
    assert "because a necessary condition fails (L-b);" in found.sentence
    capped = evidence("leaning against", p=0.6, failed=("L-b",), caps=("one coder",))
    assert verdict("learning", OPEN, [capped]).sentence == (
        "Not shown — the coded evidence leans against it (probability 0.60), because a necessary condition "
        "fails (L-b), and can do no more than lean: one coder; the statistics were not asked."
    )


def test_a_launch_without_evidence_claims_no_motive():
    assert verdict("learning", LAUNCH, []).sentence == "Not testable — all adopted in 2018."
    silent = evidence("silent")
    uncoded = msgspec.structs.replace(silent, evidence=None, silence="no data")
    assert verdict("learning", LAUNCH, [uncoded]).sentence == "Not testable — all adopted in 2018."


def test_evidence_that_cannot_count_is_not_called_undecided():
    nothing = msgspec.structs.replace(evidence("silent"), silence="no data")
    found = verdict("learning", OPEN, [nothing])
    assert (found.verdict, found.evidence_silence) == ("not shown", "no data")
    assert found.sentence == "Not shown — nothing that was coded can count; the statistics were not asked."


def test_the_sentence_never_names_a_government_as_coercer():
    for stance in get_args(Stance):
        sentence = verdict("coercion", OPEN, [evidence(stance)]).sentence
        assert "coerced" not in sentence
        assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("history", "networks", "stance", "name"),
    [
        ("silent", "for", "leaning for", "weak"),  # inferred ties alone never carry more
        ("silent", "against", "against", "opposed"),
        ("leaning for", "for", "leaning for", "weak"),
        ("for", "silent", "for", "supported by one body"),
        ("leaning for", "leaning against", "silent", "contested"),
        ("against", "for", "silent", "contested"),
    ],
)
def test_two_statistical_witnesses_are_one_body(history, networks, stance, name):
    found = verdict("learning", OPEN, [statistics(history), statistics(networks, "inferred networks")])
    assert (found.statistics, found.verdict) == (stance, name)


def test_a_joint_result_is_not_separable_unless_the_evidence_is_for():
    joint = statistics("for", joint_with=("emulation",))
    assert verdict("learning", OPEN, [joint, evidence("leaning for")]).verdict == "not separable"
    assert "only together with emulation" in verdict("learning", OPEN, [joint]).sentence
    assert verdict("learning", OPEN, [joint, evidence("for")]).verdict == "supported"


@pytest.mark.parametrize(
    ("stance", "conclusion", "starts"),
    [
        ("leaning for", "at work", "The author concludes that it was at work; here it is weak"),
        ("leaning for", "in part", "The author concludes that it was at work in part; so do we"),
        ("leaning against", "at work", "The author concludes that it was at work; here it is not shown"),
        ("leaning against", "not at work", "The author concludes that it was not at work; so do we"),
        ("silent", "undecided", "The author leaves it open; so do we"),
    ],
)
def test_the_author_stands_beside(stance, conclusion, starts):
    found = verdict("learning", OPEN, [evidence(stance)], author(conclusion))
    assert found.difference.startswith(starts)


def test_dates_explain_a_difference_with_the_author():
    found = verdict("learning", LAUNCH, [evidence("for")], author("at work"))
    assert found.difference == (
        "The author concludes that it was at work; the dates do not allow that conclusion: "
        "all adopted in 2018."
    )
