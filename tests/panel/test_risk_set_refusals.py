"""Risk sets that cannot be asked for: every mistake names its row, and is refused in words."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pytest
from histories_made import laws

from diffuscope import CaseError, PlanError, person_period

# Mistakes are told, with their rows


@pytest.mark.parametrize(
    ("rows", "columns", "rule", "row"),
    [
        ([("a", 2000), ("a", 2001)], ("unit", "time"), "repeated-adoption", 3),
        ([("a", 2000), ("a", None)], ("unit", "time"), "repeated-adoption", 3),
        ([("a", 2000, 2003), ("a", 2002, None)], ("unit", "time", "until"), "repeated-adoption", 3),
        ([("a", 2000, 1999)], ("unit", "time", "until"), "order", 2),
        ([("a", 2000, 1999)], ("unit", "time", "time_latest"), "order", 2),
        ([("a", 2000), (None, 2001)], ("unit", "time"), "missing-value", 3),
        ([("a", "2000"), ("b", "soon")], ("unit", "time"), "bad-date", 3),
        ([("a", 2000.0), ("b", 2001.5)], ("unit", "time"), "bad-date", 3),
    ],
)
def test_every_mistake_names_its_row(rows, columns, rule, row):
    with pytest.raises(CaseError) as told:
        person_period(laws(*rows, columns=columns))
    assert (rule, row) in {(problem.rule, problem.row) for problem in told.value.problems}


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("after watching ends", {"origin": 2009, "censor": 2005}),
        ("before it begins", {"window": (2005, 2003)}),
        ("period is", {"period": "decade"}),
        ("ranges is", {"ranges": "drop"}),
        ("since is", {"since": "birth"}),
        ("could be a year", {"period": "month"}),
        ("no waves are given", {"period": "wave"}),
        ("named twice", {"units": ["a", "a"]}),
        ("not a policy of the panel", {"origin": {"z": 2000}}),
        ("is not a date", {"censor": "soon"}),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(words, options):
    with pytest.raises(PlanError, match=words):
        person_period(laws(("a", 2000), ("b", 2001)), **options)


@pytest.mark.parametrize(
    ("times", "error"),
    [
        ([2000.0, float("inf")], CaseError),
        ([2000, 9999], CaseError),
        ([True, False], CaseError),
        ([[2000], [2001]], PlanError),
        (pd.PeriodIndex(["2000", "2001"], freq="Y"), PlanError),
    ],
)
def test_times_that_are_none_are_refused_in_words(times, error):
    with pytest.raises(error):
        person_period(pd.DataFrame({"unit": ["a", "b"], "time": times}))


@pytest.mark.parametrize(
    "options",
    [
        {"window": (2000,)},
        {"units": "ab"},
        {"policies": "policy"},
        {"entry": {"a": "soon"}},
        {"origin": "fist"},
    ],
)
def test_options_that_say_nothing_are_refused_in_words(options):
    with pytest.raises(PlanError):
        person_period(laws(("a", 2000), ("b", 2001)), **options)


def test_something_else_than_a_frame_is_refused():
    with pytest.raises(PlanError, match="share a name"):
        person_period(pd.DataFrame([["a", 1, 2]], columns=["unit", "time", "time"]))
    with pytest.raises(PlanError, match="pandas, Polars or Arrow"):
        person_period([("a", 2000)])
    with pytest.raises(PlanError, match="`time`"):
        person_period(pl.DataFrame({"unit": ["a"]}))
