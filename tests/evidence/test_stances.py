"""Every line of the stance rule, on evidence small enough to weigh by hand."""

from __future__ import annotations

import pytest

from diffuscope.evidence import evidence_findings
from diffuscope.evidence.stance import leaning, stance_of
from diffuscope.evidence.weight_of_evidence import probability

TWO_CODERS = ("one", "two")


@pytest.fixture
def judged(coded, documents, analysis):
    """The finding on one mechanism; every passage is coded twice alike, so that no cap is in the way."""

    def judge(*passages, coders=TWO_CODERS, mechanism="learning"):
        rows = [{**passage, "coder": coder} for passage in passages for coder in coders]
        found = evidence_findings(coded(*rows), documents, analysis, ())
        return next(each for each in found if each.mechanism == mechanism)

    return judge


def band(name, criterion, strength, direction="for", **more):
    return {"id": name, "criterion": criterion, "band": strength, "direction": direction, **more}


# +6, +6 and +6 dB from two documents; every need of learning has evidence
FIRM = (
    band("L1", "L-a", "moderate", document="paper"),
    band("L2", "L-b", "moderate", document="report"),
    band("L3", "L-d3", "moderate", document="report"),
)


@pytest.mark.parametrize(
    ("p", "stance"),
    [
        (0.99, "for"),
        (0.80, "for"),
        (0.7999, "leaning for"),
        (0.60, "leaning for"),
        (0.5999, "silent"),
        (0.5, "silent"),
        (0.4001, "silent"),
        (0.40, "leaning against"),
        (0.2001, "leaning against"),
        (0.20, "against"),
        (0.01, "against"),
    ],
)
def test_lines(p, stance):
    assert stance_of(p, [p]) == stance


@pytest.mark.parametrize("other", [0.5, 0.49])
def test_a_firm_stance_withstands_every_variant(other):
    assert stance_of(0.9, [0.9, other]) == "leaning for"
    assert stance_of(0.1, [0.1, 1 - other]) == "leaning against"
    assert stance_of(0.9, [0.9, 0.51]) == "for"
    assert stance_of(0.1, [0.1, 0.49]) == "against"


def test_a_cap_keeps_to_a_lean_and_changes_nothing_else():
    capped = [leaning(stance_of(p, [p])) for p in (0.9, 0.7, 0.5, 0.3, 0.1)]
    assert capped == ["leaning for", "leaning for", "silent", "leaning against", "leaning against"]


def test_between_the_lines_no_single_passage_may_carry_it():
    assert stance_of(0.7, [0.4], [0.51]) == "leaning for"  # what only a firm stance withstands
    assert stance_of(0.7, [], [0.6, 0.5]) == "silent"
    assert stance_of(0.3, [], [0.4, 0.5]) == "silent"
    assert stance_of(0.8, [], [0.4]) == "leaning for"  # beyond the outer lines it leans all the same


def test_what_else_a_firm_stance_asks_for():
    assert stance_of(0.95, [], [0.9], firm=False) == "leaning for"
    assert stance_of(0.05, [], [0.1], firm=False) == "leaning against"


def test_firm_evidence_is_for(judged):
    found = judged(*FIRM)
    assert found.stance == "for"
    assert found.evidence.decibans == pytest.approx(18)
    assert found.evidence.caps == ()
    assert found.reason.endswith("It stays above one half if any one passage or document is left out.")


def test_four_to_one_is_for_exactly(judged):
    # 10·log10 4 = 6.02 dB brings even odds to .80; the strongest of three passages weighs 3.01 dB
    found = judged(
        *(
            {"id": name, "criterion": criterion, "chances": f"{0.4 * ratio!r}/.4", "document": document}
            for name, criterion, document, ratio in (
                ("L1", "L-a", "x", 2),
                ("L2", "L-b", "y", 2**0.5),
                ("L3", "L-d3", "z", 2**0.5),
            )
        )
    )
    assert found.evidence.p == pytest.approx(0.8, abs=1e-12)
    assert found.stance == "for"


def test_one_passage_that_carries_all_is_a_lean(judged):
    found = judged(
        band("L1", "L-a;L-b;L-d3", "very strong", document="paper"),
        band("L2", "L-b", "weak", "against", document="report"),
    )
    assert found.evidence.p > 0.95
    assert found.stance == "leaning for"
    assert (
        "This gives only a leaning stance: it does not stay above one half, but is "
        "0.3 without L1." in found.reason
    )


