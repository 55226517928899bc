"""Questions frozen before their data are looked at: kept, changed or never frozen, and what changed."""

from __future__ import annotations

import dataclasses
import json
import re
import zipfile
from pathlib import Path

import msgspec
import pytest

import diffuscope
from diffuscope.errors import CaseError, PlanError
from diffuscope.study import freeze_questions, freeze_state


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return diffuscope.new_case(tmp_path / "buses")


def test_what_was_frozen_is_kept_however_rows_and_outcomes_change(folder):
    frozen = freeze_questions(folder)
    held = json.loads((folder / "frozen.json").read_bytes())
    assert held["sha256"] == frozen.sha256
    assert re.fullmatch(r"[0-9a-f]{64}", frozen.sha256)
    assert set(held["questions"]) == {one.id for one in diffuscope.read_case(folder).analyses}
    for table in ("adoptions", "evidence"):
        lines = (folder / f"{table}.csv").read_text(encoding="utf-8").splitlines()
        (folder / f"{table}.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]), encoding="utf-8")
    units = (folder / "units.csv").read_text(encoding="utf-8").splitlines()
    (folder / "units.csv").write_text("\n".join([units[0], *reversed(units[1:])]), encoding="utf-8")
    state = freeze_state(diffuscope.read_case(folder))
    assert (state.state, state.sha256, state.date) == ("kept", frozen.sha256, frozen.date)


def test_outcomes_are_not_read(folder):
    expected = freeze_questions(folder).sha256
    (folder / "frozen.json").unlink()
    for table in ("adoptions", "evidence", "outcomes", "projects"):
        (folder / f"{table}.csv").write_bytes(b"\xff\xfe\x00 this is no table")
    assert freeze_questions(folder).sha256 == expected


def test_the_fingerprint_of_the_case_does_not_change(folder):
    before = diffuscope.read_case(folder).sha256
    freeze_questions(folder)
    assert diffuscope.read_case(folder).sha256 == before
    assert not diffuscope.read_case(folder).problems


def test_what_changed_is_named_by_analysis_and_key(folder):
    freeze_questions(folder)
    first = diffuscope.read_case(folder).analyses[0].id
    text = (folder / "case.toml").read_text(encoding="utf-8")
    (folder / "case.toml").write_text(
        text.replace("[[analysis]]", "[[analysis]]\nlag = 2", 1), encoding="utf-8"
    )
    state = freeze_state(diffuscope.read_case(folder))
    assert (state.state, state.changes) == ("changed", (f"the question `{first}`: lag",))
    with pytest.raises(PlanError, match=r"changed since: the question .*: lag"):
        freeze_questions(folder)
    with (folder / "case.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[analysis]]\nid = "second"\nquestion = "And why not?"\n')
    assert "the question `second` is new" in freeze_state(diffuscope.read_case(folder)).changes


def test_another_date_of_a_wave_is_another_question_where_waves_are_counted(folder):
    file = folder / "case.toml"
    text = re.sub(r"(?m)^(period|window) = .*$", "", file.read_text(encoding="utf-8"))
    text = text.replace("[[analysis]]", '[[analysis]]\nperiod = "wave"', 1)
    file.write_text(text + '\n[waves]\none = "2001-01-01"\ntwo = "2004-01-01"\n', encoding="utf-8")
    case = diffuscope.read_case(folder)
    freeze_questions(folder)
    assert freeze_state(diffuscope.read_case(folder)).state == "kept"
    file.write_text(file.read_text(encoding="utf-8").replace("2004-01-01", "2005-01-01"), encoding="utf-8")
    changes = freeze_state(diffuscope.read_case(folder)).changes
    assert changes == (f"the question `{case.analyses[0].id}`: waves",)


def test_another_unit_is_another_question_and_another_note_is_not(folder):
    freeze_questions(folder)
    case = diffuscope.read_case(folder)
    noted = msgspec.structs.replace(case.analyses[0], note="Looked at again.")
    again = dataclasses.replace(case, analyses=(noted, *case.analyses[1:]))
    assert freeze_state(again).state == "kept"
    first = case.analyses[0]
    fewer = msgspec.structs.replace(first, units=first.units[1:])
    state = freeze_state(dataclasses.replace(case, analyses=(fewer, *case.analyses[1:])))
    assert state.changes == (f"the question `{first.id}`: units",)


def test_a_file_that_was_edited_is_not_kept(folder):
    freeze_questions(folder)
    held = json.loads((folder / "frozen.json").read_text(encoding="utf-8"))
    held["questions"][next(iter(held["questions"]))]["lag"] = 9
    (folder / "frozen.json").write_text(json.dumps(held), encoding="utf-8")
    state = freeze_state(diffuscope.read_case(folder))
    assert state.state == "changed"
    assert "frozen.json" in state.changes[0]


def test_freezing_again_keeps_the_first_date(folder):
    first = freeze_questions(folder)
    assert freeze_questions(folder) == first


def test_never_frozen_is_said_too(folder):
    assert freeze_state(diffuscope.read_case(folder)).state == "never frozen"


def test_a_file_that_holds_something_else_is_a_problem(folder):
    (folder / "frozen.json").write_text("[]", encoding="utf-8")
    [problem] = diffuscope.read_case(folder).problems
    assert (problem.rule, problem.file) == ("bad-frozen", "frozen.json")
    with pytest.raises(CaseError):
        freeze_questions(folder)


def test_only_folders_can_be_frozen_but_a_zip_keeps_its_freeze(folder, tmp_path):
    freeze_questions(folder)
    packed = tmp_path / "buses.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    assert freeze_state(diffuscope.read_case(packed)).state == "kept"
    with pytest.raises(PlanError, match="Only a case folder"):
        freeze_questions(packed)


def test_a_run_carries_whether_the_questions_were_kept(folder):
    freeze_questions(folder)
    result = diffuscope.run_study(diffuscope.read_case(folder), draws=99, parts=("mechanisms",))
    assert result.run.frozen is not None
    assert result.run.frozen.state == "kept"
