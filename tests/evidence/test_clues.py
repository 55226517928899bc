"""Supposed passages: what finding a trace, searching for it in vain or contradicting it would do, by hand."""

from __future__ import annotations

import math
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diffuscope.evidence.clues import Chances, Coding, assumed_of, assumptions, least_weight
from diffuscope.evidence.remedies import Tables, remedies
from diffuscope.evidence.witness import gathered
from diffuscope.mechanisms import mechanisms

CHANCE = st.floats(0.01, 0.99)


def decibans(ratio: float) -> float:
    return 10 * math.log10(ratio)


def p_of(*ratios: float) -> float:
    odds = math.prod(ratios)
    return odds / (1 + odds)


@pytest.fixture
def coding(coded, documents, analysis):
    def of(*passages, mechanism="learning", cap=None):
        found, circumstances = gathered(coded(*passages), documents, analysis, (), cap=cap)
        return Coding(
            mechanism=mechanisms()[mechanism],
            analysis=analysis,
            passages=found.filter(pl.col("mechanism") == mechanism),
            circumstances=circumstances,
            order=(),
            coder="one",
        )

    return of


def criterion(name: str):
    return next(item for found in mechanisms().values() for item in found.all_criteria if item.id == name)


def test_a_found_trace_adds_its_weight_and_an_absence_what_the_search_is_worth(coding):
    # .8/.2 before, LR 4; a trace of .75/.25 found: LR 3; in vain at s = .8: (1 − .6)/(1 − .2) = 1/2
    now = coding({"id": "L1", "criterion": "L-a", "chances": ".8/.2"})
    trace = Chances(0.75, 0.25)
    assert now.now.p == pytest.approx(p_of(4))
    assert now.with_added(now.supposed(["L-b"], trace)).p == pytest.approx(p_of(4, 3))
    assert now.with_added(now.supposed_absent(["L-b"], trace, 0.8)).p == pytest.approx(p_of(4, 1 / 2))
    assert now.with_added(now.supposed(["L-b"], Chances(0.25, 0.75))).p == pytest.approx(p_of(4, 1 / 3))


def test_absence_weighs_what_the_oracles_say():
    # methods: p1 = .8, p0 = .1 at s = .5, .75, 1
    weights = [Chances(0.8, 0.1).if_absent(s) for s in (0.5, 0.75, 1.0)]
    assert weights == pytest.approx([-1.996, -3.641, -6.532], abs=5e-4)


def test_the_chance_of_finding_is_that_of_both_hypotheses():
    # even odds: .8 · (.5 · .8 + .5 · .4) = .48
    assert Chances(0.8, 0.4).of_finding(0.5, 0.8) == pytest.approx(0.48)


@given(p=st.floats(0.01, 0.99), true=CHANCE, false=CHANCE, s=st.floats(0.05, 1), share=st.floats(0, 0.9))
@settings(deadline=None)
def test_on_average_looking_changes_nothing(p, true, false, s, share):
    """The posterior expected over what a search may bring is the prior."""
    trace, before = Chances(true, false), s * share
    chance = trace.of_finding(p, s, before)
    odds = p / (1 - p)
    earlier = (1 - before * true) / (1 - before * false)
    found = p_of(odds, true / false / earlier)
    absent = p_of(odds, 10 ** (trace.if_absent(s) / 10) / earlier)
    assert chance * found + (1 - chance) * absent == pytest.approx(p, abs=1e-9)


def test_typical_chances_are_the_medians_of_what_was_coded(coding):
    now = coding(
        {"id": "L1", "criterion": "L-a", "chances": ".9/.3"},
        {"id": "L2", "criterion": "L-a;L-b", "chances": ".7/.5"},
        {"id": "L3", "criterion": "L-a", "chances": ".6/.1", "direction": "absent", "searched": 0.5},
        {"id": "L4", "criterion": "L-a", "chances": ".2/.6", "direction": "against"},
        {"id": "L5", "criterion": "L-a", "band": "strong"},
    )
    found = assumed_of(criterion("L-a"), now.counted)
    assert (found.trace.p_if_true, found.trace.p_if_false) == pytest.approx((0.7, 0.3))
    assert (found.against.p_if_true, found.against.p_if_false) == pytest.approx((0.2, 0.6))
    assert found.why == "the passages coded on it"


def test_without_coded_chances_the_role_stands_in_and_what_is_against_mirrors_it(coding):
    found = assumed_of(criterion("M-b"), coding(mechanism="emulation").counted)
    assert found.trace == assumptions().chances["supporting"]
    assert (found.against.p_if_true, found.against.p_if_false) == (0.4, 0.6)
    assert found.why == "its role: supporting"


def test_assumed_traces_are_of_the_kinds_that_their_roles_ask_for():
    """Not finding what is necessary weighs more than not finding what merely supports (F.1)."""
    chances = assumptions().chances
    assert {item.role for found in mechanisms().values() for item in found.all_criteria} <= set(chances)
    assert all(each.decibans > 0 for each in chances.values())
    in_vain = [chances[role].if_absent(1.0) for role in ("necessary", "supporting")]
    assert in_vain == pytest.approx([decibans(0.2 / 0.6), decibans(0.4 / 0.6)])


