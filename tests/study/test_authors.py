"""What an author concluded stands under the question that the author asked, and is marked beside others."""

from __future__ import annotations

import polars as pl
import pytest

from diffuscope import case_from_frames, run_study
from diffuscope.errors import CaseError

UNITS = pl.DataFrame({"unit": ["a", "b"], "name": ["A", "B"], "kind": "town", "role": "adopter"})
DOCUMENTS = pl.DataFrame({"document": ["early", "late"], "title": ["Early", "Late"]})
QUESTIONS = [{"id": name, "question": f"Why {name}?", "units": "town"} for name in ("joined", "built")]


def study(**columns: list[str | None]):
    verdicts = pl.DataFrame({"mechanism": "learning", "verdict": "at work"} | columns)
    return run_study(
        case_from_frames(analyses=QUESTIONS, units=UNITS, documents=DOCUMENTS, author_verdicts=verdicts),
        parts=("mechanisms",),
    )


def beside(result, analysis):
    found = (one for one in result.verdicts if (one.analysis, one.mechanism) == (analysis, "learning"))
    return next(found).author


def test_a_conclusion_on_another_question_says_so():
    result = study(
        analysis=["joined", "built"], document=["early", "early"], question=["own", "nearest other"]
    )
    assert beside(result, "joined").own_question is True
    assert beside(result, "built").own_question is False


def test_the_question_is_the_authors_own_unless_it_is_said():
    result = study(analysis=["joined", "built"], document=["early", "early"], question=[None, ""])
    assert {said.own_question for said in result.author_verdicts} == {True}
    assert {said.own_question for said in study(analysis=["joined"]).author_verdicts} == {True}


def test_who_asked_this_question_is_heard_before_who_asked_another():
    result = study(
        analysis=["joined", "joined"], document=["early", "late"], question=["nearest other", "own"]
    )
    assert beside(result, "joined").document == "late"
    assert len(result.author_verdicts) == 2


def test_any_other_word_is_a_problem():
    with pytest.raises(CaseError) as refused:
        study(analysis=["joined"], question=["nearest"])
    [problem] = refused.value.problems
    assert (problem.table, problem.row, problem.column, problem.value) == (
        "author_verdicts",
        2,
        "question",
        "nearest",
    )