def test_one_source_that_carries_all_is_a_lean(judged):
    found = judged(
        band("L1", "L-a", "strong", document="paper"),
        band("L2", "L-b", "strong", document="paper"),
        band("L3", "L-d3", "weak", "against", document="report"),
    )
    assert min(posterior.p for posterior in found.evidence.leave_one_out) > 0.5
    assert found.stance == "leaning for"
    assert "it does not stay above one half, but is 0.3 without paper." in found.reason


@pytest.mark.parametrize(
    ("direction", "other", "sign", "stance"),
    [("for", "against", 1, "leaning for"), ("against", "for", -1, "leaning against")],
)
def test_a_stance_that_turns_on_dependence_is_a_lean(judged, direction, other, sign, stance):
    # four passages of 6 dB by themselves, and a cluster of five that turn the other way
    mine, theirs = ("M-a;M-c", "M-b") if direction == "for" else ("M-b", "M-a;M-c")
    alone = [band(f"M{at}", mine, "moderate", direction, document=f"d{at}") for at in range(4)]
    together = [
        band(f"M{at}", theirs, "moderate", other, document=f"d{at}", cluster="k") for at in range(4, 9)
    ]
    found = judged(*alone, *together, mechanism="emulation")
    detail = found.evidence
    assert sign * detail.decibans == pytest.approx(24 - 6 * (1 - 0.7**5) / 0.3)
    assert sign * detail.by_rho[0].decibans == pytest.approx(24 - 30)
    assert (detail.failed, detail.caps) == ((), ())
    assert found.stance == stance
    assert "when passages of one cluster depend on each other less or more" in found.reason


def test_the_mirror_is_against(judged):
    found = judged(
        band("M1", "M-b", "moderate", "against", document="paper"),
        band("M2", "M-b", "moderate", "against", document="report"),
        band("M3", "M-b", "moderate", "against", document="report"),
        mechanism="emulation",
    )
    assert found.evidence.failed == ()  # M-b is supporting, so nothing necessary fails
    assert found.stance == "against"
    assert "It stays below one half" in found.reason


def test_moderate_evidence_leans(judged):
    # 3 dB bring it to .67, and two of 1.76 dB to .69: the former is one passage alone
    straws = [{"id": name, "criterion": "L-a", "chances": ".6/.4"} for name in ("L1", "L2")]
    assert judged(*straws).stance == "leaning for"
    against = [{**each, "chances": ".4/.6", "direction": "against"} for each in straws]
    assert judged(*against).stance == "leaning against"
    alone = judged(band("L1", "L-a", "weak"))
    assert (alone.stance, alone.silence) == ("silent", "tested, inconclusive")
    assert alone.reason.endswith(
        "This is inconclusive: it does not stay above one half, but is 0.5 without L1."
    )


def test_balanced_evidence_is_silent_because_tested(judged):
    found = judged(band("L1", "L-a", "weak"), band("L2", "L-d3", "weak", "against"))
    assert (found.stance, found.silence, found.evidence.p) == ("silent", "tested, inconclusive", 0.5)


def test_no_evidence_is_silent_for_want_of_data(judged):
    found = judged(*FIRM, mechanism="emulation")
    assert (found.stance, found.silence, found.evidence) == ("silent", "no data", None)
    assert found.reason == "No passage was coded for this mechanism."


def test_a_failed_necessary_criterion_overrides_a_for(judged):
    against = [band(f"L{at}", "L-b", "moderate", "against", document=f"letter {at}") for at in (4, 5)]
    strong = band("L6", "L-a", "very strong", document="memo")
    sinking = judged(FIRM[0], FIRM[2], strong, band("L7", "L-a", "strong", document="speech"), *against)
    assert sinking.evidence.p > 0.99
    assert (sinking.stance, sinking.evidence.caps) == ("against", ())
    assert sinking.evidence.failed == ("L-b",)
    # +6 and −12 on the same criterion leave −6: not enough to sink it
    standing = judged(*FIRM, strong, band("L7", "L-a", "strong", document="speech"), *against)
    assert standing.evidence.failed == ()
    assert standing.stance == "for"


@pytest.mark.parametrize(("strengths", "fails"), [(("weak", "weak"), False), (("weak", "moderate"), True)])
def test_seven_decibans_sink_a_criterion(judged, strengths, fails):
    found = judged(*(band(f"L{at}", "L-b", each, "against") for at, each in enumerate(strengths)))
    assert (found.evidence.failed == ("L-b",)) is fails


