"""The event-history witness: a finding for every mechanism, whatever the data allow."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import get_args

import msgspec
import pytest
from witnessed import NEIGHBOURS, history_of, model_of, question_through, unrelated

from diffuscope.mechanisms import mechanisms
from diffuscope.records import ExposureRecord, Safeguard, SafeguardResults
from diffuscope.records.models import NotFitted
from diffuscope.safeguards import witness
from diffuscope.safeguards.checks import checks
from diffuscope.safeguards.engine.check import RepeatedEstimate, SafeguardOptions
from diffuscope.safeguards.engine.detectable import RATIOS
from diffuscope.safeguards.witness import SMALLEST, adjusted, contrast, history_findings
from diffuscope.safeguards.wording import NOT_PROOF

QUESTIONS = {
    "learning": question_through("seen", "learning"),
    "emulation": question_through("other", "emulation", unrelated()),
    NEIGHBOURS: question_through("near", None),
}
COLUMNS = {"learning": "seen", "emulation": "other", NEIGHBOURS: "near"}
MODELS = {name: model_of(QUESTIONS[name], column, name) for name, column in COLUMNS.items()}
REFUSED = ExposureRecord(
    name="coercion", mechanism="coercion", layer=None, form="sum", lag=1, refused="The case has no ties."
)
OPTIONS = SafeguardOptions(draws=119, workers=1)
QUICK = SafeguardOptions(draws=99, workers=1, stop_early=True)
"""For what does not hang on how much is drawn."""


def by_mechanism(findings):
    return {one.mechanism: one for one in findings}


def found_by(models, questions=QUESTIONS, options=QUICK, history=None, **how):
    history = history or {}
    return by_mechanism(history_findings(history_of(*models, **history), questions, options, **how))


def changed(model, **tested):
    return msgspec.structs.replace(model, tested=msgspec.structs.replace(model.tested, **tested))


@pytest.fixture(scope="module")
def whole():
    return found_by(MODELS.values(), options=OPTIONS, history={"exposures": (REFUSED,)})


# Everybody is told of


def test_every_mechanism_is_told_of_and_neighbours_after_them(whole):
    assert list(whole) == [*mechanisms(), NEIGHBOURS]
    assert {(one.witness, one.body, one.analysis) for one in whole.values()} == {
        ("event history", "statistics", "q")
    }
    assert all(one.reason for one in whole.values())
    assert all((one.silence is None) == (one.stance != "silent") for one in whole.values())


def test_neighbours_are_told_of_only_where_they_have_a_model():
    assert list(found_by([MODELS["learning"]])) == list(mechanisms())
    nothing = {"refused": "There is no risk set."}
    assert list(found_by([], history=nothing)) == list(mechanisms())


def test_whoever_is_tested_is_put_to_every_check(whole):
    for name in COLUMNS:
        assert [one.name for one in whole[name].trial.safeguards] == [one.name for one in checks()]
        assert whole[name].trial.term == COLUMNS[name]
    assert whole["learning"].trial.mechanism == "learning"
    assert whole[NEIGHBOURS].trial.mechanism is None


def test_contagion_without_measured_drivers_is_leaning_for_and_says_what_lacks(whole):
    found = whole["learning"]
    assert (found.stance, found.silence) == ("leaning for", None)
    assert "a confirming test is missing or not met" in found.reason
    assert NOT_PROOF in found.caveats
    assert found.trial.p_holm < 0.05


def test_ties_drawn_by_lot_decide_nothing(whole):
    found = whole["emulation"]
    assert (found.stance, found.silence) == ("silent", "tested, inconclusive")
    assert NOT_PROOF not in found.caveats
    assert whole["emulation"].trial.ci_low < 0 < whole["emulation"].trial.ci_high


def test_a_refused_exposure_is_silent_with_its_own_reason(whole):
    assert (whole["coercion"].silence, whole["coercion"].reason) == ("no data", "The case has no ties.")
    assert whole["coercion"].trial is None


def test_a_mechanism_of_which_nothing_is_known_says_that(whole):
    found = whole["competition"]
    assert (found.stance, found.silence, found.reason) == (
        "silent", "no data", "No exposure is defined for it.",
    )  # fmt: skip


# Silence, each with its kind and reason


def test_without_a_panel_every_mechanism_is_silent_for_that_reason():
    found = found_by(MODELS.values(), history={"refused": "There is no risk set.", "exposures": (REFUSED,)})
    assert {(one.stance, one.silence, one.reason) for one in found.values()} == {
        ("silent", "no data", "There is no risk set.")
    }
    assert list(found) == [*mechanisms(), NEIGHBOURS]


@pytest.mark.parametrize("silence", get_args(NotFitted))
def test_a_model_that_was_not_fitted_is_silent_with_the_kind_that_it_names(silence):
    refused = changed(MODELS["learning"], refused="Three events are too few.", coefficients=())
    model = msgspec.structs.replace(refused, silence=silence)
    found = found_by([model, MODELS["emulation"]], questions={"emulation": QUESTIONS["emulation"]})
    assert (found["learning"].silence, found["learning"].reason) == (silence, "Three events are too few.")
    assert found["learning"].trial is None
    assert found["emulation"].trial is not None  # the others are not silenced with it


def test_a_refused_model_of_no_kind_is_without_data():
    found = found_by([changed(MODELS["learning"], refused="Separated.", coefficients=())], questions={})
    assert (found["learning"].silence, found["learning"].reason) == ("no data", "Separated.")


@pytest.mark.parametrize(
    ("model", "questions"),
    [
        (MODELS["learning"], {}),  # no tested model
        (changed(MODELS["learning"], coefficients=()), QUESTIONS),
        (changed(MODELS["learning"], coefficients=MODELS["emulation"].tested.coefficients), QUESTIONS),
    ],
)
def test_a_model_without_its_term_is_silent_and_names_it(model, questions):
    found = found_by([model], questions=questions)["learning"]
    assert (found.silence, found.reason) == ("no data", "The model has no term for its exposure `seen`.")


def test_an_exposure_in_several_terms_has_no_coefficient_of_its_own():
    question = question_through("seen", "learning", formula="adopted ~ seen + log1p(seen) + seen:wealth")
    refit = replace(
        question, fit=replace(question.fit, names=("Intercept", "a(seen)", "b(seen)", "seen:wealth"))
    )
    found = found_by([MODELS["learning"]], questions={"learning": refit})["learning"]
    assert found.silence == "no data"
    assert "it has no single coefficient" in found.reason


def test_few_events_and_no_control_of_time_are_handed_to_the_rule(monkeypatch):
    """Of a trial that passes all: nine events, or a model without time, are enough to lose *for*."""
    passed = tuple(Safeguard(name=one.name, role=one.role, applies=True, passed=True, description="", p=0.001,
                             p_less=1.0) for one in checks())  # fmt: skip
    trial = SafeguardResults(
        term="seen", mechanism="learning", estimate=3.0, ci_low=2.0, ci_high=4.0, safeguards=passed
    )
    monkeypatch.setattr(witness, "run_safeguards", lambda *_: trial)
    model = MODELS["learning"]
    assert found_by([model])["learning"].stance == "for"
    nine = found_by([changed(model, events=9)])["learning"]
    assert nine.stance == "leaning for"
    assert "fewer than ten events" in nine.reason
    untimed = found_by([changed(model, timed=False)])["learning"]
    assert untimed.stance == "leaning for"
    assert "no control of time" in untimed.reason


# The Holm family


def trial(p, p_less=None):
    gate = Safeguard(
        name="permuted ties", role="gate", applies=True, passed=True, description="", p=p, p_less=p_less
    )
    other = Safeguard(
        name="lead test", role="decisive", applies=True, passed=True, description="", p=0.5, p_less=0.5
    )
    return SafeguardResults(
        term="", mechanism=None, estimate=1.0, ci_low=0.5, ci_high=2.0, safeguards=(other, gate)
    )


def test_p_values_are_adjusted_over_mechanisms_on_either_side():
    found = adjusted({"a": trial(0.01, 0.99), "b": trial(0.04, 0.02), "c": trial(0.03, 0.015)})
    # greater, by hand: 3 · 0.01; then 2 · 0.03 = 0.06 for c, and b, 1 · 0.04, may not be smaller
    assert [found[name].p_holm for name in "abc"] == pytest.approx([0.03, 0.06, 0.06])
    # less: 3 · 0.015 = 0.045 for c; 2 · 0.02 = 0.04 for b may not be smaller; a: 1 · 0.99
    assert [found[name].p_holm_less for name in "abc"] == pytest.approx([0.99, 0.045, 0.045])


def test_neighbours_stand_by_themselves():
    found = adjusted({"a": trial(0.01, 0.5), NEIGHBOURS: trial(0.04, 0.03), "b": trial(0.02, 0.6)})
    assert (found[NEIGHBOURS].p_holm, found[NEIGHBOURS].p_holm_less) == (0.04, 0.03)
    # two, not three, were tested beside each other
    assert [found[name].p_holm for name in "ab"] == pytest.approx([0.02, 0.02])


def test_a_gate_that_could_not_be_computed_is_adjusted_by_nothing_and_counts_for_none():
    found = adjusted({"a": trial(0.02, 0.3), "b": trial(None), "c": trial(0.01, 0.4)})
    assert (found["b"].p_holm, found["b"].p_holm_less) == (None, None)
    assert [found[name].p_holm for name in "ac"] == pytest.approx([0.02, 0.02])


def test_the_family_of_a_witness_is_that_of_the_mechanisms_tested(whole):
    p = {name: whole[name].trial.safeguards[0].p for name in COLUMNS}
    assert whole["learning"].trial.p_holm == pytest.approx(2 * p["learning"])
    assert whole["emulation"].trial.p_holm == pytest.approx(p["emulation"])
    assert whole[NEIGHBOURS].trial.p_holm == p[NEIGHBOURS]
    assert f"{2 * p['learning']:.3f} after Holm" in whole["learning"].reason
    assert "after Holm" not in whole[NEIGHBOURS].reason


# What is judged


def test_the_combined_coefficient_is_judged_and_not_that_of_one_draw():
    """Of dates that are drawn, the record's estimate is that of all draws; its interval is wider."""
    model = MODELS["learning"]
    wide = tuple(
        msgspec.structs.replace(one, estimate=0.7, ci_low=-0.3, ci_high=1.7) if one.column == "seen" else one
        for one in model.tested.coefficients
    )
    found = found_by([changed(model, coefficients=wide)])["learning"]
    assert (found.trial.estimate, found.trial.ci_low, found.trial.ci_high) == (0.7, -0.3, 1.7)
    assert (found.stance, found.silence) == ("silent", "tested, inconclusive")


