"""Questions that come back answered, half answered or not at all: no row is lost or taken unasked."""

from __future__ import annotations

import pytest
from messy import Form
from network_people import OFFICER

from diffuscope import register
from diffuscope.errors import PlanError

WAVE = "2026"


@pytest.fixture
def asked(on_sqlite, tmp_path):
    """A workbook in which one project lost its key and was renamed a little; what is asked about it."""
    register.open_wave(on_sqlite, WAVE, due="2026-09-30", person=OFFICER)
    [file] = register.write_forms(on_sqlite, WAVE, person=OFFICER, members=["SGP"], out=tmp_path)
    form = Form(file)
    row = form.row_of("Marine")
    form.put(row, key="", title=f"{form.get(row, 'title')} II")
    preview = taken(on_sqlite, form.save(tmp_path / "singapore.xlsx"))
    assert rules(on_sqlite) == ["same-project"]
    return on_sqlite, tmp_path, preview.questions


def taken(folder, file):
    [one] = register.take_in(folder, [file], person=OFFICER)
    return one


def rules(folder):
    return [one.rule for one in register.queries(folder, WAVE, person=OFFICER)]


def projects(folder):
    [one] = [row for row in register.status(folder, WAVE, person=OFFICER) if row.member == "SGP"]
    return one.projects


@pytest.mark.parametrize(("cells", "rows"), [({"report": "leave out"}, 5), ({"key": "new"}, 6)])
def test_a_row_that_is_no_known_project_makes_that_project_missing(asked, cells, rows):
    folder, inbox, questions = asked
    answers = Form(questions)
    answers.put(6, **cells)
    back = taken(folder, answers.save(inbox / "answers.xlsx"))
    assert rules(folder) == ["missing-row"], "the project that it was taken for is asked about"
    assert projects(folder) == rows
    with pytest.raises(PlanError, match="1 question to Singapore is open"):
        register.accept_return(folder, WAVE, "SGP", person=OFFICER)
    again = Form(back.questions)
    again.put(6, report="completed")
    taken(folder, again.save(inbox / "answers 2.xlsx"))
    assert rules(folder) == []
    assert projects(folder) == rows + 1


def test_a_question_that_is_sent_back_as_it_was_is_asked_again(asked):
    folder, inbox, questions = asked
    form = Form(questions)
    form.sheet.cell(2, 1).value = "seen"
    taken(folder, form.save(inbox / "answers.xlsx"))
    assert rules(folder) == ["same-project"]
    assert projects(folder) == 5


def test_a_question_whose_row_was_taken_out_of_the_workbook_stays_open(asked):
    folder, inbox, questions = asked
    form = Form(questions)
    form.sheet.delete_rows(6)
    assert "holds no project" in taken(folder, form.save(inbox / "answers.xlsx")).refused
    assert rules(folder) == ["same-project"]


def test_a_row_settled_by_telephone_leaves_no_project_unasked(asked):
    folder, _, _ = asked
    [query] = register.queries(folder, WAVE, person=OFFICER)
    said = register.settle(folder, query.number, answer="a slip of the pen", person=OFFICER)
    assert "asks what became of `sin-marine-digital-twin`" in said
    [missing] = register.queries(folder, WAVE, person=OFFICER)
    said = register.settle(folder, missing.number, answer="still running, by telephone", person=OFFICER)
    assert "stands in the wave as it was last reported" in said
    assert projects(folder) == 6
    [line] = [
        one for one in register.history(folder, "sin-marine-digital-twin", person=OFFICER) if one.wave == WAVE
    ]
    assert "still running, by telephone" in line.new
    assert register.check_register(folder) == []


def test_a_missing_project_that_is_not_to_be_reported_stays_out(asked):
    folder, inbox, questions = asked
    answers = Form(questions)
    answers.put(6, report="leave out")
    taken(folder, answers.save(inbox / "answers.xlsx"))
    [missing] = register.queries(folder, WAVE, person=OFFICER)
    register.settle(folder, missing.number, answer="given up", leave_out=True, person=OFFICER)
    assert projects(folder) == 5
    assert rules(folder) == []


def test_a_project_that_was_missing_and_comes_with_another_workbook_is_asked_about_no_more(
    on_sqlite, tmp_path
):
    register.open_wave(on_sqlite, WAVE, due="2026-09-30", person=OFFICER)
    [file] = register.write_forms(on_sqlite, WAVE, person=OFFICER, members=["SGP"], out=tmp_path)
    form = Form(file)
    row = form.row_of("Marine")
    held = {column: form.get(row, column) for column in form.places}
    form.put(row, **dict.fromkeys(form.places, ""))
    taken(on_sqlite, form.save(tmp_path / "first.xlsx"))
    assert rules(on_sqlite) == ["missing-row"]
    form.put(row, **{column: value for column, value in held.items() if value is not None})
    taken(on_sqlite, form.save(tmp_path / "second.xlsx"))
    assert rules(on_sqlite) == []
    assert projects(on_sqlite) == 6