def test_clusters_are_discounted_before_a_criterion_fails(judged):
    # −4 and −4 weigh −8 apart, but −4 − .7·4 = −6.8 in one cluster
    pair = [
        {"id": name, "criterion": "L-b", "chances": f"{0.9 * 10**-0.4!r}/.9", "direction": "against"}
        for name in ("L1", "L2")
    ]
    assert judged(*pair).evidence.failed == ("L-b",)
    assert judged(*({**each, "cluster": "k"} for each in pair)).evidence.failed == ()


@pytest.mark.parametrize(
    ("searched", "passages", "fails"), [(0.9, 3, True), (0.9, 2, False), (0.4, 3, False)]
)
def test_a_criterion_fails_only_if_half_as_good_a_search_sinks_it_too(judged, searched, passages, fails):
    absent = {"criterion": "L-b", "direction": "absent", "searched": searched}
    # 10·log10((1 − .99·s)/(1 − .01·s)): −9.6 dB each at s = .9, −2.9 dB at .5, −2.2 dB at .4
    found = judged(*({"id": f"L{at}", "chances": ".99/.01", **absent} for at in range(passages)))
    assert (found.evidence.failed == ("L-b",)) is fails
    record = next(each for each in found.evidence.criteria if each.id == "L-b")
    assert record.decibans_searched == pytest.approx(-2.9453 * passages, abs=0.001)
    assert ("does not fail: at a search of 0.5" in record.note) is (searched == 0.9 and not fails)


def test_searches_that_were_never_made_are_not_made_up(judged):
    absent = {"criterion": "L-b", "direction": "absent", "chances": ".99/.01", "searched": 0.0}
    found = judged(*FIRM, {"id": "L9", **absent})
    assert {each.decibans for each in found.evidence.by_searched} == {found.evidence.decibans}


def test_any_one_channel_of_learning_suffices(judged):
    sunk = [band(f"L{at}", channel, "strong", "against") for at, channel in enumerate(("L-d1", "L-d3"))]
    assert judged(*sunk).evidence.failed == ()  # the economic perspective stands
    everything = [*sunk, band("L9", "L-d2", "strong", "against")]
    assert judged(*everything).evidence.failed == ("L-d1", "L-d2", "L-d3")


def test_results_that_do_not_matter_sink_the_economic_perspective_only(judged):
    against = band("L1", "L-c", "very strong", "against")
    assert judged(against).evidence.failed == ()
    others = [band(f"L{at}", channel, "strong", "against") for at, channel in ((2, "L-d1"), (3, "L-d3"))]
    # with the other two gone as well, nothing of learning is left
    assert judged(against, *others).evidence.failed == ("L-c", "L-d1", "L-d3")


def test_without_prior_adoption_there_is_no_diffusion(judged):
    assert judged(*FIRM, band("L7", "T", "strong", "against")).evidence.failed == ("T",)


def test_a_supporting_criterion_sinks_nothing(judged):
    found = judged(band("K1", "K-d", "very strong", "against"), mechanism="competition")
    assert found.evidence.failed == ()


def test_one_coder_may_only_lean(judged):
    found = judged(*FIRM, coders=("one",))
    assert (found.stance, found.evidence.caps) == ("leaning for", ("one person coded it",))
    assert found.evidence.uncapped == "for"
    assert found.reason.endswith("The stance is limited to leaning, because one person coded it.")


def test_one_source_may_only_lean(judged):
    found = judged(*({**each, "document": "paper"} for each in FIRM))
    assert (found.stance, found.evidence.caps) == ("leaning for", ("it rests on one document",))


@pytest.mark.parametrize("cap", [{"coders": ("one",)}, {"document": "paper"}])
def test_caps_hold_against_too(judged, cap):
    coders = cap.pop("coders", TWO_CODERS)
    sunk = [
        band("L1", "L-b", "strong", "against", **({"document": "paper"} | cap)),
        band("L2", "L-b", "strong", "against", **({"document": "report"} | cap)),
    ]
    found = judged(*sunk, coders=coders)
    assert (found.stance, found.evidence.failed) == ("leaning against", ("L-b",))


def test_every_necessary_criterion_needs_a_passage_that_speaks_for_it(judged):
    memo = band("L5", "L-a", "moderate", document="memo")
    found = judged(FIRM[0], FIRM[2], memo)
    assert found.stance == "leaning for"
    assert "no passage supports a necessary criterion (L-b)" in found.reason
    # a passage against it is no support for it, nor is one that weighs nothing
    for other in (band("L6", "L-b", "weak", "against"), band("L6", "L-b", "none")):
        assert judged(FIRM[0], FIRM[2], memo, other).stance == "leaning for"
    found = judged(*FIRM[:2], memo)
    # any one channel would do; the economic one asks for results, too
    assert "(L-d1, or L-c and L-d2, or L-d3)" in found.reason


