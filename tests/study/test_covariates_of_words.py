"""Covariates of words: studied as categories with every safeguard, or refused at the check."""

from __future__ import annotations

import polars as pl
import pytest
from spread import case, tables

from diffuscope import case_from_frames
from diffuscope.errors import CaseError
from diffuscope.study import case_problems, run_study

FAITHS = ("red", "blue", "green")


def with_faith(values, **asked):
    """The case with one more variable; `values` are taken in turn by the units."""
    source = tables()["attributes"]
    units = source["unit"].unique(maintain_order=True)
    more = pl.DataFrame({"unit": units, "variable": "faith"}).with_columns(
        time=pl.lit(None, dtype=pl.String),
        value=pl.Series([values[at % len(values)] for at in range(units.len())], dtype=pl.String),
        source=pl.lit("s"),
    )
    return case(attributes=pl.concat([source, more.select(source.columns)]), **asked)


def rules(found):
    return [(problem.rule, problem.row is not None) for problem in found if problem.level == "error"]


@pytest.mark.usefixtures("without_detectable")
def test_a_covariate_of_words_runs_through_every_safeguard():
    asked = with_faith(FAITHS, covariates=["wealth", "faith"])
    assert rules(case_problems(asked)) == []
    result = run_study(asked, draws=99, workers=1)
    main = result.histories[0].estimates[0]
    assert main.refused is None
    assert {one.term for one in main.coefficients} >= {"faith[T.green]", "faith[T.red]"}


def test_one_word_among_numbers_is_a_problem_of_its_row():
    asked = with_faith([*"123456789", "N/A"], covariates=["faith"])
    assert set(rules(case_problems(asked))) == {("bad-number", True)}
    with pytest.raises(CaseError, match="must be fixed"):
        run_study(asked)


@pytest.mark.parametrize("value", ["nan", "inf", "-Infinity", "1e400"])
def test_what_is_no_finite_number_is_refused_at_the_check(value):
    asked = with_faith([*"123456789", value], covariates=["faith"])
    assert {row for _, row in rules(case_problems(asked))} == {True}


@pytest.mark.parametrize("setting", ["covariates", "drivers"])
def test_numbers_and_words_together_are_refused_where_they_are_asked_for(setting):
    asked = with_faith(["1", "2", "red"], **{setting: ["faith"]})
    assert rules(case_problems(asked)) == [("mixed-variable", False)]
    assert rules(case_problems(with_faith(["1", "2", "red"]))) == []


@pytest.mark.parametrize(
    ("formula", "refused"),
    [
        ("adopted ~ log(faith)", True),
        ("adopted ~ I(faith ** 2)", True),
        ("adopted ~ C(faith)", False),
        ("adopted ~ faith:wealth", False),
        ("adopted ~ log(wealth) + faith", False),
    ],
)
def test_a_formula_that_computes_with_words_is_refused_at_the_check(formula, refused):
    found = rules(case_problems(with_faith(FAITHS, formula=formula)))
    assert found == ([("bad-formula", False)] if refused else [])


def test_a_case_without_units_is_told_so_and_no_layer_is_looked_for():
    asked = case_from_frames(
        policies=pl.DataFrame({"policy": ["law"], "name": ["A law"]}),
        analyses=[
            {
                "id": "q",
                "question": "Why?",
                "policies": ["law"],
                "units": ["a", "b"],
                "layers": {"learning": "x"},
            }
        ],
    )
    assert "missing-table" in {problem.rule for problem in case_problems(asked)}
