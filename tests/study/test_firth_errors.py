"""Errors of Firth's logit in a study: by the bootstrap of units where a unit has rows of several policies."""

from __future__ import annotations

import polars as pl
import pytest

from diffuscope.models import firth, firth_bootstrap
from diffuscope.study.firth_errors import DRAWS, INDEPENDENT, ONE_WAY, by_firth

FORMULA = "event ~ x"


@pytest.fixture(scope="module")
def rows():
    unit = [f"u{number}" for number in range(12) for _ in range(8)]
    policy = ["a", "b"] * 48
    x = [(number * 7 % 5) / 4 for number in range(12) for _ in range(8)]
    event = [int((number * 13 + row * 5) % 11 < 2 + number % 2) for number in range(12) for row in range(8)]
    return pl.DataFrame({"unit": unit, "policy": policy, "x": x, "event": event})


def test_with_several_policies_units_are_drawn(rows):
    (fit,) = by_firth(FORMULA, [rows], {}, "auto", 3)
    expected = firth_bootstrap(firth(FORMULA, rows), rows, draws=DRAWS, seed=3)
    assert fit.ci_low.tolist() == expected.ci_low.tolist()
    assert fit.clusters == (("unit", 12),)


def test_units_that_decide_together_are_drawn_together(rows):
    joint = rows.with_columns(decider=pl.col("unit").replace({"u1": "u0"}))
    (fit,) = by_firth(FORMULA, [joint], {}, "unit", 3)
    assert fit.clusters == (("decider", 11),)


def test_with_one_policy_or_where_the_question_says_so_rows_are_independent(rows):
    alone = rows.filter(pl.col("policy") == "a")
    for frame, errors in ((alone, "auto"), (rows, "none")):
        (fit,) = by_firth(FORMULA, [frame], {}, errors, 3)
        assert fit.interval == "profile penalised likelihood"
        assert fit.warnings == firth(FORMULA, frame).warnings


def test_where_units_cannot_be_drawn_the_record_says_that_rows_are_taken_as_independent(rows):
    (fit,) = by_firth(FORMULA, [rows.with_columns(unit=pl.lit("u0"))], {}, "auto", 3)
    assert fit.interval == "profile penalised likelihood"
    assert any(one.startswith(f"{INDEPENDENT}, because") and "one cluster" in one for one in fit.warnings)


def test_a_second_way_of_clustering_is_said_to_be_left_out(rows):
    (fit,) = by_firth(FORMULA, [rows], {}, "unit and policy", 3)
    assert ONE_WAY in fit.warnings


def test_models_of_several_policies_in_the_founding_case_are_clustered_by_unit(founding_result):
    estimates = {(one.analysis, each.id): each for one in founding_result.histories for each in one.estimates}
    assert estimates["sub-areas", "main"].interval.startswith("penalised bootstrap by unit, percentiles of ")
    assert estimates["sub-areas", "main"].clusters == (("unit", 10),)
    assert estimates["smart-cities", "main"].clusters == ()