def width_of(name):
    """Of a plain term: that of its exposure."""
    own = MODELS[name].coefficient
    return own.contrast_to - own.contrast_from


def test_the_contrast_is_from_the_record():
    own, question = MODELS["learning"].coefficient, QUESTIONS["learning"]
    assert contrast(question, own) == pytest.approx(width_of("learning"), abs=1e-12)
    assert width_of("learning") > 0
    for ends in ({"contrast_from": None}, {"contrast_to": None}, {"contrast_to": own.contrast_from}):
        assert contrast(question, msgspec.structs.replace(own, **ends)) is None


def test_the_contrast_of_a_logarithm_is_that_of_logarithms():
    """An odds ratio over an exposure of 0 to 0.75 is b · ln 1.75 where ln(1 + exposure) is the term."""
    question = question_through("seen", "learning", formula="adopted ~ log1p(seen) + wealth + time")
    own = msgspec.structs.replace(MODELS["learning"].coefficient, contrast_from=0.0, contrast_to=0.75)
    assert contrast(question, own) == pytest.approx(math.log(1.75))


@pytest.mark.parametrize("ratio", [None, 1.25, 2.0])
def test_the_smallest_odds_ratio_of_interest_is_handed_on(ratio):
    how = {} if ratio is None else {"smallest_odds_ratio": ratio}
    found = found_by([MODELS["learning"]], **how)["learning"]
    width = width_of("learning")
    assert found.trial.smallest == pytest.approx(math.log(ratio or SMALLEST) / width)
    assert found.stance == "leaning for"


