"""Spellings of one reading are taken and told; two readings are a problem; nothing else is guessed."""

from __future__ import annotations

import polars as pl
import pytest

from diffuscope.case import case_from_frames, new_case, read_case
from diffuscope.tables.read_as import fold

UNITS = pl.DataFrame(
    {
        "unit": ["south", "da-lat", "ab", "a-b", "đà-nẵng"],
        "name": ["South", "Dalat", "Ab", "A B", "Đà Nẵng"],
        "kind": ["state", "city", "city", "city", "city"],
        "role": ["other", *["adopter"] * 4],
        "parent": [None, *["south"] * 4],
    }
)
AREAS = pl.DataFrame({"area": ["Water", "Civic & Social"]})


def case(words: dict[str, list[str]] | None = None, **columns: str):
    row = {
        "wave": "2025", "unit": "da-lat", "title": "Pumps", "area": "Water", "status": "ongoing",
        "status_basis": "reported", "link_basis": "not linked", "source": "returns",
    }  # fmt: skip
    return case_from_frames(
        id="t",
        title="T",
        waves={"2025": "2025", "FY 2026": "2026"},
        units=UNITS,
        areas=AREAS,
        projects=pl.DataFrame([{**row, **columns}]),
        words=None if words is None else pl.DataFrame(words),
    )


@pytest.mark.parametrize(
    ("column", "written", "means"),
    [
        ("status", "On-going", "ongoing"),
        ("status", "ON GOING", "ongoing"),
        ("status", "completed\u200b", "completed"),
        ("status", "On_Hold", "on hold"),
        ("unit", "Da Lat", "da-lat"),
        ("unit", "Đà Nẵng", "đà-nẵng"),
        ("unit", "Da Nang", "đà-nẵng"),
        ("wave", "FY2026", "FY 2026"),
        ("area", "civic &  social", "Civic & Social"),
    ],
)
def test_case_spaces_hyphens_and_what_nobody_sees_make_no_other_word(column, written, means):
    found = case(**{column: written})
    assert found.problems == ()
    value = found.tables["projects"][column].item()
    assert (list(value) if column == "unit" else value) == ([means] if column == "unit" else means)
    assert [(one.column, one.written, one.means, one.row) for one in found.read_as] == [
        (column, written, means, 2)
    ]


def test_what_stands_as_it_should_is_not_told():
    assert case().read_as == ()


@pytest.mark.parametrize(
    ("column", "written", "rule"),
    [
        ("status", "ongoin", "bad-choice"),
        ("status", "finished", "bad-choice"),
        ("unit", "Dalat City", "unknown-id"),
        ("unit", "da-nag", "unknown-id"),
    ],
)
def test_other_letters_are_other_words(column, written, rule):
    found = case(**{column: written})
    assert found.read_as == ()
    assert rule in {problem.rule for problem in found.problems}
    assert case(area="Civic and Social").read_as == ()


def test_two_readings_are_one_problem_and_the_id_itself_is_none():
    (problem,) = case(unit="A B").problems
    assert (problem.rule, problem.row, problem.column, problem.value) == ("two-readings", 2, "unit", "A B")
    assert "`a-b` and `ab`" in problem.message
    assert case(unit="a-b").problems == ()


def test_declared_words_are_taken_and_kept():
    words = {
        "column": ["status", "unit", "area"],
        "written": ["Selesai", "Dl.", "Kota"],
        "means": ["completed", "da-lat", "Civic & Social"],
    }
    found = case(words, status="selesai", unit="ab; Dl.", area="KOTA")
    assert found.problems == ()
    row = found.tables["projects"].row(0, named=True)
    assert (row["status"], row["unit"], row["area"]) == ("completed", ["ab", "da-lat"], "Civic & Social")
    assert found.words == {
        "status": {"Selesai": "completed"},
        "unit": {"Dl.": "da-lat"},
        "area": {"Kota": "Civic & Social"},
    }


@pytest.mark.parametrize(
    ("column", "written", "means", "rule", "level"),
    [
        ("status", "Selesai", "complete", "bad-choice", "error"),
        ("state_of_it", "Selesai", "completed", "unknown-column", "warning"),
        ("label", "Negara", "Countri", "unknown-label", "warning"),
    ],
)
def test_words_that_stand_for_nothing_are_told(column, written, means, rule, level):
    (problem,) = case({"column": [column], "written": [written], "means": [means]}).problems
    assert (problem.rule, problem.level, problem.row) == (rule, level, 2)


def test_a_word_cannot_take_the_place_of_what_a_column_expects():
    words = {"column": ["status"], "written": ["ongoing"], "means": ["completed"]}
    assert [problem.rule for problem in case(words).problems] == ["two-readings"]


def test_words_stand_in_the_settings_too(tmp_path):
    folder = new_case(tmp_path / "mine", monitoring=True)
    text = (folder / "case.toml").read_text(encoding="utf-8")
    (folder / "case.toml").write_text(text + '\n[words.status]\n"Under way" = "ongoing"\n', encoding="utf-8")
    projects = (folder / "projects.csv").read_text(encoding="utf-8")
    (folder / "projects.csv").write_text(projects.replace(",ongoing,", ",under-way,"), encoding="utf-8")
    read = read_case(folder)
    assert read.problems == ()
    assert read.words == {"status": {"Under way": "ongoing"}}
    assert {(one.written, one.means) for one in read.read_as} == {("under-way", "ongoing")}


@pytest.mark.parametrize("given", ['words = "x"', "[words]\nstatus = 1", "[words.status]\nx = 2"])
def test_settings_that_are_no_words_are_told(tmp_path, given):
    folder = new_case(tmp_path / "mine")
    text = (folder / "case.toml").read_text(encoding="utf-8")
    (folder / "case.toml").write_text(
        f"{given}\n{text}" if "=" in given[:9] else f"{text}\n{given}\n", encoding="utf-8"
    )
    assert "bad-setting" in {problem.rule for problem in read_case(folder).problems}


def test_marks_that_are_letters_stay_letters():
    assert fold("เมือง") != fold("เมอง")
    assert fold("A\ufe0f b") == "ab"


def test_check_lists_what_was_read_as_what(tmp_path, capsys):
    from diffuscope.cli import main

    folder = new_case(tmp_path / "mine", monitoring=True)
    projects = (folder / "projects.csv").read_text(encoding="utf-8")
    (folder / "projects.csv").write_text(projects.replace(",ongoing,", ",On-going,"), encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        main(["check", str(folder)])
    assert left.value.code == 0
    said = capsys.readouterr().out
    assert "read as  projects.csv, status: `On-going` is read as `ongoing`" in said
    assert "No problems in" in said
    assert len(read_case(folder).read_as_lines(most=0)) == 1
