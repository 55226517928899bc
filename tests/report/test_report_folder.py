"""Placing a report: whole or not at all, over an earlier one, and over nothing of anybody else's."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from diffuscope.errors import PlanError
from diffuscope.report.folder import RECORD, place

# enough of a result to be known as one
RESULT = (
    b'{"format": 1, "run": {"version": "1", "case_sha256": "", "seed": 0, "time": "", "python": ""}, '
    b'"case": {"id": "a", '
    b'"title": "A", "licence": "", "language": "", "description": "", "cite": "", "waves": {}, "tables": {}, '
    b'"files": {}}, "mechanisms": [], "analyses": [], "chronology": [], "findings": [], "verdicts": []}'
)
FILES = {"report.html": b"<p>", "tables/units.csv": b"unit\n", "result.json": RESULT}


def held(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_a_new_folder_holds_the_files_and_their_list(tmp_path):
    folder = tmp_path / "my reports é" / "one"
    place(FILES, folder)
    found = held(folder)
    assert {name: found[name] for name in FILES} == FILES
    listed = dict(line.split("  ")[::-1] for line in found[RECORD].decode().splitlines())
    assert listed == {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
    assert [path.name for path in folder.parent.iterdir()] == ["one"]


def test_the_list_is_what_sha256sum_reads(tmp_path):
    place(FILES, tmp_path / "out")
    checked = subprocess.run(
        ["sha256sum", "--check", RECORD], cwd=tmp_path / "out", capture_output=True, check=False
    )
    assert checked.returncode == 0


def test_an_earlier_report_is_replaced_and_its_leftovers_go(tmp_path):
    place({**FILES, "figures/map.svg": b"<svg/>"}, tmp_path)
    place({**FILES, "report.html": b"<p>new"}, tmp_path)
    found = held(tmp_path)
    assert found["report.html"] == b"<p>new"
    assert "figures/map.svg" not in found


def test_what_is_not_of_the_report_stays(tmp_path):
    place(FILES, tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "tables" / "mine.csv").write_text("mine")
    place({**FILES, "report.html": b"<p>new"}, tmp_path)
    found = held(tmp_path)
    assert (found["notes.txt"], found["tables/mine.csv"]) == (b"mine", b"mine")


@pytest.mark.parametrize("name", ["thesis.docx", "result.json", "report.html"])
def test_a_folder_in_use_is_left_alone(tmp_path, name):
    (tmp_path / name).write_text('{"my": "own"}')
    before = held(tmp_path)
    with pytest.raises(PlanError, match="holds other files"):
        place(FILES, tmp_path)
    assert held(tmp_path) == before


def test_what_a_desktop_leaves_behind_does_not_count(tmp_path):
    (tmp_path / ".DS_Store").write_bytes(b"")
    place(FILES, tmp_path)
    assert "report.html" in held(tmp_path)


def test_a_file_of_the_report_that_was_changed_is_not_lost(tmp_path):
    place(FILES, tmp_path)
    (tmp_path / "tables" / "units.csv").write_text("annotated")
    with pytest.raises(PlanError, match="was changed"):
        place({**FILES, "report.html": b"<p>new"}, tmp_path)
    found = held(tmp_path)
    assert (found["tables/units.csv"], found["report.html"]) == (b"annotated", b"<p>")


def test_beside_a_result_that_came_alone(tmp_path):
    (tmp_path / "result.json").write_bytes(FILES["result.json"])
    place(FILES, tmp_path)
    assert set(held(tmp_path)) == {*FILES, RECORD}


def test_beside_a_result_nothing_else_is_written_over(tmp_path):
    (tmp_path / "result.json").write_bytes(FILES["result.json"])
    (tmp_path / "report.html").write_text("mine")
    with pytest.raises(PlanError, match="not written by diffuscope"):
        place(FILES, tmp_path)
    assert held(tmp_path)["report.html"] == b"mine"


def test_a_list_cannot_name_files_outside(tmp_path):
    folder = tmp_path / "out"
    place(FILES, folder)
    (tmp_path / "precious").write_text("x")
    digest = hashlib.sha256(b"x").hexdigest()
    with (folder / RECORD).open("a") as listed:
        listed.write(f"{digest}  ../precious\n{digest}  {tmp_path}/precious\n")
    place(FILES, folder)
    assert (tmp_path / "precious").read_text() == "x"


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(PlanError, match="is a file"):
        place(FILES, tmp_path / "out")


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError])
@pytest.mark.parametrize("at", [1, 2, 3, 4, 5])
def test_whatever_stops_it_the_earlier_report_stands(tmp_path, monkeypatch, stop, at):
    place({**FILES, "figures/map.svg": b"<svg/>"}, tmp_path)
    before = held(tmp_path)
    replace, calls = Path.replace, 0

    def stopping(source: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if calls == at:
            raise stop
        return replace(source, target)

    monkeypatch.setattr(Path, "replace", stopping)
    with pytest.raises(stop):
        place({**FILES, "report.html": b"<p>new", "report.docx": b"x"}, tmp_path)
    monkeypatch.undo()
    assert held(tmp_path) == before


def test_what_stops_a_new_report_leaves_nothing(tmp_path, monkeypatch):
    def stopped(source: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        place(FILES, tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_an_edited_result_is_not_lost(tmp_path):
    place(FILES, tmp_path)
    edited = RESULT.replace(b'"title": "A"', b'"title": "B"')
    (tmp_path / "result.json").write_bytes(edited)
    with pytest.raises(PlanError, match="was changed"):
        place({**FILES, "report.html": b"<p>new"}, tmp_path)
    assert (held(tmp_path)["result.json"], held(tmp_path)["report.html"]) == (edited, b"<p>")


def test_a_list_names_nothing_that_a_report_could_not_have_written(tmp_path):
    place(FILES, tmp_path)
    names = ["thesis.docx", "tables/notes.txt", ".git/config", "models/.R"]
    digest = hashlib.sha256(b"mine").hexdigest()
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"mine")
    with (tmp_path / RECORD).open("a") as listed:
        listed.writelines(f"{digest}  {name}\n" for name in names)
    place(FILES, tmp_path)
    for name in names:
        assert (tmp_path / name).read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["report.html", "tables/units.csv", "result.json", RECORD])
@pytest.mark.parametrize("kind", ["symbolic", "hard", "dangling"])
def test_no_link_is_written_through(tmp_path, name, kind):
    folder, outside = tmp_path / "out", tmp_path / "precious"
    place(FILES, folder)
    outside.write_bytes((folder / name).read_bytes())
    before = outside.read_bytes()
    (folder / name).unlink()
    if kind == "hard":
        (folder / name).hardlink_to(outside)
    else:
        (folder / name).symlink_to(outside if kind == "symbolic" else tmp_path / "nothing")
    with pytest.raises(PlanError, match="is a link"):
        place({**FILES, "report.html": b"<p>new"}, folder)
    assert outside.read_bytes() == before
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("name", ["tables", ".diffuscope-stage", ".diffuscope-lock"])
def test_no_folder_is_written_through_a_link(tmp_path, name):
    folder, outside = tmp_path / "out", tmp_path / "outside"
    place(FILES, folder)
    outside.mkdir()
    (outside / "units.csv").write_bytes(b"unit\n")
    if name == "tables":
        (folder / "tables" / "units.csv").unlink()
        (folder / "tables").rmdir()
    (folder / name).symlink_to(outside)
    with pytest.raises(PlanError, match=r"is a link|was not made by diffuscope"):
        place({**FILES, "tables/units.csv": b"new"}, folder)
    assert [(file.name, file.read_bytes()) for file in outside.iterdir()] == [("units.csv", b"unit\n")]


def test_a_report_writes_only_names_that_are_known():
    with pytest.raises(ValueError, match="own_files"):
        place({"notes.txt": b""}, Path("nowhere"))
    assert not Path("nowhere").exists()