def test_an_effect_below_the_smallest_of_interest_is_real_but_small():
    own = MODELS["learning"].coefficient
    most = math.exp(own.ci_high * width_of("learning"))
    above, below = (
        found_by([MODELS["learning"]], smallest_odds_ratio=most * times)["learning"] for times in (1.01, 0.99)
    )
    assert (above.stance, above.silence) == ("silent", "real but small")
    assert below.stance == "leaning for"


def test_what_is_not_interesting_leans_against_where_relabelled_ties_give_as_much():
    own = MODELS["emulation"].coefficient
    most = math.exp(own.ci_high * width_of("emulation"))
    found = found_by([MODELS["emulation"]], smallest_odds_ratio=most * 1.01)["emulation"]
    assert found.stance == "leaning against"
    found = found_by([MODELS["emulation"]], smallest_odds_ratio=most * 0.99)["emulation"]
    assert (found.stance, found.silence) == ("silent", "tested, inconclusive")


def test_an_exposure_without_a_contrast_has_no_smallest_effect():
    model = MODELS["learning"]
    flat = tuple(
        msgspec.structs.replace(one, contrast_from=None, contrast_to=None)
        for one in model.tested.coefficients
    )
    found = found_by([changed(model, coefficients=flat)], smallest_odds_ratio=1e9)["learning"]
    assert found.trial.smallest is None
    assert found.stance == "leaning for"


OPEN = (("coercion", "The case has no ties."), ("emulation", "Its layer costs 3 events."))


