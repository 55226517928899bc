"""The statistical body in a study: from the tables of a case to findings and verdicts."""

from __future__ import annotations

import math

import polars as pl
import pytest
from spread import case, tables

import diffuscope
from diffuscope import PlantedEffect, read_case
from diffuscope.errors import CaseError, PlanError
from diffuscope.records import Finding
from diffuscope.result import from_json, to_json
from diffuscope.safeguards.checks import checks
from diffuscope.study import run_study
from diffuscope.study.channels import Layers
from diffuscope.study.statistics import RunOptions
from diffuscope.study.witnesses import refuse_few_draws


def asked():
    """Sixty towns: as many as show every safeguard at work, and no more, as they are studied three times."""
    return case(towns=60, covariates=["wealth"], drivers=["wealth"])


@pytest.fixture(scope="module")
def result():
    with pytest.MonkeyPatch.context() as patched:
        # as `without_detectable`: that processes change nothing of it is tried of it alone
        patched.setattr("diffuscope.safeguards.witness.detectable_odds_ratio", lambda *_: None)
        return run_study(asked(), draws=99, workers=2)


def finding(result, mechanism):
    return next(one for one in result.findings if one.mechanism == mechanism and one.body == "statistics")


def test_every_mechanism_has_a_finding_of_event_history(result):
    found = [one for one in result.findings if one.body == "statistics"]
    assert [one.mechanism for one in found] == ["coercion", "competition", "emulation", "learning"]
    assert {one.witness for one in found} == {"event history"}


def test_a_mechanism_with_an_exposure_is_put_to_every_safeguard(result):
    trial = finding(result, "emulation").trial
    assert {one.name for one in trial.safeguards} == {one.name for one in checks()}
    main = result.histories[0].estimates[0]
    assert trial.estimate == next(one.estimate for one in main.coefficients if one.term == "emulation")
    assert trial.p_holm == next(one.p for one in trial.safeguards if one.name == "permuted ties")


def test_declared_drivers_of_ties_are_asked_for(result):
    drivers = next(
        one for one in finding(result, "emulation").trial.safeguards if one.name == "drivers of ties"
    )
    # wealth has no part in these ties, so it is no driver of them
    assert (drivers.applies, drivers.passed) == (False, None)
    assert "are not associated with the ties (`wealth`: r = " in drivers.description


def test_a_mechanism_without_one_is_silent_for_want_of_data_and_says_why(result):
    for mechanism in ("coercion", "competition", "learning"):
        found = finding(result, mechanism)
        assert (found.stance, found.silence, found.trial) == ("silent", "no data", None)
        told = next(one for one in result.histories[0].exposures if one.mechanism == mechanism)
        assert found.reason == told.refused


def test_the_verdict_follows_from_the_stance(result):
    stance = finding(result, "emulation").stance
    given = next(one for one in result.verdicts if one.mechanism == "emulation")
    assert given.statistics == stance


@pytest.mark.usefixtures("without_detectable")
def test_results_do_not_depend_on_the_number_of_workers(result):
    alone = run_study(asked(), draws=99, workers=1)
    assert alone.findings == result.findings


def test_trials_survive_the_file(result):
    assert from_json(to_json(result)).findings == result.findings


def test_too_few_draws_are_refused_before_anything_is_computed(monkeypatch):
    monkeypatch.setattr("diffuscope.study.witnesses.history_of", lambda *_: pytest.fail("a model was fitted"))
    with pytest.raises(PlanError, match="at least 99"):
        run_study(case(), draws=20)
    with pytest.raises(PlanError, match="at least 99"):
        diffuscope.findings(case(), "q", draws=98)


def three():
    """A question with ties for three mechanisms and neighbours: four tests beside each other."""
    made = tables()
    layers = [
        made["ties"].with_columns(layer=pl.lit(name)) for name in ("similarity", "dependence", "land-border")
    ]
    return case(ties=pl.concat(layers), layers={"neighbours": ["land-border"]})


