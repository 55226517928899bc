"""Parts of a study and witnesses are objects in a list: a new one is one file."""

from __future__ import annotations

import msgspec
import pytest
from spread import case

from diffuscope import findings, run_study
from diffuscope.errors import PlanError
from diffuscope.study import PARTS, parts
from diffuscope.tables.catalogue import CATALOGUE

NEW = """
import msgspec
from diffuscope.records import Problem
from diffuscope.study.parts.part import Part


def _run(study, result, heard):
    units = study.case.table("units").height
    more = Problem(level="warning", rule="counted-units", message=str(units), fix="none")
    return msgspec.structs.replace(result, problems=(*result.problems, more))


PART = Part(
    name="counting", reads=("units",), shows=None, needs="the table `units`", lacks=lambda case: None,
    problems=lambda case, layers: [], run=_run, after="audit",
)
"""


def test_every_part_reads_tables_that_exist_and_says_what_it_needs():
    assert list(PARTS) == ["mechanisms", "statistics", "monitoring", "networks", "audit"]
    for part in PARTS.values():
        assert set(part.reads) <= set(CATALOGUE)
        assert part.needs
        assert part.shows is None or set(part.shows) <= set(CATALOGUE)


def test_a_part_that_is_a_file_of_its_own_is_found_and_run(tmp_path, monkeypatch):
    (tmp_path / "counting.py").write_text(NEW)
    monkeypatch.setattr(parts, "__path__", [*parts.__path__, str(tmp_path)])
    found = parts._in_order()
    assert list(found) == [*PARTS, "counting"]
    monkeypatch.setattr(parts, "PARTS", found)
    asked = case()
    result = run_study(asked, parts=["counting"])
    assert result.run.parts == ("counting",)
    assert [one.message for one in result.problems if one.rule == "counted-units"] == [
        str(asked.table("units").height)
    ]
    assert result.findings == ()
    assert result.run.frozen is None  # it answers none of the questions that can be frozen


@pytest.mark.usefixtures("without_detectable")
def test_every_witness_is_asked_by_the_study_and_below_it():
    witnesses = [part.witness.name for part in PARTS.values() if part.witness]
    assert witnesses == ["evidence", "event history", "inferred networks"]
    asked = case()
    question = asked.analyses[0].id
    above = [one for one in run_study(asked, draws=99).findings if one.analysis == question]
    assert msgspec.to_builtins(findings(asked, question, draws=99)) == msgspec.to_builtins(tuple(above))


def test_an_unknown_part_is_refused_by_name():
    with pytest.raises(PlanError, match="There is no part `magic`; the parts are mechanisms"):
        run_study(case(), parts=["magic"])


def test_what_answers_questions_says_whether_they_were_frozen():
    answering = [part.name for part in PARTS.values() if part.answers_questions]
    assert answering == ["mechanisms", "statistics", "networks"]
    assert run_study(case(), parts=["mechanisms"]).run.frozen.state == "never frozen"
