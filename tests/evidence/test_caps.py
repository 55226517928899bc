"""What limits a stance to leaning: weight on its side, not rows of the table."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffuscope.evidence import coder_agreement, evidence_findings
from diffuscope.evidence.weight_of_evidence import Weights, pooled, probability
from diffuscope.tables.typed import empty

ONE = "one person coded it"


@pytest.fixture
def learning(coded, analysis):
    def find(*rows, order=(), documents=None, cap=None):
        known = empty("documents") if documents is None else documents
        found = evidence_findings(coded(*rows), known, analysis, order, cap=cap)
        return next(each for each in found if each.mechanism == "learning")

    return find


def row(name, criterion, strength="strong", direction="for", **more):
    return {"id": name, "criterion": criterion, "band": strength, "direction": direction, **more}


def twice(*rows):
    return [{**each, "coder": coder} for each in rows for coder in ("one", "two")]


# enough for a firm stance: every need, four documents, 10 dB each
FIRM = tuple(
    row(f"L{at}", criterion, document=f"d{at}") for at, criterion in enumerate(("L-a", "L-b", "L-d3", "L-a"))
)


def test_what_two_coders_read_in_several_documents_is_not_limited(learning):
    found = learning(*twice(*FIRM))
    assert (found.stance, found.evidence.uncapped, found.evidence.caps) == ("for", "for", ())


def test_a_row_of_next_to_nothing_by_a_second_coder_lifts_no_cap(learning):
    straw = {"id": "L9", "criterion": "L-a", "chances": f"{0.5 * 10**0.009!r}/.5", "coder": "two"}
    found = learning(*FIRM, straw)
    assert found.evidence.items[-1].decibans == pytest.approx(0.09)
    assert found.stance == "leaning for"
    assert found.evidence.caps == ("a second person coded passages with only 0% of the weight",)
    # nor when the second coder reads a little of what the first has read
    assert learning(*FIRM, {**straw, "coder": "one"}, straw).stance == "leaning for"


@pytest.mark.parametrize(("read", "limited"), [(1, True), (2, False), (3, False)])
def test_a_second_coder_has_to_carry_half_of_the_weight(learning, read, limited):
    second = [{**each, "coder": "two"} for each in FIRM[:read]]
    found = learning(*FIRM, *second)
    assert (found.stance == "leaning for") is limited
    if limited:
        assert found.evidence.caps == ("a second person coded passages with only 25% of the weight",)


def test_weight_against_is_no_weight_on_the_side_of_the_stance(learning):
    # the second coder reads only what speaks against
    against = twice(row("L8", "L-b", "weak", "against", document="d8"))
    found = learning(*FIRM, *against)
    assert found.evidence.caps[0] == ONE
    assert found.stance == "leaning for"


def test_coders_are_one_person_apart_from_case_blanks_and_signs(learning):
    second = [{**each, "coder": " One"} for each in FIRM]
    assert learning(*FIRM, *second).evidence.caps == (ONE,)


def test_coders_who_contradict_each_other_are_named(learning, coded, analysis):
    rows = [
        row(f"L{at}", "L-a", "strong" if way == "for" else "weak", way, coder=coder, document=f"d{at}")
        for at in range(4)
        for coder, way in (("one", "for"), ("two", "against"))
    ]
    found = learning(*rows)
    # 10 and -3 dB: their mean is 3.5 dB each, p = .96
    assert found.evidence.decibans == pytest.approx(14)
    assert found.stance == "leaning for"
    assert "the coding of one person, alone, does not point in the same direction" in found.evidence.caps
    agreement = coder_agreement(coded(*rows), analysis, 0)
    assert (agreement.sign, agreement.items) == (pytest.approx(-0.75), 4)


def test_a_coder_who_sees_nothing_in_what_the_other_found_does_not_point_the_same_way(learning):
    blind = [{**each, "band": "none", "coder": "two"} for each in FIRM]
    found = learning(*FIRM, *blind)
    assert "the coding of one person, alone, does not point in the same direction" in found.evidence.caps


def test_agreement_is_asked_of_ten_passages_and_of_the_whole_analysis(learning, coded, analysis):
    # the coders agree on learning, and differ on every passage on competition
    differ = [
        {"id": f"K{at}", "criterion": "K-c", "band": "weak", "direction": way, "coder": coder}
        for at in range(6)
        for coder, way in (("one", "for"), ("two", "against"))
    ]
    nine, ten = [*twice(*FIRM), *differ[:10]], [*twice(*FIRM), *differ]
    assert learning(*nine).stance == "for"
    found = learning(*ten)
    agreement = coder_agreement(coded(*ten), analysis, 0)
    assert agreement.items == 10
    # 4 of 10 pairs agree; 14 for and 6 against: 1 - .6/(2·14·6/(20·19))
    assert agreement.sign == pytest.approx(1 - 0.6 / (2 * 14 * 6 / (20 * 19)))
    assert found.stance == "leaning for"
    assert found.evidence.caps == (
        f"the coders agree too little about the direction (alpha {agreement.sign:.2f} over 10 passages)",
    )


def test_agreeing_that_something_says_nothing_makes_up_for_no_disagreement(learning):
    differ = [
        {"id": f"K{at}", "criterion": "K-c", "band": "weak", "direction": way, "coder": coder}
        for at in range(6)
        for coder, way in (("one", "for"), ("two", "against"))
    ]
    zeros = twice(*(row(f"K{at}", "K-d", "none") for at in range(20, 80)))
    assert learning(*twice(*FIRM), *differ, *zeros).stance == "leaning for"


def test_codings_without_any_difference_are_no_disagreement(learning):
    many = [row(f"L{at}", ("L-a", "L-b", "L-d3")[at % 3], document=f"d{at}") for at in range(12)]
    assert learning(*twice(*many)).stance == "for"


@pytest.mark.parametrize(
    ("weights", "limited"),
    [
        ((10, 2.5), False),  # 80 and 20 %
        ((10, 2.4), True),
        ((6, 0.9, 0.9, 0.9, 0.9), True),  # 62 %, and nobody else a fifth
        ((3.0,) * 10, False),  # a tenth each: no document carries more than half
    ],
)
def test_documents_have_to_share_the_weight(learning, weights, limited):
    needs = ("L-a;L-b", "L-d3", "L-a", "L-b")
    rows = [
        {
            "id": f"L{at}",
            "criterion": needs[at % 4],
            "chances": f"{0.05 * 10 ** (weight / 10)!r}/.05",
            "document": f"d{at}",
        }
        for at, weight in enumerate(weights)
    ]
    caps = learning(*twice(*rows)).evidence.caps
    assert (caps == ("fewer than 2 documents carry 20% of the weight each",)) is limited
    assert (caps == ()) is not limited


def test_one_document(learning):
    found = learning(*twice(*({**each, "document": "d"} for each in FIRM)))
    assert found.evidence.caps == ("it rests on one document",)


def test_weight_has_to_come_early_enough(learning, adopted):
    order = [adopted(unit, year) for unit, year in zip("abcd", ("2010", "2012", "2014", "2016"), strict=True)]

    def caps(*dates):
        rows = [{**each, "date": date} for each, date in zip(FIRM, dates, strict=True)]
        return learning(*twice(*rows), order=order).evidence.caps

    assert caps("2009", "2009", "2009", "2009") == ()
    assert caps("2014", "2014", "2020", "2020") == ()  # half of the weight, half of the adoptions
    assert caps("2014", "2015", "2020", "2020") == (
        "passages known to be early enough for 50% of the adoptions carry only 25% of the weight",
    )
    # what has no date is not known to be early; without dated adoptions nothing is asked
    assert caps(None, None, None, "2009") != ()
    assert learning(*twice(*FIRM)).evidence.caps == ()


def test_what_was_searched_for_in_vain_was_searched_for_everywhere(learning, adopted):
    absent = {"direction": "absent", "chances": ".9/.1", "searched": 1.0}
    rows = twice(*({"id": f"L{at}", "criterion": "L-b", "document": f"d{at}", **absent} for at in range(3)))
    found = learning(*rows, order=[adopted("a", "2010"), adopted("b", "2012")])
    assert (found.stance, found.evidence.caps) == ("against", ())


def test_chronology_may_limit_the_evidence(learning):
    found = learning(*twice(*FIRM), cap="the launch leaves two events")
    assert (found.stance, found.evidence.uncapped) == ("leaning for", "for")
    assert found.evidence.caps == ("the launch leaves two events",)
    assert found.reason.endswith("The stance is limited to leaning, because the launch leaves two events.")


def test_what_rests_on_a_failed_criterion_is_limited_by_what_carries_it(learning):
    # 12 dB against L-b, read by one person only; the rest is read by two
    against = [row(f"L{at}", "L-b", "moderate", "against", document=f"d{at}") for at in (7, 8)]
    strong = twice(FIRM[0], FIRM[2], row("L9", "L-a", "very strong", document="d9"))
    found = learning(*strong, *against)
    assert found.evidence.failed == ("L-b",)
    assert (found.stance, found.evidence.uncapped, found.evidence.caps) == (
        "leaning against",
        "against",
        (ONE,),
    )
    both = learning(*strong, *twice(*against))
    assert (both.stance, both.evidence.caps) == ("against", ())


def test_rows_without_weight_change_nothing(learning):
    plain = learning(*FIRM)
    for more in (
        [row("L9", "L-b", "none", coder="two", document="other")],
        [row(f"L{at}", "L-b", "none", cluster="L0", document="other") for at in range(9, 20)],
        twice(row("L9", "L-b", "none", document="other")),
    ):
        found = learning(*FIRM, *more)
        assert (found.stance, found.evidence.caps, found.evidence.noise) == (
            plain.stance,
            plain.evidence.caps,
            plain.evidence.noise,
        )
        assert found.evidence.decibans == plain.evidence.decibans
        assert found.evidence.speaks_for == plain.evidence.speaks_for
        assert {each.p for each in found.evidence.leave_one_source_out} >= {
            each.p for each in plain.evidence.leave_one_source_out
        }


levels = st.sampled_from(["none", "weak", "moderate", "strong"])
passages = st.lists(
    st.tuples(levels, st.sampled_from(["for", "against"]), st.integers(0, 2), st.integers(0, 2)),
    min_size=1,
    max_size=6,
)


@given(passages, levels, st.integers(0, 2), st.integers(0, 2))
def test_adding_support_never_lowers_a_probability(rows, strength, cluster, document):
    def weights(found):
        size = {"none": 0.0, "weak": 3.0, "moderate": 6.0, "strong": 10.0}
        signed = [size[each[0]] * (1 if each[1] == "for" else -1) for each in found]
        columns = [pl.Series([each[at] for each in found]).to_numpy() for at in (2, 3)]
        one = pl.Series([1] * len(found)).to_numpy()
        return Weights(pl.Series(signed).to_numpy(), *columns, one)

    before, after = weights(rows), weights([*rows, (strength, "for", cluster, document)])
    for rho in (0.0, 0.3, 0.5, 1.0):
        for code in ("cluster", "document"):
            less, more = (pooled(each.decibans, getattr(each, code), rho) for each in (before, after))
            assert probability(more) >= probability(less) - 1e-12


def test_the_counts_of_a_sentence_follow_from_the_items(coded, analysis, founding, documents):
    for found in evidence_findings(founding, documents, analysis, ()):
        detail = found.evidence
        counted = [item for item in detail.items if item.definition in (None, "narrow")]
        above = [item for item in counted if item.decibans > 0]
        below = [item for item in counted if item.decibans < 0]
        assert (detail.speaks_for, detail.speaks_against) == (len(above), len(below))
        assert detail.decibans_for == pytest.approx(_by_hand(above))
        assert detail.decibans_against == pytest.approx(_by_hand(below))
        assert detail.decibans_for + detail.decibans_against == pytest.approx(detail.decibans)


def test_the_pivotal_passage_is_the_one_without_which_the_stance_would_be_another(
    analysis, founding, documents
):
    def stances(table):
        return {found.mechanism: found for found in evidence_findings(table, documents, analysis, ())}

    whole = stances(founding)
    for mechanism, found in whole.items():
        own = founding.filter(pl.col("mechanism") == mechanism)
        turning = {
            name: other
            for name in own["id"].unique()
            if (other := stances(own.filter(pl.col("id") != name))[mechanism].stance) != found.stance
        }
        detail = found.evidence
        assert (detail.pivotal_passage in turning) if turning else detail.pivotal_passage is None
        if turning:
            assert detail.pivotal_stance == turning[detail.pivotal_passage]


def _by_hand(items):
    clusters = {}
    for item in items:
        clusters.setdefault(item.cluster, []).append(item.decibans)
    return sum(
        weight * 0.7**place
        for found in clusters.values()
        for place, weight in enumerate(sorted(found, key=abs, reverse=True))
    )