def test_it_stands_jointly_with_rivals_that_are_open():
    ruled = (("competition", "Nobody competes."),)
    model = msgspec.structs.replace(
        MODELS["learning"], rivals_open=OPEN, rivals_ruled_out=ruled, rivals_in=("prestige",)
    )
    assert found_by([model])["learning"].joint_with == ("coercion", "emulation")
    assert found_by([MODELS["learning"]])["learning"].joint_with == ()


def test_who_takes_no_positive_stance_stands_jointly_with_nobody():
    silent = msgspec.structs.replace(MODELS["emulation"], rivals_open=OPEN)
    assert found_by([silent])["emulation"].joint_with == ()
    own = MODELS["emulation"].coefficient
    much = math.exp(own.ci_high * width_of("emulation")) * 1.01
    against = found_by([silent], smallest_odds_ratio=much)["emulation"]
    assert (against.stance, against.joint_with) == ("leaning against", ())


def test_neighbours_identify_no_mechanism_and_have_no_rivals():
    model = msgspec.structs.replace(MODELS[NEIGHBOURS], rivals_open=OPEN)
    found = found_by([model])[NEIGHBOURS]
    assert found.stance == "leaning for"
    assert found.joint_with == ()


def test_repetitions_and_drivers_are_asked_of_the_column_they_are_of():
    repeated = [RepeatedEstimate(id="late", events=9, estimate=1.0, ci_low=0.1, ci_high=2.0)]
    options = replace(QUICK, repeated={"seen": repeated}, drivers={"near": ("wealth",)})
    found = found_by(MODELS.values(), options=options)
    own, other = (
        {each.name: each for each in found[name].trial.safeguards} for name in ("learning", NEIGHBOURS)
    )
    assert (own["repetitions"].passed, other["repetitions"].applies) == (True, False)
    assert "are not associated with the ties (`wealth`" in other["drivers of ties"].description
    assert own["drivers of ties"].description.startswith("No drivers")


# What could have been shown


def test_the_detectable_effect_is_told_only_where_a_test_decided_nothing(whole):
    detectable = whole["emulation"].trial.detectable
    assert detectable in RATIOS
    assert f"multiplies the odds of adopting by {detectable:g} or more" in whole["emulation"].reason
    for name in ("learning", NEIGHBOURS):
        assert whole[name].trial.detectable is None
        assert "four cases of five" not in whole[name].reason


def test_it_is_asked_of_no_other_kind_of_silence(monkeypatch):
    asked = []
    monkeypatch.setattr(witness, "detectable_odds_ratio", lambda *given: asked.append(given) or 5.0)
    options = replace(OPTIONS, draws=39)
    own = MODELS["learning"].coefficient
    most = math.exp(own.ci_high * width_of("learning")) * 1.01
    for found, told in (
        (found_by([MODELS["learning"]], options=options, smallest_odds_ratio=most), "real but small"),
        (found_by([MODELS["learning"]], options=options), None),
    ):
        assert (found["learning"].silence, found["learning"].trial.detectable) == (told, None)
    assert asked == []
    found = found_by([MODELS["emulation"]], options=options)["emulation"]
    assert (found.silence, found.trial.detectable) == ("tested, inconclusive", 5.0)
    ((question, column, width, how),) = asked
    assert (question, column, how) == (QUESTIONS["emulation"], "other", options)
    assert width == width_of("emulation")


def test_trials_of_the_rule_itself_do_not_ask_it_nor_what_decides_nothing():
    found = found_by([MODELS["emulation"]])["emulation"]
    assert (found.silence, found.trial.detectable) == ("tested, inconclusive", None)
    assert "beside" not in {one.role for one in found.trial.safeguards}


def test_where_even_the_largest_effect_is_not_shown_that_is_told_and_outlasts_json(monkeypatch):
    monkeypatch.setattr(witness, "detectable_odds_ratio", lambda *_: math.inf)
    found = found_by([MODELS["emulation"]], options=replace(OPTIONS, draws=39))["emulation"]
    assert (found.trial.detectable, found.trial.undetectable) == (None, RATIOS[-1])
    assert "multiplies the odds of adopting by more than 1,000." in found.reason
    assert msgspec.json.decode(msgspec.json.encode(found.trial), type=SafeguardResults) == found.trial


def test_findings_do_not_depend_on_the_number_of_processes(whole):
    fresh = {name: replace(question) for name, question in QUESTIONS.items()}  # nothing kept
    assert not any(question.kept for question in fresh.values())
    again = found_by(MODELS.values(), fresh, replace(OPTIONS, workers=2), {"exposures": (REFUSED,)})
    assert again == whole
