"""The statistical body in a study: from the tables of a case to findings and verdicts."""

from __future__ import annotations

import polars as pl
import pytest
from spread import case

import diffuscope
from diffuscope import Planted, read_case
from diffuscope.errors import PlanError
from diffuscope.records import SafeguardName
from diffuscope.result import from_json, to_json
from diffuscope.study import run_study


@pytest.fixture(scope="module")
def result():
    return run_study(case(covariates=["wealth"], drivers=["wealth"], smallest_effect=2), draws=99)


def finding(result, mechanism):
    return next(one for one in result.findings if one.mechanism == mechanism and one.body == "statistics")


def test_every_mechanism_has_a_finding_of_event_history(result):
    found = [one for one in result.findings if one.body == "statistics"]
    assert [one.mechanism for one in found] == ["coercion", "competition", "emulation", "learning"]
    assert {one.witness for one in found} == {"event history"}


def test_a_mechanism_with_an_exposure_is_put_to_every_safeguard(result):
    trial = finding(result, "emulation").trial
    assert {one.name for one in trial.safeguards} == set(SafeguardName.__args__)
    main = result.histories[0].estimates[0]
    assert trial.estimate == next(one.estimate for one in main.coefficients if one.term == "emulation")
    assert trial.p_holm == next(one.p for one in trial.safeguards if one.name == "permuted ties")


def test_declared_drivers_of_ties_are_asked_for(result):
    drivers = next(
        one for one in finding(result, "emulation").trial.safeguards if one.name == "drivers of ties"
    )
    assert "With the declared drivers of the ties in the model (`wealth`)" in drivers.says


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


def test_results_do_not_depend_on_the_number_of_workers(result):
    alone = run_study(case(covariates=["wealth"], drivers=["wealth"], smallest_effect=2), draws=99, workers=1)
    assert alone.findings == result.findings


def test_trials_survive_the_file(result):
    assert from_json(to_json(result)).findings == result.findings


def test_too_few_draws_are_refused_before_anything_is_computed():
    with pytest.raises(PlanError, match="at least 99"):
        run_study(case(), draws=20)


def test_statistics_may_be_left_aside_and_the_verdicts_say_so():
    found = run_study(read_case("asean-smart-cities"), parts=["mechanisms", "monitoring"])
    assert (found.run.parts, found.histories) == (("mechanisms", "monitoring"), ())
    assert {one.body for one in found.findings} == {"evidence"}
    assert {one.statistics_silence for one in found.verdicts} == {"not asked"}
    told = next(one for one in found.verdicts if one.mechanism == "learning")
    assert told.sentence.endswith("the statistics were not asked.")


def test_statistics_are_asked_for_the_sake_of_mechanisms():
    assert run_study(case(), parts=["statistics"], draws=99).run.parts == ("mechanisms", "statistics")


def test_where_there_is_no_risk_set_nothing_is_tried():
    found = run_study(read_case("asean-smart-cities"), parts=["statistics"], draws=99)
    joined = [one for one in found.findings if one.analysis == "membership" and one.body == "statistics"]
    assert {(one.stance, one.silence) for one in joined} == {("silent", "no data")}
    assert all(one.reason.startswith("There is no risk set.") for one in joined)
    tried = {(one.analysis, one.mechanism) for one in found.findings if one.trial is not None}
    assert tried == {("smart-cities", "emulation"), ("sub-areas", "emulation")}


def made(planted, **world):
    """A case of a world in which it is known what spread."""
    made = diffuscope.additive_world([planted], wealth=0.6, units=80, periods=14, baseline=-2.6, **world)
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
            }
        ],
    )


def test_what_was_planted_is_found():
    found = run_study(made(Planted(name="shared-club", effect=4.0), seed=5), draws=99)
    assert finding(found, "emulation").stance == "for"
    verdict = next(one for one in found.verdicts if one.mechanism == "emulation")
    assert verdict.verdict == "supported by one body"


def test_likeness_that_is_not_declared_is_not_taken_for_more_than_a_lean():
    found = run_study(made(Planted(name="shared-club", by="trait"), trait=1.5, seed=1), draws=99)
    told = finding(found, "emulation")
    assert told.trial.low > 0
    assert told.stance == "leaning for"
    assert "failed" in told.reason
