"""A run that is killed at any step of an exchange leaves a report that stands; the next run accepts it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from pathlib import Path

import pytest
from test_report_folder import FILES, RESULT, held

from diffuscope.errors import PlanError
from diffuscope.report.exchange import STAGE, settle
from diffuscope.report.folder import RECORD, place
from diffuscope.report.folder_lock import LOCK, locked

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes are split here")

OLD = {**FILES, "figures/map.svg": b"<svg/>", "units-0123456789abcdef.parquet": b"old"}
NEW = {
    "report.html": b"<p>new",
    "result.json": RESULT.replace(b'"title": "A"', b'"title": "New"'),
    "tables/units.csv": b"unit\nhanoi\n",
    "tables/cities.csv": b"city\n",
    "models/main.R": b"1\n",
    "units-fedcba9876543210.parquet": b"new",
}
CHANGES = {
    "open",
    "os.mkdir",
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.truncate",
    "os.link",
    "shutil.copyfile",
}
DONE, KILLED = 0, 9


def killed_at(step: int, folder: Path, work) -> bool:
    """Whether the work was killed before its n-th change to the disk; if not it is done."""
    child = os.fork()
    if not child:
        seen = 0

        def look(event: str, given: tuple) -> None:
            nonlocal seen
            if event not in CHANGES or not str(given[0]).startswith(str(folder)):
                return
            if event == "open" and not (given[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
                return
            seen += 1
            if seen == step:
                os._exit(KILLED)

        sys.addaudithook(look)
        failed = 1
        try:
            work()
            failed = DONE
        finally:
            os._exit(failed)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (DONE, KILLED)
    return code == KILLED


def listed(files: dict[str, bytes]) -> dict[str, bytes]:
    lines = (f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    return {**files, RECORD: "".join(lines).encode()}


def of_report(folder: Path) -> dict[str, bytes]:
    return {name: content for name, content in held(folder).items() if not name.startswith(".diffuscope-")}


def states(tmp_path: Path, old: dict[str, bytes] | None):
    """The folder after a run was killed at each of its steps."""
    start = tmp_path / "start"
    if old is not None:
        place(old, start)
        (start / "notes.txt").write_bytes(b"mine")
    step = 0
    while True:
        step += 1
        folder = tmp_path / f"killed-{step}"
        if old is not None:
            shutil.copytree(start, folder)
        if not killed_at(step, folder, lambda folder=folder: place(NEW, folder)):
            assert of_report(folder) == {**listed(NEW), **({} if old is None else {"notes.txt": b"mine"})}
            break
        yield step, folder
    assert step > 20


@pytest.mark.parametrize("old", [None, OLD], ids=["first", "again"])
def test_killed_at_every_step(tmp_path, old):
    mine = {} if old is None else {"notes.txt": b"mine"}
    before, after = ({} if old is None else {**listed(old), **mine}), {**listed(NEW), **mine}
    for step, folder in states(tmp_path, old):
        found = of_report(folder) if folder.exists() else {}
        for name in ("report.html", "result.json"):
            assert found.get(name) in (before.get(name), NEW[name]), step
        if found.get("report.html") == NEW["report.html"]:
            assert found == after, "the page comes last"
        elif found.get("result.json") == NEW["result.json"]:
            assert found["units-fedcba9876543210.parquet"] == b"new", "its tables stand beside a result"
        elif old is not None:
            assert found["units-0123456789abcdef.parquet"] == b"old"
        again = tmp_path / "again"
        if folder.exists():
            shutil.copytree(folder, again)
            with locked(again):
                settle(again)
            assert held(again) in (before, after), step
            shutil.rmtree(again)
        place({**NEW, "report.html": b"<p>next"}, folder)
        assert held(folder) == {**listed({**NEW, "report.html": b"<p>next"}), **mine}, step


def settled_after_every_kill(tmp_path: Path, every: int) -> int:
    """Kill a run, and settling after it, at every n-th pair of steps; how many pairs were tried."""
    before, after = ({**listed(files), "notes.txt": b"mine"} for files in (OLD, NEW))
    tried = 0
    for step, folder in states(tmp_path, OLD):
        for at in range(1 + step % every, 200, every):
            again = tmp_path / "again"
            shutil.copytree(folder, again)
            stopped = killed_at(at, again, lambda again=again: settle(again))
            settle(again)
            assert of_report(again) in (before, after), (step, at)
            assert not (again / STAGE).exists()
            shutil.rmtree(again)
            tried += 1
            if not stopped:
                break
    return tried


def test_killed_at_steps_of_settling(tmp_path):
    """Every pair of steps is tried in `verify/test_every_kill.py`."""
    assert settled_after_every_kill(tmp_path, every=61) > 12


def killed(tmp_path: Path) -> Path:
    """A folder in which a run was killed when the first new file had taken its place."""
    for _, folder in states(tmp_path, OLD):
        if (folder / "models" / "main.R").exists():
            return folder
    raise AssertionError


def test_what_was_edited_after_the_kill_is_not_lost(tmp_path):
    folder = killed(tmp_path)
    (folder / "tables" / "units.csv").write_bytes(b"annotated")
    before = of_report(folder)
    with pytest.raises(PlanError, match=r"units\.csv` was changed"):
        place(NEW, folder)
    assert of_report(folder) == before


@pytest.mark.parametrize(
    "journal",
    [
        b"",
        b"[]",
        b"[" * 100_000,
        b'{"put": {}}',
        b'{"put": {"../precious": "0"}, "had": {}}',
        b'{"put": {"notes.txt": "0"}, "had": {}}',
        b'{"put": {}, "had": {"/etc/passwd": "0"}}',
        b'{"put": {"report.html": 1}, "had": {}}',
        b"\xff",
    ],
)
def test_a_journal_is_trusted_for_nothing(tmp_path, journal):
    place(OLD, tmp_path / "out")
    (tmp_path / "precious").write_bytes(b"mine")
    stage = tmp_path / "out" / STAGE
    stage.mkdir()
    (stage / "journal.json").write_bytes(journal)
    before = of_report(tmp_path / "out")
    with pytest.raises(PlanError, match="not written by diffuscope"):
        place(NEW, tmp_path / "out")
    assert of_report(tmp_path / "out") == before
    assert (tmp_path / "precious").read_bytes() == b"mine"


def test_a_journal_removes_no_file_that_was_not_put(tmp_path):
    place(OLD, tmp_path)
    (tmp_path / "tables" / "mine.csv").write_bytes(b"mine")
    (tmp_path / STAGE).mkdir()
    journal = {"put": {"tables/mine.csv": "0" * 64}, "had": {}}
    (tmp_path / STAGE / "journal.json").write_text(json.dumps(journal))
    with pytest.raises(PlanError, match=r"mine\.csv` was changed"):
        place(NEW, tmp_path)
    assert (tmp_path / "tables" / "mine.csv").read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["notes.txt", "new/notes.txt", "old/x.txt", "new/tables/a/b.csv"])
def test_a_stage_with_other_things_is_left_alone(tmp_path, name):
    place(OLD, tmp_path)
    there = tmp_path / STAGE / name
    there.parent.mkdir(parents=True)
    (tmp_path / STAGE / name).write_bytes(b"mine")
    with pytest.raises(PlanError, match="not written by diffuscope"):
        place(NEW, tmp_path)
    assert (tmp_path / STAGE / name).read_bytes() == b"mine"


def test_two_first_runs_into_one_folder_do_not_mix(tmp_path):
    folder = tmp_path / "out"
    gate = tmp_path / "gate"
    children = []
    for at in range(6):
        child = os.fork()
        if not child:
            while not gate.exists():
                time.sleep(0.001)
            code = 4
            try:
                place(
                    {**NEW, "report.html": str(at).encode() * 10**6, "tables/units.csv": str(at).encode()},
                    folder,
                )
            except PlanError as error:
                code = 2 if "Another run" in str(error) or "made and removed" in str(error) else 3
            else:
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    gate.touch()
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert set(codes) <= {0, 2}
    assert 0 in codes
    found = held(folder)
    assert found["report.html"] == found["tables/units.csv"] * 10**6
    assert found == listed({name: content for name, content in found.items() if name != RECORD})


def test_who_comes_second_is_told_so(tmp_path):
    with locked(tmp_path), pytest.raises(PlanError, match="Another run is writing"):
        place(NEW, tmp_path)
    place(NEW, tmp_path)
    assert not (tmp_path / LOCK).exists()