def test_draws_that_could_let_no_mechanism_pass_are_refused(monkeypatch):
    """Holm's smallest p of four tests is 4 / (draws + 1): below .05 from 80 draws on, .025 from 159."""
    monkeypatch.setattr(
        "diffuscope.study.witnesses.history_of", lambda *_, **__: pytest.fail("a model was fitted")
    )
    for ask in (
        lambda draws: run_study(three(), draws=draws),
        lambda draws: diffuscope.findings(three(), "q", draws=draws),
    ):
        with pytest.raises(PlanError, match=r"4 mechanisms are tested .* fewer than 159 draws"):
            ask(158)


def test_only_mechanisms_whose_exposure_stands_count_for_the_draws():
    late = tables()["ties"].with_columns(layer=pl.lit("dependence"), start=pl.lit("2010"))
    near = tables()["ties"].with_columns(layer=pl.lit("similarity"), start=pl.lit(None, pl.String))
    made = case(ties=pl.concat([late, near.select(late.columns)]), layers={"neighbours": ["shared-religion"]})
    refuse_few_draws(
        made, made.analyses, Layers(made), RunOptions(0, 119, 1)
    )  # coercion's ties came too late
    with pytest.raises(PlanError, match="3 mechanisms"):
        refuse_few_draws(made, made.analyses, Layers(made), RunOptions(0, 118, 1))


@pytest.mark.parametrize(("tested", "draws"), [(0, 999), (1, 999), (2, 999), (3, 1998), (5, 2997)])
def test_without_a_number_of_draws_there_are_999_for_every_two_mechanisms(tested, draws):
    assert RunOptions(0, None, None).draws_for(tested) == draws
    assert RunOptions(0, 120, None).draws_for(tested) == 120


@pytest.mark.usefixtures("without_detectable")
def test_findings_are_those_of_the_study(result):
    assert diffuscope.findings(asked(), "q", draws=99) == result.findings


def test_findings_of_a_question_that_is_not_asked_are_refused():
    with pytest.raises(PlanError, match="no question `p`; its questions are `q`"):
        diffuscope.findings(case(), "p")


def test_findings_of_a_case_with_errors_are_refused():
    with pytest.raises(CaseError):
        diffuscope.findings(case(layers={"emulation": "shared-religio"}), "q")


def test_statistics_may_be_left_aside_and_the_verdicts_say_so():
    found = run_study(read_case("asean-smart-cities"), parts=["mechanisms", "monitoring"])
    assert (found.run.parts, found.histories) == (("mechanisms", "monitoring"), ())
    assert {one.body for one in found.findings} == {"evidence"}
    assert {one.statistics_silence for one in found.verdicts} == {"not asked"}
    told = next(one for one in found.verdicts if one.mechanism == "learning")
    assert "Statistics: not asked." in told.sentence


@pytest.mark.usefixtures("without_detectable")
def test_statistics_are_asked_for_the_sake_of_mechanisms():
    assert run_study(case(), parts=["statistics"], draws=99).run.parts == ("mechanisms", "statistics")


def test_where_there_is_no_risk_set_nothing_is_tried(founding_result):
    found = founding_result
    joined = [one for one in found.findings if one.analysis == "membership" and one.body == "statistics"]
    assert {(one.stance, one.silence) for one in joined} == {("silent", "no data")}
    assert all(one.reason.startswith("There is no risk set.") for one in joined)
    tried = {(one.analysis, one.mechanism) for one in found.findings if one.trial is not None}
    states = {(one, name) for one in ("smart-cities", "sub-areas") for name in STATES}
    assert tried == states | {("focus-areas", "emulation")}


STATES = ("coercion", "competition", "emulation", "neighbours")
"""What states have ties for; cities have peers of their kind, and hardly any distances."""
RULED_OUT = {"learning": "Nobody could know of results.", "competition": "Nobody sells anything."}