def test_many_straws_are_no_firm_stance(judged):
    needs = ("L-a", "L-b", "L-d3")
    straws = [
        {"id": f"L{at}", "criterion": needs[at % 3], "chances": ".6/.4", "document": f"d{at}"}
        for at in range(9)
    ]
    found = judged(*straws)
    assert found.evidence.p > 0.95
    assert found.stance == "leaning for"
    assert "no single passage is 2 times likelier in one case than in the other" in found.reason
    assert judged(*straws, band("L9", "L-a", "weak", document="d9")).stance == "for"


def test_a_need_without_evidence_keeps_from_nothing_that_speaks_against(judged):
    found = judged(
        band("L1", "L-b", "strong", "against", document="paper"),
        band("L2", "L-b", "strong", "against", document="report"),
        band("L3", "L-b", "strong", "against", document="memo"),
    )
    assert (found.stance, found.evidence.caps) == ("against", ())


def test_the_narrow_reading_is_the_headline(judged):
    needs = ("C-a", "C-b", "C-c", "C-d", "C-e")
    broad = [band(f"C{at}", each, "weak", document=f"d{at}") for at, each in enumerate(needs)]
    unwilling = [band(f"C{at}", "C-f", "moderate", "against", document=f"d{at}") for at in (7, 8)]
    found = judged(*broad, *unwilling, mechanism="coercion")
    assert (found.stance, found.evidence.failed) == ("against", ("C-f",))
    assert found.evidence.other_stance == "for"
    assert found.evidence.other_definition.decibans == pytest.approx(15)
    low, high = found.evidence.other_noise
    # five passages of one weight, each by two coders: 1.6449·3·sqrt(5/2) = 7.80 dB either way
    assert (low, high) == pytest.approx((probability(15 - 7.803), probability(15 + 7.803)), abs=1e-4)
    assert any("one reading" in words for words in found.caveats)


def test_a_passage_counts_under_the_reading_its_coder_names(judged):
    base = [band("C1", "C-a", "weak"), band("C2", "C-b", "weak", definition="narrow")]
    found = judged(*base, band("C3", "C-d", "moderate", definition="broad"), mechanism="coercion")
    assert found.evidence.decibans == pytest.approx(6)
    assert found.evidence.other_definition.decibans == pytest.approx(9)
    # all are listed, whether or not they count under the headline
    assert [item.definition for item in found.evidence.items] == [None, "narrow", "broad"]


def test_a_criterion_of_both_readings_keeps_a_passage_in_both(judged):
    found = judged(band("C1", "C-a;C-f", "weak"), mechanism="coercion")
    assert found.evidence.other_definition.decibans == pytest.approx(3)


def test_coders_of_one_passage_count_as_their_mean(coded, documents, analysis):
    rows = [
        {"id": "L1", "criterion": "L-a", "band": "strong", "coder": "one"},
        {"id": "L1", "criterion": "L-b", "band": "weak", "direction": "against", "coder": "two"},
        {"id": "L2", "criterion": "L-d3", "chances": ".8/.4", "coder": "one", "note": "first"},
        {"id": "L2", "criterion": "L-d3", "chances": ".8/.4", "coder": "three", "note": "second"},
    ]
    found = next(each for each in evidence_findings(coded(*rows), documents, analysis, ()) if each.evidence)
    one, two = found.evidence.items
    assert (one.decibans, one.direction, one.criteria, one.coders) == (3.5, "mixed", ("L-a", "L-b"), 2)
    assert (one.test, [place.row for place in one.places]) == (None, [2, 3])
    assert (two.p_if_true, two.test, two.note) == (0.8, "straw in the wind", "first · second")
    assert "Coders differ on the direction of 1 passage." in found.caveats


def test_two_coders_who_never_read_the_same_are_told(coded, documents, analysis):
    rows = [
        {"id": "L1", "criterion": "L-a", "band": "weak", "coder": "one"},
        {"id": "L2", "criterion": "L-b", "band": "weak", "coder": "two", "rival": None},
    ]
    found = next(each for each in evidence_findings(coded(*rows), documents, analysis, ()) if each.evidence)
    assert "2 coders took part, but no passage was read by two of them." in found.caveats


def test_chances_without_a_stated_rival_are_told(coded, documents, analysis):
    row = {"id": "L1", "criterion": "L-a", "chances": ".8/.4", "rival": None}
    found = next(each for each in evidence_findings(coded(row), documents, analysis, ()) if each.evidence)
    assert found.caveats == ("1 passage does not name the rival that its chances assume.",)
