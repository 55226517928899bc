"""A new case: whole, without problems, and never written over something or by halves."""

from __future__ import annotations

import csv
import os
import tomllib
from pathlib import Path

import polars as pl
import pytest

from diffuscope.case import scaffold
from diffuscope.case.from_frames import case_from_frames
from diffuscope.case.read import read_case
from diffuscope.case.scaffold import new_case
from diffuscope.errors import CaseError
from diffuscope.study import case_problems, run_study
from diffuscope.tables.catalogue import CATALOGUE


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def as_frames(folder: Path):
    """The case of a folder, read without the reading half."""
    says = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    tables = {file.stem: pl.read_csv(file, infer_schema=False) for file in folder.glob("*.csv")}
    return case_from_frames(id=says["id"], title=says["title"], analyses=says["analysis"], **tables)


def test_a_new_case_has_no_problem_at_all(tmp_path):
    assert new_case(tmp_path / "mine") == tmp_path / "mine"
    case = as_frames(tmp_path / "mine")
    assert case.problems == ()
    assert case.id == "mine"
    (analysis,) = case.analyses
    assert len(analysis.units) == 6


@pytest.mark.parametrize("monitoring", [False, True])
def test_what_is_written_can_be_checked_and_studied_untouched(tmp_path, monitoring):
    case = read_case(new_case(tmp_path / "mine", monitoring=monitoring))
    assert case_problems(case) == ()
    result = run_study(case)
    if monitoring:
        assert case.table("projects").height > 0
        assert "invented" in case.title.lower() + case.description.lower()
    else:
        found = {verdict.mechanism: verdict.verdict for verdict in result.verdicts}
        assert found["learning"] == "weak"
        assert result.chronology[0].testable is True


def test_the_example_is_small_and_shows_what_a_case_holds(tmp_path):
    case = as_frames(new_case(tmp_path / "mine"))
    assert 5 <= case.table("units").height <= 8
    dates = case.table("adoptions")["time"].to_list()
    assert len(set(dates)) == len(dates) > 2
    assert case.table("evidence")["mechanism"].n_unique() == 2
    assert case.table("evidence")["coder"].n_unique() == 1
    for name in ("ties", "support", "events", "attendance", "documents", "author_verdicts"):
        assert case.table(name).height > 0, name


def test_whatever_is_invented_says_so(tmp_path):
    case = as_frames(new_case(tmp_path / "mine"))
    assert "invented" in case.title
    for name in ("attributes", "adoptions", "ties", "support"):
        assert set(case.table(name)["basis"].to_list()) <= {"simulated", "judged"}, name
    for name in ("units", "policies", "events", "evidence"):
        assert case.table(name)["note"].str.starts_with("Invented").all(), name
    assert case.table("documents")["title"].str.contains("invented").all()


@pytest.mark.parametrize("monitoring", [False, True])
def test_guidance_stands_beside_the_tables_and_not_in_them(tmp_path, monitoring):
    folder = new_case(tmp_path / "mine", monitoring=monitoring)
    readme = (folder / "README.md").read_text(encoding="utf-8")
    explained = CATALOGUE if not monitoring else [file.stem for file in folder.glob("*.csv")]
    assert all(f"`{name}.csv`" in readme for name in explained)
    assert "{" not in readme + (folder / "case.toml").read_text(encoding="utf-8").replace("{id}", "{")
    for file in folder.glob("*.csv"):
        rows = list(csv.reader(file.open(encoding="utf-8", newline="")))
        assert {len(row) for row in rows} == {len(rows[0])}, file.name
        assert set(rows[0]) <= set(CATALOGUE[file.stem].names), file.name
        assert monitoring or len(rows[0]) == len(CATALOGUE[file.stem].names), file.name
        assert b"\r" not in file.read_bytes()


@pytest.mark.parametrize("name", ["my case é", "a 'b' \"c\"", "2024", "...", "城市", "x" * 120])
def test_a_case_is_named_after_its_folder(tmp_path, name):
    case = as_frames(new_case(tmp_path / name))
    assert case.problems == ()
    assert case.id


def test_a_folder_in_use_is_refused_and_left_alone(tmp_path):
    folder = new_case(tmp_path / "mine")
    before = contents(tmp_path)
    with pytest.raises(CaseError, match="mine is already in use"):
        new_case(folder)
    (tmp_path / "file").write_text("x")
    with pytest.raises(CaseError, match="file is already in use"):
        new_case(tmp_path / "file")
    assert contents(tmp_path) == {**before, "file": b"x"}


def test_an_empty_folder_is_filled_and_stays_the_same_folder(tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    before = (tmp_path / "mine").stat().st_ino
    monkeypatch.chdir(tmp_path / "mine")
    new_case(".")
    assert (tmp_path / "mine" / "case.toml").is_file()
    assert (tmp_path / "mine").stat().st_ino == before
    assert as_frames(tmp_path / "mine").id == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_folders_around_it_are_made(tmp_path):
    new_case(tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a" / "b" / "c" / "case.toml").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a"]


@pytest.mark.parametrize("place", ["mine", "a/b/mine", "there"])
@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError, RuntimeError])
def test_nothing_is_left_behind_when_it_is_stopped(tmp_path, monkeypatch, place, stop):
    (tmp_path / "there").mkdir()
    written = []

    def stopped() -> str:
        written.append(1)
        raise stop

    monkeypatch.setattr(scaffold, "_tables", stopped)
    with pytest.raises(stop):
        new_case(tmp_path / place)
    assert written, "it was stopped on the way"
    assert list(tmp_path.rglob("*")) == [tmp_path / "there"]


def test_its_page_names_every_choice_of_what_it_explains(tmp_path):
    page = " ".join(new_case(tmp_path / "it", monitoring=True).joinpath("README.md").read_text().split())
    for table, name in (("projects", "status"), ("claims", "kind"), ("returns", "state")):
        choices = next(one.choices for one in CATALOGUE[table].columns if one.name == name)
        assert [one for one in choices if one not in page and one != "received"] == [], name


def test_nothing_is_left_behind_when_it_is_stopped_while_moving(tmp_path, monkeypatch):
    moved = []
    rename = Path.rename

    def stopped(self: Path, target: Path) -> Path:
        moved.append(target)
        if len(moved) == 4:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stopped)
    with pytest.raises(KeyboardInterrupt):
        new_case(tmp_path)
    assert len(moved) == 4
    assert list(tmp_path.parent.glob(".diffuscope-*")) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_the_folder_can_be_read_by_whom_others_can(tmp_path):
    (tmp_path / "other").mkdir()
    assert new_case(tmp_path / "mine").stat().st_mode == (tmp_path / "other").stat().st_mode