def made(planted, ruled_out=None, **world):
    """A case of a world in which it is known what spread."""
    made = diffuscope.simulate_diffusion([planted], wealth=0.6, units=80, periods=14, baseline=-2.6, **world)
    names = made.covariates["unit"]
    [layer] = made.ties
    return diffuscope.case_from_frames(
        units=pl.DataFrame({"unit": names, "name": names}).with_columns(
            kind=pl.lit("city"), role=pl.lit("adopter")
        ),
        policies=pl.DataFrame({"policy": ["p1"], "name": ["The plan"]}),
        adoptions=made.adoptions.drop_nulls("time").with_columns(
            pl.col("time").cast(pl.String), source=pl.lit("made")
        ),
        ties=layer.table()
        .select("sender", "receiver", "weight")
        .with_columns(layer=pl.lit(layer.name), source=pl.lit("made")),
        attributes=made.covariates.select(
            "unit", variable=pl.lit("wealth"), value=pl.col("wealth").cast(pl.String), source=pl.lit("made")
        ),
        analyses=[
            {
                "id": "why",
                "question": "Why did it spread?",
                "policies": ["p1"],
                "units": "city",
                "window": ["2001", "2014"],
                "covariates": ["wealth"],
                "drivers": ["wealth"],
                "ruled_out": ruled_out or {},
            }
        ],
    )


@pytest.mark.usefixtures("without_detectable")
def test_what_was_planted_is_found():
    club = PlantedEffect(name="shared-club", effect=4.0)
    found = run_study(made(club, RULED_OUT, seed=5), draws=99)
    assert finding(found, "emulation").stance in ("for", "leaning for")
    assert finding(found, "emulation").joint_with == ()
    verdict = next(one for one in found.verdicts if one.mechanism == "emulation")
    assert verdict.verdict in ("supported by one body", "weak")


@pytest.mark.usefixtures("without_detectable")
def test_rivals_without_data_are_named_and_leave_the_mechanism_open():
    found = run_study(made(PlantedEffect(name="shared-club", effect=4.0), seed=5), draws=99)
    told = finding(found, "emulation")
    assert told.stance in ("for", "leaning for")
    assert set(told.joint_with) == {"learning", "competition"}
    verdict = next(one for one in found.verdicts if one.mechanism == "emulation")
    assert verdict.verdict == "not separable"
    assert "learning" in verdict.sentence
    assert "competition" in verdict.sentence


@pytest.mark.usefixtures("without_detectable")
def test_likeness_that_is_not_declared_is_not_taken_for_more_than_a_lean():
    for seed in (1, 2, 3):
        world = made(PlantedEffect(name="shared-club", by="trait"), RULED_OUT, trait=1.5, seed=seed)
        assert finding(run_study(world, draws=99), "emulation").stance != "for"


def test_the_smallest_effect_and_repetitions_of_a_question_reach_the_witness():
    """The smallest effect as a coefficient: its logarithm over the contrast of the exposure."""
    again = [{"id": "late", "says": "From 2005 on.", "window": ["2005", "2012"]}]
    made = case(towns=60, smallest_odds_ratio=3.0, repeat=again)
    assert made.analyses[0].smallest_odds_ratio == 3.0
    result = run_study(made, draws=99, workers=1)
    model = next(one for one in result.histories[0].models if one.mechanism == "emulation")
    own, trial = model.coefficient, finding(result, "emulation").trial
    assert trial.smallest == pytest.approx(math.log(3.0) / (own.contrast_to - own.contrast_from))
    told = [one for one in model.repeated if one.estimate is not None and one.events >= 5]
    assert "late" in {one.id for one in told}
    found = next(one for one in trial.safeguards if one.name == "repetitions")
    assert found.applies
    assert found.value == pytest.approx(sum(one.estimate > 0 for one in told) / len(told))
    assert found.ci_low == pytest.approx(sum((one.ci_low or 0) > 0 for one in told) / len(told))


def test_a_launch_silences_whatever_the_statistics_find(monkeypatch):
    """Sixty of 64 adoptions fall in one year: three events are left outside it, fewer than five."""
    years = ["2000", *["2005"] * 60, "2007", "2008", "2009"]
    adoptions = tables()["adoptions"].head(64).with_columns(time=pl.Series(years), confidence=pl.lit("high"))
    loud = Finding(
        witness="event history", body="statistics", analysis="q", mechanism="emulation", stance="for",
        reason="made for this test", joint_with=("learning",),
    )  # fmt: skip
    monkeypatch.setattr("diffuscope.study.witnesses.statistics_of", lambda *_: (loud,))
    found = next(
        one
        for one in diffuscope.findings(case(adoptions=adoptions), "q", draws=99)
        if one.body == "statistics"
    )
    assert (found.stance, found.silence, found.joint_with) == ("silent", "too few events", ())
    assert found.reason.endswith("made for this test")