def test_least_weight_that_changes_a_stance_by_hand(coding):
    """From even odds a single passage leans at p = .8, LR 4, 6.02 dB; .6 alone is carried by that passage."""
    now = coding()
    lean = least_weight(now, ["L-a"], 1, lambda stance: stance != "silent")
    assert lean == pytest.approx(6.1)
    assert least_weight(now, ["L-a"], -1, lambda stance: stance != "silent") == pytest.approx(6.1)


def test_least_weight_against_a_lean_is_what_lets_one_passage_carry_it(coding):
    # 3.01 and 6.02 dB: p leaves .80 (6.02 dB) when 3.02 dB speak against it, and is then carried by the
    # second passage, without which 3.01 dB for and 3.1 against remain
    now = coding(
        {"id": "L1", "criterion": "L-a", "chances": ".8/.4"},
        {"id": "L2", "criterion": "L-b", "chances": ".8/.2"},
    )
    assert now.now.stance == "leaning for"
    assert least_weight(now, ["L-a"], -1, lambda stance: stance != "leaning for") == pytest.approx(3.1)


def test_what_no_passage_can_change_has_no_least_weight(coding):
    """A necessary criterion that fails outranks the probability, whatever speaks for another one."""
    now = coding(
        {"id": "K1", "criterion": "K-b", "chances": ".05/.95", "direction": "against"},
        mechanism="competition",
    )
    assert now.now.failed == ("K-b",)
    assert least_weight(now, ["K-a"], 1, lambda stance: stance != now.now.stance) is None
    # 12.79 dB against: with 5.8 dB for it K-b stands again, and p leaves .20 (6.02 dB against) at 6.77; above
    # that the one passage against it would carry the lean
    assert least_weight(now, ["K-b"], 1, lambda stance: stance != now.now.stance) == pytest.approx(6.8)


def test_a_search_that_goes_on_replaces_the_absence(coding):
    absent = {"id": "L1", "criterion": "L-b", "chances": ".8/.1", "direction": "absent", "searched": 0.5}
    now = coding(absent)
    (passage,) = now.hardly_searched(0.75)
    assert now.now.decibans == pytest.approx(-1.996, abs=5e-4)
    assert now.searched_again(passage, 0.75, finds=False).decibans == pytest.approx(-3.641, abs=5e-4)
    assert now.searched_again(passage, 0.75, finds=True).decibans == pytest.approx(decibans(8))
    assert list(now.hardly_searched(0.5)) == []


def test_what_nobody_searched_for_is_a_clue(coding):
    now = coding({"id": "L1", "criterion": "L-b", "chances": ".8/.1", "direction": "absent", "searched": 0.0})
    (passage,) = now.hardly_searched(0.5)
    assert now.now.passages.is_empty()
    assert now.searched_again(passage, 0.5, finds=False).decibans == pytest.approx(-1.996, abs=5e-4)


def test_more_weight_for_never_makes_a_lean_less_probable(coding):
    now = coding({"id": "L1", "criterion": "L-a", "chances": ".6/.5"})
    ps = [now.with_added(now.weighing(["L-b"], weight)).p for weight in (-20, -5, -0.1, 0.1, 5, 20)]
    assert all(low < high for low, high in pairwise(ps))


@pytest.fixture
def tried(coding, coded, documents):
    def of(*passages, mechanism="learning"):
        now = coding(*passages, mechanism=mechanism)
        tables = Tables(evidence=coded(*passages), documents=documents)
        return now, {caps: found for found, caps in remedies(now, tables)}

    return of


def test_a_second_coder_reads_the_fewest_passages_that_carry_half(tried):
    # 6.02, 4.77 and 3.01 dB of 13.80 in clusters of their own: 44, 35 and 22 %; the first two make half
    chances = {"L1": ".8/.4", "L2": ".8/.2", "L3": ".9/.3"}
    passages = [
        {"id": name, "criterion": "L-a", "chances": pair, "document": name} for name, pair in chances.items()
    ]
    _, found = tried(*passages)
    assert found["double_coded",].passages == ("L2", "L3")
    assert "78%" in found["double_coded",].description


def test_a_second_document_needs_a_fifth_of_the_weight(tried):
    # 6.02 dB in one document: x/(6.02 + x) = .2 at x = 1.505, upwards 1.6
    _, found = tried({"id": "L1", "criterion": "L-a", "chances": ".8/.2"})
    assert "1.6 dB or more for it" in found["documents",].description
    # 9.03 dB, 3.01 of them already in another: a third, so no document limits it
    _, found = tried(
        {"id": "L1", "criterion": "L-a", "chances": ".8/.2"},
        {"id": "L2", "criterion": "L-a", "chances": ".8/.4", "document": "minutes"},
    )
    assert ("documents",) not in found
    # 10 dB and 1 dB: (1 + x)/(11 + x) = .2 at x = 1.5; from a third document 11/4 = 2.75
    _, found = tried(
        {"id": "L1", "criterion": "L-a", "chances": ".9/.09"},
        {"id": "L2", "criterion": "L-a", "chances": f"{0.1 * 10**0.1}/.1", "document": "minutes"},
    )
    said = found["documents",].description
    assert said.startswith("1.5 dB or more for it from minutes, or 2.8 dB")
